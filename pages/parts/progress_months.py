"""The months of the visit: a grid to type in, a table to paste or upload, and what was refused.

What is held are the user's own rows and the published ones that were taken out; the grid shows both
beside what was published by the chosen day, never later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

import pandas as pd
import streamlit as st

import model
from model.standing import published, together
from pages.parts import session
from pages.parts.file_field import file_field
from pages.views import progress, progress_table
from pages.views.history import literal
from pages.views.progress_table import COLUMNS, Row

OWN, DROPPED, DRAFT, FAULTS = (
    "progress_own", "progress_dropped", "progress_draft", "progress_faults",
)  # fmt: skip
BASE, EDITION, NEWS = "progress_base", "progress_edition", "progress_news"


def own() -> list[dict[str, str]]:
    """Return the rows that the user entered or changed."""
    return st.session_state.setdefault(OWN, [])


def dropped() -> set[tuple[str, ...]]:
    """Return what the user took out of the published figures."""
    return st.session_state.setdefault(DROPPED, set())


def figures(as_of: str, estimated: bool) -> tuple[model.Known, ...]:
    """Return the figures that count on a day: published ones and the user's own."""
    plan = session.plan()
    found = _published(as_of, estimated)
    entered = model.entered(plan, own())
    return together(found, entered, date.fromisoformat(as_of))


def later(as_of: str) -> int:
    """Return how many of the user's figures are released after a day."""
    entered = model.entered(session.plan(), own())
    return sum(k.known_on > date.fromisoformat(as_of) for k in entered)


def _published(as_of: str, estimated: bool) -> list[model.Known]:
    found = published(session.plan(), as_of, estimated)
    out = dropped()
    return [k for k in found if progress_table.key(progress_table.row_of(k)) not in out]


def _rows(as_of: str, estimated: bool) -> list[dict[str, str]]:
    mine = own()
    taken = {progress_table.key(row) for row in mine}
    rows = [progress_table.row_of(k) for k in _published(as_of, estimated)]
    return [row for row in rows if progress_table.key(row) not in taken] + mine


def _begin(as_of: str, estimated: bool) -> str:
    """Return the key of the grid; a new grid begins with what is held now."""
    edition = st.session_state.get(EDITION, 0)
    key = f"progress_grid_{as_of}_{int(estimated)}_{edition}_{session.t().language}"
    held = st.session_state.get(BASE)
    if held is None or held[0] != key or key not in st.session_state:
        rows = st.session_state.get(DRAFT) if st.session_state.get(FAULTS) else None
        st.session_state[BASE] = key, rows or _rows(as_of, estimated)
    return key


def _renew() -> None:
    st.session_state[EDITION] = st.session_state.get(EDITION, 0) + 1
    for name in (BASE, DRAFT, FAULTS):
        st.session_state.pop(name, None)


def grid(as_of: str, estimated: bool) -> None:
    """Draw the grid with the ways to fill it, and what is wrong in it."""
    t, plan = session.t(), session.plan()
    st.html(f'<div class="note">{t("progress.grid_note")}</div>')
    key = _begin(as_of, estimated)
    known = progress_table.names(plan, t)
    config: dict = {
        name: st.column_config.SelectboxColumn(
            t(f"progress.grid_{name}"), options=list(names), format_func=names.get,
            width=width,
        )
        for (name, names), width in zip(known.items(), ("small", "medium", "small"), strict=True)
    }  # fmt: skip
    for name in ("period_end", "value", "released_on"):
        about = t(f"progress.about_{name}")
        config[name] = st.column_config.TextColumn(t(f"progress.grid_{name}"), help=about)
    table = pd.DataFrame(st.session_state[BASE][1], columns=list(COLUMNS), dtype=object)
    table.index = pd.RangeIndex(1, len(table) + 1)
    st.data_editor(
        table, key=key, num_rows="dynamic", column_config=config, height=330,
        on_change=_edited, args=(key, as_of, estimated),
    )  # fmt: skip
    _say()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        with st.popover(t("progress.paste"), key="progress_import"):
            _paste()
        data = progress_table.to_csv(_rows(as_of, estimated), t)
        st.download_button(
            t("progress.download"), data=data, file_name=f"{plan.id}_months.csv",
            mime="text/csv", on_click="ignore", key="progress_download",
        )  # fmt: skip
        if own() or dropped() or st.session_state.get(FAULTS):
            st.button(t("progress.reset"), key="progress_reset", on_click=_reset)


def _say() -> None:
    t = session.t()
    lines = _refused()
    if lines:
        st.error("\n\n".join([t("progress.refused"), *map(literal, lines)]))
    news = st.session_state.pop(NEWS, None)
    if news:
        st.info(t("progress.took", **news))


def _refused() -> list[str]:
    """Return what is wrong, in the language of the moment; nothing when all is well."""
    t, held = session.t(), st.session_state.get(FAULTS)
    if held is None:
        return []
    error, lines = held
    if isinstance(error, model.DataFaults):
        return progress_table.fault_lines(error, lines, t)
    return [t(f"progress.{error.code}", **error.details)]


def _edited(key: str, as_of: str, estimated: bool) -> None:
    rows = apply(st.session_state[BASE][1], st.session_state[key])
    plan = session.plan()
    whole = [progress_table.completed(plan, row) for row in rows]
    numbered = [(number, row) for number, row in enumerate(whole, start=1) if row["value"]]
    found = published(plan, as_of, estimated)
    listed = {progress_table.key(row): row for row in map(progress_table.row_of, found)}
    mine = [
        (number, row)
        for number, row in numbered
        if not progress_table.same(row, listed.get(progress_table.key(row), row | {"value": ""}))
    ]
    if _take([row for _, row in mine], [number for number, _ in mine]):
        kept = {progress_table.key(row) for _, row in numbered}
        gone = {key for key in listed if key not in kept}
        st.session_state[DROPPED] = (dropped() - set(listed)) | gone
    else:
        st.session_state[DRAFT] = [{c: progress_table.text(r.get(c)) for c in COLUMNS}
                                   for r in rows]  # fmt: skip


def apply(base: Sequence[Row], edits: Mapping) -> list[dict]:
    """Return the rows of a grid with its edits: cells changed, rows added, rows deleted."""
    rows = [dict(row) for row in base]
    for position, cells in edits["edited_rows"].items():
        rows[int(position)].update(cells)
    gone = set(edits["deleted_rows"])
    rows = [row for k, row in enumerate(rows) if k not in gone]
    return rows + [dict(row) for row in edits["added_rows"]]


def _take(rows: list[dict[str, str]], lines: list[int]) -> bool:
    """Hold rows if every one of them is sound; otherwise say everything that is wrong."""
    try:
        model.entered(session.plan(), rows)
    except model.DataFaults as faults:
        st.session_state[FAULTS] = faults, lines
        return False
    st.session_state[OWN] = rows
    st.session_state.pop(FAULTS, None)
    st.session_state.pop(DRAFT, None)
    return True


def _reset() -> None:
    st.session_state[OWN], st.session_state[DROPPED] = [], set()
    _renew()


# A table from elsewhere


def _paste() -> None:
    t = session.t()
    header = t("register.comma").join(t(f"progress.grid_{name}") for name in COLUMNS)
    st.html(f'<div class="note">{t("progress.paste_note", columns=header)}</div>')
    pasted = st.text_area(
        t("progress.pasted"), key="progress_pasted", height=140, label_visibility="collapsed",
        placeholder=t("progress.paste_example"),
    )  # fmt: skip
    st.button(t("progress.take"), key="progress_take", on_click=_take_text,
              disabled=not pasted)  # fmt: skip
    if lines := _refused():  # the box below the grid is covered by this one
        listed = "".join(f"<li>{escape(line)}</li>" for line in lines)
        st.html(f'<div class="refused">{escape(t("progress.refused"))}<ul>{listed}</ul></div>')
    given = file_field(t("progress.upload"), "progress_upload", ("csv", "txt"))
    if given is not None and st.session_state.get("progress_taken") != given.file_id:
        st.session_state["progress_taken"] = given.file_id
        _take_table(given.getvalue())
        st.rerun()


def _take_text() -> None:
    if _take_table(st.session_state["progress_pasted"].encode("utf-8")):
        st.session_state["progress_pasted"] = ""


def _take_table(content: bytes) -> bool:
    """Add the rows of a table to the user's own, all of them or none."""
    plan = session.plan()
    _renew()
    try:
        rows, lines = progress_table.read(plan, content)
        if not rows:
            raise model.ModelError("The table holds no row with a value.", code="no_rows")
    except model.ModelError as error:
        st.session_state[FAULTS] = error, ()
        return False
    listed = {
        progress_table.key(row): row
        for row in map(progress_table.row_of, published(plan, progress.dates(plan)[-1]))
    }
    fresh, where = [], []
    for row, line in zip(rows, lines, strict=True):
        if not progress_table.same(row, listed.get(progress_table.key(row), row | {"value": ""})):
            fresh.append(row)
            where.append(line)
    taken = {progress_table.key(row) for row in fresh}
    held = [row for row in own() if progress_table.key(row) not in taken]
    if not _take([*fresh, *held], [*where, *([0] * len(held))]):
        return False
    st.session_state[DROPPED] = dropped() - {progress_table.key(row) for row in rows}
    st.session_state[NEWS] = {"count": len(rows), "own": len(fresh)}
    return True
