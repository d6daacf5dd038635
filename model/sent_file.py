"""The rows of a file that somebody sends, workbook or text; nothing in it is trusted."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from model.errors import ModelError
from model.sent_text import decoded

LARGEST_INSIDE = 24 << 20
"""Bytes of a workbook once unpacked."""

MOST_PARTS, MOST_ROWS, MOST_COLUMNS, MOST_SHEETS, MOST_CELLS = 400, 5000, 60, 40, 400_000
_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How office programs pack.  Python unpacks the other ways whole, however little is asked for."""
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a cell holds; ``percent`` when the spreadsheet shows the number as per cent."""

    value: object
    percent: bool = False


Sheet = tuple[str, Iterator[tuple[int, list[Sent]]]]
"""A name and numbered rows."""


def opened(content: bytes) -> Iterator[Sheet]:
    """Yield the sheets of a workbook, or the one table of a text file.

    Raises
    ------
    ModelError
        ``upload_bomb``, ``upload_too_many`` or ``upload_unreadable``; a broken workbook raises
        whatever its parser does.
    """
    return _workbook(content) if content[:2] == b"PK" else _text_table(content)


def _text_table(content: bytes) -> Iterator[Sheet]:
    text = _decoded(content)
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    yield "CSV", _text_rows(rows)


def _text_rows(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[Sent]]]:
    for row in rows:
        if rows.line_num > MOST_ROWS * 2 or len(row) > 10 * MOST_COLUMNS:  # type: ignore[attr-defined]
            raise _too_many()
        yield rows.line_num, [Sent(cell) for cell in row]  # type: ignore[attr-defined]


def _decoded(content: bytes) -> str:
    text = decoded(content)
    if text is None:
        raise ModelError("Neither a workbook nor text.", code="upload_unreadable")
    return text


def _workbook(content: bytes) -> Iterator[Sheet]:
    from openpyxl import load_workbook

    has_formulas = _guard(content)
    # Only the reader that streams: the other lays out every cell of a merged range.
    options = {"read_only": True, "keep_links": False}
    values = load_workbook(io.BytesIO(content), data_only=True, **options)
    formulas = load_workbook(io.BytesIO(content), **options) if has_formulas else None
    if len(values.worksheets) > MOST_SHEETS:
        raise _too_many()
    budget = [MOST_CELLS]
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        other = formulas[sheet.title] if formulas is not None else None
        yield sheet.title, _sheet_rows(sheet, other, budget)


def _sheet_rows(sheet, formulas, budget: list[int]) -> Iterator[tuple[int, list[Sent]]]:
    reach = {"max_row": MOST_ROWS + 1, "max_col": MOST_COLUMNS}
    sheet.reset_dimensions()  # a file may claim any size
    other = None
    if formulas is not None:
        formulas.reset_dimensions()
        other = formulas.iter_rows(**reach)
    for row, cells in enumerate(sheet.iter_rows(**reach), start=1):
        written = next(other, ()) if other is not None else ()
        if row > MOST_ROWS and any(cell.value is not None for cell in cells):
            raise _too_many()
        budget[0] -= len(cells)
        if budget[0] < 0:
            raise _too_many()
        yield row, [_sheet_cell(k, cell, written) for k, cell in enumerate(cells)]


def _sheet_cell(k: int, cell, written: tuple) -> Sent:
    value = cell.value
    if value is None and k < len(written) and written[k].value is not None:
        value = str(written[k].value)  # a formula that was never worked out reads as itself
    shown = cell.number_format if isinstance(value, (int, float)) else ""
    return Sent(value, "%" in re.sub(r'"[^"]*"|\\.', "", shown or ""))


def _guard(content: bytes) -> bool:
    """Refuse what would swell or refer elsewhere; return whether any sheet has formulas."""
    formulas = False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_INSIDE:
            raise _bomb()
        for part in parts:
            if part.compress_type not in PACKINGS:
                raise _bomb()
            with archive.open(part) as opened:
                data = opened.read(part.file_size + 1)  # no more than it says, whatever there is
            # A part may have any name, and a parser tells UTF-16 and UTF-32 without being told.
            if not part.filename.lower().endswith(_PICTURES) and _DOCTYPE.search(
                data.replace(b"\0", b"")
            ):
                raise _bomb()
            formulas = formulas or ("worksheets/" in part.filename and b"<f" in data)
    return formulas


def _bomb() -> ModelError:
    return ModelError(
        f"Unpacked, the workbook is larger than {LARGEST_INSIDE >> 20} MB, or it refers elsewhere.",
        code="upload_bomb", high=LARGEST_INSIDE >> 20,
    )  # fmt: skip


def _too_many() -> ModelError:
    return ModelError(
        f"A table has at most {MOST_ROWS} rows.", code="upload_too_many", high=MOST_ROWS
    )
