"""Cells of the plan's tables that somebody has replaced by a figure of their own."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from model.errors import ModelError

BUREAU = "bureau"
"""Status and source of a replaced cell."""

SEPARATOR = "|"
LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True)
class Replacement:
    """A figure in place of a cell.

    ``cell`` is the id of a `model.datasets.Cell`; ``low`` and ``high`` are the 5 and 95 % points,
    None for a figure that is exact; all in the unit of the cell.  ``source`` says who supplied it.
    """

    cell: str
    value: float
    low: float | None = None
    high: float | None = None
    source: str = ""

    @property
    def table(self) -> str:
        """The table that the cell stands in."""
        return self.cell.partition(SEPARATOR)[0]


@dataclass(frozen=True, slots=True)
class DataSet:
    """A named set of replacements beside the shipped data.

    ``id`` tells sets with other figures or sources apart, whatever their names; it is the same on
    every machine, so that a link can name a set.
    """

    name: str
    replacements: tuple[Replacement, ...]

    @property
    def id(self) -> str:
        """Eight hexadecimal digits made of the replacements."""
        return hashlib.sha256(to_json(self.replacements).encode()).hexdigest()[:8]


def version_with(version: str, data_set: str) -> str:
    """Return the version of shipped data with a data set in place of some cells ("": none)."""
    return f"{version}+{data_set}" if data_set else version


def data_set_in(version: object) -> str:
    """Return the id of the data set that a version names, "" for shipped data."""
    # An address that was typed again may have lost its plus sign.
    found = re.fullmatch(r"[^+]*[+ ]([0-9a-f]{8})", str(version))
    return found[1] if found else ""


def in_order(replacements: tuple[Replacement, ...]) -> tuple[Replacement, ...]:
    """Return the replacements sorted by cell, the last one of each cell."""
    found = {replacement.cell: replacement for replacement in replacements}
    return tuple(found[cell] for cell in sorted(found))


def to_json(replacements: tuple[Replacement, ...]) -> str:
    """Return the replacements as text; equal sets give equal text."""
    rows = [
        [x.cell, float(x.value), _number(x.low), _number(x.high), x.source]
        for x in in_order(replacements)
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> tuple[Replacement, ...]:
    """Return the replacements of a text that `to_json` wrote; ModelError ``data_set_damaged``."""
    try:
        rows = json.loads(text)
        found = tuple(
            Replacement(str(cell), float(value), _number(low), _number(high), str(source))
            for cell, value, low, high, source in rows
        )
        # A template lets no other through; an office file could not be written with them.
        if not all(x.source.isprintable() for x in found):
            raise ValueError("a source with control characters")
    except (ValueError, TypeError) as error:
        raise ModelError("The data set cannot be read.", code="data_set_damaged") from error
    return in_order(found)


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
