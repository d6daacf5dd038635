"""The command that asks the reverse question: ``python -m model solve``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable

import model
from model.data_set_option import add_data_set, plan_of
from model.errors import ModelError
from model.solve import ALL_DRAWS

IMPOSSIBLE = 3
"""Exit code when the targets cannot be met within the limits; the nearest answer is printed."""


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    asked = command("solve", solve, "find levers that reach targets, or say what is in the way")
    asked.add_argument("--scenario", default="status_quo", help="where to start: name or file")
    asked.add_argument(
        "--target", action="append", default=[], metavar="ID[=VALUE]",
        help="a target and its value (the plan's own without one); may be repeated",
    )  # fmt: skip
    asked.add_argument("--lock", action="append", default=[], help="a lever that stays")
    asked.add_argument("--probability", type=float, default=0.5, help="how sure, 0.01 to 0.99")
    asked.add_argument("--fewest", action="store_true", help="fewest levers, not least effort")
    asked.add_argument("--unlimited", action="store_true", help="levers go to the end of a range")
    asked.add_argument("--draws", type=int, default=ALL_DRAWS, help="draws of the proof")
    asked.add_argument("--format", choices=("table", "json"), default="table")
    add_data_set(asked)


def solve(chosen: argparse.Namespace) -> int:
    """Print the answer; exit code 3 when there is none."""
    plan = plan_of(chosen)
    scenario = model.load_scenario(plan, chosen.scenario)
    answer = model.solve(
        plan,
        scenario,
        once("--target", map(_goal, chosen.target)),
        locked=tuple(chosen.lock),
        probability=chosen.probability,
        least="levers" if chosen.fewest else "effort",
        realistic=not chosen.unlimited,
        draws=chosen.draws,
    )
    content = {
        "feasible": answer.feasible,
        "draws": answer.draws,
        "moves": [
            {"lever": name, "before": before, "after": after, "unit": plan.lever(name).unit,
             "at_limit": name in answer.at_limit}
            for name, before, after in answer.moves
        ],
        "targets": [
            {"id": r.goal.target.id, "wanted": r.goal.value, "value": r.value, "met": r.met,
             "probability": r.probability, "support": r.support and r.support.word,
             "differs": " ".join(r.differs), "best": r.best, "unit": r.goal.target.unit}
            for r in answer.reached
        ],
    }  # fmt: skip
    if chosen.format == "json":
        print(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        _table(content)
    return 0 if answer.feasible else IMPOSSIBLE


def once(option: str, pairs: Iterable[tuple[str, object]]) -> dict:
    """Return pairs by name; ModelError for a name that an option gives twice."""
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ModelError(
                f"{option} {name} is given twice; give it once.", code="duplicate", given=name
            )
        found[name] = value
    return found


def _goal(text: str) -> tuple[str, float | None]:
    id, equals, value = text.partition("=")
    try:
        return id, float(value) if equals else None
    except ValueError:
        raise ModelError(
            f"--target {text}: {value!r} is not a number; write T01=7.",
            code="not_a_number",
            given=value,
        ) from None


def _table(content: dict) -> None:
    print("reached" if content["feasible"] else "cannot be reached; the nearest:")
    for goal in content["targets"]:
        best = "" if goal["best"] is None else f", at most {goal['best']:.2f}"
        word = "met" if goal["met"] else "MISSED"
        print(f"  {goal['id']} {word}: {goal['value']:.2f} {goal['unit']} of {goal['wanted']:g}, "
              f"probability {goal['probability']:.2f} (track record: {goal['support']}){best}"
              + (f", the target is {goal['differs']}" if goal["differs"] else ""))  # fmt: skip
    for move in content["moves"]:
        limit = "  (at its limit)" if move["at_limit"] else ""
        print(f"  {move['lever']:28} {move['before']:g} -> {move['after']:.6g} "
              f"{move['unit']}{limit}")  # fmt: skip
