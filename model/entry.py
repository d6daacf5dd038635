"""Entry and exit: threshold crossers on the comparable basis, and closed capacity."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

ENTRY_MONTH = 12
"""Threshold crossers of the first year join the survey with January-February of the next."""


def closed_share(removed: Array, total: Array, gradual: Array) -> Array:
    r"""Return the share of a group of cells that has been closed in each month.

    .. math:: v_t = \min\Big(0.95,\; f_t \frac{\sum_k c_k\, u\,(1-d)\, a_k}{Y}\Big)

    Of the capacity c to be closed only what runs, u, and is not taken over by others, 1 - d, is
    lost; a is value added (or energy) of a tonne.

    Parameters
    ----------
    removed : (draw,)
        Yearly value added (or energy) of the capacity to be closed.
    total : (draw,)
        The same of the whole group in the base year.
    gradual : (month,)
        Share of the closures carried out.

    Returns
    -------
    (month, draw)
        At most .95: a closure programme never removes a whole industry of the region.
    """
    return np.minimum(0.95, gradual[:, None] * (removed / total))


def kept_in_base(closed: Array, before: Array, removal: Array) -> Array:
    r"""Return the part of last year's figure that stays in the comparable base.

    .. math:: 1 - \chi \frac{v_t - v_{t-12}}{1 - v_{t-12}}

    With :math:`\chi = 1` a closure is invisible to growth, with 0 it counts in full.
    """
    return 1.0 - removal * (closed - before) / (1.0 - before)


def entrant_value_added(
    firms: Array, value: Array, manufacturing_mix: Array, month_share: Array
) -> Array:
    r"""Return value added of the additional entrants in a month of their entry year.

    .. math:: e_{di} = \Delta N_d \,(1 - q)\, v \, s_{di}

    Of the entrants beyond the status quo a part q would have come without the plan.

    Parameters
    ----------
    firms : (district, draw)
        Entrants beyond those of the status quo.
    value : (draw,)
        Value added of one entrant in a year, 亿元.
    manufacturing_mix : (district, industry, draw)
        Shares of the manufacturing industries of the district.
    month_share : (industry, 1)
    """
    return firms[:, None, :] * value * manufacturing_mix * month_share


def prior_year(entrants: Array, growth: Array) -> Array:
    r"""Return what the entrants produced in the same month before they entered.

    .. math:: e^-_{di} = e_{di} / (1 + g_E)

    They report it as the base of comparison, so they raise growth only by growing faster.
    """
    return entrants / (1.0 + growth)
