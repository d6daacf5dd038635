"""Try the properties of bad input on new inputs for as long as one likes.

``python -m tests.fuzz --minutes 60`` goes round all properties, an even share of the time for each,
prints the smallest input that breaks one and ends with 1 if there was any.  Date, time and number
of inputs go into ``tests/fuzz_record.toml``, which is committed.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import inspect
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

import model
from model.version import VERSION

FILES = ("test_bad_input", "test_data_desk", "test_scenario_table", "test_history")
RECORD = Path(__file__).with_name("fuzz_record.toml")
ROUND = 20
"""Inputs of one property before its time is looked at."""


def properties(only: str = "") -> Iterator[tuple[str, Callable]]:
    """Yield the properties that need nothing but the plan and an empty folder."""
    for file in FILES:
        for name, test in vars(importlib.import_module(f"tests.{file}")).items():
            if not name.startswith("test_") or not hasattr(test, "hypothesis"):
                continue
            wanted = set(inspect.signature(test).parameters)
            if wanted <= {"plan", "tmp_path"} and only in name:
                yield f"{file}::{name}", test


def tried(test: Callable, plan: model.Plan, seconds: float, shrink: bool) -> tuple[int, str]:
    """Return how many inputs were tried within a time, and what broke the property, if anything."""
    count, end = 0, time.monotonic() + seconds
    inner = test.hypothesis.inner_test

    def counted(*arguments, **named):
        nonlocal count
        count += 1
        return inner(*arguments, **named)

    phases = [Phase.explicit, Phase.generate, *([Phase.shrink] if shrink else [])]
    test.hypothesis.inner_test = counted
    chosen = settings(
        max_examples=ROUND, deadline=None, derandomize=False, database=None, phases=phases,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    # Hypothesis refuses to decorate anew what has settings.
    usual, test._hypothesis_internal_use_settings = test._hypothesis_internal_use_settings, chosen
    try:
        while time.monotonic() < end:
            with tempfile.TemporaryDirectory() as folder:
                have = {"plan": plan, "tmp_path": Path(folder)}
                test(**{name: have[name] for name in inspect.signature(test).parameters})
    except Exception:
        return count, traceback.format_exc(limit=-6)
    finally:
        test.hypothesis.inner_test = inner
        test._hypothesis_internal_use_settings = usual
    return count, ""


def main() -> int:
    """Go round the properties, write the record and return 1 if any of them broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--only", default="", help="properties whose name holds this; no record")
    parser.add_argument("--quick", action="store_true", help="do not look for the smallest input")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    plan, listed = model.load_plan("zhengzhou_2020"), list(properties(chosen.only))
    lines, broken, whole = [], [], 0
    for name, test in listed:
        seconds = 60 * chosen.minutes / len(listed)
        count, fault = tried(test, plan, seconds, not chosen.quick)
        whole += count
        print(f"{count:8} {'BROKEN' if fault else 'held'}  {name}", flush=True)
        if fault:
            broken.append(name)
            print(fault, file=sys.stderr, flush=True)
        lines.append(f'"{name}" = {count}')
    if not chosen.only:
        head = [
            "# Written by: python -m tests.fuzz --minutes N",
            f"date = {datetime.date.today().isoformat()}",
            f'version = "{VERSION}"',
            f"minutes = {chosen.minutes:g}",
            f"inputs = {whole}",
            f"broken = {broken!r}",
            "",
            "[tried]",
        ]
        RECORD.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
    print(f"{whole} inputs, {len(broken)} of {len(listed)} properties broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
