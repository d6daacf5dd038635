"""Targets held against an ensemble: forecast, gap, probability, and what is known of the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.definitions import definition, official, require_alike
from model.outcomes import Fan
from model.plan import Plan
from model.scenario import Scenario
from model.sources import Outcome, Target
from model.support import Support, support

Array = np.ndarray

LIKELY, UNLIKELY = 2 / 3, 1 / 3
"""Bounds between likely, open and unlikely."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target of the register and what can be said of it, in the target's own unit.

    ``forecast``, ``low`` and ``high`` are the 50, 5 and 95 % points; ``gap`` is positive when the
    forecast is on the good side.  ``probability`` reads the target strictly,
    ``probability_tolerant`` with the tolerance of its wording.  ``status`` is likely, open or
    unlikely for a forecast, set_by_user for a lever, tracked for the rest; ``base_met`` says that
    the base year already stood at the target, so that meeting it says nothing about policy.
    ``outcome`` is what was published later, never an input; ``support`` what the track record says
    of such forecasts, None where there is no forecast; ``differs`` what the figure of the plan is
    where the forecast is something else (see `differs`), which has to be said beside it.
    """

    target: Target
    forecast: float | None
    low: float | None
    high: float | None
    gap: float | None
    probability: float | None
    probability_tolerant: float | None
    status: str
    base_value: float | None
    base_met: bool
    outcome: Outcome | None
    support: Support | None = None
    differs: tuple[str, ...] = ()

    @property
    def supported(self) -> bool:
        """Whether there is a chance and the track record carries it."""
        return self.support is not None and self.support.held


@dataclass(frozen=True, slots=True)
class DistrictVerdict:
    """Annex 1 for one district: three growth targets (fractions) and the entrants set.

    Targets and probabilities are None where the plan sets its districts none; ``firms_set`` is None
    where no lever sets the entrants.
    """

    district: str
    share: float
    iva_target: float | None
    iva_forecast: float
    iva_low: float
    iva_high: float
    iva_probability: float | None
    mva_target: float | None
    mva_forecast: float
    mva_low: float
    mva_high: float
    mva_probability: float | None
    investment_target: float | None
    investment_forecast: float
    investment_low: float
    investment_high: float
    investment_probability: float | None
    firms_target: float | None
    firms_set: float | None


def met(target: Target, value: Array, tolerance: float = 0.0) -> Array:
    """Return whether a value meets a target by the decision rule of its comparator.

    At least, about and range count from the value on; more than excludes it; about-at-most turns
    the sign; equal (full coverage) is met from the value on.
    """
    if target.comparator == "about_at_most":
        return value <= target.value + tolerance
    if target.comparator == "more_than":
        return value > target.value - tolerance
    return value >= target.value - tolerance


def in_unit(target: Target, value: Array) -> Array:
    """Return a fraction in per cent where the target is in per cent."""
    return 100 * value if target.unit == "%" else value


def assess(
    plan: Plan, scenario: Scenario, fan: Fan, *, learned: bool = False
) -> tuple[Verdict, ...]:
    """Return a verdict on every target of the register for the first year of the plan.

    ``learned`` says that the ensemble learned published figures: its chances have another record.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> scenario = plan.scenarios["plan"]
    >>> fan = model.ensemble(plan, scenario, draws=256)
    >>> found = {v.target.id: v for v in model.assess(plan, scenario, fan)}
    >>> len(found), found["T01"].status, 0 < found["T01"].probability < 1
    (78, 'unlikely', True)
    """
    known = {outcome.target_id: outcome for outcome in plan.outcomes}
    carried = support(plan, learned)
    return tuple(
        _verdict(scenario, fan, target, known.get(target.id), carried.get(target.id))
        for target in plan.targets
    )


def _verdict(
    scenario: Scenario, fan: Fan, target: Target, outcome: Outcome | None, carried: Support | None
) -> Verdict:
    if target.kind == "modelled":
        return _forecast(fan, target, outcome, carried)
    value = scenario.value(target.lever) if target.kind == "lever" else None
    return Verdict(
        target=target,
        forecast=value,
        low=None,
        high=None,
        gap=None if value is None else _gap(target, value),
        probability=None,
        probability_tolerant=None,
        status="tracked" if value is None else "set_by_user",
        base_value=None,
        base_met=False,
        outcome=outcome,
    )


def _forecast(
    fan: Fan, target: Target, outcome: Outcome | None, carried: Support | None
) -> Verdict:
    values = in_unit(target, fan.indicator(target.indicator)[0])
    low, mid, high = (float(q) for q in np.quantile(values, (0.05, 0.5, 0.95)))
    strict = float(met(target, values).mean())
    base = base_value(fan, target)
    return Verdict(
        target=target,
        forecast=mid,
        low=low,
        high=high,
        gap=_gap(target, mid),
        probability=strict,
        probability_tolerant=float(met(target, values, target.tolerance).mean()),
        status=word(strict),
        base_value=base,
        base_met=base is not None and bool(met(target, np.round(base, 1), target.tolerance)),
        outcome=outcome,
        support=carried,
        differs=differs(fan.plan, target),
    )


MARKED = ("prices", "span")
"""In what a forecast may differ from its target, if that is said beside it."""


def differs(plan: Plan, target: Target, span: str = "year") -> tuple[str, ...]:
    """Return what the figure of the plan is where the forecast over a span is something else.

    The words are those of `model.definitions.Definition`: ``nominal`` where the forecast is at
    constant prices, ``year`` where it runs month by month.

    Raises
    ------
    ModelError
        When they differ in more than can be said beside a figure: unit, scope or sample.
    """
    ours, asked = definition(plan, target.indicator, span), official(plan, target)
    require_alike(ours, asked, marked=MARKED)
    return tuple(getattr(asked, name) for name in ours.differences(asked))


def word(probability: float) -> str:
    """Return likely, open or unlikely."""
    if probability >= LIKELY:
        return "likely"
    return "open" if probability >= UNLIKELY else "unlikely"


def base_value(fan: Fan, target: Target) -> float | None:
    """Return the base-year median of a target that is a level or share, None for growth."""
    totals = fan.totals
    if target.indicator == "upgrade_share":
        share = totals.base_upgrade.sum(axis=0) / totals.base_investment.sum(axis=0)
        return 100 * float(np.median(share))
    if target.indicator == "industrial_investment":
        return float(np.median(totals.base_investment.sum(axis=0)))
    if target.indicator.endswith("_share"):
        return 100 * float(np.median(fan.base_share(target.indicator)))
    return None


def _gap(target: Target, value: float) -> float:
    gap = value - target.value
    return -gap if target.comparator == "about_at_most" else gap


_ANNEX = (
    ("iva", "iva_growth", "industrial_va_growth_pct"),
    ("mva", "mva_growth", "manufacturing_va_growth_pct"),
    ("investment", "industrial_investment_growth", "industrial_investment_growth_pct"),
)
"""What a district is held to: its short name, the indicator and the column of Annex 1."""


def district_verdicts(plan: Plan, scenario: Scenario, fan: Fan) -> tuple[DistrictVerdict, ...]:
    """Return Annex 1 beside the forecast of the first year, for every district.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> scenario = plan.scenarios["plan"]
    >>> fan = model.ensemble(plan, scenario, draws=64)
    >>> found = model.district_verdicts(plan, scenario, fan)
    >>> len(found), round(sum(verdict.share for verdict in found), 9)
    (16, 1.0)
    """
    annex = {row.district: row for row in plan.annex}
    firms: dict[str, float] = {}
    if plan.has_lever("new_firms") and plan.lever("new_firms").by_district:
        values = scenario.district_values("new_firms")
        firms = dict(zip(plan.axes.districts, values, strict=True))
    base = plan.base.value_added.sum(axis=1)
    share = dict(zip(plan.axes.districts, base / base.sum(), strict=True))
    found = []
    for code in plan.axes.districts:
        row, cells = annex.get(code), {}
        for name, indicator, column in _ANNEX:
            target = None if row is None else getattr(row, column) / 100
            values = fan.indicator(indicator, district=code)[0]
            low, mid, high = (float(q) for q in np.quantile(values, (0.05, 0.5, 0.95)))
            cells |= {
                f"{name}_target": target,
                f"{name}_forecast": mid,
                f"{name}_low": low,
                f"{name}_high": high,
                f"{name}_probability": None if row is None else float((values >= target).mean()),
            }
        found.append(
            DistrictVerdict(
                district=code,
                share=float(share[code]),
                firms_target=None if row is None else row.new_above_scale_firms,
                firms_set=firms.get(code),
                **cells,
            )
        )
    return tuple(found)
