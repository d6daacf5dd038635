"""The scenario in the address: every value explicit, with schema, plan and data version.

Pure functions.  Whatever a link holds, reading it never fails: what cannot be used is left out and
said in a notice.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import model
from model.scenario import from_dict

SCHEMA = "1"
DEFAULT = "plan"
PARTS = {"l": "levers", "d": "districts", "k": "carried", "a": "assumptions"}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something in a link that was not used as it stands: a text key and what fills it in."""

    code: str
    details: tuple[tuple[str, str], ...]


def _notice(code: str, **details: object) -> Notice:
    return Notice(code, tuple((name, _shown(value)) for name, value in details.items()))


def _shown(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def encode(plan: model.Plan, scenario: model.Scenario) -> dict[str, str]:
    """Return the query parameters that hold a scenario."""
    content = scenario.to_dict()
    values = {short: _compact(content[name]) for short, name in PARTS.items()}
    text = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    return {"s": scenario.id, "v": SCHEMA, "p": plan.id, "d": plan.version, "c": text}


def _compact(value: object) -> object:
    if isinstance(value, dict):
        return {key: _compact(item) for key, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def decode(
    plan: model.Plan, parameters: Mapping[str, str]
) -> tuple[model.Scenario, tuple[Notice, ...]]:
    """Return the scenario of a link and what of the link was not used."""
    notices: list[Notice] = []
    name = parameters.get("s", DEFAULT)
    if name not in plan.scenario_names:
        notices.append(_notice("scenario", given=name, scenario=DEFAULT))
        name = DEFAULT
    base = model.load_scenario(plan, name)
    expected = {"v": ("schema", SCHEMA), "d": ("version", plan.version), "p": ("plan", plan.id)}
    for key, (code, known) in expected.items():
        given = parameters.get(key, known)
        if given != known:
            notices.append(_notice(code, given=given, known=known))
    if "c" not in parameters:
        return base, tuple(notices)
    try:
        content = json.loads(parameters["c"])
        if not isinstance(content, dict):
            raise ValueError
    except (ValueError, RecursionError):
        return base, (*notices, _notice("unreadable", scenario=name))
    return _filled(plan, base, content, notices), tuple(notices)


def _filled(
    plan: model.Plan, base: model.Scenario, content: dict, notices: list[Notice]
) -> model.Scenario:
    known = base.to_dict()
    for part in content:
        if part not in PARTS:
            notices.append(_notice("unknown", name=part, given=content[part]))
    wanted: dict[str, dict] = {}
    for short, part in PARTS.items():
        given = content.get(short, {})
        if not isinstance(given, dict):
            notices.append(_notice("unknown", name=part, given=given))
            given = {}
        wanted[part] = given
    levers = _values(
        wanted["levers"], known["levers"], lambda n: _lever_range(plan, n), notices, ""
    )
    assumptions = _values(
        wanted["assumptions"],
        known["assumptions"],
        lambda n: _assumption_range(plan, n),
        notices,
        "",
    )
    districts = {}
    for name, given in wanted["districts"].items():
        if name not in known["districts"] or not isinstance(given, dict):
            notices.append(_notice("unknown", name=name, given=given))
            continue
        districts[name] = _values(
            given, known["districts"][name], lambda _, n=name: _lever_range(plan, n), notices, name
        )
    for name, rows in known["districts"].items():
        if name not in districts and levers[name] == known["levers"][name]:
            districts[name] = rows
    carried = _carried(plan, wanted["carried"], notices)
    scenario = from_dict(
        plan.desk,
        {
            "levers": levers,
            "districts": districts,
            "carried": carried,
            "assumptions": assumptions,
        },
    )
    return replace(
        scenario,
        id=base.id,
        name_zh=base.name_zh,
        name_en=base.name_en,
        note_zh=base.note_zh,
        note_en=base.note_en,
    )


def _carried(plan: model.Plan, given: dict, notices: list[Notice]) -> dict[str, dict]:
    """Return the district values beyond a lever's range that a city move may have left."""
    found: dict[str, dict] = {}
    for name, rows in given.items():
        known = {lever.id: lever for lever in plan.levers if lever.by_district}
        if name not in known or not isinstance(rows, dict):
            notices.append(_notice("unknown", name=name, given=rows))
            continue
        low, high = _lever_range(plan, name)
        span = high - low
        for code, value in rows.items():
            label = f"{name} {code}"
            if code not in plan.axes.districts:
                notices.append(_notice("unknown", name=label, given=value))
                continue
            kept = _value(label, value, None, (low - span, high + span), notices)
            if kept is not None:
                found.setdefault(name, {})[code] = kept
    return found


def _lever_range(plan: model.Plan, name: str) -> tuple[float, float]:
    lever = plan.lever(name)
    return lever.minimum, lever.maximum


def _assumption_range(plan: model.Plan, name: str) -> tuple:
    """Return the smallest and largest value, or all months that may be named."""
    assumption = plan.desk.assumption(name)
    if assumption.unit == "month":
        return plan.months[int(assumption.minimum) : int(assumption.maximum) + 1]
    return assumption.minimum, assumption.maximum


def _values(given: dict, known: dict, limits, notices: list[Notice], prefix: str) -> dict:
    """Return the known names with the values given, where these can be used."""
    for name in given:
        if name not in known:
            notices.append(_notice("unknown", name=f"{prefix} {name}".strip(), given=given[name]))
    found = {}
    for name, used in known.items():
        label = f"{prefix} {name}".strip()
        if name not in given:
            notices.append(_notice("missing", name=label, used=used))
            found[name] = used
            continue
        found[name] = _value(label, given[name], used, limits(name), notices)
    return found


def _value(label: str, value: object, used: object, limits: tuple, notices: list[Notice]) -> object:
    if isinstance(used, str):  # a month, written 2020-10
        if isinstance(value, str) and value in limits:
            return value
        notices.append(_notice("not_a_number", name=label, given=value, used=used))
        return used
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        notices.append(_notice("not_a_number", name=label, given=value, used=used))
        return used
    low, high = limits
    if not low <= value <= high:
        notices.append(
            _notice("outside", name=label, given=float(value), low=low, high=high, used=used)
        )
        return used
    return value
