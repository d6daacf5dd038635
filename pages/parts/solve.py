"""The reverse question on the page: what is asked, a first answer at once, its proof behind it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import streamlit as st

import model
from model.solve import ALL_DRAWS
from pages.parts import session
from pages.views import numbers, solve
from pages.views.levers import capital
from pages.views.targets import short_name

KEPT, WAIT = 16, 0.3
QUICK = 256
"""Draws of the first answer, which stands for some seconds until all have proved it."""

DEFAULT = ("T01",)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: targets with their values, what must stay, how sure, how far levers may go."""

    start: model.Scenario
    goals: tuple[tuple[str, float], ...]
    locked: tuple[str, ...]
    probability: float
    realistic: bool


class Solver:
    """Answers by question and number of draws; proofs are made one after another in a thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Question, int], tuple[model.Answer, ...]] = OrderedDict()
        self._proofs: dict[Question, Future] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="proof")

    def answers(self, question: Question, draws: int) -> tuple[model.Answer, ...]:
        """Return the answers, worked out now if need be."""
        with self._lock:
            if (question, draws) in self._kept:
                return self._kept[question, draws]
        found = model.alternatives(
            session.plan(),
            question.start,
            dict(question.goals),
            locked=question.locked,
            probability=question.probability,
            realistic=question.realistic,
            draws=draws,
        )
        with self._lock:
            self._kept[question, draws] = found
            while len(self._kept) > 2 * KEPT:
                self._kept.popitem(last=False)
        return found

    def proof(self, question: Question) -> tuple[model.Answer, ...] | None:
        """Return the answers verified with all draws if they are there."""
        with self._lock:
            return self._kept.get((question, ALL_DRAWS))

    def prove(self, question: Question) -> None:
        """Have the answers verified with all draws, unless that is being done."""
        with self._lock:
            waiting = self._proofs.get(question)
            if waiting is None or waiting.done():
                self._proofs = {question: self._pool.submit(self.answers, question, ALL_DRAWS)}


@st.cache_resource(show_spinner=False)
def solver(digest: str) -> Solver:
    """Return the one solver of this process."""
    return Solver()


def ask() -> Question | None:
    """Draw the question; return it once it has been put."""
    t, plan, scenario = session.t(), session.plan(), session.scenario()
    known = {target.id: target for target in solve.targets(plan)}
    chosen = st.multiselect(
        t("solve.targets"),
        list(known),
        default=list(DEFAULT),
        format_func=lambda id: short_name(known[id], t),
        key="solve_targets",
        persist_state="session",
    )
    goals = []
    for id in chosen:
        target = known[id]
        value = st.number_input(
            t("solve.value", name=short_name(target, t), unit=t.unit(target.unit)),
            value=float(target.value),
            step=0.1 if target.unit == "%" else 10.0,
            format="%.1f",
            key=f"solve_value_{id}",
            persist_state="session",
        )
        goals.append((id, float(value)))
    probability = st.segmented_control(
        t("solve.probability"),
        solve.CHANCES,
        default=solve.CHANCES[0],
        format_func=lambda p: numbers.chance_words(p, t),
        key="solve_probability",
        persist_state="session",
        required=True,
    )
    locked = st.multiselect(
        t("solve.locked"),
        [lever.id for lever in plan.levers],
        format_func=lambda id: capital(t.of(plan.lever(id))),
        key="solve_locked",
        persist_state="session",
        placeholder=t("solve.locked_none"),
    )
    realistic = st.toggle(
        t("solve.realistic"), value=True, key="solve_realistic", help=t("solve.realistic_about"),
        persist_state="session",
    )  # fmt: skip
    start = st.segmented_control(
        t("solve.start"),
        ("now", "status_quo"),
        default="now",
        format_func=lambda x: t(f"solve.start_{x}"),
        key="solve_start",
        persist_state="session",
        required=True,
    )
    begin = scenario if start == "now" else plan.scenarios["status_quo"]
    question = Question(begin, tuple(goals), tuple(locked), float(probability), realistic)
    if st.button(t("solve.ask"), key="solve_ask", type="primary", width="stretch"):
        st.session_state["question"] = question
    return st.session_state.get("question")


def answer(question: Question) -> None:
    """Draw the answers, first as found with few draws, then as verified with all."""
    t, plan = session.t(), session.plan()
    made = solver(plan.digest)
    proved = made.proof(question)
    try:
        with st.spinner(t("app.working")):
            answers = proved or made.answers(question, QUICK)
    except model.ModelError as error:
        st.error(t.error(error.code, dict(error.details)))
        return
    if proved is None:
        # Only now: two at once would share the interpreter, and the first answer would wait.
        made.prove(question)
        st.fragment(_look, run_every=WAIT)(question)
    st.html(f'<div class="sentence">{solve.sentence(answers, plan, t)}</div>')
    if not answers[0].feasible:
        _relax(answers[0])
    for k, (column, one) in enumerate(zip(st.columns(len(answers)), answers, strict=True)):
        with column:
            st.html(solve.card_html(one, question.start, proved is not None, plan, t))
            st.button(
                t("solve.adopt" if one.feasible else "solve.adopt_nearest"),
                key=f"solve_adopt_{k}",
                on_click=session.put,
                args=(one.scenario, "history.solved"),
                disabled=one.scenario == session.scenario(),
                width="stretch",
            )
    st.html(f'<div class="note">{t("solve.not_advice")}</div>')


def _look(question: Question) -> None:
    if solver(session.plan().digest).proof(question) is not None:
        st.rerun(scope="app")


def _relax(nearest: model.Answer) -> None:
    t = session.t()
    with st.container(horizontal=True):
        for reached in nearest.reached:
            if reached.met:
                continue
            target, value = reached.goal.target, solve.relaxed(reached)
            said = numbers.exact(value, target.unit, t)
            st.button(
                t("solve.relax", name=short_name(target, t), value=said),
                key=f"solve_relax_{target.id}",
                on_click=_ask_again,
                args=(target.id, value),
            )


def _ask_again(target: str, value: float) -> None:
    asked = st.session_state["question"]
    goals = tuple((id, value if id == target else old) for id, old in asked.goals)
    st.session_state[f"solve_value_{target}"] = value
    st.session_state["question"] = Question(
        asked.start, goals, asked.locked, asked.probability, asked.realistic
    )
