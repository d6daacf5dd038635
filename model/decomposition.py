"""Why a total changed: the logarithmic mean Divisia index (LMDI-I), exact and without residual.

`additive` and `multiplicative` split the change of any total whose cells are products of factors;
`model.intensity` puts the energy of a run through them.
"""

from __future__ import annotations

import numpy as np

from model.errors import ModelError

Array = np.ndarray


def log_mean(a: Array, b: Array) -> Array:
    r"""Return the logarithmic mean of two arrays of values of zero or more.

    .. math:: L(a, b) = \frac{a - b}{\ln (a/b)} = b\,\frac{e^x - 1}{x}, \quad x = \ln (a/b),
              \quad L(a, a) = a, \quad L(a, 0) = L(0, 0) = 0

    The second form keeps all digits where the values are nearly equal; it is taken with the
    larger value in front, so that neither order nor size matters.

    >>> log_mean(np.array([2.0, 3.0, 5.0]), np.array([1.0, 3.0, 0.0])).round(6).tolist()
    [1.442695, 3.0, 0.0]
    """
    high, low = np.maximum(a, b), np.minimum(a, b)
    some = low > 0
    x = log_ratio(np.where(some, high, 1.0), np.where(some, low, 1.0))
    ratio = np.where(x > 0, -np.expm1(-x) / np.where(x > 0, x, 1.0), 1.0)
    return np.where(some, high * ratio, 0.0)


def log_ratio(a: Array, b: Array) -> Array:
    """Return ln(a/b) of positive values to all digits, near equality and at any magnitude."""
    near = np.abs(a - b) < b / 2
    close = np.log1p(np.where(near, a - b, 0.0) / b)
    (part_a, power_a), (part_b, power_b) = np.frexp(a), np.frexp(b)
    far = np.log(part_a / part_b) + (power_a - power_b) * np.log(2.0)
    return np.where(near, close, far)


def additive(factors_before: Array, factors_after: Array) -> Array:
    r"""Return what each factor contributes in each cell to the change of the total.

    .. math:: V = \sum_c \prod_x x_c, \qquad
              \Delta V_{x,c} = L(V_c^T, V_c^0)\, \ln (x_c^T / x_c^0), \qquad
              \sum_x \sum_c \Delta V_{x,c} = V^T - V^0

    The contributions add over factors and over any group of cells; those of a group are what a
    decomposition of the group by itself gives (consistency in aggregation).

    Where a cell appears or vanishes the logarithms have no value, but the contributions have
    limits.  Put a small number in place of the zero and let it go to zero:
    :math:`L(V, 0)` falls like :math:`V / \ln(1/\epsilon)` and the logarithm of the factor that
    is zero grows like :math:`\ln(1/\epsilon)`, so that factor takes the whole of the cell,
    :math:`V^T` where the cell appears and :math:`-V^0` where it vanishes, and the others take
    nothing.  If several factors are zero together, and go to zero alike, they share it equally.
    A cell that is zero at both times contributes nothing.  (Putting a real small number there
    instead, as is often done, leaves an error that falls only with its logarithm.)

    Parameters
    ----------
    factors_before, factors_after : (factor, cell, ...)
        Values of zero or more, in any units.

    Returns
    -------
    (factor, cell, ...)
        In the unit of the product.

    References
    ----------
    Ang, B. W. (2005), The LMDI approach to decomposition analysis: a practical guide, Energy
    Policy 33.  Ang, B. W., Zhang, F. Q. and Choi, K.-H. (1998), Factorizing changes in energy and
    environmental indicators through decomposition, Energy 23(6), Table 2 (zero values).  Wood, R.
    and Lenzen, M. (2006), Zero-value problems of the LMDI decomposition method, Energy Policy 34.
    """
    before, after = np.broadcast_arrays(
        np.asarray(factors_before, dtype=float), np.asarray(factors_after, dtype=float)
    )
    for given in (before, after):
        if not (np.isfinite(given).all() and (given >= 0).all()):
            raise ModelError(
                "A decomposition needs finite factors of zero or more; net flows and missing "
                "values have no logarithm. Decompose the gross flows instead.",
                code="negative_factor",
            )
    start, end = before.prod(axis=0), after.prod(axis=0)
    moved = (before > 0) & (after > 0)
    logs = log_ratio(np.where(moved, after, 1.0), np.where(moved, before, 1.0))
    found = np.where(moved, log_mean(end, start) * logs, 0.0)
    for value, other, zero in ((end, start, before == 0), (-start, end, after == 0)):
        born = (other == 0) & (value != 0)
        share = zero / np.maximum(1, zero.sum(axis=0))
        found = np.where(born, value * share, found)
    return found


def multiplicative(factors_before: Array, factors_after: Array) -> Array:
    r"""Return the index by which each factor changed the total.

    .. math:: D_x = \exp \sum_c \frac{L(V_c^T, V_c^0)}{L(V^T, V^0)} \ln (x_c^T / x_c^0), \qquad
              \prod_x D_x = V^T / V^0

    Cells that appear or vanish enter by the limits of `additive`.

    Parameters
    ----------
    factors_before, factors_after : (factor, cell, ...)

    Returns
    -------
    (factor, ...)
        Pure numbers; 1 is no change.

    References
    ----------
    Ang, B. W. (2005), as in `additive`.
    """
    found = additive(factors_before, factors_after).sum(axis=1)
    totals = [np.asarray(f, dtype=float).prod(axis=0).sum(axis=0)
              for f in (factors_before, factors_after)]  # fmt: skip
    return index(found, *totals)


def index(contributions: Array, start: Array, end: Array) -> Array:
    """Return contributions to a change as factors whose product is end over start."""
    if (start == 0).any() or (end == 0).any():
        raise ModelError(
            "A total that is zero has no index; ask for the additive decomposition.",
            code="zero_total",
        )
    return np.exp(contributions / log_mean(end, start))
