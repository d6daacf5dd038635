"""Lever power: what one readable step of every lever does from here, all in one batch.

A step of the slider is often too small to read (0.1 points of growth), and steps of two sliders are
not equal effort.  The step used here is a tenth of the way from the status quo to the plan, in
whole slider steps; each lever says which step that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.desk import Lever
from model.outcomes import Figures
from model.plan import Plan
from model.scenario import Scenario
from model.simulate import batch

NOTHING = 1e-9
"""A smaller effect, in the indicator's own unit, is the rounding of sums."""

_PARTS = 10


@dataclass(frozen=True, slots=True)
class Effect:
    """What one step of a lever does to an indicator of a year, city-wide.

    ``step`` is signed and in the unit of the lever (negative at the upper end of the range);
    ``change`` is in the unit of the indicator (fractions for growth and shares).  ``reason`` is
    empty when something moves, else ``later`` (only a later year moves, ``moves_in``), ``other``
    (other indicators move) or ``nothing`` (no indicator moves in any year).
    """

    lever: str
    step: float
    change: float
    reason: str = ""
    moves_in: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Power:
    """The runs behind lever power; the first stands for the scenario, one more for every lever."""

    plan: Plan
    steps: tuple[tuple[str, float], ...]
    figures: Figures

    def effects(self, indicator: str, year: int | None = None) -> tuple[Effect, ...]:
        """Return the effect of one step of every lever, in the order of the table."""
        changes = self._changes(indicator)
        position = self.plan.years.index(year or self.plan.years[0])
        found = []
        for k, (lever, step) in enumerate(self.steps):
            change = float(changes[position, k])
            if abs(change) > NOTHING:
                found.append(Effect(lever, step, change))
                continue
            later = [y for y in range(position, len(changes)) if abs(changes[y, k]) > NOTHING]
            if later:
                found.append(Effect(lever, step, 0.0, "later", self.plan.years[later[0]]))
            else:
                reason = "other" if self._moves_anything(k) else "nothing"
                found.append(Effect(lever, step, 0.0, reason))
        return tuple(found)

    def _changes(self, indicator: str) -> np.ndarray:
        values = self.figures.indicator(indicator)
        return values[:, 1:] - values[:, :1]

    def _moves_anything(self, k: int) -> bool:
        totals = self.figures.totals
        flows = (*totals.city.values(), *totals.industry.values())
        return any(np.abs(f[..., k + 1] - f[..., 0]).max() > NOTHING for f in flows)


def readable_step(lever: Lever) -> float:
    """Return a tenth of the way from the status quo to the plan, in whole steps, at least one."""
    span = abs(lever.plan_value - lever.status_quo) or (lever.maximum - lever.minimum) / 2
    return max(1, round(span / _PARTS / lever.step)) * lever.step


def lever_power(plan: Plan, scenario: Scenario, levers: Sequence[str] | None = None) -> Power:
    """Run the scenario and one step of each lever side by side.

    Parameters
    ----------
    levers : sequence of str, optional
        Only these levers; all by default.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> power = model.lever_power(plan, plan.scenarios["plan"])
    >>> best = max(power.effects("iva_growth", 2020), key=lambda effect: effect.change)
    >>> best.lever
    'recovered_loss'
    """
    chosen = plan.levers if levers is None else tuple(plan.lever(name) for name in levers)
    steps, runs = [], [scenario]
    for lever in chosen:
        value, step = scenario.value(lever.id), readable_step(lever)
        if value + step > lever.maximum:
            step = -step
        steps.append((lever.id, step))
        runs.append(scenario.with_lever(lever.id, round(value + step, 9)))
    return Power(plan, tuple(steps), batch(plan, runs))
