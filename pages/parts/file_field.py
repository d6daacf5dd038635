"""A field for a file: it says in the reader's language what it takes and what it did not take."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from model import document
from pages.parts import session

UPLOAD = '[data-testid="stFileUploaderDropzone"]'
INSIDE = f"{UPLOAD} button [data-testid='stMarkdownContainer'] p"
LIMIT = f'{UPLOAD} [data-testid="stFileUploaderDropzoneInstructions"] span'
LEFT_OUT = '[data-testid="stFileUploader"]:has([data-testid="stFileChipIconError"])'


def style() -> None:
    """Put our words in the place of Streamlit's on the button of every field for files."""
    st.html(f"<style>{_in_place(INSIDE, session.t()('streamlit.choose_file'), '.95rem')}</style>")


def file_field(
    label: str, key: str, kinds: Sequence[str] = (), most: int = 0, sent: int = 0, **more
) -> UploadedFile | None:
    """Return the file given in a field, which says what it takes, and when it took nothing.

    Streamlit only marks a file of another kind, or beyond ``most`` megabytes, and says why in
    English where nobody looks; up to ``sent`` it hands the file over, to be refused in our words.
    Names come without what hides or turns round.
    """
    t = session.t()
    most = most or st.get_option("server.maxUploadSize")
    listed = t("streamlit.comma").join(kind.upper() for kind in kinds)
    left_out = t("streamlit.left_out" if kinds else "streamlit.too_large", kinds=listed, most=most)
    field = f".st-key-{key}"
    st.html(
        f"<style>{_in_place(f'{field} {LIMIT}', t('streamlit.limit', most=most), '.85rem')}"
        f"{field} {LEFT_OUT}::after{{content:{_quoted(left_out)};color:#9A4308;font-size:.92rem}}"
        "</style>"
    )
    more["max_upload_size"] = sent or most
    given = st.file_uploader(label, type=kinds or None, key=key, **more)
    if given is not None:
        given.name = document.clean(given.name)
    return given


def _in_place(where: str, words: str, size: str) -> str:
    return (
        f"{where}{{font-size:0;line-height:1.5}}"
        f"{where}::after{{content:{_quoted(words)};font-size:{size}}}"
    )


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
