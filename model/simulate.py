"""One run with its paths, or many draws of which only totals are kept; both from `march`."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from model import executor, logs
from model.axes import MONTHS_PER_YEAR
from model.draws import Draws, at, central, drawn, side_by_side
from model.energy import energy_drivers
from model.errors import ModelError, unknown
from model.growth import output_drivers
from model.march import march
from model.outcomes import INDUSTRY_FLOWS, Fan, Figures, Outcomes, Totals
from model.plan import Plan
from model.rates import prepare
from model.scenario import Scenario
from model.settings import Settings, settings
from model.settings import side_by_side as settings_side_by_side
from model.spending import laid_down
from model.streams import BLOCK
from model.tally import Tally, locked

Array = np.ndarray

DRAWS, SEED, CHUNK = 8192, 1, 512
"""Size and seed of the standard ensemble; draws that march together (they fit the cache)."""

MOST_DRAWS = 1 << 20
_SMALL = 2048
PIECE = 512
"""Draws that a worker of a cluster takes at a time; an ensemble of no more is never sent."""


def simulate(
    plan: Plan,
    scenario: Scenario,
    *,
    draw: int | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Outcomes:
    """Run a scenario once and keep every path.

    Parameters
    ----------
    plan, scenario
        The plan's facts and the levers and assumptions to run.
    draw : int, optional
        Replay this draw of the ensemble of ``draws`` and ``seed``; without it the run is the
        central one: parameters at their medians, no shocks.

    Raises
    ------
    ModelError
        When the ensemble has no such draw.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> run = model.simulate(plan, plan.scenarios["plan"])
    >>> run.to_frame(by=["month"]).shape
    (36, 7)
    """
    if draw is None:
        numbers = central(plan, scenario)
    else:
        _check_draws(draws, seed)
        if not 0 <= draw < draws:
            raise ModelError(
                f"Draw {draw} does not exist; an ensemble of {draws} has draws 0 to {draws - 1}.",
                code="no_draw",
                given=draw,
                count=draws,
            )
        numbers = drawn(plan, scenario, draw, draw + 1, draws, seed)
    chosen = settings(plan, scenario)
    rates, reasons = prepare(plan, chosen, numbers)
    tally = Tally(plan, 1)
    paths: dict[str, list[Array]] = {}
    nobody = np.zeros(rates.base.shape)
    for month, state in enumerate(march(rates)):
        tally.add_month(month, slice(0, 1), rates, state)
        for name in (*INDUSTRY_FLOWS, *_STOCKS, *_OWN_STOCKS):
            paths.setdefault(name, []).append(getattr(state, name).copy())
        for name in _ENTRY:
            joined = getattr(state, name)
            paths.setdefault(name, []).append(nobody if joined is None else joined)
    tally.add_range(slice(0, 1), numbers, rates)
    stacked = {name: np.stack(path) for name, path in paths.items()}
    own = {name: stacked.pop(name) for name in _OWN_STOCKS}
    output = output_drivers(rates, reasons, own, stacked)
    built = rates.contract_capital * own["contract"][:, None]
    stacked["capital"] = own["capital"][:, :, None] + built[:, None]
    by_district = {
        "investment_new": rates.investment_new(),
        "investment_upgrade": rates.investment_upgrade,
        "floor_binds": rates.floor_binds(),
    } | {name: stacked.pop(name) for name in _STOCKS}
    year_before = np.empty_like(stacked["value_added"])
    year_before[:MONTHS_PER_YEAR] = rates.base * rates.month_share[:, None, :, None]
    year_before[MONTHS_PER_YEAR:] = stacked["value_added"][:-MONTHS_PER_YEAR]
    stacked["year_before"] = year_before
    p, running = numbers.values, reasons.utilisation
    drivers = energy_drivers(
        p["autonomous_efficiency"],
        p["fixed_energy_share"],
        running,
        by_district["renewed"],
        p["rebound"],
    )
    return Outcomes(
        plan=plan,
        scenario=scenario,
        totals=tally.totals(),
        cells=locked(stacked),
        by_district=locked(by_district),
        utilisation=_frozen(running),
        energy_drivers=locked(drivers),
        output_drivers=locked(output),
        pipeline=laid_down(rates, chosen, p),
    )


def batch(plan: Plan, scenarios: Sequence[Scenario]) -> Figures:
    """Run many scenarios side by side, each once as in `simulate`, and keep totals only.

    Returns
    -------
    Figures
        Its draw axis holds the scenarios in the order given: ``indicator(...)[year, k]``.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> two = model.batch(plan, [plan.scenarios["status_quo"], plan.scenarios["plan"]])
    >>> without, with_plan = two.indicator("iva_growth")[0]
    >>> bool(with_plan > without)
    True
    """
    if not scenarios:
        raise ModelError("A batch needs at least one scenario.", code="empty_batch")
    tally = Tally(plan, len(scenarios))
    for start in range(0, len(scenarios), CHUNK):
        part = scenarios[start : start + CHUNK]
        chosen = settings_side_by_side([settings(plan, scenario) for scenario in part])
        place = slice(start, start + len(part))
        _tallied(tally, place, plan, chosen, side_by_side(plan, part))
    return Figures(plan=plan, scenario=scenarios[0], totals=tally.totals())


def at_points(plan: Plan, scenario: Scenario, normals: Array) -> Figures:
    """Run a scenario at chosen points of the priors, without shocks, and keep totals only.

    Parameters
    ----------
    normals : (dimension, point)
        Standard normal quantiles in the order of `model.draws.dimensions`; zeros are the medians.
    """
    tally = Tally(plan, normals.shape[1])
    chosen = settings(plan, scenario)

    def work(start: int) -> None:
        place = slice(start, min(start + CHUNK, normals.shape[1]))
        _tallied(tally, place, plan, chosen, at(plan, scenario, normals[:, place]))

    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        list(pool.map(work, range(0, normals.shape[1], CHUNK)))
    return Figures(plan=plan, scenario=scenario, totals=tally.totals())


def ensemble(
    plan: Plan,
    scenario: Scenario,
    draws: int = DRAWS,
    seed: int = SEED,
    *,
    chunk: int | None = None,
    threads: int | None = None,
    stopped: Callable[[], bool] | None = None,
    follow: Sequence[str] = (),
) -> Fan:
    """Run a scenario over many draws and keep totals only.

    Parameters
    ----------
    draws : int
        Number of draws; a power of two keeps the Sobol points balanced.
    seed : int
        The same seed gives the same draws for every scenario.
    chunk, threads : int, optional
        How the work is cut; neither changes the answer.  Small ensembles run on one thread in
        small pieces, which takes less memory and hardly longer.
    stopped : callable, optional
        Asked before every month of a chunk; when it answers True the run ends with a ModelError
        ``stopped``.
    follow : sequence of str, optional
        Districts whose months are kept too, so that figures of them within a year can be learned;
        each takes 14 MB with 8,192 draws.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> fan = model.ensemble(plan, plan.scenarios["plan"], draws=256)
    >>> low, middle, high = fan.quantiles("iva_growth", (0.05, 0.5, 0.95))[0]
    >>> bool(low < middle < high)
    True
    >>> run = model.simulate(plan, plan.scenarios["plan"], draw=7, draws=256)  # any draw, whole
    >>> bool(abs(run.indicator("iva_growth")[0, 0] - fan.indicator("iva_growth")[0, 7]) < 1e-9)
    True
    """
    _check_draws(draws, seed)
    for code in follow:
        if code not in plan.axes.districts:
            raise unknown("district", code, plan.axes.districts)
    small = draws <= _SMALL
    chunk = chunk or (BLOCK if small else CHUNK)
    threads = threads or executor.threads() or (1 if small else min(2, os.cpu_count() or 1))
    # Followed districts stay here: their months would be the greater part of what comes back.
    if draws > PIECE and not follow:
        totals = _elsewhere(plan, scenario, draws, seed, chunk, stopped)
        if totals:
            return Fan(plan=plan, scenario=scenario, totals=totals)
    tally = Tally(plan, draws, follow)
    ends = [(start, min(start + chunk, draws)) for start in range(0, draws, chunk)]

    job = _Job(plan, scenario, settings(plan, scenario), draws, seed, stopped)

    def work(pair: tuple[int, int]) -> bool:
        return _run_chunk(job, *pair, tally, slice(*pair))

    if threads == 1 or len(ends) == 1:
        whole = all(map(work, ends))
    else:
        with ThreadPoolExecutor(threads) as pool:
            whole = all(list(pool.map(work, ends)))
    if not whole:
        del tally  # an error remembers its frame, and all that lies there
        raise _stop()
    return Fan(plan=plan, scenario=scenario, totals=tally.totals())


class _Job(NamedTuple):
    """An ensemble, of which any range of draws can be run on its own."""

    plan: Plan
    scenario: Scenario
    chosen: Settings
    draws: int
    seed: int
    stopped: Callable[[], bool] | None


def _run_chunk(job: _Job, start: int, stop: int, tally: Tally, place: slice) -> bool:
    """Run draws ``start`` to ``stop`` side by side and keep them; False if stopped before the end.

    No error is raised here: one that crosses threads forms a ring with the frames that it passed,
    and their arrays would wait for the collector, which servers call rarely.
    """
    if job.stopped is not None and job.stopped():
        return False
    # Handed on without a name: what is named here would be held to the end.
    return _tallied(
        tally, place, job.plan, job.chosen,
        drawn(job.plan, job.scenario, start, stop, job.draws, job.seed), job.stopped,
    )  # fmt: skip


def _tallied(
    tally: Tally,
    place: slice,
    plan: Plan,
    chosen: Settings,
    numbers: Draws,
    stopped: Callable[[], bool] | None = None,
) -> bool:
    """March through all months and keep the totals; False if stopped before the end."""
    # What only a run to be explained needs, and what is in the rates now: let its room go.
    rates = prepare(plan, chosen, numbers)[0]
    numbers = replace(numbers, shocks=None)
    for month, state in enumerate(march(rates)):
        if stopped is not None and stopped():
            return False  # a hand that moves should not have to wait for a whole chunk
        tally.add_month(month, place, rates, state)
        del state  # not to be held while the next is made
    tally.add_range(place, numbers, rates)
    return True


def _stop() -> ModelError:
    return ModelError("The run was stopped.", code="stopped")


def piece(
    plan: Plan,
    scenario: Scenario,
    start: int,
    stop: int,
    draws: int,
    seed: int,
    chunk: int,
    *,
    stopped: Callable[[], bool] | None = None,
) -> dict[str, object]:
    """Return what is kept of draws ``start`` to ``stop`` of an ensemble: a part for a worker."""
    tally = Tally(plan, stop - start)
    job = _Job(plan, scenario, settings(plan, scenario), draws, seed, stopped)
    for first in range(start, stop, chunk):
        last = min(first + chunk, stop)
        if not _run_chunk(job, first, last, tally, slice(first - start, last - start)):
            raise _stop()
    return tally.parts()


def _elsewhere(
    plan: Plan,
    scenario: Scenario,
    draws: int,
    seed: int,
    chunk: int,
    stopped: Callable[[], bool] | None,
) -> Totals | None:
    """Return the totals as the cluster works them out; None without one, or when it fails.

    An ensemble is done here in a second, to the same bits: a cluster that fails is logged and is
    told by the report on health, and nobody has to wait for it.
    """
    try:
        if not executor.cluster():
            return None
        size = max(1, PIECE // chunk) * chunk  # whole chunks, so that the cuts are those made here
        items = [
            (scenario, start, min(start + size, draws), draws, seed, chunk)
            for start in range(0, draws, size)
        ]
        tally = Tally(plan, draws)
        for place, parts in executor.completed(plan, piece, items, stopped=stopped):
            tally.put(slice(items[place][1], items[place][2]), parts)
        return tally.totals()
    except ModelError as error:
        if not error.code.startswith(executor.FAILED):
            raise
        logs.event("executor_failed", logging.WARNING, code=error.code)
        return None


def _check_draws(draws: int, seed: int) -> None:
    if not 1 <= draws <= MOST_DRAWS:
        raise ModelError(
            f"{draws} draws; from 1 to {MOST_DRAWS} are possible (8192 is the standard).",
            code="draws_outside",
            given=draws,
            high=MOST_DRAWS,
        )
    if seed < 0:
        raise ModelError(f"The seed {seed} is negative; use 0 or more.", code="seed", given=seed)


_STOCKS = ("work_new", "work_upgrade", "renewed")
_OWN_STOCKS = (
    "capital", "contract", "completed_new", "completed_upgrade", "completed_contract",
)  # fmt: skip
_ENTRY = ("entrants", "entrants_before")


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array
