"""The command line: ``python -m model check | board | simulate | audit | why | batch | …``."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

import model
from model import (
    allocator,
    evidence_commands,
    logs,
    operations_commands,
    plan_commands,
    solve_commands,
)
from model.data_set_option import add_data_set, plan_of
from model.errors import ModelError, unknown
from model.plan import Plan
from model.plan import chosen as chosen_plan
from model.scenario import Scenario
from model.scenario_table import read_table
from model.sent_text import clean
from model.sheets import sheet, writable, write_whole
from model.simulate import DRAWS, SEED
from model.targets import Verdict

MOST_SAID = 4000
"""Characters of a complaint, which may repeat what was given."""

AXES = ("month", "district", "industry")


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line."""

    def error(self, message: str):
        self.exit(2, f"{self.prog}: {clean(message, MOST_SAID)} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 data refused, 2 wrong arguments."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    parser = _parser()
    try:
        chosen = parser.parse_args(arguments)
        logs.begin()
        allocator.keep()
        return int(chosen.run(chosen))
    except model.DataFaults as faults:
        print(faults, file=sys.stderr)
        return 1
    except ModelError as error:
        said = clean(" ".join(str(error).split()), MOST_SAID)
        print(f"{parser.prog}: {said}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader has seen enough, as in `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m model", description=model.__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("--plan", default=chosen_plan(), help="name or path of a plan folder")
        added.set_defaults(run=run)
        return added

    plan_commands.add(command)
    command("scenarios", scenarios, "list the built-in scenarios")
    board_ = command("board", board, "print the target board of a scenario")
    board_.add_argument("--scenario", default="plan", help="built-in name, or a TOML or JSON file")
    board_.add_argument("--draws", type=int, default=DRAWS, help="draws of the ensemble")
    board_.add_argument("--seed", type=int, default=SEED, help="seed of the draws")
    board_.add_argument("--format", choices=("table", "json", "csv"), default="table")
    board_.add_argument("--language", choices=("en", "zh"), default="en", help="names of targets")
    evidence_commands.add_as_of(board_)
    add_data_set(board_)
    found = command("audit", audit, "hold the plan against itself in closed form, without a run")
    found.add_argument("--format", choices=("table", "json", "csv"), default="table")
    found.add_argument("--language", choices=("en", "zh"), default="en")
    found.add_argument(
        "--input", action="append", default=[], metavar="NAME=VALUE",
        help="a number in place of one of the plan's, such as target_iva_growth=6.5; may repeat",
    )  # fmt: skip
    found.add_argument("--inputs", action="store_true", help="list the inputs and their sources")
    add_data_set(found)
    why_ = command("why", why, "share an indicator out to the groups of levers")
    why_.add_argument("--scenario", default="plan", help="built-in name, or a TOML or JSON file")
    why_.add_argument("--reference", default="status_quo", help="what it is compared with")
    why_.add_argument("--indicator", default="iva_growth", help="code of an indicator")
    why_.add_argument("--year", type=int, help="the first year of the plan by default")
    why_.add_argument("--district", help="code of a district, the city by default")
    why_.add_argument("--industry", help="code of an industry")
    why_.add_argument("--draws", type=int, default=0, help="draws of the ranges; none by default")
    why_.add_argument("--format", choices=("table", "json", "csv"), default="table")
    add_data_set(why_)
    paths = command("simulate", simulate, "print the paths of one run in tidy form")
    paths.add_argument("--scenario", default="plan", help="built-in name, or a TOML or JSON file")
    paths.add_argument("--by", default=",".join(AXES), help="month,district,industry or fewer")
    paths.add_argument("--format", choices=("csv", "json"), default="csv")
    evidence_commands.add_as_of(paths)
    add_data_set(paths)
    evidence_commands.add(command)
    solve_commands.add(command)
    operations_commands.add(command)
    many = command("batch", batch, "run up to 200 scenarios, the rows of a CSV file")
    many.add_argument("file", help="CSV with the columns name, start and those that are moved")
    many.add_argument("--out", default="", help="file for the results; standard output by default")
    many.add_argument("--draws", type=int, default=DRAWS, help="draws of each ensemble")
    many.add_argument("--seed", type=int, default=SEED, help="seed of the draws")
    add_data_set(many)
    return parser


def scenarios(chosen: argparse.Namespace) -> int:
    """List the built-in scenarios."""
    for scenario in model.load_plan(chosen.plan).scenarios.values():
        print(f"{scenario.id:15} {scenario.name_zh}  {scenario.name_en}: {scenario.note_en}")
    return 0


def board(chosen: argparse.Namespace) -> int:
    """Print the target board of a scenario."""
    plan, scenario = _load(chosen)
    fan = evidence_commands.board_fan(plan, scenario, chosen)
    verdicts = model.assess(plan, scenario, fan, learned=bool(chosen.as_of))
    rows = [board_row(verdict, chosen.language) for verdict in verdicts]
    if chosen.format == "table":
        _print_table(rows)
        return 0
    context = {
        "year": plan.years[0],
        "scenario": scenario.id,
        "as_of": chosen.as_of or None,
        "draws": chosen.draws,
        "seed": chosen.seed,
        "data_version": plan.version,
    }
    _print(pd.DataFrame([row | context for row in rows]), chosen.format)
    return 0


def board_row(verdict: Verdict, language: str = "en") -> dict[str, object]:
    """Return one line of the board: numbers in the unit of the target, None where unknown."""
    target = verdict.target
    outcome = verdict.outcome
    return {
        "id": target.id,
        "name": target.indicator_zh if language == "zh" else target.indicator_en,
        "unit": target.unit,
        "comparator": target.comparator,
        "target": target.value,
        "forecast": verdict.forecast,
        "low": verdict.low,
        "high": verdict.high,
        "gap": verdict.gap,
        "probability": verdict.probability,
        "status": verdict.status,
        "probability_tolerant": verdict.probability_tolerant,
        "base_value": verdict.base_value,
        "base_met": verdict.base_met,
        "kind": target.kind,
        "published_outcome": None if outcome is None else outcome.value,
        "support": None if verdict.support is None else verdict.support.word,
        "differs": " ".join(verdict.differs) or None,
    }


def audit(chosen: argparse.Namespace) -> int:
    """Print the closed-form checks of the plan, each with its arithmetic."""
    plan = plan_of(chosen)
    findings = model.audit(plan, solve_commands.once("--input", map(_named_number, chosen.input)))
    if not findings:
        print(f"{plan.id}: audit.csv lists no checks.", file=sys.stderr)
        return 0
    if chosen.inputs:
        used = {item.name: item for finding in findings for item in finding.inputs}
        _print(pd.DataFrame(used.values()), "csv" if chosen.format == "table" else chosen.format)
        return 0
    zh = chosen.language == "zh"
    rows = [
        {
            "id": finding.id,
            "title": finding.title_zh if zh else finding.title_en,
            "verdict": finding.verdict,
            "value": finding.value,
            "low": finding.low,
            "high": finding.high,
            "target": finding.target,
            "unit": finding.unit,
            "arithmetic": finding.arithmetic,
            "sentence": finding.sentence_zh if zh else finding.sentence_en,
        }
        for finding in findings
    ]
    if chosen.format != "table":
        _print(pd.DataFrame(rows), chosen.format)
        return 0
    for row in rows:
        print(f"{row['id']}  {row['verdict']}: {row['title']}")
        print(f"     {row['arithmetic']}")
        print(f"     {row['sentence']}")
    return 0


def _named_number(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise ModelError(
            f"--input {text}: give a name and a number, NAME=VALUE.",
            code="not_a_number",
            given=text,
        ) from None


def why(chosen: argparse.Namespace) -> int:
    """Print what each group of levers contributes to an indicator."""
    plan, scenario = _load(chosen)
    reference = model.load_scenario(plan, chosen.reference)
    place = {"district": chosen.district, "industry": chosen.industry}
    year = chosen.year or plan.years[0]
    runs = model.coalitions(plan, scenario, reference)
    frame = runs.attribution(chosen.indicator, year, **place).to_frame()
    if chosen.draws:
        ranges = model.attribution_ranges(plan, scenario, reference=reference, draws=chosen.draws)
        frame = frame.merge(ranges.to_frame(chosen.indicator, year, **place), on="part")
    if chosen.format == "table":
        print(frame.to_string(index=False, float_format=lambda value: f"{value:+.5f}"))
    else:
        _print(frame, chosen.format)
    return 0


def simulate(chosen: argparse.Namespace) -> int:
    """Print the paths of the central run."""
    by = [name.strip() for name in chosen.by.split(",") if name.strip()]
    wrong = [name for name in by if name not in AXES]
    if wrong:
        raise unknown("axis", wrong[0], AXES)
    plan, scenario = _load(chosen)
    _print(evidence_commands.run_as_of(plan, scenario, chosen).to_frame(by), chosen.format)
    return 0


def batch(chosen: argparse.Namespace) -> int:
    """Run the scenarios of a table; the results are written whole or not at all."""
    plan, source = plan_of(chosen), Path(chosen.file)
    try:
        content = source.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{chosen.file} cannot be read: {error.strerror}.", code="unreadable", name=chosen.file
        ) from error
    listed = read_table(plan, content, source.name)
    if chosen.out:
        writable(Path(chosen.out))
    shown = _bar if sys.stderr.isatty() else None
    table = model.run_table(plan, listed, chosen.draws, chosen.seed, progress=shown)
    text = sheet(table)
    if not chosen.out:
        print(text, end="")
        return 0
    write_whole(Path(chosen.out), text.encode("utf-8-sig"))
    print(f"{len(table)} scenarios, {chosen.draws} draws each: {chosen.out}", file=sys.stderr)
    return 0


def _bar(done: int, whole: int) -> None:
    """Draw how far the work is, on one line of the terminal."""
    width = 40
    full = width * done // whole
    end = "\n" if done == whole else ""
    print(f"\r[{'#' * full}{'.' * (width - full)}] {done}/{whole}", end=end, file=sys.stderr)
    sys.stderr.flush()


def _load(chosen: argparse.Namespace) -> tuple[Plan, Scenario]:
    plan = plan_of(chosen)
    return plan, model.load_scenario(plan, chosen.scenario)


def _print(frame: pd.DataFrame, form: str) -> None:
    if form == "csv":
        print(sheet(frame), end="")
        return
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    print(json.dumps(records, ensure_ascii=False, indent=1))


_COLUMNS = (
    "id", "name", "unit", "comparator", "target", "forecast", "low", "high", "gap",
    "probability", "support", "status", "differs",
)  # fmt: skip


def _print_table(rows: list[dict[str, object]]) -> None:
    """Print the board with columns that line up, Chinese characters counted as two."""
    lines = [[_text(name, row[name]) for name in _COLUMNS] for row in rows]
    lines.insert(0, list(_COLUMNS))
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [
            cell + " " * (width - _width(cell))
            if name in ("id", "name", "unit", "comparator", "support", "status", "differs")
            else " " * (width - _width(cell)) + cell
            for name, cell, width in zip(_COLUMNS, line, widths, strict=True)
        ]
        print("  ".join(cells).rstrip())


def _text(name: str, value: object) -> str:
    if value is None:
        return "-"
    if name == "probability":
        return f"{value:.2f}"
    if isinstance(value, float):
        value = round(value, 1) + 0.0  # -0.0 + 0.0 is 0.0
        return f"{value:+.1f}" if name == "gap" and value else f"{value:,.1f}"
    return str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


if __name__ == "__main__":
    sys.exit(main())
