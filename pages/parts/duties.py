"""The list of duties on the page: by responsible unit, for download."""

from __future__ import annotations

import streamlit as st

from pages.parts import export, session
from pages.views import duties
from pages.views.clauses import unit_name
from pages.views.export import table_file


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
        export.table_button(
            t("data.download"),
            lambda: table_file.duty_list(plan, scenario, unit, moved, t),
            t("duties.title"),
            key="duty_download",
        )
    if table.empty:
        st.info(t("duties.none"))
        return
    st.html(duties.table_html(table))
