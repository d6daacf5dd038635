"""Learning on the page: the forecast before at once, the one after from a thread that can stop."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

import streamlit as st

import model
from model.assimilate import assimilate_what_fits
from model.ex_ante import ex_ante
from pages.parts import results, session
from pages.views import progress_learned
from pages.views.progress_learned import Forecast, Learned

KEPT, FANS = 48, 2
"""Answers and ensembles that are kept; an ensemble of 8,192 draws has some 60 MB, and 14 MB more
for each district that is followed by month."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is learned from what: small, frozen, and all that tells two answers apart."""

    scenario: model.Scenario
    figures: tuple[model.Known, ...]
    places: tuple[str, ...] = ()
    leave_out: bool = False

    @property
    def ensemble(self) -> tuple[model.Scenario, tuple[str, ...]]:
        """What the draws hang on: the scenario and the districts that are followed by month."""
        return self.scenario, self.places


class Learner:
    """Forecasts by scenario and answers by question, one at a time in a thread."""

    def __init__(self, plan: model.Plan) -> None:
        self._plan = plan
        self._priors: OrderedDict[tuple, Forecast] = OrderedDict()
        self._fans: OrderedDict[tuple, model.Fan] = OrderedDict()
        self._kept: OrderedDict[Question, Learned] = OrderedDict()
        self._running: dict[Question, threading.Event] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def prior(self, question: Question) -> Forecast | None:
        """Return the forecast before learning if it is there."""
        with self._lock:
            return self._priors.get(question.ensemble)

    def answer(self, question: Question) -> Learned | None:
        """Return what was learned if it is there."""
        with self._lock:
            return self._kept.get(question)

    def running(self, question: Question) -> bool:
        """Return whether a question is being answered."""
        with self._lock:
            return question in self._running

    def ask(self, question: Question) -> None:
        """Start answering, unless that is being done."""
        with self._lock:
            if question in self._running or question in self._kept:
                return
            self._running[question] = stop = threading.Event()
        threading.Thread(target=self._work, args=(question, stop), daemon=True).start()

    def wait(self, question: Question, seconds: float) -> Learned | None:
        """Return what was learned, waiting for it so long."""
        end = time.monotonic() + seconds
        while self.running(question) and time.monotonic() < end:
            time.sleep(0.01)
        return self.answer(question)

    def stop(self, question: Question) -> None:
        """Stop answering what nobody waits for."""
        with self._lock:
            found = self._running.pop(question, None)
        if found:
            found.set()

    def _work(self, question: Question, stop: threading.Event) -> None:
        try:
            with self._turn:
                self._answer(question, stop)
        except model.ModelError as error:
            if error.code != "stopped":
                raise
        finally:
            with self._lock:
                if self._running.get(question) is stop:
                    del self._running[question]

    def _answer(self, question: Question, stop: threading.Event) -> None:
        plan, scenario = self._plan, question.scenario
        fan = self._fan(question, stop)
        if stop.is_set():
            return
        if self.prior(question) is None:
            made = progress_learned.forecast(plan, scenario, fan)
            with self._lock:
                _keep(self._priors, question.ensemble, made, KEPT)
        if stop.is_set():
            return
        found = _learn(plan, question, fan)
        with self._lock:
            _keep(self._kept, question, found, KEPT)

    def _fan(self, question: Question, stop: threading.Event) -> model.Fan:
        key = question.ensemble
        with self._lock:
            if key in self._fans:
                self._fans.move_to_end(key)
                return self._fans[key]
        fan = model.ensemble(
            ex_ante(self._plan), question.scenario, draws=results.DRAWS, seed=results.SEED,
            stopped=stop.is_set, follow=question.places,
        )  # fmt: skip
        with self._lock:
            _keep(self._fans, key, fan, FANS)
        return fan


def _keep(kept: OrderedDict, key: object, value: object, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)


def _learn(plan: model.Plan, question: Question, fan: model.Fan) -> Learned:
    try:
        if question.leave_out:
            now, left_out = assimilate_what_fits(fan, question.figures)
            return progress_learned.learned(plan, question.scenario, now, left_out)
        now = model.assimilate(fan, question.figures)
    except model.Contradiction as error:
        return progress_learned.refused(error)
    return progress_learned.learned(plan, question.scenario, now)


@st.cache_resource(show_spinner=False, max_entries=results.LARGE_PLANS)
def _learner(_plan: model.Plan, digest: str) -> Learner:
    return Learner(_plan)


def of_process() -> Learner:
    """Return the one learner of this process for the plan as it was read."""
    plan = session.plan()
    return _learner(plan, plan.digest)
