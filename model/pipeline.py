"""Where investment stands: spent, in progress, capacity; when a yuan becomes output.

The account of a run is exact: work in progress at the start, plus spending, less what is
completed, is work in progress at the end, for every kind, month and district.  It passes the
spending of the run through the same chains as `model.march`, apart by the year of spending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import NamedTuple

import numpy as np
import pandas as pd

from model.axes import MONTHS_PER_YEAR, Axes
from model.capital import chain_step
from model.errors import ModelError, unknown
from model.investment import construction_time
from model.outcomes import Outcomes
from model.plan import Plan
from model.scenario import Scenario

Array = np.ndarray

KINDS = ("new", "upgrade", "contract")
"""New build of the own plan, technological upgrading, and new build from additional contracts."""

FLOWS = ("opening", "spent", "completed", "closing")


def completions(opening: Array, inflow: Array, rate: Array) -> tuple[Array, Array]:
    """Return what a chain completes, and its work in progress at the start of each month.

    Parameters
    ----------
    opening : (stage, ..., draw)
    inflow : (month, ..., draw)
    rate : (month, draw)

    Returns
    -------
    completed, work : (month, ..., draw)
    """
    work, done, stood = opening, [], []
    for flow, part in zip(inflow, rate, strict=True):
        stood.append(work.sum(axis=0))
        work, out = chain_step(work, flow, part)
        done.append(out)
    return np.stack(done), np.stack(stood)


def gestation(stages: int, rate: float, months: int) -> Array:
    r"""Return the share of a yuan that is completed by each month after its spending, (month,).

    .. math:: F_k = \sum_{j \le k} \binom{j-1}{n-1} p^n (1-p)^{j-n}, \qquad E[k] = n / p

    The chain of a constant rate in closed form (negative binomial).

    >>> gestation(1, 0.5, 4).tolist()
    [0.0, 0.5, 0.75, 0.875]
    """
    lags = range(months)
    mass = [
        comb(k - 1, stages - 1) * rate**stages * (1 - rate) ** (k - stages) if k >= stages else 0.0
        for k in lags
    ]
    return np.cumsum(mass)


@dataclass(frozen=True, slots=True, eq=False)
class InvestmentAccount:
    """The investment account of a run, in 亿元 at base-year prices.

    opening, spent, completed, closing (kind, month, district, draw) with
    opening + spent - completed = closing; cohorts (year of spending, kind, month, district, draw)
    what of ``completed`` was spent before the first year (first place) and in each year.
    Completed is at cost: an upgrade adds 1 + premium of capacity.  ``rate`` (kind, month, draw)
    and ``stages`` (kind) make the chains; spending of the status quo's contracts is in ``new``.
    """

    axes: Axes
    opening: Array
    spent: Array
    completed: Array
    closing: Array
    cohorts: Array
    rate: Array
    stages: tuple[int, ...]
    signed: Array
    converted: Array
    additional: Array

    def __repr__(self) -> str:
        year = self.axes.years[0]
        spent, done = (self.by_year(name)[:, 0, :, 0].sum() for name in ("spent", "completed"))
        return f"InvestmentAccount({year}: spent {spent:.1f}, completed {done:.1f})"

    def by_year(self, name: str) -> Array:
        """Return a part of the account by year, (kind, year, district, draw).

        Spent and completed are sums over the year; opening and closing stand at its two ends.
        """
        if name not in FLOWS:
            raise unknown("part of the account", name, FLOWS)
        path = getattr(self, name)
        shaped = path.reshape(len(KINDS), -1, MONTHS_PER_YEAR, *path.shape[2:])
        if name == "opening":
            return shaped[:, :, 0]
        return shaped[:, :, -1] if name == "closing" else shaped.sum(axis=2)

    def share_completed(self, year: int) -> Array:
        """Return the share of a year's spending that is capacity by each month, (month, draw)."""
        k = self._year(year)
        done = self.cohorts[k + 1].sum(axis=(0, 2)).cumsum(axis=0)
        return done / self.by_year("spent")[:, k].sum(axis=(0, 1))

    def kernel(self, kind: str, month: int = 0, months: int = 61) -> Array:
        """Return the share of a yuan of this month that is capacity after k months, (month, draw).

        The rates of the run hold for its months, the last one afterwards.
        """
        place, rate = self._chain(kind, month, months)
        work = np.zeros((self.stages[place], rate.shape[-1]))
        impulse = np.zeros(rate.shape)
        impulse[0] = 1.0
        return completions(work, impulse, rate)[0].cumsum(axis=0)

    def mean_gestation(self, kind: str, month: int = 0) -> Array:
        r"""Return the mean time from spending in this month to capacity, months, (draw,).

        At a constant rate :math:`n/p`; what is still in stage j when the run ends needs
        :math:`(n-j+1)/p` more.
        """
        place, rate = self._chain(kind, month, len(self.axes.months) - month + 1)
        work = np.zeros((self.stages[place], rate.shape[-1]))
        mean = np.zeros(rate.shape[-1])
        for lag, part in enumerate(rate):
            work, out = chain_step(work, np.full(mean.shape, float(lag == 0)), part)
            mean += lag * out
        left = np.arange(len(work), 0, -1.0)[:, None]
        return mean + (work * (len(rate) - 1 + left / rate[-1])).sum(axis=0)

    def to_frame(self, by: Sequence[str] = ("year", "kind")) -> pd.DataFrame:
        """Return the account in tidy form (first draw), added up over what ``by`` leaves out.

        ``by`` names month or year or neither, kind, district.  Without month or year the account
        spans the whole run.
        """
        order = ("month", "year", "kind", "district")
        wrong = [name for name in by if name not in order]
        if wrong:
            raise unknown("axis", wrong[0], order)
        if "month" in by and "year" in by:
            raise ModelError("Ask for months or for years, not both.", code="one_time")
        columns = {}
        for name in FLOWS:
            part = getattr(self, name) if "month" in by else self.by_year(name)
            part = np.moveaxis(part[..., 0], 1, 0)
            if not {"month", "year"} & set(by):
                ends = {"opening": part[:1], "closing": part[-1:]}
                part = ends.get(name, part).sum(axis=0, keepdims=True)
            drop = tuple(k for k, axis in ((1, "kind"), (2, "district")) if axis not in by)
            columns[name] = part.sum(axis=drop).ravel()
        codes = {"month": self.axes.months, "year": self.axes.years, "kind": KINDS,
                 "district": self.axes.districts}  # fmt: skip
        names = [name for name in order if name in by]
        if not names:
            return pd.DataFrame(columns)
        index = pd.MultiIndex.from_product([codes[name] for name in names], names=names)
        return pd.DataFrame(columns, index=index).reset_index()

    def _year(self, year: int) -> int:
        if year not in self.axes.years:
            raise unknown("year", str(year), [str(y) for y in self.axes.years])
        return self.axes.years.index(year)

    def _chain(self, kind: str, month: int, months: int) -> tuple[int, Array]:
        """Return the place of a kind and its rates from a month on."""
        if kind not in KINDS:
            raise unknown("kind of investment", kind, KINDS)
        place, last = KINDS.index(kind), len(self.axes.months) - 1
        if not 0 <= month <= last:
            raise unknown("month", str(month), [str(m) for m in range(last + 1)])
        return place, self.rate[place][np.minimum(np.arange(month, month + months), last)]


def investment_account(run: Outcomes, district: str | None = None) -> InvestmentAccount:
    """Return the investment account of a run, of the city's districts or of one of them.

    Raises
    ------
    ModelError
        When the district is unknown.

    Examples
    --------
    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> account = model.investment_account(model.simulate(plan, plan.scenarios["plan"]))
    >>> year = account.to_frame(by=["year"]).set_index("year").loc[2020]
    >>> bool(abs(year.opening + year.spent - year.completed - year.closing) < 1e-9)
    True
    >>> [round(float(account.mean_gestation(kind, 35)[0])) for kind in ("new", "upgrade")]
    [17, 6]
    """
    laid, axes = run.pipeline, run.axes
    rows = slice(None)
    if district is not None:
        if district not in axes.districts:
            raise unknown("district", district, axes.districts)
        rows = slice(axes.districts.index(district), axes.districts.index(district) + 1)
    spent = laid.spent[:, :, rows]
    opening = [work[:, rows] for work in laid.opening]
    year_of = np.arange(len(axes.months)) // MONTHS_PER_YEAR
    cohorts, stood = [], []
    for cohort in range(-1, len(axes.years)):
        mask = (year_of == cohort)[:, None, None]
        found = [
            completions(work if cohort < 0 else 0 * work, flow * mask, rate)
            for work, flow, rate in zip(opening, spent, laid.rate, strict=True)
        ]
        cohorts.append(np.stack([done for done, _ in found]))
        stood.append(np.stack([work for _, work in found]))
    by_cohort = np.stack(cohorts)
    start, completed = sum(stood), by_cohort.sum(axis=0)
    end = start + spent - completed
    end[:, :-1] = start[:, 1:]
    return InvestmentAccount(
        axes=Axes(axes.months, axes.districts[rows], axes.industries, axes.start),
        opening=start,
        spent=spent,
        completed=completed,
        closing=end,
        cohorts=by_cohort,
        rate=laid.rate,
        stages=tuple(len(work) for work in opening),
        signed=laid.signed,
        converted=laid.converted,
        additional=laid.additional,
    )


def capital_by_cohort(run: Outcomes) -> Array:
    r"""Return the capital that each year's spending has built, relative to the initial stock.

    .. math:: k_{c,t+1} = (1 - \delta)\,k_{c,t} + o^N_{c,t} + (1 + \psi)\,o^T_{c,t} + o^C_{c,t}

    Returns
    -------
    (year of spending, month, district, industry, draw)
        The first place is what was spent before the first year, the initial stock included; the
        places add to ``run.cells["capital"]``.
    """
    laid = run.pipeline
    cohorts = investment_account(run).cohorts
    new, upgrade, contract = (cohorts[:, k] for k in range(3))
    own = (new + (1.0 + laid.premium) * upgrade) / laid.scale
    # All districts build contracts alike, so one of them tells how many units are complete.
    unit = laid.contract_unit.sum(axis=0)
    units = np.divide(
        contract.sum(axis=2), unit, out=np.zeros_like(contract[:, :, 0]), where=unit != 0
    )
    stock = np.zeros((len(cohorts), *own.shape[2:]))
    stock[0] = 1.0
    built = np.zeros((len(cohorts), units.shape[-1]))
    path = []
    for month in range(own.shape[1]):
        path.append(stock[:, :, None] + (laid.contract_capital * built[:, None])[:, None])
        stock = (1.0 - laid.wear) * stock + own[:, month]
        built = (1.0 - laid.wear) * built + units[:, month]
    return np.stack(path, axis=1)


def output_of_spending(run: Outcomes) -> Array:
    r"""Return the value added that would be missing without the capacity of each year's spending.

    .. math:: Y_{cy} = \sum_{t \in y} \sum_{di} Y_{dit}
              \left[1 - \left(1 - \frac{k_{c,dit}}{K_{dit}}\right)^{\alpha_i}\right]

    Labour, utilisation and productivity are held; entrants of the entry year stand apart.

    Returns
    -------
    (year of spending, year of output, district, industry, draw)
        亿元.  Zero before the first completions; nothing in years before the spending.

    Examples
    --------
    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> found = model.output_of_spending(model.simulate(plan, plan.scenarios["plan"]))
    >>> first = found[0].sum(axis=(1, 2, 3))  # what the spending of 2020 yields, by year
    >>> bool(first[0] < first[1] < first[2])
    True
    """
    kept = capital_by_cohort(run)
    share = np.clip(kept[1:] / kept.sum(axis=0), None, 1.0)
    output = run.cells["value_added"] - run.cells["entrants"]
    lost = output * (1.0 - (1.0 - share) ** run.pipeline.elasticity)
    years = lost.reshape(len(lost), -1, MONTHS_PER_YEAR, *lost.shape[2:])
    return years.sum(axis=2)


class Projects(NamedTuple):
    """Projects of the first year: counts, and the mean time in construction in months."""

    under_way: float
    starts: float
    completions: float
    left: float
    months: float


def projects(plan: Plan, scenario: Scenario) -> Projects:
    """Return the project counts of a scenario and what they imply by Little's law.

    Examples
    --------
    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> found = model.projects(plan, plan.scenarios["plan"])
    >>> found.left, round(found.months, 1)  # 236 + 210 - 215, and 13.2 months
    (231.0, 13.2)
    """
    if "projects" not in plan.facts or not plan.has_lever("completions"):
        raise ModelError("The plan counts no projects.", code="no_projects")
    under_way, starts = (float(plan.facts["projects"][name]) for name in ("under_way", "starts"))
    done = float(scenario.value("completions"))
    months = MONTHS_PER_YEAR * construction_time(under_way, starts, done)
    return Projects(under_way, starts, done, under_way + starts - done, months)
