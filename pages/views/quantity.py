"""Values of parameters and cells in the units of the tables, as a reader writes them."""

from __future__ import annotations

from pages.views.numbers import MINUS
from pages.views.texts import Texts

PER_CENT = ("per year", "per month")
"""Rates that are stored as fractions and read as per cent."""


MONEY = ("亿元", "亿元 per year", "亿元/firm")
"""Amounts that English writes in billions."""


def value(number: float | None, unit: str, t: Texts) -> str:
    """Return a number as it is read in its unit, without the unit; empty where there is none."""
    if number is None:
        return ""
    shown = 100 * number if unit in PER_CENT else number
    if unit in MONEY:
        shown *= float(t("number.money_factor"))
    return f"{shown:,.4g}".replace("-", MINUS)


def unit(name: str, t: Texts) -> str:
    """Return a unit of the tables in this language; empty for a plain number."""
    key = f"quantity.{name}"
    return t(key) if key in t else t.unit(name)


def said(number: float | None, name: str, t: Texts) -> str:
    """Return a number with its unit."""
    text, word = value(number, name, t), unit(name, t)
    joint = "" if not word or word[0] in "%‰" or t.language == "zh" else " "
    return f"{text}{joint}{word}" if text else ""
