"""Tables as they are saved: whole words and units in the heads, figures as numbers."""

from __future__ import annotations

import pandas as pd

import model
from pages.views import duties, energy, investment
from pages.views.clauses import clauses, unit_name
from pages.views.levers import capital
from pages.views.targets import short_name
from pages.views.texts import Texts

FLOWS = ("opening", "spent", "completed", "closing")


def energy_parts(plan: model.Plan, run: model.Outcomes, t: Texts) -> pd.DataFrame:
    """Return every part of the change of energy intensity, by year, effect, district, industry."""
    found = _placed(energy.details(plan, run), plan, t)
    found["effect"] = [t(f"energy.effect_{name}") for name in found["effect"]]
    found["status"] = [t.status(word) for word in found["status"]]
    return _headed(found, t)


def investment_account(
    plan: model.Plan, account: model.InvestmentAccount, t: Texts
) -> pd.DataFrame:
    """Return the account of investment by month, kind and district."""
    found = _placed(investment.details(account), plan, t)
    found["kind"] = [t(f"investment.kind_{kind}") for kind in found["kind"]]
    for name in FLOWS:
        found[name] = (float(t("number.money_factor")) * found[name]).round(6) + 0
    return _headed(found, t)


def duty_list(
    plan: model.Plan, scenario: model.Scenario, unit: str | None, moved_only: bool, t: Texts
) -> pd.DataFrame:
    """Return the list of duties with its settings as numbers, each with its unit."""
    rows = [
        {
            "duty": unit_name(name, t),
            "lever": capital(t.of(lever)),
            "clause": clauses(lever.clause, t),
            "unit": t.unit(lever.unit),
            "status_quo": lever.status_quo,
            "value": value,
            "plan": lever.plan_value,
            "effort": duties.effort_of(lever, value),
        }
        for name, lever, value in duties.chosen(plan, scenario, unit, moved_only)
    ]
    names = ("duty", "lever", "clause", "unit", "status_quo", "value", "plan", "effort")
    return _headed(pd.DataFrame(rows, columns=list(names)), t)


def batch(found: pd.DataFrame, plan: model.Plan, t: Texts) -> pd.DataFrame:
    """Return the results of a table of scenarios: heads that begin with the code of programs."""
    heads = {"name": t("meeting.column_scenario")}
    for target in plan.targets:
        if target.id not in found:
            continue
        unit = t("export.in_unit", unit=t.unit(target.unit))
        heads[target.id] = " ".join((target.id, short_name(target, t))) + unit
        for name in ("low", "high", "probability", "support", "differs"):
            code = f"{target.id}_{name}"
            measured = unit if name in ("low", "high") else ""
            heads[code] = " ".join((code, t(f"table_file.{name}"))) + measured
    return batch_words(found, t).rename(columns=heads)


def batch_words(found: pd.DataFrame, t: Texts) -> pd.DataFrame:
    """Return the results of a table of scenarios with what is said beside a chance in words."""
    said = found.copy()
    for name in found.columns:
        if name.endswith("_support"):
            said[name] = [t(f"table_file.support_{word}") for word in found[name]]
        elif name.endswith("_differs"):
            said[name] = [
                t("definition.and").join(t(f"definition.mark_{word}") for word in words.split())
                for words in found[name].fillna("")
            ]
    return said


def _placed(frame: pd.DataFrame, plan: model.Plan, t: Texts) -> pd.DataFrame:
    """Return a table with its districts and industries by name."""
    for column, known in (("district", plan.districts), ("industry", plan.industries)):
        if column in frame:
            frame[column] = frame[column].map({record.code: t.of(record) for record in known})
    return frame


def _headed(frame: pd.DataFrame, t: Texts) -> pd.DataFrame:
    return frame.rename(columns={name: t(f"table_file.{name}") for name in frame.columns})
