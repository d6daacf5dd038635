"""The two beats: the central run at once, the chances from a thread that newer scenarios stop."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache, partial
from typing import NamedTuple

import streamlit as st

import model
from model import allocator, executor
from pages.parts import session
from pages.views.summary import Summary, summarise

DRAWS, SEED = 8192, 1
KEPT = 64
PLANS, LARGE_PLANS = 8, 4
"""Plans, shipped or with a data set, whose results a process keeps; whose draws it keeps."""

AT_ONCE = 4
"""Scenarios whose chances a cluster works out at the same time; this process takes one by one."""

QUIET, HELD = 0.08, 0.3
"""Seconds without a newer scenario before the chances are worked out: the answer is painted then;
and with a hand still on a lever, which may go on."""


class _Work(NamedTuple):
    """A summary that is being made, how to stop that, and who waits for it."""

    future: Future
    stop: threading.Event
    who: set[str]


class Beats:
    """Summaries by scenario, made one after another; what is no longer wanted stops.

    Who asks first is served first, and a visit waits with one scenario at a time: a hand that
    keeps moving gives its place up with every move and keeps nobody waiting.
    """

    def __init__(
        self, make: Callable[[model.Scenario, Callable[[], bool]], Summary], at_once: int = 1
    ) -> None:
        self._make = make
        self._kept: OrderedDict[model.Scenario, Summary] = OrderedDict()
        self._wanted: dict[model.Scenario, _Work] = {}
        self._failed: dict[model.Scenario, Exception] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="chances")

    def get(self, scenario: model.Scenario) -> Summary | None:
        """Return the summary if it is there; raise, once, what kept it from being made."""
        with self._lock:
            if scenario in self._failed:
                raise self._failed.pop(scenario)
            if scenario in self._kept:
                self._kept.move_to_end(scenario)
                return self._kept[scenario]
            return None

    def ask(self, scenario: model.Scenario, who: str = "", quiet: float = QUIET) -> Future:
        """Start making a summary, unless it is being made; ``who`` waits for it."""
        with self._lock:
            if scenario not in self._wanted:
                stop, begin = threading.Event(), time.monotonic() + quiet
                future = self._pool.submit(self._work, scenario, stop, begin)
                self._wanted[scenario] = _Work(future, stop, set())
            self._wanted[scenario].who.add(who)
            return self._wanted[scenario].future

    def coming(self, scenario: model.Scenario) -> Future:
        """Return the work on a summary; one that has ended when it is not being made any more."""
        with self._lock:
            if scenario in self._wanted:
                return self._wanted[scenario].future
        ended: Future = Future()
        ended.set_result(None)
        return ended

    def drop(self, scenario: model.Scenario, who: str = "") -> None:
        """Take note that ``who`` waits no longer; stop making what nobody waits for."""
        with self._lock:
            found = self._wanted.get(scenario)
            if found is None:
                return
            found.who.discard(who)
            if found.who:
                return
            del self._wanted[scenario]
        found.stop.set()
        found.future.cancel()

    def wait(self, scenario: model.Scenario) -> Summary:
        """Return the summary, made now if need be."""
        found, who = self.get(scenario), f"wait {threading.get_ident()}"
        while found is None:
            try:
                found = self.ask(scenario, who).result()
            except model.ModelError as error:
                if error.code != "stopped":
                    raise
        return found

    def _work(self, scenario: model.Scenario, stop: threading.Event, begin: float) -> Summary:
        allocator.give_back()  # what the work before has left; the page rests for a moment anyway
        try:
            # Who has waited for others has been quiet for long enough.
            if stop.wait(max(0.0, begin - time.monotonic())):
                raise model.ModelError("The run was stopped.", code="stopped")
            made = self._make(scenario, stop.is_set)
            with self._lock:
                self._kept[scenario] = made
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return made
        except Exception as error:
            if getattr(error, "code", "") != "stopped":
                with self._lock:
                    self._failed = {scenario: error}  # the last one; the others are tried again
            raise
        finally:
            with self._lock:
                if scenario in self._wanted and self._wanted[scenario].stop is stop:
                    del self._wanted[scenario]


def _make(plan: model.Plan, scenario: model.Scenario, stopped: Callable[[], bool]) -> Summary:
    fan = model.ensemble(plan, scenario, draws=DRAWS, seed=SEED, stopped=stopped)
    return summarise(plan, scenario, fan)


@st.cache_resource(show_spinner=False, max_entries=PLANS)
def _beats(_plan: model.Plan, digest: str) -> Beats:
    return Beats(partial(_make, _plan), AT_ONCE if executor.named() else 1)


def beats(plan: model.Plan) -> Beats:
    """Return the one maker of summaries of this process for a plan."""
    return _beats(plan, plan.digest)


# Not Streamlit's cache: it would hash every field, also those that do not tell scenarios apart.
@lru_cache(maxsize=KEPT)
def _central(plan: model.Plan, scenario: model.Scenario) -> model.Outcomes:
    return model.simulate(plan, scenario)


def central(scenario: model.Scenario, plan: model.Plan | None = None) -> model.Outcomes:
    """Return the central run of a scenario, the first beat, on the plan of the visit or another."""
    return _central(plan or session.plan(), scenario)


def marks() -> dict[str, model.Outcomes]:
    """Return the central runs of the two marks that stand behind every scenario."""
    plan = session.plan()
    return {name: central(model.load_scenario(plan, name)) for name in ("status_quo", "plan")}


@lru_cache(maxsize=KEPT)
def _power(scenario: model.Scenario, digest: str) -> model.Power:
    return model.lever_power(session.plan(), scenario)


def power(scenario: model.Scenario) -> model.Power:
    """Return what a step of each lever does: part of the second beat, the last one until then."""
    if ready(scenario) or "last_power" not in st.session_state:
        st.session_state["last_power"] = _power(scenario, session.plan().digest)
    return st.session_state["last_power"]


def chances(scenario: model.Scenario) -> Summary:
    """Return the summary of a scenario, waiting for it."""
    return beats(session.plan()).wait(scenario)


def chances_soon(scenario: model.Scenario) -> Summary | None:
    """Return the summary if it is there; if not, have it made and stop what this visit left."""
    maker, visit = beats(session.plan()), st.session_state["visit"]
    found = maker.get(scenario)
    before = st.session_state.get("asked")
    if before is not None and before != scenario:
        maker.drop(before, visit)
    st.session_state["asked"] = None if found else scenario
    if found is None:
        maker.ask(scenario, visit, HELD if session.moving() else QUIET)
    return found


def ready(scenario: model.Scenario) -> bool:
    """Return whether the summary of a scenario is there."""
    return beats(session.plan()).get(scenario) is not None


def coming(scenario: model.Scenario) -> Future:
    """Return the work on the summary of a scenario; it has ended when nobody makes it."""
    return beats(session.plan()).coming(scenario)
