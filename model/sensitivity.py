"""Which parameter the spread of a result comes from.

Shocks and the base year stay as in the central run, so the indices share out the part of the
spread that parameters make; correlated priors count with the parameter that leads the pair.

References
----------
Saltelli et al. (2010), the estimators; Owen (2014) for what changes when inputs depend.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.draws import Z95, dimensions
from model.errors import ModelError
from model.outcomes import Fan
from model.plan import Plan
from model.scenario import Scenario
from model.simulate import at_points
from model.targets import in_unit, met

Array = np.ndarray

POINTS = 1024

_PIECE = 2048
"""Runs between looks whether the work is still wanted: about a quarter of a second."""


@dataclass(frozen=True, slots=True)
class Swing:
    """A result with one parameter at its 5 and its 95 % point and all others at their medians."""

    parameter: str
    low: float
    high: float

    @property
    def width(self) -> float:
        """Distance between the two."""
        return abs(self.high - self.low)


def tornado(plan: Plan, scenario: Scenario, indicator: str, year: int = 0) -> tuple[Swing, ...]:
    """Return the swing of an indicator by parameter, the widest first; fractions or amounts.

    Parameters with one draw for each industry or class move all of them together.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> swings = model.tornado(plan, plan.scenarios["plan"], "iva_growth")
    >>> swings[0].parameter, swings[0].width >= swings[1].width
    ('demand_2020', True)
    """
    names = dimensions(plan)
    groups = list(dict.fromkeys(name.partition("[")[0] for name in names))
    normals = np.zeros((len(names), 2 * len(groups)))
    for k, group in enumerate(groups):
        rows = [j for j, name in enumerate(names) if name.partition("[")[0] == group]
        normals[rows, 2 * k], normals[rows, 2 * k + 1] = -Z95, Z95
    found = at_points(plan, scenario, normals).indicator(indicator)[year].reshape(-1, 2)
    swings = [Swing(g, *ends) for g, ends in zip(groups, found.tolist(), strict=True)]
    return tuple(sorted(swings, key=lambda swing: -swing.width))


@dataclass(frozen=True, slots=True, eq=False)
class Indices:
    """First-order and total Sobol indices by parameter; ``sum_first`` near 1 means additive."""

    indicator: str
    points: int
    parameters: tuple[str, ...]
    first: Array
    total: Array

    @property
    def sum_first(self) -> float:
        """Sum of the first-order indices."""
        return float(self.first.sum())

    def to_frame(self) -> pd.DataFrame:
        """Return one row a parameter, the largest total first."""
        frame = pd.DataFrame(
            {"parameter": self.parameters, "first": self.first, "total": self.total}
        )
        return frame.sort_values("total", ascending=False, ignore_index=True)


def sobol(
    plan: Plan,
    scenario: Scenario,
    indicator: str,
    year: int = 0,
    points: int = POINTS,
    seed: int = 1,
    least: float = 1e-6,
    stopped: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Indices:
    """Return Sobol indices of an indicator over the uncertain parameters.

    Parameters that a one-at-a-time swing does not move by more than ``least`` of the widest swing
    are left out: their indices are 0.  Members of a group (one number for each industry) share one
    dimension each and are added up.

    ``stopped`` is asked between pieces and ends the work with ModelError ``stopped``; ``progress``
    hears how many of all runs are done.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> found = model.sobol(plan, plan.scenarios["plan"], "iva_growth", points=64)
    >>> found.to_frame().loc[0, "parameter"]
    'demand_2020'
    """
    if points < 2 or points & (points - 1):
        raise ModelError(f"{points} points; a power of two is needed.", code="not_a_power",
                         given=points)  # fmt: skip
    from scipy.special import ndtri
    from scipy.stats import sobol_indices, uniform

    names = dimensions(plan)
    single = np.zeros((len(names), 2 * len(names)))
    single[np.arange(len(names)), 2 * np.arange(len(names))] = -Z95
    single[np.arange(len(names)), 2 * np.arange(len(names)) + 1] = Z95
    ends = at_points(plan, scenario, single).indicator(indicator)[year].reshape(-1, 2)
    middle = at_points(plan, scenario, np.zeros((len(names), 1))).indicator(indicator)[year, 0]
    width = np.abs(ends - middle).max(axis=1)
    active = np.flatnonzero(width > least * width.max())

    done, whole = 0, points * (len(active) + 2)

    def run(uniforms: Array) -> Array:
        nonlocal done
        normals = np.zeros((len(names), uniforms.shape[1]))
        normals[active] = ndtri(np.clip(uniforms, 1e-12, 1 - 1e-12))
        found = []
        for start in range(0, normals.shape[1], _PIECE):
            if stopped is not None and stopped():
                raise ModelError("The run was stopped.", code="stopped")
            piece = normals[:, start : start + _PIECE]
            found.append(at_points(plan, scenario, piece).indicator(indicator)[year])
            done += piece.shape[1]
            if progress is not None:
                progress(done, whole)
        return np.concatenate(found)[None]

    found = sobol_indices(func=run, n=points, dists=[uniform()] * len(active),
                          rng=np.random.default_rng(seed))  # fmt: skip
    groups = list(dict.fromkeys(names[k].partition("[")[0] for k in active))
    place = [groups.index(names[k].partition("[")[0]) for k in active]
    first, total = (np.bincount(place, weights=x.ravel(), minlength=len(groups))
                    for x in (found.first_order, found.total_order))  # fmt: skip
    return Indices(indicator, points, tuple(groups), first, total)


def doubled_discrepancy(plan: Plan, fan: Fan, target: str) -> tuple[float, float]:
    """Return the probability of a growth target, and with twice the discrepancy of the model.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> fan = model.ensemble(plan, plan.scenarios["plan"], draws=512)
    >>> chance, wider = model.doubled_discrepancy(plan, fan, "T01")
    >>> chance < 0.5, wider >= chance  # a target out of reach comes nearer when less is known
    (True, True)
    """
    aim = plan.target(target)
    if aim.indicator not in ("iva_growth", "mva_growth"):
        raise ModelError(f"{target} carries no discrepancy; growth targets do.",
                         code="no_discrepancy", name=target)  # fmt: skip
    growth = fan.indicator(aim.indicator)[0]
    wide = growth + fan.totals.discrepancy
    return tuple(float(met(aim, in_unit(aim, x)).mean()) for x in (growth, wide))
