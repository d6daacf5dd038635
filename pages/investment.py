"""Where does the money go, and when does it become capacity?"""

import streamlit as st

import model
from pages.parts import chart, definitions, export, frame, results, session, sheet
from pages.parts.investment import contracts, projects
from pages.views import investment, investment_charts, targets
from pages.views.export import table_file

frame.enter()
t, plan, scenario = session.t(), session.plan(), session.scenario()
with st.spinner(t("app.working")):
    summary = results.chances(scenario)
run, usual_run = results.central(scenario), results.marks()["status_quo"]
account, usual = model.investment_account(run), model.investment_account(usual_run)
yields, usual_yields = investment.city_output(run), investment.city_output(usual_run)

kinds = investment.kinds(plan)
tiles = tuple(targets.tile(summary.verdict(name), t) for name in investment.tiles(plan))
st.html(targets.tiles_html(tiles, t, quiet=True))
with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    year = st.segmented_control(
        t("investment.year"),
        plan.years,
        default=plan.years[0],
        key="investment_year",
        label_visibility="collapsed",
        required=True,
    )
    compared = st.toggle(t("investment.compare"), key="investment_compare")
    definitions.show("investment")
st.markdown(investment.sentence(plan, account, yields, year, t))


def show(spec, drawn, name):
    """Draw one chart of this page."""
    chart.show(spec, drawn, key=f"investment_{name}", alt=t(f"investment.chart_{name}_alt"))


for place, name in zip(st.columns(3, gap="medium"), investment.FLOWS, strict=True):
    with place:
        drawn = investment.flow(account, usual if compared else None, name, t, kinds)
        spec = investment_charts.flow(t, name, plan.years[0], len(plan.months))
        show(spec, drawn, name)
left, right = st.columns(2, gap="large")
with left:
    drawn = investment.kernels(account, usual if compared else None, year, t)
    show(investment_charts.kernels(t), drawn, "kernel")
with right:
    drawn = investment.output(plan, yields, usual_yields if compared else None, t)
    show(investment_charts.output(t), drawn, "output")
left, right = st.columns([0.48, 0.52], gap="medium")
with left:
    drawn = investment.districts(plan, summary, year, t)
    show(investment_charts.districts(t, bool(plan.annex), len(plan.districts)), drawn, "districts")
with right:
    names = ("account", "projects", "contracts", "outputs")
    books, works, deals, gains = st.tabs([t(f"investment.{name}") for name in names])
    with books:
        shown = investment.table(account, usual, year, t, kinds)
        sheet.show(shown, "investment_table")
        export.table_button(
            t("investment.download"),
            lambda: table_file.investment_account(plan, account, t),
            t("page.investment"),
            key="investment_download",
        )
    with works:
        projects()
    with deals:
        contracts(account)
    with gains:
        shown = investment.output_table(plan, yields, usual_yields, t)
        sheet.show(shown, "outputs")
st.html(f'<div class="note">{investment.notes(run, t)}</div>')
frame.footer()
