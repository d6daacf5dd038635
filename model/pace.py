"""Where a target stands within the year: an actual held against the calendar.

An amount that adds up over the year has a pace; a rate has none, and what counts is the growth that
the remaining months need; a state of the moment (a stock, a share) is only there or not yet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from model import accounts
from model.axes import MONTHS_PER_YEAR
from model.draws import month_shares
from model.errors import ModelError, outside
from model.plan import Plan
from model.sources import Target
from model.targets import met

Array = np.ndarray

STATUSES = ("done", "ahead", "behind", "short", "missed")
"""Reached for good; on or before the calendar; behind it; not yet there, where the calendar says
nothing; the year is over and the target is not reached."""


@dataclass(frozen=True, slots=True)
class Pace:
    """An actual through a month of the year beside its target, in the target's own unit.

    ``done`` is the part of the target that is reached, ``linear`` and ``seasonal`` the part of
    the year that has passed by months and by month weights (fractions; None where they say
    nothing).  ``needed`` is what is left: the growth of the remaining months for a rate (with its
    bounds from the rounding of the actual, and ``needed_tolerant`` for the tolerant reading of
    the target), or the amount a month for a flow.
    """

    target: str
    actual: float
    through: int
    status: str
    done: float | None = None
    linear: float | None = None
    seasonal: float | None = None
    needed: float | None = None
    needed_low: float | None = None
    needed_high: float | None = None
    needed_tolerant: float | None = None

    @property
    def lead(self) -> float | None:
        """The part done less the part of the year passed, by season where there is one."""
        if self.done is None or self.linear is None:
            return None
        return self.done - (self.linear if self.seasonal is None else self.seasonal)


def month_weights(plan: Plan, target: Target) -> Array | None:
    """Return the base-year share of each month, (12,) adding to 1; None for an even pace.

    Output has the season of the industries that make it, manufacturing only its own.
    """
    kind = target.pace.partition("_")[2]
    if not kind:
        return None
    output, investment = month_shares(plan)
    if kind == "investment":
        return investment
    made = np.array(
        [target.indicator != "mva_growth" or i.is_manufacturing for i in plan.industries]
    )
    base = plan.base.value_added.sum(axis=0) * made
    return output @ (base / base.sum())


def limits(target: Target) -> tuple[float, float]:
    """Return the least and the greatest actual that can be, in the target's unit."""
    if target.pace.startswith("growth") or target.pace == "yearly":
        return -100.0, 1000.0
    return (0.0, 100.0) if target.unit == "%" else (0.0, 1e7)


def pace(
    plan: Plan, target: str, actual: float, through: int, weights: Array | None = None
) -> Pace:
    r"""Hold an actual from January through a month against a target.

    .. math:: g_{rest} = \frac{(1+G) - (1+G_m) W_m}{1 - W_m} - 1, \qquad
              lead = \frac{done}{target} - W_m

    Parameters
    ----------
    target : str
        Code in the register.
    actual : float
        In the unit of the target: growth in per cent, amounts, shares in per cent.
    through : int
        Last month of the actual, 1 to 12; growth has no January of its own.
    weights : (12,), optional
        Month weights in place of `month_weights`; they are scaled to add to 1.

    Raises
    ------
    ModelError
        When the actual cannot be, the month is outside the year, or growth is given for January.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> model.pace(plan, "T06", 91, 10).lead  # 91 of 100 projects; 10 of 12 months are 83.3 %
    0.07666666666666666
    >>> round(model.pace(plan, "T01", -10.3, 3).needed, 1)  # after the first quarter of 2020
    11.7
    """
    aim = plan.target(target)
    low, high = limits(aim)
    _check(target, actual, low, high, aim.unit)
    _check("through", through, 1, MONTHS_PER_YEAR, "month")
    if through != int(through):
        raise ModelError(f"through = {through} is not a month.", code="not_a_number", given=through)
    through = int(through)
    if aim.pace.startswith("growth") and through == 1:
        raise ModelError(
            "January and February are published together; give a month from 2 on.",
            code="joined_months",
        )
    reached = bool(met(aim, np.asarray(actual)))
    if weights is None:
        weights = month_weights(plan, aim)
    passed = None if weights is None else float(np.cumsum(_scaled(weights))[through - 1])
    if aim.pace.startswith("growth"):
        return _growth(aim, actual, through, passed, reached)
    if aim.pace.startswith("flow"):
        return _flow(aim, actual, through, passed, reached)
    over = through == MONTHS_PER_YEAR
    status = "done" if reached and over else "ahead" if reached else "missed" if over else "short"
    part = actual / aim.value if aim.pace == "stock" and aim.value else None
    return Pace(target, actual, through, status, done=part)


OBSERVED = {
    "iva_growth": "industrial_va_growth",
    "mva_growth": "manufacturing_va_growth",
    "upgrade_investment_growth": "tech_upgrade_investment_growth",
}
"""The published series that a rate target is measured by."""


def published_pace(plan: Plan, target: str, aim: float | None = None) -> tuple[Pace, ...]:
    """Return the pace at every published cumulative figure of the plan's first year.

    Parameters
    ----------
    target : str
        A rate target of the register.
    aim : float, optional
        Per cent, in place of the target's own value.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> [(p.through, p.actual) for p in model.published_pace(plan, "T01")]
    [(2, -23.0), (3, -10.3), (6, 0.0), (7, 0.9), (11, 5.2)]
    """
    found = plan.target(target)
    if aim is not None:
        targets = tuple(replace(t, value=aim) if t is found else t for t in plan.targets)
        plan = replace(plan, targets=targets)
    year = plan.months[0][:4]
    series = [
        o for o in plan.observations
        if o.geography == plan.city and o.indicator == OBSERVED.get(found.indicator)
        and o.measure == "yoy_cumulative" and o.period_start == plan.months[0]
        and o.period_end[:4] == year
    ]  # fmt: skip
    series.sort(key=lambda o: o.period_end)
    return tuple(pace(plan, target, o.value, int(o.period_end[5:7])) for o in series)


def _growth(aim: Target, actual: float, through: int, passed: float, reached: bool) -> Pace:
    if through == MONTHS_PER_YEAR:
        status = "done" if reached else "missed"
        return Pace(aim.id, actual, through, status, linear=1.0, seasonal=1.0)
    half = half_digit(actual)

    def needed(value: float, so_far: float) -> float:
        return 100 * accounts.growth_still_needed(value / 100, so_far / 100, passed)

    return Pace(
        aim.id,
        actual,
        through,
        "ahead" if reached else "behind",
        linear=through / MONTHS_PER_YEAR,
        seasonal=passed,
        needed=needed(aim.value, actual),
        needed_low=needed(aim.value, actual + half),
        needed_high=needed(aim.value, actual - half),
        needed_tolerant=needed(aim.value - aim.tolerance, actual) if aim.tolerance else None,
    )


def _flow(aim: Target, actual: float, through: int, passed: float | None, reached: bool) -> Pace:
    linear, left = through / MONTHS_PER_YEAR, MONTHS_PER_YEAR - through
    part = actual / aim.value
    gone = linear if passed is None else passed
    if reached:
        status = "done"
    elif not left:
        status = "missed"
    else:
        status = "ahead" if part >= gone - 1e-12 else "behind"
    needed = None if reached or not left else (aim.value - actual) / left
    return Pace(aim.id, actual, through, status, part, linear, passed, needed)


def half_digit(number: float) -> float:
    """Return half a unit of the last printed digit of a figure.

    >>> half_digit(26.2), half_digit(-23.0)
    (0.05, 0.5)
    """
    decimals = len(f"{number:.10g}".partition(".")[2])
    return 0.5 * 10.0**-decimals


def _scaled(weights: Array) -> Array:
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (MONTHS_PER_YEAR,) or not np.isfinite(weights).all() or weights.min() < 0:
        raise ModelError(
            f"Month weights must be {MONTHS_PER_YEAR} numbers, none below 0.", code="month_weights"
        )
    if not weights.sum():
        raise ModelError("The month weights add to 0.", code="month_weights")
    return weights / weights.sum()


def _check(name: str, value: float, low: float, high: float, unit: str) -> None:
    if not math.isfinite(value):
        raise ModelError(f"{name}: {value} is no figure.", code="not_a_number", given=value)
    if not low <= value <= high:
        raise outside(name, float(value), float(low), float(high), unit, "the target's unit")
