"""Keyed streams of random numbers, and what they bring in a month: shocks, and falls of the anchor.

Numbers come in blocks of fixed size, each from a stream of its own, so that any range of draws can
be made by itself and the same seed gives the same numbers for every scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from model.plan import Plan
from model.scenario import Scenario

Array = np.ndarray

BLOCK = 128
"""Draws that share a stream of shocks."""

_SHOCKS, BASE, DISCREPANCY, _JUMPS, _SPENDING, PLACES = range(6)
"""The streams; what is drawn from one never moves what is drawn from another."""


SPENDING = {
    "investment_shock_sd", "investment_shock_district_sd", "investment_shock_persistence",
}  # fmt: skip
"""Parameters of the shocks of investment; a plan without them has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Shocks:
    """Standard normal numbers of the monthly shocks, and new falls of the anchor cell.

    city (month, draw), industry (month, industry, draw), district (month, district, draw);
    new_fall (month, draw) is the fraction of the anchor cell's output newly lost; spending
    (month, 1 + district, draw) is that of investment, the city's first, if the plan knows any.
    """

    city: Array
    industry: Array
    district: Array
    new_fall: Array
    spending: Array | None = None


def stream(
    name: int, shape: tuple[int, ...], start: int, stop: int, seed: int, kind: str = "normal"
) -> Array:
    """Return numbers of one stream for a range of draws, (*shape, draw), block by block."""
    parts = []
    for block in range(start // BLOCK, (stop - 1) // BLOCK + 1):
        generator = np.random.Generator(
            np.random.SFC64(np.random.SeedSequence((seed, name, block)))
        )
        make = generator.standard_normal if kind == "normal" else generator.random
        numbers = make((*shape, BLOCK))
        parts.append(numbers[..., max(0, start - block * BLOCK) : stop - block * BLOCK])
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def shocks(
    plan: Plan, scenario: Scenario, values: Mapping[str, Array], start: int, stop: int, seed: int
) -> Shocks:
    """Return the shocks of draws ``start`` to ``stop``; an assumed stop takes the place of luck."""
    months, districts, industries = plan.axes.shape
    rows = 1 + industries + districts
    noise = stream(_SHOCKS, (months, rows), start, stop, seed)
    new_fall = _falls(plan, values, start, stop, seed)
    planned = stop_months(plan, scenario)
    new_fall[planned] = 1.0
    spending = None
    if plan.parameter_ids >= SPENDING:
        spending = stream(_SPENDING, (months, 1 + districts), start, stop, seed)
    return Shocks(
        noise[:, 0], noise[:, 1 : 1 + industries], noise[:, 1 + industries :], new_fall, spending
    )


def _falls(plan: Plan, values: Mapping[str, Array], start: int, stop: int, seed: int) -> Array:
    """Return what the anchor cell newly loses by chance, (month, draw); nothing without one."""
    months = len(plan.months)
    if plan.anchor is None or not {"jump_hazard", "jump_size"} <= plan.parameter_ids:
        return np.zeros((months, stop - start))
    luck = stream(_JUMPS, (2, months), start, stop, seed, "uniform")
    size = plan.parameter("jump_size")
    assert size.support_min is not None and size.support_max is not None
    fall = size.support_min + (size.support_max - size.support_min) * luck[1]
    new_fall = np.where(luck[0] < values["jump_hazard"], fall, 0.0)
    new_fall[: plan.axes.start] = 0.0
    return new_fall


def stop_months(plan: Plan, scenario: Scenario) -> Array:
    """Return in which months the scenario assumes a stop of the anchor firm, shape (month,).

    In those months the stop is certain and the prior hazard does not apply.
    """
    names = {assumption.id for assumption in plan.assumptions}
    stopped = np.zeros(len(plan.months), dtype=bool)
    if plan.anchor and {"anchor_firm_stop_months", "anchor_firm_stop_start"} <= names:
        first = int(scenario.assumption("anchor_firm_stop_start"))
        stopped[first : first + int(scenario.assumption("anchor_firm_stop_months"))] = True
    return stopped


def shock_deviation(plan: Plan, values: Mapping[str, Array]) -> Array:
    """Return the stationary deviation of each industry's shock, (industry, draw).

    Which parameter applies stands in its record: ``industry:vehicles;equipment`` or, for the
    rest, ``industry:others``.
    """
    by_industry: dict[str, str] = {}
    for parameter in plan.parameters:
        if parameter.id.startswith("industry_shock_sd"):
            for code in parameter.applies_to.partition(":")[2].split(";"):
                by_industry[code.strip()] = parameter.id
    rows = [values[by_industry.get(i.code, by_industry["others"])] for i in plan.industries]
    return np.stack(np.broadcast_arrays(*rows))
