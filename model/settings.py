"""A scenario turned, once, into the fractions and strengths that the equations take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from model.investment import construction_time
from model.plan import Plan
from model.scenario import Scenario

Array = np.ndarray

STRONGEST = 2.2
"""Upper end of a lever's strength relative to the plan (0 status quo, 1 plan)."""


class Closing(NamedTuple):
    """Capacity to be closed (10,000 tonnes, (draw,)) and the parameters that value it."""

    tonnes: Array
    va_parameter: str
    energy_parameter: str


class Settings(NamedTuple):
    """What the equations need of the levers, of one scenario or of one for each draw.

    Every field broadcasts along the draw axis, so that many scenarios march side by side.

    Attributes
    ----------
    investment_shift : (district, draw)
        Intended growth of industrial investment beyond the status quo, fraction.
    additional_entrants : (district, draw)
        Entrants beyond the status quo per unit of (1 - entry without the plan).
    upgrade_shift : (draw,)
        Intended growth of upgrading investment beyond the status quo, fraction.
    construction : (draw,)
        Time in construction relative to the status quo (Little's law).
    land, recovery, push, support : (draw,)
        Strengths of the levers that have no natural scale (0 status quo, 1 plan).
    contracts, conversion_shift, emerging : (draw,)
        Signed a year, 亿元; change of the conversion and share of emerging industries, fractions.
    cloud_points, rd_ratio, green_ratio : (draw,)
        Change in points of coverage; intensity and share relative to the status quo.
    closings : tuple of Closing
    contracts_before, emerging_before : float
        The status quo of two of them.
    """

    investment_shift: Array
    additional_entrants: Array
    upgrade_shift: Array
    construction: Array
    land: Array
    recovery: Array
    push: Array
    support: Array
    contracts: Array
    conversion_shift: Array
    emerging: Array
    cloud_points: Array
    rd_ratio: Array
    green_ratio: Array
    closings: tuple[Closing, ...]
    contracts_before: float
    emerging_before: float


def strength(plan: Plan, scenario: Scenario, name: str, lowest: float = 0.0) -> float:
    """Return how far a lever stands from the status quo (0) to the plan (1), within bounds."""
    if not plan.has_lever(name):
        return 0.0
    lever = plan.lever(name)
    span = lever.plan_value - lever.status_quo
    if span == 0:
        return 0.0
    return float(np.clip((scenario.value(name) - lever.status_quo) / span, lowest, STRONGEST))


def settings(plan: Plan, scenario: Scenario) -> Settings:
    """Return the levers of a scenario as fractions and strengths.

    Below the status quo, recovery may weaken by half and land support may turn into delay:
    a lever that did nothing on half its range would mislead the hand that moves it.
    """
    levers = {lever.id: lever for lever in plan.levers}

    def moved(name: str) -> float:
        return scenario.value(name) - levers[name].status_quo if name in levers else 0.0

    def ratio(name: str) -> float:
        usual = levers[name].status_quo if name in levers else 0.0
        return scenario.value(name) / usual if usual else 1.0

    def signed(name: str) -> tuple[float, float]:
        there = name in levers
        return (scenario.value(name), levers[name].status_quo) if there else (0.0, 0.0)

    shift = np.zeros(len(plan.axes.districts))
    if "investment_growth" in levers:
        growth = levers["investment_growth"]
        shift = np.array(scenario.district_values(growth.id)) - growth.status_quo
    contracts, contracts_before = signed("contracts_signed")
    emerging, emerging_before = signed("emerging_share_signed")
    by_draw = {
        "upgrade_shift": moved("upgrade_investment_growth") / 100,
        "construction": _construction(plan, scenario),
        "land": strength(plan, scenario, "industrial_land_share", -1.0),
        "recovery": strength(plan, scenario, "recovered_loss", -0.5),
        "push": strength(plan, scenario, "leading_industry_push"),
        "support": strength(plan, scenario, "factor_support"),
        "contracts": contracts,
        "conversion_shift": moved("contract_conversion") / 100,
        "emerging": emerging / 100,
        "cloud_points": moved("cloud_coverage"),
        "rd_ratio": ratio("rd_intensity"),
        "green_ratio": ratio("green_upgrade_share"),
    }
    return Settings(
        investment_shift=shift[:, None] / 100,
        additional_entrants=_additional_entrants(plan, scenario)[:, None],
        **{name: np.array([value]) for name, value in by_draw.items()},
        closings=tuple(
            Closing(np.array([scenario.value(row.lever)]), row.va_parameter, row.energy_parameter)
            for row in plan.closures
        ),
        contracts_before=contracts_before,
        emerging_before=emerging_before / 100,
    )


def _construction(plan: Plan, scenario: Scenario) -> float:
    """Return the time in construction relative to the status quo; 1 where nothing sets it."""
    if "projects" not in plan.facts or not plan.has_lever("completions"):
        return 1.0
    lever = plan.lever("completions")
    under_way, starts = (float(plan.facts["projects"][name]) for name in ("under_way", "starts"))
    now, before = (
        construction_time(under_way, starts, completions)
        for completions in (scenario.value(lever.id), lever.status_quo)
    )
    return now / before


def _additional_entrants(plan: Plan, scenario: Scenario) -> Array:
    """Return the entrants of each district beyond the status quo, see `Settings`.

    A lever for the city alone is spread over the districts like the firms of the base year.
    """
    if not plan.has_lever("new_firms"):
        return np.zeros(len(plan.axes.districts))
    firms = plan.lever("new_firms")
    if firms.by_district:
        usual = np.array(plan.desk.spread(firms, firms.status_quo))
        entrants = np.array(scenario.district_values(firms.id)) - usual
    else:
        share = plan.base.firms / plan.base.firms.sum()
        entrants = (scenario.value(firms.id) - firms.status_quo) * share
    asked = firms.plan_value
    if firms.by_district and plan.annex:
        asked = sum(getattr(row, firms.district_column) for row in plan.annex)
    span = firms.plan_value - firms.status_quo
    return entrants * asked / span if span else entrants * 0.0


def side_by_side(many: Sequence[Settings]) -> Settings:
    """Return settings whose draw axis holds one scenario after another."""
    joined = {
        name: np.concatenate([getattr(one, name) for one in many], axis=-1)
        for name in Settings._fields
        if isinstance(getattr(many[0], name), np.ndarray)
    }
    closings = tuple(
        together[0]._replace(tonnes=np.concatenate([one.tonnes for one in together]))
        for together in zip(*(one.closings for one in many), strict=True)
    )
    return many[0]._replace(**joined, closings=closings)
