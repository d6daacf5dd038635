"""Charts of the page that says why: constant specifications and their data sets."""

from __future__ import annotations

from functools import cache
from math import floor, log10, sqrt

import altair as alt
import pandas as pd

import model
from pages.views import numbers
from pages.views.drawing import finish, halo, reach
from pages.views.frames import NUMBERS, Tables, short_name
from pages.views.frames import reach as axis_reach
from pages.views.texts import Texts
from pages.views.theme import DIVERGING, GREY, INK, ORANGE, QUIET
from pages.views.why import Explained, Scale, bare, download, span

ROW_HEIGHT = 35


def waterfall_tables(found: Explained, t: Texts) -> Tables:
    """Return the data sets of `waterfall`: bars that hang on one another, ranges, the target."""
    factor, at, rows = found.scale.factor, 0.0, []
    from_zero = found.scale.unit == "%"
    for order, row in enumerate(found.rows):
        value = row.value * factor
        if row.kind == "total":
            start, end, at = (0.0 if from_zero else value), value, value
        else:
            start, end = at, at + value
            at = end
        # Ranges of the totals are many times as wide; they stand in figures only.
        ranged = row.kind != "total" and row.low is not None and row.high is not None
        rows.append(
            {
                "order": order,
                "name": row.name,
                "next": found.rows[min(order + 1, len(found.rows) - 1)].name,
                "start": start,
                "end": end,
                "low": start + row.low * factor if ranged else end,
                "high": start + row.high * factor if ranged else end,
                "kind": "total" if row.kind == "total" else "up" if value >= 0 else "down",
                "label": _label(row.kind, row.value, found.scale, t),
                "range": span(row, found.scale, t),
            }
        )
    frame = pd.DataFrame(rows)
    ends = [*frame[["start", "end", "low", "high"]].to_numpy().ravel()]
    target = [] if found.target is None else [found.target * factor]
    low, high = min([*ends, *target]), max([*ends, *target])
    # The figures stand at the right edge: leave two fifths of the width to them.
    width = max(high - low, 1e-6)
    step = 10 ** floor(log10(width / 2))
    axis = axis_reach([low - 0.02 * width, high + 0.85 * width], step, (low, high))
    zero = 0.0 if from_zero else axis[0]
    words = [t("target.label", value=found.target_text)] if target else []
    return {
        "rows": frame,
        "totals": frame[frame["kind"] == "total"],
        "target": {
            "value": target,
            # The label stands where there is room: the figures are at the right edge.
            "before": words if target and target[0] > low + 0.35 * width else [""] * len(target),
            "after": [""] * len(target) if target and target[0] > low + 0.35 * width else words,
        },
        "axis": {"value": [float(end) for end in axis], "zero": [zero, zero]},
        NUMBERS: _told(found, t),
    }


def _told(found: Explained, t: Texts) -> pd.DataFrame:
    """Return the parts that are drawn, and the target."""
    frame = download(found, None, t)
    if found.target is not None:
        unit = frame.iat[0, 1]  # of the whole, with which the table begins
        goal = [t("target.label", value=found.target_text), unit, found.target * found.scale.factor]
        frame.loc[len(frame), list(frame.columns[:3])] = goal
    return frame


def _label(kind: str, value: float, scale: Scale, t: Texts) -> str:
    return scale.whole(value, t) if kind == "total" else scale.part(value)


def _names() -> alt.Y:
    return alt.Y(
        "name:N",
        sort=alt.EncodingSortField("order", op="min"),
        axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=230, labelColor=INK),
    )


@cache
def waterfall(t: Texts, indicator: str, special: bool = True, ranged: bool = True) -> dict:
    """From the reference to the scenario, group by group, with the target, and ranges if known."""
    rows, totals, target, axis = (
        alt.NamedData(name=name) for name in ("rows", "totals", "target", "axis")
    )
    y = _names()
    x_axis = alt.Axis(
        title=None, format=",~f", domain=False, ticks=False, orient="top", tickCount=6
    )
    x = alt.X("start:Q", axis=x_axis, scale=alt.Scale(nice=False, zero=False))
    colour = alt.Color(
        "kind:N",
        legend=None,
        scale=alt.Scale(domain=["total", "up", "down"], range=["#9FB0C0", "#5B93CB", "#DD8746"]),
    )
    bar = alt.Chart(rows).mark_bar(height=17).encode(x=x, x2="end:Q", y=y, color=colour)
    joint = alt.Chart(rows).mark_rule(color="#9AA5AF", strokeWidth=1).encode(
        x=alt.X("end:Q", axis=x_axis), y=y, y2="next:N"
    )  # fmt: skip
    stood = (
        alt.Chart(totals)
        .mark_tick(color=INK, thickness=3, height=22, opacity=1)
        .encode(x=alt.X("end:Q", axis=x_axis), y=y)
    )
    whisker = (
        alt.Chart(rows)
        .mark_rule(color=INK, strokeWidth=1.5)
        .encode(x=alt.X("low:Q", axis=x_axis), x2="high:Q", y=y)
    )
    value = (
        alt.Chart(rows)
        .mark_text(align="right", dx=-118, fontSize=14, fontWeight=700, color=INK)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )
    between = (
        alt.Chart(rows)
        .mark_text(align="right", fontSize=13, color=QUIET)
        .encode(x=alt.value("width"), y=y, text="range:N")
    )
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(x="zero:Q")
    goal = (
        alt.Chart(target)
        .mark_rule(color=ORANGE, strokeWidth=2, strokeDash=[7, 4])
        .encode(x="value:Q")
    )
    goal_label = [
        part.encode(x="value:Q", y=alt.value(ROW_HEIGHT), text=f"{side}:N")
        for side, align, dx in (("before", "right", -6), ("after", "left", 6))
        for part in halo(target, color=ORANGE, align=align, dx=dx, fontWeight=700)
    ]
    chart = alt.layer(
        reach(axis, channel="x"), zero, joint, bar, whisker, stood, goal, value, between,
        *goal_label,
    )  # fmt: skip
    title = t("why.waterfall_title", indicator=t(f"why.name_{indicator}"))
    subtitle = t("why.waterfall_subtitle" if special else "why.waterfall_groups")
    subtitle = t("why.waterfall_ranged", subtitle=subtitle) if ranged else subtitle
    return finish(chart, title, subtitle, 12 * ROW_HEIGHT)


@cache
def sources(t: Texts) -> dict:
    """Contributions of every source of growth: the scenario as bars, the reference as ticks."""
    rows, axis = alt.NamedData(name="rows"), alt.NamedData(name="axis")
    y = _names()
    x_axis = alt.Axis(
        title=None, format=",~f", domain=False, ticks=False, orient="top", tickCount=7
    )
    x = alt.X("value:Q", axis=x_axis, scale=alt.Scale(nice=False, zero=True))
    colour = alt.Color(
        "sign:N", legend=None, scale=alt.Scale(domain=["up", "down"], range=["#5B93CB", "#DD8746"])
    )
    bar = alt.Chart(rows).mark_bar(height=14).encode(x=x, y=y, color=colour)
    tick = (
        alt.Chart(rows)
        .mark_tick(color=INK, thickness=2.5, height=20, opacity=1)
        .encode(x=alt.X("before:Q", axis=x_axis), y=y)
    )
    value = (
        alt.Chart(rows)
        .mark_text(align="right", dx=-70, fontSize=14, fontWeight=700, color=INK)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )
    beside = (
        alt.Chart(rows)
        .mark_text(align="right", fontSize=13, color=QUIET)
        .encode(x=alt.value("width"), y=y, text="beside:N")
    )
    zero = alt.Chart(axis).mark_rule(color=GREY).encode(x="zero:Q")
    chart = alt.layer(reach(axis, channel="x"), bar, zero, tick, value, beside)
    return finish(chart, t("why.sources_title"), t("why.sources_subtitle"), 500)


def heat_tables(
    plan: model.Plan, table: pd.DataFrame, scale: Scale, places: str, reference: str, t: Texts
) -> Tables:
    """Return the data set of `heat`: places down, parts across, the city last."""
    records = plan.districts if places == "district" else plan.industries
    names = {x.code: short_name(x, t) if places == "district" else t.of(x) for x in records}
    order = table.loc["scenario"].sort_values(ascending=False).index
    whole = pd.concat([table[order], table.sum(axis=1).rename("city")], axis=1)
    group_names = {lever.group: t.of(lever, "group") for lever in plan.levers}
    group_names |= {g: t(f"why.head_{g}") for g in group_names if f"why.head_{g}" in t}
    columns = {"reference": reference, "assumptions": t("why.assumptions")}
    columns |= {group: group_names[group] for group in table.index if group in group_names}
    columns["scenario"] = t("why.here")
    cells = whole.loc[list(group_names)].drop(columns="city")
    largest = float(cells.abs().to_numpy().max()) or 1.0
    rows = []
    for down, place in enumerate(whole.columns):
        for across, (key, column) in enumerate(columns.items()):
            value = float(whole.loc[key, place])
            coloured = place != "city" and key in group_names
            shade = sqrt(min(1.0, abs(value) / largest)) * (1 if value >= 0 else -1)
            rows.append(
                {
                    "place": t("why.city") if place == "city" else names[place],
                    "down": down,
                    "column": bare(column, t),
                    "across": across,
                    "shade": shade if coloured else 0.0,
                    "bold": "yes" if place == "city" or key == "scenario" else "no",
                    "label": numbers.plain(value * scale.factor, scale.digits, signed=True),
                }
            )
    return {"cells": pd.DataFrame(rows)}


@cache
def heat(t: Texts, places: str, indicator: str) -> dict:
    """Which group of levers brings how much through which place."""
    data = alt.NamedData(name="cells")
    x = alt.X(
        "column:N",
        sort=alt.EncodingSortField("across", op="min"),
        axis=alt.Axis(
            title=None, orient="top", domain=False, ticks=False, labelAngle=0, labelLimit=110,
            labelColor=INK,
        ),
        scale=alt.Scale(paddingInner=0.03, paddingOuter=0),
    )  # fmt: skip
    y = alt.Y(
        "place:N",
        sort=alt.EncodingSortField("down", op="min"),
        axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=190, labelColor=INK),
        scale=alt.Scale(paddingInner=0.06, paddingOuter=0),
    )
    colour = alt.Color(
        "shade:Q",
        legend=None,
        scale=alt.Scale(domain=[-1, -0.5, 0, 0.5, 1], range=DIVERGING, interpolate="rgb"),
    )
    box = alt.Chart(data).mark_rect().encode(x=x, y=y, color=colour)
    weight = {"yes": 700, "no": 400}
    words = [
        alt.Chart(data)
        .transform_filter(f"datum.bold == '{bold}'")
        .mark_text(fontSize=13, fontWeight=heavy, color=INK)
        .encode(x=x, y=y, text="label:N")
        for bold, heavy in weight.items()
    ]
    rows = 17 if places == "district" else 11
    title = t(f"why.heat_title_{places}", indicator=t(f"why.name_{indicator}"))
    return finish(alt.layer(box, *words), title, t("why.heat_subtitle"), rows * 28)
