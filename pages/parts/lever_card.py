"""A lever as a card: slider and typed value in step, its marks, its basis, its districts."""

from __future__ import annotations

from functools import partial
from html import escape

import pandas as pd
import streamlit as st

import model
from pages.parts import lever_slider, moves, session
from pages.views import levers as words
from pages.views import numbers


def show(lever: model.Lever, guided: bool, power: str) -> None:
    """Draw a card as a fragment of its own: see `_card`."""
    st.fragment(_card, key=moves.card(lever.id))(lever, guided, power)


def show_assumption(assumption: model.Assumption) -> None:
    """Draw the row of one assumption, a fragment of its own like the card of a lever."""
    st.fragment(_row, key=moves.card(assumption.id))(assumption)


def _card(lever: model.Lever, guided: bool, power: str) -> None:
    """Draw the card of one lever: ``power`` is its line on what a step does (HTML).

    ``guided`` adds the sentence of guidance where there is room.
    """
    t, value = session.t(), session.scenario().value(lever.id)
    with st.container(key=f"card_{lever.id}"):
        with st.container(key=f"head_{lever.id}", horizontal=True, vertical_alignment="center"):
            st.html(words.head_html(lever, t, _said(value)), width="stretch")
            lever_slider.typed(lever, value, _move)
            basis = st.popover(
                t("levers.basis"), type="tertiary", key=f"basis_{lever.id}", on_change="rerun"
            )
            if basis.open:
                basis.html(words.basis_html(session.plan(), lever, t))
        lever_slider.control(lever, value, _move)
        refused = session.refusal(lever.id)
        if refused:
            st.error(refused)
        st.html(power + words.foot_html(lever, t, guided, marked=not lever_slider.live()))
        if lever.by_district:
            _districts(lever)


def _row(assumption: model.Assumption) -> None:
    """Draw the row of one assumption."""
    t, value = session.t(), session.scenario().assumption(assumption.id)
    with st.container(key=f"card_{assumption.id}"):
        if assumption.unit == "month":
            _month(assumption, value)
            return
        with st.container(
            key=f"head_{assumption.id}", horizontal=True, vertical_alignment="center"
        ):
            st.html(words.assumption_head_html(assumption, t, _said(value)), width="stretch")
            lever_slider.typed(assumption, value, _move)
        lever_slider.control(assumption, value, _move)
        refused = session.refusal(assumption.id)
        if refused:
            st.error(refused)


def _said(value: float) -> float | None:
    """Return what the head of a card says: nothing of what a slider of our own says as it moves."""
    return None if lever_slider.live() else value


def _hold(key: str, value: object) -> None:
    # Setting a value sends it to the browser; only do so when another hand has moved it.
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _move(name: str, value: float) -> None:
    moves.move(name, value)
    _answer(name)


def _answer(name: str) -> None:
    """Run the answer and the card that was moved; the rest of the page follows with the chances."""
    st.rerun([moves.ANSWER, moves.card(name)])


def _move_month(name: str, key: str) -> None:
    _move(name, st.session_state[key])


def _month(assumption: model.Assumption, value: float) -> None:
    t, months = session.t(), session.plan().months
    low, high = int(assumption.minimum), int(assumption.maximum)
    key = f"slide_{assumption.id}"
    _hold(key, months[int(value)])
    st.html(words.assumption_head_html(assumption, t, value))
    st.select_slider(
        t.of(assumption),
        months[low : high + 1],
        key=key,
        format_func=lambda code: numbers.month(code, t),
        label_visibility="collapsed",
        on_change=_move_month,
        args=(assumption.id, key),
    )


def _districts(lever: model.Lever) -> None:
    t, plan, scenario = session.t(), session.plan(), session.scenario()
    box = st.expander(
        t("levers.by_district", name=t.of(lever)), key=f"open_{lever.id}", on_change="rerun"
    )
    if not box.open:
        return
    names = [t.of(district) for district in plan.districts]
    values = scenario.district_values(lever.id)
    column = t("levers.value", unit=t.unit(lever.unit))
    # A refused edit leaves its number in the grid; under another key the grid starts anew.
    refused = st.session_state.get("grids_refused", 0)
    key = f"districts_{lever.id}_{hash(values)}_{refused}"
    with box:
        st.html(f'<div class="note">{escape(words.grid_note(lever, t))}</div>')
        st.data_editor(
            pd.DataFrame({t("levers.district"): names, column: values}),
            key=key,
            hide_index=True,
            disabled=[t("levers.district")],
            column_config={column: st.column_config.NumberColumn(format=words.step_format(0.1))},
            on_change=_move_districts,
            args=(lever.id, key, column),
            height=320,
        )


def _move_districts(name: str, key: str, column: str) -> None:
    """Take what was typed or pasted into the grid as one step, or refuse it with all its faults."""
    codes = [district.code for district in session.plan().districts]
    edits = st.session_state[key]["edited_rows"].items()
    moves = [
        partial(_move_district, name=name, district=codes[int(row)], value=cells[column])
        for row, cells in edits
        if column in cells
    ]
    if moves and not session.attempt(name, *moves):
        st.session_state["grids_refused"] = st.session_state.get("grids_refused", 0) + 1
    _answer(name)


def _move_district(
    scenario: model.Scenario, *, name: str, district: str, value: float
) -> model.Scenario:
    try:
        return scenario.with_lever(name, value, district=district)
    except model.ModelError as error:
        # The district's own value, or the figure of the city that follows from it?
        about = {"district": district} if error.details.get("name") == name else {"city": True}
        raise model.ModelError(str(error), code=error.code, **(error.details | about)) from error
