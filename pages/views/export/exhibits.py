"""The charts that a scenario exports, each with its finding and its numbers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

import model
from model.targets import differs
from pages.views import charts, district_charts, districts, frames, numbers
from pages.views.export.exhibit import Exhibit, Native, Series
from pages.views.levers import capital
from pages.views.summary import PROBABILITIES, Summary
from pages.views.targets import asked, gap_text, target_label, words_text
from pages.views.texts import Texts
from pages.views.theme import BLUE, GREY, ORANGE

PURPLE, PALE = "#8A4B9A", "#8DB6DC"
MEDIAN = PROBABILITIES.index(0.5)


def all_exhibits(
    plan: model.Plan,
    summaries: Mapping[str, Summary],
    run: model.Outcomes,
    t: Texts,
) -> tuple[Exhibit, ...]:
    """Return the charts of a scenario in the order of a briefing.

    ``summaries`` holds ``status_quo``, ``plan`` and ``scenario``; ``run`` is the central run.
    """
    return (
        fan(plan, summaries["scenario"], t),
        *(years(plan, code, summaries, t) for code in frames.YEARLY if plan.aim(code)),
        by_district(plan, summaries["scenario"], t),
        contributions(plan, run, t),
    )


def fan(plan: model.Plan, summary: Summary, t: Texts) -> Exhibit:
    """Cumulative growth by month with its ranges."""
    spec, target = charts.fan(t, len(plan.months)), plan.aim("iva_growth")
    verdict = summary.verdict(target.id)
    columns = {
        t("export.quantile", part="5%"): 0,
        t("export.quantile", part="25%"): 2,
        t("export.median"): 3,
        t("export.quantile", part="75%"): 4,
        t("export.quantile", part="95%"): 6,
    }
    quantiles = 100 * summary.cumulative[:, list(columns.values())]
    shown = range(1, len(plan.months))  # January stands empty: a line ends with its year
    goal = target_label(target, t, differs(plan, target, "cumulative")) + t("export.in_percent")
    table = pd.DataFrame(
        {t("export.month"): [numbers.joined_month(plan.months[k], t) for k in shown]}
        | {
            name + t("export.in_percent"): quantiles[shown, column]
            for column, name in enumerate(columns)
        }
        | {goal: [target.value if k < 12 else None for k in shown]}
    )
    names = list(table.columns[1:])
    return Exhibit(
        id="fan",
        finding=t(
            "export.finding_fan",
            value=numbers.in_unit(verdict.forecast, "%", t),
            span=numbers.span(verdict.low, verdict.high, "%", t),
            target=asked(verdict, t),
            words=words_text(verdict, t),
        ),
        title=t("chart.fan.title"),
        subtitle=t("chart.fan.subtitle"),
        spec=spec,
        tables=frames.fan(plan, summary, t),
        numbers=table,
        native=Native(
            kind="line",
            categories=table.columns[0],
            series=(
                *(
                    Series(name, BLUE if k == 2 else PALE, line=True, width=3.0 if k == 2 else 1.25)
                    for k, name in enumerate(names[:-1])
                ),
                Series(names[-1], ORANGE, line=True, dashed=True),
            ),
        ),
    )


def years(plan: model.Plan, code: str, summaries: Mapping[str, Summary], t: Texts) -> Exhibit:
    """One indicator by year: medians of scenario, status quo and plan, and the target."""
    unit, target = frames.YEARLY[code], plan.aim(code)
    verdict = summaries["scenario"].verdict(target.id)
    factor = 100 if unit == "%" else float(t("number.money_factor"))
    suffix = t("export.in_percent") if unit == "%" else t("export.in_money")
    found = {name: summaries[name].city[code][:, MEDIAN] for name in frames.SERIES}
    goal = target.value if unit == "%" else factor * target.value
    names = {
        "status_quo": t.of(plan.scenarios["status_quo"]) + suffix,
        "plan": t.of(plan.scenarios["plan"]) + suffix,
        "scenario": t("export.this", name=t.of(summaries["scenario"].scenario)) + suffix,
    }
    label = target_label(target, t, verdict.differs) + suffix
    table = pd.DataFrame(
        {t("export.year"): [t("chart.year", year=year) for year in plan.years]}
        | {names[name]: factor * found[name] for name in frames.SERIES}
        | {label: [goal] + [None] * (len(plan.years) - 1)}
    )
    return Exhibit(
        id=code,
        finding=t(
            "export.finding_years",
            name=capital(t.of(plan.indicator(code))),
            year=plan.years[0],
            value=numbers.in_unit(verdict.forecast, unit, t),
            target=asked(verdict, t),
            gap=gap_text(target, verdict.gap, t),
        ),
        title=t(f"chart.{code}.title"),
        subtitle=t(f"chart.{code}.medians"),
        spec=charts.years(t, code, "medians"),
        tables=frames.years_of(plan, code, found, None, t)[0],
        numbers=table,
        native=Native(
            kind="column",
            categories=table.columns[0],
            series=(
                Series(names["status_quo"], GREY),
                Series(names["plan"], PURPLE),
                Series(names["scenario"], BLUE),
                Series(label, ORANGE, line=True),
            ),
            number_format="0.0" if unit == "%" or factor != 1 else "0",
        ),
    )


def by_district(plan: model.Plan, summary: Summary, t: Texts) -> Exhibit:
    """Growth of each district against Annex 1."""
    rows = districts.rows(plan, summary, "iva", "annex")
    suffix = t("export.in_percent")
    columns = {
        t("districts.column_district"): [t.of(row.district) for row in rows],
        t("districts.column_forecast") + suffix: [row.forecast for row in rows],
        t("districts.column_target") + suffix: [row.target for row in rows],
        "5%" + suffix: [row.low for row in rows],
        "95%" + suffix: [row.high for row in rows],
        t("districts.column_share") + suffix: [100 * row.share for row in rows],
        t("districts.column_status"): [t.status(row.status) for row in rows],
    }
    table = pd.DataFrame(columns)
    if not plan.annex:
        table = table.drop(columns=t("districts.column_target") + suffix)
    met = sum(row.met == "yes" for row in rows)
    found = sorted(row.forecast for row in rows)
    low, high = (numbers.plain(value) + "%" for value in (found[0], found[-1]))
    finding = t("export.finding_districts", met=met, count=len(rows)) if plan.annex else t(
        "export.finding_districts_alone", count=len(rows), low=low, high=high)  # fmt: skip
    return Exhibit(
        id="districts",
        finding=finding,
        title=t("chart.district_iva.title"),
        subtitle=t("chart.district.subtitle" if plan.annex else "chart.district.subtitle_alone"),
        spec=district_charts.districts(t, "iva", bool(plan.annex)),
        tables=districts.chart_tables(rows, "iva", t),
        numbers=table,
        native=Native(
            kind="bar",
            categories=table.columns[0],
            series=_pair(table, plan),
        ),
    )


def _pair(table: pd.DataFrame, plan: model.Plan) -> tuple[Series, ...]:
    """Return the forecast of a table and, where the plan sets its districts targets, these."""
    asked = (Series(table.columns[2], ORANGE),) if plan.annex else ()
    return (Series(table.columns[1], BLUE), *asked)


def contributions(plan: model.Plan, run: model.Outcomes, t: Texts) -> Exhibit:
    """Points of city growth by district against what Annex 1 asks."""
    found = districts.contributions(plan, run)
    names = {district.code: t.of(district) for district in plan.districts}
    order = found.sort_values("share", ascending=False)
    points = t("export.in_points")
    table = pd.DataFrame(
        {
            t("districts.column_district"): [names[code] for code in order.index],
            t("districts.column_contribution") + points: order["contribution"].to_numpy(),
            t("export.asked") + points: order["asked"].to_numpy(),
            t("districts.column_share") + t("export.in_percent"): 100 * order["share"].to_numpy(),
        }
    )
    if not plan.annex:
        table = table.drop(columns=t("export.asked") + points)
    first = order.index[:3]
    return Exhibit(
        id="contributions",
        finding=t(
            "export.finding_contributions",
            names=t("export.and").join(names[code] for code in first),
            value=numbers.plain(float(order["contribution"].iloc[:3].sum()), 2),
            total=numbers.plain(float(order["contribution"].sum()), 2),
        ),
        title=t("chart.contributions.title"),
        subtitle=t(f"chart.contributions.subtitle{'' if plan.annex else '_alone'}"),
        spec=district_charts.contributions(t, bool(plan.annex)),
        tables=districts.contribution_tables(plan, found, t),
        numbers=table,
        native=Native(
            kind="bar",
            categories=table.columns[0],
            series=_pair(table, plan),
            number_format="0.00",
        ),
    )
