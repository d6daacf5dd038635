"""The few words that Streamlit itself writes on a page, in the language of the visit."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from pages.parts import session


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
