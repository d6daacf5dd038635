"""The scenario library on screen: the picker, saving, and the dialogs behind the buttons.

A dialog stays open while its name stands in the session, also when the page below is run anew.
"""

from __future__ import annotations

import time

import streamlit as st

import model
from model import document
from model.library import Record
from pages.parts import access, session, share
from pages.views import library as words
from pages.views.history import literal

DIALOG = "dialog"
SHOWN = 20
"""Saved scenarios in the list; the search finds the others."""

ECHO = 2.0
"""Seconds in which the browser may still send the choice that stood before."""

LARGEST_FILE = 1
"""Megabytes of a file that is taken in."""


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
        _open(chosen)


def buttons() -> None:
    """Draw the buttons for saving, the library and the link."""
    t, saved = session.t(), session.saved()
    with st.container(key="keep_share", horizontal=True, gap=None, width="content"):
        st.button(
            t("library.save"),
            key="save",
            icon=":material/save:",
            help=_why_not() or t("library.save_about" if saved else "library.save_now"),
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
            on_click=_show,
            args=("library",),
            type="tertiary",
        )
        st.button(
            t("share.title"),
            key="share",
            icon=":material/link:",
            help=t("share.about"),
            on_click=_show,
            args=("share",),
            type="tertiary",
        )


def _why_not() -> str:
    """Return why this person may not write to the library; nothing when there is no reason."""
    return "" if access.writes() else session.t()("access.read_only")


def dialog() -> None:
    """Draw the dialog that is open, if one is."""
    saved = st.session_state.pop("just_saved", "")
    if saved:
        st.toast(session.t()("library.saved_toast", name=literal(saved)), duration="short")
    name = st.session_state.get(DIALOG)
    if name:
        t = session.t()
        title, draw, width = {
            "save_as": (t("library.save_as"), _save_as, "small"),
            "conflict": (t("library.conflict_title"), _conflict, "medium"),
            "library": (t("library.title"), _library, 860),
            "share": (t("share.title"), share.show, "medium"),
        }[name]
        st.dialog(title, width=width, on_dismiss=_close)(draw)()


def _show(name: str) -> None:
    st.session_state[DIALOG] = name


def _close() -> None:
    st.session_state[DIALOG] = None
    st.session_state["renaming"] = None


def _attempt(work) -> object | None:
    """Do something with the library; keep what it refuses to be said in the dialog."""
    st.session_state["library_refused"] = None
    try:
        done = session.shelf().use(work)
    except model.ModelError as error:
        if error.code == "library_conflict":
            st.session_state["conflict"] = error.details
            _show("conflict")
        else:
            st.session_state["library_refused"] = (error.code, dict(error.details))
        return None
    session.shelf().changed()
    return done


def _write(work) -> object | None:
    """Change something in the library, if this person may; the only way in which pages do."""

    def allowed(library):
        access.check_write()
        return work(library)

    return _attempt(allowed)


def refusal() -> str:
    """Return, until the next attempt, what the library refused."""
    found = st.session_state.get("library_refused")
    return literal(session.t().error(*found)) if found else ""


# Saving


def _save() -> None:
    present = session.history().present
    if not present.record:
        _show("save_as")
        return
    author = _author()
    done = _write(
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
    _close()


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
    if refusal():
        st.error(refusal())
    if not st.session_state.get(DIALOG):
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
    done = _write(
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
    if refusal():
        st.error(refusal())
    if not st.session_state.get(DIALOG):
        st.rerun()


def _attempt_open(id: str) -> model.Scenario | None:
    try:
        return session.shelf().use(lambda library: library.open(id))[1]
    except model.ModelError:
        return None


def _keep_both() -> None:
    present, author = session.history().present, _author()
    done = _write(
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
    done = _write(
        lambda library: library.save(present.record, present.scenario, None, author, present.data)
    )
    if done:
        _saved(done)


def _take_theirs() -> None:
    _open(session.history().present.record, "history.theirs")


# The list


def _library() -> None:
    t = session.t()
    chosen = st.segmented_control(
        t("library.part"),
        ("saved", "bin", "files"),
        format_func=lambda part: t(f"library.part_{part}"),
        default="saved",
        key="library_part",
        label_visibility="collapsed",
        required=True,
    )
    trouble = session.shelf().trouble()
    if trouble is not None and chosen != "files":
        st.error(literal(t.error(trouble.code, dict(trouble.details))))
    elif chosen == "files":
        _files()
    else:
        if _why_not():
            st.info(_why_not())
        _records(binned=chosen == "bin")
    if refusal():
        st.error(refusal())
    if st.session_state.get(DIALOG) != "library":
        st.rerun()


def _records(binned: bool) -> None:
    t = session.t()
    search = st.text_input(
        t("library.search"),
        key="library_search",
        placeholder=t("library.search"),
        label_visibility="collapsed",
        icon=":material/search:",
    )
    try:
        found = session.shelf().use(lambda library: library.list(search, binned))
    except model.ModelError as error:
        st.error(literal(t.error(error.code, dict(error.details))))
        return
    if not found:
        st.html(f'<div class="note">{t("library.empty_bin" if binned else "library.empty")}</div>')
        return
    with st.container(height=400 if len(found) > 6 else "content", border=False, key="records"):
        for record in found[:SHOWN]:
            (_binned_row if binned else _row)(record)
    if len(found) > SHOWN:
        st.html(f'<div class="note">{t("library.more", count=len(found) - SHOWN)}</div>')
    if binned:
        with st.popover(t("library.delete_all", count=len(found)), key="delete_all"):
            st.markdown(t("library.delete_sure"))
            st.button(
                t("library.delete_all_now"), key="empty_bin", on_click=_empty_bin,
                disabled=not access.writes(),
            )  # fmt: skip


def _row(record: Record) -> None:
    t = session.t()
    if st.session_state.get("renaming") == record.id:
        _rename_form(record)
        return
    here = session.history().present.record == record.id
    with st.container(key=f"row_{record.id}", horizontal=True, vertical_alignment="center"):
        st.html(words.record_html(record, here, t), width="stretch")
        with st.container(horizontal=True, gap="small", width="content", key=f"acts_{record.id}"):
            for act, icon, work in (
                ("open", "file_open", _open),
                ("rename", "edit", _rename),
                ("duplicate", "content_copy", _duplicate),
                ("bin", "delete", _bin),
            ):
                st.button(
                    t(f"library.{act}"),
                    disabled=act != "open" and not access.writes(),
                    help=_why_not() if act != "open" else None,
                    key=f"{act}_{record.id}",
                    icon=f":material/{icon}:",
                    on_click=work,
                    args=(record.id,),
                    type="tertiary",
                )


def _binned_row(record: Record) -> None:
    t = session.t()
    with st.container(key=f"row_{record.id}", horizontal=True, vertical_alignment="center"):
        st.html(words.record_html(record, False, t), width="stretch")
        st.button(
            t("library.restore"), key=f"restore_{record.id}", on_click=_restore, args=(record.id,),
            disabled=not access.writes(),
        )  # fmt: skip


def _rename_form(record: Record) -> None:
    t = session.t()
    with st.form(f"rename_form_{record.id}"):
        name = st.text_input(
            t("library.name"), record.name, key=f"name_{record.id}",
            max_chars=document.LONGEST_NAME,
        )  # fmt: skip
        note = st.text_area(
            t("library.note"), record.note, key=f"note_{record.id}", height=80,
            max_chars=document.LONGEST_NOTE,
        )  # fmt: skip
        if st.form_submit_button(t("library.rename_now"), type="primary"):
            done = _write(lambda library: library.rename(record.id, name, note, record.revision))
            if done:
                st.session_state["renaming"] = None
                if session.history().present.record == record.id:
                    session.renamed(done)
                st.rerun()


def _open(id: str, said: str = "history.opened") -> None:
    plan = session.plan()
    found = _attempt(lambda library: library.open(id, plan))
    if found:
        record, scenario, notices = found
        session.put(
            scenario, said, record.name, opened=scenario, record=id, revision=record.revision
        )
        st.session_state["link_notices"] = notices
        _close()


def _rename(id: str) -> None:
    st.session_state["renaming"] = id


def _duplicate(id: str) -> None:
    _write(lambda library: library.duplicate(id))


def _bin(id: str) -> None:
    if _write(lambda library: library.bin(id)):
        session.forgotten(id)


def _restore(id: str) -> None:
    _write(lambda library: library.restore(id))


def _empty_bin() -> None:
    _write(lambda library: library.empty_bin() or True)


# Files


def _files() -> None:
    t, plan, scenario = session.t(), session.plan(), session.scenario()
    st.markdown(t("library.files_about"))
    name = words.file_name(t.of(scenario))
    with st.container(horizontal=True, gap="small"):
        for kind, write in (("toml", document.to_toml), ("json", document.to_json)):
            st.download_button(
                t("library.download", kind=kind.upper()),
                data=write(plan, scenario).encode("utf-8"),
                file_name=f"{name}.{kind}",
                mime="application/json" if kind == "json" else "application/toml",
                on_click="ignore",
                key=f"download_{kind}",
            )
    given = st.file_uploader(
        t("library.upload"),
        type=["toml", "json"],
        key=f"upload_{st.session_state.get('uploaded', 0)}",
        max_upload_size=LARGEST_FILE,
    )
    if given is not None:
        take(given.name, given.getvalue())


def take(name: str, content: bytes) -> None:
    """Load the scenario of a file, or say why it is refused."""
    t = session.t()
    try:
        scenario, notices = document.read(session.plan(), document.parse(_text(content)))
    except model.ModelError as error:
        st.error(literal(t.error(error.code, dict(error.details) | {"name": name})))
        return
    session.put(scenario, "history.uploaded", document.clean(name), opened=scenario, record="")
    st.session_state["link_notices"] = notices
    st.session_state["uploaded"] = st.session_state.get("uploaded", 0) + 1
    _close()


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""
