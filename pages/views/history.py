"""What a step of the history says, and text of others that must stand as it is."""

from __future__ import annotations

import re

import model
from model.history import History
from model.scenario import Change
from pages.views import numbers
from pages.views.levers import capital
from pages.views.texts import Texts

MENDED = "history.mended"
"""A step that followed a caution, whose kind is its name; what it changed are its words."""

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-!|>~$:<&])")
_NUMBERED = re.compile(r"^(\s*\d+)\.")


def literal(text: str) -> str:
    """Return a text so that Markdown shows it as it is; no list begins with its number."""
    return _NUMBERED.sub(r"\1\\.", _MARKUP.sub(r"\\\1", text))


def entry(plan: model.Plan, history: History, position: int, t: Texts) -> str:
    """Return the words for the step at ``position`` of ``history.steps``."""
    steps = history.steps
    step = steps[position]
    before = steps[position - 1] if position else None
    if step.said and step.said in t and step.said != MENDED:
        return t(step.said, name=_name(plan, step.name, t))
    changes = step.scenario.changes(before.scenario) if before else ()
    said = said_changes(plan, changes, t) if changes else t("history.changed")
    if step.said == MENDED:
        remedy = f"cautions.mend_{step.name}"
        return t(MENDED, name=t(remedy) if remedy in t else said)
    return said


def said_changes(plan: model.Plan, changes: tuple[Change, ...], t: Texts) -> str:
    """Return the first change in words and how many more levers or assumptions there are."""
    names = list(dict.fromkeys(change.name for change in changes))
    first = [change for change in changes if change.name == names[0]]
    districts = [change for change in first if change.district]
    shown = first[0]
    if shown.district is None and len(districts) == 1:
        shown = districts[0]  # the city figure only follows its district
    said = _change(plan, shown, t)
    return t("history.and_more", first=said, count=len(names) - 1) if len(names) > 1 else said


def _change(plan: model.Plan, change: Change, t: Texts) -> str:
    if change.kind == "assumption":
        record = plan.desk.assumption(change.name)
        if record.unit == "month":
            old, new = (numbers.month(plan.months[int(v)], t) for v in (change.old, change.new))
            return t("history.change", name=capital(t.of(record)), old=old, new=new)
    else:
        record = plan.lever(change.name)
    name = capital(t.of(record))
    if change.district:
        district = next(d for d in plan.districts if d.code == change.district)
        name = t("history.in_district", name=name, district=t.of(district))
    old, new = (numbers.exact(value, record.unit, t) for value in (change.old, change.new))
    return t("history.change", name=name, old=old, new=new)


def _name(plan: model.Plan, name: str, t: Texts) -> str:
    return t.of(plan.scenarios[name]) if name in plan.scenarios else name
