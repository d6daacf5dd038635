"""Where something stands in the plan and who answers for it, in the words of the language."""

from __future__ import annotations

from pages.views.texts import Texts


def place_name(place: str, t: Texts) -> str:
    """Return a place of the plan's text: a clause by its number, else part and section."""
    if place.isdigit():
        return t("register.clause", clause=place)
    key = f"register.place_{place}"
    return t(key) if key in t else place


def unit_name(unit: str, t: Texts) -> str:
    """Return a responsible unit in the language, its Chinese name where there is no other."""
    key = f"unit_name.{unit}"
    if t.language == "zh" or key not in t:
        return unit
    return t(key)


def clauses(text: str, t: Texts) -> str:
    """Return the clauses of a lever in the language: 第9条；附件1."""
    return t("duties.and").join(_clause(part.strip(), t) for part in text.split(";"))


def _clause(part: str, t: Texts) -> str:
    if part.startswith("annex"):
        return t("duties.annex", number=part.split()[-1])
    if part.replace("-", "").isdigit():
        key = "register.clauses" if "-" in part else "register.clause"
        return t(key, clause=numbered(part, t))
    return place_name(part, t)


def numbered(part: str, t: Texts) -> str:
    """Return the numbers of clauses with the dash of the language: 14—16, 14–16."""
    return part.replace("-", t("register.dash"))
