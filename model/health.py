"""Whether the simulator works: a run of the model, a library to read and write, the cluster."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from pathlib import Path

import model
from model import executor
from model.errors import ModelError
from model.plan import Plan
from model.store import Store, sqlite_file
from model.version import VERSION

OK, DEGRADED, FAILING = "ok", "degraded", "failing"


def report(plan: Callable[[], Plan], library: Callable[[], dict[str, object]]) -> dict[str, object]:
    """Return the state of model and library as a table that is fit for JSON.

    ``status`` is ``ok``; ``degraded`` when only the library fails, for the simulator goes on
    without it and holds what is not yet written, or only the cluster, where there is one, for this
    process does its work; ``failing`` when the model does.  It names no file, address or person.
    """
    states = {"model": _state(lambda: _model(plan())), "library": _state(library)}
    if executor.named():
        states["executor"] = _state(_executor)
    status = OK
    if any(state["status"] != OK for state in states.values()):
        status = DEGRADED
    if states["model"]["status"] != OK:
        status = FAILING
    return {"status": status, **states}


def _state(look: Callable[[], dict[str, object]]) -> dict[str, object]:
    start = time.perf_counter()
    try:
        found = {"status": OK} | look()
    except ModelError as error:
        found = {"status": FAILING, "code": error.code}
    except Exception as error:  # whatever it is, the answer must come
        found = {"status": FAILING, "code": type(error).__name__}
    return found | {"milliseconds": round(1000 * (time.perf_counter() - start))}


def _model(plan: Plan) -> dict[str, object]:
    """Simulate the plan and look whether its base year comes out as it went in."""
    run = model.simulate(plan, plan.scenarios[plan.scenario_names[0]])
    growth = float(run.indicator("iva_growth")[0, 0])
    if not math.isfinite(growth):
        raise ModelError("The run has no result.", code="no_result")
    return {"model_version": VERSION, "data_version": plan.version}


def _executor() -> dict[str, object]:
    """Return how many workers the cluster has."""
    where = executor.cluster()
    from model import dask_cluster  # not loaded unless a cluster is named

    return dask_cluster.state(where)


def library_state(url: str) -> dict[str, object]:
    """Return the state of the library at a URL, without making or upgrading one.

    Raises
    ------
    ModelError
        When it cannot be read, or not be written.
    """
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return {"state": "none yet"} | _writable(file)
    store = Store(url, upgrade=False)
    try:
        return store.probe()
    finally:
        store.close()


def _writable(file: Path) -> dict[str, object]:
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    if not os.access(folder, os.W_OK):
        raise ModelError(f"{folder} cannot be written.", code="library_unavailable")
    return {}
