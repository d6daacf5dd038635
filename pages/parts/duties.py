"""The list of duties on the page: by responsible unit, for download."""

from __future__ import annotations

import streamlit as st

from pages.parts import session
from pages.views import duties, tables
from pages.views.clauses import unit_name


def show() -> None:
    """Draw the list with its filters."""
    t, plan, scenario = session.t(), session.plan(), session.scenario()
    st.html(f'<div class="note">{t("duties.about")}</div>')
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        unit = st.selectbox(
            t("duties.unit"),
            duties.units(plan),
            index=None,
            format_func=lambda name: unit_name(name, t),
            placeholder=t("duties.all"),
            key="duty_unit",
            width=420,
        )
        moved = st.toggle(t("duties.moved"), value=True, key="duty_moved")
        table = duties.frame(plan, scenario, unit, moved, t)
        st.space("stretch")
        st.download_button(
            t("data.download"),
            data=lambda: tables.csv(table),
            file_name=f"{t('duties.title')}.csv",
            mime="text/csv",
            on_click="ignore",
            key="duty_download",
        )
    if table.empty:
        st.info(t("duties.none"))
        return
    st.html(duties.table_html(table))
