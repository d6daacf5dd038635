"""Official conventions as a layer of their own.

January and February are surveyed and published together; growth is on the comparable basis, that
is a ratio of sums over the same firms, never of two published levels; cumulative growth starts
anew each January.  Functions take months, or years, on the first axis.
"""

from __future__ import annotations

import numpy as np

from model.axes import MONTHS_PER_YEAR

Array = np.ndarray


def by_year(monthly: Array) -> Array:
    """Return the sum over the months of each year, (year, ...)."""
    return monthly.reshape(-1, MONTHS_PER_YEAR, *monthly.shape[1:]).sum(axis=1)


def yearly(monthly: Array) -> Array:
    r"""Return a flow per year: the sum of its months.

    .. math:: X_y = \sum_{m=1}^{12} X_{y,m}
    """
    return by_year(monthly)


def comparable_growth(value_added: Array, comparable_base: Array) -> Array:
    r"""Return growth on the comparable basis over any span, fraction.

    .. math:: g = \frac{\sum_{j \in F} y_{j,t}}{\sum_{j \in F} y_{j,t-12}} - 1

    Numerator and denominator are of the same firms: those that cross the size threshold bring
    their own prior-year figure, new plants bring none, closed firms leave it in part.

    References
    ----------
    National Bureau of Statistics, notes on industry above designated size.
    """
    return value_added / comparable_base - 1.0


def cumulative_growth(value_added: Array, comparable_base: Array) -> Array:
    """Return growth from January to each month over the same months a year before.

    Parameters
    ----------
    value_added, comparable_base : (month, ...)

    Returns
    -------
    (month, ...)
        NaN in January: January and February are published together.
    """
    shape = (-1, MONTHS_PER_YEAR, *value_added.shape[1:])
    sums = [part.reshape(shape).cumsum(axis=1) for part in (value_added, comparable_base)]
    growth = comparable_growth(*sums)
    growth[:, 0] = np.nan
    return growth.reshape(value_added.shape)


def month_growth(value_added: Array, comparable_base: Array) -> Array:
    """Return growth of each single month; February stands for January and February together."""
    pairs = []
    for part in (value_added, comparable_base):
        merged = part.copy()
        merged[1::MONTHS_PER_YEAR] += merged[0::MONTHS_PER_YEAR]
        pairs.append(merged)
    growth = comparable_growth(*pairs)
    growth[0::MONTHS_PER_YEAR] = np.nan
    return growth


def month_from_cumulative(
    growth: float, growth_before: float, weight: float, weight_before: float
) -> float:
    r"""Return the growth of a month from two cumulative figures and base-year weights.

    .. math:: 1 + g_m = \frac{(1+G_m) W_m - (1+G_{m-1}) W_{m-1}}{W_m - W_{m-1}}

    >>> round(100 * month_from_cumulative(0.061, 0.052, 1.0, 0.898), 1)  # December 2020
    14.0
    """
    done = (1 + growth) * weight - (1 + growth_before) * weight_before
    return done / (weight - weight_before) - 1


def growth_still_needed(target: float, growth: float, weight: float) -> float:
    r"""Return the growth that the remaining months need for a yearly target.

    .. math:: \frac{(1+G) - (1+G_m) W_m}{1 - W_m} - 1

    >>> round(100 * growth_still_needed(0.07, -0.23, 0.122), 1)  # after January-February 2020
    11.2
    """
    return ((1 + target) - (1 + growth) * weight) / (1 - weight) - 1


def base_share_from_pull(pull: float, growth: float) -> float:
    """Return the base-period share that a published pull (points) and growth imply.

    >>> round(100 * base_share_from_pull(13.3, 16.7), 1)  # six leading industries, 2021
    79.6
    """
    return pull / growth


def two_year_average(growth: float) -> float:
    """Return the average yearly growth from growth over two years.

    >>> round(100 * two_year_average(0.157), 2)  # first quarter 2021 over 2019
    7.56
    """
    return (1 + growth) ** 0.5 - 1


def yearly_growth(level: Array, base: Array) -> Array:
    r"""Return growth of yearly levels (year, ...) over the year before; ``base`` is year zero.

    .. math:: g_y = \frac{X_y}{X_{y-1}} - 1
    """
    before = np.concatenate((np.broadcast_to(base, level.shape[1:])[None], level[:-1]))
    return level / before - 1.0


def yearly_share(part: Array, whole: Array) -> Array:
    r"""Return a part over its whole in each year.

    .. math:: s_y = \frac{I^T_y}{I_y}
    """
    return part / whole


def energy_growth(energy: Array, comparable_energy: Array) -> Array:
    r"""Return growth of energy use on the comparable basis, fraction.

    .. math:: g^E = \frac{\sum_{j \in F} e_{j,t}}{\sum_{j \in F} e_{j,t-12}} - 1

    As for output, both sums are over the same firms.
    """
    return energy / comparable_energy - 1.0


def intensity_fall(
    energy: Array, comparable_energy: Array, value_added: Array, comparable_base: Array
) -> Array:
    r"""Return the fall of energy per unit of value added, positive when it falls.

    .. math:: d = 1 - \frac{E_t / E_{t-1}}{1 + g}
    """
    return 1.0 - (energy / comparable_energy) / (value_added / comparable_base)


def labour_productivity_growth(growth: Array, employment_growth: Array) -> Array:
    r"""Return growth of value added per person employed.

    .. math:: \frac{1 + g}{1 + g_L} - 1

    >>> round(100 * float(labour_productivity_growth(0.08, 0.009)), 1)  # 8 % with 0.9 % more people
    7.0
    """
    return (1 + growth) / (1 + employment_growth) - 1


def employment_growth(log_employment: Array) -> Array:
    r"""Return growth of average employment by year from logs relative to the base year.

    .. math:: L_y = \tfrac{1}{12} \sum_m \exp(\ln \hat L_{y,m}), \qquad g_L = L_y / L_{y-1} - 1
    """
    level = np.exp(log_employment).reshape(-1, MONTHS_PER_YEAR, *log_employment.shape[1:])
    return yearly_growth(level.mean(axis=1), np.ones(log_employment.shape[1:]))


def class_share(value_added: Array, weights: Array) -> Array:
    r"""Return the share of an overlapping statistical class in value added.

    .. math:: \sum_i M_i Y_i / \sum_i Y_i

    Parameters
    ----------
    value_added : (year, industry, draw)
    weights : (industry, draw)
        Concordance: the part of each industry that belongs to the class.
    """
    return (weights * value_added).sum(axis=1) / value_added.sum(axis=1)


def concordance(weights: Array, error: Array) -> Array:
    r"""Return concordance weights with a common error, (industry, draw).

    .. math:: M_i = \min\big(1, \max(0,\; m_i + 4\,\epsilon\,m_i (1 - m_i))\big)

    The error is full where a weight is one half and vanishes where an industry belongs to the
    class wholly or not at all: those entries are certain.
    """
    return np.clip(weights + error * 4.0 * weights * (1.0 - weights), 0.0, 1.0)
