"""Priors to draws: scrambled Sobol numbers for parameters, keyed streams for shocks.

The same seed gives the same draws for every scenario (common random numbers), whatever the chunk
size or the number of threads.  Shocks and base cells come in blocks of fixed size, each from its
own stream, so any range of draws can be made on its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model import investment
from model.axes import MONTHS_PER_YEAR
from model.base import base_table
from model.optional import neutral
from model.plan import Plan
from model.scenario import Scenario
from model.sources import Parameter, uniform_ends
from model.streams import BASE, DISCREPANCY, PLACES, Shocks, shocks, stop_months, stream

Array = np.ndarray

Z95 = 1.6448536269514722
"""The standard normal exceeds this with 5 %."""

BY_INDUSTRY = (
    "capital_elasticity_offset_error",
    "tfp_offset_error",
    "energy_intensity_multiplier",
)
"""Parameters with one draw for each industry; all others have one for all."""

CLASSES = ("leading", "energy_intensive", "high_tech", "strategic_emerging")
"""Statistical classes with a concordance; each has its own error."""

CORRELATED = (
    ("tfp_residual", "employment_trend", "correlation_tfp_employment"),
    ("autonomous_efficiency", "technique_elasticity", "correlation_efficiency_technique"),
    ("contract_additionality", "contract_conversion", "correlation_additionality_conversion"),
)
"""Pairs of priors joined by a Gaussian copula."""

OBSERVED = ("model_discrepancy_sd",)
"""Parameters of the comparison with published figures that the ensemble carries along."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Everything uncertain, for a range of draws.

    ``values`` maps a parameter to (draw,), or (industry, draw) for `BY_INDUSTRY`, or
    (class, draw) for ``concordance_error``.  ``discrepancy`` (draw,) is the gap between model and
    published growth of the city, ``local_discrepancy`` (district, draw) that of each district,
    fractions.  ``shocks`` is None for a central run: no shocks at all.
    """

    values: Mapping[str, Array]
    value_added: Array
    investment: Array
    shocks: Shocks | None
    new_fall: Array
    discrepancy: Array
    local_discrepancy: Array

    def spending_luck(self) -> Array | None:
        """Return the factor of chance on spending, (month, district, draw), if there is any."""
        if self.shocks is None or self.shocks.spending is None:
            return None
        sizes = (self.values[f"investment_shock_{x}"] for x in ("persistence", "sd", "district_sd"))
        return investment.spending_luck(self.shocks.spending, *sizes)


def uncertain(plan: Plan) -> tuple[Parameter, ...]:
    """Return the parameters that the ensemble draws."""
    return tuple(p for p in plan.parameters if p.quantified or p.id in OBSERVED)


def quantile(parameter: Parameter, z: Array) -> Array:
    """Return the value of a prior at standard normal quantile z, inside the support.

    A two-piece normal runs through the 5, 50 and 95 % points of the record.  What would leave the
    support is set to its edge, so the recorded quantiles hold.
    """
    low, mid, high = parameter.low, parameter.mid, parameter.high
    if ends := uniform_ends(parameter.distribution):
        from scipy.special import ndtr

        return ends[0] + (ends[1] - ends[0]) * ndtr(z)
    assert low is not None and mid is not None and high is not None, parameter.id
    return mid + np.where(z < 0, mid - low, high - mid) * (z / Z95)


def within_support(parameter: Parameter, value: Array) -> Array:
    """Return the value moved to the edge of the support where it lies outside."""
    return np.clip(value, parameter.support_min, parameter.support_max)


@lru_cache(maxsize=4)
def sobol_normals(dimensions: int, draws: int, seed: int) -> Array:
    """Return scrambled Sobol points as standard normal quantiles, (dimension, draw), read-only."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    power = max(0, int(np.ceil(np.log2(draws))))
    points = qmc.Sobol(dimensions, scramble=True, rng=seed).random_base2(power)[:draws]
    inside = np.clip(points, 1e-12, 1 - 1e-12)
    normals = np.ascontiguousarray(ndtri(inside).T)
    normals.flags.writeable = False
    return normals


def _widths(plan: Plan) -> list[tuple[Parameter, int]]:
    sizes = {name: len(plan.industries) for name in BY_INDUSTRY}
    sizes["concordance_error"] = len(CLASSES)
    return [(p, sizes.get(p.id, 1)) for p in uncertain(plan)]


def dimensions(plan: Plan) -> tuple[str, ...]:
    """Return the name of every Sobol dimension, in order."""
    names = []
    for parameter, width in _widths(plan):
        names += [parameter.id] if width == 1 else [f"{parameter.id}[{k}]" for k in range(width)]
    return tuple(names)


def _assumed(plan: Plan, scenario: Scenario, parameter: str, value: Array) -> Array:
    """Return a prior moved by the scenario's assumption about it."""
    for assumption in plan.assumptions:
        if assumption.parameter != parameter or assumption.moves == "event":
            continue
        given, default = scenario.assumption(assumption.id), assumption.default
        if assumption.moves == "scale":
            return value * (given / default)
        return value + (given - default) / 100
    return value


def _parameters(plan: Plan, scenario: Scenario, normals: Array) -> dict[str, Array]:
    widths = _widths(plan)
    z: dict[str, Array] = {}
    position = 0
    for parameter, width in widths:
        rows = normals[position : position + width]
        z[parameter.id] = rows[0] if width == 1 else rows
        position += width
    for first, second, name in CORRELATED:
        if not {first, second} <= z.keys() or name not in plan.parameter_ids:
            continue
        rho = plan.parameter(name).mid
        z[second] = rho * z[first] + np.sqrt(1 - rho**2) * z[second]
    lacking = neutral(plan.facts).items()
    values = {name: np.full(normals.shape[1], value) for name, value in lacking}
    values |= fixed_values(plan)
    for parameter, _ in widths:
        value = quantile(parameter, z[parameter.id])
        value = _assumed(plan, scenario, parameter.id, value)
        values[parameter.id] = within_support(parameter, value)
    return values


def fixed_values(plan: Plan) -> dict[str, Array]:
    """Return the coefficients without a range, each as an array of one draw."""
    return {
        p.id: np.array([p.mid])
        for p in plan.parameters
        if p.distribution == "fixed" and p.role == "simulated"
    }


def central(plan: Plan, scenario: Scenario) -> Draws:
    """Return the single draw of a central run: medians, base year as given, no shocks."""
    count = sum(width for _, width in _widths(plan))
    values = _parameters(plan, scenario, np.zeros((count, 1)))
    months = len(plan.months)
    stop = stop_months(plan, scenario)
    return Draws(
        values=values,
        value_added=plan.base.value_added[:, :, None],
        investment=plan.base.investment[:, None],
        shocks=None,
        new_fall=stop[:, None].astype(float) if stop.any() else np.zeros((months, 1)),
        discrepancy=np.zeros(1),
        local_discrepancy=np.zeros((len(plan.axes.districts), 1)),
    )


def at(plan: Plan, scenario: Scenario, normals: Array) -> Draws:
    """Return draws at chosen quantiles of the priors: base year as given, no shocks.

    ``normals`` (dimension, draw) in the order of `dimensions`.
    """
    middle, count = central(plan, scenario), normals.shape[1]
    return Draws(
        values=_parameters(plan, scenario, normals),
        value_added=np.repeat(middle.value_added, count, axis=2),
        investment=np.repeat(middle.investment, count, axis=1),
        shocks=None,
        new_fall=np.repeat(middle.new_fall, count, axis=1),
        discrepancy=np.zeros(count),
        local_discrepancy=np.zeros((len(plan.axes.districts), count)),
    )


def side_by_side(plan: Plan, scenarios: Sequence[Scenario]) -> Draws:
    """Return central draws whose draw axis holds one scenario after another."""
    count = len(scenarios)
    by_assumptions = {}
    for scenario in scenarios:
        if scenario.assumptions not in by_assumptions:
            by_assumptions[scenario.assumptions] = central(plan, scenario)
    each = [by_assumptions[scenario.assumptions] for scenario in scenarios]
    if len(by_assumptions) == 1:
        values = {
            name: np.broadcast_to(value, (*value.shape[:-1], count))
            for name, value in each[0].values.items()
        }
    else:
        values = {
            name: np.concatenate([one.values[name] for one in each], axis=-1)
            for name in each[0].values
        }
    return Draws(
        values=values,
        value_added=np.repeat(plan.base.value_added[:, :, None], count, axis=2),
        investment=np.repeat(plan.base.investment[:, None], count, axis=1),
        shocks=None,
        new_fall=np.concatenate([one.new_fall for one in each], axis=-1),
        discrepancy=np.zeros(count),
        local_discrepancy=np.zeros((len(plan.axes.districts), count)),
    )


def drawn(plan: Plan, scenario: Scenario, start: int, stop: int, draws: int, seed: int) -> Draws:
    """Return draws ``start`` to ``stop`` of an ensemble of ``draws``.

    Parameters
    ----------
    plan, scenario
        Assumptions of the scenario move the priors they name.
    start, stop : int
        Range of draws, the last one excluded.
    draws, seed : int
        Size and seed of the whole ensemble; both identify a draw.
    """
    count = sum(width for _, width in _widths(plan))
    normals = sobol_normals(count, draws, seed)[:, start:stop]
    values = _parameters(plan, scenario, normals)
    luck = shocks(plan, scenario, values, start, stop, seed)
    value_added, investment = _base_year(plan, values, start, stop, seed)
    size = values["model_discrepancy_sd"] / 100
    gap = stream(DISCREPANCY, (1,), start, stop, seed)[0] * size
    apart = size * stream(PLACES, (1 + len(value_added),), start, stop, seed)
    weight = value_added.sum(axis=1) / value_added.sum(axis=(0, 1))
    return Draws(
        values=values,
        value_added=value_added,
        investment=investment,
        shocks=luck,
        new_fall=luck.new_fall,
        discrepancy=gap,
        local_discrepancy=local_discrepancy(gap, apart, weight, values["discrepancy_common"]),
    )


def local_discrepancy(gap: Array, apart: Array, weight: Array, common: Array) -> Array:
    r"""Return the gap between model and published growth of each district, given the city's.

    .. math:: \delta_d = x_d + \Big(c + w_d\frac{1-c}{H}\Big)(\delta - \textstyle\sum_j w_j x_j),
              \qquad x_d = \sqrt c\,n_0 + \sqrt{(1-c)/H}\,n_d, \quad H = \textstyle\sum_j w_j^2

    A part c of the variance of the city's gap is common to all districts; the rest is what is left
    of their own gaps, which average out.  Each has therefore a variance of c + (1 - c)/H of the
    city's, and weighted by the base year they add to the city's, draw by draw.

    Parameters
    ----------
    gap : (draw,)
        The gap of the city, with its deviation.
    apart : (1 + district, draw)
        Independent numbers of the same deviation: n_0 and n_d.
    weight : (district, draw)
        Share of each district in the base year.
    common : (draw,)
        c, from 0 (districts err by themselves) to 1 (all err alike).

    Returns
    -------
    (district, draw)
    """
    own = (1 - common) / (weight**2).sum(axis=0)
    free = np.sqrt(common) * apart[0] + np.sqrt(own) * apart[1:]
    return free + (common + weight * own) * (gap - (weight * free).sum(axis=0))


def _base_year(
    plan: Plan, values: Mapping[str, Array], start: int, stop: int, seed: int
) -> tuple[Array, Array]:
    """Return value added and investment of the base year with their own uncertainty.

    District totals vary within their bands, cells around their share by their status; the city
    totals follow their priors.
    """
    base = plan.base
    noise = base_normals(plan, start, stop, seed)
    totals = _within_band(base.value_added_band, noise[0])
    level = _level(plan, values, "industrial_va")
    totals *= base.value_added.sum() * level / totals.sum(axis=0)
    investment = _within_band(base.investment_band, noise[1])
    level = _level(plan, values, "industrial_investment")
    investment *= base.investment.sum() * level / investment.sum(axis=0)
    share = base.value_added / base.value_added.sum(axis=1, keepdims=True)
    deviation = cell_deviation(plan, values)
    mix = share[:, :, None] * np.exp(deviation * noise[2:].swapaxes(0, 1))
    return base_table(totals, mix), investment


def base_normals(plan: Plan, start: int, stop: int, seed: int) -> Array:
    """Return the standard normal numbers behind the base year, (2 + industry, district, draw).

    The first row moves a district's value added, the second its investment, the others its mix.
    """
    districts, industries = plan.base.value_added.shape
    return stream(BASE, (2 + industries, districts), start, stop, seed)


def _level(plan: Plan, values: Mapping[str, Array], name: str) -> Array:
    """Return a total of the base year relative to its median."""
    dated = plan.of_base(name)
    return values[dated] / plan.parameter(dated).mid


def cell_deviation(plan: Plan, values: Mapping[str, Array]) -> Array:
    """Return the log deviation of each cell of the mix, (district, industry, draw), by status."""
    by_status = {
        "published": values["base_cell_sd_published"],
        "bureau": values["base_cell_sd_published"],
        "derived": values["base_cell_sd_derived"],
        "estimated": values["base_cell_sd"],
    }
    weakest = values["base_cell_sd_assumed"]
    draws = len(values["base_cell_sd"])
    found = np.empty((*plan.base.mix_status.shape, draws))
    for word in np.unique(plan.base.mix_status):
        found[plan.base.mix_status == word] = by_status.get(str(word), weakest)
    return found


def _within_band(band: Array, z: Array) -> Array:
    low, mid, high = (band[:, k, None] for k in range(3))
    return np.maximum(mid + np.where(z < 0, mid - low, high - mid) * (z / Z95), 0.05 * mid)


def month_shares(plan: Plan) -> tuple[Array, Array]:
    """Return month shares of value added (month of the year, industry) and of investment."""

    def read(kind: str) -> Array:
        names = [f"month_share_{kind}_{m:02d}" for m in range(1, MONTHS_PER_YEAR + 1)]
        share = np.array([plan.parameter(name).mid for name in names], dtype=float)
        return share / share.sum()

    known = {p.id[len("month_share_") : -3] for p in plan.parameters if "month_share_" in p.id}
    columns = [read(i.code if i.code in known else "all") for i in plan.industries]
    return np.stack(columns, axis=1), read("investment")
