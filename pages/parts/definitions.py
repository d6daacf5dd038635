"""From an indicator to its definition and its formula: the way from every page, and the page."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit as st

import model
from model.sensitivity import Swing
from model.sent_text import shown
from pages.parts import results, session
from pages.views import definitions, lineage, method
from pages.views.history import literal

PAGE = "method"
ASKED = "indicator_asked"
"""Where the session holds the indicator that a page sent here for."""

OFFERED = "definitions_offered"
"""Whether this run has offered them; the foot of the page does where nothing else did."""

PARAMETER = "indicator"
"""Name of the indicator in the address of the page."""


def show(page: str, key: str = "definitions") -> None:
    """Offer the definitions of the indicators of a page, each with the way to its formula."""
    t, plan = session.t(), session.plan()
    codes = lineage.ON_PAGE.get(page, ())
    if not codes or st.session_state.get(OFFERED):
        return
    st.session_state[OFFERED] = True
    with st.popover(t("lineage.open"), type="tertiary", key=key), st.container(key=f"{key}_list"):
        st.html(f'<div class="note">{t("definition.about")}</div>')
        for code in codes:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(definitions.card(plan, code, t), width="stretch")
                link(code, f"{key}_{code}")
        st.html(f'<div class="note">{t("definition.span")}</div>')


def link(code: str, key: str, text: str = "") -> None:
    """Draw the way to the formula and the parameters of an indicator."""
    if st.button(text or session.t()("lineage.to_formula"), key=key, type="tertiary"):
        st.session_state[ASKED] = code
        st.switch_page(f"pages/{PAGE}.py")


def chosen() -> str:
    """Let the reader choose an indicator; the address, or another page, may have done so."""
    t, plan = session.t(), session.plan()
    asked = st.session_state.pop(ASKED, None) or st.session_state.pop(_FROM_ADDRESS, None)
    if asked in model.INDICATORS:
        st.session_state["method_indicator"] = asked
    code = st.selectbox(
        t("lineage.indicator"),
        model.INDICATORS,
        format_func=lambda one: lineage.name(plan, one, t),
        key="method_indicator",
        persist_state="session",
        width=500,
    )
    st.session_state[session.OWN_LINK] = {PARAMETER: code}
    return code


FIRST = 12
"""Parameters that are listed at once, those with the largest effect."""

_FROM_ADDRESS = "indicator_in_address"


def from_address() -> None:
    """Take up the indicator that the address names, once for each address."""
    given = st.query_params.get(PARAMETER, "")
    if given and given != st.session_state.get("indicator_seen"):
        st.session_state[_FROM_ADDRESS] = given
        if given not in model.INDICATORS:
            st.session_state["indicator_unknown"] = given
    st.session_state["indicator_seen"] = given


def unknown() -> None:
    """Say, once, that the address names no indicator."""
    given = st.session_state.pop("indicator_unknown", "")
    if given:
        st.warning(session.t()("lineage.unknown", given=literal(shown(given[:40]))))


@lru_cache(maxsize=64)
def _swings(scenario: model.Scenario, code: str, digest: str) -> tuple[Swing, ...]:
    return model.tornado(session.plan(), scenario, code)


def indicator() -> None:
    """Draw everything about one indicator: card, formula, parameters, equations, levers."""
    t, plan, scenario = session.t(), session.plan(), session.scenario()
    unknown()
    code = chosen()
    ways = lineage.steps(plan, code)
    defining, *_ = ways["accounts"]
    left, right = st.columns([0.52, 0.48], gap="large")
    with left:
        st.html(lineage.card_html(plan, code, t))
    with right, st.container(border=True):
        equation(lineage.told(defining, t))
    rows = lineage.lines(plan, code, _swings(scenario, code, plan.digest), t)
    st.markdown(f"##### {t('lineage.parameters')}")
    st.markdown(lineage.sums_up(plan, code, rows, t))
    st.html(lineage.table_html(rows[:FIRST], t))
    if rows[FIRST:]:
        with st.expander(t("lineage.more", count=len(rows) - FIRST)):
            st.html(lineage.table_html(rows[FIRST:], t))
    st.markdown(f"##### {t('lineage.equations')}")
    for module, some in ways.items():
        title = t("lineage.module", name=t(f"module.{module}"), count=len(some))
        with st.expander(title, key=f"way_{module}"):
            for step in some:
                equation(lineage.told(step, t), lineage.read(plan, step, t))
    st.markdown(f"##### {t('lineage.levers')}")
    effects = results.power(scenario).effects(code, plan.years[0])
    st.html(lineage.levers_html(plan, code, effects, t))


def equation(item: method.Equation, reads: str = "") -> None:
    """Draw an equation with its words."""
    st.markdown(f"**{item.summary}**")
    for formula in item.formulas:
        st.latex(formula)
    if item.words:
        st.markdown(item.words)
    if item.arguments:
        with st.expander(session.t()("method.arguments")):
            st.markdown("\n".join(f"- {line}" for line in item.arguments))
    said = f"{reads} " if reads else ""
    st.markdown(f":small[{said}`{item.path}`]")


def style() -> None:
    """Send the style of this page."""
    sheet = (Path(__file__).parent / "definitions.css").read_text(encoding="utf-8")
    st.html(f"<style>{sheet}</style>")
