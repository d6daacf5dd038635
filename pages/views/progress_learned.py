"""What the page of the progress shows of two ensembles, before and after learning; no draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import model
from model.assimilate import Check
from model.observe import REGULAR, city_code, predicted
from model.sources import Observation
from model.standing import ANNEX, annex_target

Array = np.ndarray

PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)
MONTHS = tuple(range(2, 13))
"""Last months of cumulative growth; January has no figure of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Quantiles of cumulative growth by place and series, (month, probability), and the chances.

    ``chances`` holds for each followed district and series of Annex 1 the chance of its target.
    """

    growth: dict[tuple[str, str], Array]
    verdicts: dict[str, model.Verdict]
    chances: dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """The forecast after learning and how it came about, or why nothing could be learned."""

    forecast: Forecast | None
    method: str
    steps: int
    checks: tuple[Check, ...]
    tail: float
    pareto_k: float | None
    k_limit: float
    effective: float
    unused: tuple[tuple[model.Known, str], ...]
    left_out: tuple[str, ...] = ()

    @property
    def contradicted(self) -> bool:
        """Whether the figures contradict the whole prior."""
        return self.forecast is None

    @property
    def worst(self) -> Check:
        """The figure furthest from the prior."""
        return max(self.checks, key=lambda check: check.implausibility)


def forecast(
    plan: model.Plan, scenario: model.Scenario, fan: model.Fan, *, learned: bool = False
) -> Forecast:
    """Reduce an ensemble to what the page shows."""
    growth, chances = {}, {}
    for place in (city_code(plan), *fan.totals.places):
        for series in REGULAR:
            paths = [predicted(fan, _figure(plan, place, series, month)) for month in MONTHS]
            growth[place, series] = np.quantile(np.stack(paths), PROBABILITIES, axis=1).T
            if place in fan.totals.places and series in ANNEX:
                aim = annex_target(plan, place, series) / 100
                chances[place, series] = float((paths[-1] >= aim).mean())
    found = model.assess(fan.plan, scenario, fan, learned=learned)
    verdicts = {v.target.id: v for v in found}
    return Forecast(growth, verdicts, chances)


def _figure(plan: model.Plan, place: str, series: str, month: int) -> Observation:
    return Observation(
        geography=place, indicator=series, industry="all", period_start=plan.months[0],
        period_end=plan.months[month - 1], measure="yoy_cumulative", value=0.0, unit="%",
        price_basis="", released_on="", status="published", source_id="", note="",
    )  # fmt: skip


def learned(
    plan: model.Plan, scenario: model.Scenario, now: model.Nowcast, left_out: tuple[str, ...] = ()
) -> Learned:
    """Reduce what was learned."""
    made = forecast(plan, scenario, now.fan, learned=bool(now.checks))
    return Learned(
        made, now.method, now.steps, now.checks, now.tail,
        now.pareto_k, now.k_limit, now.effective, now.unused, left_out,
    )  # fmt: skip


def refused(error: model.Contradiction) -> Learned:
    """Return what is to be said when the figures contradict the whole prior."""
    return Learned(
        None, "none", 0, error.checks, error.tail, None, float("nan"), float("nan"), ()
    )  # fmt: skip
