"""Results with names: paths of one run, totals of many draws, and the indicators of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from model import accounts
from model.axes import Axes
from model.definitions import Measured, definition
from model.draws import CLASSES
from model.errors import ModelError, unknown
from model.plan import Plan
from model.scenario import Scenario
from model.spending import Pipeline

Array = np.ndarray

FLOWS = (
    "value_added",
    "comparable_base",
    "manufacturing",
    "manufacturing_base",
    "energy",
    "comparable_energy",
    "investment",
    "upgrade",
)
"""Flows kept for the city by month, for each district by year, and for those followed by month."""

FOLLOWED_FLOWS = tuple(flow for flow in FLOWS if "energy" not in flow)
"""Flows of a followed district that are kept by month: what is published within the year."""

INDUSTRY_FLOWS = ("value_added", "comparable_base", "energy", "comparable_energy")
"""Flows kept for each industry by year."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """What is kept of every draw.  Arrays are read-only.

    city[flow] (month, draw); district[flow] (year, district, draw); industry[flow]
    (year, industry, draw); employment (month, draw) in logs relative to the base year;
    base_investment, base_upgrade (district, draw); base_industry (industry, draw) value added of
    the base year; concordance (class, draw) errors; discrepancy (draw,) of the city's growth,
    local_discrepancy (district, draw) of that of each district.
    followed[flow] (month, place, draw) holds the months of the districts ``places``, if any.
    """

    city: Mapping[str, Array]
    district: Mapping[str, Array]
    industry: Mapping[str, Array]
    employment: Array
    base_investment: Array
    base_upgrade: Array
    base_industry: Array
    concordance: Array
    discrepancy: Array
    local_discrepancy: Array
    places: tuple[str, ...] = ()
    followed: Mapping[str, Array] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Indicators of a run or an ensemble; every one by the conventions of `model.accounts`."""

    plan: Plan
    scenario: Scenario
    totals: Totals

    @property
    def axes(self) -> Axes:
        """Codes along the axes."""
        return self.plan.axes

    @property
    def draws(self) -> int:
        """Number of draws, 1 for a single run."""
        return self.totals.employment.shape[-1]

    def indicator(
        self, code: str, district: str | None = None, industry: str | None = None
    ) -> Array:
        """Return an indicator by year, (year, draw): growth and shares as fractions, 亿元.

        Raises
        ------
        ModelError
            When the indicator, the district or the industry is unknown, or the indicator is
            defined for the city only.
        """
        if code not in _INDICATORS:
            raise unknown("indicator", code, _INDICATORS)
        if district is not None and industry is not None:
            raise ModelError(
                "Ask for a district or for an industry, not for both; cells are estimates.",
                code="one_place",
            )
        kind, function = _INDICATORS[code]
        if (district is not None and kind == "city") or (industry is not None and kind != "any"):
            raise ModelError(
                f"{code} is not defined for "
                f"{'a district' if industry is None else 'an industry'}; ask for the city.",
                code="city_only",
                name=code,
            )
        return function(self, _place(self, district, industry))

    def measured(self, code: str, district: str | None = None) -> Measured:
        """Return an indicator by year that knows its definition and refuses to meet another."""
        return Measured(self.indicator(code, district), definition(self.plan, code))

    def quantiles(
        self,
        code: str,
        probabilities: Sequence[float] = QUANTILES,
        district: str | None = None,
        industry: str | None = None,
    ) -> Array:
        """Return quantiles over the draws, (year, probability)."""
        values = self.indicator(code, district, industry)
        return np.quantile(values, probabilities, axis=-1).T

    def contributions(self, indicator: str, places: str = "district") -> Array:
        """Return what each district, or industry, contributes to a figure of the city.

        Growth: the change of the place over the base of the city.  Levels: the level of the place.

        Returns
        -------
        (year, place, draw)
            They add to the city's indicator, but for the discrepancy of a drawn run.
        """
        if places not in PLACES:
            raise unknown("kind of place", places, PLACES)
        if indicator not in INDICATORS:
            raise unknown("indicator", indicator, INDICATORS)
        flows = getattr(self.totals, places)
        if indicator in _GROWTH:
            names = _GROWTH[indicator]
            keep = np.ones(1)
            if indicator == "mva_growth" and places == "industry":
                names = _GROWTH["iva_growth"]
                made = [industry.is_manufacturing for industry in self.plan.industries]
                keep = np.array(made, dtype=float)
            value, base = (flows[name] * keep[:, None] for name in names)
            return (value - base) / base.sum(axis=1, keepdims=True)
        if indicator in _LEVELS and _LEVELS[indicator] in flows:
            return flows[_LEVELS[indicator]]
        if indicator in _RATES and places == "district":
            name, start = _RATES[indicator]
            level, base = flows[name], getattr(self.totals, start)
            before = np.concatenate((base[None], level[:-1]))
            return (level - before) / before.sum(axis=1, keepdims=True)
        raise ModelError(
            f"The {indicator} of the city is not a sum over its {places} parts; ask for one of "
            f"{', '.join(ADDITIVE)}.",
            code="not_additive",
            name=indicator,
        )

    def cumulative_growth(self, code: str = "iva_growth") -> Array:
        """Return cumulative growth of the city since January of each year, (month, draw)."""
        pairs = {
            "iva_growth": ("value_added", "comparable_base"),
            "mva_growth": ("manufacturing", "manufacturing_base"),
        }
        if code not in pairs:
            raise unknown("indicator with cumulative growth", code, pairs)
        value, base = (self.totals.city[name] for name in pairs[code])
        return accounts.cumulative_growth(value, base) + self.totals.discrepancy

    def base_share(self, code: str) -> Array:
        """Return a structure share of the base year, (draw,), fraction."""
        name = code.removesuffix("_share")
        if name not in CLASSES:
            raise unknown("structure share", code, [f"{n}_share" for n in CLASSES])
        return accounts.class_share(self.totals.base_industry[None], _weights(self, name))[0]


class Fan(Figures):
    """An ensemble: totals of every draw, quantiles on demand, no paths.

    Any draw can be replayed as a full run: ``model.simulate(plan, scenario, draw=k)``.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        low, mid, high = 100 * self.quantiles("iva_growth", (0.05, 0.5, 0.95))[0]
        return (
            f"Fan({self.scenario.id or 'scenario'}, {self.draws} draws: industrial value added "
            f"{self.plan.years[0]} {mid:+.1f} % [{low:.1f}, {high:.1f}])"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes(Figures):
    """One run with all its paths.

    cells[name] (month, district, industry, draw) for value_added, comparable_base, energy,
    comparable_energy, capital, year_before (value added of the same month a year before), entrants
    and entrants_before (in the months of their entry year and a year before);
    by_district[name] (month, district, draw)
    for investment_new, investment_upgrade, work_new, work_upgrade, floor_binds and
    renewed the factor of upgrading on energy intensity; utilisation (month, industry, draw);
    energy_drivers the logs of cell intensity by driver, as `model.energy.energy_drivers`;
    output_drivers those of cell output, as `model.growth.output_drivers`;
    pipeline what `model.investment_account` follows through the chains.
    """

    cells: Mapping[str, Array]
    by_district: Mapping[str, Array]
    utilisation: Array
    energy_drivers: Mapping[str, Array]
    output_drivers: Mapping[str, Array]
    pipeline: Pipeline

    def __repr__(self) -> str:
        growth = 100 * self.indicator("iva_growth")[:, 0]
        listed = ", ".join(
            f"{year} {value:+.1f} %" for year, value in zip(self.plan.years, growth, strict=True)
        )
        return f"Outcomes({self.scenario.id or 'scenario'}: industrial value added {listed})"

    def to_frame(self, by: Sequence[str] = ("month", "district", "industry")) -> pd.DataFrame:
        """Return the paths in tidy form, added up over what ``by`` leaves out.

        Columns: value_added, comparable_base (亿元), energy, comparable_energy (10,000 tce), and
        investment, upgrade_investment (亿元) unless ``by`` names industries, which have none.
        """
        order = ("month", "district", "industry")
        wrong = [name for name in by if name not in order]
        if wrong:
            raise unknown("axis", wrong[0], order)
        kept = tuple(name for name in order if name in by)
        dropped = tuple(order.index(name) for name in order if name not in kept)
        codes = {"month": self.axes.months, "district": self.axes.districts,
                 "industry": self.axes.industries}  # fmt: skip
        columns = {
            name: self.cells[name][..., 0].sum(axis=dropped).ravel() for name in INDUSTRY_FLOWS
        }
        if "industry" not in kept:
            drop = tuple(axis for axis in dropped if axis < 2)
            new, upgrade = (
                self.by_district[name][..., 0].sum(axis=drop).ravel()
                for name in ("investment_new", "investment_upgrade")
            )
            columns |= {"investment": new + upgrade, "upgrade_investment": upgrade}
        if not kept:
            return pd.DataFrame(columns)
        index = pd.MultiIndex.from_product([codes[name] for name in kept], names=kept)
        return pd.DataFrame(columns, index=index).reset_index()


class _Place(NamedTuple):
    """Yearly flows (year, draw) of the city, a district or an industry, and base-year spending.

    ``discrepancy`` is that of its growth; an industry has the city's.
    """

    flow: Callable[[str], Array]
    base_investment: Array
    base_upgrade: Array
    discrepancy: Array


def _place(figures: Figures, district: str | None, industry: str | None) -> _Place:
    totals, axes = figures.totals, figures.axes
    spent, upgraded = totals.base_investment, totals.base_upgrade
    if district is not None:
        if district not in axes.districts:
            raise unknown("district", district, axes.districts)
        d = axes.districts.index(district)
        own = spent[d], upgraded[d], totals.local_discrepancy[d]
        return _Place(lambda flow: totals.district[flow][:, d], *own)
    city = spent.sum(axis=0), upgraded.sum(axis=0), totals.discrepancy
    if industry is not None:
        if industry not in axes.industries:
            raise unknown("industry", industry, axes.industries)
        i = axes.industries.index(industry)
        return _Place(lambda flow: totals.industry[flow][:, i], *city)
    return _Place(lambda flow: accounts.yearly(totals.city[flow]), *city)


def _weights(figures: Figures, name: str) -> Array:
    weights = [getattr(i, f"{name}_weight") for i in figures.plan.industries]
    error = figures.totals.concordance[CLASSES.index(name)]
    return accounts.concordance(np.array(weights)[:, None], error)


def _iva_growth(_: Figures, place: _Place) -> Array:
    growth = accounts.comparable_growth(place.flow("value_added"), place.flow("comparable_base"))
    return growth + place.discrepancy


def _mva_growth(_: Figures, place: _Place) -> Array:
    pair = place.flow("manufacturing"), place.flow("manufacturing_base")
    return accounts.comparable_growth(*pair) + place.discrepancy


def _labour_productivity(figures: Figures, place: _Place) -> Array:
    employment = accounts.employment_growth(figures.totals.employment)
    return accounts.labour_productivity_growth(_mva_growth(figures, place), employment)


def _intensity_fall(figures: Figures, place: _Place) -> Array:
    return accounts.intensity_fall(*(place.flow(name) for name in _ENERGY + _VALUE))


def _energy_growth(figures: Figures, place: _Place) -> Array:
    return accounts.energy_growth(*(place.flow(name) for name in _ENERGY))


def _share(name: str) -> Callable[[Figures, _Place], Array]:
    def share(figures: Figures, place: _Place) -> Array:
        return accounts.class_share(figures.totals.industry["value_added"], _weights(figures, name))

    return share


_ENERGY, _VALUE = ("energy", "comparable_energy"), ("value_added", "comparable_base")

# Where an indicator is defined: any place, city and districts, or the city alone.
_INDICATORS: dict[str, tuple[str, Callable[[Figures, _Place], Array]]] = {
    "iva_growth": ("any", _iva_growth),
    "mva_growth": ("district", _mva_growth),
    "industrial_va": ("any", lambda f, x: x.flow("value_added")),
    "industrial_investment": ("district", lambda f, x: x.flow("investment")),
    "industrial_investment_growth": (
        "district",
        lambda f, x: accounts.yearly_growth(x.flow("investment"), x.base_investment),
    ),
    "upgrade_investment": ("district", lambda f, x: x.flow("upgrade")),
    "upgrade_investment_growth": (
        "district",
        lambda f, x: accounts.yearly_growth(x.flow("upgrade"), x.base_upgrade),
    ),
    "upgrade_share": (
        "district",
        lambda f, x: accounts.yearly_share(x.flow("upgrade"), x.flow("investment")),
    ),
    "energy_intensity_fall": ("any", _intensity_fall),
    "energy_use_growth": ("any", _energy_growth),
    "labour_productivity_growth": ("city", _labour_productivity),
    **{f"{name}_share": ("city", _share(name)) for name in CLASSES},
}

INDICATORS = tuple(_INDICATORS)
"""Codes of all indicators."""


def places(code: str) -> str:
    """Return how far down an indicator is defined: ``city``, ``district``, or ``any`` place."""
    if code not in _INDICATORS:
        raise unknown("indicator", code, _INDICATORS)
    return _INDICATORS[code][0]


PLACES = ("district", "industry")

_GROWTH = {
    "iva_growth": ("value_added", "comparable_base"),
    "mva_growth": ("manufacturing", "manufacturing_base"),
}
_LEVELS = {
    "industrial_va": "value_added",
    "industrial_investment": "investment",
    "upgrade_investment": "upgrade",
}
_RATES = {
    "industrial_investment_growth": ("investment", "base_investment"),
    "upgrade_investment_growth": ("upgrade", "base_upgrade"),
}
ADDITIVE = (*_GROWTH, *_LEVELS, *_RATES)
"""Indicators of which every place has a part, such that the parts add to the city."""
