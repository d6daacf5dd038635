"""The desk of the data: every input with its filters, and the grid to replace figures in."""

from __future__ import annotations

import zlib

import pandas as pd
import streamlit as st

from model import upload
from model.errors import DataFaults, ModelError
from pages.parts import data_draft, data_preview, export, session, sheet
from pages.parts.export import MIME
from pages.parts.file_field import file_field
from pages.views import data_desk, data_template, tables
from pages.views import data_preview as words
from pages.views.data_desk import COLUMNS, Line
from pages.views.data_template import FILLED
from pages.views.history import literal

BASE, NEWS, REFUSED, TAKEN = "desk_base", "desk_news", "desk_refused", "desk_taken"
ROOM = 32
"""Megabytes that the browser sends: what is larger than we read is refused in the right words."""


def inputs() -> None:
    """Draw every input of the plan, with filters and counts by status."""
    t, plan = session.t(), session.plan()
    everything = data_desk.lines(plan, t)
    st.html(data_desk.counts_html(everything, t))
    found, _ = _filtered("inputs", everything)
    if not found:
        st.info(t("desk.none_found"))
        return
    shown = data_desk.table(found, t)
    config: dict = {name: st.column_config.Column(t(f"desk.column_{name}")) for name in COLUMNS}
    for name in ("value", "low", "high"):
        config[name] = st.column_config.NumberColumn(t(f"desk.column_{name}"), format="%.6g")
    for name, width in (("item", 372), ("status", 104), ("why_not", 262), ("source", 420)):
        config[name] = st.column_config.Column(t(f"desk.column_{name}"), width=width)
    st.dataframe(shown, hide_index=True, height=480, column_config=config, key="desk_inputs",
                 placeholder="—")  # fmt: skip
    counts = {"shown": f"{len(found):,}", "total": f"{len(everything):,}"}
    st.html(f'<div class="note">{t("desk.shown", **counts)}</div>')
    heads = {name: t(f"desk.column_{name}") for name in COLUMNS}
    export.table_button(
        t("desk.download"),
        lambda: shown.data.rename(columns=heads),
        t("desk.inputs_file"),
        key="desk_download",
        scenario=False,
    )


def _filtered(
    key: str, everything: tuple[Line, ...], switch: str = ""
) -> tuple[tuple[Line, ...], bool]:
    """Draw the filters, with a switch if it has a name; return the lines that pass, and it."""
    t, plan = session.t(), session.plan()
    by_status = data_desk.counts(everything)
    marks = data_desk.MARKS
    statuses = st.pills(
        t("desk.filter_status"),
        list(by_status),
        selection_mode="multi",
        format_func=lambda x: f"{marks.get(x, data_desk.MARK)} {t.status(x)} {by_status[x]}",
        key=f"desk_{key}_status",
        label_visibility="collapsed",
    )
    districts = {d.code: t.of(d) for d in plan.districts} | {data_desk.CITY: t("desk.city")}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        table = st.selectbox(
            t("desk.filter_table"), data_desk.table_names(everything), index=None,
            format_func=lambda x: tables.title(x, t), placeholder=t("desk.all"),
            key=f"desk_{key}_table", width=180,
        )  # fmt: skip
        district = st.selectbox(
            t("desk.filter_district"), list(districts), index=None, format_func=districts.get,
            placeholder=t("desk.all"), key=f"desk_{key}_district", width=180,
        )  # fmt: skip
        text = st.text_input(t("desk.filter_text"), key=f"desk_{key}_text", width=200)
        on = bool(switch) and st.toggle(switch, key=f"desk_{key}_switch")
    return data_desk.chosen(everything, statuses, table, district, text), on


def replace() -> None:
    """Draw the grid and the template on the left, what they change on the right."""
    t = session.t()
    st.html(f'<div class="note">{t("desk.replace_intro")}</div>')
    left, right = st.columns([0.6, 0.4], gap="medium")
    with left:
        _grid()
        _template()
    with right, st.container(key="desk_preview"):
        data_preview.show()


def _grid() -> None:
    t, plan = session.t(), session.plan()
    lines, filled = _filtered("grid", data_desk.replaceable(plan, t), t("desk.only_filled"))
    typed = data_draft.draft()
    if filled:
        lines = tuple(line for line in lines if line.cell.id in _before_edits(typed))
    if not lines:
        st.info(t("desk.none_found"))
        return
    key = _begin(lines)
    frame = st.session_state[BASE][2]
    config = {
        "item": st.column_config.TextColumn(t("desk.column_item"), width=230, pinned=True),
        "shipped": st.column_config.TextColumn(t("desk.head_shipped"), width=112),
        "unit": st.column_config.TextColumn(t("desk.column_unit"), width=92),
        "status": st.column_config.TextColumn(t("desk.column_status"), width=104),
        "range": st.column_config.TextColumn(t("desk.column_range"), width=120),
        "allowed": st.column_config.TextColumn(t("desk.head_allowed"), width=110),
        "own_source": st.column_config.TextColumn(t("desk.head_shipped_source"), width=260),
    }
    widths = {"value": 112, "low": 98, "high": 104, "source": 170}
    for name in FILLED:
        config[name] = st.column_config.TextColumn(
            data_template.head(name, t), width=widths[name],
            help=t("desk.grid_about") if name != "source" else None,
            max_chars=200 if name == "source" else 60,
        )  # fmt: skip
    st.data_editor(
        data_desk.styled(frame, [line.status for line in lines], ("shipped", "status")),
        hide_index=True, disabled=[x for x in frame.columns if x not in FILLED], height=360,
        column_config=config, column_order=list(frame.columns), key=key, on_change=_edited,
        args=(key,), num_rows="fixed",
    )  # fmt: skip


def _before_edits(typed: data_draft.Draft) -> set[str]:
    """Return the cells with a text; those that the open grid shows stay until it is left."""
    held = st.session_state.get(BASE)
    shown = set(held[1]) if held and held[0].startswith("desk_grid_filled") else set()
    return set(typed) | shown


def _begin(lines: tuple[Line, ...]) -> str:
    """Return the key of the grid; another choice of lines begins a grid with the draft as it is."""
    ids = [line.cell.id for line in lines]
    mark = zlib.crc32("\n".join(ids).encode())
    kind = "filled" if st.session_state.get("desk_grid_switch") else "all"
    version = session.plan().version.rpartition("+")[2]
    key = f"desk_grid_{kind}_{data_draft.edition()}_{session.t().language}_{version}_{mark}"
    held = st.session_state.get(BASE)
    if held is None or held[0] != key or key not in st.session_state:
        st.session_state[BASE] = key, ids, _frame(lines)
    return key


def _frame(lines: tuple[Line, ...]) -> pd.DataFrame:
    t, typed, shipped = session.t(), data_draft.draft(), session.shipped()
    figure = data_desk.figure
    rows = [
        {
            "item": line.item,
            "shipped": figure(line.cell.value),
            "unit": t.unit(line.cell.unit),
            **{name: typed.get(line.cell.id, {}).get(name, "") for name in FILLED},
            "status": line.status_text(t),
            "range": "" if line.cell.low is None or line.cell.high is None else t(
                "number.range", low=figure(line.cell.low), high=figure(line.cell.high)
            ),
            "allowed": data_template.allowed(shipped, line, t),
            "own_source": line.source,
        }
        for line in lines
    ]  # fmt: skip
    return pd.DataFrame(rows, dtype=object)


def _edited(key: str) -> None:
    ids = st.session_state[BASE][1]
    for place, cells in st.session_state[key]["edited_rows"].items():
        data_draft.enter(ids[int(place)], {k: v for k, v in cells.items() if k in FILLED})
    for name in (NEWS, REFUSED):
        st.session_state.pop(name, None)


def _template() -> None:
    t, plan = session.t(), session.plan()
    with st.container(horizontal=True, gap="small"):
        for kind, make in (("xlsx", data_template.workbook), ("csv", data_template.csv)):
            st.download_button(
                t(f"desk.template_{kind}"), data=lambda make=make: make(plan, t),
                file_name=f"{plan.id}_{t('desk.sheet_about')}.{kind}", mime=MIME[kind],
                on_click="ignore", key=f"desk_template_{kind}",
            )  # fmt: skip
    given = file_field(
        t("desk.upload", high=upload.LARGEST >> 20),
        f"desk_upload_{st.session_state.get(TAKEN, 0)}",
        most=upload.LARGEST >> 20,
        sent=ROOM,
        help=t("desk.upload_about"),
    )
    if given is not None:
        _take(given.name, given.getvalue())
        st.session_state[TAKEN] = st.session_state.get(TAKEN, 0) + 1
        st.rerun()
    _said()


def _take(name: str, content: bytes) -> None:
    for key in (NEWS, REFUSED):
        st.session_state.pop(key, None)
    try:
        st.session_state[NEWS] = name, data_draft.take(content)
    except ModelError as error:
        st.session_state[REFUSED] = name, error


def _said() -> None:
    t = session.t()
    if NEWS in st.session_state:
        name, count = st.session_state[NEWS]
        st.success(t("desk.took", name=literal(name), count=count))
    if REFUSED not in st.session_state:
        return
    name, error = st.session_state[REFUSED]
    if not isinstance(error, DataFaults):
        reason = t.error(error.code, dict(error.details))
        st.error(t("desk.refused_file_one", name=literal(name), reason=literal(reason)))
        return
    st.error(t("desk.refused_file", name=literal(name), count=len(error.faults)))
    faults = words.of_file(error.faults, t)
    faults.columns = [t(f"desk.fault_{name}") for name in faults.columns]
    with st.container(key="desk_faults", height="content" if len(faults) < 9 else 300):
        sheet.show(faults, "desk_file_faults")
