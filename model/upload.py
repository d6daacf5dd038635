"""A filled template, XLSX or CSV, to replacements: every fault at once, nothing half-read.

The template has one row a cell, told by its id.  Only the columns of the id, of the new figures and
of who supplied them are read; where they stand and what else stands beside them does not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from model import cells
from model.cell_text import number
from model.errors import DataFaults, Fault, ModelError
from model.plan import Plan
from model.replacements import LONGEST_SOURCE, Replacement, in_order
from model.sent_file import Sent, Sheet, opened

LARGEST = 4 << 20
"""Bytes of a file; the whole template has some 200,000."""

FIELDS = ("cell", "value", "low", "high", "source")

_HEADER_ROWS = 30
"""Rows within which the names of the columns must stand."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the people who fill the template write.

    ``columns`` maps the heading of a column to one of `FIELDS`; ``none`` are words for "no figure";
    ``units`` maps a unit of the tables to other ways to write it.
    """

    columns: Mapping[str, str]
    none: Collection[str] = ()
    units: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: replacements, each with the sheet and row that it comes from."""

    replacements: tuple[Replacement, ...]
    places: Mapping[str, tuple[str, int]]
    headings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Line:
    sheet: str
    row: int
    cells: Mapping[str, Sent]


class _Entry(BaseModel):
    """A row of the template, as text and numbers; the unit is that of the cell it names."""

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="ignore")
    unit: str = ""
    cell: str = Field(max_length=300)
    value: float | None = None
    low: float | None = None
    high: float | None = None
    source: str = ""

    @field_validator("value", "low", "high", mode="before")
    @classmethod
    def _number(cls, given: object, info) -> float | None:
        words: Words = info.context["words"]
        unit = info.data.get("unit", "")
        cell = given if isinstance(given, Sent) else Sent(given)
        try:
            return number(
                cell.value, unit, cell.percent, words.none, (words.units or {}).get(unit, ())
            )
        except ModelError as error:
            raise PydanticCustomError(error.code, "{message}", {
                "message": str(error).replace("{", "(").replace("}", ")"),
                **{key: str(text) for key, text in error.details.items()},
            }) from error  # fmt: skip

    @field_validator("source", mode="before")
    @classmethod
    def _text(cls, given: object) -> str:
        text = "" if given is None else str(given)
        return " ".join("".join(c for c in text if c.isprintable()).split())[:LONGEST_SOURCE]


_ENTRIES = TypeAdapter(list[_Entry])


def read(plan: Plan, content: bytes, words: Words) -> Reading:
    """Return what a filled template replaces.

    Parameters
    ----------
    plan : Plan
        The shipped plan, whose cells the ids name.
    content : bytes
        The file, whatever it is.

    Raises
    ------
    ModelError
        ``upload_empty``, ``upload_too_large``, ``upload_bomb``, ``upload_old_excel``,
        ``upload_unreadable``, ``upload_foreign`` (no sheet has the columns) or ``upload_nothing``
        (no figure was filled in).
    DataFaults
        With every cell that cannot be read or used, by sheet, row and column.
    """
    if not content:
        raise ModelError("The file is empty.", code="upload_empty")
    if len(content) > LARGEST:
        raise ModelError(
            f"The file has {len(content) >> 20} MB; at most {LARGEST >> 20} are read.",
            code="upload_too_large", given=len(content) >> 20, high=LARGEST >> 20,
        )  # fmt: skip
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise ModelError("An old or encrypted workbook.", code="upload_old_excel")
    try:
        lines, headings = _lines(opened(content), words)
    except ModelError:
        raise
    except Exception as error:  # whatever a parser makes of a file that is none
        raise ModelError(
            f"The file cannot be read ({type(error).__name__}).", code="upload_unreadable"
        ) from error
    found = _entries(plan, lines, headings, words)
    if not found.replacements:
        raise ModelError("No figure was filled in.", code="upload_nothing")
    return found


def typed(plan: Plan, rows: Mapping[str, Mapping[str, str]], words: Words) -> Reading:
    """Return what was typed beside cells: texts by the id of the cell and by field.

    DataFaults has every fault; ``row`` is the place of the cell among ``rows``, from 1, and
    ``column`` the field.
    """
    lines = [
        _Line("", place, {"cell": Sent(id)} | {name: Sent(text) for name, text in texts.items()})
        for place, (id, texts) in enumerate(rows.items(), start=1)
    ]
    return _entries(plan, lines, {name: name for name in FIELDS}, words)


def _entries(plan: Plan, lines: list[_Line], headings: dict[str, str], words: Words) -> Reading:
    units = {one.id: one.unit for one in cells.cells(plan)}
    rows = [
        {"unit": units.get(str(line.cells["cell"].value), "")}
        | {
            name: cell if name in ("value", "low", "high") else cell.value
            for name, cell in line.cells.items()
        }
        | {"cell": str(line.cells["cell"].value)}
        for line in lines
    ]
    faults: list[Fault] = []
    try:
        entries = _ENTRIES.validate_python(rows, context={"words": words})
    except ValidationError as error:
        bad = set()
        for problem in error.errors(include_url=False, include_input=False):
            place, name = problem["loc"][0], str(problem["loc"][1])
            bad.add(place)
            details = {k: str(v) for k, v in problem.get("ctx", {}).items() if k != "message"}
            faults.append(_at(lines[place], headings.get(name, name), problem["type"],
                              problem["msg"], details))  # fmt: skip
        kept = [k for k in range(len(rows)) if k not in bad]
        entries = _ENTRIES.validate_python([rows[k] for k in kept], context={"words": words})
        lines = [lines[k] for k in kept]
    found: list[tuple[Replacement, _Line]] = []
    seen: dict[str, _Line] = {}
    for entry, line in zip(entries, lines, strict=True):
        if entry.value is None:
            if entry.low is not None or entry.high is not None:
                faults.append(_at(line, headings.get("value", "value"), "range_without_value",
                                  "a range needs a value"))  # fmt: skip
            continue
        if entry.cell in seen:
            first = seen[entry.cell]
            faults.append(_at(line, headings["cell"], "cell_twice", "the cell stands twice",
                              {"sheet": first.sheet, "first": str(first.row)}))  # fmt: skip
            continue
        seen[entry.cell] = line
        new = Replacement(entry.cell, entry.value, entry.low, entry.high, entry.source)
        found.append((new, line))
    for fault in cells.check(plan, [new for new, _ in found]):
        line = found[fault.row - 1][1]
        faults.append(_at(line, headings.get(fault.column, fault.column), fault.code,
                          fault.message, dict(fault.details)))  # fmt: skip
    if faults:
        raise DataFaults("", sorted(faults, key=lambda fault: (fault.table, fault.row)))
    places = {new.cell: (line.sheet, line.row) for new, line in found}
    return Reading(in_order(tuple(new for new, _ in found)), places, headings)


def _at(
    line: _Line, column: str, code: str, message: str, details: Mapping[str, str] | None = None
) -> Fault:
    return Fault(line.sheet, line.row, column, code, message, tuple((details or {}).items()))


def placed(plan: Plan, error: DataFaults, reading: Reading) -> DataFaults:
    """Return the faults of the plan as a whole with the places in the file that they stem from."""
    faults = []
    for fault in error.faults:
        name = fault.table.removesuffix(".csv")
        mine = [x for x in reading.places if x.split("|")[0] == name]
        exact = [x for x in mine if cells.cell(plan, x).row == fault.row]
        chosen = exact or mine
        if chosen:
            sheet, row = reading.places[chosen[0]]
            column = reading.headings.get("value", fault.column)
            faults.append(Fault(sheet, row, column, fault.code, fault.message, fault.details))
        else:
            faults.append(fault)
    return DataFaults("", faults)


# Sheets


def _lines(sheets: Iterator[Sheet], words: Words) -> tuple[list[_Line], dict[str, str]]:
    """Return the rows below the headings of every sheet that has them."""
    lines: list[_Line] = []
    headings: dict[str, str] = {}
    labels = {_folded(label): field for label, field in words.columns.items()}
    met = False
    for sheet, rows in sheets:
        places: dict[str, int] = {}
        open_for_more = False
        for row, line in rows:
            found = {}
            for k, cell in enumerate(line):
                field = labels.get(_folded(cell.value))
                if field and field not in found:
                    found[field] = k
            if not places:
                if "cell" in found and row <= _HEADER_ROWS:
                    places, open_for_more = dict(found), True
                    _name(headings, found, line)
                continue
            if open_for_more and found and "cell" not in found:
                # A second row of headings, under headings that span several columns.
                places |= found
                _name(headings, found, line)
                continue
            open_for_more = False
            id_ = line[places["cell"]].value if places["cell"] < len(line) else None
            if id_ is None or not str(id_).strip():
                if any(_filled(line, places.get(name)) for name in ("value", "low", "high")):
                    met = True
                    lines.append(_Line(sheet, row, _taken(line, places) | {"cell": Sent("")}))
                continue
            taken = _taken(line, places)
            taken["cell"] = Sent(unicodedata.normalize("NFKC", str(id_)).strip())
            if any(_filled(line, places.get(name)) for name in ("value", "low", "high")):
                lines.append(_Line(sheet, row, taken))
        met = met or "value" in places
    if not met:
        raise ModelError("No sheet has the columns of the template.", code="upload_foreign")
    return lines, headings


def _name(headings: dict[str, str], found: Mapping[str, int], line: list[Sent]) -> None:
    for field, k in found.items():
        headings.setdefault(field, str(line[k].value).strip())


def _taken(line: list[Sent], places: Mapping[str, int]) -> dict[str, Sent]:
    return {name: line[k] for name, k in places.items() if k < len(line)}


def _filled(line: list[Sent], place: int | None) -> bool:
    if place is None or place >= len(line):
        return False
    value = line[place].value
    return value is not None and str(value).strip() != ""


def _folded(label: object) -> str:
    if not isinstance(label, str) or len(label) > 120:
        return ""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", label)).casefold()
