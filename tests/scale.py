"""What a province would ask for: ``python -m tests.scale --scenarios 20 --cities 17``.

No province's figures are at hand, so the shipped plan is cut finer: every district in ten, which
makes 160 districts as a province has them, each with a tenth of its firms and output.  Measured are
memory and time of a run, an ensemble and a table of scenarios of the shipped and of the fine plan,
in turn in one process each, and the work of a province is reckoned from them: that many cities of
16 districts each on its own, or all districts in one plan.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import model
from model.plan import DATA
from tests.benchmark import MIB, kept_arrays, resident
from tests.conftest import PROJECT

COPIES = 10
AMOUNTS = {"industrial_va", "industrial_investment", "above_scale_firms", "industrial_va_share"}
"""Base figures that a district shares out to its parts; the others are rates."""

ALL_SCENARIOS, CORES = 1000, 32
DRAWS = 1024
"""Draws of each scenario of a table, as on the page of the comparison."""


def finer(source: Path, target: Path, copies: int = COPIES) -> None:
    """Write a plan folder in which each district of another is cut into equal parts."""
    shutil.copytree(source, target)
    codes = [row["district"] for row in _rows(source / "districts.csv")]

    def parts(code: str) -> list[str]:
        return [f"{code}_{k}" for k in range(copies)]

    def share(row: dict, *columns: str) -> dict:
        return row | {c: f"{float(row[c]) / copies:.12g}" for c in columns if row[c]}

    for name in ("districts", "annex1", "industry_mix", "district_base"):
        found = []
        for row in _rows(source / f"{name}.csv"):
            if name == "annex1":
                row = share(row, "new_above_scale_firms")
            if row.get("indicator") in AMOUNTS:
                row = share(row, "low", "central", "high")
            found += [row | {"district": part} for part in parts(row["district"])]
        _write(target / f"{name}.csv", found)
    for name, column in (("controls", "district"), ("observations", "geography")):
        rows = [
            row | {column: f"{row[column]}_0"} if row[column] in codes else row
            for row in _rows(source / f"{name}.csv")
        ]
        _write(target / f"{name}.csv", rows)
    closures = _rows(source / "closures.csv")
    for row in closures:
        listed = [part for code in row["districts"].split(";") for part in parts(code)]
        row["districts"] = ";".join(listed)
    _write(target / "closures.csv", closures)
    facts = target / "plan.toml"
    place = re.compile(r'(?m)^(district = ")(\w+)"')
    facts.write_text(place.sub(r'\1\2_0"', facts.read_text("utf-8")), encoding="utf-8")
    for file in (target / "scenarios").glob("*.toml"):
        file.write_text(_finer_scenario(file.read_text("utf-8"), codes, parts), encoding="utf-8")


def _finer_scenario(text: str, codes: list[str], parts: Callable[[str], list[str]]) -> str:
    """Return a scenario file for the parts: counts are shared out, rates stay."""
    lines, section = [], ""
    for line in text.splitlines():
        section = line if line.startswith("[") else section
        found = re.fullmatch(r"(\w+) = (\S+)", line)
        if found and found[1] in codes and section.startswith("[districts."):
            own = parts(found[1])
            value = float(found[2]) / (len(own) if "new_firms" in section else 1)
            lines += [f"{part} = {value:.12g}" for part in own]
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# What is measured, each in a process of its own


def timed(work: Callable[[], object], rounds: int = 3) -> float:
    """Return the best time of some rounds, seconds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def print_figures(folder: str, scenarios: int, draws: int) -> None:
    """Print the figures of one plan as JSON."""
    start = time.perf_counter()
    plan = model.load_plan(folder)
    loaded = time.perf_counter() - start
    scenario = plan.scenarios["plan"]
    model.ensemble(plan, scenario, draws=8)
    idle = resident("VmRSS")
    many = [
        scenario.with_lever("upgrade_investment_growth", 1 + 30 * k / scenarios)
        for k in range(scenarios)
    ]
    single = timed(lambda: model.simulate(plan, scenario))
    row = timed(lambda: model.run_table(plan, many[:3], draws=draws), 2) / 3
    clock, processor = time.perf_counter(), time.process_time()
    model.run_table(plan, many, draws=draws)
    table, processor = time.perf_counter() - clock, time.process_time() - processor
    rows_peak = resident("VmHWM")
    fan = model.ensemble(plan, scenario, draws=8192)
    fan_peak = resident("VmHWM")
    batch = timed(lambda: model.batch(plan, many), 2) / scenarios  # last: all at once, it is large
    print(json.dumps({
        "districts": len(plan.districts), "load": loaded, "single": single, "batch": batch,
        "row": row, "table": table, "processor": processor / scenarios, "idle": idle,
        "table_peak": rows_peak - idle, "fan_peak": fan_peak - idle,
        "fan_kept": sum(array.nbytes for _, array in kept_arrays(fan)) / MIB,
        "growth": 100 * float(model.simulate(plan, scenario).indicator("iva_growth")[0, 0]),
    }))  # fmt: skip


def figures(folder: Path, scenarios: int, draws: int) -> dict[str, float]:
    """Return the figures of one plan, measured in a fresh process."""
    call = f"print_figures({str(folder)!r}, {scenarios}, {draws})"
    code = f"from tests.scale import print_figures; {call}"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True,
                          capture_output=True, text=True)  # fmt: skip
    return json.loads(done.stdout)


LINES = (
    ("districts", "districts", "{:.0f}", 1),
    ("load", "reading and checking the plan, s", "{:.2f}", 1),
    ("single", "one run with its paths, ms", "{:.1f}", 1000),
    ("batch", "a scenario of a batch without draws, ms", "{:.1f}", 1000),
    ("row", "a scenario of a table, ms (best of short tables)", "{:.0f}", 1000),
    ("processor", "a scenario of a table, ms of processor", "{:.0f}", 1000),
    ("table_peak", "memory of the table above idle, MiB", "{:.0f}", 1),
    ("fan_peak", "memory of 8,192 draws above idle, MiB", "{:.0f}", 1),
    ("fan_kept", "of which is kept, MiB", "{:.0f}", 1),
)


def holds(found: dict[str, float]) -> float:
    """Return the memory of a worker on every core while a table is worked out, GiB."""
    return CORES * (found["idle"] + found["table_peak"]) / 1024


def report(city: dict[str, float], fine: dict[str, float], given: argparse.Namespace) -> str:
    """Return both columns, and what they say of a province."""
    lines = [f"{'':<52}{'city':>9}{'fine':>9}{'ratio':>8}"]
    for name, what, shown, factor in LINES:
        one, other = factor * city[name], factor * fine[name]
        lines.append(f"{what:<52}{shown.format(one):>9}{shown.format(other):>9}{other / one:>8.1f}")
    separate = city["processor"] * given.cities * ALL_SCENARIOS / 3600
    whole = fine["processor"] * ALL_SCENARIOS / 3600
    lines += [
        f"\n{ALL_SCENARIOS} scenarios of {given.draws} draws for a province, reckoned from the "
        f"processor of {given.scenarios} rows:",
        f"  {given.cities} cities, each its own plan: {separate:.1f} hours of one core",
        f"  160 districts in one plan: {whole:.1f} hours of one core",
        f"Not measured: {CORES} cores, were nothing lost between them, would take "
        f"{separate / CORES:.2f} and {whole / CORES:.2f} hours; a worker each, they would hold "
        f"{holds(city):.0f} and {holds(fine):.0f} GiB.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scenarios", type=int, default=20, help="rows of the measured table")
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws of each row")
    parser.add_argument("--cities", type=int, default=17)
    given = parser.parse_args()
    before = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load of the machine before {before:.1f}", flush=True)
    source = DATA / "zhengzhou_2020"
    with tempfile.TemporaryDirectory() as folder:
        finer(source, Path(folder) / "fine")
        city, fine = (
            figures(place, given.scenarios, given.draws)
            for place in (source, Path(folder) / "fine")
        )
    print(report(city, fine, given))


if __name__ == "__main__":
    main()
