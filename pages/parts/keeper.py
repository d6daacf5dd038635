"""What a page has made in a thread of its own: asked for by a small frozen key, kept, stoppable.

A keeper works for all visits of a process, one piece of work after another.  Who asks first is
served first, and a visit waits with one key at a time: a hand that keeps moving gives its place up
with every move and keeps nobody waiting.  What failed is said once, and made anew when it is asked
for again.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

import streamlit as st

import model
from model import allocator

BEHIND = 5
"""By how much threads that make things give way to those that answer, as `nice` counts."""

K, V = TypeVar("K", bound=Hashable), TypeVar("V")

_all: weakref.WeakSet[Keeper] = weakref.WeakSet()


class Work:
    """A result that is being made: how far it is, who waits for it, and the wish that it end."""

    def __init__(self) -> None:
        self.future: Future = Future()
        self.who: set[str] = set()
        self.done: float | None = None
        self.stop = threading.Event()

    def stopped(self) -> bool:
        """Return whether nobody waits any more."""
        return self.stop.is_set()

    def tell(self, done: int, total: int) -> None:
        """Take note of the progress."""
        self.done = done / total


class Keeper(Generic[K, V]):
    """Results by key; ``make`` is given the key and its `Work`, and raises "stopped" when told."""

    def __init__(self, make: Callable[[K, Work], V], kept: int, at_once: int = 1) -> None:
        self._make, self._most = make, kept
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._wanted: dict[K, Work] = {}
        self._failed: dict[K, Exception] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(at_once, "keeper", initializer=_behind)
        _all.add(self)

    def get(self, key: K) -> V | None:
        """Return the result if it is there; raise, once, what kept it from being made."""
        with self._lock:
            if key in self._failed:
                raise self._failed.pop(key)
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def ask(self, key: K, who: str = "", quiet: float = 0.0) -> Work:
        """Start making a result after so many seconds, unless it is being made; ``who`` waits."""
        with self._lock:
            if key not in self._wanted:
                work = self._wanted[key] = Work()
                begin = time.monotonic() + quiet
                work.future = self._pool.submit(self._work, key, work, begin)
            self._wanted[key].who.add(who)
            return self._wanted[key]

    def drop(self, key: K, who: str = "") -> None:
        """Take note that ``who`` waits no longer; stop making what nobody waits for."""
        with self._lock:
            work = self._wanted.get(key)
            if work is None:
                return
            work.who.discard(who)
            if work.who:
                return
            del self._wanted[key]
        work.stop.set()
        work.future.cancel()

    def wait(self, key: K) -> V:
        """Return the result, made now if need be."""
        who = f"wait {threading.get_ident()}"
        while (found := self.get(key)) is None:
            try:
                return self.ask(key, who).future.result()
            except Exception as error:
                if getattr(error, "code", "") != "stopped":
                    self._failed.pop(key, None)  # it is said here
                    raise
        return found

    def follow(self, key: K, slot: str, quiet: float = 0.0) -> tuple[V | None, Work | None]:
        """Return the result, or the work on it; ``slot`` names the one thing a visit waits for.

        What the visit waited for before under that name is dropped.
        """
        leave(slot, unless=(self, key))
        found = self.get(key)
        if found is not None:
            st.session_state.pop(slot, None)
            return found, None
        st.session_state[slot] = self, key
        return None, self.ask(key, st.session_state["visit"], quiet)

    def end(self) -> None:
        """Stop all work; the process is about to end."""
        with self._lock:
            wanted, self._wanted = list(self._wanted.values()), {}
        for work in wanted:
            work.stop.set()
            work.future.cancel()

    def _work(self, key: K, work: Work, begin: float) -> V:
        try:
            # Who has waited for others has been quiet for long enough.
            if work.stop.wait(max(0.0, begin - time.monotonic())):
                raise model.ModelError("The work was stopped.", code="stopped")
            made = self._make(key, work)
            with self._lock:
                self._kept[key] = made
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return made
        except Exception as error:
            if getattr(error, "code", "") != "stopped":
                with self._lock:
                    self._failed = {key: error}  # the last one; the others are tried again
            raise
        finally:
            with self._lock:
                if self._wanted.get(key) is work:
                    del self._wanted[key]
            allocator.give_back()


def leave(slot: str, unless: tuple[Keeper, Hashable] | None = None) -> tuple[None, None]:
    """Wait no longer for what this visit waits for under this name; there is no result, no work."""
    before = st.session_state.get(slot)
    if before is not None and before != unless:
        keeper, key = st.session_state.pop(slot)
        keeper.drop(key, st.session_state["visit"])
    return None, None


def end() -> None:
    """Stop what all keepers are making: a server that is told to stop waits for nothing."""
    for keeper in list(_all):
        keeper.end()


def _behind() -> None:
    """Let this thread, and those it begins, give way to the threads that answer a hand.

    Only Linux knows a thread by a number of its own; elsewhere the number may be another process.
    """
    if sys.platform == "linux":
        own = threading.get_native_id()
        with contextlib.suppress(OSError):
            now = os.getpriority(os.PRIO_PROCESS, own)
            os.setpriority(os.PRIO_PROCESS, own, now + BEHIND)
