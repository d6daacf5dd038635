"""The content of a briefing: sentences and tables, every figure computed from the runs.

Paper, slides and workbook draw from it, so that they cannot say different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

import model
from pages.views import numbers
from pages.views.clauses import clauses, unit_name
from pages.views.data_template import replaced
from pages.views.export.exhibit import Exhibit
from pages.views.export.exhibits import all_exhibits
from pages.views.export.stamp import Stamp
from pages.views.levers import capital
from pages.views.summary import Summary
from pages.views.targets import (
    asked,
    chance_both,
    chief,
    gap_text,
    headline,
    indicative,
    second,
    short_name,
    shown,
    words_text,
)
from pages.views.texts import Texts

_LEAST = 0.005
"""Points below which a contribution is not worth a sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Brief:
    """Everything a document says: one paragraph a string, tables as frames of texts."""

    title: str
    subtitle: str
    opening: tuple[str, ...]
    conclusion: tuple[str, ...]
    targets: tuple[str, ...]
    attribution: tuple[str, ...]
    risks: tuple[str, ...]
    measures: tuple[tuple[str, str], ...]
    board: pd.DataFrame
    shares: pd.DataFrame
    levers: pd.DataFrame
    exhibits: tuple[Exhibit, ...]
    stamp: Stamp
    replaced: pd.DataFrame


def brief(
    plan: model.Plan,
    summaries: Mapping[str, Summary],
    run: model.Outcomes,
    parts: model.Attribution,
    stamp: Stamp,
    t: Texts,
) -> Brief:
    """Return the content of a briefing on ``summaries["scenario"]``.

    Parameters
    ----------
    summaries
        Of the scenario, the status quo and the plan (``scenario``, ``status_quo``, ``plan``).
    run
        The central run of the scenario.
    parts
        Growth of industrial value added in the first year, shared out over the lever groups.
    """
    summary = summaries["scenario"]
    return Brief(
        title=t("brief.title", city=stamp.city, year=plan.years[0]),
        subtitle=t("brief.subtitle", scenario=stamp.scenario, document=stamp.document),
        opening=(*headline(plan), *second(plan)[:2]),
        conclusion=_conclusion(plan, summaries, t),
        targets=_targets(plan, summary, t),
        attribution=_attribution(parts, t),
        risks=_risks(plan, summary, stamp, t),
        measures=_measures(plan, summary.scenario, parts, t),
        board=board(plan, summary, t),
        shares=shares(parts, t),
        levers=pd.DataFrame(
            stamp.levers,
            columns=[
                t(f"brief.column_{name}") for name in ("lever", "status_quo", "value", "plan")
            ],
        ),
        exhibits=all_exhibits(plan, summaries, run, t),
        stamp=stamp,
        replaced=replaced(plan, t),
    )


def _goal(verdict: model.Verdict, t: Texts) -> str:
    unit = verdict.target.unit
    return t(
        f"brief.goal_{verdict.status}",
        name=short_name(verdict.target, t),
        value=numbers.in_unit(verdict.forecast, unit, t),
        span=numbers.span(verdict.low, verdict.high, unit, t),
        target=asked(verdict, t),
        gap=gap_text(verdict.target, verdict.gap, t),
        chance=chance_both(verdict, t),
    )


def _conclusion(
    plan: model.Plan, summaries: Mapping[str, Summary], t: Texts
) -> tuple[str, ...]:  # fmt: skip
    summary, base = summaries["scenario"], summaries["status_quo"]
    name = plan.aim("iva_growth").id
    first, before = summary.verdict(name), base.verdict(name)
    modelled = [v for v in summary.verdicts if v.probability is not None]
    counts = {
        word: sum(v.status == word for v in modelled) for word in ("likely", "open", "unlikely")
    }
    return (
        t(
            "brief.conclusion",
            scenario=t.of(summary.scenario) or t("export.unnamed"),
            year=plan.years[0],
            value=numbers.in_unit(first.forecast, "%", t),
            span=numbers.span(first.low, first.high, "%", t),
            target=asked(first, t),
            words=words_text(first, t),
            base=numbers.in_unit(before.forecast, "%", t),
            more=numbers.gap(first.forecast - before.forecast, "%", t),
        ),
        t(
            "brief.counts",
            count=len(modelled),
            met=sum(v.base_met for v in modelled),
            **counts,
        ),
    )


def _targets(plan: model.Plan, summary: Summary, t: Texts) -> tuple[str, ...]:
    return tuple(_goal(summary.verdict(name), t) for name in chief(plan))


def _attribution(parts: model.Attribution, t: Texts) -> tuple[str, ...]:
    lever_points = sum(share.value for share in parts.shares)
    ranked = sorted(parts.shares, key=lambda share: -abs(share.value))
    listed = [
        t(
            "brief.one_share",
            name=t.of(share),
            value=numbers.points(share.value, t, 2),
        )
        for share in ranked
        if abs(100 * share.value) >= _LEAST
    ]
    whole = t(
        "brief.attribution",
        reference=numbers.percent(parts.reference, 2),
        scenario=numbers.percent(parts.scenario, 2),
        assumptions=numbers.points(parts.assumptions, t, 2),
        levers=numbers.points(lever_points, t, 2),
    )
    if not listed:
        return (whole, t("brief.no_levers"))
    return (whole, t("brief.shares", listed=t("brief.list").join(listed)), t("brief.method"))


def _risks(plan: model.Plan, summary: Summary, stamp: Stamp, t: Texts) -> tuple[str, ...]:
    first = summary.verdict(plan.aim("iva_growth").id)
    quantiles = 100 * summary.city["iva_growth"]
    found = [
        t(
            "brief.risk_range",
            low=numbers.in_unit(first.low, "%", t),
            chance=indicative(numbers.chance(1 - first.probability), first, t),
            target=asked(first, t),
        ),
    ]
    if len(plan.years) > 1:
        low, high = numbers.plain(quantiles[1, 0]), numbers.plain(quantiles[1, -1])
        found.append(t("brief.risk_later", year=plan.years[1], low=low, high=high))
    missed = [v for v in summary.verdicts if v.status == "unlikely"]
    if missed:
        names = t("export.and").join(short_name(v.target, t) for v in missed)
        found.append(t("brief.risk_missed", names=names))
    if stamp.assumptions:
        listed = t("export.and").join(f"{n} {a} → {b}" for n, a, b in stamp.assumptions)
        found.append(t("brief.risk_assumptions", listed=listed))
    found.append(t("brief.risk_data") + stamp.estimated)
    return tuple(found)


def _measures(
    plan: model.Plan, scenario: model.Scenario, parts: model.Attribution, t: Texts
) -> tuple[tuple[str, str], ...]:
    """Return measure and responsible units for every lever that differs from the status quo."""
    base = plan.scenarios["status_quo"]
    value = {share.group: share.value for share in parts.shares}
    moved = [lever for lever in plan.levers if _differs(lever, scenario, base)]
    moved.sort(key=lambda lever: -value[lever.group])
    found = []
    for lever in moved:
        text = t(
            "brief.measure",
            name=capital(t.of(lever)),
            before=numbers.setting(base.value(lever.id), lever.unit, t),
            after=numbers.setting(scenario.value(lever.id), lever.unit, t),
            plan=numbers.setting(lever.plan_value, lever.unit, t),
            clause=clauses(lever.clause, t),
        )
        found.append((text, _units(lever, t)))
    return tuple(found)


def _units(record: model.desk.Lever | model.Target, t: Texts) -> str:
    return t("brief.unit_list").join(unit_name(unit, t) for unit in record.responsible_units)


def _differs(lever: model.desk.Lever, one: model.Scenario, other: model.Scenario) -> bool:
    return one.value(lever.id) != other.value(lever.id) or one.district_values(
        lever.id
    ) != other.district_values(lever.id)


def board(plan: model.Plan, summary: Summary, t: Texts) -> pd.DataFrame:
    """Return the register of targets with what is said of each, as texts."""
    rows = []
    for verdict in summary.verdicts:
        target = verdict.target
        known = verdict.probability is not None
        forecast = verdict.forecast
        rows.append(
            (
                target.id,
                clauses(target.clause, t),
                capital(t.of(target, "indicator")),
                asked(verdict, t),
                "" if forecast is None else shown(verdict, t),
                numbers.span(verdict.low, verdict.high, target.unit, t) if known else "",
                "" if verdict.gap is None else gap_text(target, verdict.gap, t),
                chance_both(verdict, t) if known else "",
                t(f"status.{verdict.status}"),
                _units(target, t),
            )
        )
    names = ("id", "clause", "indicator", "target", "forecast", "span", "gap", "chance", "status",
             "units")  # fmt: skip
    return pd.DataFrame(rows, columns=[t(f"brief.column_{name}") for name in names])


def shares(parts: model.Attribution, t: Texts) -> pd.DataFrame:
    """Return the attribution as numbers: points of growth, exact parts of the whole."""
    first = [(t("brief.reference"), parts.reference), (t("brief.assumptions"), parts.assumptions)]
    groups = [(t.of(share), share.value) for share in parts.shares]
    rows = [*first, *groups, (t("brief.scenario"), parts.scenario)]
    return pd.DataFrame(
        [(name, 100 * value) for name, value in rows],
        columns=[t("brief.column_part"), t("brief.column_points")],
    )
