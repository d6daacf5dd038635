"""Why the energy intensity, and the energy use, of a run changed: structure and the drivers.

`intensity` and `energy_use` put the cells of a run, year by year, through the exact decomposition
of `model.decomposition`, for the city, a district or an industry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from model import accounts
from model.axes import MONTHS_PER_YEAR, Axes
from model.decomposition import additive, index, log_mean, log_ratio
from model.errors import ModelError, unknown
from model.outcomes import Outcomes

Array = np.ndarray

STRUCTURE = ("district_structure", "industry_structure")
DRIVERS = ("autonomous", "technique", "rebound", "utilisation")
EFFECTS = (*STRUCTURE, *DRIVERS, "months", "closures")
"""Effects of a full decomposition; without drivers the last six are one, ``intensity``."""


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
        return index(found, self.before[:, None], self.after[:, None])

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


@dataclass(frozen=True, slots=True, eq=False)
class EnergyUseChange(IntensityChange):
    """The change of energy use, year by year: as `IntensityChange`, in 10,000 tce.

    The first effect, ``activity``, is what the growth of value added alone would have used more.
    """

    def __repr__(self) -> str:
        change = 100 * (float((self.after / self.before)[:, 0].prod()) - 1)
        span = f"{self.years[0]}-{self.years[-1]}" if len(self.years) > 1 else f"{self.years[0]}"
        return f"EnergyUseChange({span}: {change:+.1f} %)"


def intensity(
    run: Outcomes,
    since: int | None = None,
    until: int | None = None,
    drivers: Mapping[str, Array] | None = None,
    *,
    district: str | None = None,
    industry: str | None = None,
) -> IntensityChange:
    """Return why energy intensity changed from one year to another.

    Parameters
    ----------
    run : Outcomes
    since, until : int, optional
        The change is from ``since`` (the base year unless given) to ``until`` (the last year),
        in yearly steps.
    drivers : mapping, optional
        What `model.energy.energy_drivers` returns, by default that of the run.  With an empty
        mapping the intensity of the cells is one effect.
    district, industry : str, optional
        Of one district, or of one industry, by itself; by default of the city.

    Raises
    ------
    ModelError
        When the years are outside the run or in the wrong order, or a place is unknown.

    Examples
    --------
    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> run = model.simulate(plan, model.load_scenario(plan, "plan"))
    >>> change = model.intensity(run, until=2020)
    >>> fall = run.indicator("energy_intensity_fall")[0, 0]
    >>> bool(abs(change.chained.prod() - (1 - fall)) < 1e-12)  # the effects multiply to the rate
    True
    >>> model.intensity(run, district="gongyi").to_frame(by=["effect"]).shape
    (8, 3)
    """
    return _change(IntensityChange, run, (since, until), drivers, (district, industry))


def energy_use(
    run: Outcomes,
    since: int | None = None,
    until: int | None = None,
    drivers: Mapping[str, Array] | None = None,
    *,
    district: str | None = None,
    industry: str | None = None,
) -> EnergyUseChange:
    r"""Return why energy use changed: activity, structure, and the intensity of the cells.

    .. math:: E = \sum_{di} Y \, \frac{Y_d}{Y} \, \frac{Y_{di}}{Y_d} \, \frac{E_{di}}{Y_{di}}

    Parameters and errors as in `intensity`; before and after are of the same firms, so that the
    rate is the published growth of energy use.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> use = model.energy_use(model.simulate(plan, plan.scenarios["plan"]), until=2020)
    >>> use.effects[:3]
    ('activity', 'district_structure', 'industry_structure')
    """
    return _change(EnergyUseChange, run, (since, until), drivers, (district, industry))


def _change(
    kind: type[IntensityChange],
    run: Outcomes,
    span: tuple[int | None, int | None],
    drivers: Mapping[str, Array] | None,
    place: tuple[str | None, str | None],
) -> IntensityChange:
    years = run.axes.years
    first = years[0] - 1 if span[0] is None else span[0]
    last = years[-1] if span[1] is None else span[1]
    if not years[0] - 1 <= first < last <= years[-1]:
        raise ModelError(
            f"{first} to {last} cannot be decomposed; years from {years[0] - 1} to {years[-1]} "
            "are possible, the first before the last.",
            code="years_outside",
            given=f"{first}-{last}",
            low=years[0] - 1,
            high=years[-1],
        )
    rows, columns = (
        _chosen(name, code, codes)
        for name, code, codes in zip(
            ("district", "industry"), place, (run.axes.districts, run.axes.industries), strict=True
        )
    )
    cells = {name: run.cells[name][:, rows, columns] for name in _CELLS}
    drivers = run.energy_drivers if drivers is None else drivers
    here = {
        name: log[:, rows if log.shape[1] > 1 else slice(None)][
            :, :, columns if log.shape[2] > 1 else slice(None)
        ]
        for name, log in drivers.items()
    }
    steps = tuple(year for year in years if first < year <= last)
    scaled = kind is EnergyUseChange
    found = [_year(cells, years.index(year), here or None, scaled) for year in steps]
    contributions, before, after = (np.stack(part) for part in zip(*found, strict=True))
    effects = EFFECTS if drivers else (*STRUCTURE, "intensity")
    return kind(
        axes=replace(
            run.axes,
            districts=run.axes.districts[rows],
            industries=run.axes.industries[columns],
        ),
        years=steps,
        effects=("activity", *effects) if scaled else effects,
        contributions=contributions,
        before=before,
        after=after,
    )


_CELLS = ("value_added", "comparable_base", "energy", "comparable_energy")


def _chosen(name: str, code: str | None, codes: tuple[str, ...]) -> slice:
    """Return the place of one code, or of all."""
    if code is None:
        return slice(None)
    if code not in codes:
        raise unknown(name, code, codes)
    return slice(codes.index(code), codes.index(code) + 1)


def _year(
    cells: Mapping[str, Array],
    year: int,
    drivers: Mapping[str, Array] | None,
    scaled: bool,
) -> tuple[Array, Array, Array]:
    """Return contributions (effect, district, industry, draw) and the total before and after.

    The total is energy intensity or, ``scaled`` by value added, energy use.
    """
    months = slice(year * MONTHS_PER_YEAR, (year + 1) * MONTHS_PER_YEAR)
    value, base, energy, base_energy = (cells[name][months] for name in _CELLS)
    start, end = _factors((base.sum(0), base_energy.sum(0)), (value.sum(0), energy.sum(0)))
    before, after = base_energy.sum((0, 1, 2)), energy.sum((0, 1, 2))
    if scaled:
        start, end = (
            np.concatenate((np.broadcast_to(total.sum((0, 1, 2)), factors[:1].shape), factors))
            for total, factors in ((base, start), (value, end))
        )
    else:
        before = accounts.yearly_share(before, base.sum((0, 1, 2)))
        after = accounts.yearly_share(after, value.sum((0, 1, 2)))
    found = additive(start, end)
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
    weight = _ratio(weight, np.broadcast_to(weight.sum(axis=0), weight.shape))
    parts = [(weight * changes[name]).sum(axis=0) for name in DRIVERS]
    known = sum(np.broadcast_to(changes[name], weight.shape) for name in DRIVERS)
    closures = (weight * (_log_change((value_0, energy_0), (value_1, energy_1)) - known)).sum(0)
    yearly = _log_change((value_0.sum(0), energy_0.sum(0)), (value_1.sum(0), energy_1.sum(0)))
    return np.stack([*parts, yearly - sum(parts) - closures, closures])


def _log_change(before: tuple[Array, Array], after: tuple[Array, Array]) -> Array:
    """Return the log change of energy over value added, 0 where either is nothing."""
    some = (before[0] > 0) & (before[1] > 0) & (after[0] > 0) & (after[1] > 0)
    value, energy = (
        log_ratio(np.where(some, after[k], 1.0), np.where(some, before[k], 1.0)) for k in (0, 1)
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
