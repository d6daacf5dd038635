"""Chart specifications of the energy page; constant, like those of `pages.views.charts`."""

from __future__ import annotations

from functools import cache

import altair as alt

from pages.views.drawing import finish, halo, reach, tall
from pages.views.texts import Texts
from pages.views.theme import BANDS, BLUE, GREY, INK, ORANGE, QUIET

FALL, RISE = "#5B93C7", "#DD8746"


def _names() -> alt.Y:
    return alt.Y(
        "name:N",
        sort=alt.EncodingSortField("order", op="min"),
        axis=alt.Axis(
            title=None, domain=False, ticks=False, labelLimit=230, labelColor=INK,
            labelFontSize=13,
        ),
    )  # fmt: skip


def _values() -> alt.Axis:
    return alt.Axis(title=None, format=",~f", domain=False, ticks=False, orient="top", tickCount=6)


@cache
def steps(t: Texts, code: str, height: int = 330) -> dict:
    """Effects one after another from zero to the total, and the target."""
    rows, target, axis = (alt.NamedData(name=name) for name in ("rows", "target", "axis"))
    y = _names()
    colour = alt.Color(
        "kind:N",
        legend=None,
        scale=alt.Scale(domain=["fall", "rise", "total"], range=[FALL, RISE, "#4A5560"]),
    )
    x = alt.X("from:Q", axis=_values(), scale=alt.Scale(nice=False, zero=True))
    bar = alt.Chart(rows).mark_bar(height=15).encode(x=x, x2="to:Q", y=y, color=colour)
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(x="zero:Q")
    goal = (
        alt.Chart(target)
        .mark_rule(color=ORANGE, strokeWidth=2, strokeDash=[7, 4], aria=False)
        .encode(x="value:Q")
    )
    goal_label = [
        part.encode(x="value:Q", y=alt.value("height"), text="label:N")
        for part in halo(target, color=ORANGE, align="center", baseline="top", dy=3, fontWeight=700)
    ]
    label = (
        alt.Chart(rows)
        .mark_text(align="right", fontSize=13, color=INK)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )
    chart = alt.layer(reach(axis, channel="x"), bar, zero, goal, label, *goal_label)
    return finish(chart, t(f"energy.chart_{code}"), t(f"energy.chart_{code}_sub"), height)


@cache
def districts(t: Texts, count: int = 16) -> dict:
    """Each district's fall with its range, and the city's target."""
    rows, target, axis = (alt.NamedData(name=name) for name in ("rows", "target", "axis"))
    y = _names()
    x = alt.X("median:Q", axis=_values(), scale=alt.Scale(nice=False, zero=True))
    met = alt.Scale(domain=["yes", "no", "none"], range=[BLUE, ORANGE, GREY])
    shapes = alt.Scale(
        domain=["yes", "no", "none"], range=["triangle-up", "triangle-down", "circle"]
    )
    band = (
        alt.Chart(rows)
        .mark_bar(height=9, cornerRadius=4, color=BANDS["80"])
        .encode(x=alt.X("low:Q", axis=_values()), x2="high:Q", y=y)
    )
    dot = (
        alt.Chart(rows)
        .mark_point(filled=True, size=85, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color("met:N", legend=None, scale=met),
            shape=alt.Shape("met:N", legend=None, scale=shapes),
        )
    )
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(x="zero:Q")
    goal = (
        alt.Chart(target)
        .mark_rule(color=ORANGE, strokeWidth=2, strokeDash=[7, 4], aria=False)
        .encode(x="value:Q")
    )
    goal_label = [
        part.encode(x="value:Q", y=alt.value("height"), text="label:N")
        for part in halo(target, color=ORANGE, align="center", baseline="top", dy=3, fontWeight=700)
    ]
    label = (
        alt.Chart(rows)
        .mark_text(align="right", fontSize=13, color=QUIET)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )
    chart = alt.layer(reach(axis, channel="x"), band, zero, goal, dot, label, *goal_label)
    return finish(
        chart, t("energy.chart_districts"), t("energy.chart_districts_sub"), tall(count, 470)
    )


@cache
def industries(t: Texts, count: int = 10) -> dict:
    """What each industry adds to the city's change: its weight, and its own intensity."""
    rows, labels, axis = (alt.NamedData(name=name) for name in ("rows", "labels", "axis"))
    y = _names()
    colour = alt.Color(
        "part:N",
        legend=None,
        scale=alt.Scale(domain=["structure", "inside"], range=["#9AA5AF", FALL]),
    )
    x = alt.X("value:Q", axis=_values(), scale=alt.Scale(nice=False, zero=True), stack=True)
    bar = alt.Chart(rows).mark_bar(height=15).encode(x=x, y=y, color=colour)
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(x="zero:Q")
    label = (
        alt.Chart(labels)
        .mark_text(align="right", fontSize=13, color=QUIET)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )
    chart = alt.layer(reach(axis, channel="x"), bar, zero, label)
    return finish(
        chart, t("energy.chart_industries"), t("energy.chart_industries_sub"), tall(count, 470)
    )
