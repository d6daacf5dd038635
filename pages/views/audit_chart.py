"""The chart of Annex 1: each district as wide as its weight and as high as its target."""

from __future__ import annotations

from functools import cache

import altair as alt

from model.audit import Finding
from pages.views import numbers
from pages.views.audit import ANNEX
from pages.views.drawing import finish, halo, reach
from pages.views.frames import Tables
from pages.views.texts import Texts
from pages.views.theme import BANDS, BLUE, INK, ORANGE

WIDE = 4.0
"""A district is named in the chart from this weight on, per cent."""

BROAD = 12.0
"""From this weight on the name is written across."""


@cache
def annex(t: Texts, code: str) -> dict:
    """Return the specification for ``annex_iva`` or ``annex_mva``."""
    rows, sums, goal, axis = (alt.NamedData(name=n) for n in ("rows", "sums", "goal", "axis"))
    x_axis = alt.Axis(title=None, values=[0, 25, 50, 75, 100], labelExpr="datum.value + '%'",
                      grid=False)  # fmt: skip
    y_axis = alt.Axis(title=None, tickCount=6, domain=False, ticks=False, format=",~f")
    x = alt.X("start:Q", axis=x_axis, scale=alt.Scale(domain=[0, 100], nice=False))
    y = alt.Y("target:Q", axis=y_axis, scale=alt.Scale(nice=False, zero=True))
    colour = alt.Color(
        "side:N",
        legend=None,
        scale=alt.Scale(domain=["above", "below"], range=[BANDS["50"], "#EDBE98"]),
    )
    block = (
        alt.Chart(rows)
        .mark_rect(stroke="white", strokeWidth=1.2)
        .encode(x=x, x2="end:Q", y=y, y2="zero:Q", color=colour)
    )
    names = [
        alt.Chart(rows)
        .transform_filter(f"datum.manner == '{manner}'")
        .mark_text(fontSize=12, color=INK, **look)
        .encode(x="middle:Q", y="foot:Q", text="label:N")
        for manner, look in (
            ("across", {"baseline": "bottom"}),
            ("upright", {"angle": 270, "align": "left", "baseline": "middle"}),
        )
    ]
    range_ = (
        alt.Chart(sums)
        .mark_rect(color=BLUE, opacity=0.25)
        .encode(x="from:Q", x2="to:Q", y="low:Q", y2="high:Q")
    )
    mean = (
        alt.Chart(sums)
        .mark_rule(color=BLUE, strokeWidth=2.5)
        .encode(x="from:Q", x2="to:Q", y="value:Q")
    )
    mean_label = [
        part.encode(x="to:Q", y="high:Q", text="label:N")
        for part in halo(sums, align="right", dy=-10, fontWeight=700, color=BLUE)
    ]
    line = (
        alt.Chart(goal)
        .mark_rule(color=ORANGE, strokeWidth=2.5, strokeDash=[7, 4])
        .encode(x="from:Q", x2="to:Q", y="value:Q")
    )
    line_label = [
        part.encode(x="to:Q", y="value:Q", text="label:N")
        for part in halo(goal, align="right", dy=12, fontWeight=700, color=ORANGE)
    ]
    chart = alt.layer(
        reach(axis), block, range_, mean, line, *names, *mean_label, *line_label
    )  # fmt: skip
    return finish(chart, t(f"audit.chart_{code}"), t("audit.chart_subtitle"), 270)


def tables(finding: Finding, names: dict[str, str], t: Texts) -> Tables:
    """Return the data sets of `annex`: districts from the highest target down."""
    rate, weight = ANNEX[finding.id]
    values = {item.name: item.value for item in finding.inputs}
    total = sum(values[f"{weight}_{code}"] for code in names)
    order = sorted(names, key=lambda c: (-values[f"{rate}_{c}"], -values[f"{weight}_{c}"]))
    found: dict[str, list] = {n: [] for n in ("start", "end", "middle", "target", "zero", "foot",
                                              "side", "label", "manner")}  # fmt: skip
    start = 0.0
    for code in order:
        target, width = values[f"{rate}_{code}"], 100 * values[f"{weight}_{code}"] / total
        name = f"{names[code]} {numbers.short(target)}%" if width >= WIDE else ""
        side = "above" if target >= finding.target else "below"
        manner = "across" if width >= BROAD else "upright"
        cells = (start, start + width, start + width / 2, target, 0.0, 0.3, side, name, manner)
        for column, cell in zip(found, cells, strict=True):
            found[column].append(cell)
        start += width
    high = max([*found["target"], finding.high, finding.target])
    label = t(
        "audit.chart_sum",
        value=numbers.plain(finding.value),
        low=numbers.plain(finding.low, 2),
        high=numbers.plain(finding.high, 2),
    )
    ends = {"from": [0.0], "to": [100.0]}
    return {
        "rows": found,
        "sums": ends | {"value": [finding.value], "low": [finding.low], "high": [finding.high],
                        "label": [label]},
        "goal": ends | {"value": [finding.target],
                        "label": [t("audit.chart_goal", value=numbers.short(finding.target))]},
        "axis": {"value": [min(0.0, *found["target"]), 1.12 * high]},
    }  # fmt: skip
