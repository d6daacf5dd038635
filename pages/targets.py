"""Every quantified target of the plan: forecast or actual, gap, chance, pace."""

import streamlit as st

from pages.parts import frame, pick_list, register, session
from pages.views.register import summary

frame.enter()
pick_list.style()
found = register.rows()
heading = st.container()
shown = register.filters(found)
left, right = st.columns([0.62, 0.38], gap="large")
with left:
    row = register.show(shown)
with right, st.container(key="beside"):
    if row is not None:
        register.detail(row)
heading.markdown(summary(found, session.t()))
register.actuals_desk()
register.excluded()
frame.footer()
