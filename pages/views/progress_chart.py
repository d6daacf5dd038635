"""The months of the year, before and after learning: the specification and its data sets."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache

import altair as alt

import model
from model.observe import city_code
from model.standing import Standing, ahead
from pages.views import numbers
from pages.views.drawing import SIGNED, finish, halo, reach
from pages.views.frames import CALM_LEAST, Tables, axis_frame, spread, stopped
from pages.views.frames import reach as ends_of
from pages.views.progress_learned import MONTHS, Forecast, Learned
from pages.views.texts import Texts
from pages.views.theme import BANDS, BLUE, GREY, INK, ORANGE

LEAST = (-25.0, 15.0)
BEFORE = "#E4E8EC"
CLEAR = 2.5
"""Where the first label stands at the least, so that it does not touch the axis."""
BELOW = 4.0
"""Points of growth that the axis leaves for the label below a figure."""
SHAPES = {"released": "circle", "inferred": "circle", "source": "circle", "entered": "square"}


@cache
def months(t: Texts, series: str, of: str = "") -> dict:
    """Cumulative growth of a series through the year: two fans, the figures, the target.

    ``of`` names the district that is drawn; nothing stands for the city.
    """
    before, after, points, target, course, labels, axis = (
        alt.NamedData(name=name)
        for name in ("before", "after", "points", "target", "course", "labels", "axis")
    )
    names = ",".join(f"'{t(f'month.{m}')}'" for m in range(1, 13))
    joined = t("month.joined")
    x_axis = alt.Axis(
        values=list(MONTHS), labelExpr=f"datum.value == 2 ? '{joined}' : [{names}][datum.value-1]",
        title=None, grid=False, tickSize=4, labelOverlap="greedy", labelSeparation=6,
    )  # fmt: skip
    x = alt.X("month:Q", axis=x_axis, scale=alt.Scale(domain=[1.6, 16.4], nice=False))
    y_axis = alt.Axis(title=None, labelExpr=SIGNED, tickCount=7, domain=False, ticks=False)
    scale = alt.Scale(nice=False, zero=False)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=y_axis, scale=scale)

    def area(data: alt.NamedData, low: str, high: str, colour: str) -> alt.Chart:
        return alt.Chart(data).mark_area(color=colour).encode(x=x, y=y(low), y2=f"{high}:Q")

    def line(data: alt.NamedData, field: str, **mark: object) -> alt.Chart:
        return alt.Chart(data).mark_line(**mark).encode(x=x, y=y(field))

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
    way = line(course, "value", color=ORANGE, strokeWidth=1.5, strokeDash=[2, 3])
    shape = alt.Shape(
        "basis:N",
        legend=None,
        scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())),
    )
    fill = alt.Fill(
        "basis:N",
        legend=None,
        scale=alt.Scale(domain=list(SHAPES), range=[INK, "#FFFFFF", INK, BLUE]),
    )
    dots = (
        alt.Chart(points)
        .mark_point(size=75, stroke=INK, strokeWidth=2, opacity=1)
        .encode(x=x, y=y("value"), shape=shape, fill=fill)
    )
    dot_labels = [
        part.encode(x="beside:Q", y=y("value"), text="label:N")
        for part in halo(points, align="center", dy=17, fontSize=13, fontWeight=700)
    ]
    colour = alt.Color(
        "which:N",
        legend=None,
        scale=alt.Scale(domain=["before", "after"], range=[GREY, BLUE]),
    )
    end_labels = [
        part.encode(x=x, y=y("at"), text="label:N", color=colour)
        for part in halo(labels, align="left", dx=8, fontSize=13, fontWeight=700)
    ]
    chart = alt.layer(
        reach(axis), area(before, "p05", "p95", BEFORE), area(after, "p05", "p95", BANDS["80"]),
        area(after, "p25", "p75", BANDS["50"]), zero,
        line(before, "p50", color=GREY, strokeWidth=1.5, strokeDash=[6, 3]),
        line(after, "p50", color=BLUE, strokeWidth=2.5), goal, way, dots,
        *dot_labels, *goal_label, *end_labels,
    )  # fmt: skip
    title = t(f"progress.chart_{series}")
    title = t("progress.chart_of", place=of, title=title) if of else title
    return finish(chart, title, t("progress.chart_subtitle"), 400)


QUANTILES = ("p05", "p25", "p50", "p75", "p95")


def tables(
    plan: model.Plan,
    series: str,
    prior: Forecast | None,
    learned: Learned | None,
    figures: Iterable[model.Known],
    standing: Standing | None,
    goal: tuple[str, float],
    t: Texts,
    place: str = "",
) -> Tables:
    """Return the data sets of `months`; a forecast that is not there yet leaves its fan empty.

    ``goal`` is the label of the target with its height in per cent of growth; ``place`` the city
    or a district.
    """
    after = learned.forecast if learned else None
    key = place or city_code(plan), series
    before, now = _fan(prior, key), _fan(after, key)
    points = _points(figures, t)
    course = list(ahead(plan, standing)) if standing else []
    label, height = goal
    found = [
        *(value - BELOW for value in points["value"]),
        *points["value"],
        height,
        *(value for _, value in course),
    ]
    found += [v for fan in (before, now) for name in ("p05", "p95") for v in fan[name]]
    axis = ends_of(found, 5, LEAST if stopped(plan) else CALM_LEAST)
    labels = _labels({"before": before, "after": now}, (axis[1] - axis[0]) / 9, t)
    ends = {"from": [2], "to": [12], "value": [height], "label": [label]}
    way = {
        "month": [float(month) for month, _ in course] or [12.0],
        "value": [value for _, value in course] or [math.nan],
    }
    return {
        "before": before, "after": now, "points": points, "target": ends, "course": way,
        "labels": labels, "axis": axis_frame(axis),
    }  # fmt: skip


def _fan(forecast: Forecast | None, key: tuple[str, str]) -> dict[str, list[float]]:
    if forecast is None or key not in forecast.growth:
        return {"month": [12.0], **{name: [math.nan] for name in QUANTILES}}
    found = 100 * forecast.growth[key]
    return {
        "month": [float(month) for month in MONTHS],
        **{name: found[:, k].tolist() for k, name in enumerate(QUANTILES)},
    }


def _points(figures: Iterable[model.Known], t: Texts) -> dict[str, list]:
    rows = sorted((int(k.observation.period_end[5:7]), k.observation.value, k.basis)
                  for k in figures)  # fmt: skip
    texts = [numbers.plain(value) for _, value, _ in rows] or [""]
    rows = rows or [(12, math.nan, "released")]
    return {
        "month": [float(month) for month, _, _ in rows],
        "beside": [max(float(month), CLEAR) for month, _, _ in rows],
        "value": [float(value) for _, value, _ in rows],
        "basis": [basis for _, _, basis in rows],
        "label": texts,
    }


def _labels(fans: dict[str, dict], least: float, t: Texts) -> dict[str, list]:
    there = [name for name, fan in fans.items() if math.isfinite(fan["p50"][-1])]
    if not there:
        return {"month": [12.0], "at": [math.nan], "which": ["before"], "label": [""]}
    ends = [fans[name]["p50"][-1] for name in there]
    return {
        "month": [12.0] * len(there),
        "at": spread(ends, least),
        "which": there,
        "label": [
            t(f"progress.end_{name}",
              value=numbers.plain(fans[name]["p50"][-1]),
              low=numbers.plain(fans[name]["p05"][-1]),
              high=numbers.plain(fans[name]["p95"][-1]))
            for name in there
        ],
    }  # fmt: skip
