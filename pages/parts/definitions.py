"""The definition cards behind the tiles and charts of a page, one click away."""

from __future__ import annotations

import streamlit as st

from pages.parts import session
from pages.views import definitions
from pages.views.frames import YEARLY
from pages.views.targets import HEADLINE


def show() -> None:
    """Draw the button and, once it is open, the cards of all that the lever page shows."""
    t = session.t()
    box = st.popover(t("definition.title"), type="tertiary", key="definitions", on_change="rerun")
    if box.open:
        targets = (*HEADLINE, *(target for target, _ in YEARLY.values()))
        box.markdown(definitions.cards(session.plan(), targets, t))
