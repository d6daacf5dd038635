"""Commands for whoever looks after a running simulator: ``health`` and ``library``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import model
from model import backup, health, logs
from model.store import default_url


def add(command: Callable) -> None:
    """Add the commands; ``command`` makes a parser from a name, a function and a text."""
    command("health", check_health, "say whether model and library work: JSON, and 1 if not")
    keep = command("library", keep_library, "back up and restore what people saved")
    keep.add_argument(
        "action",
        choices=("backup", "restore"),
        help="copy the library to FILE, or put what FILE holds in its place",
    )
    keep.add_argument("file", metavar="FILE", help="the backup, an SQLite file")


def check_health(chosen: argparse.Namespace) -> int:
    """Print the state of model and library; 1 unless both work."""
    found = health.report(
        lambda: model.load_plan(chosen.plan), lambda: health.library_state(default_url())
    )
    print(json.dumps(found, ensure_ascii=False))
    return 0 if found["status"] == health.OK else 1


def keep_library(chosen: argparse.Namespace) -> int:
    """Back up or restore the library that the setting names."""
    work = backup.back_up if chosen.action == "backup" else backup.restore
    done = work(default_url(), Path(chosen.file))
    logs.event(f"library_{chosen.action}", scenarios=done.scenarios, visits=done.visits)
    verb = "Backed up to" if chosen.action == "backup" else "Restored from"
    print(f"{verb} {done.file}: {done.scenarios} scenarios, {done.visits} working copies.")
    if done.aside is not None:
        print(f"The library as it was is kept in {done.aside}.")
    return 0
