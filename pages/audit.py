"""What do the plan's own numbers say about each other?"""

import streamlit as st

from pages.parts import audit, frame, pick_list, session
from pages.views.audit import summary

frame.enter()
t = session.t()
pick_list.style()
found = audit.findings()
if not found:
    st.html(f'<div class="sentence">{t("plan.nothing_audit")}</div>')
    st.stop()
st.html(f'<div class="sentence">{summary(found, t)}</div>')
left, right = st.columns([0.46, 0.54], gap="large")
with left:
    finding = audit.show(found)
    st.html(f'<div class="note">{t("audit.basis")}</div>')
with right:
    audit.detail(finding)
frame.footer()
