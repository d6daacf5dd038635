"""All levers and assumptions, group by group, and the buttons that reset them."""

from __future__ import annotations

import streamlit as st

from pages.parts import lever_card, session
from pages.views import levers as words
from pages.views.changes import changed_from_status_quo

ALL, OPEN = "all", "P"


def show() -> None:
    """Draw the panel."""
    t, plan, scenario = session.t(), session.plan(), session.scenario()
    groups = words.groups(plan)
    changed = changed_from_status_quo(plan, scenario)
    chosen = st.pills(
        t("levers.group"),
        [ALL, *groups],
        format_func=lambda group: words.group_label(groups.get(group), changed, t),
        default=OPEN,
        key="lever_group",
        persist_state="session",
        label_visibility="collapsed",
        required=True,
    )
    with st.container(horizontal=True, gap="small"):
        st.button(t("levers.reset"), key="reset", on_click=_take_levers, args=("status_quo",))
        st.button(t("levers.reset_saved"), key="reset_saved", on_click=session.restore_saved)
        st.button(t("levers.load_plan"), key="load_plan", on_click=_take_levers, args=("plan",))
    shown = plan.levers if chosen == ALL else groups[chosen]
    for lever in shown:
        lever_card.show(lever, guided=chosen != ALL)
    _assumptions()


def _take_levers(name: str) -> None:
    session.take_levers(name, f"history.{name}")


def _assumptions() -> None:
    t, plan, scenario = session.t(), session.plan(), session.scenario()
    count = len(scenario.changed_assumptions())
    title = t("levers.assumptions_open", count=count)
    box = st.expander(title, key="open_assumptions", on_change="rerun")
    if not box.open:
        return
    with box:
        st.button(
            t("levers.assumptions_reset"),
            key="reset_assumptions",
            on_click=session.default_assumptions,
        )
        for assumption in plan.assumptions:
            lever_card.show_assumption(assumption)
