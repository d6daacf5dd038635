"""The months as a table: rows of the grid, files read and written, faults by row and column."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import model
from model import cell_text, sent_text
from model.axes import MONTHS_PER_YEAR
from model.observe import (
    COUNTS,
    MEASURES,
    REGULAR,
    SHARES,
    UPGRADE_SHARE,
    city_code,
    unit_of,
)
from model.sheets import harmless
from pages.views.progress import indicator, place
from pages.views.texts import LANGUAGES, Texts, texts

COLUMNS = ("geography", "indicator", "measure", "period_end", "value", "released_on")
NEEDED = ("indicator", "period_end", "value")
INDICATORS = (*REGULAR, UPGRADE_SHARE, *SHARES, *COUNTS)
LARGEST, MOST_ROWS = 1 << 20, 1000
"""Bytes of a file, and rows of a table."""

_EMPTY = {"", "-", "—", "–", "None", "nan"}
_MONTH = re.compile(r"(?:(\d{4})\s*[-/年.]?\s*)?(\d{1,2})\s*月?(?:份)?")
_JOINED = re.compile(r"(?:1|01)\s*(?:[-—–~至]|月[-—–~至])\s*(\d{1,2})\s*月?")

Row = Mapping[str, str]


def text(cell: object) -> str:
    """Return a cell as plain characters: full-width forms narrowed, empty marks empty."""
    found = unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()
    return "" if found in _EMPTY else found


def number(cell: str, code: str) -> str:
    """Return a figure of an indicator in plain digits, with the decimals it was written with.

    What is no number is returned as it stands, to be refused with its own words; a word or sign
    for "no figure" is empty.
    """
    try:
        value = cell_text.number(cell, unit_of(code))
    except model.ModelError:
        return cell
    return "" if value is None else f"{value:.{cell_text.decimals(cell)}f}"


def month(cell: str, plan: model.Plan) -> str:
    """Return a month as it is written (2020年4月, 4月, 1-4月, 202004) as ``2020-04``.

    What is not understood is returned as it stands, to be refused with its own words.
    """
    joined = _JOINED.fullmatch(cell)
    if joined:
        return f"{plan.months[0][:4]}-{int(joined[1]):02d}"
    found = _MONTH.fullmatch(cell) or re.fullmatch(r"(\d{4})(\d{2})", cell)
    if not found or not 1 <= int(found[2]) <= MONTHS_PER_YEAR:
        return cell
    return f"{found[1] or plan.months[0][:4]}-{int(found[2]):02d}"


def default_measure(code: str) -> str:
    """Return the measure that a figure has when none is named."""
    if code in COUNTS:
        return "level"
    return "yoy_cumulative" if code in REGULAR else "share"


def names(plan: model.Plan, t: Texts) -> dict[str, dict[str, str]]:
    """Return what can stand in the columns with a fixed choice: code to name."""
    places = (city_code(plan), *plan.axes.districts)
    return {
        "geography": {code: place(code, plan, t) for code in places},
        "indicator": {code: indicator(code, t) for code in INDICATORS},
        "measure": {code: t(f"progress.measure_{code}") for code in MEASURES},
    }


def _codes(plan: model.Plan) -> dict[str, dict[str, str]]:
    """Return every way to write a code, by column: the code itself and its names."""
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        for column, known in names(plan, texts(language)).items():
            ways = found.setdefault(column, {})
            ways |= {code.lower(): code for code in known}
            ways |= {text(name).lower(): code for code, name in known.items()}
    ways = found["geography"]
    for district in plan.districts:
        ways |= {district.name_zh: district.code, district.name_en.lower(): district.code}
    return found


def _headers() -> dict[str, str]:
    found = {name: name for name in COLUMNS}
    for language in LANGUAGES:
        t = texts(language)
        found |= {text(t(f"progress.grid_{name}")).lower(): name for name in COLUMNS}
    return found


def read(plan: model.Plan, content: bytes) -> tuple[list[dict[str, str]], list[int]]:
    """Return the rows of a CSV or of cells copied from a spreadsheet, with their line numbers.

    UTF-8 with or without a mark, or GB18030; commas, semicolons or tabs; names in either language.
    Rows without a value are left out.

    Raises
    ------
    ModelError
        ``file_too_large``, or ``no_months`` when the first row does not name the columns.
    """
    if len(content) > LARGEST:
        raise model.ModelError(
            f"The table has {len(content) >> 10} KiB; up to {LARGEST >> 10} are read.",
            code="months_too_large", given=len(content) >> 10, high=LARGEST >> 10,
        )  # fmt: skip
    rows = sent_text.table(_decoded(content))
    known = _headers()
    header = [known.get(text(cell).lower(), "") for cell in rows[0]] if rows else []
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise model.ModelError(
            f"The first row names no column {missing[0]!r}.", code="no_months", given=missing[0]
        )
    codes, found, lines = _codes(plan), [], []
    for line, cells in enumerate(rows[1:], start=2):
        row = {name: text(cell) for name, cell in zip(header, cells, strict=False) if name}
        for column, ways in codes.items():
            given = row.get(column, "")
            row[column] = ways.get(given.lower(), given)
        whole = completed(plan, row)
        if whole["value"]:
            found.append(whole)
            lines.append(line)
    if len(found) > MOST_ROWS:
        raise model.ModelError(
            f"The table has {len(found)} rows; up to {MOST_ROWS} are read.",
            code="months_too_many", given=len(found), high=MOST_ROWS,
        )  # fmt: skip
    return found, lines


def _decoded(content: bytes) -> str:
    found = sent_text.decoded(content)
    if found is None:
        raise model.ModelError("The file is no text.", code="no_months", given=COLUMNS[1])
    return found


def completed(plan: model.Plan, row: Row) -> dict[str, str]:
    """Return a row with every column: the city and the usual measure where none is named."""
    found = {name: text(row.get(name)) for name in COLUMNS}
    found["geography"] = found["geography"] or city_code(plan)
    found["measure"] = found["measure"] or default_measure(found["indicator"])
    found["period_end"] = month(found["period_end"], plan)
    found["value"] = number(found["value"], found["indicator"])
    return found


def row_of(figure: model.Known) -> dict[str, str]:
    """Return a figure as a row of the grid; an inferred day stays empty."""
    o = figure.observation
    return {
        "geography": o.geography,
        "indicator": o.indicator,
        "measure": o.measure,
        "period_end": o.period_end,
        "value": f"{o.value:.{_decimals(figure)}f}",
        "released_on": "" if figure.basis == "inferred" else figure.known_on.isoformat(),
    }


def _decimals(figure: model.Known) -> int:
    """Return how many decimals a figure was printed with."""
    printed = len(f"{figure.observation.value:.10g}".partition(".")[2])
    return max(printed, 1 if figure.half_digit < 0.2 else 0)


def key(row: Row) -> tuple[str, str, str, str]:
    """Return what a row is about."""
    return row["geography"], row["indicator"], row["measure"], row["period_end"]


def same(one: Row, other: Row) -> bool:
    """Whether two rows give the same figure."""
    try:
        return (
            key(one) == key(other)
            and one["released_on"] == other["released_on"]
            and float(one["value"]) == float(other["value"])
        )
    except ValueError:
        return False


def to_csv(rows: Iterable[Row], t: Texts) -> bytes:
    """Return rows as a file for Excel (UTF-8 with BOM) that `read` takes back."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([t(f"progress.grid_{name}") for name in COLUMNS])
    writer.writerows([[harmless(row[name]) for name in COLUMNS] for row in rows])
    return out.getvalue().encode("utf-8-sig")


MOST_FAULTS = 20


def fault_lines(faults: model.DataFaults, lines: Sequence[int], t: Texts) -> list[str]:
    """Return a sentence for every fault: row and column as the user sees them, and what is wrong.

    ``lines`` are the numbers of the rows in the user's own table.
    """
    said = []
    for fault in faults.faults[:MOST_FAULTS]:
        details = dict(fault.details)
        given = details.get("given", "")
        if fault.code.startswith("cell_"):
            why = t.error(fault.code, details)
        else:
            why = t(
                f"progress.fault_{_kind(fault)}",
                given=indicator(given, t) if given in INDICATORS else given,
                low=details.get("low", ""),
                high=details.get("high", ""),
            )
        row, column = lines[fault.row - 1], fault.column
        if column:
            named = t(f"progress.grid_{column}")
            said.append(t("progress.fault", row=row, column=named, why=why))
        else:
            said.append(t("progress.fault_row", row=row, why=why))
    more = len(faults.faults) - len(said)
    return [*said, t("progress.fault_more", count=more)] if more else said


def _kind(fault: model.errors.Fault) -> str:
    return f"unknown_{fault.column}" if fault.code == "unknown" else fault.code
