"""The data sets: which one this visit runs on, and the saved ones beside the shipped data."""

from __future__ import annotations

from html import escape

import streamlit as st

import model
from model import document
from model.data_library import Listed
from model.replacements import DataSet
from pages.parts import access, session
from pages.parts.export import MIME, file_name
from pages.views import data_set, data_template
from pages.views import library as words
from pages.views.history import literal

RENAMING, DELETED, REFUSED = "desk_renaming", "desk_deleted", "desk_sets_refused"


def in_use() -> None:
    """Say which data this visit runs on, with the way to others and back."""
    t, plan, chosen = session.t(), session.plan(), session.data_set()
    with st.container(key="desk_in_use", horizontal=True, vertical_alignment="center", gap="small"):
        if chosen is None:
            said = t("desk.in_use_shipped", version=escape(plan.version))
        else:
            key = "desk.in_use_set" if session.data_kept() else "desk.in_use_unsaved"
            name = escape(data_set.name(chosen, t))
            said = t(key, name=name, count=len(chosen.replacements))
        st.html(f'<div class="desk-use">{said}</div>')
        _pick()
        if chosen is not None:
            st.button(
                t("desk.back"), key="desk_back", icon=":material/undo:", on_click=_switch,
                args=("",), help=t("desk.back_about"),
            )  # fmt: skip


def _saved() -> tuple[Listed, ...] | None:
    """Return the saved data sets; None when the library cannot be read."""
    try:
        return session.shelf().data_sets(lambda library: library.list())
    except model.ModelError:
        return None


def _pick() -> None:
    t, chosen = session.t(), session.data_set()
    names = {"": t("desk.shipped")} | {one.id: one.name for one in _saved() or ()}
    if chosen is not None:
        names.setdefault(chosen.id, data_set.name(chosen, t))
    here = "" if chosen is None else chosen.id
    if st.session_state.get("desk_pick") != here:
        st.session_state["desk_pick"] = here
    st.selectbox(
        t("desk.pick"), list(names), format_func=names.get, key="desk_pick", width=220,
        label_visibility="collapsed", on_change=_picked,
    )  # fmt: skip


def _picked() -> None:
    _switch(st.session_state["desk_pick"])


def _switch(id: str) -> None:
    """Run on a data set by its id, "" for the shipped data; one step that can be undone."""
    if not id:
        session.use_data(None)
        return
    chosen, _ = session.shelf().data_set(id)
    if chosen is None:
        st.session_state[REFUSED] = "data_set_gone", {"name": id}
        return
    try:
        model.with_replacements(session.shipped(), chosen.replacements, chosen.name)
    except model.ModelError as error:
        st.session_state[REFUSED] = error.code, dict(error.details)
        return
    session.use_data(chosen)


def listed() -> None:
    """Draw the saved data sets with what can be done to each."""
    t, saved = session.t(), _saved()
    st.html(f'<div class="note">{t("desk.sets_intro")}</div>')
    refused = st.session_state.pop(REFUSED, None)
    if refused:
        st.error(literal(t.error(*refused)))
    deleted: Listed | None = st.session_state.get(DELETED)
    if deleted is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(t("desk.deleted", name=literal(deleted.name)))
            st.button(t("desk.restore"), key="desk_restore", on_click=_restore)
    if saved is None:
        st.warning(t("desk.sets_failed"))
    elif not saved:
        st.info(t("desk.sets_empty"))
    for one in saved or ():
        _row(one)


def _row(one: Listed) -> None:
    t, chosen, may = session.t(), session.data_set(), access.writes()
    here = chosen is not None and chosen.id == one.id
    why = None if may else t("access.read_only")
    with st.container(key=f"row_set_{one.id}", horizontal=True, vertical_alignment="center"):
        try:
            count = len(one.open().replacements)
        except model.ModelError:
            count = 0
        facts = t("desk.set_facts", count=count, when=words.moment(one.changed, t), author="")
        author = literal(one.author)
        st.markdown(f"**{literal(one.name)}**  \n:small[{literal(facts)}{author}]", width="stretch")
        if here:
            st.html(f'<span class="badge on">{t("desk.using")}</span>', width="content")
        else:
            st.button(t("desk.use"), key=f"use_{one.id}", on_click=_switch, args=(one.id,))
        _rename(one, why)
        _delete(one, why)
        st.download_button(
            t("desk.export"), data=_download(one), mime=MIME["xlsx"],
            file_name=file_name(one.name, kind="xlsx"), on_click="ignore", key=f"export_{one.id}",
        )  # fmt: skip


def _rename(one: Listed, why: str | None) -> None:
    t = session.t()
    with st.popover(t("desk.rename"), key=f"rename_{one.id}", disabled=bool(why), help=why):
        st.text_input(
            t("desk.name"), one.name, max_chars=document.LONGEST_NAME, key=f"new_name_{one.id}"
        )
        st.button(
            t("desk.rename_now"), key=f"rename_now_{one.id}", on_click=_renamed, args=(one.id,),
            type="primary",
        )  # fmt: skip


def _delete(one: Listed, why: str | None) -> None:
    t = session.t()
    with st.popover(t("desk.delete"), key=f"delete_{one.id}", disabled=bool(why), help=why):
        st.markdown(t("desk.delete_sure", name=literal(one.name)))
        st.button(
            t("desk.delete_now"), key=f"delete_now_{one.id}", on_click=_deleted, args=(one.id,),
            type="primary",
        )  # fmt: skip


def _download(one: Listed):
    t, shipped = session.t(), session.shipped()

    def make() -> bytes:
        chosen = one.open()
        plan = model.with_replacements(shipped, chosen.replacements, chosen.name)
        return data_template.workbook(plan, t)

    return make


# Changing what is saved


def _write(work) -> object | None:
    """Change something among the saved data sets, if this person may."""

    def allowed(library):
        access.check_write()
        return work(library)

    try:
        return session.shelf().data_sets(allowed)
    except model.ModelError as error:
        st.session_state[REFUSED] = error.code, dict(error.details)
        return None


def _renamed(id: str) -> None:
    chosen, _ = session.shelf().data_set(id)
    if chosen is None:
        st.session_state[REFUSED] = "data_set_gone", {"name": id}
        return
    wanted = DataSet(document.clean(st.session_state[f"new_name_{id}"]), chosen.replacements)
    kept = _write(lambda library: library.save(wanted))  # whose it is, it stays
    if kept is not None:
        session.data_renamed(kept)


def _deleted(id: str) -> None:
    chosen, _ = session.shelf().data_set(id)
    gone = None if chosen is None else _write(lambda library: library.delete(id))
    if gone is not None:
        st.session_state[DELETED] = gone
        session.data_forgotten(chosen)


def _restore() -> None:
    gone = st.session_state.pop(DELETED)
    kept = _write(lambda library: library.save(gone.open(), gone.author))
    if kept is not None:
        session.data_renamed(kept)
