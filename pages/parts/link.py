"""The scenario in the address: every value explicit, with schema, plan and data version.

Pure functions.  Whatever a link holds, reading it never fails: what cannot be used is left out and
said in a notice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import model
from model import document, replacements
from model.document import Notice, notice

__all__ = ["Notice", "carried", "carry", "data_set", "decode", "encode"]

SCHEMA = str(document.SCHEMA)
DEFAULT = "plan"
PARTS = {"l": "levers", "d": "districts", "k": "carried", "a": "assumptions"}
KEYS = ("s", "v", "p", "d", "n", "c")
LONGEST = 20_000
"""Characters of the values; a scenario has about two thousand."""


def encode(plan: model.Plan, scenario: model.Scenario) -> dict[str, str]:
    """Return the query parameters that hold a scenario; ``n`` is a name that is not built in.

    ``d`` is the version of the data with the id of the data set, if there is one.
    """
    content = scenario.to_dict()
    values = {short: _compact(content[name]) for short, name in PARTS.items()}
    text = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    found = {"s": scenario.id, "v": SCHEMA, "p": plan.id, "d": plan.version, "c": text}
    built = plan.scenarios.get(scenario.id)
    name = document.clean(scenario.name_zh)
    if name and (built is None or name != built.name_zh):
        found["n"] = name
    return found


def _compact(value: object) -> object:
    if isinstance(value, dict):
        return {key: _compact(item) for key, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def carry(plan: model.Plan) -> dict[str, str]:
    """Return what a file carries beside its link: the figures of its data set, with the name."""
    chosen = plan.data_set
    if chosen is None:
        return {}
    return {"r": replacements.to_json(chosen.replacements), "rn": chosen.name}


def carried(parameters: Mapping[str, str]) -> model.DataSet | None:
    """Return the data set that a file carries; None when there is none, or not the one it names."""
    try:
        found = replacements.from_json(parameters.get("r", ""))
    except model.ModelError:
        return None
    chosen = model.DataSet(document.clean(parameters.get("rn", "")), found)
    return chosen if chosen.id == data_set(parameters) else None


def data_set(parameters: Mapping[str, str]) -> str:
    """Return the id of the data set that a link names, "" for the shipped data."""
    return replacements.data_set_in(parameters.get("d", ""))


def decode(
    plan: model.Plan, parameters: Mapping[str, str]
) -> tuple[model.Scenario, tuple[Notice, ...]]:
    """Return the scenario of a link and what of the link was not used."""
    notices: list[Notice] = []
    if parameters.get("p", plan.id) != plan.id:
        # Its levers may bear the same names and mean other things: nothing of it is used.
        opened = model.load_scenario(plan, DEFAULT)
        given = {"given": parameters["p"], "known": plan.id}
        return opened, (notice("plan", **given, scenario=DEFAULT),)
    name = parameters.get("s", DEFAULT)
    if name not in plan.scenario_names:
        notices.append(notice("scenario", given=name, scenario=DEFAULT))
        name = DEFAULT
    base = model.load_scenario(plan, name)
    given_name = document.clean(parameters.get("n", ""))
    for key, code, known in (("v", "schema", SCHEMA),):
        given = parameters.get(key, known)
        if given != known:
            notices.append(notice(code, given=given, known=known))
    other = document.version_notice(plan, parameters.get("d", plan.version))
    if other:
        notices.append(other)
    if "c" not in parameters:
        return base, tuple(notices)
    content = _read(parameters["c"])
    if content is None:
        return base, (*notices, notice("unreadable", scenario=name))
    for part in content:
        if part not in PARTS:
            notices.append(notice("unknown", name=document.shown(part), given=content[part]))
    sections = {part: content.get(short, {}) for short, part in PARTS.items()}
    scenario = document.filled(plan, base, sections, notices)
    if given_name:
        scenario = replace(scenario, name_zh=given_name, name_en=given_name)
    return scenario, tuple(notices)


def _read(text: str) -> dict | None:
    """Return the values of a link, or None when they cannot be read or are far too many."""
    if len(text) > LONGEST:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
