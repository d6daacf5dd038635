"""District inputs to the base-year table: value added by district and industry.

The seed is district value added times the industry mix of the district; it is fitted to row
controls (the districts) and column controls (the industries).  Until other column controls are
supplied they are the seed's own totals, and the fit leaves the seed as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.axes import Axes
from model.errors import ModelError
from model.sources import Control, Industry

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class ControlCheck:
    """A piece of interval knowledge held against the base table; nothing is forced by it."""

    control: Control
    value: float
    met: bool


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """The base year. Arrays are read-only.

    Attributes
    ----------
    value_added : (district, industry)
        Value added of industry above designated size, 亿元 at base-year prices.
    status : (district, industry)
        How each cell came to be (the weaker of its two parts).
    mix_status : (district, industry)
        How the share of the industry in its district came to be.
    value_added_band, investment_band : (district, 3)
        Low, central and high value of the district totals, 亿元; read as 5, 50 and 95 %.
    firms : (district,)
        Firms above designated size.
    controls : tuple of ControlCheck
        Interval knowledge, met or missed.
    """

    axes: Axes
    value_added: Array
    status: Array
    mix_status: Array
    value_added_band: Array
    value_added_status: tuple[str, ...]
    investment_band: Array
    firms: Array
    controls: tuple[ControlCheck, ...]

    @property
    def investment(self) -> Array:
        """Industrial investment of each district, 亿元, shape (district,)."""
        return self.investment_band[:, 1]

    def to_frame(self) -> pd.DataFrame:
        """Return the table in tidy form: district, industry, value added, status."""
        axes = self.axes
        index = pd.MultiIndex.from_product(
            [axes.districts, axes.industries], names=["district", "industry"]
        )
        columns = {"value_added": self.value_added.ravel(), "status": self.status.ravel()}
        return pd.DataFrame(columns, index=index).reset_index()


def biproportional_fit(
    seed: Array, rows: Array, columns: Array, tolerance: float = 1e-10, most: int = 500
) -> Array:
    r"""Return the table nearest to a seed, in relative entropy, that has given margins.

    .. math:: X_{di} = r_d X^0_{di} s_i, \quad \sum_i X_{di} = R_d, \quad \sum_d X_{di} = C_i

    Rows and columns are scaled in turn (RAS).  Zeros stay zero, and every cross-product ratio of
    the seed is kept.

    Parameters
    ----------
    seed : (district, industry, draw)
        Non-negative start table, 亿元.
    rows : (district, draw)
        Row totals, 亿元.
    columns : (industry, draw)
        Column totals, 亿元; must add up to the same total as the rows.
    tolerance : float
        Largest relative error of a margin at which the fit stops.

    Raises
    ------
    ModelError
        When the margins contradict each other or the zeros of the seed, naming the worst margin.

    References
    ----------
    Stone, R. (1961), Input-Output and National Accounts, OEEC.
    """
    total, other = rows.sum(axis=0), columns.sum(axis=0)
    if not np.allclose(total, other, rtol=1e-9):
        raise ModelError(
            f"The district totals add to {total.max():.6g} and the industry totals to "
            f"{other.max():.6g}; they must agree before a table can be fitted.",
            code="margins_disagree",
            given=f"{total.max():.6g}",
            known=f"{other.max():.6g}",
        )
    table = seed
    for _ in range(most):
        table = table * _ratio(rows, table.sum(axis=1))[:, None, :]
        found = table.sum(axis=0)
        error = np.abs(found - columns) / np.maximum(columns, 1e-12)
        if (error <= tolerance).all():
            return table
        table = table * _ratio(columns, found)[None, :, :]
    worst = int(np.argmax(error.max(axis=1)))
    raise ModelError(
        f"No table with these zeros has both margins: industry {worst + 1} is still off by "
        f"{error.max():.2%} after {most} rounds. Allow a cell there or change a total.",
        code="fit_failed",
        count=worst + 1,
        given=f"{error.max():.2%}",
    )


def _ratio(wanted: Array, found: Array) -> Array:
    return np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)


def base_table(totals: Array, mix: Array, columns: Array | None = None) -> Array:
    r"""Return value added by cell from district totals and mixes, fitted to industry totals.

    .. math:: Y^0_{di} = R_d \frac{s_{di} \exp(\sigma_{di} \epsilon_{di})}
              {\sum_k s_{dk} \exp(\sigma_{dk} \epsilon_{dk})}

    In each draw the shares stray around the table by the deviation of their status.

    Parameters
    ----------
    totals : (district, draw)
        Value added of each district, 亿元.
    mix : (district, industry, draw)
        Weights of the industries within a district; only their proportions matter.
    columns : (industry, draw), optional
        Industry totals, 亿元; without them the seed's own totals hold.
    """
    seed = mix / mix.sum(axis=1, keepdims=True) * totals[:, None, :]
    if columns is None:
        return seed
    return biproportional_fit(seed, totals, columns)


def check_controls(
    controls: tuple[Control, ...], axes: Axes, table: Array, industries: tuple[Industry, ...]
) -> tuple[ControlCheck, ...]:
    """Hold interval knowledge against the base table (shares in per cent)."""
    by_industry, total = table.sum(axis=0), table.sum()
    classes = {
        "leading_share": [i.leading_weight for i in industries],
        "energy_intensive_share": [i.energy_intensive_weight for i in industries],
        "high_tech_share": [i.high_tech_weight for i in industries],
        "strategic_emerging_share": [i.strategic_emerging_weight for i in industries],
        "manufacturing_share": [float(i.is_manufacturing) for i in industries],
    }
    found = []
    for control in controls:
        if control.indicator == "district_share_of_industry":
            district = axes.districts.index(control.district)
            industry = axes.industries.index(control.industry)
            share = table[district, industry] / by_industry[industry]
        elif control.indicator == "industry_share_of_district":
            district = axes.districts.index(control.district)
            industry = axes.industries.index(control.industry)
            share = table[district, industry] / table[district].sum()
        elif control.indicator == "district_share_of_city":
            share = table[axes.districts.index(control.district)].sum() / total
        elif control.indicator == "city_value_added":
            share = total / 100
        elif control.indicator in classes:
            share = by_industry @ np.array(classes[control.indicator]) / total
        else:
            raise ModelError(
                f"controls.csv: {control.indicator!r} is not an indicator of the base year.",
                code="unknown_control",
                name=control.indicator,
            )
        value = float(100 * share)
        low = control.low if control.low is not None else -np.inf
        high = control.high if control.high is not None else np.inf
        found.append(ControlCheck(control, value, bool(low <= value <= high)))
    return tuple(found)
