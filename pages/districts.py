"""Who carries how much?"""

import streamlit as st

from pages.parts import (
    chart,
    definitions,
    frame,
    live,
    one_district,
    results,
    session,
    sharing,
    sheet,
)
from pages.views import district_charts, districts


def board() -> None:
    """Draw where the districts stand."""
    t, plan = session.t(), session.plan()
    summary, central = live.chances(), results.central(session.scenario())
    asked, count = bool(plan.annex), len(plan.districts)
    st.html(f'<div class="sentence">{districts.intro(plan, t)}</div>')
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        indicator = st.segmented_control(
            t("districts.indicator"),
            districts.indicators(plan, summary),
            format_func=lambda name: t(f"districts.{name}"),
            default=districts.INDICATORS[0],
            key="district_indicator",
            persist_state="session",
            label_visibility="collapsed",
            required=True,
        )
        sort = st.segmented_control(
            t("districts.sort"),
            districts.SORTS,
            format_func=lambda name: t(districts.sort_key(plan, name)),
            default=districts.SORTS[0],
            key="district_sort",
            persist_state="session",
            label_visibility="collapsed",
            required=True,
        )
        definitions.show("districts")
    rows = districts.rows(plan, summary, indicator, sort)
    left, right = st.columns([0.5, 0.5], gap="large")
    with left:
        tables = districts.chart_tables(rows, indicator, t)
        spec, key = district_charts.districts(t, indicator, asked, count), f"districts_{indicator}"
        chart.show(spec, tables, key=key, alt=t("chart.district.alt"))
    with right:
        shares = districts.contributions(plan, central)
        tables = districts.contribution_tables(plan, shares, t)
        spec, alt = district_charts.contributions(t, asked, count), t("chart.contributions.alt")
        chart.show(spec, tables, key="contributions", alt=alt)
    st.markdown(districts.adding_up(plan, shares, t))
    st.html(f'<div class="note">{t("districts.estimated")}</div>')
    if indicator == "firms":
        st.html(f'<div class="note">{t("districts.firms_note")}</div>')
    with st.expander(t("districts.table"), expanded=True):
        table = districts.table(rows, indicator, t)
        sheet.show(table, "district_table")
    one_district.show(plan, summary)


frame.enter()
t = session.t()
done, share = st.tabs(
    [t("sharing.tab_board"), t("sharing.tab_share")], key="districts_tab", on_change="rerun"
)
if share.open:
    with share:
        sharing.show()
else:
    with done:
        board()
frame.footer()
