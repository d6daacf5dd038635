"""Numbers as text: per cent, points, money, chances.  A true minus sign, never a hyphen."""

from __future__ import annotations

import math
from collections.abc import Callable

from pages.views.texts import Texts

MINUS = "−"


def plain(value: float, digits: int = 1, signed: bool = False) -> str:
    """Return a number with a fixed count of decimals; zero carries no sign."""
    rounded = round(value, digits)
    if rounded == 0:
        return f"{0:.{digits}f}"
    sign = MINUS if rounded < 0 else "+" if signed else ""
    return f"{sign}{abs(rounded):,.{digits}f}"


def whole(value: float) -> float | int:
    """Return a count as the whole number that it is."""
    return int(value) if float(value).is_integer() else value


def percent(fraction: float, digits: int = 1, signed: bool = False) -> str:
    """Return a fraction as per cent."""
    return plain(100 * fraction, digits, signed) + "%"


def short(value: float) -> str:
    """Return a lever value as it is typed: no needless zeros, thousands apart."""
    text = f"{round(value, 2) + 0.0:,.2f}".rstrip("0").rstrip(".")  # -0.0 + 0.0 is 0.0
    return text.replace("-", MINUS)


def in_unit(value: float, unit: str, t: Texts, digits: int | None = None) -> str:
    """Return a value with its unit, in the unit of the plan (per cent, 亿元, counts)."""
    if unit == "%":
        return plain(value, 1 if digits is None else digits) + "%"
    if unit == "亿元":
        return t(
            "number.money",
            value=plain(
                value * float(t("number.money_factor")),
                _money_digits(value, t) if digits is None else 1,
            ),
        )
    return _with_unit(value, unit, t)


def _money_digits(value: float, t: Texts) -> int:
    """Return the decimals of an amount in 亿元: one more where it is a small district's."""
    return (0 if t.language == "zh" else 1) + (0 < abs(value) < 10)


def _with_unit(
    value: float, unit: str, t: Texts, write: Callable[[float], str] | None = None
) -> str:
    """Return a value with its unit as the language writes it (85万吨, 850 kt)."""
    key, write = f"unit_format.{unit}", write or short
    if key in t:
        return t(key, value=write(value * float(t(f"unit_factor.{unit}"))))
    return t("number.with_unit", value=write(value), unit=t.unit(unit))


def exact(value: float, unit: str, t: Texts) -> str:
    """Return a target or lever value, which is exact, with its unit."""
    if unit == "%":
        return short(value) + "%"
    if unit == "亿元":
        return t("number.money", value=short(value * float(t("number.money_factor"))))
    return _with_unit(value, unit, t)


def setting(value: float, unit: str, t: Texts) -> str:
    """Return what a lever is set to beside its name, which says already that it is of the plan."""
    return exact(value, "%" if unit == "% of plan" else unit, t)


def gap(value: float, unit: str, t: Texts, beside: float | None = None) -> str:
    """Return the distance to a target with its sign: points for rates, else the unit.

    An amount is as fine as the one ``beside`` it, or else as one of its own size would be.
    """
    if unit == "%":
        return t("number.points", value=plain(value, 1, signed=True))
    if unit == "亿元":
        return t(
            "number.money",
            value=plain(
                value * float(t("number.money_factor")),
                _money_digits(value if beside is None else beside, t),
                signed=True,
            ),
        )
    return _with_unit(value, unit, t, lambda amount: plain(amount, 0, signed=True))


def points(fraction: float, t: Texts, digits: int = 1, signed: bool = True) -> str:
    """Return a difference of two fractions in percentage points."""
    return t("number.points", value=plain(100 * fraction, digits, signed))


def span(low: float, high: float, unit: str, t: Texts) -> str:
    """Return a range; the unit is named once."""
    if unit == "%":
        return t("number.range_percent", low=plain(low), high=plain(high))
    if unit == "亿元":
        factor = float(t("number.money_factor"))
        digits = _money_digits(high, t)
        low_text, high_text = (plain(end * factor, digits) for end in (low, high))
        return t("number.money", value=t("number.range", low=low_text, high=high_text))
    return t("number.range", low=plain(low), high=in_unit(high, unit, t))


def chance(probability: float) -> str:
    """Return a probability in whole per cent; the ends are never called certain."""
    if probability < 0.01:
        return "<1%"
    if probability > 0.99:
        return ">99%"
    return f"{100 * probability:.0f}%"


def chance_words(probability: float, t: Texts) -> str:
    """Return a probability in tenths, in words (约三成, about 3 in 10)."""
    tenths = min(10, max(0, math.floor(10 * probability + 0.5)))
    return t(f"chance.{tenths}")


def chance_both(probability: float, t: Texts, indicative: bool = False) -> str:
    """Return a probability as 13%（约一成）; one that is only ``indicative`` says so."""
    key = "number.chance_indicative" if indicative else "number.chance"
    return t(key, chance=chance(probability), words=chance_words(probability, t))


def month(code: str, t: Texts) -> str:
    """Return ``2020-10`` as a month of the language."""
    year, number = code.split("-")
    return t("number.month", year=year, month=t(f"month.{int(number)}"))


def joined_month(code: str, t: Texts) -> str:
    """Return a month of figures that run from January on: the second is named with the first."""
    if code.endswith("-02"):
        return t("number.month", year=code[:4], month=t("month.joined"))
    return month(code, t)
