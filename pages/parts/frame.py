"""The frame of every page: navigation, scenario, what was changed, language."""

from __future__ import annotations

import gc
import json
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

import model
from pages.parts import (
    access,
    chart,
    definitions,
    entrance,
    export,
    file_field,
    history,
    library,
    notices,
    results,
    session,
    storage,
    streamlit_words,
)
from pages.views import data_set, numbers
from pages.views.changes import changed_counts

PAGES = (
    "overview",
    "levers",
    "why",
    "solve",
    "compare",
    "targets",
    "progress",
    "confidence",
    "audit",
    "districts",
    "energy",
    "investment",
    "briefing",
    "method",
    "data",
)
NEEDS = {"audit": "audit"}
"""Pages that have nothing to show while a table of the plan holds no rows."""

WALLS = ("meeting",)
"""Pages that fill the screen, without navigation and frame."""

PAGE = "page"
"""Where the session holds the page of this run."""

LOCALES = {"zh": "zh-CN", "en": "en"}


@st.cache_resource(show_spinner=False)
def warm() -> int:
    """Load what is heavy and take it out of the garbage collector's rounds (once a process)."""
    plan = session.shipped()
    for name in plan.scenario_names:
        results.central(plan.scenarios[name])
    gc.collect()
    gc.freeze()
    return gc.get_freeze_count()


@cache
def _scripts() -> str:
    """Return what keeps a dialog from being saved behind, a list open, and Back to pages."""
    names = ("keys.js", "lists.js", "back.js")
    return "".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in names)


def guard() -> None:
    """Stop the run, with a page that says why, unless there is a plan and this person may see it.

    Every way to a page leads through here: `app.py`, and `enter` where Streamlit went round it.
    """
    session.speak()
    entrance.guard(listed)


def pages() -> st.navigation:
    """Set the page up and return the one that was chosen."""
    t = session.t()
    st.set_page_config(page_title=t("app.name"), page_icon="🏭", layout="wide")
    chart.style()
    file_field.style()
    language = json.dumps(LOCALES[t.language])
    cookie = storage.cookie_script(st.session_state["browser"])
    st.html(
        f"<script>document.documentElement.lang={language};{cookie}{entrance.back()}"
        f"{_scripts()}{streamlit_words.script()}</script>",
        unsafe_allow_javascript=True,
    )
    return st.navigation(listed(), position="top")


def listed() -> list[st.Page]:
    """Return all pages, the first of them the one that opens."""
    t = session.t()
    return [
        st.Page(
            f"pages/{name}.py",
            title=t(f"page.{name}"),
            url_path=name,
            default=not k,
            visibility="visible" if filled(name) else "hidden",
        )
        for k, name in enumerate(PAGES)
    ] + [
        st.Page(f"pages/{name}.py", title=t(f"{name}.title"), url_path=name, visibility="hidden")
        for name in WALLS
    ]


def filled(page: str) -> bool:
    """Whether a page has something to show for the plan at hand; it can be opened all the same."""
    if page not in NEEDS:
        return True
    try:
        return bool(len(session.plan().tables[NEEDS[page]]))
    except model.ModelError:  # the page that says so has no navigation
        return True


def enter() -> None:
    """Send a page that Streamlit ran without the frame through app.py; the first call of a page.

    Until st.navigation was called once in a process, Streamlit takes a folder called ``pages`` for
    an application of its old kind and runs the page that the address names by itself.
    """
    if not st.session_state.pop("framed", False):
        guard()
        session.begin()
        pages()
        st.rerun()


def show(page: st.Page) -> None:
    """Draw the line that stands above every page but those that fill the screen."""
    st.session_state["framed"] = True
    st.session_state[chart.SHOWN] = {}
    st.session_state[session.OWN_LINK] = {}
    st.session_state[PAGE] = page.url_path
    st.session_state[definitions.OFFERED] = False
    history.take()
    st.session_state["framed_for"] = session.scenario()
    if page.url_path in WALLS:
        return
    t = session.t()
    with st.container(key="frame", horizontal=True, vertical_alignment="center", gap="medium"):
        brand = f'<div class="brand"><b>{t("app.name")}</b><span>{t("app.tagline")}</span></div>'
        st.html(brand, width="content")
        st.html(_badges(), width="content")
        history.show()
        library.picker()
        library.buttons()
        entrance.language_switch()
        entrance.who()
    notices.show()
    library.dialog()


def _badges() -> str:
    t, scenario = session.t(), session.scenario()
    levers, assumptions = changed_counts(session.plan(), scenario)
    on, warn = "on" if levers else "", "warn" if assumptions else ""
    unsaved = "" if session.saved() else f'<span class="badge on">{t("library.unsaved")}</span>'
    if not access.writes():
        unsaved = f'<span class="badge">{t("access.viewer")}</span>'
    own = data_set.badge_html(session.plan(), session.data_kept(), t)
    return (
        f"{own}{unsaved}"
        f'<span class="badge {on}">{escape(t("app.changed", levers=levers))}</span>'
        f'<span class="badge {warn}">{escape(t("app.assumed", assumptions=assumptions))}</span>'
    )


def footer() -> None:
    """Say which data and how many draws stand behind the page, and let its charts be saved."""
    t = session.t()
    draws = numbers.plain(results.DRAWS, 0)
    with st.container(key="foot", horizontal=True, vertical_alignment="center", gap="medium"):
        said = t("app.versions", data=data_set.version(session.plan(), t), draws=draws)
        st.html(f'<div class="note">{escape(said)}</div>', width="content")
        definitions.show(st.session_state[PAGE] or PAGES[0])
        if st.session_state[chart.SHOWN]:
            export.page_menu()
