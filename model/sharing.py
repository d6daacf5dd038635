"""A city target shared out to districts: keeps the total, respects bounds, spares the certain.

.. math:: \\min_g \\sum_d \\frac{(g_d - g^0_d)^2}{\\sigma_d^2}
          \\quad \\text{s.t.} \\quad \\sum_d w_d g_d = G, \\; l_d \\le g_d \\le u_d
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.errors import ModelError, unknown
from model.outcomes import Fan
from model.plan import Plan

Array = np.ndarray

LOWEST, HIGHEST = -0.2, 0.4
"""Growth between which a district is asked for without bounds of its own."""

_ANNEX = {
    "iva_growth": "industrial_va_growth_pct",
    "mva_growth": "manufacturing_va_growth_pct",
}


def share_out(
    total: float, weights: Array, expected: Array, deviation: Array, low: Array, high: Array
) -> Array:
    r"""Return the bounded least-strain allocation of a weighted total.

    Without bounds it is :math:`g_d = g^0_d + \sigma_d^2 w_d (G - w g^0) / \sum w^2 \sigma^2`: a
    district takes the more, the larger and the less certain it is.

    Parameters
    ----------
    total : float
        City figure G.
    weights, expected, deviation, low, high : (district,)
        Weights that add to 1, what the model expects, its standard deviation, and bounds.

    Raises
    ------
    ModelError
        When the bounds do not allow the total, with the totals they do allow.

    Examples
    --------
    Two equal districts, one twice as uncertain, one point to find on average:

    >>> share_out(1.0, np.array([.5, .5]), np.zeros(2), np.array([1., 2.]),
    ...           np.full(2, -9.), np.full(2, 9.)).round(6).tolist()
    [0.4, 1.6]
    """
    if (low > high).any():
        raise ModelError("A lower bound lies above its upper bound.", code="bounds_crossed")
    least, most = float(weights @ low), float(weights @ high)
    if not least - 1e-12 <= total <= most + 1e-12:
        raise ModelError(
            f"A total of {100 * total:.2f} % cannot be shared out within the bounds; from "
            f"{100 * least:.2f} % to {100 * most:.2f} % can. Widen a bound or change the total.",
            code="total_outside",
            given=total,
            low=least,
            high=most,
        )
    pull = weights * deviation**2

    def allocation(multiplier: float) -> Array:
        return np.clip(expected + multiplier * pull, low, high)

    reach = np.where(pull > 0, pull, np.inf)
    first = float(np.min((low - expected) / reach)) - 1.0
    last = float(np.max((high - expected) / reach)) + 1.0
    for _ in range(200):
        middle = (first + last) / 2
        if weights @ allocation(middle) < total:
            first = middle
        else:
            last = middle
    return allocation((first + last) / 2)


@dataclass(frozen=True, slots=True)
class DistrictShare:
    """What one district would carry; growth in fractions.

    ``strain`` is the distance from what the model expects in its own standard deviations;
    ``annex`` what Annex 1 asks today, None where the plan sets its districts no targets.
    """

    district: str
    weight: float
    expected: float
    deviation: float
    share: float
    strain: float
    annex: float | None
    at_bound: bool


@dataclass(frozen=True, slots=True)
class Sharing:
    """A city target shared out.  ``annex_total`` is what Annex 1 adds up to, ``mark_up`` that
    over the target less one (加码率); not a number where the target is no growth."""

    indicator: str
    total: float
    rows: tuple[DistrictShare, ...]
    annex_total: float | None
    mark_up: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row per district."""
        return pd.DataFrame(
            [{n: getattr(r, n) for n in DistrictShare.__slots__} for r in self.rows]
        )


def share_target(
    plan: Plan,
    fan: Fan,
    total: float,
    indicator: str = "iva_growth",
    *,
    minimum: Mapping[str, float] | None = None,
    maximum: Mapping[str, float] | None = None,
) -> Sharing:
    """Share a city growth target out to the districts.

    Parameters
    ----------
    fan : Fan
        The ensemble that says what each district is expected to do, and how surely.
    total : float
        City growth to be kept, fraction.
    indicator : {"iva_growth", "mva_growth"}
    minimum, maximum : mapping of district to growth, optional
        Bounds; by default `LOWEST` and `HIGHEST`.

    Raises
    ------
    ModelError
        For an unknown district or indicator, or bounds that do not allow the total.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> fan = model.ensemble(plan, plan.scenarios["plan"], draws=256)
    >>> found = model.share_target(plan, fan, 0.07, minimum={"gongyi": 0.08})
    >>> round(sum(row.weight * row.share for row in found.rows), 9)
    0.07
    >>> round(1 + found.mark_up, 1)  # what Annex 1 asks today, over the city's target
    1.2
    """
    if indicator not in _ANNEX:
        raise unknown("indicator that can be shared out", indicator, _ANNEX)
    codes = plan.axes.districts
    if not math.isfinite(total):
        raise ModelError(f"A total of {total} is no number.", code="not_a_number", given=total)
    bounds = np.tile((LOWEST, HIGHEST), (len(codes), 1))
    for column, given in enumerate((minimum or {}, maximum or {})):
        for code, value in given.items():
            if code not in codes:
                raise unknown("district", code, codes)
            if not math.isfinite(value):
                raise ModelError(f"{code}: {value} is no bound; leave it out for none.",
                                 code="not_a_number", given=value)  # fmt: skip
            bounds[codes.index(code), column] = value
    crossed = [code for code, (low, high) in zip(codes, bounds, strict=True) if low > high]
    if crossed:
        ends = "; ".join(
            f"{code} {100 * low:g} % above {100 * high:g} %"
            for code, (low, high) in zip(codes, bounds, strict=True) if low > high
        )  # fmt: skip
        raise ModelError(f"The lower bound lies above the upper bound: {ends}. Lower it.",
                         code="bounds_crossed", places=" ".join(crossed), high=HIGHEST)  # fmt: skip
    base = plan.base.value_added
    if indicator == "mva_growth":
        base = base * np.array([industry.is_manufacturing for industry in plan.industries])
    weights = base.sum(axis=1) / base.sum()
    draws = np.stack([fan.indicator(indicator, district=code)[0] for code in codes])
    expected, deviation = np.median(draws, axis=1), draws.std(axis=1)
    found = share_out(total, weights, expected, deviation, bounds[:, 0], bounds[:, 1])
    annex = {row.district: getattr(row, _ANNEX[indicator]) / 100 for row in plan.annex}
    asked = float(weights @ [annex[code] for code in codes]) if annex else None
    rows = tuple(
        DistrictShare(
            district=code,
            weight=float(weights[d]),
            expected=float(expected[d]),
            deviation=float(deviation[d]),
            share=float(found[d]),
            strain=float((found[d] - expected[d]) / deviation[d]),
            annex=annex.get(code),
            at_bound=bool(found[d] in (bounds[d, 0], bounds[d, 1])),
        )
        for d, code in enumerate(codes)
    )
    mark_up = asked / total - 1 if asked is not None and total > 0 else float("nan")
    return Sharing(indicator, total, rows, asked, mark_up)
