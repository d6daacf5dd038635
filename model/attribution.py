"""Which group of levers moved what: exact Shapley values over the groups.

A scenario differs from a reference by its assumptions and by its levers.  The assumptions are
changed first and stand apart; the levers are then shared out among their groups so that the parts
add to the whole whatever the order in which they are thought to act.

`attribute` shares out the central run by all coalitions.  `attribution_ranges` does the same draw
by draw with two opposite orders, so that every part has a range and the parts still add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import factorial

import numpy as np
import pandas as pd

from model.errors import unknown
from model.outcomes import Fan, Figures
from model.plan import Plan
from model.scenario import Scenario
from model.simulate import SEED, batch, ensemble

Array = np.ndarray


@lru_cache(maxsize=8)
def shapley_weights(players: int) -> Array:
    r"""Return the matrix that turns coalition values into Shapley values, (player, coalition).

    .. math:: \phi_k = \sum_{T \not\ni k} \frac{|T|!\,(n-|T|-1)!}{n!}\,[v(T \cup k) - v(T)]

    Coalitions are numbered by their members: bit k of the number is player k.

    References
    ----------
    Shapley, L. S. (1953), A value for n-person games.
    """
    coalitions = np.arange(1 << players)
    sizes = np.array([int(c).bit_count() for c in coalitions])
    weight = np.array(
        [factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)]
    )
    matrix = np.zeros((players, 1 << players))
    for player in range(players):
        has = (coalitions >> player) & 1 == 1
        matrix[player, has] = weight[sizes[has] - 1]
        matrix[player, ~has] = -weight[sizes[~has]]
    matrix.flags.writeable = False
    return matrix


@lru_cache(maxsize=8)
def paired_weights(players: int) -> tuple[tuple[int, ...], Array]:
    r"""Return the coalitions of one order and its reverse, and their weights (player, coalition).

    .. math:: \phi_k = \tfrac12 [v(\{0..k\}) - v(\{0..k-1\})]
              + \tfrac12 [v(\{k..n-1\}) - v(\{k+1..n-1\})]

    The parts add to the whole.  They are the Shapley values themselves when groups interact in
    pairs only: of any two, each comes first once.  What three or more do together is shared out
    differently; `Coalitions.pairing_error` measures by how much.

    References
    ----------
    Castro, J., Gomez, D. and Tejada, J. (2009), Polynomial calculation of the Shapley value based
    on sampling.  Mitchell, R. et al. (2022), Sampling permutations for Shapley value estimation
    (antithetic pairs).
    """
    full = (1 << players) - 1
    before = [(1 << k) - 1 for k in range(players + 1)]
    after = [full ^ members for members in before]
    listed = tuple(dict.fromkeys([*before, *after]))
    place = {members: k for k, members in enumerate(listed)}
    matrix = np.zeros((players, len(listed)))
    for k in range(players):
        for members, sign in (
            (before[k + 1], 0.5), (before[k], -0.5), (after[k], 0.5), (after[k + 1], -0.5),
        ):  # fmt: skip
            matrix[k, place[members]] += sign
    matrix.flags.writeable = False
    return listed, matrix


def shapley(values: Array, players: int) -> Array:
    """Return Shapley values (..., player) from the values of all coalitions (..., coalition)."""
    return values @ shapley_weights(players).T


@dataclass(frozen=True, slots=True)
class Share:
    """What one group of levers contributes: its Shapley value, and its effect when alone."""

    group: str
    name_zh: str
    name_en: str
    special_action: str
    value: float
    alone: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """An indicator of a scenario against a reference, shared out; growth in fractions.

    ``reference`` + ``assumptions`` + the values of ``shares`` = ``scenario``.  ``interaction`` is
    what the groups bring together beyond their effects alone; it is part of the shares and stated
    apart only for information.
    """

    indicator: str
    year: int
    place: str
    reference: float
    assumptions: float
    shares: tuple[Share, ...]
    scenario: float
    interaction: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row per part: part, value, alone."""
        rows = [("reference", self.reference, np.nan), ("assumptions", self.assumptions, np.nan)]
        rows += [(share.group, share.value, share.alone) for share in self.shares]
        rows.append(("scenario", self.scenario, np.nan))
        return pd.DataFrame(rows, columns=["part", "value", "alone"])


@dataclass(frozen=True, slots=True, eq=False)
class Coalitions:
    """Runs of every coalition of lever groups; any indicator, year and place can be shared out.

    The draw axis of ``figures`` holds the coalitions of ``players``, the groups that differ from
    the reference, numbered as in `shapley_weights`, and last the reference under its own
    assumptions.
    """

    plan: Plan
    groups: tuple[str, ...]
    players: tuple[str, ...]
    figures: Figures

    def attribution(
        self, indicator: str, year: int, district: str | None = None, industry: str | None = None
    ) -> Attribution:
        """Return how one indicator of a year comes about."""
        values = self._values(indicator, year, district, industry)
        value = values[:-1]
        found = dict(zip(self.players, shapley(value, len(self.players)), strict=True))
        start, end = float(value[0]), float(value[-1])
        alone = {name: float(value[1 << k]) - start for k, name in enumerate(self.players)}
        first = {lever.group: lever for lever in reversed(self.plan.levers)}
        shares = tuple(
            Share(
                group=group,
                name_zh=first[group].group_zh,
                name_en=first[group].group_en,
                special_action=first[group].special_action,
                value=float(found.get(group, 0.0)),
                alone=alone.get(group, 0.0),
            )
            for group in self.groups
        )
        return Attribution(
            indicator=indicator,
            year=year,
            place=district or industry or "city",
            reference=float(values[-1]),
            assumptions=start - float(values[-1]),
            shares=shares,
            scenario=end,
            interaction=end - start - sum(alone.values()),
        )

    def pairing_error(
        self, indicator: str, year: int, district: str | None = None, industry: str | None = None
    ) -> float:
        """Return by how much two opposite orders miss a Shapley value at most, central run."""
        value = self._values(indicator, year, district, industry)[:-1]
        listed, weights = paired_weights(len(self.players))
        exact = shapley(value, len(self.players))
        return float(np.abs(weights @ value[list(listed)] - exact).max(initial=0.0))

    def by_place(self, indicator: str, year: int, places: str = "district") -> pd.DataFrame:
        """Return who contributes what to the city, through which group of levers.

        Returns
        -------
        DataFrame
            Rows: reference, assumptions, the groups, scenario; columns: the districts or
            industries.  Every row adds to the city's part, and every column to its scenario.

        Raises
        ------
        ModelError
            ``not_additive`` when the city's figure is not a sum over places.
        """
        position = _position(self.plan, year)
        values = self.figures.contributions(indicator, places)[position]
        parts = shapley(values[:, :-1], len(self.players))
        found = {"reference": values[:, -1], "assumptions": values[:, 0] - values[:, -1]}
        found |= {group: np.zeros(len(values)) for group in self.groups}
        found |= {group: parts[:, k] for k, group in enumerate(self.players)}
        found["scenario"] = values[:, -2]
        codes = getattr(self.plan.axes, {"district": "districts", "industry": "industries"}[places])
        return pd.DataFrame(found, index=list(codes)).T

    def _values(
        self, indicator: str, year: int, district: str | None, industry: str | None
    ) -> Array:
        position = _position(self.plan, year)
        return self.figures.indicator(indicator, district, industry)[position]


def coalitions(plan: Plan, scenario: Scenario, reference: Scenario | None = None) -> Coalitions:
    """Run every coalition of lever groups, once each, side by side.

    Parameters
    ----------
    reference : Scenario, optional
        What the scenario is compared with; the status quo by default.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> runs = model.coalitions(plan, plan.scenarios["plan"])
    >>> table = runs.by_place("iva_growth", 2020)  # through which levers, and where
    >>> bool(abs(table.loc["scenario"].sum() - runs.attribution("iva_growth", 2020).scenario)
    ...      < 1e-12)
    True
    """
    before = _reference(plan, reference)
    players = _players(plan, scenario, before)
    runs = [_mixed(plan, scenario, before, players, k) for k in range(1 << len(players))]
    return Coalitions(plan, _groups(plan), players, batch(plan, [*runs, before]))


def attribute(
    plan: Plan,
    scenario: Scenario,
    indicator: str = "iva_growth",
    year: int | None = None,
    *,
    reference: Scenario | None = None,
    district: str | None = None,
    industry: str | None = None,
) -> Attribution:
    """Return exact Shapley shares of the lever groups in one indicator.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> parts = model.attribute(plan, plan.scenarios["plan"], "iva_growth", 2020)
    >>> abs(parts.reference + parts.assumptions + sum(s.value for s in parts.shares)
    ...     - parts.scenario) < 1e-12
    True
    """
    runs = coalitions(plan, scenario, reference)
    return runs.attribution(indicator, year or plan.years[0], district, industry)


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """Attribution draw by draw: ``fans`` holds an ensemble of each coalition of two orders."""

    plan: Plan
    groups: tuple[str, ...]
    players: tuple[str, ...]
    fans: Mapping[int, Fan]
    before: Fan

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.before.draws

    def parts(
        self, indicator: str, year: int, district: str | None = None, industry: str | None = None
    ) -> dict[str, Array]:
        """Return every part in every draw, (draw,): reference + assumptions + groups = scenario."""
        position = _position(self.plan, year)

        def value(fan: Fan) -> Array:
            return fan.indicator(indicator, district, industry)[position]

        listed, weights = paired_weights(len(self.players))
        values = np.stack([value(self.fans[members]) for members in listed])
        start, end = values[listed.index(0)], values[listed.index((1 << len(self.players)) - 1)]
        before = value(self.before)
        found = {"reference": before, "assumptions": start - before}
        found |= {group: np.zeros(self.draws) for group in self.groups}
        found |= dict(zip(self.players, weights @ values, strict=True))
        return found | {"scenario": end}

    def to_frame(
        self,
        indicator: str,
        year: int,
        district: str | None = None,
        industry: str | None = None,
        probabilities: tuple[float, float, float] = (0.05, 0.5, 0.95),
    ) -> pd.DataFrame:
        """Return one row per part: part, low, median, high."""
        found = self.parts(indicator, year, district, industry)
        rows = [(name, *np.quantile(draws, probabilities)) for name, draws in found.items()]
        return pd.DataFrame(rows, columns=["part", "low", "median", "high"])


def attribution_ranges(
    plan: Plan,
    scenario: Scenario,
    *,
    reference: Scenario | None = None,
    draws: int = 512,
    seed: int = SEED,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Ranges:
    """Return the attribution of a scenario in each of many draws, with common random numbers.

    Each draw is shared out by one order of the groups and its reverse (`paired_weights`): with nine
    groups 18 ensembles instead of 512, and the parts of a draw add up.

    Parameters
    ----------
    progress : callable, optional
        Told how many ensembles of how many are done.
    stopped : callable, optional
        When it answers True the work ends with a ModelError ``stopped``.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> found = model.attribution_ranges(plan, plan.scenarios["plan"], draws=16)
    >>> parts = found.parts("iva_growth", 2020)
    >>> total = parts.pop("scenario")
    >>> bool(abs(sum(parts.values()) - total).max() < 1e-12)
    True
    """
    before = _reference(plan, reference)
    players = _players(plan, scenario, before)
    listed, _ = paired_weights(len(players))
    moved = scenario.assumptions != before.assumptions
    fans, total = {}, len(listed) + moved
    for members in listed:
        mixed = _mixed(plan, scenario, before, players, members)
        fans[members] = ensemble(plan, mixed, draws, seed, stopped=stopped)
        if progress is not None:
            progress(len(fans), total)
    start = ensemble(plan, before, draws, seed, stopped=stopped) if moved else fans[0]
    if progress is not None:
        progress(total, total)
    return Ranges(plan, _groups(plan), players, fans, start)


def _reference(plan: Plan, reference: Scenario | None) -> Scenario:
    return plan.scenarios["status_quo"] if reference is None else reference


def _position(plan: Plan, year: int) -> int:
    if year not in plan.years:
        raise unknown("year", str(year), [str(one) for one in plan.years])
    return plan.years.index(year)


def _groups(plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lever.group for lever in plan.levers))


def _players(plan: Plan, scenario: Scenario, before: Scenario) -> tuple[str, ...]:
    """Return the groups in which the scenarios differ; the others contribute exactly nothing."""
    group = {lever.id: lever.group for lever in plan.levers}
    pairs = [*zip(scenario.values, before.values, strict=True),
             *zip(scenario.districts, before.districts, strict=True)]  # fmt: skip
    moved = {group[new[0]] for new, old in pairs if new != old}
    return tuple(name for name in _groups(plan) if name in moved)


def _mixed(
    plan: Plan, scenario: Scenario, before: Scenario, players: tuple[str, ...], members: int
) -> Scenario:
    """Return the scenario with the levers of these players only, the others as before."""
    chosen = {name for k, name in enumerate(players) if members >> k & 1}
    taken = {lever.id for lever in plan.levers if lever.group in chosen}

    def mix(new: tuple, old: tuple) -> tuple:
        return tuple(a if a[0] in taken else b for a, b in zip(new, old, strict=True))

    return replace(
        scenario,
        values=mix(scenario.values, before.values),
        districts=mix(scenario.districts, before.districts),
    )
