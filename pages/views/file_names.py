"""Names of files for download, made of names that people have given."""

from __future__ import annotations

import re

from model.sent_text import clean

LONGEST = 60
"""Characters of a part; three bytes each in Chinese, so that two parts stay within 255 bytes."""

_FORBIDDEN = re.compile(r'[\\/:*?"<>|]+')
_DEVICES = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3])", re.I
)


def part(text: str) -> str:
    """Return what of a text can stand in a file name on every system; nothing if nothing can.

    >>> part("../../etc/passwd"), part("NUL.txt"), part("a:b")
    ('etc passwd', 'NUL_.txt', 'a b')
    """
    kept = _FORBIDDEN.sub(" ", clean(text, 4 * LONGEST)).strip(" .")
    kept = " ".join(word for word in kept.split(" ") if word.strip("."))
    stem, dot, rest = kept.partition(".")
    if _DEVICES.fullmatch(stem.strip()):
        kept = f"{stem.strip()}_{dot}{rest}"
    while len(kept) > LONGEST or len(kept.encode("utf-8")) > 2 * LONGEST:
        kept = kept[:-1]
    return kept.strip(" .")
