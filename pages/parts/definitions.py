"""The definition cards behind the tiles and charts of a page, one click away."""

from __future__ import annotations

import streamlit as st

from pages.parts import session
from pages.views import definitions
from pages.views.frames import YEARLY
from pages.views.targets import HEADLINE

NAME = "definitions"
"""The dialog, as `pages.parts.library.dialog` knows it."""


def button() -> None:
    """Draw the button that opens the cards; the dialog itself is drawn by the frame."""
    if st.button(session.t()("definition.title"), type="tertiary", key=NAME):
        st.session_state["dialog"] = NAME
        st.rerun()


def show() -> None:
    """Draw the cards of all that the lever page shows."""
    targets = (*HEADLINE, *(target for target, _ in YEARLY.values()))
    st.markdown(definitions.cards(session.plan(), targets, session.t()))
