"""The audit on the page: the list of checks, one of them worked out, its inputs to change."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import model
from model.audit import Finding, Input, by_weight
from pages.parts import chart, pick_list, session
from pages.views import audit, audit_chart, numbers
from pages.views.frames import short_name
from pages.views.history import literal

CHOSEN, HELD, REFUSED = "audit_chosen", "audit_inputs", "audit_refused"
EDITION = "audit_edition"


def held() -> dict[str, float]:
    """Return the inputs that were changed in this visit."""
    return st.session_state.setdefault(HELD, {})


def findings() -> tuple[Finding, ...]:
    """Return the checks with the inputs of this visit, those that matter most first."""
    return by_weight(model.audit(session.plan(), held()))


def show(found: tuple[Finding, ...]) -> Finding:
    """Draw the list and return the check that stands beside it."""
    by_id = {finding.id: finding for finding in found}
    if st.session_state.get(CHOSEN) not in by_id:
        st.session_state[CHOSEN] = found[0].id
    chosen = st.session_state[CHOSEN]
    html = audit.table_html(found, chosen, session.t())
    pick_list.show(html, key="audit_list", store=CHOSEN)
    return by_id[chosen]


def detail(finding: Finding) -> None:
    """Draw one check: what follows, the arithmetic, the inputs."""
    t, plan = session.t(), session.plan()
    st.html(audit.head_html(finding, t))
    if finding.id in audit.DRAWN:
        names = {district.code: short_name(district, t) for district in plan.districts}
        spec = audit_chart.annex(t, finding.id)
        tables = audit_chart.tables(finding, names, t)
        chart.show(spec, tables, key=finding.id, alt=t("audit.chart_alt"))
    st.html(f'<div class="subtitle">{t("audit.arithmetic")}</div>{audit.steps_html(finding, t)}')
    if finding.id in audit.RECOVERY:
        months = audit.months_html(plan, held(), t)
        st.html(f'<div class="subtitle">{t("audit.months")}</div>{months}')
    _inputs(finding)


def _inputs(finding: Finding) -> None:
    t, plan = session.t(), session.plan()
    mine = [item.name for item in finding.inputs if item.name in held()]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        title, count = t("audit.inputs"), t("audit.changed", count=len(mine)) if mine else ""
        st.html(f'<div class="subtitle">{title}<small>{count}</small></div>', width="content")
        st.space("stretch")
        if mine:
            st.button(t("audit.reset"), key="audit_reset", on_click=_reset, args=(tuple(mine),))
        if len(held()) > len(mine):
            st.button(t("audit.reset_all"), key="audit_reset_all", on_click=held().clear)
    refused = st.session_state.pop(REFUSED, None)
    if refused:
        st.error(literal(refused))
    columns = st.columns(2, gap="medium")
    for k, item in enumerate(audit.single(finding, plan)):
        with columns[k % 2]:
            _single(item)
    table, kinds = audit.by_district(finding, plan, t)
    if kinds:
        _districts(finding, table, kinds)


def _single(item: Input) -> None:
    t, plan = session.t(), session.plan()
    value, low, high, unit = audit.entered(item)
    key = f"audit_in_{item.name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.number_input(
        t("audit.input", name=audit.input_name(item, plan, t), unit=audit.unit_name(unit, t)),
        step=0.1 if unit in ("%", "pp") else 1.0,
        format="%.6g",
        key=key,
        on_change=_change,
        args=(item, key),
    )
    changed = item.name in held()
    limits = t("audit.limits", low=numbers.short(low), high=numbers.short(high))
    source = t("audit.source", source=audit.source_name(item, plan, t))
    text = t("audit.yours") if changed else source
    st.html(f'<div class="note">{text} · {limits}</div>')


def _change(item: Input, key: str) -> None:
    value = st.session_state[key]
    if value is not None:
        _put({item.name: audit.from_entered(item, value)})


def _put(changes: dict[str, float]) -> None:
    t, plan = session.t(), session.plan()
    try:
        model.audit(plan, held() | changes)
    except model.ModelError as error:
        st.session_state[REFUSED] = t.error(error.code, audit.said(error.details, plan, t))
        st.session_state[EDITION] = st.session_state.get(EDITION, 0) + 1
        return
    held().update(changes)


def _reset(names: tuple[str, ...]) -> None:
    for name in names:
        held().pop(name, None)


def _districts(finding: Finding, table: dict[str, list], kinds: dict[str, str]) -> None:
    t = session.t()
    st.html(f'<div class="note">{t("audit.districts_note")}</div>')
    first = next(iter(table))
    # A refused value would stay in the grid: another edition of it shows what holds.
    edition = st.session_state.get(EDITION, 0)
    key = f"audit_districts_{finding.id}_{edition}_{hash(tuple(map(tuple, table.values())))}"
    st.data_editor(
        pd.DataFrame(table),
        key=key,
        hide_index=True,
        disabled=[first],
        column_config={name: st.column_config.NumberColumn(format="%.1f") for name in kinds},
        height="content",
        on_change=_change_districts,
        args=(key, kinds),
    )


def _change_districts(key: str, kinds: dict[str, str]) -> None:
    codes = session.plan().axes.districts
    changes = {}
    for row, cells in st.session_state[key]["edited_rows"].items():
        for column, value in cells.items():
            if value is not None:
                changes[f"{kinds[column]}_{codes[int(row)]}"] = float(value)
    if changes:
        _put(changes)
