"""The control of a lever: a slider of our own that answers while it moves, or the native one.

Streamlit's slider sends nothing until it is let go.  Ours sends the newest value as soon as the
answer to the one before is there, through `moves`, and says of each value whether the hand is still
on it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit as st

from model.desk import Assumption, Lever
from pages.parts import moves, own_component, session
from pages.views import lever_slider as words

SETTING = "LEVER_CONTROL"
"""Environment variable; ``native`` takes Streamlit's own slider and number field."""

Move = Callable[[str, float], None]


@cache
def _component() -> Callable | None:
    if os.environ.get(SETTING) == "native" or moves.component() is None:
        return None
    return own_component.load(Path(__file__).with_suffix(""))


def live() -> bool:
    """Whether the slider of our own is in use."""
    return _component() is not None


def typed(record: Lever | Assumption, value: float, move: Move) -> None:
    """Draw the native number field; the slider of our own has one inside."""
    if live():
        return
    # No limits here: the model refuses a value outside and says the range.
    key = f"type_{record.id}"
    _hold(key, float(value))
    st.number_input(
        session.t()("levers.typed", name=session.label(record.id)),
        step=float(record.step),
        format=words.step_format(record.step),
        key=key,
        label_visibility="collapsed",
        width=118,
        on_change=_native,
        args=(record.id, key, move),
    )


def control(record: Lever | Assumption, value: float, move: Move) -> None:
    """Draw the control of a lever or an assumption; ``move`` takes its id and the new value."""
    key, component = f"slide_{record.id}", _component()
    if component is None:
        _slider(record, value, key, move)
        return
    state = moves.state(record.id) | {"value": float(value)}
    component(key=key, data=words.data(record, session.t()) | state)


def _slider(record, value: float, key: str, move: Move) -> None:
    _hold(key, float(value))
    st.slider(
        session.label(record.id),
        float(record.minimum),
        float(record.maximum),
        step=float(record.step),
        format=words.step_format(record.step),
        key=key,
        label_visibility="collapsed",
        on_change=_native,
        args=(record.id, key, move),
    )


def _hold(key: str, value: float) -> None:
    # Setting a value sends it to the browser; only do so when another hand has moved it.
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _native(name: str, key: str, move: Move) -> None:
    move(name, st.session_state[key])
