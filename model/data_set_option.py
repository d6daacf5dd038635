"""The option ``--data-set``: a command on figures that somebody keeps under a name."""

from __future__ import annotations

import argparse
import sys

from model.data_library import DataLibrary, Listed
from model.datasets import with_replacements
from model.errors import ModelError, unknown
from model.plan import Plan, load_plan
from model.store import Store, default_url, sqlite_file


def add_data_set(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--data-set", default="", dest="data_set", metavar="NAME",
        help="figures of your own in place of shipped ones: the name, or the id, of a data set "
        "that was saved in the library (SIMULATOR_LIBRARY names it)",
    )  # fmt: skip


def plan_of(chosen: argparse.Namespace) -> Plan:
    """Return the plan of a command, with the data set that it names.

    Raises
    ------
    ModelError
        When there is no such data set; the names that there are stand in it.
    DataFaults
        When its figures no longer fit the shipped ones.
    """
    plan = load_plan(chosen.plan)
    if not chosen.data_set:
        return plan
    found = _named(chosen.data_set, _saved(plan), plan)
    own = found.open()
    print(f"data set {found.name} ({found.id}): {len(own.replacements)} figures of {plan.id} "
          "replaced", file=sys.stderr)  # fmt: skip
    return with_replacements(plan, own.replacements, found.name)


def _saved(plan: Plan) -> tuple[Listed, ...]:
    """Return the data sets of a plan in the library, which is neither made nor upgraded."""
    file = sqlite_file(default_url())
    if file is not None and not file.exists():
        return ()
    store = Store(default_url(), upgrade=False)
    try:
        return DataLibrary(plan.id, store).list()
    finally:
        store.close()


def _named(name: str, saved: tuple[Listed, ...], plan: Plan) -> Listed:
    for one in saved:
        if name in (one.name, one.id):
            return one
    if not saved:
        raise ModelError(
            f"There is no data set {name!r}: the library holds none of {plan.id}. Save one on the "
            "page Data, or name another library in SIMULATOR_LIBRARY.",
            code="data_set_gone",
            name=name,
        )
    raise unknown("data set", name, [one.name for one in saved])
