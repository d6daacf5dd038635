"""Where growth comes from: an exact account of value added by capital, labour and the rest.

Each month of each cell is compared with the same month a year before.  In logs its output is a sum
of drivers; the log mean of the two values turns logs into money, so that the parts add up over
drivers, months and cells.  Entry and exit follow from the comparable basis by identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.axes import MONTHS_PER_YEAR
from model.capital import PreSample
from model.decomposition import log_mean
from model.errors import ModelError, unknown
from model.outcomes import Outcomes
from model.plan import Plan
from model.rates import Rates, Reasons

Array = np.ndarray

CAPITAL = ("new_build", "upgrading", "upgrading_quality", "contracts", "depreciation")
LABOUR = ("employment", "labour_support", "labour_quality")
PRODUCTIVITY = ("trend", "leading_push", "cloud", "rd", "factor_support")
UTILISATION = ("covid_loss", "recoupment", "demand")
CHANCE = ("shocks", "stop")
ACCOUNTS = ("closures", "entry", "discrepancy")

GROUPS = {
    "capital": CAPITAL,
    "labour": LABOUR,
    "productivity": PRODUCTIVITY,
    "utilisation": UTILISATION,
    "chance": CHANCE,
    "accounts": ACCOUNTS,
}
SOURCES = tuple(name for names in GROUPS.values() for name in names)
"""All sources of growth, in the order of the results."""

INDICATORS = ("iva_growth", "mva_growth")
"""The growth rates that can be accounted for."""


def capital_parts(
    capital: Array, flows: Mapping[str, Array], elasticity: Array
) -> dict[str, Array]:
    r"""Return the log of capital relative to a year before, by what was added and worn out.

    .. math:: K_{s+1} = K_s + \sum_f F_{f,s}, \qquad
              \ln \frac{K_t}{K_{t-12}} = \sum_{s=t-12}^{t-1} \sum_f
              \frac{F_{f,s}}{L(K_{s+1}, K_s)}

    Each month's log change is shared in proportion to the flows of the perpetual inventory; where
    nothing changes L is the stock itself, so there is no case to leave out.

    Parameters
    ----------
    capital : (12 + month, district, industry, draw)
        Stock at the start of each month, the base year first.
    flows : mapping of (12 + month, ...) that broadcast to it
        What is added (or taken away) within each month, in the unit of the stock.
    elasticity : (industry, draw)

    Returns
    -------
    mapping of (month, district, industry, draw)
        Elasticity times the log change since the same month of the base year.
    """
    mean = log_mean(capital[1:], capital[:-1])
    months = len(capital) - MONTHS_PER_YEAR
    calendar = np.arange(months) % MONTHS_PER_YEAR
    parts = {}
    for name, flow in flows.items():
        since = np.zeros(capital.shape)
        np.cumsum(flow[:-1] / mean, axis=0, out=since[1:])
        parts[name] = elasticity * (since[MONTHS_PER_YEAR:] - since[calendar])
    return parts


def base_year_flows(pre: PreSample, premium: Array, wear: Array) -> tuple[Array, Array, Array]:
    """Return capital, new build and upgrading completed in each month of the base year.

    All (month of the year, draw), in units of the stock at the start of the simulation.  New build
    is what the perpetual inventory leaves after upgrading and depreciation.
    """
    capital = pre.capital / pre.growth
    upgraded = pre.renewal * capital
    following = np.concatenate((capital[1:], pre.capital[:1]))
    new = following - (1.0 - wear) * capital - (1.0 + premium) * upgraded
    return capital, new, upgraded


def output_drivers(
    rates: Rates, reasons: Reasons, stocks: Mapping[str, Array], cells: Mapping[str, Array]
) -> dict[str, Array]:
    """Return the logs of cell output by driver, relative to the same month of the base year.

    Parameters
    ----------
    rates, reasons : Rates, Reasons
        As `model.rates.prepare` lays them out.
    stocks : mapping
        Paths of the run: capital, completed_new, completed_upgrade (month, district, draw) and
        contract, completed_contract (month, draw).
    cells : mapping
        value_added (month, district, industry, draw), for its shape.

    Returns
    -------
    mapping of arrays that broadcast to (month, district, industry, draw)
        `SOURCES` but entry and discrepancy; -inf in ``stop`` where the anchor firm stands still.
        ``closures`` is the capacity closed, before what it takes out of the comparable base.
    """
    shape = cells["value_added"].shape
    before, new, upgraded = (
        np.broadcast_to(part[:, None], (MONTHS_PER_YEAR, shape[1], shape[3]))
        for part in base_year_flows(rates.pre_sample, rates.premium, rates.wear)
    )
    idle = np.zeros((MONTHS_PER_YEAR, *stocks["contract"].shape[1:]))
    contract = np.concatenate((idle, stocks["contract"]))
    completed = np.concatenate((idle, stocks["completed_contract"]))
    own = np.concatenate((before, stocks["capital"]))
    new = np.concatenate((new, stocks["completed_new"]))
    upgraded = np.concatenate((upgraded, stocks["completed_upgrade"]))
    capital = own[:, :, None] + (rates.contract_capital * contract[:, None])[:, None]
    flows = {
        "new_build": new[:, :, None],
        "upgrading": upgraded[:, :, None],
        "upgrading_quality": (rates.premium * upgraded)[:, :, None],
        "contracts": (rates.contract_capital * completed[:, None])[:, None],
        "depreciation": -rates.wear * capital,
    }
    drivers = capital_parts(capital, flows, rates.elasticity)
    for term in reasons.terms:
        drivers |= {
            name: (path[:, None] * term.weight)[:, None] for name, path in term.paths.items()
        }
    standing = np.log(1.0 - reasons.loss * reasons.gap[:, None])
    drivers["covid_loss"] = standing[:, None]
    drivers["recoupment"] = (np.log(reasons.utilisation) - standing)[:, None]
    return drivers | _chance(rates, reasons, drivers, shape)


def _chance(
    rates: Rates, reasons: Reasons, drivers: dict[str, Array], shape: tuple[int, ...]
) -> dict[str, Array]:
    """Return shocks, stop and closures as `output_drivers` does; takes the city shock out."""
    shocks = drivers.pop("city_shock", np.zeros((1, 1, 1, 1)))
    if reasons.industry_shock is not None:
        shocks = shocks + reasons.industry_shock[:, None]
    if rates.district_shock is not None:
        shocks = shocks + rates.district_shock[:, :, None]
    stop, closures = np.zeros(shape), np.zeros(shape)
    if rates.fall is not None:
        with np.errstate(divide="ignore"):
            stop[:, *rates.anchor] = np.log(1.0 - rates.fall)
    if rates.closed is not None:
        rows, industry = rates.closed
        closures[:, rows, industry] = np.log(1.0 - rates.closed_value)[:, None]
    return {"shocks": shocks, "stop": stop, "closures": closures}


def cell_contributions(run: Outcomes) -> Array:
    r"""Return what each source adds to each cell's value added of a year, 亿元.

    .. math:: Y_t - B_t = L(Y^*_t, Y_{t-12}) \sum_f \Delta \ln x_f + (e_t - e_{t-12})
              + (Y_{t-12} + e_{t-12} - B_t)

    :math:`B` is the comparable base and :math:`Y^*` leaves out those that enter this year,
    :math:`e_t`.  The last term is the capacity that leaves the base and belongs to closures.  Where
    the anchor firm stood still in one of the two months the stop takes the whole change, which is
    the limit of the log mean.

    Returns
    -------
    (year, source, district, industry, draw)
        In the order of `SOURCES`; the discrepancy is nothing here.
    """
    cells, drivers = run.cells, run.output_drivers
    now, before = cells["value_added"] - cells["entrants"], cells["year_before"]
    mean = log_mean(now, before)
    shape = (-1, MONTHS_PER_YEAR, *now.shape[1:])

    def since_last_year(log: Array) -> Array:
        log = np.broadcast_to(log, (len(now), *log.shape[1:]))
        return np.concatenate(
            (log[:MONTHS_PER_YEAR], log[MONTHS_PER_YEAR:] - log[:-MONTHS_PER_YEAR])
        )

    with np.errstate(invalid="ignore"):
        change = {name: since_last_year(log) for name, log in drivers.items()}
    going = np.isfinite(change["stop"]) & (mean > 0)
    mean = np.where(going, mean, 0.0)
    change["stop"] = np.where(going, change["stop"], 0.0)
    found = np.zeros((len(now) // MONTHS_PER_YEAR, len(SOURCES), *now.shape[1:]))

    def add(name: str, amount: Array) -> None:
        found[:, SOURCES.index(name)] += amount.reshape(shape).sum(axis=1)

    for name, log in change.items():
        add(name, mean * log)
    add("stop", np.where(going, 0.0, now - before))
    add("closures", before + cells["entrants_before"] - cells["comparable_base"])
    add("entry", cells["entrants"] - cells["entrants_before"])
    return found


@dataclass(frozen=True, slots=True, eq=False)
class GrowthAccount:
    """Growth of value added on the comparable basis, shared out over its sources.

    ``levels`` (year, source, draw) 亿元: they add to the growth of a year times its comparable base
    ``base`` (year, draw).  ``growth`` (source, draw) are contributions in fractions over all
    ``years``, each year's weighted with the growth of the years before it; they add to ``total``
    (draw,).
    """

    indicator: str
    place: str
    years: tuple[int, ...]
    levels: Array
    base: Array

    def __repr__(self) -> str:
        span = f"{self.years[0]}-{self.years[-1]}" if len(self.years) > 1 else f"{self.years[0]}"
        return (
            f"GrowthAccount({self.indicator}, {self.place}, {span}: {100 * self.total[0]:+.1f} %)"
        )

    @property
    def growth(self) -> Array:
        """Contributions in fractions, (source, draw)."""
        rates = self.levels / self.base[:, None]
        index = np.cumprod(1.0 + rates.sum(axis=1), axis=0)
        weight = np.concatenate((np.ones_like(index[:1]), index[:-1]))
        return (weight[:, None] * rates).sum(axis=0)

    @property
    def total(self) -> Array:
        """Growth over all years, (draw,)."""
        rates = self.levels.sum(axis=1) / self.base
        return np.prod(1.0 + rates, axis=0) - 1.0

    def part(self, name: str) -> float:
        """Return the contribution of a source, or of a group of `GROUPS`, in the first draw."""
        names = GROUPS.get(name, (name,))
        wrong = [one for one in names if one not in SOURCES]
        if wrong:
            raise unknown("source of growth", name, (*GROUPS, *SOURCES))
        return float(sum(self.growth[SOURCES.index(one), 0] for one in names))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per source: group, source, growth (fraction), level (亿元, all years)."""
        group = {name: key for key, names in GROUPS.items() for name in names}
        return pd.DataFrame(
            {
                "group": [group[name] for name in SOURCES],
                "source": SOURCES,
                "growth": self.growth[:, 0],
                "level": self.levels.sum(axis=0)[:, 0],
            }
        )


def growth_accounting(
    plan: Plan,
    run: Outcomes,
    year: int | None = None,
    *,
    since: int | None = None,
    indicator: str = "iva_growth",
    district: str | None = None,
    industry: str | None = None,
) -> GrowthAccount:
    """Return where the growth of the city, a district or an industry comes from, exactly.

    Parameters
    ----------
    year : int, optional
        The year to explain; the first by default.
    since : int, optional
        Growth since this year, the year before by default; the base year for all of it.
    indicator : str
        ``iva_growth`` or ``mva_growth``.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> run = model.simulate(plan, plan.scenarios["plan"])
    >>> account = model.growth_accounting(plan, run, 2020)
    >>> bool(abs(account.growth.sum() - run.indicator("iva_growth")[0, 0]) < 1e-12)
    True
    """
    if indicator not in INDICATORS:
        raise unknown("growth rate", indicator, INDICATORS)
    published = run.indicator(indicator, district, industry)
    steps = _steps(plan, year, since)
    kept = np.array([indicator == "iva_growth" or i.is_manufacturing for i in plan.industries])
    if industry is not None:
        kept &= np.array([code == industry for code in plan.axes.industries])
    rows = [plan.axes.districts.index(district)] if district else slice(None)
    positions = [plan.years.index(step) for step in steps]
    cells = cell_contributions(run)[positions][:, :, rows][:, :, :, kept]
    base = run.cells["comparable_base"].reshape(
        -1, MONTHS_PER_YEAR, *run.cells["comparable_base"].shape[1:]
    )[positions][:, :, rows][:, :, :, kept].sum(axis=(1, 2, 3))  # fmt: skip
    levels = cells.sum(axis=(2, 3))
    # The published figure strays from the sum of the cells by this, and only in a drawn run.
    levels[:, SOURCES.index("discrepancy")] = published[positions] * base - levels.sum(axis=1)
    return GrowthAccount(indicator, district or industry or "city", steps, levels, base)


def growth_by_place(plan: Plan, run: Outcomes, year: int, places: str = "district") -> pd.DataFrame:
    """Return the contributions of every district, or industry, to the city's growth of a year.

    Rows are the sources, columns the places, in fractions; everything adds to the city's growth.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> run = model.simulate(plan, plan.scenarios["plan"])
    >>> parts = model.growth_by_place(plan, run, 2020)
    >>> bool(abs(parts.to_numpy().sum() - run.indicator("iva_growth")[0, 0]) < 1e-12)
    True
    """
    axis = {"district": 3, "industry": 2}
    if places not in axis:
        raise unknown("kind of place", places, axis)
    (step,) = _steps(plan, year, None)
    position = plan.years.index(step)
    city = growth_accounting(plan, run, year)
    found = cell_contributions(run)[position].sum(axis=axis[places] - 1)[..., 0]
    codes = plan.axes.districts if places == "district" else plan.axes.industries
    return pd.DataFrame(found / city.base[0, 0], index=list(SOURCES), columns=list(codes))


def _steps(plan: Plan, year: int | None, since: int | None) -> tuple[int, ...]:
    first, last = plan.years[0], plan.years[-1]
    until = first if year is None else year
    start = until - 1 if since is None else since
    if not first - 1 <= start < until <= last:
        raise ModelError(
            f"Growth from {start} to {until} cannot be accounted for; years from {first - 1} to "
            f"{last} are possible, the first before the last.",
            code="years_outside",
            given=f"{start}-{until}",
            low=first - 1,
            high=last,
        )
    return tuple(step for step in plan.years if start < step <= until)
