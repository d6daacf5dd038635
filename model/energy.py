"""Energy intensity of a cell and its drivers: autonomous, technique net of rebound, utilisation."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def utilisation_penalty(fixed: Array, utilisation: Array) -> Array:
    r"""Return the factor by which intensity rises when plants run below normal.

    .. math:: \phi / \hat u + 1 - \phi

    A share :math:`\phi` of energy does not scale with output.

    >>> float(np.round(utilisation_penalty(np.array([0.2]), np.array([0.73]))[0], 3))
    1.074
    """
    return fixed / utilisation + 1.0 - fixed


def technique_gain(elasticity: Array, rebound: Array, green: float | Array) -> Array:
    r"""Return the log fall of intensity per unit of capital renewed, net of rebound.

    .. math:: \eta\,(1-\rho)\,\gamma

    Parameters
    ----------
    elasticity, rebound : (draw,)
    green : float
        Share of energy-saving projects in upgrading relative to the status quo.
    """
    return elasticity * (1.0 - rebound) * green


def intensity_by_industry(base: Array, autonomous: Array, years: int, penalty: Array) -> Array:
    r"""Return the part of intensity that differs by industry, tce per 10,000 yuan.

    .. math:: e^0_i\, e^{-a\,(y+1)}\,(\phi/\hat u_{it} + 1 - \phi)

    Parameters
    ----------
    base : (industry, draw)
        Intensity of the base year.
    autonomous : (draw,)
        Fall per year without any upgrading.
    years : int
        Years since the same month of the base year.
    penalty : (industry, draw)
    """
    return base * np.exp(-autonomous * years) * penalty
