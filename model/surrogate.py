"""The response of the goals to the levers, and the lever positions that it says reach them.

The model is smooth in its levers and nearly additive, so the central run with every lever stepped
side by side says where to go; `model.solve` proves with an ensemble what is found here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from model.desk import Lever
from model.errors import ModelError
from model.plan import Plan
from model.scenario import Scenario
from model.simulate import batch
from model.sources import Target
from model.targets import in_unit

Array = np.ndarray

REALISTIC = 1.5
"""A realistic lever goes at most this far beyond the status quo, in steps from it to the plan."""

ACCURACY = 0.05
"""An answer is verified when the ensemble confirms it to this many points (or units)."""

FINE = 0.1
"""What a lever in per cent moves by in an answer, where its own step is not finer."""

_ROUNDS = 6
_NOT_WORTH_MOVING = 0.03
_STRONGEST, _LARGEST_SET, _TRIED = 10, 6, 4


@dataclass(frozen=True, slots=True)
class Goal:
    """A target with the value asked for and how sure its being met should be."""

    target: Target
    value: float
    probability: float


def limits(plan: Plan, lever: Lever, start: float, realistic: bool) -> tuple[float, float]:
    """Return the range within which a lever may move."""
    span = lever.plan_value - lever.status_quo
    if not realistic or span == 0:
        return lever.minimum, lever.maximum
    ends = lever.status_quo, lever.status_quo + REALISTIC * span
    low, high = max(min(ends), lever.minimum), min(max(ends), lever.maximum)
    return min(low, start), max(high, start)


def unit_step(lever: Lever) -> float:
    """Return the step that counts as one unit of effort: from the status quo to the plan."""
    span = abs(lever.plan_value - lever.status_quo)
    return span if span > 0 else (lever.maximum - lever.minimum) / 4


def grain(lever: Lever) -> float:
    """Return what an answer moves a lever by: nobody completes a third of a project.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> [grain(plan.lever(x)) for x in ("completions", "investment_growth", "rd_intensity")]
    [1.0, 0.1, 0.01]
    """
    return min(lever.step, FINE if lever.unit == "%" else 1.0)


class Search:
    """The levers free to move, and the central response of the goals to them.

    Effort is counted in unit steps from the present value, which stands at zero; limits lie on
    whole grains.
    """

    def __init__(
        self,
        plan: Plan,
        scenario: Scenario,
        wanted: tuple[Goal, ...],
        locked: Collection[str] = (),
        realistic: bool = True,
        stopped: Callable[[], bool] | None = None,
    ) -> None:
        for name in locked:
            plan.lever(name)
        self.plan, self.scenario, self.wanted, self.stopped = plan, scenario, wanted, stopped
        self.levers = tuple(lever for lever in plan.levers if lever.id not in locked)
        if not self.levers:
            raise ModelError("Every lever is locked; free at least one.", code="all_locked")
        self.start = np.array([scenario.value(lever.id) for lever in self.levers])
        self.step = np.array([unit_step(lever) for lever in self.levers])
        self.grain = np.array([grain(lever) for lever in self.levers])
        ends = [
            limits(plan, lever, x, realistic)
            for lever, x in zip(self.levers, self.start, strict=True)
        ]
        low, high = np.array(ends).T
        low = np.minimum(np.ceil(low / self.grain - 1e-6) * self.grain, self.start)
        high = np.maximum(np.floor(high / self.grain + 1e-6) * self.grain, self.start)
        self.low, self.high = (low - self.start) / self.step, (high - self.start) / self.step
        self.sign = np.array(
            [-1.0 if goal.target.comparator == "about_at_most" else 1.0 for goal in wanted]
        )
        self.value = np.array([goal.value for goal in wanted])
        self.offset = np.zeros(len(wanted))
        self.everything = np.ones(len(self.levers), dtype=bool)
        self._seen: dict[bytes, tuple[Array, Array]] = {}

    def at(self, effort: Array) -> Scenario:
        """Return the scenario at an effort vector."""
        scenario = self.scenario
        for lever, x, start in zip(
            self.levers, self.start + effort * self.step, self.start, strict=True
        ):
            value = float(np.clip(round(x, 9), lever.minimum, lever.maximum))
            if value != start:
                scenario = scenario.with_lever(lever.id, value)
        return scenario

    def response(self, effort: Array) -> tuple[Array, Array]:
        """Return the margin of every goal and its slopes, (goal,), (goal, lever).

        A margin is positive when the goal is met at the probability asked for.
        """
        if self.stopped is not None and self.stopped():
            raise ModelError("The run was stopped.", code="stopped")
        key = effort.tobytes()
        if key not in self._seen:
            width = np.where(effort + 0.02 <= self.high, 0.02, -0.02)
            steps = [effort + np.eye(len(effort))[k] * width[k] for k in range(len(effort))]
            runs = batch(self.plan, [self.at(effort), *(self.at(step) for step in steps)])
            table = np.stack(
                [in_unit(g.target, runs.indicator(g.target.indicator)[0]) for g in self.wanted]
            )
            slopes = (table[:, 1:] - table[:, :1]) / width
            self._seen[key] = table[:, 0], slopes
        central, slopes = self._seen[key]
        margin = self.sign * (central + self.offset - self.value)
        return margin, self.sign[:, None] * slopes

    def least_effort(self, free: Array, start: Array | None = None) -> Array:
        """Return the smallest effort that meets the goals with some levers free, or the nearest.

        The response is linearised and the quadratic programme solved until both agree.
        """
        effort = np.zeros(len(free)) if start is None else start
        for _ in range(_ROUNDS):
            found = self._linear_least_effort(*self.response(effort), effort, free)
            if found is None:
                return self.nearest(free)
            near = np.allclose(found, effort, atol=1e-4)
            effort = found
            if near:
                break
        if (self.response(effort)[0] < -ACCURACY).any():
            return self.nearest(free)
        small = free & (np.abs(effort) < _NOT_WORTH_MOVING)
        if (small & (effort != 0)).any():
            return self.least_effort(free & ~small, np.where(small, 0.0, effort))
        return effort

    def _bounds(self, free: Array) -> list[tuple[float, float]]:
        pairs = zip(self.low, self.high, free, strict=True)
        return [(low, high) if use else (0.0, 0.0) for low, high, use in pairs]

    def _linear_least_effort(
        self, margin: Array, slopes: Array, effort: Array, free: Array
    ) -> Array | None:
        from scipy.optimize import minimize

        constant = margin - slopes @ effort
        found = minimize(
            lambda x: float(x @ x),
            effort,
            jac=lambda x: 2 * x,
            bounds=self._bounds(free),
            constraints=[
                {"type": "ineq", "fun": lambda x: constant + slopes @ x, "jac": lambda x: slopes}
            ],
            method="SLSQP",
            options={"maxiter": 100, "ftol": 1e-10},
        )
        met_all = (constant + slopes @ found.x >= -1e-4).all()
        return np.clip(found.x, *np.array(self._bounds(free)).T) if met_all else None

    def nearest(self, free: Array) -> Array:
        """Return the effort at which the worst margin is largest."""
        from scipy.optimize import linprog

        effort = np.zeros(len(free))
        for _ in range(_ROUNDS):
            margin, slopes = self.response(effort)
            # A lever that brings next to nothing stays where it is.
            reach = np.maximum(slopes * self.high, slopes * self.low)
            useful = free & (reach > ACCURACY / 10).any(axis=0)
            outcome = linprog(
                np.append(np.zeros(len(effort)), -1.0),
                A_ub=np.hstack([-slopes, np.ones((len(margin), 1))]),
                b_ub=margin - slopes @ effort,
                bounds=[*self._bounds(useful), (None, None)],
            )
            if outcome.x is None or np.allclose(outcome.x[:-1], effort, atol=1e-6):
                break
            effort = outcome.x[:-1]
        return effort

    def best(self, goal: int, free: Array) -> float:
        """Return the best margin of one goal alone within the limits."""
        effort = np.zeros(len(free))
        for _ in range(3):
            slopes = self.response(effort)[1][goal]
            effort = np.where(free, np.where(slopes >= 0, self.high, self.low), 0.0)
            effort = np.where(np.abs(slopes) < 1e-9, 0.0, effort)
        return float(self.response(effort)[0][goal])

    def fewest(self) -> tuple[Array, Array]:
        """Return the smallest set of levers that reaches the goals, and its least effort.

        Sets are ranked by the linear response at the start, the easiest first, and tried in it;
        where none does, all levers are free.
        """
        nothing = np.zeros(len(self.levers))
        margin, slopes = self.response(nothing)
        gain = np.maximum(slopes * self.high, slopes * self.low)
        power = (gain / np.maximum(np.abs(margin)[:, None], 1e-9)).max(axis=0)
        order = [int(k) for k in np.argsort(-power) if power[k] > 1e-9][:_STRONGEST]
        for size in range(min(len(order), _LARGEST_SET) + 1):
            ranked = []
            for chosen in combinations(order, size):
                free = np.zeros(len(self.levers), dtype=bool)
                free[list(chosen)] = True
                if (margin + np.where(free, gain, 0.0).sum(axis=1) < 0).any():
                    continue
                found = self._linear_least_effort(margin, slopes, nothing, free)
                if found is not None:
                    ranked.append((float(found @ found), chosen, free))
            for _, _, free in sorted(ranked, key=lambda one: one[:2])[:_TRIED]:
                effort = self.least_effort(free)
                if (self.response(effort)[0] >= -ACCURACY).all():
                    return free, effort
        return self.everything, self.least_effort(self.everything)

    def on_grains(self, effort: Array, free: Array) -> Array:
        """Return the effort with every moved lever on a whole grain of its own.

        Where rounding has lost a goal that was met, the lever that wins it back with the least
        more effort goes some grains further.
        """
        met = self.response(effort)[0] >= -ACCURACY
        unit = self.grain / self.step
        value = self.start + effort * self.step
        whole = (np.round(value / self.grain) * self.grain - self.start) / self.step
        rounded = np.where(np.abs(effort) < 1e-9, 0.0, np.clip(whole, self.low, self.high))
        for _ in range(_ROUNDS):
            margin, slopes = self.response(rounded)
            short = np.where(met, -margin, 0.0)
            goal = int(short.argmax())
            if short[goal] <= 0:
                break
            gain = slopes[goal] * unit
            useful = free & (np.abs(gain) > 1e-12)
            grains = np.ceil(short[goal] / np.where(useful, np.abs(gain), 1.0) - 1e-6)
            further = rounded + np.sign(gain) * grains * unit
            inside = (further >= self.low - 1e-9) & (further <= self.high + 1e-9)
            cost = np.where(useful & inside, further**2 - rounded**2, np.inf)
            k = int(cost.argmin())
            if not np.isfinite(cost[k]):
                break
            rounded = rounded.copy()
            rounded[k] = np.clip(further[k], self.low[k], self.high[k])
        return rounded
