"""Undo, redo and the list of steps, on every page."""

from __future__ import annotations

import streamlit as st

from pages.parts import session
from pages.views.history import entry, literal

SHOWN = 60
"""Steps in the list; older ones are reached by going back."""


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
    with st.container(key="undo_redo", horizontal=True, gap=None, width="content"):
        st.button(
            t("history.undo"),
            key="undo",
            icon=":material/undo:",
            help=literal(back),
            on_click=session.undo,
            shortcut="Ctrl+Z",
            type="tertiary",
        )
        st.button(
            t("history.redo"),
            key="redo",
            icon=":material/redo:",
            help=literal(again),
            on_click=session.redo,
            shortcut="Ctrl+Y",
            type="tertiary",
        )
        box = st.popover(
            t("history.title"),
            icon=":material/history:",
            help=t("history.about", count=len(history.past)),
            key="history_list",
            type="tertiary",
            on_change="rerun",
        )
    if box.open:
        with box, st.container(height=460, border=False, key="history_steps"):
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
