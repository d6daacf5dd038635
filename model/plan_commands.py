"""Commands about the plan folder: begin one for another city, and say what it holds or lacks."""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

import model
from model import new_plan, record
from model.errors import DataFaults, Fault
from model.plan import DATA

ROWS = 12
"""Rows that a line names before it only counts the rest."""


def add(command: Callable) -> None:
    """Add the commands to the parser."""
    checked = command("check", check, "check a plan folder and print what it holds or lacks")
    checked.add_argument("path", nargs="?", default="", help="name or path; --plan by default")
    checked.add_argument(
        "--language", choices=("en", "zh"), default="en", help="of what is lacking"
    )
    begun = command("new-plan", begin, "write an empty, documented plan folder for another city")
    begun.add_argument("name", help="id of the plan, such as luoyang_2023")
    begun.add_argument("--into", default=str(DATA), help="folder to write into; data by default")
    begun.add_argument("--year", type=int, default=2023, help="first year of the plan")
    begun.add_argument("--years", type=int, default=2, help="years of the horizon, 1 to 10")
    begun.add_argument("--districts", nargs="*", default=[], help="codes of the districts")
    begun.add_argument("--industries", nargs="*", default=[], help="codes of the industries")


def begin(chosen: argparse.Namespace) -> int:
    """Write a new plan folder and say how to go on."""
    folder = new_plan.write(
        chosen.name,
        parent=Path(chosen.into),
        year=chosen.year,
        years=chosen.years,
        districts=chosen.districts,
        industries=chosen.industries,
    )
    print(f"{folder}: written. README.md says what goes into every column and in which order.")
    print(f"What is still missing:  python -m model check {_named(folder)}")
    return 0


def _named(folder: Path) -> str:
    return folder.name if folder.parent == DATA else str(folder)


def lacking(error: DataFaults, language: str = "en") -> str:
    """Return the faults file by file, the rows of one complaint on one line."""
    path = DATA / "interface" / language / "faults.toml"
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    say = words["check"]
    files: dict[str, dict[tuple[str, str], list[int]]] = {}
    for fault in error.faults:
        said = (fault.column, _said(fault, words["fault"]) if language != "en" else fault.message)
        files.setdefault(fault.table, {}).setdefault(said, []).append(fault.row)
    lines = [say["head"].format(faults=len(error.faults), files=len(files))]
    for name, complaints in files.items():
        lines += [name] if name else []
        lines += [
            f"  {_place(column, rows, say)}{message}"
            for (column, message), rows in complaints.items()
        ]
    if any(fault.code in _EARLY for fault in error.faults):
        lines.append(say["later"])
    return "\n".join(lines)


_EARLY = ("missing_cell", "to_fill", "empty_table", "file_missing", "column_missing", "unreadable",
          "unreadable_facts")  # fmt: skip


def _said(fault: Fault, words: Mapping[str, str]) -> str:
    """Return a complaint in the language of the words; as it is where they have none for it."""
    try:
        return words[fault.code].format(**dict(fault.details))
    except KeyError:
        return fault.message


def _place(column: str, rows: Sequence[int], say: Mapping[str, str]) -> str:
    found = [row for row in rows if row]
    named = ", ".join(map(str, found[:ROWS]))
    if len(found) > ROWS:
        named = say["more"].format(rows=named, count=len(found))
    parts = [part for part in (column, say["rows"].format(rows=named) if found else "") if part]
    return say["between"].join(parts) + say["colon"] if parts else ""


def check(chosen: argparse.Namespace) -> int:
    """Print what a sound plan folder holds; of any other one what is missing or wrong."""
    try:
        plan = model.load_plan(chosen.path or chosen.plan)
    except DataFaults as error:
        print(f"{error.details['folder']}: {lacking(error, chosen.language)}", file=sys.stderr)
        return 1
    base = plan.base
    months, districts, industries = plan.axes.shape
    print(f"{plan.id}: sound. Data version {plan.version}, files {plan.digest}.")
    print(f"  {plan.facts.get('title_en', '')} ({plan.facts.get('document_no', '')})")
    print(f"  {districts} districts x {industries} industries x {months} months from "
          f"{plan.months[0]}; base year {plan.facts['base_year']}")  # fmt: skip
    kinds = pd.Series([target.kind for target in plan.targets]).value_counts()
    listed = ", ".join(f"{kinds[kind]} {kind}" for kind in ("modelled", "lever", "tracked"))
    print(f"  {len(plan.targets)} targets: {listed}")
    print(f"  {len(plan.levers)} levers, {len(plan.assumptions)} assumptions, "
          f"{len(plan.scenarios)} scenarios: {', '.join(plan.scenario_names)}")  # fmt: skip
    simulated = [p for p in plan.parameters if p.role == "simulated"]
    ranged = [p for p in simulated if p.quantified]
    print(f"  {len(plan.parameters)} parameters, {len(simulated)} simulated, "
          f"{len(ranged)} of these with a range")  # fmt: skip
    print(f"  {len(plan.observations)} observations, {len(plan.sources)} sources")
    print(f"  base year: value added {base.value_added.sum():.1f} 亿元, "
          f"investment {base.investment.sum():.1f} 亿元, {base.firms.sum():.0f} firms")  # fmt: skip
    weight = base.to_frame().groupby("status")["value_added"].sum() / base.value_added.sum()
    listed = ", ".join(f"{name} {share:.0%}" for name, share in weight.items())
    print(f"  base cells by status (share of value added): {listed}")
    for item in base.controls:
        word = "met" if item.met else "MISSED"
        control = item.control
        low, high = ("" if x is None else f"{x:g}" for x in (control.low, control.high))
        place = "/".join(filter(None, (control.district, control.industry)))
        print(f"  {control.id} {word:6} {control.indicator} {place}: {item.value:.1f} "
              f"[{low}, {high}] {control.unit}")  # fmt: skip
    if not record.path(plan).is_file():
        print("  no track record")
        return 0
    if record.stale(plan):
        print(
            "  track record: STALE, a number changed since it was run; run: python -m model record"
        )
        return 1
    print("  track record: of these numbers")
    return 0
