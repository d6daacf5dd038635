"""Charts of what drives the uncertainty: swings of single parameters, shares of the variance."""

from __future__ import annotations

from functools import cache

import altair as alt
import pandas as pd

import model
from pages.views import numbers
from pages.views.confidence import parameter_name
from pages.views.drawing import finish, reach
from pages.views.frames import NUMBERS, Tables
from pages.views.texts import Texts
from pages.views.theme import BANDS, BLUE, INK, ORANGE, QUIET

SHOWN = 8
_LONG = 44
"""Characters of a name from which it stands in two lines."""


def _names() -> alt.Axis:
    long = f"length(datum.label) > {_LONG}"
    cut = f"lastindexof(slice(datum.label, 0, {_LONG}), ' ')"
    parts = f"[slice(datum.label, 0, {cut}), slice(datum.label, {cut} + 1)]"
    return alt.Axis(
        domain=False, ticks=False, labelLimit=290, labelColor=INK, labelLineHeight=13,
        labelExpr=f"{long} ? {parts} : datum.label",
        labelBaseline={"condition": {"test": long, "value": "bottom"}, "value": "middle"},
    )  # fmt: skip


@cache
def tornado(t: Texts, indicator: str) -> dict:
    """Return the specification: a bar from the 5 to the 95 % point of each parameter."""
    rows, middle, goal, axis = (alt.NamedData(name=n) for n in ("rows", "middle", "goal", "axis"))
    y = alt.Y("name:N", sort=None, title=None,
              axis=_names())  # fmt: skip
    x_axis = alt.Axis(title=None, tickCount=6, format="~f", domain=False)
    x = alt.X("low:Q", axis=x_axis, scale=alt.Scale(nice=False, zero=False))
    bar = alt.Chart(rows).mark_bar(height={"band": 0.55}, color=BANDS["50"]).encode(
        y=y, x=x, x2="high:Q"
    )  # fmt: skip
    ends = [
        alt.Chart(rows).mark_text(align=align, dx=dx, fontSize=12, color=QUIET).encode(
            y=y, x=f"{end}:Q", text=f"{end}_label:N"
        )
        for end, align, dx in (("low", "right", -5), ("high", "left", 5))
    ]  # fmt: skip
    line = alt.Chart(middle).mark_rule(color=INK).encode(x="value:Q")
    aim = alt.Chart(goal).mark_rule(color=ORANGE, strokeWidth=2, strokeDash=[6, 4]).encode(
        x="value:Q"
    )  # fmt: skip
    aim_label = (
        alt.Chart(goal)
        .mark_text(align="right", dx=-5, y=-7, color=ORANGE, fontWeight=700, fontSize=12)
        .encode(x="value:Q", text="label:N")
    )
    chart = alt.layer(reach(axis, channel="x"), bar, line, aim, *ends, aim_label)
    return finish(
        chart, t(f"confidence.tornado_{indicator}"), t("confidence.tornado_about"), 340
    )  # fmt: skip


def tornado_tables(
    swings: tuple[model.Swing, ...], middle: float, target: model.Target, plan: model.Plan, t: Texts
) -> Tables:
    """Return the data sets of `tornado`, the widest swing first; per cent, or the target's unit."""
    factor = 100.0 if plan.indicator(target.indicator).unit == "%" else 1.0
    found: dict[str, list] = {n: [] for n in ("name", "low", "high", "low_label", "high_label")}
    for swing in swings[:SHOWN]:
        low, high = sorted((factor * swing.low, factor * swing.high))
        cells = (parameter_name(plan, swing.parameter, t), low, high,
                 numbers.short(round(low, 1)), numbers.short(round(high, 1)))  # fmt: skip
        for column, cell in zip(found, cells, strict=True):
            found[column].append(cell)
    values = [*found["low"], *found["high"], target.value]
    room = 0.15 * (max(values) - min(values))
    return {
        "rows": found,
        "middle": {"value": [factor * middle]},
        "goal": {"value": [target.value],
                 "label": [t("target.label", value=numbers.exact(target.value, target.unit, t))]},
        "axis": {"value": [min(values) - room, max(values) + room]},
        NUMBERS: _swings(found, factor * middle, target, t),
    }  # fmt: skip


def _swings(found: dict[str, list], middle: float, target: model.Target, t: Texts) -> pd.DataFrame:
    unit = t("export.in_unit", unit=t.unit(target.unit))
    columns = {t("chart_file.column_name"): found["name"]} | {
        t(f"chart_file.swing_{end}") + unit: found[end] for end in ("low", "high")
    }
    for name, value in (("middle", middle), ("goal", target.value)):
        columns[t(f"chart_file.set_{name}") + unit] = [value] * len(found["name"])
    return pd.DataFrame(columns)


@cache
def transforms(t: Texts) -> dict:
    """Return the specification: how many outcomes lay in each fifth of their forecasts."""
    rows, even, axis = (alt.NamedData(name=n) for n in ("rows", "even", "axis"))
    x = alt.X(
        "bin:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, domain=False, ticks=False)
    )
    y_axis = alt.Axis(title=None, tickMinStep=1, tickCount=5, domain=False, ticks=False)
    y = alt.Y("count:Q", axis=y_axis, scale=alt.Scale(nice=False, zero=True))
    bars = alt.Chart(rows).mark_bar(color=BANDS["50"], width={"band": 0.7}).encode(x=x, y=y)
    label = alt.Chart(rows).mark_text(dy=-8, fontSize=12, color=INK).encode(
        x=x, y=y, text="count:Q"
    )  # fmt: skip
    line = alt.Chart(even).mark_rule(color=ORANGE, strokeWidth=2, strokeDash=[6, 4]).encode(
        y="value:Q"
    )  # fmt: skip
    chart = alt.layer(reach(axis), bars, line, label)
    return finish(chart, t("confidence.transforms"), t("confidence.transforms_about"), 200)


def transform_tables(bins: tuple[int, ...], t: Texts) -> Tables:
    """Return the data sets of `transforms`."""
    size = 100 / len(bins)
    names = [f"{size * k:.0f}–{size * (k + 1):.0f}%" for k in range(len(bins))]
    return {
        "rows": {"bin": names, "count": list(bins)},
        "even": {"value": [sum(bins) / len(bins)]},
        "axis": {"value": [0.0, 1.2 * max(*bins, 1)]},
    }


@cache
def indices(t: Texts) -> dict:
    """Return the specification: first-order indices within total ones."""
    rows, axis = (alt.NamedData(name=n) for n in ("rows", "axis"))
    y = alt.Y("name:N", sort=None, title=None,
              axis=_names())  # fmt: skip
    x_axis = alt.Axis(title=None, tickCount=5, labelExpr="datum.value + '%'", domain=False)
    x = alt.X("total:Q", axis=x_axis, scale=alt.Scale(nice=False, zero=True))
    total = alt.Chart(rows).mark_bar(height={"band": 0.6}, color=BANDS["80"]).encode(y=y, x=x)
    first = alt.Chart(rows).mark_bar(height={"band": 0.28}, color=BLUE).encode(y=y, x="first:Q")
    label = (
        alt.Chart(rows)
        .mark_text(align="left", dx=5, fontSize=12, color=QUIET)
        .encode(y=y, x="total:Q", text="label:N")
    )
    chart = alt.layer(reach(axis, channel="x"), total, first, label)
    return finish(chart, t("confidence.indices"), t("confidence.indices_about"), 340)


def indices_tables(found: model.Indices, plan: model.Plan, t: Texts) -> Tables:
    """Return the data sets of `indices`; an estimate below zero is shown as zero."""
    rows: dict[str, list] = {"name": [], "total": [], "first": [], "label": []}
    for row in found.to_frame().head(SHOWN).itertuples():
        total, first = 100 * max(0.0, row.total), 100 * max(0.0, row.first)
        cells = parameter_name(plan, row.parameter, t), max(total, first), first, f"{total:.0f}%"
        for column, cell in zip(rows, cells, strict=True):
            rows[column].append(cell)
    return {"rows": rows, "axis": {"value": [0.0, 1.15 * max(rows["total"])]}}
