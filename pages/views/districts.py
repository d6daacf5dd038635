"""Districts: rows of the charts, the table, and how they add up to the city."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

import model
from pages.views import numbers
from pages.views.frames import NUMBERS, Tables, axis_frame, reach, short_name
from pages.views.levers import capital
from pages.views.summary import Summary
from pages.views.targets import target_value
from pages.views.texts import Texts

INDICATORS = ("iva", "mva", "investment", "firms")
SORTS = ("annex", "gap", "share")
MARKS = {"derived": "●", "estimated": "○", "assumed": "○", "published": "■", "bureau": "■"}


@dataclass(frozen=True, slots=True)
class Row:
    """One district for one indicator, in per cent or firms; without a forecast, no range."""

    district: model.District
    share: float
    status: str
    target: float | None
    forecast: float
    low: float | None
    high: float | None
    probability: float | None

    @property
    def gap(self) -> float | None:
        """Forecast minus target, None where the plan sets the district none."""
        return None if self.target is None else self.forecast - self.target

    @property
    def met(self) -> str:
        """Whether the forecast reaches the target: yes, no, or none."""
        return "none" if self.gap is None else "yes" if self.gap >= 0 else "no"


def indicators(plan: model.Plan, summary: Summary) -> tuple[str, ...]:
    """Return what the page can show: firms only where a lever sets them by district."""
    firms = summary.district_verdicts[0].firms_set is not None
    return tuple(name for name in INDICATORS if name != "firms" or firms)


def intro(plan: model.Plan, t: Texts) -> str:
    """Return what the page is about."""
    return t("districts.intro" if plan.annex else "districts.intro_alone")


def sort_key(plan: model.Plan, name: str) -> str:
    """Return the key of the words for an order; without Annex 1 there is only the plan's own."""
    if plan.annex or name == "share":
        return f"districts.sort_{name}"
    return "districts.sort_alone" if name == "annex" else "districts.sort_forecast"


def rows(plan: model.Plan, summary: Summary, indicator: str, sort: str) -> tuple[Row, ...]:
    """Return the districts in the order asked for."""
    found = [
        _row(district, plan.base.value_added_status[k], verdict, indicator)
        for k, (district, verdict) in enumerate(
            zip(plan.districts, summary.district_verdicts, strict=True)
        )
    ]
    if sort == "gap":
        found.sort(key=lambda row: row.forecast if row.gap is None else row.gap)
    if sort == "share":
        found.sort(key=lambda row: -row.share)
    return tuple(found)


def _row(district: model.District, status: str, v: model.DistrictVerdict, indicator: str) -> Row:
    if indicator == "firms":
        return Row(district, v.share, status, v.firms_target, v.firms_set, None, None, None)
    asked = getattr(v, f"{indicator}_target")
    target = None if asked is None else 100 * asked
    forecast, low, high = (
        100 * getattr(v, f"{indicator}_{part}") for part in ("forecast", "low", "high")
    )
    probability = getattr(v, f"{indicator}_probability")
    return Row(district, v.share, status, target, forecast, low, high, probability)


def chart_tables(found: tuple[Row, ...], indicator: str, t: Texts) -> Tables:
    """Return the data sets of `charts.districts`."""
    digits = 0 if indicator == "firms" else 1
    frame = pd.DataFrame(
        [
            {
                "name": f"{short_name(row.district, t)} {MARKS.get(row.status, '○')}",
                "order": k,
                "low": row.forecast if row.low is None else row.low,
                "high": row.forecast if row.high is None else row.high,
                "median": row.forecast,
                "target": row.target,
                "met": row.met,
                "label": numbers.plain(row.forecast, digits)
                + ("" if row.gap is None else f" ({numbers.plain(row.gap, digits, signed=True)})"),
            }
            for k, row in enumerate(found)
        ]
    )
    goals = [row.target for row in found if row.target is not None]
    ends = [*frame["low"], *frame["high"], *goals]
    low, high = reach(ends, 5, (-5, 15))
    # The labels stand at the right edge: leave them a fifth of the width.
    told = frame[["low", "median", "high", "target", "met"]].assign(
        name=[t.of(row.district) for row in found],
        status=[t.status(row.status) for row in found],
    )
    if indicator == "firms":  # as many as the lever sets: no range
        told = told.drop(columns=["low", "high"])
    axis = axis_frame((low, high + 0.22 * (high - low)))
    return {"rows": frame, "axis": axis, NUMBERS: told}


def table(found: tuple[Row, ...], indicator: str, t: Texts) -> pd.DataFrame:
    """Return the districts as a table of texts."""
    unit = t.unit("户") if indicator == "firms" else "%"
    digits = 0 if indicator == "firms" else 1

    def said(value: float | None) -> str:
        return "" if value is None else numbers.plain(value, digits)

    columns = {
        "district": [t.of(row.district) for row in found],
        "status": [f"{MARKS.get(row.status, '○')} {t.status(row.status)}" for row in found],
        "share": [numbers.percent(row.share) for row in found],
        "forecast": [said(row.forecast) + (unit if unit == "%" else "") for row in found],
        "span": [
            "" if row.low is None else numbers.span(row.low, row.high, "%", t) for row in found
        ],
        "target": [
            "" if row.target is None else numbers.short(row.target) + (unit if unit == "%" else "")
            for row in found
        ],
        "gap": [
            "" if row.gap is None else numbers.gap(row.gap, "户" if unit != "%" else "%", t)
            for row in found
        ],
        "chance": [
            "" if row.probability is None else numbers.chance_both(row.probability, t)
            for row in found
        ],
    }
    if indicator == "firms":
        del columns["span"], columns["chance"]
    if all(row.target is None for row in found):
        for name in {"target", "gap", "chance"} & columns.keys():
            del columns[name]
    return pd.DataFrame({t(f"districts.column_{name}"): cells for name, cells in columns.items()})


def contributions(plan: model.Plan, run: model.Outcomes) -> pd.DataFrame:
    """Return each district's points of city growth in the first year, and what Annex 1 asks.

    A contribution is the district's change on the comparable basis over the city's comparable
    base, so that the contributions add up to the growth of the city exactly.
    """
    frame = run.to_frame(by=("month", "district"))
    first = frame[frame["month"].str.startswith(str(plan.years[0]))]
    flows = first.groupby("district", sort=False)[["value_added", "comparable_base"]].sum()
    weight = flows["comparable_base"] / flows["comparable_base"].sum()
    change = flows["value_added"] - flows["comparable_base"]
    asked = {row.district: row.industrial_va_growth_pct for row in plan.annex}
    return pd.DataFrame(
        {
            "share": weight,
            "contribution": 100 * change / flows["comparable_base"].sum(),
            "asked": [weight[c] * asked[c] if asked else math.nan for c in flows.index],
        },
        index=flows.index,
    )


def contribution_tables(plan: model.Plan, found: pd.DataFrame, t: Texts) -> Tables:
    """Return the data sets of `charts.contributions`, the largest weight first."""
    by_code = {district.code: district for district in plan.districts}
    frame = found.sort_values("share", ascending=False).reset_index()
    frame["name"] = [short_name(by_code[code], t) for code in frame["district"]]
    frame["order"] = range(len(frame))
    frame["label"] = [
        f"{numbers.plain(c, 2)}  ({numbers.percent(s)})"
        for c, s in zip(frame["contribution"], frame["share"], strict=True)
    ]
    low, high = reach([*frame["contribution"], *frame["asked"]], 0.5, (0, 1))
    frame["asked"] = frame["asked"].astype(object).where(frame["asked"].notna(), None)
    axis = axis_frame((low, high + 0.3 * (high - low)))
    return {"rows": frame.drop(columns="district"), "axis": axis}


def adding_up(plan: model.Plan, found: pd.DataFrame, t: Texts) -> str:
    """Return how the parts make the whole, for the forecast and for Annex 1."""
    city = plan.aim("iva_growth")
    if not plan.annex:
        total = numbers.plain(float(found["contribution"].sum()), 2)
        return t("districts.adding_alone", model=total, target=target_value(city, t))
    annex = float(found["asked"].sum())
    return t(
        "districts.adding",
        model=numbers.plain(float(found["contribution"].sum()), 2),
        annex=numbers.plain(annex, 1),
        target=target_value(city, t),
        excess=numbers.plain(annex - city.value, 1),
    )


def one(plan: model.Plan, summary: Summary, code: str, t: Texts) -> Tables:
    """Return the data sets of `charts.one_district`."""
    k = plan.axes.districts.index(code)
    quantiles = 100 * summary.district["iva_growth"][k]
    frame = pd.DataFrame(
        {
            "year": [str(year) for year in plan.years],
            "low": quantiles[:, 0],
            "median": quantiles[:, 3],
            "high": quantiles[:, -1],
            "label": [numbers.plain(value) + "%" for value in quantiles[:, 3]],
        }
    )
    goals = [plan.annex[k].industrial_va_growth_pct] if plan.annex else []
    labels = [t("target.label", value=numbers.short(goal) + "%") for goal in goals]
    first = [str(plan.years[0])] * len(goals)
    target = pd.DataFrame({"year": first, "value": goals, "label": labels})
    ends = reach([*frame["low"], *frame["high"]], 5, (-5, 15))
    return {"rows": frame, "target": target, "axis": axis_frame(ends)}


def facts(plan: model.Plan, code: str, t: Texts) -> tuple[str, ...]:
    """Return what is known of a district: base, weight, industries, with status words."""
    k = plan.axes.districts.index(code)
    district = plan.districts[k]
    value = float(plan.base.value_added[k].sum())
    share = value / float(plan.base.value_added.sum())
    status = t.status(plan.base.value_added_status[k])
    names = {industry.code: t.of(industry) for industry in plan.industries}
    return (
        t("districts.base", value=numbers.in_unit(value, "亿元", t), status=status),
        t("districts.share", share=numbers.percent(share), status=status),
        t(
            "districts.industries",
            names=t("lineage.and").join(names[c] for c in district.main_industries),
        ),
    )


def yearly(plan: model.Plan, summary: Summary, code: str, t: Texts) -> pd.DataFrame:
    """Return three years of a district as a table of texts."""
    k = plan.axes.districts.index(code)
    columns: dict[str, list[str]] = {
        t("overview.column_indicator"): [
            capital(t.of(plan.indicator(name))) for name in summary.district
        ]
    }
    for y, year in enumerate(plan.years):
        cells = []
        for name, quantiles in summary.district.items():
            unit = plan.indicator(name).unit
            factor = 100 if unit == "%" else 1
            low, mid, high = (factor * quantiles[k, y, place] for place in (0, 3, -1))
            said = numbers.in_unit(mid, unit, t)
            cells.append(t("number.with_range", value=said, span=numbers.span(low, high, unit, t)))
        columns[t("chart.year", year=year)] = cells
    return pd.DataFrame(columns)
