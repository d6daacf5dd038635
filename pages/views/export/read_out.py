"""The data sets of a chart as a table to read: in words, with units, without what only draws."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pandas as pd

import model
from pages.views import numbers
from pages.views.frames import NUMBERS, YEARLY, Tables
from pages.views.levers import capital
from pages.views.texts import Texts

CHARTS = (
    ("fan", "%", "index"),
    *((name, unit, "") for code, unit in YEARLY.items() for name in (code, f"years_{code}")),
    ("*path", "%", "index"),
    ("tiles", "%", ""),
    ("districts_firms", "户", ""),
    ("districts*", "%", ""),
    ("contributions", "pp", ""),
    ("one_district", "%", ""),
    ("energy_districts", "%", ""),
    ("energy_*", "pp", ""),
    ("investment_kernel", "%", "age"),
    ("investment_districts", "%", ""),
    ("investment_*", "亿元", "each"),
    ("compare_bridge", "pp", ""),
    ("compare_*", "%", ""),
    ("ranges_*", "%", ""),
    ("indices", "%", ""),
    ("transforms_*", "", ""),
    ("progress_months", "%", "number"),
    ("sharing", "%", ""),
    ("annex_*", "%", ""),
)
"""Charts by the pattern of their id, the unit of their figures, and what their months count: those
of the plan from 0, each alone (``each``) or from January on (``index``), those of its first year
from 1 (``number``), or months since a spending (``age``).
A chart that is not here brings its numbers in words (see `pages.views.frames.NUMBERS`)."""

DRAWN_SETS = {"axis", "names", "years", "over", "beyond", "labels", "totals", "ends"}
"""Data sets that hold only labels, marks and the reach of axes; their figures stand in others."""

DRAWN = {
    "order", "small", "side", "manner", "foot", "middle", "zero", "at", "beside", "top", "row",
    "column", "from", "to", "start", "end", "sign", "group", "label",
}  # fmt: skip
"""Fields that place marks and words."""

SPANS = (("start", "end"), ("from", "to"))
"""Ends of bars that hang on one another: what is read is how long they are."""

GOALS = ("target", "goal")
"""Data sets of a target, whose label says what it is."""

WORDS = ("series", "kind", "met", "part", "basis")
"""Fields that hold codes."""

FIRST = (
    "set", "name", "scenario", "series", "age", "month", "year", "kind", "part", "bin", "basis",
)  # fmt: skip
"""Columns that say of what a figure is, before the figures."""

OWN_UNITS = {"weight": "%", "gap": "pp", "age": "", "count": ""}
"""Units of the fields that are not in the unit of their chart."""


def read_out(id: str, tables: Tables, plan: model.Plan, t: Texts) -> pd.DataFrame:
    """Return the numbers of a chart: a row a figure, columns in the language, units in the heads.

    Data sets stand one below the other, with the name of each in the first column where there is
    more than one.
    """
    _, unit, months = next((row for row in CHARTS if fnmatchcase(id, row[0])), ("", "", ""))
    chosen = {NUMBERS: tables[NUMBERS]} if NUMBERS in tables else tables
    frames = {
        name: _fields(id, name, pd.DataFrame(table), months, plan, t)
        for name, table in chosen.items()
        if name not in DRAWN_SETS and len(pd.DataFrame(table))
    }
    frames = {name: frame for name, frame in frames.items() if len(frame.columns)}
    if len(frames) > 1:
        for name, frame in frames.items():
            frame.insert(0, "set", t(f"chart_file.set_{name}"))
    found = pd.concat(frames.values(), ignore_index=True) if frames else pd.DataFrame()
    found = found.dropna(axis="columns", how="all").infer_objects()
    first = [name for name in FIRST if name in found]
    found = found[[*first, *(name for name in found if name not in first)]]
    figures = set(found.select_dtypes("number").columns)
    return found.rename(columns={name: _head(id, name, unit if name in figures else "", t)
                                 for name in found.columns})  # fmt: skip


def _fields(
    id: str, name: str, frame: pd.DataFrame, months: str, plan: model.Plan, t: Texts
) -> pd.DataFrame:
    """Return a data set with what is read of it."""
    frame = frame.copy()
    for low, high in SPANS:
        if name == "rows" and {low, high} <= set(frame.columns):
            frame["size"] = frame[high] - frame[low]
    if name in GOALS and "label" in frame:
        frame["said"] = frame["label"]
    if months == "age":
        frame["age"] = frame.pop("month")
    if name == "bars":
        frame["series"] = "scenario"
    frame = frame.drop(columns=[column for column in frame.columns if column in DRAWN])
    if "month" in frame:
        frame["month"] = [_month(value, months, plan, t) for value in frame["month"]]
        frame = frame.drop(columns="year", errors="ignore")
    elif "year" in frame:
        frame["year"] = [t("chart.year", year=year) for year in frame["year"]]
    if id == "contributions":
        frame["weight"] = 100 * frame.pop("share")
    for column in WORDS:
        if column in frame:
            frame[column] = [_word(value, plan, t) for value in frame[column]]
    figures = [column for column in frame.select_dtypes("number").columns]
    # Where not one figure of a row is known, nothing is read.
    return frame.dropna(how="all", subset=figures) if figures else frame


def _month(value: float, months: str, plan: model.Plan, t: Texts) -> str:
    code = plan.months[int(value) - (months == "number")]
    return numbers.month(code, t) if months == "each" else numbers.joined_month(code, t)


def _word(value: str, plan: model.Plan, t: Texts) -> str:
    """Return a code in words; a pair of codes stands with a blank between."""
    said = []
    for part in str(value).split(" "):
        if part in ("status_quo", "plan"):
            said.append(t.of(plan.scenarios[part]))
        else:
            key = f"chart_file.word_{part}"
            said.append(t(key) if key in t else part)
    return capital(t("chart_file.comma").join(said))


def _head(id: str, field: str, unit: str, t: Texts) -> str:
    """Return the head of a column; one that was given in words stays as it is."""
    own, usual = f"chart_file.{id}_{field}", f"chart_file.column_{field}"
    key = own if own in t else usual
    if key not in t:
        return field
    unit = OWN_UNITS.get(field, unit) if unit else ""
    return t(key) + (in_unit(unit, t) if unit else "")


def in_unit(unit: str, t: Texts) -> str:
    """Return a unit as it stands in the head of a column whose figures are written in it."""
    known = {"%": "export.in_percent", "亿元": "export.in_money", "pp": "export.in_points"}
    return t(known[unit]) if unit in known else t("export.in_unit", unit=t.unit(unit))
