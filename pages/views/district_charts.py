"""Chart specifications of the districts; constant, like those of `pages.views.charts`."""

from __future__ import annotations

from functools import cache

import altair as alt

from pages.views.drawing import SIGNED, finish, halo, reach
from pages.views.texts import Texts
from pages.views.theme import BANDS, BLUE, DIVERGING, INK, ORANGE, QUIET


@cache
def tiles(t: Texts) -> dict:
    """The districts as tiles: forecast growth against Annex 1, coloured by the gap."""
    data = alt.NamedData(name="tiles")
    x = alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.05, paddingOuter=0))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.07, paddingOuter=0))
    colour = alt.Color(
        "gap:Q",
        scale=alt.Scale(domain=[-6, -3, 0, 3, 6], range=DIVERGING, clamp=True, interpolate="rgb"),
        legend=alt.Legend(
            title=t("chart.tiles.legend"),
            orient="bottom",
            direction="horizontal",
            gradientLength=220,
            gradientThickness=10,
            titleFontSize=12,
            labelFontSize=12,
            labelExpr=SIGNED,
            titleFontWeight=400,
            titleLimit=400,
            values=[-6, -3, 0, 3, 6],
        ),
    )
    box = alt.Chart(data).mark_rect(cornerRadius=5).encode(x=x, y=y, color=colour)

    def words(field: str, dy: int, **mark: object) -> alt.Chart:
        return alt.Chart(data).mark_text(dy=dy, **mark).encode(x=x, y=y, text=f"{field}:N")

    chart = alt.layer(
        box,
        words("name", -19, fontSize=12.5, fontWeight=700, color=INK, limit=96),
        words("forecast", 1, fontSize=17, fontWeight=700, color=INK),
        words("target", 20, fontSize=11.5, color="#2B3742"),
    )
    return finish(chart, t("chart.tiles.title"), t("chart.tiles.subtitle"), 390)


@cache
def districts(t: Texts, code: str) -> dict:
    """Each district's range and median against its Annex 1 target."""
    rows, axis = alt.NamedData(name="rows"), alt.NamedData(name="axis")
    y = alt.Y(
        "name:N",
        sort=alt.EncodingSortField("order", op="min"),
        axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=190, labelColor=INK),
    )
    x_axis = alt.Axis(
        title=None, format=",~f", domain=False, ticks=False, orient="top", tickCount=7
    )
    x = alt.X("median:Q", axis=x_axis, scale=alt.Scale(nice=False, zero=True))
    colour = alt.Color(
        "met:N",
        legend=None,
        scale=alt.Scale(domain=["yes", "no"], range=[BLUE, ORANGE]),
    )
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(x="zero:Q")
    band = (
        alt.Chart(rows)
        .mark_bar(height=9, cornerRadius=4, color=BANDS["80"])
        .encode(x=alt.X("low:Q", axis=x_axis), x2="high:Q", y=y)
    )
    dot = alt.Chart(rows).mark_point(filled=True, size=95, opacity=1).encode(
        x=x, y=y, color=colour, shape=alt.Shape(
            "met:N", legend=None,
            scale=alt.Scale(domain=["yes", "no"], range=["triangle-up", "triangle-down"]),
        ),
    )  # fmt: skip
    goal = (
        alt.Chart(rows)
        .mark_tick(color=INK, thickness=2.5, opacity=1, height=18)
        .encode(x="target:Q", y=y)
    )
    label = (
        alt.Chart(rows)
        .mark_text(align="right", fontSize=12, color=QUIET)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )
    chart = alt.layer(reach(axis, channel="x"), band, zero, goal, dot, label)
    return finish(chart, t(f"chart.district_{code}.title"), t("chart.district.subtitle"), 520)


@cache
def contributions(t: Texts) -> dict:
    """How the districts add up to the city: points of growth, forecast and asked for."""
    rows, axis = alt.NamedData(name="rows"), alt.NamedData(name="axis")
    y = alt.Y(
        "name:N",
        sort=alt.EncodingSortField("order", op="min"),
        axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=190, labelColor=INK),
    )
    x_axis = alt.Axis(
        title=None, format=",~f", domain=False, ticks=False, orient="top", tickCount=6
    )
    x = alt.X("contribution:Q", axis=x_axis, scale=alt.Scale(nice=False, zero=True))
    bar = alt.Chart(rows).mark_bar(color="#7FAAD3", height=13).encode(x=x, y=y)
    goal = (
        alt.Chart(rows)
        .mark_tick(color=INK, thickness=2.5, opacity=1, height=18)
        .encode(x="asked:Q", y=y)
    )
    label = (
        alt.Chart(rows)
        .mark_text(align="right", fontSize=12, color=QUIET)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(x="zero:Q")
    chart = alt.layer(reach(axis, channel="x"), bar, zero, goal, label)
    return finish(chart, t("chart.contributions.title"), t("chart.contributions.subtitle"), 520)


@cache
def one_district(t: Texts) -> dict:
    """Three years of one district: range, median and the Annex 1 target of the first year."""
    rows, target, axis = (alt.NamedData(name=name) for name in ("rows", "target", "axis"))
    x = alt.X("year:O", axis=alt.Axis(title=None, labelAngle=0, ticks=False, domain=False))
    y_axis = alt.Axis(title=None, format=",~f", domain=False, ticks=False, tickCount=5)
    y = alt.Y("median:Q", axis=y_axis, scale=alt.Scale(nice=False, zero=True))
    band = (
        alt.Chart(rows)
        .mark_bar(width=16, cornerRadius=6, color=BANDS["80"])
        .encode(x=x, y=alt.Y("low:Q", axis=y_axis), y2="high:Q")
    )
    dot = alt.Chart(rows).mark_point(filled=True, size=110, color=BLUE, opacity=1).encode(x=x, y=y)
    label = [
        part.encode(x=x, y=y, text="label:N")
        for part in halo(rows, align="left", dx=14, fontSize=13, fontWeight=700)
    ]
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(y="zero:Q")
    goal = (
        alt.Chart(target)
        .mark_tick(color=ORANGE, thickness=3, opacity=1, width=54)
        .encode(x=x, y="value:Q")
    )
    goal_label = [
        part.encode(x=x, y="value:Q", text="label:N")
        for part in halo(target, color=ORANGE, align="right", dx=-12, dy=-10, fontSize=12)
    ]
    chart = alt.layer(reach(axis), band, zero, goal, dot, *label, *goal_label)
    return finish(chart, t("chart.one_district.title"), t("chart.one_district.subtitle"), 260)
