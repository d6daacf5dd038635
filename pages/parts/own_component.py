"""Components of our own: a folder beside the module that draws it, with files of its name."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import streamlit as st

KINDS = ("html", "css", "js")


def load(folder: Path) -> Callable | None:
    """Return the component of a folder; whatever is wrong with it, None: the page must work."""
    try:
        files = {kind: folder / f"{folder.name}.{kind}" for kind in KINDS}
        texts = {kind: path.read_text("utf-8") for kind, path in files.items() if path.exists()}
        return st.components.v2.component(folder.name, **texts)
    except Exception:
        logging.getLogger(__name__).warning("%s is not used", folder.name, exc_info=True)
        return None
