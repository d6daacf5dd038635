"""What a figure measures, and the guard against mixing two that do not measure the same.

Growth of industry above designated size is at comparable prices over one set of firms; investment
of a year is at base-year prices over whatever projects there were; a published share is at current
prices.  Each pair looks alike, a per cent beside a per cent, and may neither be added nor
subtracted nor held against each other without saying so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields

import numpy as np

from model.errors import ModelError
from model.plan import Plan
from model.sources import Target

SPANS = ("year", "cumulative", "month")
"""A whole year; January up to a month; one month (January and February together)."""

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Definition:
    """What must be equal before two figures may be combined.

    ``covers`` says whose figure it is (scope), ``prices`` comparable, constant, nominal or none,
    ``sample`` comparable (the same firms a year before) or frame (those of the time).
    """

    unit: str
    covers: str
    prices: str
    sample: str
    span: str = "year"

    def differences(self, other: Definition) -> tuple[str, ...]:
        """Return the fields in which two definitions differ, in their order."""
        names = (field.name for field in fields(self))
        return tuple(name for name in names if getattr(self, name) != getattr(other, name))


def definition(plan: Plan, code: str, span: str = "year") -> Definition:
    """Return the definition of an indicator of the model over a span.

    >>> from model.plan import load_plan
    >>> plan = load_plan("zhengzhou_2020")
    >>> definition(plan, "iva_growth").differences(definition(plan, "upgrade_investment_growth"))
    ('covers', 'prices', 'sample')
    """
    card = plan.indicator(code)
    return Definition(card.unit, card.covers, card.prices, card.sample, span)


def official(plan: Plan, target: Target) -> Definition:
    """Return the definition of the figure that the plan asks for: for the year, as published."""
    card = plan.indicator(target.indicator)
    return Definition(target.unit, card.covers, card.official_prices, card.sample)


def require_alike(one: Definition, *others: Definition, marked: Collection[str] = ()) -> None:
    """Raise ModelError unless all definitions agree.

    Parameters
    ----------
    marked : collection of str
        Fields that may differ because the difference is said where the figures stand.

    Examples
    --------
    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> codes = "iva_growth", "industrial_investment"
    >>> growth, spending = (definition(plan, code) for code in codes)
    >>> require_alike(growth, growth)
    >>> try:
    ...     require_alike(growth, spending)
    ... except model.ModelError as error:
    ...     error.code
    'definitions_differ'
    """
    for other in others:
        differing = [name for name in one.differences(other) if name not in marked]
        if differing:
            said = "; ".join(
                f"{name} {getattr(one, name)} against {getattr(other, name)}" for name in differing
            )
            raise ModelError(
                f"Figures of different definition cannot be combined: {said}. "
                "Bring them to one definition, or show them apart.",
                code="definitions_differ",
                name=differing[0],
                given=str(getattr(one, differing[0])),
                known=str(getattr(other, differing[0])),
                fields=tuple(differing),
            )


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Values that know what they measure; only such of one definition meet in a sum or a test.

    Growth and shares have a difference and an order but no sum; growth is not to be had from two
    levels of a frame that has changed in between.
    """

    values: Array
    definition: Definition

    def __add__(self, other: Measured) -> Measured:
        """Return the sum of two levels."""
        added = self._with(other, np.add)
        if self.definition.unit == "%":
            raise ModelError(
                "Rates and shares do not add up; add the levels behind them, or weigh them.",
                code="rates_do_not_add",
            )
        return added

    def __sub__(self, other: Measured) -> Measured:
        """Return the difference: of rates and shares in points."""
        return self._with(other, np.subtract)

    def __lt__(self, other: Measured) -> Array:
        """Return where this is smaller."""
        return self._with(other, np.less).values

    def __ge__(self, other: Measured) -> Array:
        """Return where this is at least as large."""
        return self._with(other, np.greater_equal).values

    def growth_over(self, before: Measured) -> Array:
        """Return growth over an earlier level, fraction; refused where the frame has changed."""
        require_alike(self.definition, before.definition)
        if self.definition.sample != "comparable":
            raise ModelError(
                "Growth must not be computed from two levels of a frame that has changed: firms "
                "and projects enter and leave. Use the growth indicator, on the comparable basis.",
                code="no_growth_from_levels",
            )
        return self.values / before.values - 1.0

    def _with(self, other: Measured, work: Callable[[Array, Array], Array]) -> Measured:
        if not isinstance(other, Measured):
            raise ModelError(
                f"A figure can be combined with a figure that has a definition, not with a bare "
                f"{type(other).__name__}.",
                code="no_definition",
                given=type(other).__name__,
            )
        require_alike(self.definition, other.definition)
        return Measured(work(self.values, other.values), self.definition)
