"""Output relative to the same month of the base year: utilisation, productivity, labour, shocks.

.. math:: \\ln \\hat Y_{dit} = \\alpha_i \\ln \\hat K_{dit} + Z_{it} + Z_{dt}
"""

from __future__ import annotations

import numpy as np

from model.axes import MONTHS_PER_YEAR

Array = np.ndarray

RECOUP_FROM = 4
"""Lost output is recouped from May (position 4) to December of the first year."""


def loss_by_industry(loss: Array, depth: Array, weights: Array) -> Array:
    r"""Return the utilisation lost in January and February by industry.

    .. math:: \xi_i = \xi\, x_i / \sum_k \omega_k x_k

    With January-February value added as weights the city as a whole loses exactly ``loss``.

    Parameters
    ----------
    loss : (draw,)
        Utilisation lost in the city, fraction.
    depth : (industry, 1)
        Relative depth x.
    weights : (industry, draw)
        January-February value added.
    """
    mean = (weights * depth).sum(axis=0) / weights.sum(axis=0)
    return np.minimum(0.95, loss * depth / mean)


def gap_path(persistence: Array, cut: Array, strength: Array, months: int, start: int) -> Array:
    r"""Return the part of the initial loss still open in each month, shape (month, draw).

    .. math:: c_0 = c_1 = 1, \quad c_t = r\,c_{t-1}, \quad
              c_t = r\,(1 - \kappa\,\ell)\,c_{t-1} \text{ once the plan acts}
    """
    faster = np.maximum(0.0, 1.0 - cut * np.maximum(0.0, strength))
    path = [np.ones_like(persistence), np.ones_like(persistence)]
    for month in range(2, months):
        path.append(path[-1] * persistence * (faster if month >= start else 1.0))
    return np.stack(path)


def utilisation(loss: Array, gap: Array, recouped: Array, month_share: Array, cap: Array) -> Array:
    r"""Return utilisation relative to the same month of the base year.

    .. math:: \hat u_{it} = \min\Big(1 - \xi_i c_t
              + \kappa \frac{\Lambda_i}{\sum_{m=5}^{12} s_{im}}\,[\text{May-Dec, first year}],\;
              \bar u\Big), \qquad \Lambda_i = \xi_i \sum_{t<12} c_t s_{it}

    Parameters
    ----------
    loss : (industry, draw)
        Utilisation lost in January and February.
    gap : (month, draw)
        Part of the loss still open.
    recouped : (draw,)
        Share of the year's lost output made good from May to December.
    month_share : (month of the year, industry)
    cap : (draw,)
        Largest relative utilisation.

    Returns
    -------
    (month, industry, draw)
    """
    first = slice(0, MONTHS_PER_YEAR)
    lost = loss * np.einsum("ts,ti->is", gap[first], month_share)
    catch_up = recouped * lost / month_share[RECOUP_FROM:].sum(axis=0)[:, None]
    path = 1.0 - loss * gap[:, None, :]
    path[RECOUP_FROM:MONTHS_PER_YEAR] += catch_up
    return np.minimum(path, cap)


def relative_rd_stock(ratio: Array, gradual: Array, depreciation: Array, lag: Array) -> Array:
    r"""Return the log of the R&D stock that acts in each month, relative to the status quo.

    .. math:: \rho_{t+1} = \rho_t + \delta_R (f_t - \rho_t), \qquad
              \ln \rho \text{ taken } \tau_R \text{ months earlier}

    Parameters
    ----------
    ratio : (draw,)
        R&D intensity relative to the status quo, once fully reached.
    gradual : (month,)
        Share of the change in force.
    depreciation : (draw,)
        Per year.
    lag : (draw,)
        Months from R&D to output; between whole months the stock is interpolated.

    Returns
    -------
    (month, draw)
    """
    months = len(gradual)
    rate = 1.0 - (1.0 - depreciation) ** (1.0 / MONTHS_PER_YEAR)
    stock = [np.ones_like(depreciation)]
    for share in gradual[:-1]:
        stock.append(stock[-1] + rate * (1.0 + (ratio - 1.0) * share - stock[-1]))
    path = np.stack(stock)
    moment = np.arange(months)[:, None] - lag
    whole = np.floor(moment)
    part = moment - whole
    before = np.take_along_axis(path, np.clip(whole, 0, months - 1).astype(int), axis=0)
    after = np.take_along_axis(path, np.clip(whole + 1, 0, months - 1).astype(int), axis=0)
    return np.log(before + part * (after - before))


def exposure(manufacturing: Array, other: Array, is_manufacturing: Array, weights: Array) -> Array:
    r"""Return each industry's exposure to demand and the city factor, weighted mean 1.

    .. math:: \beta_i = b_i \frac{\sum_k Y_k}{\sum_k b_k Y_k}

    Parameters
    ----------
    manufacturing, other : (draw,)
        Exposure before normalisation of manufacturing, and of mining and utilities.
    is_manufacturing : (industry, 1)
    weights : (industry, draw)
        Value added of the base year.
    """
    raw = np.where(is_manufacturing > 0, manufacturing, other)
    return raw * weights.sum(axis=0) / (raw * weights).sum(axis=0)


def autoregression(noise: Array, persistence: Array, deviation: Array) -> Array:
    r"""Return an AR(1) path with a given stationary deviation.

    .. math:: f_0 = \sigma\,\epsilon_0, \qquad
              f_t = \rho f_{t-1} + \sigma\sqrt{1-\rho^2}\,\epsilon_t

    Parameters
    ----------
    noise : (month, ..., draw)
        Standard normal numbers.
    persistence, deviation : (draw,) or (..., draw)
    """
    innovation = deviation * np.sqrt(1.0 - persistence**2)
    path = np.empty(np.broadcast_shapes(noise.shape, np.shape(deviation)))
    np.multiply(innovation, noise, out=path)
    path[0] = deviation * noise[0]
    step = np.empty_like(path[0])
    for month in range(1, len(noise)):
        path[month] += np.multiply(persistence, path[month - 1], out=step)
    return path


def jump_path(new_fall: Array, carry_over: Array) -> Array:
    r"""Return the part of the anchor cell's output missing in each month, shape (month, draw).

    .. math:: j_t = \min(1, \rho_J j_{t-1} + n_t)
    """
    path, fall = [], np.zeros_like(new_fall[0])
    for new in new_fall:
        fall = np.minimum(1.0, carry_over * fall + new)
        path.append(fall)
    return np.stack(path)


def demand_path(yearly: tuple[Array, ...], months: int) -> Array:
    r"""Return the demand shift in each month, shape (month, draw); it begins in March.

    .. math:: z_t = z_{y(t)} \;[t \ge \text{March, first year}]
    """
    path = np.stack([yearly[min(t // MONTHS_PER_YEAR, len(yearly) - 1)] for t in range(months)])
    path[:2] = 0.0
    return path


def value_added(
    base: Array, capital: Array, elasticity: Array, by_industry: Array, by_district: Array | None
) -> Array:
    r"""Turn capital into value added of the month, in place, and return it.

    .. math:: Y = Y^0 \exp(\alpha_i \ln K_{di} + Z_i + Z_d)

    Parameters
    ----------
    base : (district, industry, draw)
        Value added of the base year, 亿元.
    capital : (district, industry, draw)
        Capital relative to its start; written over with the result.
    elasticity : (industry, draw)
        Capital elasticity.
    by_industry : (industry, draw)
        Everything else that differs by industry, in logs: productivity, labour, utilisation,
        demand, the month's share of the year and the capital of the same month of the base year.
    by_district : (district, draw), optional
        District shock, in logs.
    """
    np.log(capital, out=capital)
    capital *= elasticity
    capital += by_industry
    if by_district is not None:
        capital += by_district[:, None, :]
    np.exp(capital, out=capital)
    capital *= base
    return capital
