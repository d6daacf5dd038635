"""Learning on the page: the forecast before what was published, and the one that has learned."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import streamlit as st

import model
from model.assimilate import assimilate_what_fits
from model.ex_ante import ex_ante
from pages.parts import results, session
from pages.parts.keeper import Keeper, Work
from pages.views import progress_learned
from pages.views.progress_learned import Forecast, Learned

KEPT, FANS = 48, 2
"""Answers and ensembles that are kept; an ensemble of 8,192 draws has some 60 MB, and 14 MB more
for each district that is followed by month."""


Drawn = tuple[model.Scenario, tuple[str, ...]]
"""What draws hang on: the scenario, and the districts that are followed by month."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is learned from what: small, frozen, and all that tells two answers apart."""

    scenario: model.Scenario
    figures: tuple[model.Known, ...]
    places: tuple[str, ...] = ()
    leave_out: bool = False

    @property
    def ensemble(self) -> Drawn:
        """What the draws of this question hang on."""
        return self.scenario, self.places


class Learner:
    """The forecasts before and after learning, made one after the other from the same draws."""

    def __init__(self, plan: model.Plan) -> None:
        self._plan = plan
        self._fans: OrderedDict[Drawn, model.Fan] = OrderedDict()
        self._lock = threading.Lock()
        self.priors: Keeper[Drawn, Forecast] = Keeper(self._prior, KEPT)
        self.answers: Keeper[Question, Learned] = Keeper(self._answer, KEPT)

    def _prior(self, ensemble: Drawn, work: Work) -> Forecast:
        return progress_learned.forecast(self._plan, ensemble[0], self._fan(ensemble, work))

    def _answer(self, question: Question, work: Work) -> Learned:
        return _learn(self._plan, question, self._fan(question.ensemble, work))

    def _fan(self, ensemble: Drawn, work: Work) -> model.Fan:
        with self._lock:
            if ensemble in self._fans:
                self._fans.move_to_end(ensemble)
                return self._fans[ensemble]
        fan = model.ensemble(
            ex_ante(self._plan), ensemble[0], draws=results.DRAWS, seed=results.SEED,
            stopped=work.stopped, follow=ensemble[1],
        )  # fmt: skip
        with self._lock:
            self._fans[ensemble] = fan
            while len(self._fans) > FANS:
                self._fans.popitem(last=False)
        return fan


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
