"""What the interface says about the plan at hand: its city, years, districts and first targets."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from pathlib import Path


def plan_words(folder: Path | None, language: str, words: Mapping[str, str]) -> dict[str, str]:
    """Return the words for ``{plan.…}`` in a text, read from a plan folder; none for None.

    Only what the folder itself says is read, unchecked, so that a page can still be written in
    words while a folder is refused.
    """
    facts = _facts(folder)
    if not facts:
        return {}

    def own(key: str) -> str:
        return _plain(facts.get(f"{key}_{language}", ""))

    try:
        first, months = int(str(facts["first_month"])[:4]), int(str(facts["months"]))
        start_year, start_month = str(facts["start_month"]).split("-")
        start = words[f"month.{int(start_month)}"]
    except (KeyError, ValueError):
        return {"city": own("city"), "tagline": own("tagline")}
    years = max(1, months // 12)
    last = first + years - 1
    said = words["plan.years" if years > 1 else "plan.year"]
    districts = len(_rows(folder, "districts"))
    annex, anchor = _section(facts, "annex"), _section(facts, "anchor")
    return {
        "city": own("city"),
        "tagline": own("tagline") or own("title"),
        "title": own("title"),
        "year": str(first),
        "base_year": str(first - 1),
        "last_year": str(last),
        "years": said.format(first=first, last=last),
        "span": words["plan.span"].format(count=_count(years, words)),
        "districts": words["plan.districts"].format(count=_count(districts, words)),
        "annex": _plain(annex.get(f"name_{language}")) or words["plan.annex"],
        "anchor": _plain(anchor.get(f"name_{language}")) or words["plan.anchor"],
        "start": words["number.month"].format(year=start_year, month=start),
        "start_month": start,
        "headline": _headline(folder, facts, words),
    }


def _facts(folder: Path | None) -> dict[str, object]:
    try:
        text = (folder / "plan.toml").read_text(encoding="utf-8-sig") if folder else ""
        return tomllib.loads(text)
    except (OSError, ValueError):
        return {}


def _section(facts: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = facts.get(name)
    return found if isinstance(found, Mapping) else {}


def _rows(folder: Path | None, table: str) -> list[dict[str, str]]:
    try:
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, ValueError, AttributeError):
        return []


def _headline(folder: Path | None, facts: Mapping[str, object], words: Mapping[str, str]) -> str:
    """Return the values of the first targets in a row: 7%, 8% and 20%."""
    asked = _section(facts, "headline").get("first")
    by_id = {row.get("id"): row for row in _rows(folder, "targets")}
    rows = [by_id[name] for name in asked if name in by_id] if isinstance(asked, list) else []
    values = [_plain(row.get("value")) + ("%" if row.get("unit") == "%" else "") for row in rows]
    if len(values) < 2:
        return "".join(values)
    return words["plan.joiner"].join(values[:-1]) + words["plan.last_joiner"] + values[-1]


def _count(number: int, words: Mapping[str, str]) -> str:
    return words.get(f"count.{number}", str(number))


def _plain(text: object) -> str:
    """Return a word without the braces that would make it a place to fill in."""
    return str(text or "").replace("{", "").replace("}", "")
