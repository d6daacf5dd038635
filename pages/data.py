"""Every input with its status and source; the bureau's own figures in place of estimates."""

import streamlit as st

from pages.parts import data_desk, data_sets, frame, knowledge, raw_tables, session, sheet
from pages.views import tables

frame.enter()
t, plan = session.t(), session.plan()
data_sets.in_use()
inputs, desk, sets, rests, raw, targets, controls = st.tabs(
    [
        *(t(f"desk.tab_{name}") for name in ("inputs", "replace", "sets")),
        t("knowledge.title"),
        *(t(f"data.{name}") for name in ("tables", "targets", "controls")),
    ],
    key="desk_tabs",
)
with inputs:
    data_desk.inputs()
with desk:
    data_desk.replace()
with sets:
    data_sets.listed()
with rests:
    knowledge.show()
with raw:
    raw_tables.show()
with targets:
    sheet.show(tables.targets(plan, t), "targets")
with controls:
    st.markdown(t("data.controls_intro"))
    sheet.show(tables.controls(plan, t), "controls")
frame.footer()
