"""What it would take: levers that reach chosen targets, with the least effort or the fewest moves.

The search runs on the central run (`model.surrogate`).  Uncertainty enters as the distance between
the central run and the quantile asked for, taken from an ensemble at the answer; it hardly depends
on the levers and is renewed until it no longer moves.  Answers stand on whole projects, firms and
tenths of a per cent, and what is proved is the answer as it stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from model.errors import ModelError, unknown
from model.plan import Plan
from model.scenario import Scenario
from model.simulate import batch, ensemble
from model.support import Support, support
from model.surrogate import ACCURACY, Goal, Search, unit_step
from model.targets import differs, in_unit

Array = np.ndarray

FIRST_DRAWS, ALL_DRAWS = 1024, 8192

_TRIES = 4
_WAYS = 3
_ALIKE = 0.1
"""Unit steps by which some lever must differ before two answers count as different."""

_SHORT = 0.005
"""Shortfall that an answer may keep; the next round of proof closes a larger one."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What an answer gives for one goal, in the unit of the target.

    ``value`` is the quantile of the forecast at the probability asked for; ``best`` is the best
    value of it within the limits.  ``support`` is what the track record says of such forecasts,
    ``differs`` what the goal is where the forecast is something else (see `model.targets.Verdict`).
    """

    goal: Goal
    value: float
    probability: float
    met: bool
    best: float | None
    support: Support | None = None
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A scenario that meets the goals, or comes as near as the limits allow.

    ``moves`` lists lever, value before and value after; ``binding`` names the goals that cannot be
    met, ``at_limit`` the levers that stand at a limit.  ``effort`` is the sum of squared steps,
    where 1 is the step from the status quo to the plan.  ``kind`` is effort (the least), levers
    (the fewest) or without: the least effort that leaves the lever ``without`` where it is.
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
    without: str = ""


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
        if value is not None and not math.isfinite(value):
            raise ModelError(
                f"{id} = {value} cannot be reached for; give a number, such as {target.value:g}.",
                code="not_a_number",
                given=value,
            )
        found.append(Goal(target, target.value if value is None else float(value), probability))
    return tuple(found)


class _Question:
    """One question: its search, and what ensembles have said of the scenarios tried."""

    def __init__(
        self,
        search: Search,
        draws: int,
        seed: int,
        stopped: Callable[[], bool] | None,
        progress: Callable[[int, int], None] | None,
        whole: int,
    ) -> None:
        self.search, self.draws, self.seed, self.stopped = search, draws, seed, stopped
        self._progress, self._done, self._whole = progress, 0, whole
        self._proved: dict[Scenario, tuple[Array, Array]] = {}
        search.offset = self._offset(search.scenario, min(draws, FIRST_DRAWS))

    def answer(self, free: Array, effort: Array, kind: str) -> Answer:
        """Return the answer that an effort leads to, proved and renewed until both agree."""
        search = self.search
        for round_ in range(_TRIES):
            effort = search.on_grains(effort, free)
            scenario = search.at(effort)
            offset = self._offset(scenario, self.draws)
            moved = float(np.abs(offset - search.offset).max())
            search.offset = offset
            self._heard(round_ + 1)
            if moved < ACCURACY / 2 and not self._lost(scenario).any():
                break
            if round_ < _TRIES - 1:
                effort = search.least_effort(free, effort)
        self._heard(_TRIES)
        self._done += _TRIES
        return self._told(effort, free, kind)

    def _lost(self, scenario: Scenario) -> Array:
        """Return which goals fall short by a little, so that one more round may close it."""
        margin = self.search.sign * (self.proof(scenario)[0] - self.search.value)
        return (margin < -_SHORT) & (margin >= -10 * ACCURACY)

    def _heard(self, rounds: int) -> None:
        if self._progress is not None:
            self._progress(min(self._done + rounds, self._whole), self._whole)

    def proof(self, scenario: Scenario, draws: int | None = None) -> tuple[Array, Array]:
        """Return quantile at the probability asked for, and probability, of every goal."""
        search, draws = self.search, draws or self.draws
        if draws == self.draws and scenario in self._proved:
            return self._proved[scenario]
        fan = ensemble(search.plan, scenario, draws, self.seed, stopped=self.stopped)
        quantile, chance = [], []
        for goal, sign in zip(search.wanted, search.sign, strict=True):
            values = in_unit(goal.target, fan.indicator(goal.target.indicator)[0])
            level = 1 - goal.probability if sign > 0 else goal.probability
            quantile.append(float(np.quantile(values, level)))
            chance.append(float((sign * (values - goal.value) >= 0).mean()))
        found = np.array(quantile), np.array(chance)
        if draws == self.draws:
            self._proved[scenario] = found
        return found

    def _offset(self, scenario: Scenario, draws: int) -> Array:
        """Return the distance from the central run to the quantile asked for, by goal."""
        runs = batch(self.search.plan, [scenario])
        central = np.array(
            [
                in_unit(g.target, runs.indicator(g.target.indicator)[0])[0]
                for g in self.search.wanted
            ]
        )
        return self.proof(scenario, draws)[0] - central

    def _told(self, effort: Array, free: Array, kind: str) -> Answer:
        search = self.search
        scenario = search.at(effort)
        quantile, chance = self.proof(scenario)
        margin = search.sign * (quantile - search.value)
        fine = margin >= -ACCURACY
        reached, carried = [], support(search.plan)
        for k, goal in enumerate(search.wanted):
            best = None if fine.all() else search.best(k, free)
            reached.append(
                Reached(
                    goal=goal,
                    value=float(quantile[k]),
                    probability=float(chance[k]),
                    met=bool(fine[k]),
                    best=None if best is None else float(search.value[k] + search.sign[k] * best),
                    support=carried.get(goal.target.id),
                    differs=differs(search.plan, goal.target),
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
            draws=self.draws,
            kind=kind,
        )


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
    stopped: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
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
    stopped : callable, optional
        Asked again and again; when it answers True the work ends with a ModelError ``stopped``.
    progress : callable, optional
        Told how many rounds of proof of at most how many are done.

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
    search = Search(plan, scenario, goals(plan, targets, probability), locked, realistic, stopped)
    question = _Question(search, draws, seed, stopped, progress, _TRIES)
    if least == "levers":
        free, effort = search.fewest()
    else:
        free, effort = search.everything, search.least_effort(search.everything)
    return question.answer(free, effort, least)


def alternatives(
    plan: Plan,
    scenario: Scenario,
    targets: Mapping[str, float | None] | Collection[str],
    *,
    locked: Collection[str] = (),
    probability: float = 0.5,
    realistic: bool = True,
    draws: int = ALL_DRAWS,
    seed: int = 1,
    stopped: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Answer, ...]:
    """Return up to three different answers where they exist; parameters as in `solve`.

    Least effort comes first, then the fewest levers, then an answer without one of the levers that
    the first moves, the strongest that can be done without.  Where the targets cannot be met there
    is one answer, the nearest.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> ways = model.alternatives(plan, plan.scenarios["status_quo"], {"T01": 2}, draws=256)
    >>> [way.kind for way in ways], all(way.feasible for way in ways)
    (['effort', 'levers', 'without'], True)
    """
    search = Search(plan, scenario, goals(plan, targets, probability), locked, realistic, stopped)
    question = _Question(search, draws, seed, stopped, progress, _WAYS * _TRIES)
    everything = search.everything
    found = [question.answer(everything, search.least_effort(everything), "effort")]

    def add(answer: Answer) -> None:
        if answer.feasible and all(_differ(search, answer, other) for other in found):
            found.append(answer)

    first = found[0]
    if first.feasible and first.moves:
        add(question.answer(*search.fewest(), "levers"))
        steps = {name: abs(after - before) / unit_step(plan.lever(name))
                 for name, before, after in first.moves}  # fmt: skip
        for name in sorted(steps, key=lambda name: -steps[name]):
            free = np.array([lever.id != name for lever in search.levers])
            effort = search.least_effort(free)
            ways = len(found)
            if (search.response(effort)[0] >= -ACCURACY).all():
                add(replace(question.answer(free, effort, "without"), without=name))
            if len(found) > ways:
                break
    if progress is not None:
        progress(_WAYS * _TRIES, _WAYS * _TRIES)
    return tuple(found)


def _differ(search: Search, one: Answer, other: Answer) -> bool:
    """Return whether some lever stands clearly elsewhere in the two answers."""
    return any(
        abs(one.scenario.value(lever.id) - other.scenario.value(lever.id)) > _ALIKE * step
        for lever, step in zip(search.levers, search.step, strict=True)
    )
