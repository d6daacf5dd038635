"""Why a move changes nothing: something it needs is zero, a limit binds, saturated, or too late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from model.axes import MONTHS_PER_YEAR
from model.outcomes import Outcomes
from model.plan import Plan
from model.power import NOTHING
from model.scenario import Change, Scenario
from model.simulate import simulate

NEEDS = {
    "recovered_loss": "covid_loss",
    "covid_persistence": "covid_loss",
    "anchor_firm_stop_start": "anchor_firm_stop_months",
}
"""Levers and assumptions that act only while an assumption is not zero."""

FLOORED = ("investment_growth", "upgrade_investment_growth")
"""Levers that cannot push new build below zero."""


@dataclass(frozen=True, slots=True)
class Still:
    """Why nothing moved: ``needs`` (the assumption ``other`` is zero), ``floor`` (new build stands
    at zero), ``saturated`` (the lever acts elsewhere in its range, no more here) or ``lagged``
    (nothing of it shows within the months that are simulated)."""

    reason: str
    name: str
    other: str = ""


def first_month(before: Outcomes, after: Outcomes) -> int | None:
    """Return the first month in which any total of the city differs, None when none does."""
    moved = np.zeros(len(before.plan.months), dtype=bool)
    for name, flow in before.totals.city.items():
        moved |= np.abs(after.totals.city[name] - flow)[:, 0] > NOTHING
    return int(moved.argmax()) if moved.any() else None


def first_year(plan: Plan, before: Outcomes, after: Outcomes) -> int | None:
    """Return the first year in which anything differs, None when nothing does."""
    month = first_month(before, after)
    return None if month is None else plan.years[month // MONTHS_PER_YEAR]


def stillness(plan: Plan, after: Outcomes, changes: Sequence[Change]) -> Still:
    """Return why changes that moved nothing did not.

    Only called when nothing moved: telling saturated from lagged takes up to three runs more.
    """
    scenario = after.scenario
    names = tuple(dict.fromkeys(change.name for change in changes))
    known = {assumption.id for assumption in plan.assumptions}
    for name in names:
        other = NEEDS.get(name)
        if other in known and scenario.assumption(other) == 0:
            return Still("needs", name, other)
    if set(names) & set(FLOORED) and bool(after.by_district["floor_binds"].any()):
        return Still("floor", names[0])
    acts = any(
        first_month(simulate(plan, elsewhere), after) is not None
        for elsewhere in _elsewhere(plan, scenario, names[0])
    )
    return Still("saturated" if acts else "lagged", names[0])


def _elsewhere(plan: Plan, scenario: Scenario, name: str) -> Iterator[Scenario]:
    """Yield the scenario with a lever or assumption elsewhere: as usual, and at both ends."""
    if plan.has_lever(name):
        lever, move, now = plan.lever(name), scenario.with_lever, scenario.value(name)
        usual, ends = lever.status_quo, (lever.minimum, lever.maximum)
    else:
        known, move = plan.desk.assumption(name), scenario.with_assumption
        usual, ends, now = known.default, (known.minimum, known.maximum), scenario.assumption(name)
    for value in dict.fromkeys((usual, *ends)):
        if value != now:
            yield move(name, value)
