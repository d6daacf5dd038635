"""Why a total changed: the logarithmic mean Divisia index (LMDI-I), exact and without residual.

`additive` and `multiplicative` split the change of any total whose cells are products of factors;
`intensity` splits the energy intensity of a run into structure and the drivers of its cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model import accounts
from model.axes import MONTHS_PER_YEAR, Axes
from model.errors import ModelError, unknown
from model.outcomes import Outcomes

Array = np.ndarray

STRUCTURE = ("district_structure", "industry_structure")
DRIVERS = ("autonomous", "technique", "rebound", "utilisation")
EFFECTS = (*STRUCTURE, *DRIVERS, "months", "closures")
"""Effects of a full decomposition; without drivers the last six are one, ``intensity``."""


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
    x = _log_ratio(np.where(some, high, 1.0), np.where(some, low, 1.0))
    ratio = np.where(x > 0, -np.expm1(-x) / np.where(x > 0, x, 1.0), 1.0)
    return np.where(some, high * ratio, 0.0)


def _log_ratio(a: Array, b: Array) -> Array:
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
    logs = _log_ratio(np.where(moved, after, 1.0), np.where(moved, before, 1.0))
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
    return _index(found, *totals)


def _index(contributions: Array, start: Array, end: Array) -> Array:
    """Return contributions to a change as factors whose product is end over start."""
    if (start == 0).any() or (end == 0).any():
        raise ModelError(
            "A total that is zero has no index; ask for the additive decomposition.",
            code="zero_total",
        )
    return np.exp(contributions / log_mean(end, start))


@dataclass(frozen=True, slots=True, eq=False)
class IntensityChange:
    """The change of energy intensity, year by year, shared out over effects and cells.

    Each year is compared with the same firms a year before (the comparable basis), so that
    ``after / before - 1`` is the published rate; ``contributions``
    (year, effect, district, industry, draw) add to ``after - before`` (year, draw), all in tce
    per 10,000 yuan.
    """

    axes: Axes
    years: tuple[int, ...]
    effects: tuple[str, ...]
    contributions: Array
    before: Array
    after: Array

    def __repr__(self) -> str:
        change = 100 * (self.chained[..., 0].prod(axis=0) - 1)
        span = f"{self.years[0]}-{self.years[-1]}" if len(self.years) > 1 else f"{self.years[0]}"
        return f"IntensityChange({span}: {change:+.1f} %)"

    @property
    def indices(self) -> Array:
        """Index of each effect in each year, (year, effect, draw); they multiply to the change."""
        found = self.contributions.sum(axis=(2, 3))
        return _index(found, self.before[:, None], self.after[:, None])

    @property
    def chained(self) -> Array:
        """Index of each effect over all years, (effect, draw): the product of its years."""
        return self.indices.prod(axis=0)

    @property
    def revision(self) -> Array:
        """What new comparable bases change between the years, (draw,).

        The contributions of all years and this add to the last ``after`` less the first
        ``before``; it is zero for a single year.
        """
        return (self.before[1:] - self.after[:-1]).sum(axis=0)

    def to_frame(self, by: Sequence[str] = ("year", "effect")) -> pd.DataFrame:
        """Return the contributions in tidy form, added up over what ``by`` leaves out.

        Columns: contribution (tce per 10,000 yuan) and, where ``by`` names neither districts nor
        industries but names effects, index: of the year, or over all years.  The first draw only.
        """
        order = ("year", "effect", "district", "industry")
        wrong = [name for name in by if name not in order]
        if wrong:
            raise unknown("axis", wrong[0], order)
        codes = self.years, self.effects, self.axes.districts, self.axes.industries
        kept = [position for position, name in enumerate(order) if name in by]
        dropped = tuple(position for position in range(len(order)) if position not in kept)
        columns = {"contribution": self.contributions[..., 0].sum(axis=dropped).ravel()}
        if kept == [0, 1]:
            columns["index"] = self.indices[..., 0].ravel()
        elif kept == [1]:
            columns["index"] = self.chained[..., 0]
        if not kept:
            return pd.DataFrame(columns)
        names = [order[position] for position in kept]
        index = pd.MultiIndex.from_product([codes[position] for position in kept], names=names)
        return pd.DataFrame(columns, index=index).reset_index()


def intensity(
    run: Outcomes,
    since: int | None = None,
    until: int | None = None,
    drivers: Mapping[str, Array] | None = None,
) -> IntensityChange:
    """Return why the city's energy intensity changed from one year to another.

    Parameters
    ----------
    run : Outcomes
    since, until : int, optional
        The change is from ``since`` (the base year unless given) to ``until`` (the last year),
        in yearly steps.
    drivers : mapping, optional
        What `model.energy.energy_drivers` returns, by default that of the run.  With an empty
        mapping the intensity of the cells is one effect.

    Raises
    ------
    ModelError
        When the years are outside the run or in the wrong order.
    """
    years = run.axes.years
    first = years[0] - 1 if since is None else since
    last = years[-1] if until is None else until
    if not years[0] - 1 <= first < last <= years[-1]:
        raise ModelError(
            f"{first} to {last} cannot be decomposed; years from {years[0] - 1} to {years[-1]} "
            "are possible, the first before the last.",
            code="years_outside",
            given=f"{first}-{last}",
            low=years[0] - 1,
            high=years[-1],
        )
    if drivers is None:
        drivers = run.energy_drivers
    steps = tuple(year for year in years if first < year <= last)
    found = [_year(run.cells, years.index(year), drivers or None) for year in steps]
    contributions, before, after = (np.stack(part) for part in zip(*found, strict=True))
    return IntensityChange(
        axes=run.axes,
        years=steps,
        effects=(*STRUCTURE, "intensity") if drivers is None else EFFECTS,
        contributions=contributions,
        before=before,
        after=after,
    )


def _year(
    cells: Mapping[str, Array], year: int, drivers: Mapping[str, Array] | None
) -> tuple[Array, Array, Array]:
    """Return contributions (effect, district, industry, draw) and intensity before and after."""
    months = slice(year * MONTHS_PER_YEAR, (year + 1) * MONTHS_PER_YEAR)
    value, base, energy, base_energy = (
        cells[name][months]
        for name in ("value_added", "comparable_base", "energy", "comparable_energy")
    )
    start, end = _factors((base.sum(0), base_energy.sum(0)), (value.sum(0), energy.sum(0)))
    found = additive(start, end)
    before = accounts.yearly_share(base_energy.sum((0, 1, 2)), base.sum((0, 1, 2)))
    after = accounts.yearly_share(energy.sum((0, 1, 2)), value.sum((0, 1, 2)))
    if drivers is None:
        return found, before, after
    changes = _driver_changes(drivers, months, energy.shape)
    parts = cell_intensity_parts((base, base_energy), (value, energy), changes)
    # The logs of the parts add to that of the cell; the same weight serves them all.
    parts *= log_mean(end.prod(axis=0), start.prod(axis=0))
    # Nothing is left over unless a cell changed all its months or began to use energy.
    parts[EFFECTS.index("months") - len(STRUCTURE)] += found[-1] - parts.sum(axis=0)
    return np.concatenate((found[:-1], parts)), before, after


def _factors(before: tuple[Array, Array], after: tuple[Array, Array]) -> tuple[Array, Array]:
    r"""Return the factors of each cell before and after, (factor, district, industry, draw).

    .. math:: \frac{E}{Y} = \sum_{di} \frac{Y_d}{Y} \frac{Y_{di}}{Y_d} \frac{E_{di}}{Y_{di}}

    A cell without output keeps the intensity that it has at the other time: that it appears or
    vanishes is a matter of structure.
    """
    made = []
    for value, energy in (before, after):
        district = value.sum(axis=1, keepdims=True)
        share = np.broadcast_to(district / district.sum(axis=0), value.shape)
        within = _ratio(value, np.broadcast_to(district, value.shape))
        made.append([share, within, _ratio(energy, value)])
    idle = [value == 0 for value, _ in (before, after)]
    own = [factors[2] for factors in made]
    for position, factors in enumerate(made):
        factors[2] = np.where(idle[position], own[1 - position], own[position])
        whole = np.broadcast_to(factors[0] == 0, factors[1].shape)
        # A district without output has no industry structure of its own either.
        factors[1] = np.where(whole, made[1 - position][1], factors[1])
    return np.stack(made[0]), np.stack(made[1])


def cell_intensity_parts(
    before: tuple[Array, Array], after: tuple[Array, Array], changes: Mapping[str, Array]
) -> Array:
    r"""Return the log change of each cell's yearly intensity by driver.

    .. math:: \ln \frac{e^T}{e^0} = \sum_k \sum_m w_m \Delta \ln f_{km}
              + \sum_m w_m \Delta \ln \omega_m, \qquad
              w_m = \frac{L(s_m^T, s_m^0)}{\sum_n L(s_n^T, s_n^0)}

    The year's intensity of a cell is an average of its months; :math:`s_m` are the months' shares
    in its energy, :math:`\omega_m` in its value added.  Each month is compared with the same
    month a year before, never with the month before it.  What the drivers leave of a month is
    due to closures; what the months leave of the year is due to their weights (effect ``months``:
    more of the year's output in months of high intensity).

    Parameters
    ----------
    before, after : pairs of (month, district, industry, draw)
        Value added and energy of the months of the two years.
    changes : mapping of `DRIVERS` to arrays that broadcast to these
        Log change of each driver on the same month a year before.

    Returns
    -------
    (effect, district, industry, draw)
        `DRIVERS`, months, closures.  Zero in cells idle in either year.

    References
    ----------
    Sato, K. (1976), The ideal log-change index number, Review of Economics and Statistics 58.
    Vartia, Y. O. (1976), Ideal log-change index numbers, Scandinavian Journal of Statistics 3.
    """
    (value_0, energy_0), (value_1, energy_1) = before, after
    shares = [_ratio(e, np.broadcast_to(e.sum(axis=0), e.shape)) for e in (energy_0, energy_1)]
    weight = log_mean(shares[1], shares[0])
    alive = weight.sum(axis=0) > 0
    weight = _ratio(weight, np.broadcast_to(weight.sum(axis=0), weight.shape))
    parts = [(weight * changes[name]).sum(axis=0) for name in DRIVERS]
    known = sum(np.broadcast_to(changes[name], weight.shape) for name in DRIVERS)
    closures = (weight * (_log_change((value_0, energy_0), (value_1, energy_1)) - known)).sum(0)
    yearly = _log_change((value_0.sum(0), energy_0.sum(0)), (value_1.sum(0), energy_1.sum(0)))
    months = np.where(alive, yearly - sum(parts) - closures, 0.0)
    return np.stack([np.where(alive, part, 0.0) for part in (*parts, months, closures)])


def _log_change(before: tuple[Array, Array], after: tuple[Array, Array]) -> Array:
    """Return the log change of energy over value added, 0 where either is nothing."""
    some = (before[0] > 0) & (before[1] > 0) & (after[0] > 0) & (after[1] > 0)
    value, energy = (
        _log_ratio(np.where(some, after[k], 1.0), np.where(some, before[k], 1.0)) for k in (0, 1)
    )
    return energy - value


def _driver_changes(
    drivers: Mapping[str, Array], months: slice, shape: tuple[int, ...]
) -> dict[str, Array]:
    """Return the change of each driver on the same month a year before; the base year is zero."""
    missing = [name for name in DRIVERS if name not in drivers]
    if missing:
        raise unknown("set of drivers", missing[0], DRIVERS)
    found = {}
    for name in DRIVERS:
        log = drivers[name]
        before = log[months.start - MONTHS_PER_YEAR : months.start] if months.start else 0.0
        found[name] = np.broadcast_to(log[months] - before, shape)
    return found


def _ratio(numerator: Array, denominator: Array) -> Array:
    """Return a quotient, 0 where there is nothing to divide by."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)
