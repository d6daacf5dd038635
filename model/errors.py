"""The few ways in which a user's input can be wrong.

Every error says what was given, what would be accepted and what to do.  ``code`` and ``details``
let a page say the same thing in the reader's language.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

_LONGEST = 80
"""Characters of a wrong name that are repeated."""


class ModelError(ValueError):
    """Base of every error that a user's input can cause.

    Parameters
    ----------
    message : str
        One English sentence or two: given, accepted, remedy.
    code : str
        Key of the sentence in the interface texts.
    details : str or float
        What the translated sentence is filled with.
    """

    def __init__(self, message: str, *, code: str = "invalid", **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.details = details


def in_words(details: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return details as a `Fault` holds them."""
    return tuple((name, str(value)) for name, value in details.items())


def unknown(kind: str, given: object, known: Collection[str]) -> ModelError:
    """Return the error for a name that does not exist, with the nearest one that does."""
    given = str(given)[:_LONGEST]
    near = difflib.get_close_matches(given, list(known), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    listed = ", ".join(sorted(known)) if len(known) <= 40 else f"{len(known)} names"
    return ModelError(
        f"{given!r} is not a known {kind}.{hint} Known: {listed}.",
        code="unknown",
        kind=kind,
        given=given,
        suggestion=near[0] if near else "",
        known=listed,
    )


def outside(name: str, given: float, low: float, high: float, unit: str, where: str) -> ModelError:
    """Return the error for a number outside its range; ``where`` tells who set the range."""
    return ModelError(
        f"{name} = {given:g} {unit} is outside [{low:g}, {high:g}] {unit}. "
        f"The range is recorded in {where}.",
        code="outside",
        name=name,
        given=given,
        low=low,
        high=high,
        unit=unit,
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one place of a plan folder.

    ``row`` is the line of the file as an editor or a spreadsheet numbers it (the header is row 1);
    0 means the file as a whole.
    """

    table: str
    row: int
    column: str
    code: str
    message: str
    details: tuple[tuple[str, str], ...] = field(default=())

    def __str__(self) -> str:
        place = self.table
        if self.row:
            place += f", row {self.row}"
        if self.column:
            place += f", column {self.column}"
        return f"{place}: {self.message}"


class DataFaults(ModelError):
    """A plan folder was refused; ``faults`` lists everything that is wrong with it."""

    def __init__(self, folder: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(
            f"{folder}: {len(self.faults)} fault(s); nothing was loaded.\n{lines}",
            code="data_faults",
            folder=folder,
            count=len(self.faults),
        )
