"""What a scenario differs in, counted and said."""

from __future__ import annotations

import model
from pages.views import numbers
from pages.views.texts import Texts


def changed_counts(plan: model.Plan, scenario: model.Scenario) -> tuple[int, int]:
    """Return how many levers differ from the built-in scenario, and assumptions from defaults."""
    changes = scenario.changes(plan.scenarios[scenario.id])
    levers = {change.name for change in changes if change.kind == "lever"}
    return len(levers), len(scenario.changed_assumptions())


def changed_from_status_quo(plan: model.Plan, scenario: model.Scenario) -> frozenset[str]:
    """Return the levers that are not at the status quo, for the city or a district."""
    changes = scenario.changes(plan.scenarios["status_quo"])
    return frozenset(change.name for change in changes if change.kind == "lever")


def whose(plan: model.Plan, old: model.Scenario, now: model.Scenario, t: Texts) -> str:
    """Return a name for an earlier scenario: that of a built-in one, or what it had otherwise."""
    for built_in in plan.scenarios.values():
        if old == built_in:
            return t.of(built_in)
    changes = now.changes(old)
    if not changes:
        return t.of(old)
    name = changes[0].name
    if changes[0].kind == "lever":
        record, value = plan.lever(name), old.value(name)
    else:
        record, value = plan.desk.assumption(name), old.assumption(name)
    month = record.unit == "month"
    shown = (
        numbers.month(plan.months[int(value)], t) if month else numbers.exact(value, record.unit, t)
    )
    said = t("stale.at", name=t.of(record), value=shown)
    others = len({change.name for change in changes}) - 1
    return t("stale.more", first=said, count=others) if others else said
