"""Energy intensity of a cell and its drivers: autonomous, technique net of rebound, utilisation."""

from __future__ import annotations

import numpy as np

from model.axes import MONTHS_PER_YEAR

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


def intensity_by_industry(
    base: Array, autonomous: Array, years: float | Array, penalty: Array
) -> Array:
    r"""Return the part of intensity that differs by industry, tce per 10,000 yuan.

    .. math:: e^0_i\, e^{-a\,(y+1)}\,(\phi/\hat u_{it} + 1 - \phi)

    Parameters
    ----------
    base : (industry, draw)
        Intensity of the base year.
    autonomous : (draw,)
        Fall per year without any upgrading.
    years : float or (month, 1, 1)
        Years since the same month of the base year.
    penalty : (industry, draw) or (month, industry, draw)
    """
    return base * np.exp(-autonomous * years) * penalty


def energy_drivers(
    autonomous: Array, fixed: Array, utilisation: Array, renewed: Array, rebound: Array
) -> dict[str, Array]:
    r"""Return the drivers of cell intensity as logs relative to the base year.

    .. math:: \ln \frac{e_{dit}}{e^0_i} = -a\,(y+1) - \eta\,U_{dt} + \rho\,\eta\,U_{dt}
              + \ln (\phi / \hat u_{it} + 1 - \phi) + \text{closures}

    Parameters
    ----------
    autonomous, fixed, rebound : (draw,)
        Fall per year without upgrading; share of energy that does not scale with output; share
        of the gain of renewed capital that is used up again.
    utilisation : (month, industry, draw)
        Relative to normal.
    renewed : (month, district, draw)
        Factor that upgrading has brought to intensity, net of rebound.

    Returns
    -------
    dict
        autonomous, technique, rebound, utilisation; each (month, district, industry, draw) or
        shorter where it does not vary.
    """
    years = (np.arange(len(utilisation)) // MONTHS_PER_YEAR + 1.0)[:, None]
    net = np.log(renewed)[:, :, None]
    # With full rebound nothing is gained net, and neither part can be told.
    kept = np.where(rebound < 1.0, 1.0 - rebound, 1.0)
    return {
        "autonomous": (-autonomous * years)[:, None, None],
        "technique": net / kept,
        "rebound": net - net / kept,
        "utilisation": np.log(utilisation_penalty(fixed, utilisation))[:, None],
    }
