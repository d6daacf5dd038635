"""Commands of the evidence: ``record``, and ``--as-of`` for ``board`` and ``simulate``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

from model import benchmarks, record
from model.assimilate import Nowcast, assimilate_what_fits
from model.ex_ante import ex_ante
from model.observe import day, error_sd, followed, known, predicted
from model.outcomes import Fan, Outcomes
from model.plan import Plan, load_plan
from model.scenario import Scenario
from model.scores import CASES_FOR_COVERAGE
from model.simulate import DRAWS, SEED, ensemble, simulate


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command ``record``."""
    added = command("record", run_record, "run the track record again, or show the committed one")
    added.add_argument("--out", default="", help="file to write; the committed record by default")
    added.add_argument("--show", action="store_true", help="show the committed record, run nothing")


def add_as_of(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--as-of``."""
    parser.add_argument("--as-of", default="", metavar="YYYY-MM-DD", dest="as_of",
                        help="learn what was known on this day, with ex-ante priors")  # fmt: skip
    parser.add_argument("--released-only", action="store_true", dest="released_only",
                        help="with --as-of: leave out figures with an inferred date")  # fmt: skip


def nowcast(
    plan: Plan, scenario: Scenario, as_of: str, draws: int, seed: int, estimated_dates: bool = True
) -> tuple[Nowcast, tuple[str, ...]]:
    """Return the ensemble with ex-ante priors after learning what was known on a day."""
    figures = known(plan, as_of, estimated_dates)
    fan = ensemble(ex_ante(plan), scenario, draws, seed, follow=followed(plan, figures))
    return assimilate_what_fits(fan, figures)


def board_fan(plan: Plan, scenario: Scenario, chosen: argparse.Namespace) -> Fan:
    """Return the ensemble of the board, after learning where a day is given."""
    if not chosen.as_of:
        return ensemble(plan, scenario, chosen.draws, chosen.seed)
    now, left_out = nowcast(plan, scenario, chosen.as_of, chosen.draws, chosen.seed,
                            not chosen.released_only)  # fmt: skip
    _say(now, left_out, chosen.as_of)
    return now.fan


def run_as_of(plan: Plan, scenario: Scenario, chosen: argparse.Namespace) -> Outcomes:
    """Return the central run, or with a day the draw that comes nearest to what was known.

    A learned ensemble keeps totals; its paths are those of a draw, so the nearest one is replayed.
    """
    if not chosen.as_of:
        return simulate(plan, scenario)
    now, left_out = nowcast(plan, scenario, chosen.as_of, DRAWS, SEED, not chosen.released_only)
    _say(now, left_out, chosen.as_of)
    if not now.checks:
        return simulate(ex_ante(plan), scenario)
    draw = nearest(now)
    print(f"draw {draw} of {DRAWS}, seed {SEED}, comes nearest", file=sys.stderr)
    return simulate(now.prior.plan, scenario, draw=draw)


def nearest(now: Nowcast) -> int:
    """Return the prior draw with the highest likelihood of the figures that were learned."""
    plan = now.prior.plan
    misfit = sum(
        ((predicted(now.prior, c.figure.observation) - c.value) / error_sd(plan, c.figure)) ** 2
        for c in now.checks
    )
    return int(np.argmin(misfit))


def _say(now: Nowcast, left_out: tuple[str, ...], as_of: str) -> None:
    """Print to the error stream what was learned and how."""
    inferred = sum(check.figure.basis == "inferred" for check in now.checks)
    print(f"as of {day(as_of)}: {len(now.checks)} figures ({inferred} with an inferred date), "
          f"{now.method}, tail {now.tail:.2g}", file=sys.stderr)  # fmt: skip
    for series in left_out:
        print(f"left out, contradicts the prior: {series}", file=sys.stderr)


def run_record(chosen: argparse.Namespace) -> int:
    """Run the record again, or show the committed one with its standing."""
    plan = load_plan(chosen.plan)
    if chosen.show:
        found = record.read(plan)
        if record.stale(plan):
            print("STALE: a number changed since the record was run; run it again.")
    else:
        record.destination(plan, chosen.out)  # refused now, not after the runs
        shown = _progress if sys.stderr.isatty() else None
        found = record.run(plan, progress=shown)
        record.write(plan, found, chosen.out)
    print_record(found, benchmarks.nation(plan))
    return 1 if chosen.show and record.stale(plan) else 0


def print_record(found: pd.DataFrame, country: str) -> None:
    """Print the standing of the model in plain words, the number of cases beside every score."""
    cities = [place for place in found["place"].unique() if place != country]
    for place in cities:
        print(f"{place}: fair CRPS in points, the model against each other forecast "
              "(overlapping origins: the cases are not independent)")  # fmt: skip
        for row in record.standing(found, place).itertuples():
            word = "LOSES" if row.loses else "better"
            print(f"  {row.indicator:45} {row.against:24} {word:6} {row.crps:6.2f} "
                  f"against {row.crps_against:6.2f}, {row.cases} cases")  # fmt: skip
    nation = found[found["place"] == country]
    if len(nation):
        print(f"{country}, benchmarks only (figures may be recalled, not read):")
        for (name, steps), part in nation.groupby(["forecaster", "caveat"]):
            cover = ""
            if len(part) >= CASES_FOR_COVERAGE:
                cover = f", 80% interval held {part['inside_80'].astype(bool).mean():.0%}"
            print(f"  {name:24} {steps}: {part['crps'].mean():.2f}, {len(part)} cases{cover}")


def _progress(done: int, whole: int) -> None:
    print(f"\r{done}/{whole}", end="\n" if done == whole else "", file=sys.stderr, flush=True)
