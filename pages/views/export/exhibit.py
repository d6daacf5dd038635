"""A chart as it leaves the house: its picture, its native twin and its numbers from one source."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

import model
from pages.views.export.read_out import read_out
from pages.views.frames import Tables
from pages.views.texts import Texts


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars or one line of a native chart; ``column`` names it in the numbers."""

    column: str
    colour: str
    line: bool = False
    dashed: bool = False
    width: float = 2.25


@dataclass(frozen=True, slots=True)
class Native:
    """How an office program draws the numbers: ``line``, ``column`` or ``bar``."""

    kind: str
    categories: str
    series: tuple[Series, ...]
    number_format: str = "0.0"


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    """One chart: ``finding`` says in a sentence what it shows, ``title`` what is drawn and in what.

    ``spec`` and ``tables`` are those of the screen; ``numbers`` (header row in the language, units
    in the header) holds every figure of the native chart, if there is one.
    """

    id: str
    finding: str
    title: str
    subtitle: str
    spec: dict
    tables: Tables
    numbers: pd.DataFrame
    native: Native | None

    @property
    def told(self) -> pd.DataFrame:
        """The numbers to read: four decimals, and no row that only parts two lines."""
        figures = self.numbers.select_dtypes("number").columns
        if not len(figures):
            return self.numbers
        told = self.numbers.dropna(how="all", subset=figures).round(4)
        told[figures] = told[figures] + 0  # a rounded zero carries no sign
        return told


def plain(id: str, spec: dict, tables: Tables, alt: str, plan: model.Plan, t: Texts) -> Exhibit:
    """Return a chart of the screen as an exhibit without a native twin."""
    title = spec.get("title") or {}
    return Exhibit(
        id=id,
        finding=alt,
        title=str(title.get("text", alt)),
        subtitle=str(title.get("subtitle", "")),
        spec=spec,
        tables=tables,
        numbers=read_out(id.removeprefix("exhibit_"), tables, plan, t),
        native=None,
    )
