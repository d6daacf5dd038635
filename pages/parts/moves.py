"""The moves of the levers: one component, drawn in the answer, takes those of all cards.

What a component says runs the fragment it is drawn in.  A lever lies in its card; said from there,
a move would run the card, end that run, and begin another with the answer.  Said from the answer,
it is one run.  The lever itself shows where it stands; its card is drawn when it has more to say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path

import streamlit as st

from pages.parts import own_component, session

ANSWER = "answer"
"""The fragment that a move runs: not the frame, not the cards."""

KEY, TAKEN = "moves", "moves_taken"
"""The component; where a session holds the number of the last move of each lever that was taken."""


def card(name: str) -> str:
    """Return the fragment that draws the card of a lever or an assumption."""
    return f"card_of_{name}"


@cache
def component() -> Callable | None:
    """Return the component; None when it cannot be used, nor then the levers that need it."""
    return own_component.load(Path(__file__).with_suffix(""))


def show() -> None:
    """Draw it, as the last of the answer: it says which moves the answer is to.

    With that the next move leaves, and a run that has more to draw would be ended by it.
    """
    data = {"token": session.mark(), "taken": dict(_taken())}
    component()(key=KEY, data=data, on_told_change=take, height=0)


def state(name: str) -> dict[str, object]:
    """Return what a lever has to know of its moves: the last one taken, and by which session."""
    return {"name": name, "token": session.mark(), "taken": _taken().get(name, 0)}


def take() -> None:
    """Take the moves that have come since the last time, each as a step.

    Called when one was told, and by every answer: a run that was ended by another before it had
    taken them leaves them to that one, to which they are nothing new.
    """
    taken, plan, cards = _taken(), session.plan(), []
    told = (st.session_state.get(KEY) or {}).get("told")
    known = {record.id for record in (*plan.levers, *plan.assumptions)}
    for name, number, value, live in read(told, session.mark(), taken, known):
        before = session.refusal(name)
        session.hold(live)
        move(name, value)
        taken[name] = number
        # A refusal comes or goes, or the districts are open, which moved with the city.
        if before or session.refusal(name) or st.session_state.get(f"open_{name}"):
            cards.append(card(name))
    if cards:
        st.rerun([ANSWER, *cards])


def move(name: str, value: float) -> None:
    """Move a lever or an assumption; one step."""
    is_lever = name in {lever.id for lever in session.plan().levers}
    session.attempt(
        name,
        lambda scenario: (
            scenario.with_lever(name, value) if is_lever else scenario.with_assumption(name, value)
        ),
    )


def read(
    told: object, token: str, taken: Mapping[str, int], known: Collection[str]
) -> list[tuple[str, int, float, bool]]:
    """Return lever, number, value and whether the hand is still on it, of each move to be taken.

    A browser can say anything: what is not a move is passed over.  So is what a page that outlived
    its server has told to another session: it was taken there.
    """
    if not isinstance(told, dict) or told.get("token") != token:
        return []
    moves, found = told.get("open"), []
    for name, move in moves.items() if isinstance(moves, dict) else ():
        if name not in known or not isinstance(move, dict):
            continue
        number, value = move.get("n"), move.get("v")
        if not all(isinstance(x, int | float) and math.isfinite(x) for x in (number, value)):
            continue
        if number > taken.get(name, 0):
            found.append((name, int(number), float(value), move.get("live") is True))
    return found


def _taken() -> dict[str, int]:
    """Return the number of the last move of each lever that was taken.

    A plain dictionary, so that nothing can come between a step and the note of it.
    """
    return st.session_state.setdefault(TAKEN, {})
