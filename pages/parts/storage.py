"""The library of this process and the identity of a visit: what survives a refresh and a crash.

A visit is the work of one browser tab.  Its id stands in the address (``w``), so that a refresh and
a restarted server find the work again.  An address is easily passed on, so the id alone opens
nothing: the work belongs to the browser that holds the cookie it was made under.  Any other browser
takes the scenario out of the address, as from a link, and works on a visit of its own; so does a
second tab of the same browser, with a copy of the history.
"""

from __future__ import annotations

import contextlib
import logging
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

import model
from model import logs
from model.autosave import Autosave
from model.data_library import DataLibrary
from model.library import Library, Record, Visit, fingerprint
from model.replacements import DataSet
from model.store import Store, default_url
from pages.parts import access

COOKIE = "simulator_browser"
_TOKEN = re.compile(r"[0-9a-f]{32}")
PAUSE, FRESH, PATIENCE = 5.0, 2.0, 1.0
"""Seconds: before a library that failed is tried again; a listing is good; a run waits for one."""

REMEMBERED = 64
"""Data sets that are in use without being in the library."""

T = TypeVar("T")


class Shelf:
    """The one library of a process, opened when first needed and again after a failure."""

    def __init__(self, plan: model.Plan, url: Callable[[], str] = default_url) -> None:
        self._plan, self._url = plan, url
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._failed: tuple[float, model.ModelError] | None = None
        self._listed: tuple[float, tuple[Record, ...]] = (0.0, ())
        self._reading: Future | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="library")
        self.autosave = Autosave(self.library, self._failed_with)
        self._live: dict[str, str] = {}
        self._in_use: OrderedDict[str, DataSet] = OrderedDict()

    def library(self) -> Library:
        """Return the open library; ModelError when it cannot be opened, tried every few seconds."""
        with self._lock:
            if self._library is not None:
                return self._library
            if self._failed and time.monotonic() - self._failed[0] < PAUSE:
                raise self._failed[1]
            try:
                self._library = Library(self._plan, Store(self._url()))
                self._library.forget_old_visits()
                self._failed = None
            except model.ModelError as error:
                _log_once(self._failed, error)
                self._library, self._failed = None, (time.monotonic(), error)
                raise
            return self._library

    def use(self, work: Callable[[Library], T]) -> T:
        """Return what ``work`` makes of the library; ModelError when it cannot."""
        try:
            return work(self.library())
        except model.ModelError as error:
            self._failed_with(error)
            raise

    def _failed_with(self, error: model.ModelError) -> None:
        """Let go of a database that failed, so that it is opened anew."""
        if error.code not in ("library_unavailable", "library_damaged"):
            return
        with self._lock:
            if self._library is not None:
                self._library.store.close()
            _log_once(self._failed, error)
            self._library, self._failed = None, (time.monotonic(), error)

    def trouble(self) -> model.ModelError | None:
        """Return why work is not being kept, if so."""
        failed = self._failed
        return self.autosave.trouble or (failed[1] if failed and self._library is None else None)

    def retry(self) -> None:
        """Try again now."""
        self._failed = None
        self.autosave.retry()
        with contextlib.suppress(model.ModelError):
            self.library()
        self.changed()

    def records(self) -> tuple[Record, ...]:
        """Return the saved scenarios, a few seconds old at most; none while the library fails.

        They are read beside the run, which waits only for the first answer and after a change.
        """
        at, found = self._listed
        if time.monotonic() - at <= FRESH:
            return found
        if self._reading is None or self._reading.done():
            self._reading = self._pool.submit(self._list)
        if at <= 0:
            with contextlib.suppress(TimeoutError):
                self._reading.result(PATIENCE)
        return self._listed[1]

    def _list(self) -> None:
        found = self._listed[1]
        with contextlib.suppress(model.ModelError):
            found = self.use(lambda library: library.list())
        self._listed = (time.monotonic(), found)

    def changed(self) -> None:
        """Have the saved scenarios read again."""
        if self._reading is not None:
            with contextlib.suppress(TimeoutError):
                self._reading.result(PATIENCE)
        self._listed = (0.0, self._listed[1])

    def data_sets(self, work: Callable[[DataLibrary], T]) -> T:
        """Return what ``work`` makes of the saved data sets; ModelError when it cannot."""
        return self.use(lambda library: work(DataLibrary(library.plan.id, library.store)))

    def data_set(self, id: str) -> tuple[DataSet | None, bool]:
        """Return a data set and whether it is saved; one may also only be in use, or unknown."""
        try:
            found = self.data_sets(lambda library: library.get(id))
        except model.ModelError:
            found = None
        with self._lock:
            return (found, True) if found else (self._in_use.get(id), False)

    def remember(self, chosen: DataSet) -> None:
        """Know a data set that is in use, for as long as the process lives."""
        with self._lock:
            self._in_use[chosen.id] = chosen
            self._in_use.move_to_end(chosen.id)
            while len(self._in_use) > REMEMBERED:
                self._in_use.popitem(last=False)

    def visit(self, id: str, owner: str) -> Visit | None:
        """Return the work kept under this id, if it is this browser's; None when it cannot be."""
        if not _TOKEN.fullmatch(id):
            return None
        found = self.autosave.latest(id)
        if found is None:
            try:
                found = self.use(lambda library: library.resume(id))
            except model.ModelError:
                return None
            if found is not None and found.owner == owner:
                self.autosave.resumed(found)
        return found if found is not None and found.owner == owner else None

    def last_visit(self, owner: str) -> tuple[str, float] | None:
        """Return id and time of the last work of this browser."""
        try:
            return self.use(lambda library: library.last_visit(owner))
        except model.ModelError:
            return None

    def claim(self, id: str) -> bool:
        """Take a visit for this tab; False when another tab has it open."""
        mine = _session_id()
        with self._lock:
            other = self._live.get(id)
            if other and other != mine and _is_open(other):
                return False
            self._live[id] = mine
            return True


def _log_once(before: tuple[float, model.ModelError] | None, error: model.ModelError) -> None:
    """Log a failure, but not the same again at every new attempt."""
    if before is None or before[1].code != error.code:
        logs.event("library_failed", logging.WARNING, code=error.code)


@st.cache_resource(show_spinner=False)
def shelf(_plan: model.Plan, digest: str) -> Shelf:
    """Return the library of this process."""
    return Shelf(_plan)


def _session_id() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else ""


def _is_open(session_id: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session_id)


def token() -> str:
    """Return a name that nobody guesses."""
    return secrets.token_hex(16)


def browser() -> tuple[str, bool]:
    """Return the secret of this browser, and whether it holds it already."""
    given = str(st.context.cookies.get(COOKIE, ""))
    return (given, True) if _TOKEN.fullmatch(given) else (token(), False)


def owner(secret: str) -> str:
    """Return what the library keeps of a browser's secret and of who is signed in at it."""
    return fingerprint(secret + access.subject())


def cookie_script(secret: str) -> str:
    """Return the script that leaves the secret with the browser, for a year."""
    return f"document.cookie='{COOKIE}={secret};path=/;max-age=31536000;samesite=strict';"
