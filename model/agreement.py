"""Whether the city figure of a lever is the one that its district values make up.

Moves keep the two together; a file written by hand need not.  What runs are the districts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from model.desk import Lever
from model.errors import ModelError
from model.scenario import Scenario, not_loaded

if TYPE_CHECKING:
    from model.plan import Plan

_WIDEST = 1.5
"""How far a scenario may go beyond the step to the plan with districts that do likewise."""


def slack(plan: Plan, lever: Lever) -> float:
    """Return how far the two may lie apart: half a step, and what the plan itself leaves."""
    asked = [getattr(row, lever.district_column) for row in plan.annex]
    own = abs(plan.desk.made_up(lever, asked) - lever.plan_value) if asked else 0.0
    return lever.step / 2 + _WIDEST * own


def apart(plan: Plan, scenario: Scenario) -> Iterator[tuple[Lever, float]]:
    """Return the levers whose two figures disagree, each with what its districts make up."""
    for lever in plan.levers:
        if lever.by_district:
            made = plan.desk.made_up(lever, dict(scenario.districts)[lever.id])
            if abs(made - scenario.value(lever.id)) > slack(plan, lever):
                yield lever, made


def check(plan: Plan, scenario: Scenario) -> Scenario:
    """Return the scenario; ModelError when a city figure is not that of its districts."""
    faults = tuple(
        ModelError(
            f"{lever.id} = {scenario.value(lever.id):g} {lever.unit} for the city, but its "
            f"district values make up {made:.6g}. State {made:.6g}, or leave out "
            f"[districts.{lever.id}] to move all districts with the city.",
            code="city_and_districts",
            name=lever.id,
            given=f"{scenario.value(lever.id):g}",
            made=f"{made:.6g}",
            unit=lever.unit,
        )
        for lever, made in apart(plan, scenario)
    )
    if faults:
        raise not_loaded(faults)
    return scenario


def settled(
    plan: Plan, base: Scenario, scenario: Scenario
) -> tuple[Scenario, list[tuple[str, str]]]:
    """Return the scenario made to agree, and what was done to which lever.

    Where the districts still stand as in ``base`` only the city figure was changed, and they move
    with it (``city_led``); otherwise the city figure becomes what the districts make up
    (``districts_led``), if it can be.  On figures of a data set, which weigh the districts
    otherwise than those that a scenario was made on, nothing is judged.
    """
    if plan.shipped is not None:
        return scenario, []
    done = []
    for lever, _ in list(apart(plan, scenario)):
        name, city = lever.id, scenario.value(lever.id)
        rows = scenario.district_values(name)
        made = round(plan.desk.made_up(lever, rows), 9)
        as_before = dict(base.districts)[name] == dict(scenario.districts)[name]
        start = base.value(name) if as_before else made
        scenario = replace(
            scenario,
            values=tuple((key, start if key == name else v) for key, v in scenario.values),
            districts=tuple((key, rows if key == name else v) for key, v in scenario.districts),
        )
        if as_before or not lever.minimum <= made <= lever.maximum:
            scenario = scenario.with_lever(name, city)
            done.append(("city_led", name))
        else:
            done.append(("districts_led", name))
    return scenario, done
