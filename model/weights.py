"""Importance weights with a smoothed tail, and the equally weighted draws they stand for.

References
----------
Vehtari et al., Pareto smoothed importance sampling; Zhang & Stephens (2009), the fit of the tail.
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def pareto_limit(draws: int) -> float:
    """Return the shape up to which smoothed weights are reliable: min(1 - 1/log10 S, 0.7)."""
    return min(1 - 1 / np.log10(draws), 0.7)


def psis(log_ratios: Array) -> tuple[Array, float]:
    """Return Pareto smoothed importance weights, adding to 1, and the shape of their tail.

    The largest weights are replaced by the expected order statistics of a generalised Pareto
    distribution fitted to them, and cut at the largest raw weight.
    """
    log_ratios = np.asarray(log_ratios, dtype=float)
    size = log_ratios.size
    raw = np.exp(log_ratios - log_ratios.max())
    tail = int(np.ceil(min(0.2 * size, 3 * np.sqrt(size))))
    if tail < 5:
        return raw / raw.sum(), np.inf
    order = np.argsort(raw, kind="stable")
    start = raw[order[-tail - 1]]
    excess = raw[order[-tail:]] - start
    if excess[-1] <= 0:  # equal weights have no tail
        return raw / raw.sum(), -np.inf
    if start < np.finfo(float).tiny or (excess <= 0).any():
        return raw / raw.sum(), np.inf
    shape, scale = pareto_fit(excess)
    position = (np.arange(tail) + 0.5) / tail
    if abs(shape) < 1e-9:
        smooth = -scale * np.log1p(-position)
    else:
        with np.errstate(over="ignore"):  # an infinite weight is cut at the largest raw one
            smooth = scale * np.expm1(-shape * np.log1p(-position)) / shape
    weights = raw.copy()
    weights[order[-tail:]] = np.minimum(start + smooth, 1.0)
    return weights / weights.sum(), float(shape)


def pareto_fit(excess: Array) -> tuple[float, float]:
    """Return shape and scale of a generalised Pareto distribution, by Zhang & Stephens (2009).

    ``excess`` is sorted and positive.  The shape is drawn weakly to one half, as in PSIS, with the
    weight of ten observations.
    """
    n = excess.size
    count = 30 + int(np.sqrt(n))
    quarter = excess[int(n / 4 + 0.5) - 1]
    theta = 1 / excess[-1] + (1 - np.sqrt(count / (np.arange(1, count + 1) - 0.5))) / (3 * quarter)
    shape = np.log1p(-theta[:, None] * excess).mean(axis=1)
    likelihood = n * (np.log(-theta / shape) - shape - 1)
    weight = np.exp(likelihood - likelihood.max())
    best = float((theta * weight).sum() / weight.sum())
    fitted = float(np.log1p(-best * excess).mean())
    scale = -fitted / best
    return (n * fitted + 10 * 0.5) / (n + 10), scale


def resampled(weights: Array) -> Array:
    """Return which draws an equally weighted ensemble takes, by systematic resampling.

    Every draw is taken its weight times the number of draws, rounded up or down; nothing random.
    """
    size = weights.size
    place = (np.arange(size) + 0.5) / size
    cumulated = np.cumsum(weights)
    return np.minimum(np.searchsorted(cumulated / cumulated[-1], place), size - 1)
