"""What can be set: the levers, the assumptions, and what spreads a city value over districts.

Levers are what the city decides; assumptions are what it does not.  Both are absolute values in
the units of their tables (per cent, 亿元, firms) and become fractions in the equations only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.axes import Axes
from model.errors import ModelError, unknown

DECIMALS = 9  # shifting 12.8 to 15 must give 14.2, not 14.200000000000001


@dataclass(frozen=True, slots=True)
class Band:
    """A named part of a lever's range."""

    low: float
    high: float
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Lever:
    """A policy lever: its range and marks, what it acts through, who answers for it.

    ``minimum``, ``maximum``, ``step``, ``status_quo`` and ``plan_value`` are in ``unit``.
    """

    id: str
    group: str
    group_zh: str
    group_en: str
    special_action: str
    name_zh: str
    name_en: str
    unit: str
    scope: str
    minimum: float
    maximum: float
    step: float
    status_quo: float
    plan_value: float
    status_quo_status: str
    plan_status: str
    channel: str
    channel_zh: str
    clause: str
    target: str
    time_profile: str
    district_column: str
    guidance_zh: str
    guidance_en: str
    responsible_units: tuple[str, ...]
    bands: tuple[Band, ...]
    source_id: str
    note: str
    note_zh: str

    @property
    def by_district(self) -> bool:
        """Whether districts may have values of their own."""
        return bool(self.district_column)

    @property
    def is_growth(self) -> bool:
        """Whether a city move shifts districts by points (growth) or in proportion (counts)."""
        return self.unit == "%"

    def band(self, value: float) -> Band | None:
        """Return the named band that holds ``value``."""
        return next((band for band in self.bands if band.low <= value <= band.high), None)


@dataclass(frozen=True, slots=True)
class Assumption:
    """What planners do not decide.  ``moves`` says how it changes the prior of ``parameter``:
    shift (all quantiles by the difference), scale (in proportion) or event (a dated stop)."""

    id: str
    name_zh: str
    name_en: str
    unit: str
    minimum: float
    maximum: float
    step: float
    default: float
    parameter: str
    moves: str
    status: str
    source_id: str
    note: str
    note_zh: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The levers and assumptions that exist, with what spreads a city value over districts.

    ``weights`` holds, for every lever with district values, the weight of each district in the
    city figure (investment of the base year for growth, the Annex 1 share for counts).
    """

    axes: Axes
    levers: tuple[Lever, ...]
    assumptions: tuple[Assumption, ...]
    weights: tuple[tuple[str, tuple[float, ...]], ...]

    def lever(self, name: str) -> Lever:
        """Return the lever called ``name``; ModelError names the nearest one that exists."""
        for lever in self.levers:
            if lever.id == name:
                return lever
        raise unknown("lever", name, [lever.id for lever in self.levers])

    def assumption(self, name: str) -> Assumption:
        """Return the assumption called ``name``."""
        for assumption in self.assumptions:
            if assumption.id == name:
                return assumption
        raise unknown("assumption", name, [assumption.id for assumption in self.assumptions])

    def district_weights(self, name: str) -> tuple[float, ...]:
        """Return the weight of each district in the city figure of a lever."""
        return dict(self.weights)[name]

    def made_up(self, lever: Lever, districts: Sequence[float]) -> float:
        """Return the city figure that district values make up."""
        if not lever.is_growth:
            return float(sum(districts))
        return sum(w * v for w, v in zip(self.district_weights(lever.id), districts, strict=True))

    def spread(self, lever: Lever, city: float) -> tuple[float, ...]:
        """Return the district values that a city value alone implies."""
        if lever.is_growth:
            return (city,) * len(self.axes.districts)
        return tuple(round(city * w, DECIMALS) for w in self.district_weights(lever.id))


def month_position(month: str, axes: Axes, name: str) -> float:
    """Return the position of ``2020-10`` in the horizon."""
    if month not in axes.months:
        raise ModelError(
            f"{name} = {month!r} is not a month from {axes.months[0]} to {axes.months[-1]}.",
            code="unknown_month",
            name=name,
            given=month,
        )
    return float(axes.months.index(month))
