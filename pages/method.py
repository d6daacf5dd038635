"""Indicators with formula and parameters, all equations, limits and words, read from what runs."""

import streamlit as st

from pages.parts import definitions, frame, session
from pages.views import method

frame.enter()
definitions.style()
definitions.from_address()
t, plan = session.t(), session.plan()
st.html(f'<div class="sentence">{t("method.intro")}</div>')
names = ("indicators", "equations", "parameters", "measures", "limits")
tabs = st.tabs([t(f"method.{name}") for name in names], key="method_tab", on_change="rerun")
by_indicator, equations, parameters, measures, limits = tabs
if by_indicator.open:
    with by_indicator:
        definitions.indicator()
if equations.open:
    with equations:
        chosen = st.segmented_control(
            t("method.equations"),
            method.MODULES,
            format_func=lambda name: t(f"module.{name}"),
            default=method.MODULES[0],
            key="method_module",
            label_visibility="collapsed",
            required=True,
        )
        for item in method.equations(chosen):
            with st.container(border=True):
                definitions.equation(method.told(item, t))
if parameters.open:
    with parameters:
        st.markdown(method.parameters_intro(plan, t))
        table = method.parameters(plan, t)
        st.dataframe(table, hide_index=True, height=560, key="parameters")
if measures.open:
    with measures:
        st.html(method.measures_html(t))
if limits.open:
    with limits:
        st.markdown(t("method.limits_about"))
        st.markdown("\n".join(f"{k}. {line}" for k, line in enumerate(method.limits(t), 1)))
frame.footer()
