"""How much of a forecast rests on estimates, and which figure would narrow it most if known.

Every draw of an ensemble is made of independent standard normal numbers: one for each parameter
and one for each cell of the base year.  They can be made again from the seed, so a regression on
them shares out the variance of draws that exist already; nothing is run anew.

References
----------
Strong, Oakley and Brennan (2014): the value of partial information by regression on the draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.axes import MONTHS_PER_YEAR
from model.cells import FIRM, by_id
from model.draws import (
    base_normals,
    dimensions,
    drawn,
    month_shares,
    sobol_normals,
)
from model.optional import of_base_year
from model.plan import Plan
from model.production import autoregression, jump_path
from model.scenario import Scenario
from model.streams import shock_deviation
from model.variance import Shares, first_order

Array = np.ndarray

SEED = 1
PIECE = 1024
"""Draws whose shocks are made at a time, for the room they take."""

BATCHES = 16
"""Parts of the draws whose narrowing is compared for its error."""

LEVEL = 0.05
"""Chance with which any cell without effect at all would be shown to have one."""

LEAST = 0.001
"""Share of the variance below which a cell is not worth naming, however surely it is known."""

SOURCED = (*FIRM, "derived")
"""Status words of numbers that a text carries; the others are estimates: judged or recalled."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the whole by origin: ``share`` of it, and its error where draws measured it.

    ``kind`` is weights; or, of the variance, parameters, base (the cells of the base year),
    shocks, stop (of the anchor firm), model_error, or together: what no input makes by itself.
    ``status`` is empty for the last four, which have no figure behind them.
    """

    kind: str
    status: str
    share: float
    error: float = 0.0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Worth:
    """What knowing a cell, or several, exactly would take away from variance and 90 % width.

    ``share`` of the variance and ``narrowing`` of the width are fractions of what they are now;
    the errors are one standard error of the draws.
    """

    cells: tuple[str, ...]
    share: float
    error: float
    narrowing: float
    narrowing_error: float


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """What a forecast rests on.

    Attributes
    ----------
    draws : int
    width : float
        Distance between its 5 and 95 % points, in the unit of the values.
    weights : tuple of Part
        Base-year value added by status of its cells.
    variance : tuple of Part
        Variance of the forecast by origin; the parts add to 1.
    worth : tuple of Worth
        Cells that can be replaced, whose effect stands out from the error of the draws and takes
        away at least `LEAST` of the variance; the largest first.
    seen : int
        How many stand out, however small their effect.
    best : Worth or None
        The first three of them together.
    all_cells : Worth
        All that could be replaced, whether it stands out or not: what no desk can go beyond.
    candidates, without_range : int
        How many cells were asked, and how many more could be replaced but carry no uncertainty of
        their own in the draws, so that nothing can be said of them.
    """

    draws: int
    width: float
    weights: tuple[Part, ...]
    variance: tuple[Part, ...]
    worth: tuple[Worth, ...]
    seen: int
    best: Worth | None
    all_cells: Worth
    candidates: int
    without_range: int

    def share(self, kind: str, *, sourced: bool | None = None) -> float:
        """Return the share of a kind, of sourced or of estimated numbers alone if asked."""
        parts = self.weights if kind == "weights" else self.variance
        return sum(
            part.share
            for part in parts
            if part.kind == kind and (sourced is None or (part.status in SOURCED) == sourced)
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a cell that stands out: share of the variance, narrowing, errors."""
        rows = [(w.cells[0], w.share, w.error, w.narrowing, w.narrowing_error) for w in self.worth]
        columns = ["cell", "share", "error", "narrowing", "narrowing_error"]
        return pd.DataFrame(rows, columns=columns)


def weights(plan: Plan) -> tuple[Part, ...]:
    """Return base-year value added by status of its cells, the largest share first."""
    amount, status = plan.base.value_added, plan.base.status
    parts = [
        Part("weights", str(word), float(amount[status == word].sum() / amount.sum()),
             count=int((status == word).sum()))
        for word in np.unique(status)
    ]  # fmt: skip
    return tuple(sorted(parts, key=lambda part: -part.share))


def worth(values: Array, found: Shares, places: Sequence[int], cells: Sequence[str]) -> Worth:
    """Return what knowing the inputs at ``places`` exactly would take away.

    The width is that of the values without the part that follows the inputs: what is left on
    average when they are known.  Its error comes from the same in parts of the draws.
    """
    places = list(places)
    left = values - found.fitted[places].sum(axis=0)
    batches = [
        1.0 - _width(part) / _width(whole)
        for part, whole in zip(
            np.array_split(left, BATCHES), np.array_split(values, BATCHES), strict=True
        )
    ]
    return Worth(
        tuple(cells),
        *_share(found, places),
        1.0 - _width(left) / _width(values),
        float(np.std(batches, ddof=1) / np.sqrt(BATCHES)),
    )


def _share(found: Shares, places: Sequence[int]) -> tuple[float, float]:
    """Return the share of the variance that inputs make, and its error."""
    share = found.square[places].sum() / found.variance
    return float(share), float(np.sqrt((found.error[places] ** 2).sum()) / found.variance)


def knowledge(
    plan: Plan, scenario: Scenario, values: Array, seed: int = SEED, best: int = 3
) -> Knowledge:
    """Return what a forecast of an ensemble rests on, and what would narrow it most.

    Parameters
    ----------
    values : (draw,)
        The forecast in every draw of an ensemble, ``fan.indicator("iva_growth")[0]``.
    seed : int
        The seed of the ensemble.
    best : int
        How many cells are looked at together.

    Notes
    -----
    Priors that depend on each other count with the parameter that leads the pair
    (`model.draws.CORRELATED`); none of `facts` follows another.

    Examples
    --------
    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> fan = model.ensemble(plan, plan.scenarios["plan"], draws=2048)
    >>> found = model.knowledge(plan, fan.scenario, fan.indicator("iva_growth")[0])
    >>> found.draws, bool(found.width > 0)
    (2048, True)
    """
    values = np.asarray(values, dtype=float)
    origins, inputs = _inputs(plan, len(values), seed)
    kinds, controls = _controls(plan, scenario, len(values), seed)
    found = first_order(values, inputs, len(dimensions(plan)), controls)
    asked = {place: cell for place, (_, _, cell) in enumerate(origins) if _open(plan, cell)}
    seen = [place for place in asked if found.chance[place] < LEVEL / len(asked)]
    seen.sort(key=lambda place: -found.square[place])
    large = [place for place in seen if found.square[place] >= LEAST * found.variance]
    first = large[:best]
    return Knowledge(
        draws=len(values),
        width=_width(values),
        weights=weights(plan),
        variance=_by_origin(origins, kinds, found),
        worth=tuple(worth(values, found, [place], [asked[place]]) for place in large),
        seen=len(seen),
        best=worth(values, found, first, [asked[x] for x in first]) if first else None,
        all_cells=worth(values, found, list(asked), list(asked.values())),
        candidates=len(asked),
        without_range=_without_range(plan, set(asked.values())),
    )


def _width(values: Array) -> float:
    low, high = np.quantile(values, (0.05, 0.95))
    return float(high - low)


def facts(plan: Plan) -> frozenset[str]:
    """Return the parameters that records of the time before the plan hold.

    Amounts and shares of the base year, fixed assets, the times of finished projects, the bureau's
    own rule for firms that leave, energy of the lines to be closed.  All others are about what
    comes (demand, delivery, trend) or are effects that nobody can look up (elasticities), so no
    figure replaces them.
    """
    of_year = of_base_year(plan.facts).values()
    kept = "pre_sample_capital_growth", "entrant_value_added", "gestation_upgrade"
    lines = (row.energy_parameter for row in plan.closures)
    return frozenset((*of_year, *kept, "exit_base_removal", *lines))


def _open(plan: Plan, cell: str) -> bool:
    """Return whether a cell could be replaced by a figure of the bureau and has not been."""
    known = by_id(plan).get(cell)
    if known is None or known.locked or known.firm:
        return False
    return known.table != "parameters" or known.key[0] in facts(plan)


def _without_range(plan: Plan, asked: set[str]) -> int:
    """Return how many cells could be replaced, act on results, and are drawn nowhere."""
    tables = ("district_base", "industry_mix", "industries")
    offsets = ("capital_elasticity_offset", "tfp_offset")
    return sum(
        1
        for cell in by_id(plan).values()
        if cell.table in tables and cell.column not in offsets
        and cell.id not in asked and not cell.locked and not cell.firm
    )  # fmt: skip


def _inputs(plan: Plan, draws: int, seed: int) -> tuple[list[tuple[str, str, str]], Array]:
    """Return the inputs of an ensemble, (input, draw), with kind, status and cell of each."""
    names = dimensions(plan)
    districts, industries = plan.axes.districts, plan.axes.industries
    origins = [_parameter(plan, name) for name in names]
    rows = [
        "district_base|{}|industrial_va|central",
        "district_base|{}|industrial_investment|central",
    ]
    rows += ["industry_mix|{}|" + code + "|share_pct" for code in industries]
    cells = by_id(plan)
    for row in rows:
        for district in districts:
            cell = row.format(district)
            origins.append(("base", cells[cell].status, cell))
    noise = base_normals(plan, 0, draws, seed).reshape(-1, draws)
    return origins, np.concatenate((sobol_normals(len(names), draws, seed), noise))


def _parameter(plan: Plan, name: str) -> tuple[str, str, str]:
    parameter, _, place = name.rstrip("]").partition("[")
    status = plan.parameter(parameter).status
    if parameter == "energy_intensity_multiplier":
        industry = plan.axes.industries[int(place)]
        cell = f"industries|{industry}|energy_intensity_central"
        return "parameters", plan.industries[int(place)].energy_intensity_status, cell
    return "parameters", status, f"parameters|{parameter}|p50"


def _controls(plan: Plan, scenario: Scenario, draws: int, seed: int) -> tuple[list[str], Array]:
    """Return what chance did to each year of each draw, (control, draw), and its kinds.

    Shocks of the city, of industries and of districts as means over a year, output of the anchor
    cell missing in it, the gap between model and published growth, and chance in the city's
    spending.
    """
    output, spent = month_shares(plan)
    share = output.mean(axis=1)
    years = len(plan.years)
    found = []
    for start in range(0, draws, PIECE):
        numbers = drawn(plan, scenario, start, min(start + PIECE, draws), draws, seed)
        p, shocks = numbers.values, numbers.shocks
        assert shocks is not None
        paths = [
            autoregression(shocks.city, p["city_factor_persistence"], p["city_factor_sd"])[:, None],
            autoregression(
                shocks.industry, p["industry_shock_persistence"], shock_deviation(plan, p)
            ),
            autoregression(
                shocks.district, p["district_shock_persistence"], p["district_shock_sd"]
            ),
            jump_path(shocks.new_fall, p["jump_carry_over"])[:, None],
        ]
        path = np.concatenate(paths, axis=1)
        by_year = path.reshape(years, MONTHS_PER_YEAR, *path.shape[1:])
        means = np.einsum("m,ymks->yks", share, by_year).reshape(-1, path.shape[-1])
        luck = numbers.spending_luck()
        if luck is None:
            luck = np.ones((1, 1, 1))
        weight = numbers.investment / numbers.investment.sum(axis=0)
        luck = np.broadcast_to((luck * weight).sum(axis=1), (len(path), path.shape[-1]))
        luck = np.einsum("m,yms->ys", spent, luck.reshape(years, MONTHS_PER_YEAR, -1))
        found.append(np.concatenate((means, numbers.discrepancy[None], luck)))
    kinds = (["shocks"] * (path.shape[1] - 1) + ["stop"]) * years + ["model_error"]
    return kinds + ["shocks"] * years, np.concatenate(found, axis=1)


def _by_origin(
    origins: Sequence[tuple[str, str, str]], kinds: Sequence[str], found: Shares
) -> tuple[Part, ...]:
    """Return the variance by kind and status; what nothing explains by itself comes last."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, (kind, status, _) in enumerate(origins):
        groups.setdefault((kind, status), []).append(place)
    parts = []
    for (kind, status), places in groups.items():
        parts.append(Part(kind, status, *_share(found, places), len(places)))
    parts.sort(key=lambda part: (part.kind != "parameters", -part.share))
    for kind in dict.fromkeys(kinds):
        rows = [place for place, other in enumerate(kinds) if other == kind]
        share = float(np.var(found.controlled[rows].sum(axis=0)) / found.variance)
        parts.append(Part(kind, "", share))
    rest = 1.0 - sum(part.share for part in parts)
    return (*parts, Part("together", "", rest))
