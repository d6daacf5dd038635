"""How far can the chances be trusted?"""

import streamlit as st

from pages.parts import confidence, frame, live, session
from pages.views.confidence import not_quantified_html

frame.enter()
t = session.t()
confidence.style()
summary = live.chances()
st.html(f'<div class="sentence">{t("confidence.sentence")}</div>')
st.markdown(f"##### {t('confidence.first')}")
st.html(not_quantified_html(t))
shown, drivers, track = st.tabs(
    [t("confidence.tab_chances"), t("confidence.tab_drivers"), t("confidence.tab_record")]
)
with shown:
    confidence.chances(summary)
with drivers:
    confidence.drivers(summary)
with track:
    if session.data_set() is not None:
        st.info(t("data_set.record"))
    confidence.track()
frame.footer()
