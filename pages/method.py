"""Equations, parameters, limits and definitions, read from what runs."""

import streamlit as st

from pages.parts import frame, session
from pages.views import method

frame.enter()
t, plan = session.t(), session.plan()
st.html(f'<div class="sentence">{t("method.intro")}</div>')
equations, parameters, limits, indicators = st.tabs(
    [t("method.equations"), t("method.parameters"), t("method.limits"), t("method.indicators")]
)
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
    for equation in method.equations(chosen):
        with st.container(border=True):
            st.markdown(f"**{equation.summary}**  `{equation.path}`")
            for formula in equation.formulas:
                st.latex(formula)
            if equation.words:
                st.markdown(equation.words)
with parameters:
    st.markdown(method.parameters_intro(plan, t))
    table = method.parameters(plan, t)
    st.dataframe(table, hide_index=True, height=560, key="parameters")
with limits:
    st.markdown("\n".join(f"- {line}" for line in method.limits(t)))
with indicators:
    for indicator in plan.indicators:
        with st.expander(t.of(indicator)):
            st.markdown(method.card(indicator, t))
frame.footer()
