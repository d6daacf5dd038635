"""A sentence of ours that holds words of somebody else, for a page to show.

Markdown cannot do it: it makes lists and links of what people type, and loses its own emphasis
beside a bracket where, as in Chinese, no space stands between words.
"""

from __future__ import annotations

import re
from html import escape

_STAR = "\ufdd0"
"""Stands for a star that is not ours; no name holds this character."""

_EMPHASIS = re.compile(r"\*\*(.+?)\*\*")


def own(words: str) -> str:
    """Return words of somebody else for a place in one of our sentences."""
    return words.replace("*", _STAR)


def html(sentence: str) -> str:
    """Return a sentence as HTML: ``**`` of ours is emphasis, nothing else means anything."""
    return _EMPHASIS.sub(r"<b>\1</b>", escape(sentence)).replace(_STAR, "*")
