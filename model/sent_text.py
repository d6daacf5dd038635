"""Text from outside: names freed of what cannot be seen, JSON and TOML read within bounds."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Mapping

from model.errors import ModelError

LARGEST = 200_000
"""Characters of a text; a scenario has about two thousand."""

LONGEST_NAME, LONGEST_NOTE, LONGEST_SHOWN = 80, 2000, 60
_NO_CHARACTERS = "\ufdd0-\ufdef" + "".join(chr(0x10000 * k + 0xFFFE) + chr(0x10000 * k + 0xFFFF)
                                             for k in range(17))  # fmt: skip
"""What never stands for a character; XML, and so an office file, may not hold U+FFFE and U+FFFF."""

_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    f"\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff{_NO_CHARACTERS}]"
)

_INNERMOST = 12
"""Parts of a dotted name; a scenario needs three."""

# The time that tomllib takes grows with the square of the parts of a dotted name: minutes for one
# name of 100,000 characters.
_LONG_NAME = re.compile(
    r"(?:^|[\[{,])[ \t]*(?:(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')[ \t]*\.[ \t]*)"
    f"{{{_INNERMOST}}}",
    re.MULTILINE,
)


def decoded(content: bytes) -> str | None:
    """Return the text of a file as offices send it; None where it is none.

    UTF-8 with or without BOM, UTF-16 with BOM, or GB18030.
    """
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    return None


def table(text: str) -> list[list[str]]:
    """Return the cells of a table by row; none when it is no table.

    Its first line tells what stands between the cells: tabs, as in a spreadsheet's Unicode text and
    in what is copied from one, commas, semicolons or the commas of Chinese.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max("\t,;，", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error:
        return []


def parse(text: str) -> Mapping[str, object]:
    """Return what a JSON or TOML text holds.

    Raises
    ------
    ModelError
        ``document_too_large`` or ``document_unreadable``.

    >>> parse('{"levers": {"completions": 231}}') == parse("levers.completions = 231")
    True
    """
    if len(text) > LARGEST:
        raise ModelError(
            f"The file has {len(text)} characters; a scenario has at most {LARGEST}.",
            code="document_too_large",
            given=len(text),
            high=LARGEST,
        )
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    for reader in (json.loads, _toml):
        try:
            found = reader(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, Mapping):
            return found
    raise ModelError("This is neither JSON nor TOML.", code="document_unreadable")


def _toml(text: str) -> Mapping[str, object]:
    if _LONG_NAME.search(text):
        raise ValueError(f"a name of more than {_INNERMOST} parts")
    return tomllib.loads(text)


def shown(value: object) -> str:
    """Return a value from outside as one short line that hides nothing and turns nothing round."""
    try:
        text = f"{value:g}" if isinstance(value, float) else str(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, a deep nest
        text = "…"
    text = _INVISIBLE.sub("\ufffd", text[: 4 * LONGEST_SHOWN])
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def clean(text: object, longest: int = LONGEST_NAME, lines: bool = False) -> str:
    """Return a name or note without control or direction characters, cut to a length.

    ``lines`` keeps line breaks.
    """
    parts = str(text).splitlines() if lines else [str(text).replace("\n", " ").replace("\t", " ")]
    joined = "\n".join(_INVISIBLE.sub("", part) for part in parts)
    return joined.strip()[:longest].strip()
