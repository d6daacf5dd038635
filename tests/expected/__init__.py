"""Results of the built-in scenarios as they were last reviewed, to be compared and rewritten.

Each file is made from the shipped data; numbers keep seven significant digits.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from model import INDICATORS, Plan, assess, ensemble, simulate

FOLDER = Path(__file__).parent
DRAWS, SEED = 8192, 1
REMEDY = (
    "If the change is meant, run `python -m tests.expected`, review the difference and name it in "
    "CHANGELOG.md in a line that begins with `RESULTS:`."
)

Table = list[list[str]]


def written(value: float | None) -> str:
    return "" if value is None else f"{value:.7g}"


def board(plan: Plan, name: str) -> Table:
    """Return the targets that can be judged: median, band, and both probabilities."""
    scenario = plan.scenarios[name]
    fan = ensemble(plan, scenario, DRAWS, SEED)
    table = [["target", "median", "low", "high", "probability", "probability_tolerant"]]
    for verdict in assess(plan, scenario, fan):
        if verdict.forecast is not None:
            numbers = (
                verdict.forecast, verdict.low, verdict.high, verdict.probability,
                verdict.probability_tolerant,
            )  # fmt: skip
            table.append([verdict.target.id, *(written(number) for number in numbers)])
    return table


def years(plan: Plan) -> Table:
    """Return every indicator of the central run by scenario and year."""
    table = [["scenario", "indicator", *(str(year) for year in plan.years)]]
    for name, scenario in plan.scenarios.items():
        run = simulate(plan, scenario)
        for code in INDICATORS:
            values = np.asarray(run.indicator(code)[:, 0])
            table.append([name, code, *(written(float(value)) for value in values)])
    return table


def names(plan: Plan) -> list[str]:
    """Return the file names that belong to a plan."""
    return ["years.csv", *(f"board_{name}.csv" for name in plan.scenarios)]


def made(plan: Plan, file: str) -> Table:
    """Return what a file should hold now."""
    return years(plan) if file == "years.csv" else board(plan, file[6:-4])


def read(file: str) -> Table:
    """Return what was reviewed."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def write(plan: Plan) -> None:
    """Write every file anew, and remove those of scenarios that are gone."""
    for old in FOLDER.glob("*.csv"):
        old.unlink()
    for file in names(plan):
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(made(plan, file))
        (FOLDER / file).write_text(text.getvalue(), encoding="utf-8", newline="")
