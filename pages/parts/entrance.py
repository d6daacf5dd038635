"""What stands before the first page: sign-in where it is asked for, and a plan that can be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

import model
from model import logs
from pages.parts import access, chart, session
from pages.views import access as words
from pages.views import faults
from pages.views.access import Standing
from pages.views.history import literal
from pages.views.texts import LANGUAGES

CHOICES = (str, int, model.targets.Target, model.desk.Lever)
"""What a list on the page is set to, one or several of them."""

WHERE = "simulator_return"
"""Key under which the browser keeps, for the tab, the address that was asked for."""


def guard(listed: Callable[[], Sequence[st.Page]]) -> None:
    """Go on when this person may come in and the plan is sound; else draw why not, and stop."""
    found = access.standing()
    if not found.admitted:
        _closed(listed)
        _ask(found)
        st.stop()
    try:
        session.shipped()
    except model.ModelError as error:
        logs.failure("plan_refused", error)
        _closed(listed)
        _faulty(error)
        st.stop()


def _closed(listed: Callable[[], Sequence[st.Page]]) -> None:
    """Set up a page without navigation; naming the pages keeps Streamlit from running one."""
    t = session.t()
    st.set_page_config(page_title=t("app.name"), page_icon="🏭", layout="wide")
    chart.style()
    st.navigation(listed(), position="hidden")
    with st.container(key="closed_head", horizontal=True, vertical_alignment="center"):
        st.html(f'<div class="brand"><b>{t("app.name")}</b><span>{t("app.tagline")}</span></div>')
        st.space("stretch")
        language_switch()


def _ask(found: Standing) -> None:
    t = session.t()
    with st.container(key="closed"):
        st.html(
            f'<h1 class="closed">{t(f"access.{found.kind}_title")}</h1>'
            f'<div class="sentence">'
            f"{escape(t(f'access.{found.kind}', name=found.name, reason=found.reason))}</div>"
        )
        failed = st.session_state.pop("sign_in_failed", "")
        if failed:
            st.error(literal(t("access.failed", reason=failed)))
        if found.kind in (words.OUT, words.EXPIRED):
            st.button(t("access.sign_in"), key="sign_in", type="primary", on_click=access.sign_in)
            st.html(f"<script>{_keep_address()}</script>", unsafe_allow_javascript=True)
        elif found.kind == words.BARRED:
            st.button(t("access.sign_out"), key="sign_out", on_click=access.sign_out)


def _faulty(error: model.ModelError) -> None:
    t = session.t()
    with st.container(key="closed"):
        st.html(
            f'<h1 class="closed">{t("faults.title")}</h1>'
            f'<div class="sentence">{faults.sentence(error, t)}</div>'
        )
        listed = faults.table(error, t)
        if listed is not None:
            listed.columns = [t(f"faults.{name}") for name in listed.columns]
            st.dataframe(listed, hide_index=True, height="content", key="faults")
        st.html(f'<div class="note">{t("faults.remedy")}</div>')
        st.button(t("faults.again"), key="again", type="primary")


def _keep_address() -> str:
    """Return the script that keeps the address for after the sign-in, which drops it."""
    here = "location.pathname+location.search"
    return f"sessionStorage.setItem({json.dumps(WHERE)},{here});"


def back() -> str:
    """Return the script that goes on to the address kept before the sign-in, once."""
    if not access.subject():
        return ""
    key = json.dumps(WHERE)
    return (
        f"const wanted=sessionStorage.getItem({key});sessionStorage.removeItem({key});"
        # An address of this server only: one slash, and no backslash that browsers take for one.
        r"if(wanted&&/^\/(?![\/\\])/.test(wanted)&&wanted!==location.pathname+location.search"
        "&&!location.search)location.replace(wanted);"
    )


def who() -> None:
    """Say who is signed in, with the way out; nothing where no sign-in is asked for."""
    t, found = session.t(), access.standing()
    if found.kind == words.OFF:
        return
    st.button(
        t("access.sign_out"),
        key="sign_out",
        icon=":material/logout:",
        help=t("access.who", name=literal(found.name), role=t(f"access.{found.kind}")),
        on_click=access.sign_out,
        type="tertiary",
    )


def language_switch() -> None:
    """Draw the choice of the language."""
    t = session.t()
    if st.session_state.get("pick_language") != t.language:
        st.session_state["pick_language"] = t.language
    st.segmented_control(
        t("app.language"),
        LANGUAGES,
        format_func=lambda name: t(f"language.{name}"),
        key="pick_language",
        label_visibility="collapsed",
        required=True,
        on_change=_switch,
    )


def _switch() -> None:
    chosen = st.session_state["pick_language"]
    if not chosen:
        return
    st.session_state["language"] = chosen
    # The browser keeps a choice in the words in which it was made, until its value is set anew.
    for key, value in st.session_state.items():
        several = value if isinstance(value, list) else [value]
        if several and all(isinstance(x, CHOICES) and not isinstance(x, bool) for x in several):
            st.session_state[key] = value
