"""What the draft would change: central run at once, chances a beat later; keeping it."""

from __future__ import annotations

import datetime
from html import escape

import streamlit as st

import model
from model import document
from model.replacements import DataSet
from pages.parts import access, data_draft, results, session, sheet, waiting
from pages.views import data_preview, data_set
from pages.views.export.stamp import day
from pages.views.history import literal
from pages.views.texts import LANGUAGES, Texts, texts

FEW = 5
"""Changes that are listed without scrolling."""

ASKED, ASKED_NEW, REFUSED, DONE = "desk_now", "desk_new", "desk_save_refused", "desk_done"


def show() -> None:
    """Draw what the draft changes and how to keep it; or what is wrong, or how it works."""
    t, now = session.t(), session.plan()
    st.html(f'<div class="subtitle">{t("desk.preview")}</div>')
    done = st.session_state.pop(DONE, "")
    if done:
        st.success(done)
    try:
        new = data_draft.plan()
    except model.DataFaults as error:
        _faulty(error)
        return
    if new.digest == now.digest:
        if now.data_set is None:
            st.markdown(t("desk.preview_how"))
        elif session.data_kept():
            st.markdown(t("desk.unchanged"))
        else:
            st.markdown(t("desk.not_kept"))
            _keep()
        return
    if new.data_set is None:
        st.info(t("desk.all_back"))
    _forecasts(now, new)
    found = data_preview.changed(now, new, t)
    st.html(f'<div class="note">{data_preview.said(found, t)}</div>')
    shown = found[["kind", "item", "before", "after"]].copy()
    shown["item"] = [t("audit.input", name=name, unit=unit)
                     for name, unit in zip(found["item"], found["unit"], strict=True)]  # fmt: skip
    shown.columns = [t(f"desk.column_{name}") for name in shown.columns]
    with st.container(height=260 if len(shown) > FEW else "content", border=False):
        sheet.show(shown, "desk_changes")
    if new.data_set is None:
        _shipped_again()
    else:
        _keep()


def _faulty(error: model.DataFaults) -> None:
    t, plan = session.t(), session.plan()
    st.error(t("desk.refused_grid", count=len(error.faults)))
    found = data_preview.of_grid(error.faults, list(data_draft.draft()), plan, t)
    found.columns = [t(f"desk.fault_{name}") for name in found.columns]
    sheet.show(found, "desk_grid_faults")
    _discard()


def _forecasts(now: model.Plan, new: model.Plan) -> None:
    t, scenario = session.t(), session.scenario()
    runs = results.central(scenario, now), results.central(scenario, new)
    name = t.of(scenario) or t("export.unnamed")
    said = t("desk.preview_scenario", scenario=name, year=now.years[0])
    st.html(f'<div class="note">{escape(said)}</div>')
    # One after the other; a draft that was changed meanwhile is left.
    before, work = results.beats(now).follow(scenario, ASKED)
    after, later = results.beats(new).follow(scenario, ASKED_NEW)
    st.html(data_preview.forecasts_html(now, runs, (before, after), t))
    st.html(f'<div class="note" role="status">{data_preview.verdicts(before, after, t)}</div>')
    waiting.until(work or later, "desk")


# Keeping it


def _usual_name(t: Texts) -> str:
    chosen = session.data_set()
    if chosen is not None and chosen.name:
        return chosen.name
    return t("desk.name_usual", day=day(datetime.date.today(), t))


def _propose_name() -> None:
    """Fill the name in the language of the moment, until somebody has typed another."""
    held, usual = st.session_state.get("desk_name"), _usual_name(session.t())
    known = [_usual_name(texts(language)) for language in LANGUAGES]
    if held is None or (held != usual and held in known):  # what is set takes what is being typed
        st.session_state["desk_name"] = usual


def _keep() -> None:
    t, chosen, may = session.t(), session.data_set(), access.writes()
    _propose_name()
    with st.form("desk_save", border=False):
        st.text_input(t("desk.name"), max_chars=document.LONGEST_NAME, key="desk_name")
        if not access.name():
            st.text_input(
                t("desk.author"), value=st.session_state.get("author", ""), key="desk_author",
                max_chars=document.LONGEST_NAME,
            )  # fmt: skip
        if chosen is not None and session.data_kept() and may:
            old = t("desk.replace_old", name=literal(data_set.name(chosen, t)))
            st.checkbox(old, key="desk_replace_old")
        with st.container(horizontal=True, gap="small"):
            st.form_submit_button(
                t("desk.save"), type="primary", on_click=_save, disabled=not may,
                key="desk_save_now", help=None if may else t("access.read_only"),
            )  # fmt: skip
            st.form_submit_button(
                t("desk.use_only"), on_click=_use_only, key="desk_use_only",
                help=t("desk.use_only_about"),
            )  # fmt: skip
    refused = st.session_state.pop(REFUSED, None)
    if refused:
        st.error(literal(t.error(*refused)))
    _discard()


def _discard() -> None:
    st.button(session.t()("desk.discard"), key="desk_discard", on_click=data_draft.drop,
              type="tertiary")  # fmt: skip


def _shipped_again() -> None:
    t = session.t()
    st.button(t("desk.back"), key="desk_shipped_again", type="primary", on_click=_back)
    _discard()


def _back() -> None:
    data_draft.drop()
    session.use_data(None)


def _chosen() -> DataSet | None:
    """Return the data set of the form; None, with the reason kept, when it is refused."""
    name = document.clean(st.session_state["desk_name"])
    try:
        if not name:
            raise model.ModelError("A data set needs a name.", code="data_set_nameless")
        found = DataSet(name, data_draft.replacements())
        model.with_replacements(session.shipped(), found.replacements, name)
    except model.ModelError as error:
        st.session_state[REFUSED] = error.code, dict(error.details)
        return None
    return found


def _save() -> None:
    chosen, old = _chosen(), session.data_set()
    if chosen is None:
        return
    author = document.clean(access.name() or st.session_state.get("desk_author", ""))
    st.session_state["author"] = author
    replaced = old is not None and st.session_state.get("desk_replace_old", False)

    def write(library) -> DataSet:
        access.check_write()
        kept = library.save(chosen, author)
        if replaced:
            library.delete(old.id)
            kept = library.save(chosen, author)  # under the name that is free now
        return kept

    try:
        kept = session.shelf().data_sets(write)
    except model.ModelError as error:
        st.session_state[REFUSED] = error.code, dict(error.details)
        return
    _use(kept, "desk.saved")


def _use_only() -> None:
    chosen = _chosen()
    if chosen is not None:
        _use(chosen, "desk.used")


def _use(chosen: DataSet, said: str) -> None:
    t = session.t()
    data_draft.drop()
    session.use_data(chosen)
    st.session_state[DONE] = t(said, name=literal(data_set.name(chosen, t)))
