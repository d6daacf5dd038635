"""A scenario turned, once, into the fractions and strengths that the equations take."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model.investment import construction_time
from model.plan import Plan
from model.scenario import Scenario

Array = np.ndarray

STRONGEST = 2.2
"""Upper end of a lever's strength relative to the plan (0 status quo, 1 plan)."""


class Closing(NamedTuple):
    """Capacity to be closed (10,000 tonnes) and the parameters that value it."""

    tonnes: float
    va_parameter: str
    energy_parameter: str


class Settings(NamedTuple):
    """What the equations need of a scenario's levers.

    Attributes
    ----------
    investment_shift : (district, 1)
        Intended growth of industrial investment beyond the status quo, fraction.
    upgrade_shift : float
        The same of upgrading investment.
    construction : float
        Time in construction relative to the status quo (Little's law).
    land, recovery, push, support : float
        Strengths of the levers that have no natural scale (0 status quo, 1 plan).
    closings : tuple of Closing
    contracts, contracts_before : float
        Signed a year, 亿元.
    conversion_shift, emerging, emerging_before : float
        Fractions.
    cloud_points, rd_ratio, green_ratio : float
        Change in points of coverage; intensity and share relative to the status quo.
    additional_entrants : (district, 1)
        Entrants beyond the status quo per unit of (1 - entry without the plan).
    """

    investment_shift: Array
    upgrade_shift: float
    construction: float
    land: float
    recovery: float
    push: float
    support: float
    closings: tuple[Closing, ...]
    contracts: float
    contracts_before: float
    conversion_shift: float
    emerging: float
    emerging_before: float
    cloud_points: float
    rd_ratio: float
    green_ratio: float
    additional_entrants: Array


def strength(plan: Plan, scenario: Scenario, name: str, lowest: float = 0.0) -> float:
    """Return how far a lever stands from the status quo (0) to the plan (1), within bounds."""
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
        return scenario.value(name) - levers[name].status_quo

    def ratio(name: str) -> float:
        return scenario.value(name) / levers[name].status_quo

    growth = levers["investment_growth"]
    shift = np.array(scenario.district_values(growth.id)) - growth.status_quo
    firms = levers["new_firms"]
    usual = np.array(plan.desk.spread(firms, firms.status_quo))
    entrants = np.array(scenario.district_values(firms.id)) - usual
    asked = sum(getattr(row, firms.district_column) for row in plan.annex)
    span = firms.plan_value - firms.status_quo
    under_way, starts = (float(plan.facts["projects"][name]) for name in ("under_way", "starts"))
    times = [
        construction_time(under_way, starts, completions)
        for completions in (scenario.value("completions"), levers["completions"].status_quo)
    ]
    return Settings(
        investment_shift=shift[:, None] / 100,
        upgrade_shift=moved("upgrade_investment_growth") / 100,
        construction=times[0] / times[1],
        land=strength(plan, scenario, "industrial_land_share", -1.0),
        recovery=strength(plan, scenario, "recovered_loss", -0.5),
        push=strength(plan, scenario, "leading_industry_push"),
        support=strength(plan, scenario, "factor_support"),
        closings=tuple(
            Closing(scenario.value(row.lever), row.va_parameter, row.energy_parameter)
            for row in plan.closures
        ),
        contracts=scenario.value("contracts_signed"),
        contracts_before=levers["contracts_signed"].status_quo,
        conversion_shift=moved("contract_conversion") / 100,
        emerging=scenario.value("emerging_share_signed") / 100,
        emerging_before=levers["emerging_share_signed"].status_quo / 100,
        cloud_points=moved("cloud_coverage"),
        rd_ratio=ratio("rd_intensity"),
        green_ratio=ratio("green_upgrade_share"),
        additional_entrants=entrants[:, None] * asked / span if span else entrants[:, None] * 0.0,
    )
