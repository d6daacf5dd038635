"""Undo, redo and the list of steps, on every page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit as st

from pages.parts import own_component, session
from pages.views.history import entry, literal

SHOWN, FEW = 60, 12
"""Steps in the list (older ones are reached by going back), and shown without scrolling."""

KEYS, TAKEN = "history_keys", "history_keys_taken"
"""The component that numbers what is pressed on the keyboard; where a session holds the last."""


@cache
def _keys() -> Callable | None:
    return own_component.load(Path(__file__).with_name(KEYS))


def take() -> None:
    """Take the steps that were asked for by keyboard since the last time.

    Called when something was pressed, and by every run of a page: a run that was ended by another
    before it had taken them leaves them to that one, to which they are nothing new.
    """
    taken = _taken()
    steps = (st.session_state.get(KEYS) or {}).get("steps") or {}
    number, letters = steps.get("number"), steps.get("letters")
    # What a page that outlived its server has told to another session was taken there.
    own = steps.get("token") == session.mark()
    if not own or not isinstance(number, int) or not isinstance(letters, str):
        return
    new = number - taken["number"]
    if new > 0:
        session.walk(letters[-new:])
    taken["number"] = number


def _taken() -> dict[str, int]:
    """Return the number of the last step taken.

    A plain dictionary, so that nothing can come between a step and the note of it.
    """
    return st.session_state.setdefault(TAKEN, {"number": 0})


def show() -> None:
    """Draw the two buttons and the list.

    The buttons are never disabled: on 推演 a move does not draw the frame again, and the step it
    has just made must be undone at once.  Without a step they do nothing and say so.
    """
    t, plan, history = session.t(), session.plan(), session.history()
    place = history.position
    back = t("history.undo_nothing")
    if history.past:
        back = t("history.undo_step", step=entry(plan, history, place, t))
    again = t("history.redo_nothing")
    if history.future:
        again = t("history.redo_step", step=entry(plan, history, place + 1, t))
    keys = _keys()
    with st.container(key="undo_redo", horizontal=True, gap=None, width="content"):
        st.button(
            t("history.undo"),
            key="undo",
            icon=":material/undo:",
            help=literal(back),
            on_click=session.undo,
            shortcut=None if keys else "Ctrl+Z",
            type="tertiary",
        )
        st.button(
            t("history.redo"),
            key="redo",
            icon=":material/redo:",
            help=literal(again),
            on_click=session.redo,
            shortcut=None if keys else "Ctrl+Y",
            type="tertiary",
        )
        if keys:
            # A page that outlives its server begins to count anew with the next session.
            token = {"token": session.mark()}
            keys(key=KEYS, data=token, on_steps_change=take, height=0)
        box = st.popover(
            t("history.title"),
            icon=":material/history:",
            help=t("history.about", count=len(history.past)),
            key="history_list",
            type="tertiary",
            on_change="rerun",
        )
    if box.open:
        height = 460 if len(history.steps) > FEW else "content"
        with box, st.container(height=height, border=False, key="history_steps"):
            _list()


def _list() -> None:
    t, plan, history = session.t(), session.plan(), session.history()
    steps, place = history.steps, history.position
    first = max(0, min(place, len(steps)) - SHOWN)
    st.html(f'<div class="note">{t("history.hint")}</div>')
    for position in range(min(len(steps), first + 2 * SHOWN) - 1, first - 1, -1):
        number = history.dropped + position
        here, undone = position == place, position > place
        words = literal(entry(plan, history, position, t))
        mark = "●" if here else "○" if undone else "·"
        st.button(
            f"**{mark} {words}**" if here else f"{mark} {words}",
            key=f"step_{number}",
            on_click=session.go,
            args=(number,),
            disabled=here,
            type="tertiary",
        )
