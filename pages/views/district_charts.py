"""Chart specifications of the districts; constant, like those of `pages.views.charts`."""

from __future__ import annotations

from functools import cache

import altair as alt

from pages.views.drawing import SIGNED, finish, halo, reach, tall
from pages.views.texts import Texts
from pages.views.theme import BANDS, BLUE, DIVERGING, INK, ORANGE, QUIET


@cache
def tiles(t: Texts, asked: bool = True, rows: int = 4) -> dict:
    """The districts as tiles: forecast growth against Annex 1, coloured by the gap."""
    data = alt.NamedData(name="tiles")
    x = alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.05, paddingOuter=0))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.07, paddingOuter=0))
    colour = alt.Color(
        "gap:Q",
        scale=alt.Scale(domain=[-6, -3, 0, 3, 6], range=DIVERGING, clamp=True, interpolate="rgb"),
        legend=alt.Legend(
            title=t("chart.tiles.legend" if asked else "chart.tiles.legend_alone"),
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
    subtitle = t("chart.tiles.subtitle" if asked else "chart.tiles.subtitle_alone")
    return finish(chart, t("chart.tiles.title"), subtitle, max(300, 60 + round(82.5 * rows)))


@cache
def districts(t: Texts, code: str, asked: bool = True, count: int = 16) -> dict:
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
        scale=alt.Scale(domain=["yes", "no", "none"], range=[BLUE, ORANGE, BLUE]),
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
            scale=alt.Scale(
                domain=["yes", "no", "none"], range=["triangle-up", "triangle-down", "circle"]
            ),
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
    marks = (goal, dot) if asked else (dot,)
    chart = alt.layer(reach(axis, channel="x"), band, zero, *marks, label)
    subtitle = t("chart.district.subtitle" if asked else "chart.district.subtitle_alone")
    return finish(chart, t(f"chart.district_{code}.title"), subtitle, tall(count, 520))


@cache
def contributions(t: Texts, asked: bool = True, count: int = 16) -> dict:
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
    chart = alt.layer(reach(axis, channel="x"), bar, zero, *((goal,) if asked else ()), label)
    subtitle = t("chart.contributions.subtitle" if asked else "chart.contributions.subtitle_alone")
    return finish(chart, t("chart.contributions.title"), subtitle, tall(count, 520))


@cache
def one_district(t: Texts, asked: bool = True) -> dict:
    """Three years of one district: range, median and the Annex 1 target of the first year."""
    rows, target, axis = (alt.NamedData(name=name) for name in ("rows", "target", "axis"))
    x = alt.X(
        "year:O",
        axis=alt.Axis(title=None, labelAngle=0, ticks=False, domain=False),
        scale=alt.Scale(paddingOuter=0.5),
    )
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
    subtitle = t("chart.one_district.subtitle" if asked else "chart.one_district.subtitle_alone")
    return finish(chart, t("chart.one_district.title"), subtitle, 260)
