"""Results to the named data sets of the charts: labels, targets and the reach of axes included."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

import model
from model.axes import MONTHS_PER_YEAR
from model.definitions import definition, require_alike
from model.targets import differs
from pages.views import numbers
from pages.views.summary import PROBABILITIES, Summary
from pages.views.targets import target_label
from pages.views.texts import Texts

SERIES = ("status_quo", "plan", "scenario")
YEARLY = {"iva_growth": "%", "industrial_investment": "亿元", "energy_intensity_fall": "%"}
"""Indicators shown by year, and the unit of each."""

FAN_REACH = (-30.0, 25.0)
"""The fan keeps this frame where a stop of production is simulated: its rebound a year later would
flatten everything else."""

WORDS = 4.5
"""Percentage points that the words on the line of the target take up in the fan."""

PATH_LEAST, CALM_LEAST = (-30.0, 15.0), (-5.0, 10.0)
"""Least reach of the axis of growth, with a stop of production and without."""


def stopped(plan: model.Plan) -> bool:
    """Whether the plan simulates a stop of production."""
    return "covid_utilisation_loss" in plan.parameter_ids


QUANTILE_NAMES = tuple(f"p{100 * p:02.0f}" for p in PROBABILITIES)

Tables = dict[str, "pd.DataFrame | dict[str, list]"]

NUMBERS = "numbers"
"""A data set that is not drawn but read, where those that are drawn do not hold the numbers."""


def drawn(tables: Tables) -> Tables:
    """Return the data sets that a chart draws."""
    return {name: table for name, table in tables.items() if name != NUMBERS}


def records(table: pd.DataFrame | dict[str, list]) -> list[dict]:
    """Return a data set row by row, with null where a number is missing."""
    frame = pd.DataFrame(table)
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        {key: value.item() if hasattr(value, "item") else value for key, value in row.items()}
        for row in rows
    ]


def reach(values: Sequence[float], step: float, least: tuple[float, float]) -> tuple[float, float]:
    """Return the ends of an axis: whole steps around the values, never less than ``least``."""
    found = [value for value in values if math.isfinite(value)]
    low = min([least[0], *found])
    high = max([least[1], *found])
    return math.floor(low / step) * step, math.ceil(high / step) * step


def widened(
    held: tuple[float, float] | None, needed: tuple[float, float]
) -> tuple[tuple[float, float], bool]:
    """Return the axis to use and whether it had to grow; it never shrinks while levers move."""
    if held is None:
        return needed, False
    wide = min(held[0], needed[0]), max(held[1], needed[1])
    return wide, wide != held


def settled(
    held: tuple[float, float] | None, needed: tuple[float, float], moving: bool
) -> tuple[tuple[float, float], bool]:
    """Return the axis to use and whether it had to grow; under a moving hand it stays."""
    return (held, False) if moving and held is not None else widened(held, needed)


def beyond(value: float, axis: tuple[float, float], below: str, above: str) -> str:
    """Return the mark of a value that an axis does not reach, nothing for one that it does."""
    return below if value < axis[0] else above if value > axis[1] else ""


def axis_frame(ends: tuple[float, float]) -> dict[str, list]:
    return {"value": [float(end) for end in ends], "zero": [0.0, 0.0]}


def _quantile_frame(quantiles: np.ndarray, columns: dict[str, object]) -> pd.DataFrame:
    names = {name: quantiles[:, k] for k, name in enumerate(QUANTILE_NAMES)}
    return pd.DataFrame(columns | names)


def fan(plan: model.Plan, summary: Summary, t: Texts) -> Tables:
    """Return the data sets of `charts.fan`."""
    months = np.arange(len(plan.months))
    bands = _quantile_frame(
        100 * summary.cumulative, {"month": months, "year": [int(m[:4]) for m in plan.months]}
    ).dropna()
    low, high = FAN_REACH
    if not stopped(plan):
        low, high = reach([*bands["p05"], *bands["p95"]], 5, CALM_LEAST)
    beyond = bands[bands["p50"] > high].groupby("year").head(1)
    told = bands.copy()  # what lies beyond the frame is cut off for the eye only
    bands["line"] = bands["p50"].where(bands["p50"].between(low, high))
    for name in QUANTILE_NAMES:
        bands[name] = bands[name].clip(low, high)
    ends = bands[bands["month"] % 12 == 11].copy()
    target = plan.aim("iva_growth")
    # The words of the year stand above the band and, where there is one, above those of the target.
    asked_for = ends["month"] < MONTHS_PER_YEAR
    ends["top"] = ends["p95"].clip(lower=target.value + WORDS).where(asked_for, ends["p95"])
    ends["label"] = [t("chart.fan.end", value=numbers.plain(v)) for v in ends["p50"]]
    ends["range"] = [
        t("chart.fan.range", low=numbers.plain(low), high=numbers.plain(high))
        for low, high in zip(ends["p05"], ends["p95"], strict=True)
    ]
    asked = target_label(target, t, differs(plan, target, "cumulative"))
    told["target"] = np.where(told["month"] < MONTHS_PER_YEAR, target.value, np.nan)
    last = bands[bands["month"] == bands["month"].max()].iloc[0]
    names = [("90", "p95"), ("50", "p75")]
    return {
        "bands": bands,
        "ends": ends,
        "target": pd.DataFrame(
            {"from": [1], "to": [11], "value": [target.value], "label": [asked]}
        ),
        "years": pd.DataFrame(
            {
                "start": [12.0 * k + 0.5 for k in range(len(plan.years))],
                "end": [12.0 * k + 11.4 for k in range(len(plan.years))],
                "label": [t("chart.year", year=year) for year in plan.years],
            }
        ),
        "names": pd.DataFrame(
            {
                "month": [last["month"] for _ in names],
                "value": [float(last[column]) for _, column in names],
                "label": [f"{name}%" for name, _ in names],
            }
        ),
        "over": pd.DataFrame(
            {
                "month": beyond["month"].astype(float),
                "value": -4.0,
                "label": [
                    t("chart.fan.over", month=t("month.joined"), value=numbers.plain(value))
                    for value in beyond["p50"]
                ],
            }
        ),
        "axis": axis_frame((low, high)),
        NUMBERS: told,
    }


def spread(values: list[float], least: float) -> list[float]:
    """Return heights for labels that keep at least a distance, in the order of the values."""
    order = sorted(range(len(values)), key=values.__getitem__)
    placed = list(values)
    for lower, upper in itertools.pairwise(order):
        placed[upper] = max(placed[upper], placed[lower] + least)
    shift = (sum(placed) - sum(values)) / len(values)
    return [value - shift for value in placed]


def path(
    plan: model.Plan,
    runs: dict[str, model.Outcomes],
    summary: Summary | None,
    held: tuple[float, float] | None,
    t: Texts,
    moving: bool = False,
) -> tuple[Tables, tuple[float, float], bool]:
    """Return the data sets of `charts.path`, the reach of its axis and whether it grew.

    ``runs`` may hold, as ``summarised``, the central run of the scenario of ``summary``; then the
    axis has room for the band that is awaited.  While a hand is ``moving`` the axis stays, and
    what it does not reach ends at its edge, with a mark.
    """
    growth = {
        series: 100 * runs[series].cumulative_growth("iva_growth")[1:12, 0] for series in SERIES
    }
    months = list(range(1, 12))
    lines = {
        "month": months * len(SERIES),
        "value": [float(value) for series in SERIES for value in growth[series]],
        "series": [series for series in SERIES for _ in months],
    }
    if summary is None:
        bands = {"month": [1], "p05": [math.nan], "p95": [math.nan]}
    else:
        low, high = 100 * summary.cumulative[1:12, 0], 100 * summary.cumulative[1:12, -1]
        bands = {"month": months, "p05": low.tolist(), "p95": high.tolist()}
    awaited: list[float] = []
    if summary is not None and "summarised" in runs:
        own = 100 * runs["summarised"].cumulative_growth("iva_growth")[1:12, 0]
        moved = growth["scenario"] - own
        awaited = [*(low + moved), *(high + moved)]
    target = plan.aim("iva_growth")
    # The bands of every built-in scenario fit, so that the axis stays when the chances come.
    least = PATH_LEAST if stopped(plan) else CALM_LEAST
    needed = reach([*lines["value"], *bands["p05"], *bands["p95"], *awaited], 5, least)
    axis, grew = settled(held, needed, moving)
    over = _farthest(growth["scenario"], axis)
    farthest = float(growth["scenario"][over])
    edge = {
        "month": [months[over]],
        "at": [min(max(farthest, axis[0]), axis[1])],
        "left": [""],
        "right": [""],
    }
    edge["left" if months[over] < 6 else "right"] = [
        beyond(farthest, axis, t("axis.below"), t("axis.above"))
    ]
    for table, names in ((lines, ("value",)), (bands, ("p05", "p95"))):
        for name in names:
            table[name] = np.clip(table[name], *axis).tolist()
    last = [float(growth[series][-1]) for series in SERIES]
    ends = {
        "month": [11] * len(SERIES),
        "at": spread(np.clip(last, *axis).tolist(), (axis[1] - axis[0]) / 9.5),
        "series": list(SERIES),
        "label": [
            t(f"chart.path.{series}", value=numbers.plain(value))
            for series, value in zip(SERIES, last, strict=True)
        ],
    }
    goal = {
        "from": [1],
        "to": [11],
        "value": [target.value],
        "label": [target_label(target, t, differs(plan, target, "cumulative"))],
    }
    tables = {
        "lines": lines,
        "ends": ends,
        "bands": bands,
        "target": goal,
        "beyond": edge,
        "axis": axis_frame(axis),
    }
    return tables, axis, grew


def _farthest(values: np.ndarray, axis: tuple[float, float]) -> int:
    """Return the position of the value that lies farthest beyond an axis."""
    return int(np.argmax(np.maximum(axis[0] - values, values - axis[1])))


def years(
    plan: model.Plan,
    code: str,
    runs: dict[str, model.Outcomes],
    held: tuple[float, float] | None,
    t: Texts,
    moving: bool = False,
) -> tuple[Tables, tuple[float, float], bool]:
    """Return the data sets of `charts.years`, the reach of its axis and whether it grew."""
    values = {series: runs[series].indicator(code)[:, 0] for series in SERIES}
    return years_of(plan, code, values, held, t, moving)


def years_of(
    plan: model.Plan,
    code: str,
    values: Mapping[str, np.ndarray],
    held: tuple[float, float] | None,
    t: Texts,
    moving: bool = False,
) -> tuple[Tables, tuple[float, float], bool]:
    """Return the data sets of `charts.years` for values by series, (year,), as indicators have.

    While a hand is ``moving`` the axis stays; a bar that it does not reach ends at its edge, with
    a mark.
    """
    unit = YEARLY[code]
    factor = 100 if unit == "%" else float(t("number.money_factor"))
    digits = 1 if unit == "%" or t.language != "zh" else 0
    found = {series: factor * values[series] for series in SERIES}
    shown = {
        series: [numbers.plain(value, digits) for value in values]
        for series, values in found.items()
    }
    labels = [str(year) for year in plan.years]
    small = [
        t("chart.years.small", status_quo=status_quo, plan=aim)
        for status_quo, aim in zip(shown["status_quo"], shown["plan"], strict=True)
    ]
    bars = {
        "year": labels,
        "value": found["scenario"].tolist(),
        "label": shown["scenario"],
        "small": small,
    }
    two = ("status_quo", "plan")
    marks = {
        "year": labels * len(two),
        "value": [float(value) for series in two for value in found[series]],
        "series": [series for series in two for _ in labels],
    }
    target = plan.aim(code)
    if target is not None:
        require_alike(definition(plan, code), definition(plan, target.indicator))
    goal = [] if target is None else [target.value * (1 if unit == "%" else factor)]
    label = [] if target is None else [target_label(target, t, differs(plan, target))]
    goals = {"year": labels[: len(goal)], "value": goal, "label": label}
    reached = [float(value) for series in SERIES for value in found[series]] + goal
    step = 2.0 if unit == "%" else 200.0 * factor
    # The figures stand at the right edge: leave a third of the width to them.
    needed = reach([min(reached), max(reached) * 1.75], step, (0, step))
    axis, grew = settled(held, needed, moving)
    edge = {
        "year": labels,
        "right": [beyond(value, axis, "", t("axis.right")) for value in bars["value"]],
        "left": [beyond(value, axis, t("axis.left"), "") for value in bars["value"]],
    }
    bars["value"] = np.clip(bars["value"], *axis).tolist()
    tables = {
        "bars": bars, "marks": marks, "target": goals, "beyond": edge, "axis": axis_frame(axis),
    }  # fmt: skip
    return tables, axis, grew


def tile_rows(plan: model.Plan) -> int:
    """Return the rows of the grid of tiles."""
    return max(2, max(district.tile_row for district in plan.districts))


def tiles(plan: model.Plan, summary: Summary, t: Texts) -> Tables:
    """Return the data set of `charts.tiles`."""
    rows, city = [], float(summary.city["iva_growth"][0, PROBABILITIES.index(0.5)])
    for district, verdict in zip(plan.districts, summary.district_verdicts, strict=True):
        asked = verdict.iva_target is not None
        against = verdict.iva_target if asked else city
        gap = 100 * (verdict.iva_forecast - against)
        rows.append(
            {
                "row": district.tile_row,
                "column": district.tile_col,
                "name": short_name(district, t),
                "gap": gap,
                "forecast": numbers.percent(verdict.iva_forecast),
                "target": t(
                    "chart.tiles.target",
                    target=numbers.short(100 * verdict.iva_target),
                    gap=numbers.plain(gap, signed=True),
                )
                if asked
                else "",
            }
        )
    asked = [verdict.iva_target for verdict in summary.district_verdicts]
    told = pd.DataFrame(
        {
            "name": [t.of(district) for district in plan.districts],
            "median": [100 * verdict.iva_forecast for verdict in summary.district_verdicts],
            "target": [np.nan if goal is None else 100 * goal for goal in asked],
            "gap": [np.nan if goal is None else row["gap"]
                    for goal, row in zip(asked, rows, strict=True)],
        }
    )  # fmt: skip
    return {"tiles": pd.DataFrame(rows), NUMBERS: told}


def short_name(district: model.District, t: Texts) -> str:
    """Return a name that fits a tile."""
    key = f"district_short.{district.code}"
    return t(key) if key in t else t.of(district)
