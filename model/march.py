"""One month after another: the only loop over time, which carries the stocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from model import capital as stock
from model import entry, production
from model.axes import MONTHS_PER_YEAR
from model.rates import Rates

Array = np.ndarray


class State(NamedTuple):
    """One month.

    value_added, comparable_base (district, industry, draw) 亿元; energy, comparable_energy
    10,000 tce; capital and work in progress by type (district, draw) at the start of the month,
    relative to the initial capital stock; contract (draw,) the capital that contracts have built,
    to be multiplied by ``Rates.contract_capital`` for each industry; renewed (district, draw)
    the factor that upgrading has brought to energy intensity; completed_new, completed_upgrade
    (district, draw) and completed_contract (draw,) what becomes capacity at the end of the month,
    in the units of the stocks; entrants, entrants_before (district, industry, draw) 亿元 in the
    month of their entry year and in the same month before, if any enter.
    """

    value_added: Array
    comparable_base: Array
    energy: Array
    comparable_energy: Array
    capital: Array
    contract: Array
    renewed: Array
    work_new: Array
    work_upgrade: Array
    completed_new: Array
    completed_upgrade: Array
    completed_contract: Array
    entrants: Array | None
    entrants_before: Array | None


def march(rates: Rates) -> Iterator[State]:
    """Yield the state of each month in turn.

    The arrays of a state are written over in later months: copy what you keep.
    """
    districts, _, draws = shape = rates.base.shape
    capital, technique = np.ones((districts, draws)), np.zeros((districts, draws))
    pre = rates.pre_sample
    work_new = np.repeat(pre.work_new[:, None], districts, axis=1)
    work_upgrade = np.repeat(pre.work_upgrade[:, None], districts, axis=1)
    work_contract, contract = np.zeros_like(pre.work_new), np.zeros(draws)
    # Last year's value added stays until its month returns; its room is then used again.
    last_year = [np.empty(shape) for _ in range(MONTHS_PER_YEAR)]
    month, energy, comparable_energy = (np.empty(shape) for _ in range(3))
    renewed = [np.ones((districts, draws))] * MONTHS_PER_YEAR  # by month of the year, the last one
    entrants: list[Array] = []
    for t in range(len(rates.exponent)):
        m = t % MONTHS_PER_YEAR
        np.multiply(rates.contract_capital, contract, out=month)
        month += capital[:, None, :]
        shock = None if rates.district_shock is None else rates.district_shock[t]
        production.value_added(rates.base, month, rates.elasticity, rates.exponent[t], shock)
        if rates.fall is not None:
            month[rates.anchor] *= 1.0 - rates.fall[t]
        if rates.closed is not None:
            month[rates.closed] *= 1.0 - rates.closed_value[t]
        before = last_year[m]
        if t < MONTHS_PER_YEAR:
            np.multiply(rates.base, rates.month_share[m][:, None], out=before)
        joined, own = _join_entrants(rates, entrants, t, month, before)
        _comparable(rates, t, before, own, renewed[m], comparable_energy)
        renewed[m] = np.exp(rates.technique_reference[m] - technique)
        _energy(rates, t, month, renewed[m], energy)
        own_new = rates.own_new[t] * rates.per_yuan
        upgrade = rates.investment_upgrade[t] * rates.per_yuan
        next_new, new = stock.chain_step(work_new, own_new, rates.rate_new[t])
        next_upgrade, upgraded = stock.chain_step(work_upgrade, upgrade, rates.rate_upgrade[t])
        work_contract, built = stock.chain_step(
            work_contract, rates.contract_flow[t], rates.rate_new[t]
        )
        yield State(
            value_added=month,
            comparable_base=before,
            energy=energy,
            comparable_energy=comparable_energy,
            capital=capital,
            contract=contract,
            renewed=renewed[m],
            work_new=work_new.sum(axis=0),
            work_upgrade=work_upgrade.sum(axis=0),
            completed_new=new,
            completed_upgrade=upgraded,
            completed_contract=built,
            entrants=joined,
            entrants_before=own,
        )
        del joined, own  # not to be held while the next are made
        last_year[m], month = month, before
        work_new, work_upgrade = next_new, next_upgrade
        technique = technique + rates.technique[t] * upgraded / capital
        capital = stock.next_capital(capital, new, upgraded, rates.premium, rates.wear)
        contract = (1.0 - rates.wear) * contract + built


def _join_entrants(
    rates: Rates, ratios: list[Array], t: int, month: Array, before: Array
) -> tuple[Array | None, Array | None]:
    """Add the entrants to a month; return, if they are new, their value added now and before.

    From the year after entry on they grow with the incumbents of their cell: ``before``, with them
    in it, tells how much they add.  Fewer entrants than in the status quo can take away no more
    than there is, now and a year before.
    """
    if rates.entrants is None or t < entry.ENTRY_MONTH:
        return None, None
    m, years = t % MONTHS_PER_YEAR, (t - entry.ENTRY_MONTH) // MONTHS_PER_YEAR
    if years > 1:
        month *= ratios[m]
        return None, None
    entrants = rates.entrants * rates.month_share[m][:, None]
    if years == 1:
        without = before - entrants
        ratio = np.divide(before, without, out=np.ones_like(before), where=without > 0)
        if rates.fall is not None:  # where all stood still, nothing tells how much they add
            still = rates.fall[t - MONTHS_PER_YEAR] >= 1.0
            ratio[rates.anchor] = np.where(still, 1.0, ratio[rates.anchor])
        month *= ratio
        if t + MONTHS_PER_YEAR < len(rates.exponent):
            ratios.append(ratio)
        return None, None
    own = entry.prior_year(entrants, rates.entrant_growth)
    if rates.fewer_entrants:
        np.maximum(own, -before, out=own)
        np.maximum(entrants, -month, out=entrants)
    month += entrants
    return entrants, own


def _closed_intensity(rates: Rates, t: int) -> Array:
    """Return the factor on the intensity of the closure cells that closures have brought."""
    return (1.0 - rates.closed_energy[t]) / (1.0 - rates.closed_value[t])


def _energy(rates: Rates, t: int, value_added: Array, renewed: Array, energy: Array) -> None:
    """Write the energy use of a month, 10,000 tce."""
    np.multiply(value_added, rates.intensity[t], out=energy)
    energy *= renewed[:, None, :]
    if rates.closed is not None:
        energy[rates.closed] *= _closed_intensity(rates, t)


def _comparable(
    rates: Rates, t: int, before: Array, own: Array | None, renewed: Array, energy: Array
) -> None:
    """Turn last year's value added into the comparable base, and write its energy.

    Entrants bring their own past, closed plants leave it in part.
    """
    year_ago = t - MONTHS_PER_YEAR
    cells = None if rates.closed is None else before[rates.closed]
    if own is not None:
        before += own
    intensity = rates.base_intensity if year_ago < 0 else rates.intensity[year_ago]
    np.multiply(before, intensity, out=energy)
    energy *= renewed[:, None, :]
    if cells is None:
        return
    rows, industry = rates.closed
    joined = 0.0 if own is None else own[rates.closed]
    gone = (0.0, 0.0, 1.0) if year_ago < 0 else (
        rates.closed_value[year_ago],
        rates.closed_energy[year_ago],
        _closed_intensity(rates, year_ago),
    )  # fmt: skip
    kept = entry.kept_in_base(rates.closed_value[t], gone[0], rates.exit_removal)
    kept_energy = entry.kept_in_base(rates.closed_energy[t], gone[1], rates.exit_removal)
    before[rates.closed] = cells * kept + joined
    cell_intensity = intensity[industry] * renewed[rows] * gone[2]
    energy[rates.closed] = (cells * kept_energy + joined) * cell_intensity
