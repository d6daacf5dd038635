"""The door to a Dask cluster: the same work by the same code on the same data, or a refusal.

A worker loads the plan from its own copy of the program and works only when version, data and
contents are those of whoever asks.  A worker that is lost gives its work to the others.
"""

from __future__ import annotations

import hashlib
import logging
import platform
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from model import allocator, executor, logs, replacements
from model.datasets import with_replacements
from model.errors import ModelError
from model.ex_ante import ex_ante
from model.plan import DATA, Plan, load_plan
from model.version import VERSION

CONNECT, PAUSE = 5.0, 30.0
"""Seconds: until a scheduler counts as unreachable; before one that failed is tried again."""
LOOK, PATIENCE = 0.1, 30.0
"""Seconds: between looks whether to stop; without any worker before the work is given up."""

T = TypeVar("T")
_lock = threading.Lock()
_clients: dict[str, object] = {}
_failures: dict[str, tuple[float, ModelError]] = {}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a worker comes by the plan of whoever asks, and what must then be the same."""

    folder: str
    digest: str
    content: str
    data_set: str
    replacements: str
    versions: tuple[str, ...]


def versions() -> tuple[str, ...]:
    """Return what must be the same everywhere for the same bits."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"simulator {VERSION}", f"NumPy {np.__version__}", f"Python {python}"


@lru_cache(maxsize=16)
def recipe(plan: Plan) -> Recipe:
    """Return the recipe of a plan."""
    shipped = plan.shipped or plan
    inside = shipped.folder.is_relative_to(DATA)
    chosen = plan.data_set
    return Recipe(
        folder=shipped.folder.relative_to(DATA).as_posix() if inside else str(shipped.folder),
        digest=shipped.digest,
        content=content(plan),
        data_set=chosen.name if chosen else "",
        replacements=replacements.to_json(chosen.replacements) if chosen else "",
        versions=versions(),
    )


def content(plan: Plan) -> str:
    """Return a digest of all that a run reads from a plan."""
    records = (plan.axes, plan.industries, plan.districts, plan.annex, plan.targets,
               plan.parameters, plan.closures, plan.observations, plan.desk)  # fmt: skip
    digest = hashlib.sha256(repr(records).encode())
    for array in (plan.base.value_added, plan.base.value_added_band, plan.base.investment_band):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


# On the worker


@lru_cache(maxsize=8)
def planned(made: Recipe) -> Plan:
    """Return the plan of a recipe from this machine's own copy, or refuse."""
    if made.versions != versions():
        raise _mismatch("version", ", ".join(made.versions), ", ".join(versions()))
    place = DATA / made.folder  # an absolute path stays what it is
    try:
        plan = load_plan(place)
    except ModelError as error:
        raise _mismatch("data", made.digest, error.code) from None
    if plan.digest != made.digest:
        raise _mismatch("data", made.digest, plan.digest)
    if made.replacements:
        cells = replacements.from_json(made.replacements)
        plan = with_replacements(plan, cells, made.data_set)
    for found in (plan, ex_ante(plan)):
        if content(found) == made.content:
            return found
    raise _mismatch("data", made.content, content(plan))


def _mismatch(kind: str, known: str, given: str) -> ModelError:
    what = "runs other versions" if kind == "version" else "has other data of the plan"
    remedy = "Install the same version of the simulator, with the same data, on every worker."
    return ModelError(
        f"Worker {_name()} {what}: {given}; wanted: {known}. {remedy}",
        code=f"{executor.FAILED}{kind}",
        name=_name(),
        given=given,
        known=known,
    )


def _name() -> str:
    return platform.node() or "?"


def perform(made: Recipe, work: Callable[..., T], item: tuple) -> T:
    """Do one piece of work; this is what a worker is sent."""
    allocator.keep()
    allocator.give_back()  # what the piece before has left
    with executor.here(threads=1):
        return work(planned(made), *item, stopped=None)


# Where the work is asked for


def completed(
    where: str,
    plan: Plan,
    work: Callable[..., T],
    items: Sequence[tuple],
    stopped: Callable[[], bool] | None,
) -> Iterator[tuple[int, T]]:
    """Yield place and result of each item as the cluster has them; see `executor.completed`."""
    client = _client(where)
    done: queue.SimpleQueue[int] = queue.SimpleQueue()
    made = recipe(plan)
    futures = []
    try:
        for place, item in enumerate(items):
            futures.append(client.submit(perform, made, work, item, pure=False))
            futures[-1].add_done_callback(lambda _, place=place: done.put(place))
        for _ in items:
            place = _next(client, where, done, stopped)
            yield place, _result(client, where, futures[place], stopped)
            futures[place].release()
    finally:
        try:
            client.cancel(futures)
        except Exception:  # nobody to tell: the cluster is gone
            _forget(where)


def _next(client, where: str, done: queue.SimpleQueue, stopped) -> int:
    """Return which item was done next."""
    alone = None
    while True:
        _check(stopped)
        try:
            return done.get(timeout=LOOK)
        except queue.Empty:
            alone = _alone(client, where, alone)


def _alone(client, where: str, since: float | None) -> float | None:
    """Return since when there has been no worker; give the work up after a while."""
    if client.status != "running":
        raise _lost(where)
    try:
        count = len(client.nthreads())
    except Exception:
        raise _lost(where) from None
    if count:
        return None
    now = time.monotonic()
    since = since or now
    if now - since > PATIENCE:
        raise ModelError(
            f"The cluster has had no worker for {PATIENCE:.0f} s. Start them in the simulator's "
            "folder with PYTHONPATH=. and the same packages; one that does not find the simulator "
            "leaves the cluster at once.",
            code="executor_no_workers",
            given=PATIENCE,
        )
    return since


def _result(client, where: str, future, stopped):
    """Return what a future holds; one whose worker was lost is worked out anew meanwhile."""
    alone = None
    while True:
        _check(stopped)
        try:
            return future.result(timeout=10 * LOOK)
        except TimeoutError:
            alone = _alone(client, where, alone)
        except ModelError:
            raise
        except Exception as error:
            raise _said(where, error) from error


def _check(stopped: Callable[[], bool] | None) -> None:
    if stopped is not None and stopped():
        raise ModelError("The run was stopped.", code="stopped")


def _said(where: str, error: Exception) -> Exception:
    """Return what happened to a piece of work in words; a fault of the program as it is."""
    kind = type(error).__name__
    if kind == "KilledWorker":
        return ModelError(
            "One piece of work ended several worker processes in turn: they are short of memory "
            "(give each 1 GB), or do not find this version of the simulator. Start them in its "
            "folder, with PYTHONPATH=. and the same packages.",
            code="executor_killed",
        )
    if "Cancelled" in kind or "Comm" in kind:
        return _lost(where)
    return error


def _lost(where: str) -> ModelError:
    _forget(where)
    return ModelError(
        f"The scheduler {where} was lost in the middle of the work. Start it again, and the work.",
        code="executor_lost",
        name=where,
    )


def _client(where: str):
    """Return the connection to a scheduler; one that failed is not tried again for a while."""
    with _lock:
        client = _clients.get(where)
        if client is not None and client.status == "running":
            return client
        _clients.pop(where, None)
        at, error = _failures.get(where, (0.0, None))
        if error is not None and time.monotonic() - at < PAUSE:
            raise error
        try:
            _clients[where] = _connected(where)
        except ModelError as error:
            _failures[where] = time.monotonic(), error
            raise
        _failures.pop(where, None)
        return _clients[where]


def _connected(where: str):
    try:
        from distributed import Client
    except ImportError:
        raise ModelError(
            f"{executor.SETTING} names a cluster, but Dask is not installed. Install "
            ".ci/cluster.txt in place of requirements.txt, or empty the setting.",
            code="executor_missing",
            name=executor.SETTING,
        ) from None
    quiet = logging.getLogger("distributed")
    quiet.setLevel(logging.CRITICAL)  # what matters is said in words below
    file = not where.startswith(("tcp://", "tls://"))
    if file and not Path(where).is_file():
        raise _unreachable(where)
    try:
        given = {"scheduler_file": where} if file else {"address": where}
        client = Client(**given, timeout=CONNECT, set_as_default=False, name="simulator")
    except Exception as error:
        raise _unreachable(where) from error
    logs.event("cluster_connected")
    return client


def _unreachable(where: str) -> ModelError:
    return ModelError(
        f"The Dask scheduler {where} cannot be reached within {CONNECT:.0f} s. Start it, or "
        f"correct or empty {executor.SETTING}.",
        code="executor_unreachable",
        name=where,
    )


def _forget(where: str) -> None:
    """Let go of a connection that failed; the next piece of work makes a new one."""
    with _lock:
        client = _clients.pop(where, None)
    if client is not None:
        threading.Thread(target=_close, args=(client,), daemon=True).start()


def _close(client) -> None:
    try:
        client.close(timeout=CONNECT)
    except Exception:
        logging.getLogger(__name__).debug("a lost connection was not closed", exc_info=True)


def state(where: str) -> dict[str, object]:
    """Return how many workers the cluster has, for the report on health; ModelError if none."""
    client = _client(where)
    try:
        count = len(client.nthreads())
    except Exception:
        raise _lost(where) from None
    if not count:
        raise ModelError("The cluster has no worker.", code="executor_no_workers", given=0)
    return {"workers": count}
