"""Every input with its status and source."""

import streamlit as st

from pages.parts import frame, knowledge, session
from pages.views import tables

frame.enter()
t, plan = session.t(), session.plan()
st.html(f'<div class="sentence">{t("data.intro")}</div>')
raw, targets, controls = st.tabs([t("data.tables"), t("data.targets"), t("data.controls")])
with raw:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = st.selectbox(
            t("data.table"),
            list(plan.tables),
            format_func=lambda name: tables.title(name, t),
            key="table",
            width=260,
        )
        whole = plan.table(name)
        status = st.selectbox(
            t("data.status"),
            tables.statuses(whole),
            index=None,
            format_func=t.status,
            placeholder=t("data.all"),
            key=f"status_{name}",
            width=220,
        )
        search = st.text_input(t("data.search"), key="search", width=220)
        shown = tables.chosen(whole, status, search)
        st.download_button(
            t("data.download"),
            data=lambda: tables.csv(shown),
            file_name=f"{plan.id}_{name}.csv",
            mime="text/csv",
            on_click="ignore",
            key="download",
        )
    st.html(f'<div class="note">{t("data.rows", shown=len(shown), total=len(whole))}</div>')
    st.dataframe(shown, hide_index=True, height=540, key="raw")
with targets:
    st.dataframe(tables.targets(plan, t), hide_index=True, height=600, key="targets")
with controls:
    st.markdown(t("data.controls_intro"))
    st.dataframe(tables.controls(plan, t), hide_index=True, height="content", key="controls")
knowledge.show()
frame.footer()
