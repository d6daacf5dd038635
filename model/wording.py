"""The numbers in the plan's own text: which target each one is, or why it is none.

How a number, a heading and a date look in the text is told by ``[text]`` in ``plan.toml``; phrases
with a number that sets no target stand in ``number_exclusions.csv`` with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from model.errors import ModelError
from model.plan import Plan
from model.sources import Target

ANYWHERE = "*"
"""The place of a phrase that is no target wherever it stands."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A phrase with a number that is no target; ``place`` is a clause or `ANYWHERE`."""

    place: str
    phrase: str
    kind: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the text, where it stands, and what it is.

    ``place`` is the clause in the manner of the register ("11", or part and section in words);
    ``around`` is the number within its neighbourhood.  Exactly one of ``target`` and
    ``exclusion`` is given when the number is accounted for, neither when it is not.
    """

    place: str
    text: str
    around: str
    target: str | None
    exclusion: Exclusion | None

    @property
    def accounted_for(self) -> bool:
        """Whether the number is a target or excluded with a reason."""
        return self.target is not None or self.exclusion is not None


def exclusions(plan: Plan) -> tuple[Exclusion, ...]:
    """Return the phrases that are no targets, in the order of the table.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> all(phrase.reason_en for phrase in model.exclusions(plan))
    True
    """
    rows = plan.tables["number_exclusions"].to_dict("records")
    return tuple(Exclusion(**{n: row[n] for n in Exclusion.__slots__}) for row in rows)


def numbers(plan: Plan) -> tuple[Number, ...]:
    """Return every number of the plan's text between ``begins`` and ``ends``, in its order.

    A number is a target's when it stands in the wording of a target of that clause and equals its
    value or the end of its range; else it is looked for in the excluded phrases.  Years, document
    numbers and the numbers of headings are passed over.

    Raises
    ------
    ModelError
        When the plan does not tell how to read its text.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> found = model.numbers(plan)
    >>> [n.text for n in found if not n.accounted_for]
    []
    >>> [n.target for n in found if n.place == "8" and n.target]
    ['T16', 'T17', 'T18', 'T19']
    """
    if "text" not in plan.facts:
        raise ModelError(
            "plan.toml has no [text]: it does not say where the plan's text is.", code="no_text"
        )
    rules = plan.facts["text"]
    found: list[Number] = []
    for place, text in places(plan).items():
        targets = [
            (target, *span)
            for target in plan.targets
            if target.clause == place
            for span in _spans(bare(target.text_zh), text)
        ]
        phrases = [
            (item, *span)
            for item in exclusions(plan)
            if item.place in (place, ANYWHERE)
            for span in _spans(bare(item.phrase), text)
        ]
        for match in _matches(rules, text):
            values = _values(match.group(), rules["multiples"])
            target = next(
                (t.id for t, *at in targets if _within(match, at) and _is(t, values)), None
            )
            reason = next((item for item, *at in phrases if _within(match, at)), None)
            start, end = match.span()
            around = text[max(0, start - 10) : end + 10]
            found.append(Number(place, match.group(), around, target, None if target else reason))
    return tuple(found)


def places(plan: Plan) -> dict[str, str]:
    """Return the plan's text by clause, without white space."""
    rules = plan.facts["text"]
    whole = (plan.folder / str(rules["file"])).read_text(encoding="utf-8")
    whole = whole[whole.index(rules["begins"]) : whole.index(rules["ends"])]
    part = section = clause = ""
    found: dict[str, str] = {}
    for line in whole.splitlines():
        match = re.match(rules["heading"], line.strip())
        if match:
            part, section, clause = (
                (match["part"], "", "") if match["part"]
                else (part, match["section"], "") if match["section"]
                else (part, section, match["clause"])
            )  # fmt: skip
            line = line.strip()[match.end() :]
        place = clause or (f"{part}({section})" if section else part)
        found[place] = found.get(place, "") + bare(line)
    return found


def bare(text: str) -> str:
    """Return a text without white space and marks of emphasis."""
    return re.sub(r"[\s*]", "", text)


def _matches(rules: Mapping[str, object], text: str) -> Iterator[re.Match]:
    passed = [m.span() for rule in rules["passed_over"] for m in re.finditer(rule, text)]
    for match in re.finditer(rules["number"], text):
        if not any(_within(match, span) for span in passed):
            yield match


def _spans(phrase: str, text: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(re.escape(phrase), text)]


def _within(match: re.Match, span: tuple[int, int]) -> bool:
    return span[0] <= match.start() and match.end() <= span[1]


def _values(number: str, multiples: Mapping[str, float]) -> tuple[float, ...]:
    """Return what a number with a multiple may mean: 1.8 of them, or 18,000."""
    digits = number.rstrip("".join(multiples))
    try:
        value = float(digits)
    except ValueError:
        return ()
    return value, round(value * multiples.get(number[len(digits) :], 1), 6)


def _is(target: Target, values: tuple[float, ...]) -> bool:
    return target.value in values or (target.value_high is not None and target.value_high in values)
