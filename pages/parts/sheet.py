"""A short table of texts whose figures stand at the right, as in print."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.views import tables


def show(frame: pd.DataFrame, key: str) -> None:
    """Draw the whole table."""
    config = {name: st.column_config.Column(alignment="right") for name in tables.figures(frame)}
    st.dataframe(frame, hide_index=True, height="content", column_config=config, key=key)
