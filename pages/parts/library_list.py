"""The list of saved scenarios in its dialog: open, rename, duplicate, bin; and files in and out."""

from __future__ import annotations

import streamlit as st

import model
from model import document
from model.library import Record
from model.sent_text import decoded
from pages.parts import access, library_dialog, session
from pages.parts.file_field import file_field
from pages.views import library as words
from pages.views.history import literal

SHOWN = 20
"""Saved scenarios in the list; the search finds the others."""

LARGEST_FILE = 1
"""Megabytes of a file that is taken in."""


def show() -> None:
    """Draw the list, the bin or the files, and what was refused."""
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
        if library_dialog.why_not():
            st.info(library_dialog.why_not())
        _records(binned=chosen == "bin")
    if library_dialog.refusal():
        st.error(library_dialog.refusal())
    if st.session_state.get(library_dialog.DIALOG) != "library":
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
                ("open", "file_open", library_dialog.open_record),
                ("rename", "edit", _rename),
                ("duplicate", "content_copy", _duplicate),
                ("bin", "delete", _bin),
            ):
                st.button(
                    t(f"library.{act}"),
                    disabled=act != "open" and not access.writes(),
                    help=library_dialog.why_not() if act != "open" else None,
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
            done = library_dialog.write(
                lambda library: library.rename(record.id, name, note, record.revision)
            )
            if done:
                st.session_state["renaming"] = None
                if session.history().present.record == record.id:
                    session.renamed(done)
                st.rerun()


def _rename(id: str) -> None:
    st.session_state["renaming"] = id


def _duplicate(id: str) -> None:
    library_dialog.write(lambda library: library.duplicate(id))


def _bin(id: str) -> None:
    if library_dialog.write(lambda library: library.bin(id)):
        session.forgotten(id)


def _restore(id: str) -> None:
    library_dialog.write(lambda library: library.restore(id))


def _empty_bin() -> None:
    library_dialog.write(lambda library: library.empty_bin() or True)


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
    key = f"upload_{st.session_state.get('uploaded', 0)}"
    given = file_field(t("library.upload"), key, ("toml", "json"), LARGEST_FILE)
    if given is not None:
        take(given.name, given.getvalue())


def take(name: str, content: bytes) -> None:
    """Load the scenario of a file, or say why it is refused."""
    t = session.t()
    text = decoded(content)
    try:
        if text is None:
            raise model.ModelError("This is no text.", code="document_unreadable")
        scenario, notices = document.read(session.plan(), document.parse(text))
    except model.ModelError as error:
        st.error(literal(t.error(error.code, dict(error.details) | {"name": name})))
        return
    session.put(scenario, "history.uploaded", document.clean(name), opened=scenario, record="")
    st.session_state["link_notices"] = notices
    st.session_state["uploaded"] = st.session_state.get("uploaded", 0) + 1
    library_dialog.close()
