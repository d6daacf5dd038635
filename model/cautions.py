"""Cautions: what a scenario asks for that does nothing, contradicts itself, or misleads a reader.

Each has a condition that is read from tables or a central run, and a remedy: a scenario in which
the condition no longer holds.  None is a forecast, and none stops anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from model.axes import MONTHS_PER_YEAR
from model.desk import Lever
from model.outcomes import INDICATORS, Figures, Outcomes
from model.plan import Plan
from model.scenario import Scenario
from model.simulate import batch, simulate
from model.surrogate import REALISTIC, limits
from model.targets import in_unit, met

_TOUCHES = 1e-9
_AT_ONCE = 12
"""Steps of a lever that are tried side by side: it takes hardly longer than one."""


@dataclass(frozen=True, slots=True)
class Caution:
    """What to look at before a scenario is shown to others.

    ``kind`` names the condition, ``record`` the lever or assumption it is about ("": several),
    ``numbers`` what its sentence quotes, in the units of the tables, ``remedy`` the scenario that
    mends it and ``to`` the value that ``record`` has there.
    """

    kind: str
    record: str
    numbers: tuple[tuple[str, float | str], ...]
    remedy: Scenario
    to: float | None = None


def cautions(plan: Plan, scenario: Scenario, run: Outcomes | None = None) -> tuple[Caution, ...]:
    """Return the cautions of a scenario, the gravest first: what cannot work, is hard, misleads.

    ``run`` is its central run, if there is one already.

    ==================  ===========================================================================
    kind                condition
    ==================  ===========================================================================
    capped              recouped output meets the cap on utilisation in a month of the first year,
                        so that part of the lever does nothing
    nothing_to_recoup   the lever stands above the status quo and no output is lost
    stop_cut            the assumed stop of the anchor firm runs beyond the horizon
    half_epidemic       no output is lost, and yet the investment gap of that quarter is kept
    carried             a city move carried district values beyond the range, where they are held
    short               a lever stands at the plan's value or above and the plan's target for it is
                        missed in the central run, because spending delivers part of what is meant
    crowded             upgrading takes new-build investment below that of the status quo while
                        total investment is above it
    beyond              levers more than one and a half times as far from the status quo as the
                        plan goes (`model.surrogate.REALISTIC`, a judgement)
    assumed             assumptions differ from their defaults, while the marks of the status quo
                        and of the plan keep them: part of a difference is no policy
    ==================  ===========================================================================

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> full = plan.scenarios["status_quo"].with_lever("recovered_loss", 80)
    >>> [(c.kind, c.to) for c in model.cautions(plan, full)][0][0]
    'capped'
    """
    run = run or simulate(plan, scenario)
    return tuple(found for rule in _RULES for found in rule(plan, scenario, run))


def _capped(plan: Plan, scenario: Scenario, run: Outcomes) -> Iterator[Caution]:
    lever = _lever(plan, "recovered_loss")
    if lever is None:
        return
    cap = float(plan.parameter("utilisation_cap").mid or 0.0)

    def bound(run: Outcomes) -> bool:
        return bool(run.utilisation[:MONTHS_PER_YEAR].max() >= cap - _TOUCHES)

    def free(value: float) -> bool:
        return not bound(simulate(plan, scenario.with_lever(lever.id, value)))

    value = scenario.value(lever.id)
    if bound(run):
        to = _last(lever, lever.minimum, value, free)
        if to is not None:
            numbers = (("cap", cap), ("value", value))
            yield Caution("capped", lever.id, numbers, scenario.with_lever(lever.id, to), to)


def _nothing_to_recoup(plan: Plan, scenario: Scenario, _: Outcomes) -> Iterator[Caution]:
    lever = _lever(plan, "recovered_loss")
    if lever is None or not _assumes(plan, "covid_loss") or scenario.assumption("covid_loss") > 0:
        return
    value = scenario.value(lever.id)
    if value > lever.status_quo:
        remedy = scenario.with_lever(lever.id, lever.status_quo)
        numbers = (("value", value),)
        yield Caution("nothing_to_recoup", lever.id, numbers, remedy, lever.status_quo)


def _stop_cut(plan: Plan, scenario: Scenario, _: Outcomes) -> Iterator[Caution]:
    months, start = "anchor_firm_stop_months", "anchor_firm_stop_start"
    if not (_assumes(plan, months) and _assumes(plan, start)):
        return
    asked, first = scenario.assumption(months), scenario.assumption(start)
    room = len(plan.months) - first
    if asked > room:
        remedy = scenario.with_assumption(months, room)
        yield Caution("stop_cut", months, (("months", asked), ("left", room)), remedy, room)


def _half_epidemic(plan: Plan, scenario: Scenario, _: Outcomes) -> Iterator[Caution]:
    if not (_assumes(plan, "covid_loss") and _assumes(plan, "investment_gap")):
        return
    gap = scenario.assumption("investment_gap")
    if scenario.assumption("covid_loss") == 0 and gap > 0:
        remedy = scenario.with_assumption("investment_gap", 0)
        yield Caution("half_epidemic", "investment_gap", (("gap", gap),), remedy, 0.0)


def _carried(plan: Plan, scenario: Scenario, _: Outcomes) -> Iterator[Caution]:
    for name, kept in scenario.districts:
        held = scenario.district_values(name)
        codes = [
            code
            for code, k, h in zip(plan.axes.districts, kept, held, strict=True)
            if abs(k - h) > _TOUCHES
        ]
        if not codes:
            continue
        remedy = scenario
        for code in codes:
            value = held[plan.axes.districts.index(code)]
            remedy = remedy.with_lever(name, value, code)
        numbers = (("count", len(codes)), ("district", codes[0]))
        yield Caution("carried", name, numbers, remedy, remedy.value(name))


def _short(plan: Plan, scenario: Scenario, run: Outcomes) -> Iterator[Caution]:
    for target in plan.targets:
        lever = next((x for x in plan.levers if x.target == target.id), None)
        if lever is None or target.kind != "modelled" or target.indicator not in INDICATORS:
            continue
        value = scenario.value(lever.id)
        delivered = in_unit(target, run.indicator(target.indicator)[0, 0])
        if value < lever.plan_value - _TOUCHES or met(target, delivered):
            continue

        def reached(values: Sequence[float], target=target, lever=lever) -> np.ndarray:
            found = batch(plan, [scenario.with_lever(lever.id, x) for x in values])
            return met(target, in_unit(target, found.indicator(target.indicator)[0]))

        to = _first(lever, value, lever.maximum, reached)
        if to is not None:
            numbers = (("target", target.id), ("delivered", float(delivered)), ("value", value))
            yield Caution("short", lever.id, numbers, scenario.with_lever(lever.id, to), to)


def _crowded(plan: Plan, scenario: Scenario, run: Outcomes) -> Iterator[Caution]:
    total = _lever(plan, "investment_growth")
    if total is None or _lever(plan, "upgrade_investment_growth") is None:
        return
    if scenario.value(total.id) <= total.status_quo:
        return
    still = scenario
    for name in (total.id, "upgrade_investment_growth"):
        still = still.with_lever(name, plan.lever(name).status_quo)
    (now,), (before,) = _new_build(run), _new_build(batch(plan, [still]))

    def enough(values: Sequence[float]) -> np.ndarray:
        found = batch(plan, [scenario.with_lever(total.id, x) for x in values])
        return _new_build(found) >= before - _TOUCHES

    value = scenario.value(total.id)
    if now >= before - _TOUCHES:
        return
    to = _first(total, value, total.maximum, enough)
    if to is not None:
        numbers = (("now", float(now)), ("before", float(before)))
        yield Caution("crowded", total.id, numbers, scenario.with_lever(total.id, to), to)


def _beyond(plan: Plan, scenario: Scenario, _: Outcomes) -> Iterator[Caution]:
    remedy, far = scenario, []
    for lever in plan.levers:
        value = scenario.value(lever.id)
        low, high = limits(plan, lever, lever.status_quo, realistic=True)
        bound = round(min(max(value, low), high), 9)
        if abs(bound - value) <= _TOUCHES:
            continue
        span = lever.plan_value - lever.status_quo
        # Only what goes on in the plan's direction is harder than the plan.
        if span == 0 or (value - lever.status_quo) * span < 0:
            continue
        far.append(((value - lever.status_quo) / span, lever.id, value, bound))
        remedy = remedy.with_lever(lever.id, bound)
    if far:
        times, name, value, bound = max(far)
        numbers = (("count", len(far)), ("times", times), ("value", value), ("limit", REALISTIC))
        yield Caution("beyond", name, numbers, remedy, bound)


def _assumed(plan: Plan, scenario: Scenario, _: Outcomes) -> Iterator[Caution]:
    changed = scenario.changed_assumptions()
    if changed:
        remedy = scenario
        for assumption in plan.assumptions:
            remedy = remedy.with_assumption(assumption.id, assumption.default)
        yield Caution("assumed", changed[0], (("count", len(changed)),), remedy)


_RULES: tuple[Callable[[Plan, Scenario, Outcomes], Iterator[Caution]], ...] = (
    _capped, _nothing_to_recoup, _stop_cut, _half_epidemic, _carried, _short, _crowded, _beyond,
    _assumed,
)  # fmt: skip


def _lever(plan: Plan, name: str) -> Lever | None:
    return next((lever for lever in plan.levers if lever.id == name), None)


def _assumes(plan: Plan, name: str) -> bool:
    return any(assumption.id == name for assumption in plan.assumptions)


def _new_build(found: Figures) -> np.ndarray:
    """Return new-build investment of the first year of each run, 亿元."""
    spent = found.totals.city["investment"] - found.totals.city["upgrade"]
    return spent[:MONTHS_PER_YEAR].sum(axis=0)


def _first(
    lever: Lever, low: float, high: float, hold: Callable[[Sequence[float]], np.ndarray]
) -> float | None:
    """Return the smallest step of the lever from ``low`` on for which a growing thing holds.

    ``hold`` answers for several values at once.
    """
    first, last = round(low / lever.step), round(high / lever.step)
    while True:
        asked = np.unique(np.linspace(first, last, _AT_ONCE).round().astype(int)).tolist()
        answers = hold([_step(lever, steps) for steps in asked])
        if not answers[-1]:
            return None
        k = int(np.argmax(answers))
        if k == 0 or asked[k - 1] + 1 == asked[k]:
            return _step(lever, asked[k])
        first, last = asked[k - 1] + 1, asked[k]


def _last(lever: Lever, low: float, high: float, holds: Callable[[float], bool]) -> float | None:
    """Return the greatest step of the lever up to ``high`` for which a falling thing holds."""
    first, last = round(low / lever.step), round(high / lever.step)
    if not holds(_step(lever, first)):
        return None
    while first < last:
        middle = (first + last + 1) // 2
        if holds(_step(lever, middle)):
            first = middle
        else:
            last = middle - 1
    return _step(lever, first)


def _step(lever: Lever, steps: int) -> float:
    return min(max(round(steps * lever.step, 9), lever.minimum), lever.maximum)
