"""Which group of levers moved what: exact Shapley values over the groups.

A scenario differs from a reference by its assumptions and by its levers.  The assumptions are
changed first and stand apart; the levers are then shared out among their groups so that the parts
add to the whole whatever the order in which they are thought to act.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import factorial

import numpy as np
import pandas as pd

from model.outcomes import Figures
from model.plan import Plan
from model.scenario import Scenario
from model.simulate import batch

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

    The draw axis of ``figures`` holds the coalitions, numbered as in `shapley_weights`, and last
    the reference under its own assumptions.
    """

    plan: Plan
    groups: tuple[str, ...]
    figures: Figures

    def attribution(
        self, indicator: str, year: int, district: str | None = None, industry: str | None = None
    ) -> Attribution:
        """Return how one indicator of a year comes about."""
        position = self.plan.years.index(year)
        values = self.figures.indicator(indicator, district, industry)[position]
        value, players = values[:-1], len(self.groups)
        parts, start, end = shapley(value, players), float(value[0]), float(value[-1])
        alone = [float(value[1 << player]) - start for player in range(players)]
        first = {lever.group: lever for lever in reversed(self.plan.levers)}
        shares = tuple(
            Share(
                group=group,
                name_zh=first[group].group_zh,
                name_en=first[group].group_en,
                special_action=first[group].special_action,
                value=float(parts[player]),
                alone=alone[player],
            )
            for player, group in enumerate(self.groups)
        )
        return Attribution(
            indicator=indicator,
            year=year,
            place=district or industry or "city",
            reference=float(values[-1]),
            assumptions=start - float(values[-1]),
            shares=shares,
            scenario=end,
            interaction=end - start - sum(alone),
        )


def coalitions(plan: Plan, scenario: Scenario, reference: Scenario | None = None) -> Coalitions:
    """Run every coalition of lever groups, once each, side by side.

    Parameters
    ----------
    reference : Scenario, optional
        What the scenario is compared with; the status quo by default.
    """
    before = plan.scenarios["status_quo"] if reference is None else reference
    groups = tuple(dict.fromkeys(lever.group for lever in plan.levers))
    bit = {group: 1 << player for player, group in enumerate(groups)}
    group_of = {lever.id: bit[lever.group] for lever in plan.levers}

    def mixed(members: int) -> Scenario:
        pairs = zip(scenario.values, before.values, strict=True)
        rows = zip(scenario.districts, before.districts, strict=True)
        return replace(
            scenario,
            values=tuple(new if group_of[new[0]] & members else old for new, old in pairs),
            districts=tuple(new if group_of[new[0]] & members else old for new, old in rows),
        )

    runs = [mixed(members) for members in range(1 << len(groups))]
    return Coalitions(plan, groups, batch(plan, [*runs, before]))


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
