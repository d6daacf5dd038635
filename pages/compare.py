"""Which of these two to four scenarios, on the same axes?"""

import streamlit as st

from pages.parts import compare as parts
from pages.parts import frame, session
from pages.views import compare

frame.enter()
t, plan = session.t(), session.plan()
scenarios, names = parts.choose()
if len(scenarios) < parts.FEWEST:
    st.info(t("compare.too_few"))
else:
    found = parts.summaries(scenarios)
    charts, outcomes, levers, why, many = st.tabs(
        [t(f"compare.tab_{name}") for name in ("charts", "outcomes", "levers", "why", "many")]
    )
    with charts:
        parts.charts(found, names)
    with outcomes:
        st.html(compare.outcomes_html(found, names, t))
    with levers:
        st.html(compare.levers_html(plan, scenarios, names, t))
    with why:
        parts.difference(scenarios, names)
    with many:
        parts.many()
frame.footer()
