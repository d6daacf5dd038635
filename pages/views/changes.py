"""What a scenario differs in, counted and said."""

from __future__ import annotations

import model


def changed_counts(plan: model.Plan, scenario: model.Scenario) -> tuple[int, int]:
    """Return how many levers differ from the built-in scenario, and assumptions from defaults."""
    changes = scenario.changes(plan.scenarios[scenario.id])
    levers = {change.name for change in changes if change.kind == "lever"}
    return len(levers), len(scenario.changed_assumptions())


def changed_from_status_quo(plan: model.Plan, scenario: model.Scenario) -> frozenset[str]:
    """Return the levers that are not at the status quo, for the city or a district."""
    changes = scenario.changes(plan.scenarios["status_quo"])
    return frozenset(change.name for change in changes if change.kind == "lever")
