"""Chart specifications: authored in Altair once a language, then constant.

Whatever a scenario changes is in the named data sets (see `pages.views.frames`), also labels,
targets and the reach of the axes, so that the browser moves marks and never rebuilds a chart.
"""

from __future__ import annotations

from functools import cache

import altair as alt

from pages.views.drawing import SIGNED, finish, halo, reach
from pages.views.texts import Texts
from pages.views.theme import BANDS, BLUE, GREY, INK, LINE, ORANGE, QUIET


def month_axis(t: Texts, months: tuple[int, ...]) -> alt.Axis:
    names = ",".join(f"'{t(f'month.{m}')}'" for m in range(1, 13))
    joined = t("month.joined")
    label = f"datum.value % 12 == 1 ? '{joined}' : [{names}][datum.value % 12]"
    return alt.Axis(
        values=list(months),
        labelExpr=label,
        title=None,
        grid=False,
        labelOverlap="greedy",
        labelSeparation=6,
        tickSize=4,
    )


@cache
def fan(t: Texts, months: int) -> dict:
    """Cumulative growth month by month over the horizon, with its bands and the target."""
    bands, ends, target, axis, years, over = (
        alt.NamedData(name=name) for name in ("bands", "ends", "target", "axis", "years", "over")
    )
    x = alt.X(
        "month:Q",
        axis=month_axis(t, tuple(range(2, months, 3))),
        scale=alt.Scale(domain=[0.5, months + 1.5], nice=False),
    )
    y_axis = alt.Axis(title=None, labelExpr=SIGNED, tickCount=7, domain=False, ticks=False)
    y = alt.Y("p50:Q", axis=y_axis, scale=alt.Scale(nice=False, zero=False))

    def area(low: str, high: str, colour: str) -> alt.Chart:
        return (
            alt.Chart(bands)
            .mark_area(color=colour, line=False)
            .encode(x=x, y=alt.Y(f"{low}:Q", axis=y_axis), y2=f"{high}:Q", detail="year:N")
        )

    line = (
        alt.Chart(bands)
        .mark_line(color=BLUE, strokeWidth=2.5)
        .encode(x=x, y=alt.Y("line:Q", axis=y_axis), detail="year:N")
    )
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(y="zero:Q")
    goal = (
        alt.Chart(target)
        .mark_rule(color=ORANGE, strokeWidth=2, strokeDash=[7, 4])
        .encode(x="from:Q", x2="to:Q", y="value:Q")
    )
    goal_label = [
        part.encode(x="from:Q", y="value:Q", text="label:N")
        for part in halo(target, color=ORANGE, align="left", dx=2, dy=-10, fontWeight=700)
    ]
    points = (
        alt.Chart(ends).mark_point(filled=True, size=55, color=BLUE, opacity=1).encode(x=x, y=y)
    )
    end_label = [
        part.encode(x="month:Q", y="top:Q", text="label:N")
        for part in halo(ends, align="right", dy=-26, fontSize=14, fontWeight=700)
    ]
    range_label = [
        part.encode(x="month:Q", y="top:Q", text="range:N")
        for part in halo(ends, align="right", dy=-10, fontSize=12, color=QUIET)
    ]
    over_label = [
        part.encode(x="month:Q", y="value:Q", text="label:N")
        for part in halo(over, align="left", dx=-6, dy=0, fontSize=12, color=QUIET)
    ]
    year_mark = alt.Chart(years).mark_rule(color=LINE, strokeDash=[2, 3]).encode(x="start:Q")
    year_label = (
        alt.Chart(years)
        .mark_text(
            align="right", baseline="bottom", dy=-6, fontSize=15, fontWeight=700, color=QUIET
        )
        .encode(x="end:Q", y=alt.value("height"), text="label:N")
    )
    band_label = [
        part.encode(x="month:Q", y="value:Q", text="label:N")
        for part in halo(alt.NamedData(name="names"), align="left", dx=5, fontSize=12, color=QUIET)
    ]
    chart = alt.layer(
        reach(axis), year_mark, area("p05", "p95", BANDS["90"]), area("p10", "p90", BANDS["80"]),
        area("p25", "p75", BANDS["50"]), zero, line, goal, points,
        *goal_label, *end_label, *range_label, year_label, *band_label, *over_label,
    )  # fmt: skip
    return finish(chart, t("chart.fan.title"), t("chart.fan.subtitle"), 380)


@cache
def path(t: Texts) -> dict:
    """Cumulative growth of the first year: the scenario before its two marks, and the target."""
    lines, ends, target, axis, band = (
        alt.NamedData(name=name) for name in ("lines", "ends", "target", "axis", "bands")
    )
    x = alt.X(
        "month:Q",
        axis=month_axis(t, tuple(range(1, 12))),
        scale=alt.Scale(domain=[0.8, 13.6], nice=False),
    )
    y_axis = alt.Axis(title=None, labelExpr=SIGNED, tickCount=6, domain=False, ticks=False)
    colour = alt.Color("series:N", legend=None, scale=_series_scale())
    area = (
        alt.Chart(band)
        .mark_area(color=BANDS["80"], opacity=0.75)
        .encode(x=x, y=alt.Y("p05:Q", axis=y_axis), y2="p95:Q")
    )
    drawn = (
        alt.Chart(lines)
        .mark_line()
        .encode(
            x=x,
            y=alt.Y("value:Q", axis=y_axis, scale=alt.Scale(nice=False, zero=False)),
            color=colour,
            strokeWidth=alt.StrokeWidth(
                "series:N",
                legend=None,
                scale=alt.Scale(domain=["status_quo", "plan", "scenario"], range=[1.6, 1.6, 3.2]),
            ),
            strokeDash=alt.StrokeDash(
                "series:N",
                legend=None,
                scale=alt.Scale(
                    domain=["status_quo", "plan", "scenario"], range=[[2, 3], [6, 3], [1, 0]]
                ),
            ),
        )
    )
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(y="zero:Q")
    goal = (
        alt.Chart(target)
        .mark_rule(color=ORANGE, strokeWidth=2, strokeDash=[7, 4])
        .encode(x="from:Q", x2="to:Q", y="value:Q")
    )
    goal_label = [
        part.encode(x="from:Q", y="value:Q", text="label:N")
        for part in halo(target, color=ORANGE, align="left", dx=2, dy=-10, fontWeight=700)
    ]
    end_label = [
        part.encode(x="month:Q", y="at:Q", text="label:N", color=colour)
        for part in halo(ends, align="left", dx=8, fontSize=13, fontWeight=700)
    ]
    # Into the chart from whichever end is near, so that nothing runs over an edge.
    beyond = [
        part.encode(x="month:Q", y="at:Q", text=f"{side}:N")
        for side, dx in (("left", 4), ("right", -4))
        for part in halo(
            alt.NamedData(name="beyond"), color=BLUE, align=side, dx=dx, dy=-9, fontSize=12,
            fontWeight=700,
        )
    ]  # fmt: skip
    chart = alt.layer(reach(axis), area, zero, goal, drawn, *goal_label, *end_label, *beyond)
    return finish(chart, t("chart.path.title"), t("chart.path.subtitle"), 240)


def _series_scale() -> alt.Scale:
    return alt.Scale(domain=["status_quo", "plan", "scenario"], range=[GREY, "#8A4B9A", BLUE])


@cache
def years(t: Texts, code: str, basis: str = "subtitle") -> dict:
    """One indicator by year: the scenario as a bar from zero, its two marks, and the target.

    ``basis`` names the subtitle: ``subtitle`` for central paths, ``medians`` for medians.
    """
    bars, marks, target, axis = (
        alt.NamedData(name=name) for name in ("bars", "marks", "target", "axis")
    )
    y = alt.Y(
        "year:O",
        axis=alt.Axis(title=None, domain=False, ticks=False, labelFontWeight=700),
        scale=alt.Scale(paddingInner=0, paddingOuter=0),
    )
    x_axis = alt.Axis(title=None, tickCount=4, domain=False, ticks=False, format=",~f")
    x = alt.X("value:Q", axis=x_axis, scale=alt.Scale(nice=False, zero=True))
    drawn = alt.Chart(bars).mark_bar(color="#7FAAD3", height=16).encode(x=x, y=y)
    stood = (
        alt.Chart(marks)
        .mark_tick(thickness=2.5, height=26, opacity=1)
        .encode(x=x, y=y, color=alt.Color("series:N", legend=None, scale=_series_scale()))
    )
    labels = (
        alt.Chart(bars)
        .mark_text(align="right", dy=-9, fontSize=15, fontWeight=700, color=BLUE)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )
    small = (
        alt.Chart(bars)
        .mark_text(align="right", dy=9, fontSize=11.5, color=QUIET)
        .encode(x=alt.value("width"), y=y, text="small:N")
    )
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(x="zero:Q")
    goal = (
        alt.Chart(target)
        .mark_tick(color=ORANGE, thickness=3, opacity=1, height=26)
        .encode(x="value:Q", y=y)
    )
    # At the left end, whatever the target: a label that runs over the edge narrows the chart.
    goal_label = [
        part.encode(x=alt.value(0), y=y, text="label:N")
        for part in halo(target, color=ORANGE, align="left", dx=3, dy=-17, fontSize=11.5)
    ]
    # What the axis does not reach: said on the bar, clear of the figures at the right edge.
    right, left = (
        alt.Chart(alt.NamedData(name="beyond"))
        .mark_text(align=side, dx=dx, fontSize=11.5, fontWeight=700, color=INK)
        .encode(x=alt.value("width" if side == "right" else 0), y=y, text=f"{side}:N")
        for side, dx in (("right", -125), ("left", 4))
    )
    chart = alt.layer(
        reach(axis, channel="x"), drawn, zero, stood, goal, labels, small, *goal_label, right, left
    )
    return finish(chart, t(f"chart.{code}.title"), t(f"chart.{code}.{basis}"), 220)
