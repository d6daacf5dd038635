"""What would it take?"""

import streamlit as st

from pages.parts import frame, session, solve

frame.enter()
t = session.t()
left, right = st.columns([0.28, 0.72], gap="large")
with left:
    question = solve.ask()
with right:
    if question is None:
        st.html(f'<div class="sentence">{t("solve.intro")}</div>')
    else:
        solve.answer(question)
frame.footer()
