"""What happens if we change this?"""

import streamlit as st

from pages.parts import cautions, definitions, frame, lever_panel, live

frame.enter()
left, right = st.columns([0.4, 0.6], gap="large")
# The answer first: its messages leave while the cards are still being drawn.
with right, st.container(key="results"):
    live.answer()
    cautions.show()
    definitions.show("levers")
with left:
    lever_panel.show()
frame.footer()
