"""Where the targets stand on a day: the figures that count, each held against its target.

The closed-form part of the progress within the year; what the figures say about the end of the
year is learned in `model.assimilate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from model.axes import MONTHS_PER_YEAR
from model.draws import month_shares
from model.errors import unknown
from model.observe import COUNTS, REGULAR, SHARES, UPGRADE_SHARE, Known, city_code, known
from model.pace import Pace, month_weights, pace
from model.plan import Plan
from model.sources import Observation, Target

Array = np.ndarray

_FORECAST = {
    "industrial_va_growth": "iva_growth",
    "manufacturing_va_growth": "mva_growth",
    "industrial_investment_growth": "industrial_investment",
    "tech_upgrade_investment_growth": "upgrade_investment_growth",
    UPGRADE_SHARE: "upgrade_share",
} | SHARES
"""The indicator of the model that a published series measures."""


def observed(plan: Plan) -> dict[str, str]:
    """Return the target that a figure of the city is held against, by published series.

    Series of the model's indicators go with the targets of these; the section ``[observed]`` of
    ``plan.toml`` adds counts.
    """
    aims = {series: plan.aim(indicator) for series, indicator in _FORECAST.items()}
    found = {series: aim.id for series, aim in aims.items() if aim is not None}
    return found | dict(plan.facts.get("observed", {}))  # type: ignore[call-overload]


ANNEX = {
    "industrial_va_growth": "industrial_va_growth_pct",
    "manufacturing_va_growth": "manufacturing_va_growth_pct",
    "industrial_investment_growth": "industrial_investment_growth_pct",
}
"""The column of Annex 1 that a figure of a district is held against, by indicator."""

_PACED = ("yoy_cumulative", "yoy_year", "level", "share")


@dataclass(frozen=True, slots=True)
class Standing:
    """A target of the city, or of Annex 1 for a district, with the latest figure held against it.

    ``target`` is a code of the register, or the indicator for a district; ``aim`` the target's
    value in its own unit.  ``on_base`` says that a target in money is held against growth, by the
    estimated base year: ``aim`` and the pace are per cent of growth then.
    """

    place: str
    target: str
    aim: float
    figure: Known
    pace: Pace
    on_base: bool = False


def enterable(observation: Observation) -> bool:
    """Whether a published figure is of a kind that can be entered and edited."""
    o = observation
    return o.industry == "all" and o.indicator in (*REGULAR, UPGRADE_SHARE, *SHARES, *COUNTS)


def published(plan: Plan, as_of: str | date, estimated_dates: bool = True) -> tuple[Known, ...]:
    """Return what was published of the plan's first year, city and districts, and known by a day.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> [k.observation.period_end for k in published(plan, "2020-04-30")
    ...  if k.observation.indicator == "industrial_va_growth"]
    ['2020-02', '2020-03']
    """
    places = (city_code(plan), *plan.axes.districts)
    return tuple(
        k
        for k in known(plan, as_of, estimated_dates)
        if enterable(k.observation)
        and k.observation.geography in places
        and k.observation.period_start in plan.months[:MONTHS_PER_YEAR]
        and k.observation.period_end in plan.months[:MONTHS_PER_YEAR]
    )


def together(found: Iterable[Known], entered: Iterable[Known], as_of: date) -> tuple[Known, ...]:
    """Return published and entered figures of a day; an entered one takes a published one's place.

    An entered figure counts from its own release like any other.
    """
    own = tuple(k for k in entered if k.known_on <= as_of)
    taken = {k.key for k in own}
    return (*(k for k in found if k.key not in taken), *own)


def standings(plan: Plan, figures: Iterable[Known]) -> tuple[Standing, ...]:
    """Return the targets that a figure can be held against, the city's first, in register order.

    The figure with the latest last month counts, and of two of them the one known later.
    """
    latest: dict[tuple[str, str], Known] = {}
    for figure in sorted(figures, key=lambda k: (k.observation.period_end, k.known_on)):
        o = figure.observation
        if o.measure in _PACED and o.period_start == plan.months[0]:
            latest[o.geography, o.indicator] = figure
    found = []
    targets = observed(plan)
    for (place, indicator), figure in latest.items():
        o, through = figure.observation, int(figure.observation.period_end[5:7])
        if o.period_end not in plan.months[:MONTHS_PER_YEAR]:
            continue
        if place == city_code(plan) and indicator in targets:
            found.append(_of_city(plan, targets[indicator], figure, through))
        elif place in plan.axes.districts and indicator in ANNEX and plan.annex:
            aim = annex_target(plan, place, indicator)
            held = district_pace(plan, place, indicator, o.value, through)
            found.append(Standing(place, indicator, aim, figure, held))
    ranks = {place: k for k, place in enumerate((city_code(plan), *plan.axes.districts))}
    found.sort(key=lambda s: (ranks[s.place], s.target))
    return tuple(found)


def _of_city(plan: Plan, id: str, figure: Known, through: int) -> Standing:
    target, place = plan.target(id), city_code(plan)
    on_base = target.unit != "%" and figure.observation.unit == "%"
    aim = growth_asked(plan, id) if on_base else target.value
    if on_base:
        held = _as_growth(plan, target, aim, figure.observation.value, through)
    else:
        held = pace(plan, id, figure.observation.value, through)
    return Standing(place, id, aim, figure, held, on_base)


def growth_asked(plan: Plan, id: str) -> float:
    """Return what a target of the year is as growth, per cent.

    A target for the amount of investment is held against the central estimate of the base year.
    """
    target = plan.target(id)
    if target.unit == "%":
        return target.value
    return 100 * (target.value / float(plan.base.investment.sum()) - 1)


def _as_growth(
    plan: Plan,
    target: Target,
    aim: float,
    actual: float,
    through: int,
    weights: Array | None = None,
) -> Pace:
    """Hold cumulative growth against yearly growth in place of what the target says itself."""
    kind = target.pace.replace("flow", "growth")
    stated = replace(target, pace=kind, unit="%", value=aim, tolerance=0.0, comparator="at_least")
    return pace(replace(plan, targets=(stated,)), target.id, actual, through, weights)


def annex_target(plan: Plan, district: str, indicator: str) -> float:
    """Return the growth that Annex 1 asks of a district, per cent."""
    if indicator not in ANNEX:
        raise unknown("indicator of the annex", indicator, tuple(ANNEX))
    for row in plan.annex:
        if row.district == district:
            return float(getattr(row, ANNEX[indicator]))
    raise unknown("district", district, plan.axes.districts)


def district_weights(plan: Plan, district: str, indicator: str) -> Array:
    """Return the base-year share of each month for a district's own industries, (12,)."""
    output, investment = month_shares(plan)
    if indicator == "industrial_investment_growth":
        return investment
    made = np.array([indicator != "manufacturing_va_growth" or i.is_manufacturing
                     for i in plan.industries])  # fmt: skip
    base = plan.base.value_added[plan.axes.districts.index(district)] * made
    return output @ (base / base.sum())


def district_pace(
    plan: Plan, district: str, indicator: str, actual: float, through: int
) -> Pace:  # fmt: skip
    """Hold a district's cumulative growth, per cent, against Annex 1; the arithmetic of `pace`.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> held = district_pace(plan, "gongyi", "industrial_investment_growth", 12, 6)
    >>> held.status, round(held.needed, 6)  # 12 % so far, 12 % asked: 12 % are left to do
    ('ahead', 12.0)
    """
    aim = annex_target(plan, district, indicator)
    kind = "growth_investment" if indicator == "industrial_investment_growth" else "growth_output"
    # Of the city's targets only the form is taken; none of them need have this pace.
    like = replace(plan.targets[0], id=indicator, pace=kind)
    weights = district_weights(plan, district, indicator)
    return _as_growth(plan, like, aim, actual, through, weights)


def ahead(plan: Plan, standing: Standing) -> Iterator[tuple[int, float]]:
    """Yield for each month left the cumulative growth that keeps the target on an even course.

    The growth that the remaining months need, the same in each of them.
    """
    held = standing.pace
    if held.needed is None or held.seasonal is None:
        return
    if standing.place == city_code(plan):
        weights = month_weights(plan, plan.target(standing.target))
    else:
        weights = district_weights(plan, standing.place, standing.target)
    assert weights is not None
    passed = np.cumsum(weights / weights.sum())
    for month in range(held.through, MONTHS_PER_YEAR + 1):
        rest = passed[month - 1] - passed[held.through - 1]
        growth = passed[held.through - 1] * held.actual + rest * held.needed
        yield month, float(growth / passed[month - 1])
