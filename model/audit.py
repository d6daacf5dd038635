"""What the plan's own numbers say about each other: closed-form checks, without a run or a prior.

The checks are arithmetic (`model.audit_checks`); their titles, sentences and the figures that stand
in no other table are in ``audit.csv`` of the plan folder.  Figures are in the units of the plan:
growth and shares in per cent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from model.audit_checks import CHECKS, Step, weighted_bounds
from model.audit_inputs import Book, Input, groups, known_inputs, texts
from model.errors import ModelError, unknown
from model.plan import Plan

__all__ = ["VERDICTS", "Finding", "Input", "Step", "audit", "inputs", "weighted_bounds"]

VERDICTS = ("conflict", "over_allocated", "needs", "already_met", "coherent", "informs")
"""Cannot both hold; districts are asked for more than the city; has to hold for the target to be
met; met in the base year; agrees; says something without deciding anything.  In this order they
matter to whoever has to answer for the plan."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of the plan: what was computed from what, and what follows.

    ``low`` and ``high`` bound the value over what is not known (weights, rounding, the span a
    figure refers to); ``target`` is the figure of the plan it is held against.  ``steps`` is the
    arithmetic line by line, ``details`` what else the sentence says.
    """

    id: str
    steps: tuple[Step, ...]
    inputs: tuple[Input, ...]
    value: float
    low: float | None
    high: float | None
    target: float | None
    unit: str
    verdict: str
    details: tuple[tuple[str, float], ...]
    title_zh: str
    title_en: str
    sentence_zh: str
    sentence_en: str

    @property
    def arithmetic(self) -> str:
        """The steps in one line."""
        return "; ".join(step.text for step in self.steps)


def audit(
    plan: Plan, overrides: Mapping[str, float] | None = None, /, **more: float
) -> tuple[Finding, ...]:
    """Return the findings of every check, in the order of ``audit.csv``.

    Parameters
    ----------
    plan : Plan
    overrides, **more
        Numbers to use in place of inputs, by the names that findings list, such as
        ``target_iva_growth=6.5`` or ``annex_iva_airport=9``.

    Raises
    ------
    ModelError
        When an override is not an input, cannot be, or leaves nothing to divide by.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> first = model.audit(plan)[0]
    >>> first.id, first.verdict, round(first.low, 2), round(first.high, 2)
    ('annex_iva', 'over_allocated', 7.75, 8.55)
    >>> model.audit(plan, {"target_iva_growth": 8.6})[0].verdict
    'conflict'
    """
    given = dict(overrides or {}) | more
    known = known_inputs(plan, given)
    members = groups(plan)
    return tuple(_finding(id, row, Book(known, plan, members)) for id, row in texts(plan).items())


def inputs(plan: Plan) -> tuple[Input, ...]:
    """Return every input that `audit` can be given another value for."""
    return tuple(known_inputs(plan, {}).values())


def by_weight(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return findings in the order in which their verdicts matter, ties as in the table."""
    return tuple(sorted(findings, key=lambda finding: VERDICTS.index(finding.verdict)))


def _finding(id: str, row: Mapping[str, str], book: Book) -> Finding:
    if id not in CHECKS:
        raise unknown("check of the audit", id, CHECKS)
    try:
        found = CHECKS[id](book)
    except ZeroDivisionError:
        raise ModelError(
            f"{id}: these inputs leave nothing to divide by.", code="divide", name=id
        ) from None
    kind = "sentence" if found.verdict == row["verdict"] else "otherwise"
    numbers = {name: item.value for name, item in book.used.items()} | dict(found.extra)
    for name in ("value", "low", "high", "target"):
        numbers[name] = getattr(found, name)
    say = {code: _minus(row[f"{kind}_{code}"].format(**numbers)) for code in ("zh", "en")}
    kept = {name: getattr(found, name) for name in found._fields if name != "extra"}
    return Finding(
        id=id,
        inputs=tuple(book.used.values()),
        details=tuple(found.extra.items()),
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        sentence_zh=say["zh"],
        sentence_en=say["en"],
        **kept,
    )


def _minus(sentence: str) -> str:
    """Return a sentence with minus signs in place of the hyphens before its numbers."""
    return re.sub(r"(?<![0-9A-Za-z])-(?=\d)", "−", sentence)
