"""Chart specifications of the investment page; constant, like those of `pages.views.charts`."""

from __future__ import annotations

from functools import cache

import altair as alt

from pages.views import numbers
from pages.views.drawing import finish, halo, reach, tall
from pages.views.texts import Texts
from pages.views.theme import BANDS, BLUE, GREY, INK, LINE, ORANGE, QUIET

COLOURS = ["#9DB4C9", "#3F7DB8", "#DD8746"]


@cache
def flow(t: Texts, name: str, first: int, months: int) -> dict:
    """One part of the account by month, stacked by kind, with the status quo's total."""
    rows, usual, labels, axis = (
        alt.NamedData(name=part) for part in ("rows", "usual", "labels", "axis")
    )
    kinds = alt.Scale(domain=["new", "upgrade", "contract"], range=COLOURS)
    inks = alt.Scale(domain=["new", "upgrade", "contract"], range=["#4F6A85", BLUE, ORANGE])
    marks = (*range(0, months, 12), months - 1)
    named = [f"{k}:'{numbers.month(f'{first + k // 12}-{k % 12 + 1}', t)}'" for k in marks]
    x = alt.X(
        "month:Q",
        axis=alt.Axis(
            values=list(marks),
            labelExpr=f"{{{','.join(named)}}}[datum.value]",
            labelFontSize=12,
            title=None,
            grid=False,
            labelOverlap="greedy",
        ),
        scale=alt.Scale(domain=[0, round(1.28 * months)], nice=False),
    )
    y_axis = alt.Axis(title=None, format=",~f", domain=False, ticks=False, tickCount=5)
    area = (
        alt.Chart(rows)
        .mark_area(interpolate="monotone", line=False)
        .encode(
            x=x,
            y=alt.Y("value:Q", axis=y_axis, stack="zero", scale=alt.Scale(nice=False, zero=True)),
            color=alt.Color("kind:N", legend=None, scale=kinds),
            order=alt.Order("order:Q"),
        )
    )
    mark = (
        alt.Chart(usual)
        .mark_line(color=INK, strokeWidth=1.5, strokeDash=[4, 3])
        .encode(x=x, y=alt.Y("value:Q", axis=y_axis))
    )
    ink = alt.Color("kind:N", legend=None, scale=inks)
    label = (
        alt.Chart(labels)
        .mark_text(align="left", dx=6, fontSize=13, fontWeight=700)
        .encode(x="month:Q", y="at:Q", text="label:N", color=ink)
    )
    chart = alt.layer(reach(axis), area, mark, label).resolve_scale(color="independent")
    return finish(chart, t(f"investment.chart_{name}"), t(f"investment.chart_{name}_sub"), 260)


@cache
def kernels(t: Texts) -> dict:
    """The share of a yuan that is capacity by each month after its spending."""
    rows, means = alt.NamedData(name="rows"), alt.NamedData(name="means")
    series = [
        f"{kind} {name}" for kind in ("upgrade", "new") for name in ("scenario", "status_quo")
    ]
    x = alt.X(
        "month:Q",
        axis=alt.Axis(title=t("investment.months_since"), values=list(range(0, 49, 6)), grid=False),
        scale=alt.Scale(domain=[0, 48], nice=False),
    )
    y = alt.Y(
        "value:Q",
        axis=alt.Axis(title=None, domain=False, ticks=False, values=[0, 25, 50, 75, 100]),
        scale=alt.Scale(domain=[0, 104], nice=False),
    )
    line = (
        alt.Chart(rows)
        .mark_line()
        .encode(
            x=x,
            y=y,
            detail="series:N",
            color=alt.Color(
                "series:N",
                legend=None,
                scale=alt.Scale(domain=series, range=[COLOURS[1], GREY, "#4F6A85", GREY]),
            ),
            strokeWidth=alt.StrokeWidth(
                "series:N", legend=None, scale=alt.Scale(domain=series, range=[3, 1.5, 3, 1.5])
            ),
            strokeDash=alt.StrokeDash(
                "series:N",
                legend=None,
                scale=alt.Scale(domain=series, range=[[1, 0], [4, 3], [1, 0], [4, 3]]),
            ),
        )
    )
    inks = alt.Scale(domain=["upgrade", "new"], range=[BLUE, "#4F6A85"])
    colour = alt.Color("kind:N", legend=None, scale=inks)
    point = (
        alt.Chart(means).mark_point(filled=True, size=90, opacity=1).encode(x=x, y=y, color=colour)
    )
    label = [
        part.encode(x="beside:Q", y="at:Q", text="label:N", color=colour)
        for part in halo(means, align="left", dx=12, fontSize=13, fontWeight=700)
    ]
    chart = alt.layer(line, point, *label).resolve_scale(color="independent")
    return finish(chart, t("investment.chart_kernel"), t("investment.chart_kernel_sub"), 300)


@cache
def output(t: Texts) -> dict:
    """Value added from each year's spending, by year."""
    rows, axis = alt.NamedData(name="rows"), alt.NamedData(name="axis")
    y = _names()
    x_axis = alt.Axis(
        title=None, format=",~f", domain=False, ticks=False, orient="top", tickCount=5
    )
    x = alt.X("value:Q", axis=x_axis, scale=alt.Scale(nice=False, zero=True))
    shades = alt.Scale(range=["#2B679F", "#5B93C7", "#A3C3E0"])
    bar = (
        alt.Chart(rows)
        .mark_bar(height=17)
        .encode(x=x, y=y, color=alt.Color("group:N", legend=None, scale=shades))
    )
    label = (
        alt.Chart(rows)
        .mark_text(align="left", dx=6, fontSize=13, fontWeight=700, color=INK)
        .encode(x=x, y=y, text="label:N")
    )
    chart = alt.layer(reach(axis, channel="x"), bar, label)
    return finish(chart, t("investment.chart_output"), t("investment.chart_output_sub"), 300)


def _names() -> alt.Y:
    return alt.Y(
        "name:N",
        sort=alt.EncodingSortField("order", op="min"),
        axis=alt.Axis(
            title=None, domain=False, ticks=False, labelLimit=300, labelColor=INK
        ),
    )  # fmt: skip


@cache
def districts(t: Texts, asked: bool = True, count: int = 16) -> dict:
    """Growth of investment by district with its range, against Annex 1."""
    rows, axis = alt.NamedData(name="rows"), alt.NamedData(name="axis")
    y = _names()
    x_axis = alt.Axis(
        title=None, format=",~f", domain=False, ticks=False, orient="top", tickCount=7
    )
    met = alt.Scale(domain=["yes", "no", "none"], range=[BLUE, ORANGE, GREY])
    shapes = alt.Scale(
        domain=["yes", "no", "none"], range=["triangle-up", "triangle-down", "circle"]
    )
    band = (
        alt.Chart(rows)
        .mark_bar(height=9, cornerRadius=4, color=BANDS["80"])
        .encode(x=alt.X("low:Q", axis=x_axis, scale=alt.Scale(nice=False)), x2="high:Q", y=y)
    )
    dot = (
        alt.Chart(rows)
        .mark_point(filled=True, size=85, opacity=1)
        .encode(
            x="median:Q",
            y=y,
            color=alt.Color("met:N", legend=None, scale=met),
            shape=alt.Shape("met:N", legend=None, scale=shapes),
        )
    )
    goal = (
        alt.Chart(rows)
        .mark_tick(color=INK, thickness=2.5, opacity=1, height=18)
        .encode(x="target:Q", y=y)
    )
    label = (
        alt.Chart(rows)
        .mark_text(align="right", fontSize=13, color=QUIET)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )
    zero = alt.Chart(axis).mark_rule(color=LINE).encode(x="zero:Q")
    marks = (goal, dot) if asked else (dot,)
    chart = alt.layer(reach(axis, channel="x"), band, zero, *marks, label)
    subtitle = t(
        "investment.chart_districts_sub" if asked else "investment.chart_districts_sub_alone"
    )
    return finish(chart, t("investment.chart_districts"), subtitle, tall(count, 480))
