"""The few words that Streamlit itself writes on a page, in the language of the visit."""

from __future__ import annotations

import json

import streamlit as st

from pages.parts import session

UPLOAD = '[data-testid="stFileUploaderDropzone"]'
INSIDE = f"{UPLOAD} button [data-testid='stMarkdownContainer'] p"
LIMIT = f'{UPLOAD} [data-testid="stFileUploaderDropzoneInstructions"] span'


def style() -> None:
    """Put our words in the place of Streamlit's on every field that takes a file."""
    t = session.t()
    most = st.get_option("server.maxUploadSize")
    rules = "".join(
        f"{place}{{font-size:0;line-height:1.5}}"
        f"{place}::after{{content:{json.dumps(words, ensure_ascii=False)};font-size:{size}}}"
        for place, words, size in (
            (INSIDE, t("streamlit.choose_file"), ".95rem"),
            (LIMIT, t("streamlit.limit", most=most), ".85rem"),
        )
    )
    st.html(f"<style>{rules}</style>")
