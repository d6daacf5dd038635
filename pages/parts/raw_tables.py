"""The tables of the plan folder as they stand in their files, to search and to download."""

from __future__ import annotations

import streamlit as st

from pages.parts import export, session
from pages.views import tables


def show() -> None:
    """Draw one table, with its filters."""
    t, plan = session.t(), session.plan()
    st.html(f'<div class="note">{t("data.intro")}</div>')
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = st.selectbox(
            t("data.table"),
            list(plan.tables),
            format_func=lambda name: tables.title(name, t),
            key="table",
            width=260,
        )
        whole = plan.table(name)
        status = st.selectbox(
            t("data.status"),
            tables.statuses(whole),
            index=None,
            format_func=t.status,
            placeholder=t("data.all"),
            key=f"status_{name}",
            width=220,
        )
        search = st.text_input(t("data.search"), key="search", width=220)
        shown = tables.chosen(whole, status, search)
        export.table_button(
            t("data.download"),
            lambda: shown,
            f"{tables.title(name, t)}_{name}",
            key="download",
            scenario=False,
            notes=(t("table_file.rows"),),
        )
    st.html(f'<div class="note">{t("data.rows", shown=len(shown), total=len(whole))}</div>')
    st.dataframe(shown, hide_index=True, height=540, key="raw")
