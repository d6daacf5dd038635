"""The few words that Streamlit itself writes on a page, in the language of the visit."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

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


@cache
def _words() -> dict[str, str]:
    """Return the key of our words for each of Streamlit's (1.67)."""
    return json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def script() -> str:
    """Return the script that puts our words in the place of those that have no setting."""
    t = session.t()
    own = {words: t(f"streamlit.{key}") for words, key in _words().items()}
    code = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    # No word may end the script that holds it.
    return code.replace("WORDS", json.dumps(own, ensure_ascii=False).replace("<", "\\u003c"), 1)
