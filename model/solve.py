"""What it would take: levers that reach chosen targets, with the least effort or the fewest moves.

The response of the model to its levers is smooth and nearly additive, so the search runs on the
central run with all levers stepped side by side.  Uncertainty enters as the distance between the
central run and the quantile asked for, taken from an ensemble at the answer; it hardly depends on
the levers and is renewed until it no longer moves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from model.errors import ModelError, unknown
from model.plan import Plan
from model.scenario import Lever, Scenario
from model.simulate import batch, ensemble
from model.sources import Target
from model.targets import in_unit

Array = np.ndarray

REALISTIC = 1.5
"""A realistic lever goes at most this far beyond the status quo, in steps from it to the plan."""

FIRST_DRAWS, ALL_DRAWS = 1024, 8192
ACCURACY = 0.05
"""An answer is verified when the ensemble confirms it to this many points (or units)."""

_ROUNDS = 6
_NOT_WORTH_MOVING = 0.03


@dataclass(frozen=True, slots=True)
class Goal:
    """A target with the value asked for and how sure its being met should be."""

    target: Target
    value: float
    probability: float


@dataclass(frozen=True, slots=True)
class Reached:
    """What an answer gives for one goal, in the unit of the target.

    ``value`` is the quantile of the forecast at the probability asked for; ``best`` is the best
    value of it within the limits.
    """

    goal: Goal
    value: float
    probability: float
    met: bool
    best: float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A scenario that meets the goals, or comes as near as the limits allow.

    ``moves`` lists lever, value before and value after; ``binding`` names the goals that cannot be
    met, ``at_limit`` the levers that stand at a limit.  ``effort`` is the sum of squared steps,
    where 1 is the step from the status quo to the plan.
    """

    scenario: Scenario
    feasible: bool
    moves: tuple[tuple[str, float, float], ...]
    reached: tuple[Reached, ...]
    binding: tuple[str, ...]
    at_limit: tuple[str, ...]
    effort: float
    draws: int
    kind: str


def goals(
    plan: Plan, targets: Mapping[str, float | None] | Collection[str], probability: float
) -> tuple[Goal, ...]:
    """Return the goals for target ids, with the plan's own value where none is given.

    Raises
    ------
    ModelError
        When a target does not exist or is not one that the model forecasts.
    """
    if not 0.01 <= probability <= 0.99:
        raise ModelError(
            f"A probability of {probability:g} cannot be asked for; from 0.01 to 0.99 can.",
            code="probability_outside",
            given=probability,
        )
    if not targets:
        raise ModelError("Choose at least one target.", code="no_targets")
    values = targets if isinstance(targets, Mapping) else dict.fromkeys(targets)
    found = []
    for id, value in values.items():
        target = plan.target(id)
        if target.kind != "modelled":
            known = [t.id for t in plan.targets if t.kind == "modelled"]
            raise unknown("target with a forecast", id, known)
        found.append(Goal(target, target.value if value is None else float(value), probability))
    return tuple(found)


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


class _Search:
    """The levers free to move, and the central response of the goals to them."""

    def __init__(
        self, plan: Plan, scenario: Scenario, wanted: tuple[Goal, ...], locked: Collection[str],
        realistic: bool,
    ) -> None:  # fmt: skip
        for name in locked:
            plan.lever(name)
        self.plan, self.scenario, self.wanted = plan, scenario, wanted
        self.levers = tuple(lever for lever in plan.levers if lever.id not in locked)
        if not self.levers:
            raise ModelError("Every lever is locked; free at least one.", code="all_locked")
        self.start = np.array([scenario.value(lever.id) for lever in self.levers])
        pairs = [
            limits(plan, lever, x, realistic)
            for lever, x in zip(self.levers, self.start, strict=True)
        ]
        self.step = np.array([unit_step(lever) for lever in self.levers])
        # Effort is counted in steps from the present value, which stands at zero.
        self.low = (np.array([low for low, _ in pairs]) - self.start) / self.step
        self.high = (np.array([high for _, high in pairs]) - self.start) / self.step
        self.sign = np.array(
            [-1.0 if goal.target.comparator == "about_at_most" else 1.0 for goal in wanted]
        )
        self.value = np.array([goal.value for goal in wanted])
        self.offset = np.zeros(len(wanted))
        self._seen: dict[bytes, tuple[Array, Array]] = {}
        self.proved: dict[tuple[Scenario, int, int], tuple[Array, Array]] = {}

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
        """Return the shortfall-free margin of every goal and its slopes, (goal,), (goal, lever).

        A margin is positive when the goal is met at the probability asked for.
        """
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
            found = self._linear_least_effort(effort, free)
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

    def _linear_least_effort(self, effort: Array, free: Array) -> Array | None:
        from scipy.optimize import minimize

        margin, slopes = self.response(effort)
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

    def fewest(self) -> Array:
        """Return the smallest set of levers that reaches the goals, by the linear response."""
        margin, slopes = self.response(np.zeros(len(self.levers)))
        gain = np.maximum(slopes * self.high, slopes * self.low)
        power = (gain / np.maximum(np.abs(margin)[:, None], 1e-9)).max(axis=0)
        order = [int(k) for k in np.argsort(-power) if power[k] > 1e-9]
        for size in range(0, len(order) + 1):
            for chosen in combinations(order[:10], min(size, 10)):
                free = np.zeros(len(self.levers), dtype=bool)
                free[list(chosen)] = True
                reachable = margin + np.where(free, gain, 0.0).sum(axis=1)
                if (reachable >= 0).all() and self._feasible(free):
                    return free
            if size >= 6:
                break
        return np.ones(len(self.levers), dtype=bool)

    def _feasible(self, free: Array) -> bool:
        return bool((self.response(self.nearest(free))[0] >= 0).all())


def solve(
    plan: Plan,
    scenario: Scenario,
    targets: Mapping[str, float | None] | Collection[str],
    *,
    locked: Collection[str] = (),
    probability: float = 0.5,
    least: str = "effort",
    realistic: bool = True,
    draws: int = ALL_DRAWS,
    seed: int = 1,
) -> Answer:
    """Return the lever positions that meet several targets at once.

    Parameters
    ----------
    targets : mapping of target id to value, or collection of ids
        What to reach in the first year; without a value the plan's own.
    locked : collection of str
        Levers that stay where the scenario has them.
    probability : float
        How likely each target should be met, strictly read.
    least : {"effort", "levers"}
        Smallest sum of squared steps, or fewest levers moved.
    realistic : bool
        Whether levers stop at one and a half times the plan's step.
    draws : int
        Draws that verify the answer; 1,024 give a first answer quickly.

    Returns
    -------
    Answer
        With ``feasible`` False it holds the nearest point, and the best value of each goal.

    Examples
    --------
    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> answer = model.solve(plan, plan.scenarios["status_quo"], {"T05": 15}, draws=256)
    >>> answer.feasible, [name for name, _, _ in answer.moves]
    (True, ['upgrade_investment_growth'])
    """
    if least not in ("effort", "levers"):
        raise unknown("aim", least, ("effort", "levers"))
    wanted = goals(plan, targets, probability)
    search = _Search(plan, scenario, wanted, locked, realistic)
    search.offset = _offset(search, scenario, min(draws, FIRST_DRAWS), seed)
    free = search.fewest() if least == "levers" else np.ones(len(search.levers), dtype=bool)
    effort = search.least_effort(free)
    for _ in range(4):
        answer = search.at(effort)
        offset = _offset(search, answer, draws, seed)
        moved = float(np.abs(offset - search.offset).max())
        search.offset = offset
        if moved < ACCURACY / 2:
            break
        effort = search.least_effort(free, effort)
    return _answer(search, effort, free, draws, seed, least)


def alternatives(
    plan: Plan,
    scenario: Scenario,
    targets: Mapping[str, float | None] | Collection[str],
    **options: object,
) -> tuple[Answer, ...]:
    """Return different answers where they exist: least effort, fewest levers, and one more.

    The third does without the lever that the first moves most.
    """
    first = solve(plan, scenario, targets, **{**options, "least": "effort"})
    found = [first]
    if first.feasible and first.moves:
        second = solve(plan, scenario, targets, **{**options, "least": "levers"})
        if second.feasible:
            found.append(second)
        strongest = max(first.moves, key=lambda m: abs(m[2] - m[1]) / unit_step(plan.lever(m[0])))
        locked = {*options.get("locked", ()), strongest[0]}
        third = solve(plan, scenario, targets, **{**options, "least": "effort", "locked": locked})
        if third.feasible:
            found.append(third)
    different = []
    for answer in found:
        if all(answer.scenario != other.scenario for other in different):
            different.append(answer)
    return tuple(different)


def _quantiles(search: _Search, scenario: Scenario, draws: int, seed: int) -> tuple[Array, Array]:
    """Return quantile at the probability asked for, and probability, of every goal."""
    known = search.proved.get((scenario, draws, seed))
    if known is not None:
        return known
    fan = ensemble(search.plan, scenario, draws, seed)
    quantile, chance = [], []
    for goal, sign in zip(search.wanted, search.sign, strict=True):
        values = in_unit(goal.target, fan.indicator(goal.target.indicator)[0])
        level = 1 - goal.probability if sign > 0 else goal.probability
        quantile.append(float(np.quantile(values, level)))
        chance.append(float((sign * (values - goal.value) >= 0).mean()))
    search.proved[scenario, draws, seed] = found = np.array(quantile), np.array(chance)
    return found


def _offset(search: _Search, scenario: Scenario, draws: int, seed: int) -> Array:
    """Return the distance from the central run to the quantile asked for, by goal."""
    runs = batch(search.plan, [scenario])
    central = np.array(
        [in_unit(g.target, runs.indicator(g.target.indicator)[0])[0] for g in search.wanted]
    )
    return _quantiles(search, scenario, draws, seed)[0] - central


def _answer(
    search: _Search, effort: Array, free: Array, draws: int, seed: int, kind: str
) -> Answer:
    scenario = search.at(effort)
    quantile, chance = _quantiles(search, scenario, draws, seed)
    margin = search.sign * (quantile - search.value)
    fine = margin >= -ACCURACY
    reached = []
    for k, goal in enumerate(search.wanted):
        best = None if fine.all() else search.best(k, free)
        reached.append(
            Reached(
                goal=goal,
                value=float(quantile[k]),
                probability=float(chance[k]),
                met=bool(fine[k]),
                best=None if best is None else float(search.value[k] + search.sign[k] * best),
            )
        )
    moves = tuple(
        (lever.id, float(start), scenario.value(lever.id))
        for lever, start in zip(search.levers, search.start, strict=True)
        if scenario.value(lever.id) != start
    )
    stands = (effort >= search.high - 1e-6) | (effort <= search.low + 1e-6)
    return Answer(
        scenario=scenario,
        feasible=bool(fine.all()),
        moves=moves,
        reached=tuple(reached),
        binding=tuple(r.goal.target.id for r in reached if not r.met),
        at_limit=tuple(
            lever.id
            for lever, stop, use, e in zip(search.levers, stands, free, effort, strict=True)
            if stop and use and abs(e) > 1e-9
        ),
        effort=float(effort @ effort),
        draws=draws,
        kind=kind,
    )
