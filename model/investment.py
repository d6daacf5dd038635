"""Investment by district, its upgrading part, and the pipeline of signed contracts."""

from __future__ import annotations

import numpy as np

from model.axes import MONTHS_PER_YEAR
from model.capital import chain_step
from model.production import autoregression

Array = np.ndarray

QUARTER_GAP = (1.0, 1.0, 0.4)
"""Shape of the first-quarter shortfall: .05, .05 and .02 in January, February and March."""


def spending_index(
    shift: Array, baseline: Array, delivery: Array, gap: Array, month_share: Array, months: int,
    start: int,
) -> Array:  # fmt: skip
    r"""Return spending in each month relative to the same month of the base year.

    .. math:: F_t = (1 + g + e\,\Delta\,[t \ge t_0]/a)(1 - h_t) \text{ in the first year},
              \quad F_t = (1 + g + e\,\Delta)(1 + g)^y \text{ afterwards}

    A growth lever names the growth of the whole first year.  The plan can only act from its start
    on, so the remaining months, with share a of the year's spending, carry the whole of it.
    The shortfall of the first quarter has happened before the plan and is not undone by it.

    Parameters
    ----------
    shift : (district, draw) or (1, draw)
        Growth intended beyond the status quo, fraction.
    baseline : (draw,)
        Growth without the plan, per year.
    delivery : (draw,)
        Part of the intended change that is delivered.
    gap : (draw,)
        Shortfall in January and February of the first year.
    month_share : (month of the year,)
        Share of each month in the spending of a year.

    Returns
    -------
    (month, district, draw)
    """
    active = month_share[start:MONTHS_PER_YEAR].sum()
    year = np.arange(months) // MONTHS_PER_YEAR
    weight = np.where(year > 0, 1.0, (np.arange(months) >= start) / active)
    index = 1.0 + baseline + weight[:, None, None] * (delivery * shift)
    index = index * (1.0 + baseline) ** year[:, None, None]
    short = np.zeros(months)
    short[: len(QUARTER_GAP)] = QUARTER_GAP
    return index * (1.0 - short[:, None, None] * gap)


def spending(
    base: Array, month_share: Array, total_index: Array, upgrade_index: Array, upgrade_share: Array
) -> tuple[Array, Array, Array]:
    r"""Return new-build and upgrading investment, and where new build has reached zero.

    .. math:: I^T = I_0 s_m s_T F^T, \qquad I^N = I_0 s_m \max(0, F - s_T F^T)

    Upgrading follows its own lever; new build is what the total leaves.

    Parameters
    ----------
    base : (district, draw)
        Industrial investment of the base year, 亿元.
    month_share : (month of the year,)
    total_index, upgrade_index : (month, district, draw)
        Spending relative to the same month of the base year.
    upgrade_share : (draw,)
        Upgrading share of investment in the base year.

    Returns
    -------
    new, upgrade : (month, district, draw)
        亿元 a month.
    floor : (month, district, draw)
        True where upgrading alone exceeds the intended total.
    """
    months = len(total_index)
    scale = month_share[np.arange(months) % MONTHS_PER_YEAR][:, None, None] * base
    upgrading = upgrade_share * upgrade_index
    remainder = total_index - upgrading
    return scale * np.maximum(0.0, remainder), scale * upgrading, remainder < 0.0


def spending_luck(noise: Array, persistence: Array, common: Array, own: Array) -> Array:
    r"""Return the factor by which spending misses what was intended, its mean one.

    .. math:: \Xi_{dt} = \exp\big(f_t + v_{dt} - (\sigma_f^2 + \sigma_v^2)/2\big)

    The city's own course f and that of each district v are autoregressions: a project that is late
    stays late for months.  What a district misses averages out in the city, what is common does
    not.

    Parameters
    ----------
    noise : (month, 1 + district, draw)
        Standard normal numbers, the city's first.
    persistence, common, own : (draw,)
        Persistence by the month, deviations of the city and of a district, logs.

    Returns
    -------
    (month, district, draw)
    """
    path = autoregression(noise[:, 1:], persistence, own)
    path += autoregression(noise[:, :1], persistence, common)
    path -= (common**2 + own**2) / 2
    return np.exp(path, out=path)


def pipeline_flow(months: int, start: int, delay: Array) -> Array:
    r"""Return the monthly investment that one yuan of yearly additional contracts leads to.

    .. math:: W_{1,t+1} = (1-p) W_{1,t} + a_t, \quad W_{2,t+1} = (1-p) W_{2,t} + p W_{1,t}, \quad
              f_t = p W_{2,t}, \quad p = \min(1, 2/\tau)

    Contracts are signed evenly from the start of the plan (the first year's amount within that
    year) and turn into spending through a chain of two stages with mean ``delay`` months.

    Returns
    -------
    (month, draw)
        Per unit of contracts a year.
    """
    last = start // MONTHS_PER_YEAR * MONTHS_PER_YEAR + MONTHS_PER_YEAR
    signed = np.where(np.arange(months) < last, 1.0 / (last - start), 1.0 / MONTHS_PER_YEAR)
    signed[:start] = 0.0
    rate = np.minimum(1.0, 2.0 / delay)
    work, flow = np.zeros((2, *delay.shape)), []
    for amount in signed:
        work, out = chain_step(work, np.full(delay.shape, amount), rate)
        flow.append(out)
    return np.stack(flow)


def contract_allocation(emerging: Array, weights: Array, value_added: Array) -> Array:
    r"""Return the share of each industry in signed contracts.

    .. math:: h_i = w \frac{m_i Y_i}{\sum_k m_k Y_k} + (1-w) \frac{(1-m_i) Y_i}{\sum_k (1-m_k) Y_k}

    Parameters
    ----------
    emerging : (draw,) or float
        Share w of strategic emerging industries in contracts.
    weights : (industry, 1)
        Strategic emerging weight m of each manufacturing industry (others have value added 0).
    value_added : (industry, draw)
        Value added of the base year, zero outside manufacturing.
    """
    new = weights * value_added
    old = (1.0 - weights) * value_added
    whole_new, whole_old = (np.where(part > 0, part, 1.0) for part in (new.sum(0), old.sum(0)))
    return emerging * new / whole_new + (1.0 - emerging) * old / whole_old


def additional_contracts(
    amount: Array, before: float, conversion: Array, shift: Array, additionality: Array,
    allocation: Array, allocation_before: Array,
) -> Array:  # fmt: skip
    r"""Return yearly contract value that becomes additional investment, by industry.

    .. math:: A_i = a\,(S\,q'\,h_i - S_0\,q\,h^0_i), \qquad q' = q + \Delta q

    The contracts of the status quo are already in the investment of the base year, so only the
    difference counts, and only its additional part: contracts partly re-label what would come.

    Parameters
    ----------
    amount : (draw,)
        Contracts signed a year, 亿元.
    before : float
        The same in the status quo.
    conversion : (draw,)
        Contract value that becomes fixed investment within 36 months, status quo.
    shift : (draw,)
        Change of that part by the lever, fraction.
    additionality : (draw,)
    allocation, allocation_before : (industry, draw)

    Returns
    -------
    (industry, draw)
        亿元 a year.
    """
    converted = np.clip(conversion + shift, 0.0, 1.0)
    return additionality * (
        amount * converted * allocation - before * conversion * allocation_before
    )


def construction_time(under_way: float, starts: float, completions: float) -> float:
    r"""Return the mean time in construction by Little's law, years.

    .. math:: T = \frac{(B + (B + N - c))/2}{(N + c)/2} = \frac{2B + N - c}{N + c}

    >>> round(12 * construction_time(236, 210, 215), 1)  # the plan's own counts, months
    13.2
    """
    return (2 * under_way + starts - completions) / (starts + completions)
