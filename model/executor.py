"""Where heavy work runs: in this process, or on a Dask cluster that one setting names.

The setting changes neither what is asked nor what is answered: work is cut into the same pieces,
each of which makes its draws from the seed and its own place, and every figure comes out with the
same bits.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import urlsplit

from model.errors import ModelError
from model.plan import Plan

SETTING = "SIMULATOR_EXECUTOR"
"""Environment variable: empty or ``local``; ``dask://host:port``, ``dask+tls://host:port`` or
``dask:///path/of/scheduler.json`` for a cluster."""

SCHEMES = {"dask": "tcp", "dask+tls": "tls"}
FAILED = "executor_"
"""The codes of errors that are the cluster's begin so: this process can do the same work."""

T = TypeVar("T")
_here = threading.local()


def named() -> bool:
    """Whether the setting names a cluster, understood or not."""
    return os.environ.get(SETTING, "").strip() not in ("", "local")


def cluster() -> str:
    """Return the address of the cluster, or the path of its scheduler file; empty when local.

    Raises
    ------
    ModelError
        When the setting is not understood.
    """
    given = os.environ.get(SETTING, "").strip()
    if not named() or getattr(_here, "depth", 0):
        return ""
    try:
        parts = urlsplit(given)
        scheme, host, port = SCHEMES.get(parts.scheme), parts.hostname, parts.port
    except ValueError:
        scheme = host = port = None
    else:
        if scheme == "tcp" and not parts.netloc and parts.path.endswith(".json"):
            return parts.path
    if not (scheme and host and port) or parts.path or parts.username or parts.query:
        raise ModelError(
            f"{SETTING} is not understood. It may be empty or 'local', or name a Dask scheduler as "
            "dask://host:port, dask+tls://host:port or dask:///path/scheduler.json.",
            code="executor_setting",
            name=SETTING,
        )
    return f"{scheme}://{parts.netloc}"


@contextmanager
def here(threads: int | None = None) -> Iterator[None]:
    """Run what is called within in this process, whatever the setting; for the calling thread."""
    before = getattr(_here, "depth", 0), getattr(_here, "threads", None)
    _here.depth, _here.threads = before[0] + 1, threads
    try:
        yield
    finally:
        _here.depth, _here.threads = before


def threads() -> int | None:
    """Return how many threads a run may take here, None when nobody has said."""
    return getattr(_here, "threads", None)


def completed(
    plan: Plan,
    work: Callable[..., T],
    items: Sequence[tuple],
    *,
    stopped: Callable[[], bool] | None = None,
) -> Iterator[tuple[int, T]]:
    """Yield the place and the result of ``work(plan, *item, stopped=…)`` for each item.

    Here they come in order; from a cluster as they are done.  ``work`` is a function of a module.

    Raises
    ------
    ModelError
        ``stopped`` when that answers True; one whose code begins with `FAILED` when the cluster
        cannot do the work; what the work itself raises.
    """
    where = cluster()
    if where:
        from model import dask_cluster  # the only door to Dask, which need not be installed

        yield from dask_cluster.completed(where, plan, work, items, stopped)
        return
    for place, item in enumerate(items):
        if stopped is not None and stopped():
            raise ModelError("The run was stopped.", code="stopped")
        yield place, work(plan, *item, stopped=stopped)


def each(
    plan: Plan,
    work: Callable[..., T],
    items: Sequence[tuple],
    *,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] | None = None,
) -> list[T]:
    """Return the results of `completed` in the order of the items.

    ``progress`` is called with the number of items done and of all, at first and after each.
    """
    found: dict[int, T] = {}
    if progress:
        progress(0, len(items))
    for place, result in completed(plan, work, items, stopped=stopped):
        found[place] = result
        if progress:
            progress(len(found), len(items))
    return [found[place] for place in range(len(items))]
