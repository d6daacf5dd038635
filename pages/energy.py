"""Does unit energy use fall by 4 %, and through what?"""

import streamlit as st

from pages.parts import chart, definitions, export, frame, results, session, sheet
from pages.views import energy, energy_charts, targets
from pages.views.export import table_file

frame.enter()
t, plan, scenario = session.t(), session.plan(), session.scenario()
with st.spinner(t("app.working")):
    summary = results.chances(scenario)
run, usual_run = results.central(scenario), results.marks()["status_quo"]

tiles = tuple(targets.tile(summary.verdict(name), t) for name in energy.tiles(plan))
st.html(targets.tiles_html(tiles, t, quiet=True))
with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    year = st.segmented_control(
        t("energy.year"),
        plan.years,
        default=plan.years[0],
        key="energy_year",
        label_visibility="collapsed",
        required=True,
    )
    compared = st.toggle(t("energy.compare"), key="energy_compare")
    definitions.show("energy")
now, usual = energy.account(run, year), energy.account(usual_run, year)
beside = usual if compared else None
st.markdown(energy.sentence(plan, now, t))


left, right = st.columns([0.58, 0.42], gap="large")
with left:
    drawn = energy.steps(plan, now, beside, t)
    alt = t("energy.chart_steps_alt")
    chart.show(energy_charts.steps(t, "steps"), drawn, key="energy_steps", alt=alt)
with right:
    drawn = energy.use_steps(now, beside, t)
    alt = t("energy.chart_use_alt")
    chart.show(energy_charts.steps(t, "use", 220), drawn, key="energy_use", alt=alt)
    st.html(f'<div class="note">{energy.closures(plan, scenario, t)}</div>')
left, right = st.columns(2, gap="large")
with left:
    drawn = energy.districts(plan, summary, year, t)
    alt = t("energy.chart_districts_alt")
    chart.show(
        energy_charts.districts(t, len(plan.districts)), drawn, key="energy_districts", alt=alt
    )
with right:
    drawn = energy.industries(plan, run, year, t)
    alt = t("energy.chart_industries_alt")
    chart.show(
        energy_charts.industries(t, len(plan.industries)), drawn, key="energy_industries", alt=alt
    )
with st.expander(t("energy.table")):
    shown = energy.table(now, usual, t)
    sheet.show(shown, "energy_table")
    export.table_button(
        t("energy.download"),
        lambda: table_file.energy_parts(plan, run, t),
        t("page.energy"),
        key="energy_download",
    )
st.html(f'<div class="note">{t("energy.note")}</div>')
frame.footer()
