"""Adds up what `model.march` yields: the totals of many draws, without their paths."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from model.axes import MONTHS_PER_YEAR
from model.draws import CLASSES, Draws
from model.march import State
from model.outcomes import FLOWS, FOLLOWED_FLOWS, INDUSTRY_FLOWS, Totals
from model.plan import Plan
from model.rates import Rates

Array = np.ndarray

_MANUFACTURING = {"manufacturing": "value_added", "manufacturing_base": "comparable_base"}


class Tally:
    """Adds up what `march` yields and lets the paths go."""

    def __init__(self, plan: Plan, draws: int, follow: Sequence[str] = ()) -> None:
        months, districts, industries = plan.axes.shape
        years = months // MONTHS_PER_YEAR
        self.others = [k for k, i in enumerate(plan.industries) if not i.is_manufacturing]
        self.upgrade_share = plan.of_base("tech_upgrade_share")
        # All flows in one array: a month is added with one call instead of one for each.
        self._city = np.empty((len(FLOWS), months, draws))
        self._district = np.zeros((len(FLOWS), years, districts, draws))
        self.city = dict(zip(FLOWS, self._city, strict=True))
        self.district = dict(zip(FLOWS, self._district, strict=True))
        self.industry = {name: np.zeros((years, industries, draws)) for name in INDUSTRY_FLOWS}
        self.places = tuple(code for code in plan.axes.districts if code in follow)
        self.rows = [plan.axes.districts.index(code) for code in self.places]
        kept = FOLLOWED_FLOWS if self.places else ()
        self.followed = {name: np.empty((months, len(self.places), draws)) for name in kept}
        self.rest = {
            "employment": np.empty((months, draws)),
            "base_investment": np.empty((districts, draws)),
            "base_upgrade": np.empty((districts, draws)),
            "base_industry": np.empty((industries, draws)),
            "concordance": np.empty((len(CLASSES), draws)),
            "discrepancy": np.empty(draws),
            "local_discrepancy": np.empty((districts, draws)),
        }

    def add_month(self, month: int, place: slice, rates: Rates, state: State) -> None:
        """Add one month of a range of draws."""
        year = month // MONTHS_PER_YEAR
        upgrade = rates.investment_upgrade[month]
        made = np.empty((len(FLOWS), *upgrade.shape))
        by_district = dict(zip(FLOWS, made, strict=True))
        for name in INDUSTRY_FLOWS:
            cells = getattr(state, name)
            cells.sum(axis=1, out=by_district[name])
            self.industry[name][year, :, place] += cells.sum(axis=0)
        for name, whole in _MANUFACTURING.items():
            cells = getattr(state, whole)
            others = sum(cells[:, k] for k in self.others)
            np.subtract(by_district[whole], others, out=by_district[name])
        np.add(rates.investment_new(month), upgrade, out=by_district["investment"])
        by_district["upgrade"][:] = upgrade
        self._district[:, year, :, place] += made
        self._city[:, month, place] = made.sum(axis=1)
        for name, kept in self.followed.items():
            kept[month, :, place] = by_district[name][self.rows]

    def add_range(self, place: slice, draws: Draws, rates: Rates) -> None:
        """Add what belongs to a range of draws rather than to a month."""
        kept = {
            "employment": rates.labour,
            "base_investment": draws.investment,
            "base_upgrade": draws.investment * draws.values[self.upgrade_share],
            "base_industry": draws.value_added.sum(axis=0),
            "concordance": draws.values["concordance_error"],
            "discrepancy": draws.discrepancy,
            "local_discrepancy": draws.local_discrepancy,
        }
        for name, amount in kept.items():
            self.rest[name][..., place] = amount

    def parts(self) -> dict[str, object]:
        """Return what was kept of a part of the draws, to be `put` into its place."""
        return {name: getattr(self, name) for name in ("city", "district", "industry", "rest")}

    def put(self, place: slice, parts: dict[str, object]) -> None:
        """Take in what another keeper has kept of a part of the draws."""
        for name, kept in parts.items():
            for flow, array in kept.items():
                getattr(self, name)[flow][..., place] = array

    def totals(self) -> Totals:
        """Return what was kept, read-only."""
        groups = ("city", "district", "industry", "followed")
        flows = {name: locked(getattr(self, name)) for name in groups}
        return Totals(**flows, **locked(self.rest), places=self.places)


def locked(arrays: dict[str, Array]) -> MappingProxyType[str, Array]:
    """Return arrays that can no longer be written to, by name."""
    for array in arrays.values():
        array.flags.writeable = False
    return MappingProxyType(arrays)
