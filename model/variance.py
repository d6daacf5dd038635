"""How the variance of a forecast is shared out over independent inputs, by regression on draws.

References
----------
Saltelli et al. (2008), Global Sensitivity Analysis, chapter 1.2: first-order indices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.errors import ModelError

Array = np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """A regression of values on standard normal inputs.

    ``fitted`` (input, draw) is the part of the values that follows each input, ``square`` (input,)
    its variance without the luck of the draws, ``error`` (input,) one standard error of it;
    ``chance`` (input,) is that of as large an effect by luck alone.  ``controlled`` (control, draw)
    is the part that follows each control.
    """

    variance: float
    square: Array
    error: Array
    chance: Array
    fitted: Array
    controlled: Array


def first_order(
    values: Array, inputs: Array, curved: int | None = None, controls: Array | None = None
) -> Shares:
    r"""Return how much of the variance of values each of independent inputs makes by itself.

    .. math:: y \approx \bar y + \sum_j \Big(b_j z_j + c_j \frac{z_j^2 - 1}{\sqrt 2}\Big), \qquad
              V_j = b_j^2 + c_j^2 - s_{b_j}^2 - s_{c_j}^2

    The terms are orthogonal, so the squares of the coefficients are variances; taking off the
    squared standard errors makes them unbiased, and an input without effect comes to nothing on
    average.  Controls take out what is known of the rest, which makes the errors smaller.

    Parameters
    ----------
    values : (draw,)
        The forecast in every draw.
    inputs : (input, draw)
        Standard normal numbers.
    curved : int, optional
        How many of the inputs, the first ones, have a square; all without it.
    controls : (control, draw), optional
        Anything else that is known of the draws and independent of the inputs.
    """
    from scipy.stats import chi2

    count, draws = inputs.shape
    curved = count if curved is None else curved
    squares = (inputs[:curved] ** 2 - 1.0) / np.sqrt(2.0)
    others = np.empty((0, draws)) if controls is None else controls
    moving = np.ptp(others, axis=1) > 0  # an event that is certain tells no draws apart
    others = others[moving]
    columns = np.concatenate((inputs, squares, others))
    if draws < 4 * len(columns):
        raise ModelError(
            f"{draws} draws are too few for {len(columns)} terms; {4 * len(columns)} are needed.",
            code="few_draws",
            given=draws,
            low=4 * len(columns),
        )
    columns = columns - columns.mean(axis=1, keepdims=True)
    deviation = values - values.mean()
    inverse = np.linalg.inv(columns @ columns.T)
    slope = inverse @ (columns @ deviation)
    residual = deviation - slope @ columns
    noise2 = float(residual @ residual) / (draws - 1 - len(columns)) * np.diag(inverse)
    square, error2, score = np.zeros(count), np.zeros(count), np.zeros(count)
    fitted = slope[:count, None] * columns[:count]
    fitted[:curved] += slope[count : count + curved, None] * columns[count : count + curved]
    for place in (slice(0, count), slice(count, count + curved)):
        own, luck = slope[place] ** 2, noise2[place]
        net, rows = own - luck, slice(0, len(own))
        square[rows] += net
        error2[rows] += 4.0 * np.maximum(net, 0.0) * luck + 2.0 * luck**2
        score[rows] += np.divide(own, luck, out=np.full(len(own), np.inf), where=luck > 0)
    controlled = np.zeros((len(moving), draws))
    controlled[moving] = slope[count + curved :, None] * columns[count + curved :]
    return Shares(
        variance=float(deviation @ deviation) / (draws - 1),
        square=square,
        error=np.sqrt(error2),
        chance=chi2.sf(score, np.where(np.arange(count) < curved, 2, 1)),
        fitted=fitted,
        controlled=controlled,
    )
