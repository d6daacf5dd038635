"""Perpetual inventory and the gestation chain.

Spending first becomes work in progress; only completed projects are capacity.  All stocks are
relative to the capital stock of the same cell at the start of the first simulated month.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model.axes import MONTHS_PER_YEAR

Array = np.ndarray


def monthly_depreciation(yearly: Array) -> Array:
    r"""Return the monthly rate that wears out ``yearly`` of a stock in a year.

    .. math:: \delta_m = 1 - (1 - \delta)^{1/12}
    """
    return 1.0 - (1.0 - yearly) ** (1.0 / MONTHS_PER_YEAR)


def release_rate(stages: Array | float, gestation: Array) -> Array:
    r"""Return the part of each stage that moves on in a month, at most all of it.

    .. math:: p = \min(1, n / \tau)

    Parameters
    ----------
    stages : number of stages n.
    gestation : (..., draw)
        Mean time from spending to capacity, months.
    """
    return np.minimum(1.0, stages / gestation)


def chain_step(work: Array, inflow: Array, rate: Array) -> tuple[Array, Array]:
    r"""Return next month's work in progress and this month's completions.

    .. math:: o_t = p W_{n,t}, \quad W_{j,t+1} = W_{j,t} + p W_{j-1,t} - p W_{j,t},
              \quad p W_0 \equiv I_t

    What enters leaves in full, after n/p months on average.

    Parameters
    ----------
    work : (stage, ..., draw)
        Work in progress at the start of the month, by stage.
    inflow : (..., draw)
        Spending of the month.
    rate : (draw,)
        Part of a stage that moves on in a month.
    """
    moving = rate * work
    entering = np.concatenate((inflow[None], moving[:-1]))
    return work + entering - moving, moving[-1]


def next_capital(
    capital: Array, completed_new: Array, completed_upgrade: Array, premium: Array, wear: Array
) -> Array:
    r"""Return next month's capital stock in efficiency units.

    .. math:: K_{t+1} = (1 - \delta_m) K_t + o^N_t + (1 + \psi)\, o^T_t

    Parameters
    ----------
    capital : (district, draw)
        Stock at the start of the month.
    completed_new, completed_upgrade : (district, draw)
        New-build and upgrading projects completed in the month.
    premium : (draw,)
        Embodied premium of upgrading, the only place where upgrading raises productivity.
    wear : (draw,)
        Monthly depreciation.

    References
    ----------
    OECD (2009), Measuring Capital, 2nd ed.; Greenwood, Hercowitz and Krusell (1997).
    """
    return (1.0 - wear) * capital + completed_new + (1.0 + premium) * completed_upgrade


def yearly_cycle(inflow: Array, retention: Array, growth: Array) -> Array:
    r"""Return the path of a stock that repeats every year on a higher level.

    The stock follows :math:`Z_{m+1} = r Z_m + x_m`, and after twelve months stands ``growth``
    times as high:

    .. math:: Z_0 = \frac{\sum_m r^{11-m} x_m}{G - r^{12}}

    Parameters
    ----------
    inflow : (month of the year, draw)
        Flow into the stock in each month.
    retention : (draw,)
        Part of the stock kept from one month to the next, r.
    growth : (draw,)
        Factor G by which everything exceeds the same month a year before.

    Returns
    -------
    (month of the year, draw)
        Stock at the start of each month.
    """
    total = np.zeros(np.broadcast_shapes(inflow[0].shape, np.shape(retention)))
    for flow in inflow:
        total = retention * total + flow
    stock = total / (growth - retention**MONTHS_PER_YEAR)
    path = []
    for flow in inflow:
        path.append(stock)
        stock = retention * stock + flow
    return np.stack(path)


class PreSample(NamedTuple):
    """The economy before the first month, on a path of steady growth with a yearly cycle.

    Attributes
    ----------
    capital : (month of the year, draw)
        Stock of the first year on that path, 1 at its start.
    growth : (draw,)
        Growth factor of the path over a year.
    annual_flow : (draw,)
        Investment of the base year in units of the initial capital stock.
    work_new, work_upgrade : (stage, draw)
        Work in progress at the start of the first month.
    renewal : (month of the year, draw)
        Share of capital renewed by upgrading in each month on the path.
    """

    capital: Array
    growth: Array
    annual_flow: Array
    work_new: Array
    work_upgrade: Array
    renewal: Array


def pre_sample(
    month_share: Array,
    upgrade_share: Array,
    rate_new: Array,
    rate_upgrade: Array,
    stages_new: int,
    stages_upgrade: int,
    premium: Array,
    wear: Array,
    capital_growth: Array,
) -> PreSample:
    r"""Return the initial work in progress and the scale of investment.

    Investment repeats the monthly pattern of the base year on a level that grows by
    ``capital_growth`` a year; work in progress and capital follow it, and the scale is such that
    capital stands at 1 when the simulation begins.  With equal months this is

    .. math:: c\,[(1-s_T)\,(\tfrac{p_N}{p_N+\gamma})^{n_N}
              + s_T(1+\psi)\,(\tfrac{p_T}{p_T+\gamma})^{n_T}] = \gamma + \delta_m

    Parameters
    ----------
    month_share : (month of the year,)
        Share of each month in the investment of a year.
    upgrade_share, rate_new, rate_upgrade, premium, wear, capital_growth : (draw,)
        Upgrading share of investment, release rates, premium, monthly depreciation, yearly
        growth rate of capital (continuous).
    """
    growth = np.exp(capital_growth)
    spending = month_share[:, None] * np.ones_like(growth)

    def chain(stages: int, rate: Array) -> tuple[Array, Array]:
        flow, starts = spending, []
        for _ in range(stages):
            stock = yearly_cycle(flow, 1.0 - rate, growth)
            starts.append(stock[0])
            flow = rate * stock
        return np.stack(starts), flow

    work_new, completed_new = chain(stages_new, rate_new)
    work_upgrade, completed_upgrade = chain(stages_upgrade, rate_upgrade)
    added = (1.0 - upgrade_share) * completed_new
    added = added + (1.0 + premium) * upgrade_share * completed_upgrade
    capital = yearly_cycle(added, 1.0 - wear, growth)
    scale = 1.0 / capital[0]
    relative = capital * scale
    return PreSample(
        capital=relative,
        growth=growth,
        annual_flow=scale / growth,
        work_new=(1.0 - upgrade_share) * scale * work_new,
        work_upgrade=upgrade_share * scale * work_upgrade,
        renewal=upgrade_share * scale * completed_upgrade / relative,
    )
