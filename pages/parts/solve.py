"""The reverse question on the page: what is asked, a first answer at once, its proof behind it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

import model
from model.solve import ALL_DRAWS
from pages.parts import results, session
from pages.views import numbers, solve
from pages.views.history import literal
from pages.views.levers import capital
from pages.views.targets import short_name

KEPT, WAIT = 16, 0.3
QUICK = 2048
"""Draws of the first answer, which stands for some seconds until all have proved it; their median
is off by a twentieth of a point, that of 256 by a fifth, which can call the possible impossible."""

DEFAULT = "iva_growth"
"""Indicator whose target is asked for at first."""
STOPPED = "solve_stopped"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: targets with their values, what must stay, how sure, how far levers may go."""

    start: model.Scenario
    goals: tuple[tuple[str, float], ...]
    locked: tuple[str, ...]
    probability: float
    realistic: bool


@dataclass(slots=True)
class Proof:
    """One question being proved: how far it is, and the wish that it end."""

    stop: threading.Event = field(default_factory=threading.Event)
    done: float = 0.0


class Solver:
    """Answers by question; the others and the proof are made in a thread that can be stopped."""

    def __init__(self, plan: model.Plan) -> None:
        self._plan = plan
        self._first: OrderedDict[Question, model.Answer] = OrderedDict()
        self._ways: OrderedDict[Question, tuple[model.Answer, ...]] = OrderedDict()
        self._proved: OrderedDict[Question, tuple[model.Answer, ...]] = OrderedDict()
        self._work: dict[Question, Proof] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def answers(self, question: Question) -> tuple[tuple[model.Answer, ...], bool]:
        """Return what is known, the first answer worked out now, and whether all draws prove it."""
        with self._lock:
            for kept, sure in ((self._proved, True), (self._ways, False)):
                if question in kept:
                    return kept[question], sure
            first = self._first.get(question)
        if first is None:
            first = self._ask(model.solve, question, draws=QUICK)
            with self._lock:
                _keep(self._first, question, first)
        return (first,), False

    def known(self, question: Question) -> int:
        """Return how much is known of a question; it only grows."""
        with self._lock:
            return (question in self._ways) + (question in self._proved)

    def progress(self, question: Question) -> float | None:
        """Return how far the proof is, None where none is under way."""
        with self._lock:
            work = self._work.get(question)
            return None if work is None else work.done

    def prove(self, question: Question) -> None:
        """Have other answers looked for and all proved with all draws, unless that is done."""
        with self._lock:
            if question in self._work or question in self._proved:
                return
            for other in self._work.values():
                other.stop.set()
            self._work[question] = work = Proof()
        threading.Thread(target=self._make, args=(question, work), daemon=True).start()

    def stop(self, question: Question) -> None:
        """End the proof; the answers found so far stay."""
        with self._lock:
            work = self._work.pop(question, None)
        if work is not None:
            work.stop.set()

    def _make(self, question: Question, work: Proof) -> None:
        def heard(done: int, whole: int) -> None:
            work.done = done / whole

        try:
            with self._turn:
                if question not in self._ways:
                    ways = self._ask(
                        model.alternatives, question, draws=QUICK, stopped=work.stop.is_set
                    )
                    with self._lock:
                        _keep(self._ways, question, ways)
                proved = self._ask(
                    model.alternatives, question, draws=ALL_DRAWS, stopped=work.stop.is_set,
                    progress=heard,
                )  # fmt: skip
                with self._lock:
                    _keep(self._proved, question, proved)
        except model.ModelError as error:
            if error.code != "stopped":
                raise
        finally:
            with self._lock:
                if self._work.get(question) is work:
                    del self._work[question]

    def _ask(self, verb: Callable, question: Question, **options: object):
        return verb(
            self._plan,
            question.start,
            dict(question.goals),
            locked=question.locked,
            probability=question.probability,
            realistic=question.realistic,
            **options,
        )


def _keep(kept: OrderedDict, question: Question, value: object) -> None:
    kept[question] = value
    while len(kept) > KEPT:
        kept.popitem(last=False)


@st.cache_resource(show_spinner=False, max_entries=results.PLANS)
def _solver(_plan: model.Plan, digest: str) -> Solver:
    return Solver(_plan)


def solver() -> Solver:
    """Return the one solver of this process for the plan as it was read."""
    plan = session.plan()
    return _solver(plan, plan.digest)


def ask() -> Question | None:
    """Draw the question; return it once it has been put."""
    t, plan, scenario = session.t(), session.plan(), session.scenario()
    known = {target.id: target for target in solve.targets(plan)}
    chosen = st.multiselect(
        t("solve.targets"),
        list(known),
        default=[plan.aim(DEFAULT).id],
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
    st.button(t("solve.ask"), key="solve_ask", type="primary", width="stretch", on_click=_put,
              args=(question,))  # fmt: skip
    return st.session_state.get("question")


def _put(question: Question) -> None:
    st.session_state["question"] = question
    st.session_state.pop(STOPPED, None)


def answer(question: Question) -> None:
    """Draw the answers, first as found with few draws, then as verified with all."""
    t, plan = session.t(), session.plan()
    made = solver()
    try:
        with st.spinner(t("app.working")):
            answers, proved = made.answers(question)
    except model.ModelError as error:
        st.error(literal(t.error(error.code, dict(error.details))))
        return
    stopped = not proved and st.session_state.get(STOPPED) == question
    if not proved and not stopped:
        # Only now: two at once would share the interpreter, and the first answer would wait.
        made.prove(question)
    state = "verified" if proved else "unproved" if stopped else "verifying"
    more = not proved and not made.known(question)
    st.html(f'<div class="sentence">{solve.sentence(answers, plan, t, more=more)}</div>')
    if not proved:
        _proving(question, stopped)
    if not answers[0].feasible:
        _relax(answers[0])
    for k, (column, one) in enumerate(zip(st.columns(len(answers)), answers, strict=True)):
        with column:
            st.html(solve.card_html(one, question.start, state, plan, t))
            st.button(
                t("solve.adopt" if one.feasible else "solve.adopt_nearest"),
                key=f"solve_adopt_{k}",
                on_click=session.put,
                args=(one.scenario, "history.solved"),
                disabled=one.scenario == session.scenario(),
                width="stretch",
            )
    st.html(f'<div class="note">{t("solve.not_advice")}</div>')


def _proving(question: Question, stopped: bool) -> None:
    """Draw how far the proof is, with a button that ends it, or one that takes it up again."""
    t, made = session.t(), solver()
    with st.container(key="solve_proof", horizontal=True, vertical_alignment="center"):
        if stopped:
            st.html(f'<div class="beat" role="status">{t("solve.stopped")}</div>')
            st.button(t("solve.again"), key="solve_again", on_click=_again)
            return
        st.fragment(_look, run_every=WAIT)(question, made.known(question))
        st.button(t("solve.stop"), key="solve_stop", on_click=_stop, args=(question,))


def _look(question: Question, known: int) -> None:
    made = solver()
    done = made.progress(question)
    if done is None or made.known(question) != known:
        st.rerun(scope="app")
    st.progress(min(1.0, done), session.t()("solve.proving"))


def _stop(question: Question) -> None:
    solver().stop(question)
    st.session_state[STOPPED] = question


def _again() -> None:
    st.session_state.pop(STOPPED, None)


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
