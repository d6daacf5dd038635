"""Texts from outside on their way to a screen or a log, without the passwords they may repeat."""

from __future__ import annotations

import re
from collections.abc import Collection

MASK = "***"
SECRET = re.compile(r"pass(word|wd|code|phrase|file)?$|secret|token|key$|credential", re.I)
"""Names of parameters whose values are shown to nobody."""

_IN_URL = re.compile(r"(?<=://)([^/\s@:]*):([^/\s]*)@")
_NAMED = re.compile(
    r"""(?ix) \b (\w* (?: password | passwd | secret | token )) (\s* [=:] \s*)
    ( '[^']*' | "[^"]*" | [^\s&;,'"]+ )"""
)


def masked(text: str, hide: Collection[str] = ()) -> str:
    """Return a text with ``***`` in place of passwords: those given, and what looks like one.

    >>> masked("no route to postgresql://planner:pa:s@db/x?sslpassword=1")
    'no route to postgresql://planner:***@db/x?sslpassword=***'
    >>> masked("bad option: token = 'a b', host=db")
    'bad option: token = ***, host=db'
    """
    for secret in hide:
        text = text.replace(secret, MASK)
    text = _IN_URL.sub(rf"\1:{MASK}@", text)
    return _NAMED.sub(rf"\1\2{MASK}", text)
