"""A short table of texts, drawn whole: nothing in it scrolls or is cut."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.views import tables


def show(frame: pd.DataFrame, key: str) -> None:
    """Draw the whole table."""
    st.html(tables.html(frame, key))
