"""A scenario as a document: every value explicit, with schema, plan, model and data version.

Writing is exact.  Reading is forgiving: it never fails on what a document holds, but uses what it
can and returns a `Notice` for everything that it could not use as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from model import agreement
from model.errors import ModelError
from model.plan import Plan
from model.replacements import data_set_in, version_with
from model.scenario import Scenario, from_dict
from model.sent_text import LONGEST_NAME, LONGEST_NOTE, clean, parse, shown
from model.version import VERSION

__all__ = [
    "LONGEST_NAME", "LONGEST_NOTE", "Notice", "clean", "content", "filled", "notice", "parse",
    "read", "shown", "to_json", "to_toml",
]  # fmt: skip

SCHEMA = 1
SECTIONS = ("levers", "districts", "carried", "assumptions")
HEAD = ("schema", "plan", "model_version", "data_version")
TEXTS = ("id", "name_zh", "name_en", "note_zh", "note_en")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something in a document that was not used as it stands: a code and what fills its text."""

    code: str
    details: tuple[tuple[str, str], ...]


def notice(code: str, **details: object) -> Notice:
    """Return a notice; values are shortened and freed of what cannot be seen."""
    return Notice(code, tuple((name, shown(value)) for name, value in details.items()))


def content(plan: Plan, scenario: Scenario, data: str = "") -> dict[str, object]:
    """Return a scenario with all its values and the versions it was made with.

    ``data`` is the id of the data set in place of cells of a shipped plan.
    """
    head = {
        "schema": SCHEMA,
        "plan": plan.id,
        "model_version": VERSION,
        "data_version": version_with(plan.version, data),
    }
    return head | scenario.to_dict()


def version_notice(plan: Plan, given: object) -> Notice | None:
    """Return what to say of values made with another version of the data, or another data set."""
    version = str(given).replace(" ", "+")
    if version == plan.version:
        return None
    shipped = (plan.shipped or plan).version
    if version.partition("+")[0] == shipped:
        known = data_set_in(plan.version)
        return notice("data_set", given=data_set_in(version), known=known)
    return notice("version", given=given, known=plan.version)


def to_json(plan: Plan, scenario: Scenario, data: str = "") -> str:
    """Return a scenario as JSON that a person can read."""
    return json.dumps(content(plan, scenario, data), ensure_ascii=False, indent=1)


def to_toml(plan: Plan, scenario: Scenario) -> str:
    """Return a scenario as a TOML file like those of the built-in scenarios."""
    head, tables = [], []
    for key, value in content(plan, scenario).items():
        if isinstance(value, dict):
            tables += _toml_table(key, value)
        else:
            head.append(f"{key} = {_toml_value(value)}")
    return "\n".join([*head, *tables]) + "\n"


def _toml_table(name: str, table: Mapping[str, object]) -> list[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    lines = ["", f"[{name}]", *(f"{key} = {_toml_value(value)}" for key, value in plain.items())]
    if not plain and table:
        lines = []
    for key, value in table.items():
        if isinstance(value, dict):
            lines += _toml_table(f"{name}.{key}", value)
    return lines


def _toml_value(value: object) -> str:
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    # A JSON string is a TOML string, but for DEL, which TOML wants written out.
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")


def read(plan: Plan, given: Mapping[str, object]) -> tuple[Scenario, tuple[Notice, ...]]:
    """Return the scenario of a document of any version, and what of it was not used.

    Raises
    ------
    ModelError
        ``document_foreign`` when it holds none of the parts of a scenario, ``other_plan`` when it
        belongs to another plan.
    """
    if not any(isinstance(given.get(part), Mapping) for part in ("levers", "assumptions")):
        raise ModelError("The file holds no scenario.", code="document_foreign")
    if str(given.get("plan", plan.id)) != plan.id:
        # Levers of another plan may bear the same names and mean other things.
        raise ModelError(
            f"The file belongs to the plan {shown(given['plan'])}, and this one is {plan.id}.",
            code="other_plan",
            given=shown(given["plan"]),
            known=plan.id,
        )
    notices: list[Notice] = []
    for key, value in {"schema": SCHEMA}.items():
        if key in given and str(given[key]) != str(value):
            notices.append(notice(key, given=given[key], known=value))
    other = version_notice(plan, given.get("data_version", plan.version))
    if other:
        notices.append(other)
    for key in given:
        if key not in (*SECTIONS, *HEAD, *TEXTS):
            notices.append(notice("unknown", name=shown(key), given=given[key]))
    base = base_of(plan, given.get("id"))
    scenario = filled(plan, base, {part: given.get(part, {}) for part in SECTIONS}, notices)
    texts = {key: given.get(key) for key in TEXTS[1:]}
    names = {
        key: clean(value, LONGEST_NOTE if key.startswith("note") else LONGEST_NAME)
        for key, value in texts.items()
        if isinstance(value, str) and clean(value)
    }
    return replace(scenario, **names), tuple(notices)


def base_of(plan: Plan, name: object) -> Scenario:
    """Return the built-in scenario of this name, or the plan's own."""
    known = isinstance(name, str) and name in plan.scenarios
    return plan.scenarios[name if known else plan.scenario_names[0]]


def filled(
    plan: Plan, base: Scenario, given: Mapping[str, object], notices: list[Notice]
) -> Scenario:
    """Return ``base`` with the values of the four sections of ``given``; `Notice` the rest."""
    known = base.to_dict()
    wanted: dict[str, Mapping] = {}
    for part in SECTIONS:
        section = given.get(part, {})
        if not isinstance(section, Mapping):
            notices.append(notice("unknown", name=part, given=section))
            section = {}
        wanted[part] = section
    levers = _values(wanted["levers"], known["levers"], _limits(plan, "levers"), notices)
    limits = _limits(plan, "assumptions")
    assumptions = _values(wanted["assumptions"], known["assumptions"], limits, notices)
    values = {
        "levers": levers,
        "districts": _districts(plan, wanted["districts"], known, levers, notices),
        "carried": _carried(plan, wanted["carried"], notices),
        "assumptions": assumptions,
    }
    names = {key: getattr(base, key) for key in TEXTS}
    scenario, settled = agreement.settled(plan, base, from_dict(plan.desk, values))
    for code, name in settled:
        used = f"{scenario.value(name):.10g}"
        notices.append(notice(code, name=name, given=f"{levers[name]:.10g}", used=used))
    return replace(scenario, **names)


def _districts(
    plan: Plan, given: Mapping, known: dict, levers: dict, notices: list[Notice]
) -> dict[str, dict]:
    found = {}
    limits = _limits(plan, "levers")
    for name, rows in given.items():
        if name not in known["districts"] or not isinstance(rows, Mapping):
            notices.append(notice("unknown", name=shown(name), given=rows))
            continue
        usual = known["districts"][name]
        found[name] = _values(rows, usual, lambda _, n=name: limits(n), notices, name)
    for name, rows in known["districts"].items():
        if name not in found:
            notices.append(notice("districts", name=name))
            if levers[name] == known["levers"][name]:
                found[name] = rows
    return found


def _carried(plan: Plan, given: Mapping, notices: list[Notice]) -> dict[str, dict]:
    """Return the district values beyond a lever's range that a city move may have left."""
    found: dict[str, dict] = {}
    by_district = {lever.id for lever in plan.levers if lever.by_district}
    for name, rows in given.items():
        if name not in by_district or not isinstance(rows, Mapping):
            notices.append(notice("unknown", name=shown(name), given=rows))
            continue
        low, high = _limits(plan, "levers")(name)
        span = high - low
        for code, value in rows.items():
            label = f"{name} {shown(code)}"
            if code not in plan.axes.districts:
                notices.append(notice("unknown", name=label, given=value))
                continue
            kept = _value(label, value, None, (low - span, high + span), notices)
            if kept is not None:
                found.setdefault(name, {})[code] = kept
    return found


def _limits(plan: Plan, part: str) -> Callable[[str], tuple]:
    """Return the function from a name to its smallest and largest value, or to its months."""

    def find(name: str) -> tuple:
        if part == "levers":
            lever = plan.lever(name)
            return lever.minimum, lever.maximum
        assumption = plan.desk.assumption(name)
        if assumption.unit == "month":
            return plan.months[int(assumption.minimum) : int(assumption.maximum) + 1]
        return assumption.minimum, assumption.maximum

    return find


def _values(
    given: Mapping, known: dict, limits: Callable, notices: list[Notice], prefix: str = ""
) -> dict:
    """Return the known names with the values given, where these can be used."""
    for name in given:
        if name not in known:
            label = f"{prefix} {shown(name)}".strip()
            notices.append(notice("unknown", name=label, given=given[name]))
    found = {}
    for name, used in known.items():
        label = f"{prefix} {name}".strip()
        if name not in given:
            notices.append(notice("missing", name=label, used=used))
            found[name] = used
            continue
        found[name] = _value(label, given[name], used, limits(name), notices)
    return found


def _value(label: str, value: object, used: object, limits: tuple, notices: list[Notice]) -> object:
    if isinstance(used, str):  # a month, written 2020-10
        if isinstance(value, str) and value in limits:
            return value
        notices.append(notice("not_a_month", name=label, given=value, used=used))
        return used
    # NaN differs from itself; math.isnan would fail on an integer beyond all floats.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        notices.append(notice("not_a_number", name=label, given=value, used=used))
        return used
    low, high = limits
    if not low <= value <= high:
        notices.append(notice("outside", name=label, given=value, low=low, high=high, used=used))
        return used
    return value
