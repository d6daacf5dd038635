"""What a change does to the results: ``python -m tests.compare [REVISION] [--out FILE]``.

Runs this tree and an earlier version of it, each in a process of its own, over the same random
scenarios and reports how the yearly indicators of the central run moved, for the city and for
every district.  REVISION is the last commit before HEAD that touches model/ or data/ unless
another is named; ``--against DIR`` takes a folder in its place.  The report never fails a build:
it exits with 1 only when one of the two versions cannot be run.
"""

from __future__ import annotations

import argparse
import csv
import json
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

PROJECT = Path(__file__).resolve().parent.parent
PLAN = "zhengzhou_2020"
CITY = "city"
ROUNDING = 1e-12
"""A relative difference up to this is rounding: the same sums in another order."""

OWN_VALUES = 3
"""Districts with a value of their own in a scenario, for each lever that allows it."""

MOST_MOVED = 5


class CannotCompare(Exception):
    """There is nothing to compare with, or one of the versions does not run."""


# The versions: a folder each


def git(*arguments: str) -> str:
    """Return what git says about this project; CannotCompare says why it does not."""
    try:
        done = subprocess.run(
            ["git", "-C", str(PROJECT), *arguments], capture_output=True, text=True
        )
    except FileNotFoundError:
        raise CannotCompare("git is not installed; name a folder: --against DIR.") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        reason = next((line for line in lines if line.startswith(("fatal", "error"))), lines[-1])
        raise CannotCompare(f"git {arguments[0]}: {reason}")
    return done.stdout.strip()


def previous_revision() -> str:
    """Return the last commit before HEAD that touches model/ or data/."""
    git("rev-parse", "--verify", "HEAD")
    try:
        found = git("rev-list", "-1", "HEAD^", "--", "model", "data")
    except CannotCompare:  # HEAD is the first commit
        found = ""
    if not found:
        raise CannotCompare(
            "No commit before HEAD touches model/ or data/ (or the history was cut off when the "
            "project was cloned); name a REVISION or --against DIR."
        )
    return found


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """Give a folder with the tree of a revision; it is gone afterwards, whatever happened."""
    commit = git("rev-parse", "--verify", f"{revision}^{{commit}}")
    with tempfile.TemporaryDirectory(prefix="compare-") as parent:
        folder = Path(parent) / "tree"
        git("worktree", "add", "--detach", "--quiet", str(folder), commit)
        try:
            yield folder
        finally:
            git("worktree", "remove", "--force", str(folder))


# In a process of its own: one version at work


def describe() -> dict:
    """Return what random scenarios can move in this version, and what it reports."""
    import model

    plan = model.load_plan(PLAN)

    def card(item, by_district: bool, whole: bool) -> dict:
        return {
            "range": (item.minimum, item.maximum),
            "by_district": by_district,
            "counts": by_district and not item.is_growth,
            "whole": whole,
        }

    return {
        "levers": {x.id: card(x, x.by_district, False) for x in plan.levers},
        "assumptions": {x.id: card(x, False, x.moves == "event") for x in plan.assumptions},
        "districts": plan.axes.districts,
        "indicators": {code: plan.indicator(code).unit for code in model.INDICATORS},
        "years": plan.years,
    }


def run_all(scenarios: Sequence[dict]) -> list[dict]:
    """Return the yearly indicators of every scenario by place, or what it was refused for."""
    import model

    plan = model.load_plan(PLAN)
    found = []
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        file = Path(folder) / "scenario.json"
        for scenario in scenarios:
            file.write_text(json.dumps(scenario), encoding="utf-8")
            try:
                run = model.simulate(plan, model.load_scenario(plan, file))
            except model.ModelError as error:
                found.append({"refused": str(error)})
                continue
            found.append({place: _indicators(run, place) for place in (CITY, *plan.axes.districts)})
    return found


def _indicators(run, place: str) -> dict[str, list[float]]:
    import model

    values = {}
    for code in model.INDICATORS:
        try:
            values[code] = run.indicator(code, None if place == CITY else place)[:, 0].tolist()
        except model.ModelError:  # defined for the city only
            continue
    return values


def work(folder: Path) -> None:
    """Serve as the process of one version: read a request from stdin, write the answer."""
    sys.path.insert(0, str(folder))
    import model

    assert Path(model.__file__).resolve().is_relative_to(folder), model.__file__
    scenarios = json.load(sys.stdin)
    json.dump(describe() if scenarios is None else run_all(scenarios), sys.stdout)


def ask(folders: Sequence[Path], request: list[dict] | None) -> list:
    """Return the answer of every version; they work at the same time."""
    text = json.dumps(request)

    def answer(folder: Path):
        command = [sys.executable, "-P", __file__, "--work", str(folder.resolve())]
        done = subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise CannotCompare(f"The version in {folder} does not run here: {reason}")
        return json.loads(done.stdout)

    with ThreadPoolExecutor(len(folders)) as pool:
        return list(pool.map(answer, folders))


# The same random scenarios for both


def common_ground(old: Mapping, new: Mapping) -> tuple[dict, list[str]]:
    """Return what both versions know, with the ranges both accept, and notes on the rest.

    What only one version knows stays at its default there.
    """
    common, notes = {}, []
    for kind in ("levers", "assumptions", "indicators"):
        common[kind] = {name: card for name, card in new[kind].items() if name in old[kind]}
        for one, other, which in ((new, old, "this"), (old, new, "the earlier")):
            for name in one[kind].keys() - other[kind].keys():
                notes.append(f"{kind[:-1]} {name}: only in {which} version, left out")
    for kind in ("levers", "assumptions"):
        for name, card in list(common[kind].items()):
            (low, high), (old_low, old_high) = card["range"], old[kind][name]["range"]
            card["range"] = shared = max(low, old_low), min(high, old_high)
            card["by_district"] &= old[kind][name]["by_district"]
            if (low, high) != (old_low, old_high):
                notes.append(
                    f"{kind[:-1]} {name}: range {old_low:g} to {old_high:g} before, "
                    f"{low:g} to {high:g} now; what both allow is drawn"
                )
            if shared[0] > shared[1]:
                del common[kind][name]
    for axis in ("districts", "years"):
        common[axis] = [name for name in new[axis] if name in old[axis]]
        if not common[axis] == new[axis] == old[axis]:
            notes.append(f"{axis}: not the same in both versions; the common ones are compared")
    return common, sorted(notes)


def random_scenarios(common: Mapping, count: int, seed: int) -> list[dict]:
    """Return scenarios that move every lever, some districts and every assumption.

    Values are explicit, so both versions read the same ones.
    """
    generator = np.random.default_rng(seed)

    def draw(card: Mapping) -> float:
        value = generator.uniform(*card["range"])
        return float(round(value) if card["whole"] else round(value, 6))

    def by_district(card: Mapping) -> dict[str, float]:
        codes = common["districts"]
        chosen = generator.choice(codes, min(OWN_VALUES, len(codes)), replace=False)
        # Counts add up to the city's, which must not leave its range.
        parts = len(codes) if card["counts"] else 1
        return {str(code): draw(card) / parts for code in chosen}

    def city(card: Mapping) -> float:
        return draw(card) / (2 if card["counts"] else 1)

    levers = common["levers"]
    return [
        {
            "id": f"random_{seed}_{number}",
            "levers": {name: city(card) for name, card in levers.items()},
            "districts": {
                name: by_district(card) for name, card in levers.items() if card["by_district"]
            },
            "assumptions": {name: draw(card) for name, card in common["assumptions"].items()},
        }
        for number in range(count)
    ]


# The comparison


class Difference(NamedTuple):
    """One figure in both versions."""

    scenario: int
    place: str
    indicator: str
    year: int
    before: float
    after: float

    @property
    def size(self) -> float:
        """The absolute difference; NaN counts as equal to NaN and else as infinitely far."""
        if np.isnan(self.before) or np.isnan(self.after):
            return 0.0 if np.isnan(self.before) and np.isnan(self.after) else np.inf
        return abs(self.after - self.before)

    @property
    def is_rounding(self) -> bool:
        """Whether no more than the last digits differ."""
        return self.size <= ROUNDING * max(1.0, abs(self.before), abs(self.after))


def differences(
    common: Mapping, years: Sequence[Sequence[int]], old: Sequence[dict], new: Sequence[dict]
) -> Iterator[Difference]:
    """Yield every figure that both versions give, equal or not."""
    places = (CITY, *common["districts"])
    columns = [(y, years[0].index(y), years[1].index(y)) for y in common["years"]]
    for number, (before, after) in enumerate(zip(old, new, strict=True)):
        if "refused" in before or "refused" in after:
            continue
        for place in places:
            for code in common["indicators"]:
                if code not in before[place] or code not in after[place]:
                    continue
                one, other = before[place][code], after[place][code]
                for year, i, j in columns:
                    yield Difference(number, place, code, year, one[i], other[j])


class Comparison(NamedTuple):
    """Both versions over the same scenarios."""

    scenarios: list[dict]
    figures: list[Difference]
    refused: tuple[list[str], list[str]]
    units: Mapping[str, str]
    notes: list[str]

    @property
    def moved(self) -> list[Difference]:
        """The figures that differ by more than rounding."""
        return [figure for figure in self.figures if not figure.is_rounding]


def compare(old: Path, new: Path, count: int, seed: int) -> Comparison:
    """Run both versions, each in a process of its own, over the same random scenarios."""
    cards = ask((old, new), None)
    common, notes = common_ground(*cards)
    scenarios = random_scenarios(common, count, seed)
    results = ask((old, new), scenarios)
    refused = tuple([run["refused"] for run in found if "refused" in run] for found in results)
    figures = list(differences(common, [card["years"] for card in cards], *results))
    return Comparison(scenarios, figures, refused, common["indicators"], notes)


def report(found: Comparison) -> Iterator[str]:
    """Yield the lines of the report."""
    yield from found.notes
    for which, refusals in zip(("the earlier", "this"), found.refused, strict=True):
        for reason, times in Counter(refusals).most_common(3):
            yield f"{times} scenario(s) refused by {which} version: {' '.join(reason.split())}"
    compared = len({figure.scenario for figure in found.figures})
    moved = found.moved
    if not moved:
        largest = max((figure.size for figure in found.figures), default=0.0)
        rounding = f" beyond rounding ({largest:.0e})" if largest else ""
        yield f"{compared} scenarios, {len(found.figures)} figures: no difference{rounding}"
        return
    count = len({figure.scenario for figure in moved})
    yield f"{count} of {compared} scenarios differ, {len(moved)} of {len(found.figures)} figures"
    yield ""
    yield "Absolute differences over all scenarios (% figures in points)"
    yield f"{'':36}{'city':^24}{'districts':^24}"
    yield f"{'indicator':<30}{'year':<6}" + f"{'median':>12}{'largest':>12}" * 2 + "  unit"
    yield from _indicator_lines(found, {figure.indicator for figure in moved})
    yield ""
    yield "Scenarios that moved most (points, or % of an amount)"
    yield from _scenario_lines(found, moved)


def _indicator_lines(found: Comparison, codes: set[str]) -> Iterator[str]:
    sizes: dict[tuple[str, int, bool], list[float]] = {}
    for figure in found.figures:
        key = figure.indicator, figure.year, figure.place == CITY
        sizes.setdefault(key, []).append(figure.size * _scale(found, figure))
    for code, year in dict.fromkeys(key[:2] for key in sizes):
        if code not in codes:
            continue
        cells = ""
        for is_city in (True, False):
            group = sizes.get((code, year, is_city))
            pair = (np.median(group), max(group)) if group else ("", "")
            cells += "".join(f"{x:>12}" if x == "" else f"{x:>12.3g}" for x in pair)
        yield f"{code:<30}{year:<6}{cells}  {found.units[code]}"


def _scenario_lines(found: Comparison, moved: list[Difference]) -> Iterator[str]:
    def points(figure: Difference) -> float:
        relative = found.units[figure.indicator] != "%"
        return 100 * figure.size / (max(abs(figure.before), ROUNDING) if relative else 1.0)

    most: dict[int, Difference] = {}
    for figure in moved:
        if figure.scenario not in most or points(figure) > points(most[figure.scenario]):
            most[figure.scenario] = figure
    for figure in sorted(most.values(), key=points, reverse=True)[:MOST_MOVED]:
        scale = _scale(found, figure)
        yield (
            f"{found.scenarios[figure.scenario]['id']:<14}{points(figure):>10.3g}  "
            f"{figure.indicator} {figure.year}, {figure.place}: "
            f"{scale * figure.before:.6g} -> {scale * figure.after:.6g} "
            f"{found.units[figure.indicator]}"
        )


def _scale(found: Comparison, figure: Difference) -> float:
    return 100.0 if found.units[figure.indicator] == "%" else 1.0


def write_csv(found: Comparison, file: Path) -> None:
    """Write every figure that differs: growth and shares as fractions, amounts in their unit."""
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow((*Difference._fields, "difference"))
        for figure in found.moved:
            name = found.scenarios[figure.scenario]["id"]
            writer.writerow((name, *figure[1:], figure.after - figure.before))


def write_scenarios(found: Comparison, folder: Path) -> None:
    """Write the scenarios as files that the model and its pages can open."""
    folder.mkdir(parents=True, exist_ok=True)
    for scenario in found.scenarios:
        text = json.dumps(scenario, indent=1, ensure_ascii=False)
        (folder / f"{scenario['id']}.json").write_text(text, encoding="utf-8")


# The command


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.compare", description=__doc__)
    parser.add_argument("revision", nargs="?", help="earlier version, as git names it")
    parser.add_argument("--against", type=Path, metavar="DIR", help="earlier version, as a folder")
    parser.add_argument(
        "--tree", type=Path, metavar="DIR", default=PROJECT, help="this version (default: here)"
    )
    parser.add_argument("--scenarios", type=int, default=500, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="FILE", help="CSV of all that differs")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write the scenarios there")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args(given)
    if arguments.revision and arguments.against:
        parser.error("name a REVISION or --against DIR, not both")
    if arguments.scenarios < 1:
        parser.error("--scenarios must be 1 or more")
    for folder in filter(None, (arguments.against, arguments.tree)):
        if not (folder / "model" / "__init__.py").is_file():
            parser.error(f"{folder} holds no model/")
    return arguments


def main(given: Sequence[str] | None = None) -> int:
    """Compare and report; return 1 when there is nothing to compare with."""
    arguments = _arguments(given)
    if arguments.work:
        work(arguments.work)
        return 0
    run = arguments.tree, arguments.scenarios, arguments.seed
    try:
        if arguments.against:
            name = str(arguments.against)
            found = compare(arguments.against, *run)
        else:
            revision = arguments.revision or previous_revision()
            name = git("show", "--no-patch", "--format=%h %cs %s", f"{revision}^{{commit}}")
            with checked_out(revision) as folder:
                found = compare(folder, *run)
    except CannotCompare as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{arguments.tree} against {name}")
    for line in report(found):
        print(line)
    if arguments.out:
        write_csv(found, arguments.out)
    if arguments.keep:
        write_scenarios(found, arguments.keep)
    return 0


if __name__ == "__main__":
    # So that the folder of the earlier version goes away then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
