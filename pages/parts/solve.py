"""The reverse question on the page: what is asked, a first answer at once, its proof behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

import model
from model.solve import ALL_DRAWS
from pages.parts import keeper, results, session, waiting
from pages.parts.keeper import Keeper, Work
from pages.views import numbers, solve
from pages.views.history import literal
from pages.views.levers import capital
from pages.views.targets import short_name

KEPT = 16
QUICK = 2048
"""Draws of the first answer, which stands for some seconds until all have proved it; their median
is off by a twentieth of a point, that of 256 by a fifth, which can call the possible impossible."""

DEFAULT = "iva_growth"
"""Indicator whose target is asked for at first."""
STOPPED, WORK = "solve_stopped", "solve_work"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: targets with their values, what must stay, how sure, how far levers may go."""

    start: model.Scenario
    goals: tuple[tuple[str, float], ...]
    locked: tuple[str, ...]
    probability: float
    realistic: bool


Asked = tuple[Question, int]
"""A question and the draws that its answers are verified with: few at first, then all."""


def _verb(verb: Callable, plan: model.Plan, question: Question, draws: int, **options: object):
    return verb(
        plan,
        question.start,
        dict(question.goals),
        locked=question.locked,
        probability=question.probability,
        realistic=question.realistic,
        draws=draws,
        **options,
    )


@lru_cache(maxsize=KEPT)
def _first(plan: model.Plan, question: Question, draws: int) -> model.Answer:
    return _verb(model.solve, plan, question, draws)


@st.cache_resource(show_spinner=False, max_entries=results.PLANS)
def _solver(_plan: model.Plan, digest: str) -> Keeper[Asked, tuple[model.Answer, ...]]:
    def make(asked: Asked, work: Work) -> tuple[model.Answer, ...]:
        told = {"progress": work.tell} if asked[1] == ALL_DRAWS else {}
        return _verb(model.alternatives, _plan, *asked, stopped=work.stopped, **told)

    return Keeper(make, 2 * KEPT)


def _known(question: Question, more: bool) -> tuple[tuple[model.Answer, ...], int, Work | None]:
    """Return the best answers there are, their draws (0: the first alone), and the work on better.

    The other answers are looked for, and then all proved, only where ``more`` are wanted.
    """
    plan = session.plan()
    made = _solver(plan, plan.digest)
    proved, ways = made.get((question, ALL_DRAWS)), made.get((question, QUICK))
    if proved is not None:
        return proved, ALL_DRAWS, None
    known = ways or (_first(plan, question, QUICK),)
    if not more:
        keeper.leave(WORK)
        return known, QUICK if ways else 0, None
    # Only now: two at once would share the interpreter, and the first answer would wait.
    _, work = made.follow((question, ALL_DRAWS if ways else QUICK), WORK)
    return known, QUICK if ways else 0, work


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
        format_func=lambda p: t(f"solve.sure_{round(100 * p)}"),
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
    stopped = st.session_state.get(STOPPED) == question
    try:
        with st.spinner(t("app.working")):
            answers, draws, work = _known(question, more=not stopped)
    except model.ModelError as error:
        st.error(literal(t.error(error.code, dict(error.details))))
        return
    proved = draws == ALL_DRAWS
    state = "verified" if proved else "unproved" if stopped else "verifying"
    said = solve.sentence(answers, plan, t, more=not draws)
    st.html(f'<div class="sentence">{said}</div>')
    if not proved:
        _proving(question, work)
    if not answers[0].feasible:
        _relax(answers[0])
    for k, (column, one) in enumerate(zip(st.columns(len(answers)), answers, strict=True)):
        with column:
            st.html(solve.card_html(one, question.start, state, plan, t))
            st.button(
                t("solve.adopt" if one.feasible else "solve.adopt_nearest"),
                key=f"solve_adopt_{k}",
                on_click=session.adopt,
                args=(one.scenario, "history.solved"),
                disabled=one.scenario == session.scenario(),
                width="stretch",
            )
    st.html(f'<div class="note">{t("solve.not_advice")}</div>')


def _proving(question: Question, work: Work | None) -> None:
    """Draw how far the proof is, with a button that ends it, or one that takes it up again."""
    t = session.t()
    with st.container(key="solve_proof", horizontal=True, vertical_alignment="center"):
        if work is None:
            st.html(f'<div class="beat" role="status">{t("solve.stopped")}</div>')
            st.button(t("solve.again"), key="solve_again", on_click=_again)
            return
        waiting.until(work, WORK, t("solve.proving"))
        st.button(t("solve.stop"), key="solve_stop", on_click=_stop, args=(question,))


def _stop(question: Question) -> None:
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
