"""Charts and their data on the page, and the fonts they need."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.components.v1 import declare_component

from pages.views import drawing, fonts
from pages.views.frames import Tables, drawn

SMALL = 12
"""Rows of a table that is kept: labels, targets, the reach of an axis, a year of months."""

SHOWN = "charts_shown"
"""Where the session holds the charts of the page, for those who want them as files."""


def show(spec: dict, tables: Tables, *, key: str, alt: str, width: str = "stretch") -> None:
    """Draw a constant specification with these data sets."""
    st.session_state.setdefault(SHOWN, {})[key] = spec, tables, alt
    tables = drawn(tables)
    data = {name: _arrow(table) for name, table in tables.items()}
    with st.container(key=f"chart_{key}"):
        full = {**drawing.fitted(spec, tables), "datasets": data}
        st.vega_lite_chart(None, full, key=key, theme=None, alt=alt, width=width)


def _arrow(table: pd.DataFrame | dict[str, list]) -> pa.Table:
    if not isinstance(table, dict):
        return pa.Table.from_pandas(table, preserve_index=False)
    if all(len(column) <= SMALL for column in table.values()):
        return _small(tuple((name, tuple(column)) for name, column in table.items()))
    return pa.table(table)


@lru_cache(maxsize=512)
def _small(columns: tuple[tuple[str, tuple[object, ...]], ...]) -> pa.Table:
    """Return a table of a few rows; most of them are the same after a move."""
    return pa.table({name: list(column) for name, column in columns})


def style() -> None:
    """Send the style sheet; the Chinese font comes from data/fonts, served by Streamlit."""
    # Streamlit serves only ./static, or the folder of a component; the second keeps the tree clean.
    there = fonts.FOLDER.is_dir()
    component = declare_component("noto", path=fonts.FOLDER).name if there else ""
    st.html(f"<style>{_style(component)}</style>")


@st.cache_resource(show_spinner=False)
def _style(component: str) -> str:
    """Return the sheet; without the fonts, the browser falls back to those of the system."""
    sheet = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
    faces = "".join(
        f'@font-face{{font-family:"Noto Sans SC Local";font-weight:{weight};font-display:swap;'
        f'src:url("/component/{component}/NotoSansSC-{name}.woff2") format("woff2")}}'
        for name, weight in (("Regular", "400"), ("Bold", "600 800"))
    )
    return faces + sheet if component else sheet
