"""A number as people in offices write it: full-width digits, commas, per cent signs, dashes."""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Collection

from model.errors import ModelError

NOT_APPLICABLE = ("-", "--", "/", "\\", "n/a", "na", "nil", "none", "null", "...", "..", "x")
"""What stands for "no figure" once dashes of all kinds are hyphens, in lower case."""

LONGEST = 60

_DASHES = dict.fromkeys(
    map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u30fc\ufe58"), "-"
)
_COMMAS = dict.fromkeys(map(ord, "\u3001\u066c\u02bc\u2019'"), ",")
_SPACE = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]+")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")

PER_CENT = {"%": 1.0, "% a year": 1.0, "% of plan": 1.0, "pp": 1.0, "fraction": 0.01,
            "ratio": 0.01, "per year": 0.01, "per month": 0.01, "ln": 0.01}  # fmt: skip
"""What one per cent is in the units in which a per cent sign makes sense."""


def number(
    given: object, unit: str, percent: bool = False, none: Collection[str] = (),
    units: Collection[str] = (),
) -> float | None:  # fmt: skip
    """Return the number in a cell, None where it is empty or holds a sign for "no figure".

    Parameters
    ----------
    given : text, number or None
        The cell; a number comes from a spreadsheet.
    unit : str
        The unit expected; a per cent sign is read for what it means in it.
    percent : bool
        Whether a spreadsheet shows the number as per cent, so that 0.123 stands for 12.3 %.
    none : collection of str
        Further words for "no figure", in lower case.
    units : collection of str
        Other ways to write the unit, which may stand after the number.

    Raises
    ------
    ModelError
        ``cell_not_a_number``, ``cell_percent`` (a per cent sign where there is no per cent),
        ``cell_date``, ``cell_truth``, ``cell_grouping`` or ``cell_infinite``.
    """
    if given is None:
        return None
    if isinstance(given, bool):
        raise ModelError(f"{given} is no number.", code="cell_truth", given=str(given))
    if isinstance(given, (datetime.date, datetime.time, datetime.timedelta)):
        raise ModelError(f"{given} is a date.", code="cell_date", given=str(given)[:LONGEST])
    if isinstance(given, (int, float)):
        return _scaled(_finite(given), unit, str(given)) if percent else _finite(given)
    text = unicodedata.normalize("NFKC", str(given)[: 4 * LONGEST]).translate(_DASHES)
    text = _SPACE.sub(" ", text).strip().strip("'\u2018").strip()
    shown = str(given).strip()[:LONGEST]
    if not text or text.lower() in NOT_APPLICABLE or text.lower() in none or set(text) <= {"-"}:
        return None
    for word in sorted({unit, *units} - {"%"}, key=len, reverse=True):
        folded = unicodedata.normalize("NFKC", word)
        if folded and text.endswith(folded) and text != folded:
            text = text[: -len(folded)].strip()
            break
    share = text.endswith("%")
    if share:
        text = text[:-1].strip()
    value = _finite(_read(text, shown))
    return _scaled(value / 100, unit, shown) if share else value


def decimals(given: object) -> int:
    """Return how many digits a figure was written with behind the point.

    >>> decimals("６．10%"), decimals("1,200")
    (2, 0)
    """
    found = re.search(r"\.(\d*)", unicodedata.normalize("NFKC", str(given)))
    return len(found[1]) if found else 0


def _read(text: str, shown: str) -> float:
    text = text.translate(_COMMAS).lower()
    compact = text.replace(" ", "")
    if " " in text and not re.fullmatch(r"[+-]? ?\d{1,3}( \d{3})*(\.\d*)?", text):
        raise _not_a_number(shown)
    if _PLAIN.fullmatch(compact):
        return float(compact)
    if _GROUPED.fullmatch(compact):
        return float(compact.replace(",", ""))
    if re.fullmatch(r"[+-]?[\d,.]+", compact) and any(c.isdigit() for c in compact):
        raise ModelError(
            f"{shown!r}: commas stand before groups of three digits, the point is for decimals.",
            code="cell_grouping",
            given=shown,
        )
    raise _not_a_number(shown)


def _not_a_number(shown: str) -> ModelError:
    return ModelError(f"{shown!r} is not a number.", code="cell_not_a_number", given=shown)


def _finite(value: float | str) -> float:
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ModelError("The number is too large.", code="cell_infinite", given=str(value)[:20])
    return found


def _scaled(share: float, unit: str, shown: str) -> float:
    """Return a fraction in the unit; 0.123 is 12.3 in per cent."""
    if unit not in PER_CENT:
        raise ModelError(
            f"{shown!r} is a per cent figure; {unit} is expected.",
            code="cell_percent",
            given=shown,
            unit=unit,
        )
    return _finite(f"{100 * share * PER_CENT[unit]:.12g}")
