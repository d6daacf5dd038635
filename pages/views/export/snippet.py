"""The few lines of Python that give the numbers on the screen again."""

from __future__ import annotations

import json
import pprint

import model
from model.plan import DATA
from pages.views.targets import chief


def snippet(plan: model.Plan, scenario: model.Scenario, draws: int, seed: int) -> str:
    """Return a program that prints forecast, range and probability of the headline targets.

    The scenario is written as the moves that lead to it from a built-in one where these give it
    exactly, and in full otherwise (districts may stand where only a history of moves brings them).
    """
    lines = [
        "import model",
        "",
        f"plan = model.load_plan({json.dumps(_name(plan), ensure_ascii=False)})",
        *_data_set(plan),
        f'assert plan.version == "{plan.version}", plan.version',
        *_scenario(plan, scenario),
        f"fan = model.ensemble(plan, scenario, draws={draws}, seed={seed})",
        "for verdict in model.assess(plan, scenario, fan):",
        f"    if verdict.target.id in {chief(plan)}:",
        "        print(verdict.target.id, verdict.forecast, verdict.low, verdict.high,",
        "              verdict.probability)",
    ]
    return "\n".join(lines) + "\n"


def _data_set(plan: model.Plan) -> list[str]:
    """Return the lines that put the figures of the data set in place of those shipped."""
    chosen = plan.data_set
    if chosen is None:
        return []
    rows = [
        f"    model.Replacement({x.cell!r}, {x.value!r}, {x.low!r}, {x.high!r}, {x.source!r}),"
        for x in chosen.replacements
    ]
    return ["plan = model.with_replacements(plan, [", *rows, f"], {chosen.name!r})"]


def _name(plan: model.Plan) -> str:
    """Return what `load_plan` takes for this plan: its name under ``data/``, else its path."""
    return plan.folder.name if plan.folder.parent == DATA else str(plan.folder)


def _scenario(plan: model.Plan, scenario: model.Scenario) -> list[str]:
    name = scenario.id if scenario.id in plan.scenario_names else plan.scenario_names[0]
    built, lines = plan.scenarios[name], [f'scenario = model.load_scenario(plan, "{name}")']
    for lever in plan.levers:
        before = built.value(lever.id), built.district_values(lever.id)
        after = scenario.value(lever.id), scenario.district_values(lever.id)
        if before == after:
            continue
        if before[0] != after[0]:
            lines.append(_move("lever", lever.id, after[0]))
            built = built.with_lever(lever.id, after[0])
    for record in plan.assumptions:
        value = scenario.assumption(record.id)
        if built.assumption(record.id) != value:
            lines.append(_move("assumption", record.id, value))
            built = built.with_assumption(record.id, value)
    if built == scenario:
        return lines
    # As Python writes it, so that a quotation mark or a line break in a name ends no string.
    content = pprint.pformat(scenario.to_dict(), width=96, sort_dicts=False)
    return [
        "from model.scenario import from_dict",
        f"scenario = from_dict(plan.desk, {content})",
    ]


def _move(kind: str, name: str, value: float) -> str:
    return f'scenario = scenario.with_{kind}("{name}", {value!r})'
