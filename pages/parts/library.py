"""The scenario library on screen: the picker, the buttons, and saving."""

from __future__ import annotations

import time

import streamlit as st

import model
from model import document
from model.library import Record
from pages.parts import access, library_dialog, library_list, session, share
from pages.views import library as words
from pages.views.history import literal

ECHO = 2.0
"""Seconds in which the browser may still send the choice that stood before."""


def picker() -> None:
    """Draw the choice among built-in and saved scenarios."""
    t, plan, present = session.t(), session.plan(), session.history().present
    records = {record.id: record for record in session.shelf().records()}
    here = present.record or present.scenario.id
    options = [*plan.scenario_names, *records]
    if here not in options:
        options.append(here)
    shown = st.session_state.get("pick_scenario")
    if shown != here:
        st.session_state["pick_scenario"] = here
        st.session_state["pick_before"] = shown, time.monotonic()

    def name(id: str) -> str:
        if id in plan.scenarios:
            return t("library.built_in", name=t.of(plan.scenarios[id]))
        known = records[id].name if id in records else present.scenario.name_zh
        return t("library.saved_name", name=known)

    # A field that the browser draws only at a later run starts from the default of that run: it
    # must be the present scenario, or the first of the list would be chosen without anybody.
    st.selectbox(
        t("app.scenario"),
        options,
        index=options.index(here) if shown == here else 0,
        format_func=name,
        key="pick_scenario",
        label_visibility="collapsed",
        width=200,
        on_change=_pick,
    )


def _pick() -> None:
    chosen, present = st.session_state["pick_scenario"], session.history().present
    before, at = st.session_state.get("pick_before", (None, 0.0))
    # A message under way when the picker was set carries its old value: an echo, not a choice.
    late = chosen == before and time.monotonic() - at < ECHO
    if late or chosen == (present.record or present.scenario.id):
        return
    if chosen in session.plan().scenarios:
        session.choose(chosen)
    else:
        library_dialog.open_record(chosen)


def buttons() -> None:
    """Draw the buttons for saving, the library and the link."""
    t, saved = session.t(), session.saved()
    with st.container(key="keep_share", horizontal=True, gap=None, width="content"):
        st.button(
            t("library.save"),
            key="save",
            icon=":material/save:",
            help=library_dialog.why_not()
            or t("library.save_about" if saved else "library.save_now"),
            on_click=_save,
            disabled=not access.writes(),
            shortcut="Ctrl+S",
            type="tertiary",
        )
        st.button(
            t("library.title"),
            key="library",
            icon=":material/folder_open:",
            help=t("library.about"),
            on_click=library_dialog.show,
            args=("library",),
            type="tertiary",
        )
        st.button(
            t("share.title"),
            key="share",
            icon=":material/link:",
            help=t("share.about"),
            on_click=library_dialog.show,
            args=("share",),
            type="tertiary",
        )


def dialog() -> None:
    """Draw the dialog that is open, if one is."""
    saved = st.session_state.pop("just_saved", "")
    if saved:
        st.toast(session.t()("library.saved_toast", name=literal(saved)), duration="short")
    name = st.session_state.get(library_dialog.DIALOG)
    if name:
        t = session.t()
        title, draw, width = {
            "save_as": (t("library.save_as"), _save_as, "small"),
            "conflict": (t("library.conflict_title"), _conflict, "medium"),
            "library": (t("library.title"), library_list.show, 860),
            "share": (t("share.title"), share.show, "medium"),
        }[name]
        st.dialog(title, width=width, on_dismiss=library_dialog.close)(draw)()


# Saving


def _save() -> None:
    present = session.history().present
    if not present.record:
        library_dialog.show("save_as")
        return
    author = _author()
    done = library_dialog.write(
        lambda library: library.save(
            present.record, present.scenario, present.revision, author, present.data
        )
    )
    if done:
        _saved(done)


def _author() -> str:
    """Return who saves: who is signed in, or what the form was told."""
    return document.clean(access.name()) or st.session_state.get("author", "")


def _saved(record: Record) -> None:
    session.kept(record)
    st.session_state["just_saved"] = record.name
    library_dialog.close()


def _save_as() -> None:
    t, present = session.t(), session.history().present
    with st.form("save_as", border=False):
        st.text_input(
            t("library.name"),
            value=_free_name(t.of(present.scenario)),
            max_chars=document.LONGEST_NAME,
            key="new_name",
            help=t("library.name_about"),
        )
        st.text_area(t("library.note"), max_chars=document.LONGEST_NOTE, key="new_note", height=90)
        st.text_input(
            t("library.author"),
            value=_author(),
            max_chars=document.LONGEST_NAME,
            key="new_author",
            help=t("library.author_about"),
            disabled=bool(access.name()),
        )
        st.form_submit_button(t("library.save"), type="primary", on_click=_add)
    if library_dialog.refusal():
        st.error(library_dialog.refusal())
    if not st.session_state.get(library_dialog.DIALOG):
        st.rerun()


def _free_name(name: str) -> str:
    try:
        return session.shelf().use(lambda library: library.free_name(name))
    except model.ModelError:
        return name


def _add() -> None:
    state = st.session_state
    state["author"] = document.clean(access.name() or state["new_author"])
    scenario, data = session.scenario(), session.history().present.data
    done = library_dialog.write(
        lambda library: library.add(
            scenario, state["new_name"], state["new_note"], state["author"], data
        )
    )
    if done:
        _saved(done)


def _conflict() -> None:
    t, details = session.t(), st.session_state.get("conflict") or {}
    st.markdown(words.conflict(details, t))
    theirs = _attempt_open(details.get("id", ""))
    if theirs is not None:
        listed = words.differences(session.plan(), session.scenario(), theirs, t)
        st.markdown(listed)
    with st.container(horizontal=True, gap="small"):
        st.button(t("library.keep_both"), type="primary", key="keep_both", on_click=_keep_both)
        st.button(t("library.overwrite"), key="overwrite", on_click=_overwrite)
        st.button(t("library.take_theirs"), key="take_theirs", on_click=_take_theirs)
    if library_dialog.refusal():
        st.error(library_dialog.refusal())
    if not st.session_state.get(library_dialog.DIALOG):
        st.rerun()


def _attempt_open(id: str) -> model.Scenario | None:
    try:
        return session.shelf().use(lambda library: library.open(id))[1]
    except model.ModelError:
        return None


def _keep_both() -> None:
    present, author = session.history().present, _author()
    done = library_dialog.write(
        lambda library: library.add(
            present.scenario,
            present.scenario.name_zh,
            present.scenario.note_zh,
            author,
            present.data,
        )
    )
    if done:
        _saved(done)


def _overwrite() -> None:
    present, author = session.history().present, _author()
    done = library_dialog.write(
        lambda library: library.save(present.record, present.scenario, None, author, present.data)
    )
    if done:
        _saved(done)


def _take_theirs() -> None:
    library_dialog.open_record(session.history().present.record, "history.theirs")
