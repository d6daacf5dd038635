"""A chart as it leaves the house: its picture, its native twin and its numbers from one source."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pages.views.frames import Tables


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
        return self.numbers.dropna(how="all", subset=figures).round(4)


def plain(id: str, spec: dict, tables: Tables, alt: str) -> Exhibit:
    """Return a chart of the screen as an exhibit without a native twin.

    Its numbers are the data sets of the chart, one below the other, each row with the name of its
    set; what only holds an axis open is left out.
    """
    title = spec.get("title") or {}
    frames = [
        pd.DataFrame(table).assign(dataset=name)
        for name, table in tables.items()
        if name != "axis" and len(pd.DataFrame(table))
    ]
    stacked = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if "dataset" in stacked:
        stacked.insert(0, "dataset", stacked.pop("dataset"))
    return Exhibit(
        id=id,
        finding=alt,
        title=str(title.get("text", alt)),
        subtitle=str(title.get("subtitle", "")),
        spec=spec,
        tables=tables,
        numbers=stacked,
        native=None,
    )
