"""The track record: forecasts that could have been made, beside what was then published.

Each forecast uses only what was known on its day (`model.known`) and only ex-ante priors
(`model.ex_ante`).  The structural model has no earlier base, so only the benchmarks are tried on
the nation in the two years before the plan.  All priors were written after the outcome was known:
good scores are no proof of skill, bad ones are a warning.
"""

from __future__ import annotations

import contextlib
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from model import benchmarks, executor, scores
from model.assimilate import assimilate_what_fits
from model.axes import MONTHS_PER_YEAR
from model.errors import ModelError
from model.ex_ante import ex_ante
from model.observe import (
    GROWTH,
    SHARES,
    SPENDING,
    Known,
    city_code,
    day,
    known,
    obstacle,
    predicted,
)
from model.outcomes import Fan
from model.plan import DATA, Plan
from model.scenario import Scenario
from model.sheets import writable, write_whole
from model.simulate import DRAWS, SEED, ensemble
from model.sources import Observation

Array = np.ndarray

BENCHMARK_DRAWS = 2000
AHEAD = (1, 3, 6)
"""Periods ahead that the nation is forecast."""
STEPS = " ahead"
"""How the caveat of a national forecast ends."""
MODEL, PRIOR = "model", "model_without_figures"
ESTIMATED = ("sarimax", "unobserved_components", "national_path")
"""Benchmarks whose parameters maximise a likelihood, so that the search may fail to converge."""
FOLDER = DATA / "record"
INTERVALS = {0.80: ("low_80", "high_80"), 0.95: ("low_95", "high_95")}


def origins(plan: Plan) -> tuple[str, ...]:
    """Return the days on which a forecast is made: the issue of the plan, then the ends of months.

    >>> from model.plan import load_plan
    >>> origins(load_plan("zhengzhou_2020"))[:3]
    ('2020-04-14', '2020-04-30', '2020-05-31')
    """
    issued = day(str(plan.facts["issued_on"]))
    ends = (day(month) for month in plan.months[:MONTHS_PER_YEAR])
    return tuple(found.isoformat() for found in (issued, *(end for end in ends if end > issued)))


def path(plan: Plan) -> Path:
    """Return where the committed record of a plan lies."""
    return FOLDER / f"{plan.id}.csv"


def priors_digest(plan: Plan) -> str:
    """Return a digest of every number that a forecast of the record rests on, not of the words."""
    digest = hashlib.sha256()
    scenario = plan.scenarios["plan"]
    facts: list[object] = [
        (p.id, p.low, p.mid, p.high, p.distribution, p.ex_ante, p.support_min, p.support_max,
         p.role, p.applies_to)
        for p in plan.parameters
    ]  # fmt: skip
    facts += [
        (i.code, i.is_manufacturing, i.leading_weight, i.energy_intensive_weight,
         i.high_tech_weight, i.strategic_emerging_weight, i.capital_elasticity_offset, i.tfp_offset,
         i.covid_relative_depth, i.energy_intensity)
        for i in plan.industries
    ]  # fmt: skip
    facts += [(lever.id, scenario.value(lever.id)) for lever in plan.levers]
    facts += [(a.id, scenario.assumption(a.id)) for a in plan.assumptions]
    facts += [
        (o.geography, o.indicator, o.industry, o.period_start, o.period_end, o.measure, o.value,
         o.released_on, o.status)
        for o in plan.observations
    ]  # fmt: skip
    digest.update(repr(facts).encode())
    for array in (plan.base.value_added, plan.base.value_added_band, plan.base.investment_band):
        digest.update(np.round(array, 9).tobytes())
    return digest.hexdigest()[:16]


def read(plan: Plan) -> pd.DataFrame:
    """Return the committed record.

    Raises
    ------
    ModelError
        When the plan has none.
    """
    if not path(plan).is_file():
        raise ModelError(f"There is no record of {plan.id}; run: python -m model record.",
                         code="no_record", name=plan.id)  # fmt: skip
    return pd.read_csv(path(plan), dtype={"priors": str, "origin": str, "caveat": str},
                       keep_default_na=True)  # fmt: skip


def destination(plan: Plan, out: str = "") -> Path:
    """Return where the record is written; ModelError when it cannot be."""
    target = Path(out) if out else path(plan)
    with contextlib.suppress(OSError):  # said by the writing
        target.parent.mkdir(parents=True, exist_ok=True)
    writable(target)
    return target


def write(plan: Plan, record: pd.DataFrame, out: str = "") -> Path:
    """Write the record whole or not at all, and return where."""
    target = destination(plan, out)
    write_whole(target, to_text(record).encode("utf-8"))
    return target


def stale(plan: Plan) -> bool:
    """Return whether a number has changed since the record was run."""
    return set(read(plan)["priors"]) != {priors_digest(plan)}


def run(
    plan: Plan,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Run every forecast of the record again and return it, one forecast a row."""
    items = [(origin, draws, seed) for origin in origins(plan)]
    items += [(last, 0, 0) for last in _nation_ends(plan)]
    found = executor.each(plan, part, items, progress=progress)
    rows = [row for several in found for row in several]
    if not rows:
        raise ModelError(
            f"{plan.id} has no published figure that a forecast could be held against: "
            "observations.csv first.", code="no_cases", name=plan.id,
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["data_version"] = plan.version
    frame["priors"] = priors_digest(plan)
    frame["draws"] = np.where(frame["forecaster"].isin((MODEL, PRIOR)), draws, BENCHMARK_DRAWS)
    frame["seed"] = seed
    return frame


def part(
    plan: Plan,
    day_or_month: str,
    draws: int,
    seed: int,
    *,
    stopped: Callable[[], bool] | None = None,
) -> list[dict[str, object]]:
    """Return the forecasts made on one day for the city, or after one month for the nation.

    A part for a worker; the ensemble before any learning is the same for all days.
    """
    if day_or_month not in origins(plan):
        return list(_nation(plan, day_or_month))
    fan = _before_learning(plan, draws, seed)
    return list(_city(fan.plan, fan.scenario, fan, day_or_month))


@lru_cache(maxsize=1)
def _before_learning(plan: Plan, draws: int, seed: int) -> Fan:
    return ensemble(ex_ante(plan), plan.scenarios["plan"], draws, seed)


def questions(plan: Plan, origin: str) -> Iterator[tuple[Observation, str]]:
    """Yield what was still open on a day and was published later, each with a caveat or none.

    Shares of part of the year stand for the year, which is what the model keeps.
    """
    settled = {(k.key, k.observation.measure) for k in known(plan, origin)}
    last = f"{plan.years[0]}-12"
    for o in plan.observations:
        if o.period_start[:4] != str(plan.years[0]) or o.period_end < origin[:7]:
            continue
        key = (Known(o, day(origin), "source", 0.0).key, o.measure)
        if key in settled:
            continue
        caveat = ""
        if o.indicator in SHARES and obstacle(plan, o) == "part_year":
            if o.period_start == o.period_end or o.period_end < f"{plan.years[0]}-10":
                continue
            o, caveat = replace(o, period_end=last), f"outcome is through {o.period_end}"
        if not obstacle(plan, o):
            yield o, caveat


def _city(plan: Plan, scenario: Scenario, fan: Fan, origin: str) -> Iterator[dict[str, object]]:
    figures = known(plan, origin)
    now, left_out = assimilate_what_fits(fan, figures)
    learned, shape = now.fan, now.pareto_k
    how = {
        "figures": len(now.checks), "method": now.method, "effective": round(now.effective, 1),
        "tail": now.tail, "left_out": " ".join(left_out),
        "pareto_k": shape if shape is not None and np.isfinite(shape) else None,
    }  # fmt: skip
    simple = _simple(plan, figures)
    for o, caveat in questions(plan, origin):
        outcome = o.value / 100
        about = {"place": o.geography, "origin": origin, "caveat": caveat} | _about(o)
        yield about | {"forecaster": MODEL} | _scored(predicted(learned, o), outcome) | how
        yield about | {"forecaster": PRIOR} | _scored(predicted(fan, o), outcome)
        for name, samples, settled in simple(o):
            yield about | {"forecaster": name, "converged": settled} | _scored(samples, outcome)


def _simple(
    plan: Plan, figures: Sequence[Known]
) -> Callable[[Observation], Iterable[tuple[str, Array, bool | None]]]:
    """Return the benchmarks of a day: all for the city's value added, the last figure for more."""
    city, country = city_code(plan), benchmarks.nation(plan)
    nation = benchmarks.history(plan, figures, country)
    own = benchmarks.history(plan, figures, city)
    if not (country and own.periods):
        return lambda o: ()
    ahead = len(benchmarks.periods(own.periods[-1], f"{plan.years[0]}-12")) - 1
    loading = benchmarks.national_loading(plan, figures, city)
    unsettled: set[str] = set()
    drawn = {
        name: benchmarks.paths(plan, name, nation, own, ahead, BENCHMARK_DRAWS, loading=loading,
                               unsettled=unsettled)
        for name in benchmarks.NAMES
    }  # fmt: skip

    def forecasts(o: Observation) -> Iterator[tuple[str, Array, bool | None]]:
        if o.geography != city or o.indicator not in (*GROWTH, *SPENDING):
            return
        if o.indicator == "industrial_va_growth":
            for name, path_ in drawn.items():
                if o.period_end > own.periods[-1]:
                    settled = name not in unsettled if name in ESTIMATED else None
                    yield name, benchmarks.span_growth(plan, own, path_, o.period_start,
                                                       o.period_end), settled  # fmt: skip
            return
        before = [
            k.observation for k in figures
            if k.observation.geography == city and k.observation.indicator == o.indicator
            and k.observation.period_start == f"{plan.years[0]}-01"
        ]  # fmt: skip
        if before:
            last = max(before, key=lambda found: found.period_end)
            yield "carry_forward", np.array([last.value / 100]), None

    return forecasts


def _national(plan: Plan) -> list[Known]:
    place = benchmarks.nation(plan)
    by = f"{plan.base_year + 1}-03-31"
    return [k for k in known(plan, by) if place and k.observation.geography == place]


def _nation_ends(plan: Plan) -> list[str]:
    """Return the last period of each series from which the nation is forecast."""
    place, year = benchmarks.nation(plan), plan.base_year
    if not place:
        return []
    return [p for p in _growth(plan, place) if f"{year - 1}-01" <= p < f"{year}-12"]


def _growth(plan: Plan, place: str) -> dict[str, float]:
    """Return the growth of the nation in each period of which it is known."""
    whole = benchmarks.history(plan, _national(plan), place)
    pairs = zip(whole.periods, whole.growth.tolist(), strict=True)
    return {period: growth for period, growth in pairs if np.isfinite(growth)}


def _nation(plan: Plan, last: str) -> Iterator[dict[str, object]]:
    """Yield forecasts of national growth after one period, by the benchmarks, before the plan.

    They start on the day that period counts as known.  The national path is the local level
    itself, so it is not tried.
    """
    place, everything = benchmarks.nation(plan), _national(plan)
    value = _growth(plan, place)
    figures = [k for k in everything if k.observation.period_end <= last]
    if not figures:  # the growth of that period was published with a later one
        return
    origin = max(k.known_on for k in figures)
    own = benchmarks.history(plan, figures, place)
    for name in (name for name in benchmarks.NAMES if name != "national_path"):
        unsettled: set[str] = set()
        try:
            drawn = benchmarks.paths(plan, name, own, own, max(AHEAD), BENCHMARK_DRAWS,
                                     unsettled=unsettled)  # fmt: skip
        except ModelError:  # too short for this one
            continue
        coming = benchmarks.periods(last, f"{plan.base_year}-12")[1:]
        for steps in AHEAD:
            if steps > len(coming) or coming[steps - 1] not in value:
                continue
            target = coming[steps - 1]
            start = target if not target.endswith("-02") else f"{target[:4]}-01"
            yield {
                "place": place, "origin": origin.isoformat(), "caveat": f"{steps}{STEPS}",
                "indicator": "industrial_va_growth", "period_start": start,
                "period_end": target, "outcome_status": _status(everything, target),
                "forecaster": name,
                "converged": not unsettled if name in ESTIMATED else None,
            } | _scored(drawn[steps - 1], value[target])  # fmt: skip


def _status(figures: Sequence[Known], period: str) -> str:
    found = [k.observation.status for k in figures if k.observation.period_end == period
             and k.observation.indicator == "industrial_va_growth"]  # fmt: skip
    return found[-1] if found else "derived"


def _about(o: Observation) -> dict[str, object]:
    return {"indicator": o.indicator, "period_start": o.period_start, "period_end": o.period_end,
            "outcome_status": o.status}  # fmt: skip


def _scored(samples: Array, outcome: float) -> dict[str, object]:
    """Return a forecast in per cent beside its outcome, with its scores."""
    samples, outcome = 100 * np.asarray(samples), 100 * outcome
    # Where draws equal the outcome, which part of them lies below it is drawn, the same each time.
    ties = float(np.random.default_rng(zlib.crc32(samples.tobytes())).random())
    found = scores.case(samples, outcome, ties)
    row: dict[str, object] = {"outcome": outcome, "median": float(np.median(samples))}
    for level, names in INTERVALS.items():
        ends = np.quantile(samples, (0.5 - level / 2, 0.5 + level / 2))
        row |= dict(zip(names, ends.tolist(), strict=True)) if samples.size > 1 else {}
    row |= {"error": found.error, "crps": found.crps}
    if samples.size > 1:
        row["pit"] = found.pit
        row |= {
            f"inside_{level:.0%}".rstrip("%"): bool(inside)
            for level, inside in zip(scores.LEVELS, found.inside, strict=True)
        }
    return row


def standing(record: pd.DataFrame, place: str = "", forecaster: str = MODEL) -> pd.DataFrame:
    """Return a forecaster against every other on the questions that both answered.

    Columns: indicator, against, cases, crps, crps_against, skill (1 - ratio of the means; negative
    when the other is better) and loses.  Origins overlap, so cases are not independent.
    """
    key = ["place", "origin", "indicator", "period_start", "period_end", "caveat"]
    chosen = record[record["place"] == place] if place else record
    chosen = chosen.assign(caveat=chosen["caveat"].fillna(""))
    own = chosen[chosen["forecaster"] == forecaster].set_index(key)["crps"]
    rows = []
    for name, others in chosen[chosen["forecaster"] != forecaster].groupby("forecaster"):
        both = pd.concat([own, others.set_index(key)["crps"]], axis=1, join="inner",
                         keys=["own", "other"])  # fmt: skip
        for indicator, part in both.groupby("indicator"):
            mean, other = float(part["own"].mean()), float(part["other"].mean())
            gained = scores.skill(mean, other)
            rows.append({"indicator": indicator, "against": name, "cases": len(part), "crps": mean,
                         "crps_against": other, "skill": gained,
                         "loses": mean > other})  # fmt: skip
    return pd.DataFrame(rows)


def to_text(record: pd.DataFrame) -> str:
    """Return the record as it is committed: CSV, five significant decimals."""
    return record.to_csv(index=False, float_format="%.5g", lineterminator="\n")
