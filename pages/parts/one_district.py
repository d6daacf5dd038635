"""One district that is chosen: its years, what it rests on, and what the model expects of it."""

from __future__ import annotations

import streamlit as st

import model
from pages.parts import chart, session, sheet
from pages.views import district_charts, districts
from pages.views.summary import Summary


def show(plan: model.Plan, summary: Summary) -> None:
    """Draw the choice, which lasts as long as the visit, and the district."""
    t, asked = session.t(), bool(plan.annex)
    names = {district.code: t.of(district) for district in plan.districts}
    chosen = st.selectbox(
        t("districts.choose"),
        list(names),
        format_func=names.get,
        key="district",
        persist_state="session",
        width=320,
    )
    left, right = st.columns([0.34, 0.66], gap="large")
    with left:
        tables = districts.one(plan, summary, chosen, t)
        spec, alt = district_charts.one_district(t, asked), t("chart.one_district.alt")
        chart.show(spec, tables, key="one_district", alt=alt)
    with right:
        st.markdown("  \n".join(districts.facts(plan, chosen, t)))
        yearly = districts.yearly(plan, summary, chosen, t)
        sheet.show(yearly, "district_years")
