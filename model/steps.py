"""A step of a working copy as a row of the library, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping

from model import document
from model.errors import ModelError
from model.history import Step
from model.plan import Plan
from model.replacements import data_set_in
from model.scenario import Scenario


def to_row(plan: Plan, step: Step, visit: str, number: int) -> dict[str, object]:
    """Return the row of a step; the version of its data names its data set."""
    own = _compact(plan, step.scenario, step.data)
    opened = _compact(plan, step.opened, step.data)
    return {
        "visit": visit,
        "number": number,
        "said": step.said[:80],
        "name": step.name[:80],
        "at": step.at,
        "record": step.record,
        "revision": step.revision,
        "content": own,
        "opened": "" if opened == own else opened,
    }


def _compact(plan: Plan, scenario: Scenario, data: str) -> str:
    content = document.content(plan, scenario, data)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def from_row(plan: Plan, row: Mapping) -> Step | None:
    """Return the step of a row; None when it is of another plan, or damaged."""
    try:
        content = document.parse(row["content"])
        scenario, _ = document.read(plan, content)
        opened = scenario
        if row["opened"]:
            opened, _ = document.read(plan, document.parse(row["opened"]))
    except ModelError:
        return None  # the other steps are worth keeping
    data = data_set_in(content.get("data_version", ""))
    return Step(scenario, opened, row["said"], row["name"], row["at"], row["record"],
                row["revision"], data)  # fmt: skip
