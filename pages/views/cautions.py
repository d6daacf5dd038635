"""Cautions as sentences, and what the button beside each does."""

from __future__ import annotations

import model
from pages.views import numbers
from pages.views.levers import capital
from pages.views.targets import short_name, target_value
from pages.views.texts import Texts

SHOWN = 3
"""More at once would be read by nobody."""


def sentence(caution: model.Caution, plan: model.Plan, t: Texts) -> str:
    """Return what is the matter, with its numbers."""
    given = dict(caution.numbers)
    found = {"name": _name(caution, plan, t)}
    for key in ("value", "gap", "months", "left"):
        if key in given:
            found[key] = numbers.exact(float(given[key]), _unit(caution, plan), t)
    if "target" in given:
        target = plan.target(str(given["target"]))
        found["target"] = short_name(target, t)
        found["aim"] = target_value(target, t)
        found["delivered"] = numbers.in_unit(float(given["delivered"]), target.unit, t, 1)
    for key in ("now", "before"):
        if key in given:
            found[key] = numbers.in_unit(float(given[key]), "亿元", t, 0)
    if "count" in given:
        found["count"] = str(given["count"])
    if "district" in given:
        found["district"] = t.of(next(d for d in plan.districts if d.code == given["district"]))
    if "times" in given:
        found["times"] = numbers.plain(float(given["times"]), 1)
        found["limit"] = numbers.plain(float(given["limit"]), 1)
    if "cap" in given:
        found["cap"] = numbers.plain(100 * (float(given["cap"]) - 1), 0)
    return t(f"cautions.{caution.kind}", **found)


def remedy(caution: model.Caution, plan: model.Plan, t: Texts) -> str:
    """Return what the button says: what it moves and to which value."""
    if caution.kind in ("beyond", "carried", "assumed"):
        return t(f"cautions.mend_{caution.kind}")
    to = numbers.exact(float(caution.to or 0.0), _unit(caution, plan), t)
    return t("cautions.mend", name=_name(caution, plan, t), value=to)


def _record(caution: model.Caution, plan: model.Plan) -> model.Lever | model.Assumption:
    levers = {lever.id: lever for lever in plan.levers}
    return levers.get(caution.record) or plan.desk.assumption(caution.record)


def _name(caution: model.Caution, plan: model.Plan, t: Texts) -> str:
    return capital(t.of(_record(caution, plan)))


def _unit(caution: model.Caution, plan: model.Plan) -> str:
    return _record(caution, plan).unit
