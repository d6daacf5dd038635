"""All levers and assumptions, group by group, and the buttons that reset them."""

from __future__ import annotations

import streamlit as st

import model
from pages.parts import lever_card, results, session, waiting
from pages.views import levers as words
from pages.views import power
from pages.views.changes import changed_from_status_quo
from pages.views.targets import short_name

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
    with st.container(key="resets", horizontal=True):
        st.button(t("levers.reset"), key="reset", on_click=_take_levers, args=("status_quo",))
        st.button(t("levers.reset_saved"), key="reset_saved", on_click=session.restore_saved)
        st.button(t("levers.load_plan"), key="load_plan", on_click=_take_levers, args=("plan",))
    target, year, by_power = _aim()
    found = {e.lever: e for e in results.power(scenario).effects(target.indicator, year)}
    most = power.strongest(tuple(found.values()))
    shown = plan.levers if chosen == ALL else groups[chosen]
    for lever in _ordered(shown, found) if by_power else shown:
        line = power.line_html(found[lever.id], target, year, most, plan, t)
        lever_card.show(lever, guided=chosen != ALL, power=line)
    _assumptions()
    # A move that came meanwhile runs its card next.  Streamlit (1.67) then drops what of that card
    # has not left yet, yet tells the browser that the page is complete: the card would be taken
    # away and put back under the hand, and its lever would lose the focus.
    waiting.sent()


def _ordered(levers: tuple, found: dict[str, model.Effect]) -> tuple:
    """Return levers by their power; while a hand is on one, no card changes its place."""
    if session.moving() and "power_order" in st.session_state:
        place = st.session_state["power_order"]
        return tuple(sorted(levers, key=lambda lever: place.get(lever.id, len(place))))
    order = power.ranked(levers, found)
    st.session_state["power_order"] = {lever.id: k for k, lever in enumerate(order)}
    return order


def _aim() -> tuple[model.Target, int, bool]:
    """Let the reader say which target and year lever power is about, and sort by it."""
    t, plan = session.t(), session.plan()
    with st.container(key="aim", horizontal=True, vertical_alignment="center", gap="small"):
        target = st.selectbox(
            t("power.target"),
            power.targets(plan),
            format_func=lambda x: t("power.on", name=short_name(x, t)),
            key="power_target",
            persist_state="session",
            label_visibility="collapsed",
        )
        year = st.selectbox(
            t("power.year"),
            plan.years,
            format_func=lambda x: t("chart.year", year=x),
            key="power_year",
            persist_state="session",
            label_visibility="collapsed",
            width=105,
        )
        sort = st.toggle(t("power.sort"), key="power_sort", persist_state="session")
    return target, year, sort


def _take_levers(name: str) -> None:
    session.take_levers(name, f"history.{name}")


def _assumptions() -> None:
    t, plan, scenario = session.t(), session.plan(), session.scenario()
    # Its title never changes: with another one it would be another box, and close under the hand.
    box = st.expander(t("levers.assumptions"), key="open_assumptions", on_change="rerun")
    if not box.open:
        return
    with box:
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.button(
                t("levers.assumptions_reset"),
                key="reset_assumptions",
                on_click=session.default_assumptions,
            )
            count = len(scenario.changed_assumptions())
            st.html(f'<span class="note">{t("app.assumed", assumptions=count)}</span>')
        for assumption in plan.assumptions:
            lever_card.show_assumption(assumption)
