"""What happens if we change this?"""

import streamlit as st

from pages.parts import frame, lever_panel, live, session


@st.fragment
def desk() -> None:
    """Draw answer and levers: a move runs only this, not the frame around it."""
    left, right = st.columns([0.4, 0.6], gap="large")
    # The answer first: its messages leave while the cards are still being drawn.
    with right, st.container(key="results"):
        live.show()
    with left:
        lever_panel.show()
    session.write_link()


frame.enter()
desk()
frame.footer()
