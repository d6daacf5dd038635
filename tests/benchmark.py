"""Speed and memory as ratios that hold on any machine: ``python -m tests.benchmark``.

The yardstick is `tests.plain`, the same equations as plain NumPy, timed in the same process and
in turn with what it is compared to; the best of seven counts.  The yardstick is handed its inputs
ready; the model also checks them, makes its draws and labels its results within its time.  Exits
with 1 only where a goal is missed by half, so that noise does not fail a build.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

import model
from model import allocator
from model.draws import drawn
from model.simulate import CHUNK
from tests import oracle, plain

PROJECT = Path(__file__).resolve().parent.parent
STATUS = Path("/proc/self/status")
ROUNDS = 7
SLACK = 1.5
"""A goal missed by this factor fails; below that it is only told."""

FEW, MANY, YARDSTICK_DRAWS = 1024, 8192, 1000
MIB = 1024**2
ROUNDING = 1e-12


class Row(NamedTuple):
    """One line of the table: a measured figure against the most that it may be."""

    code: str
    what: str
    goal: float
    measured: float | None
    shown: str = "{:.2f}"

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        if self.measured <= self.goal:
            return "ok"
        return "over goal" if self.measured <= SLACK * self.goal else "FAIL"

    def __str__(self) -> str:
        goal, measured = (
            "-" if value is None else self.shown.format(value)
            for value in (self.goal, self.measured)
        )
        return f"{self.code:<3} {self.what:<66} {goal:>8} {measured:>9}  {self.verdict}"


# Time


def in_turn(*calls: Callable[[], object], repeat: int = 1) -> list[float]:
    """Return the best time of each call in seconds; all are called in turn, round by round."""
    best = [float("inf")] * len(calls)
    for _ in range(ROUNDS):
        for position, call in enumerate(calls):
            start = time.perf_counter()
            for _ in range(repeat):
                call()
            best[position] = min(best[position], (time.perf_counter() - start) / repeat)
    return best


def import_seconds(rounds: int = 3) -> float:
    """Return how long a fresh Python takes to import the model, less an empty one."""

    def seconds(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)
        return time.perf_counter() - start

    pairs = [(seconds("import model"), seconds("pass")) for _ in range(rounds)]
    return min(full for full, _ in pairs) - min(empty for _, empty in pairs)


# Memory


def resident(field: str) -> float:
    """Return the memory of this process in MiB: VmRSS now, VmHWM at its highest so far."""
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(lines[field].split()[0]) / 1024


def print_memory(draws: int) -> None:
    """Print peak, peak above idle and what is kept, in MiB.  For a process of its own.

    Resident memory is what a host counts.  (`getrusage` would not do: its peak starts from that of
    the parent process.)  Idle means after a tiny ensemble, for which libraries have been loaded.
    """
    allocator.keep()  # as the app and the command line do
    plan = model.load_plan()
    model.ensemble(plan, plan.scenarios["plan"], draws=8)
    idle = resident("VmRSS")
    fan = model.ensemble(plan, plan.scenarios["plan"], draws=draws)
    peak = resident("VmHWM")
    kept = sum(array.nbytes for _, array in kept_arrays(fan)) / MIB
    print(peak, peak - idle, kept)


def memory(draws: int) -> tuple[float, float, float] | None:
    """Return peak, peak above idle and what is kept of an ensemble in a fresh process, MiB."""
    if not STATUS.is_file():
        return None
    code = f"from tests.benchmark import print_memory; print_memory({draws})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
    peak, above, kept = map(float, done.stdout.split())
    return peak, above, kept


# The same answer


def kept_arrays(fan: model.Fan) -> Iterator[tuple[str, np.ndarray]]:
    """Yield everything that an ensemble keeps, by name."""
    for name in fan.totals.__slots__:
        kept = getattr(fan.totals, name)
        if isinstance(kept, np.ndarray):
            yield name, kept
        elif isinstance(kept, Mapping):  # the names of followed districts are no figures
            yield from ((f"{name}.{flow}", array) for flow, array in kept.items())


def largest_difference(one: model.Fan, other: model.Fan) -> float:
    """Return the largest difference in anything kept, relative to the largest of its kind."""
    return max(
        float(np.abs(a - b).max() / max(np.abs(a).max(), 1e-300))
        for (_, a), (_, b) in zip(kept_arrays(one), kept_arrays(other), strict=True)
    )


def changed_answer(plan: model.Plan, scenario: model.Scenario) -> tuple[float, int]:
    """Return the largest change by another cut of the work, and how many arrays a rerun changed.

    Chunks that do not divide the draws, one chunk for all, and more threads than cores are tried.
    A rerun of the same seed must give the same bits.
    """
    first = model.ensemble(plan, scenario, FEW)
    cuts = [(1, 100), (2, 256), (3, 333), (4, 64), (2, FEW)]
    others = [model.ensemble(plan, scenario, FEW, threads=t, chunk=c) for t, c in cuts]
    again = model.ensemble(plan, scenario, FEW)
    pairs = zip(kept_arrays(first), kept_arrays(again), strict=True)
    moved = sum(a.tobytes() != b.tobytes() for (_, a), (_, b) in pairs)
    return max(largest_difference(first, other) for other in others), moved


# The table


def rows() -> Iterator[Row | str]:
    """Yield the lines of the table as they are measured, then the absolute figures."""
    plan = model.load_plan()
    scenario = plan.scenarios["plan"]
    one = oracle.arguments(plan, scenario)
    many = oracle.arguments(
        plan, scenario, drawn(plan, scenario, 0, YARDSTICK_DRAWS, YARDSTICK_DRAWS, 1)
    )
    model.ensemble(plan, scenario, draws=8)  # loads what is loaded late

    run, plain_run = in_turn(
        lambda: model.simulate(plan, scenario), lambda: plain.run(*one), repeat=3
    )
    yield Row("R1", "one simulate() / one run of plain", 1.3, run / plain_run)
    thousand, plain_many = in_turn(
        lambda: model.ensemble(plan, scenario, YARDSTICK_DRAWS, threads=1),
        lambda: plain.run(*many),
    )
    what = f"a draw in ensemble(), one thread / a draw of plain, {YARDSTICK_DRAWS} draws"
    yield Row("R2", what, 0.7, thousand / plain_many)
    what = "a draw in that ensemble / one simulate()"
    yield Row("R3", what, 0.1, thousand / YARDSTICK_DRAWS / run, "{:.3f}")
    alike = {"threads": 1, "chunk": CHUNK}  # left alone, a small ensemble is cut another way
    few, all_draws, few_alike, all_alike = in_turn(
        lambda: model.ensemble(plan, scenario, FEW),
        lambda: model.ensemble(plan, scenario, MANY),
        lambda: model.ensemble(plan, scenario, FEW, **alike),
        lambda: model.ensemble(plan, scenario, MANY, **alike),
    )
    sizes = {draws: memory(draws) for draws in (FEW, MANY)}
    for draws, found in sizes.items():
        what = f"peak memory above idle, {draws} draws, MiB (2 x kept + 16)"
        goal, measured = (2 * found[2] + 16, found[1]) if found else (0.0, None)
        yield Row("R4", what, goal, measured, "{:.0f}")
    what = f"time of {MANY} draws / time of {FEW}, one thread"
    yield Row("R5", what, 8.8, all_alike / few_alike)
    change, moved = changed_answer(plan, scenario)
    what = "largest relative change by chunk size and threads"
    yield Row("R8", what, ROUNDING, change, "{:.0e}")
    yield Row("R8", "arrays whose bits differ when the same seed runs again", 0, moved, "{:.0f}")

    most = sizes[MANY]
    yield ""
    yield f"single run {1e3 * run:.1f} ms (plain {1e3 * plain_run:.1f} ms)"
    yield f"{MANY} draws {all_draws:.2f} s ({FEW}: {few:.2f} s)"
    yield f"peak memory with {MANY} draws " + (f"{most[0]:.0f} MiB" if most else "not measured")
    yield f"import model {import_seconds():.2f} s beyond an empty Python"


def main() -> int:
    """Print the table; return 1 when a goal is missed by half."""
    start = time.perf_counter()
    allocator.keep()
    print(f"best of {ROUNDS}, taken in turn; {os.cpu_count()} cores, NumPy {np.__version__}\n")
    print(f"{'':<3} {'':<66} {'at most':>8} {'measured':>9}")
    failed = 0
    for row in rows():
        print(row, flush=True)
        failed += isinstance(row, Row) and row.verdict == "FAIL"
    print(f"measured in {time.perf_counter() - start:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
