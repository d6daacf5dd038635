"""The meeting mode: its scenes, its large type, and what a meeting leaves behind."""

from __future__ import annotations

import copy
import datetime
import json
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

import model
from pages.views import numbers
from pages.views.summary import Summary
from pages.views.targets import headline, short_name, target_label, words_html
from pages.views.texts import Texts
from pages.views.theme import BANDS, BLUE, GREY, INK, LINE, ORANGE, PAPER, QUIET, STATUS

VIEWS = ("fan", "lever", "guess", "districts", "why", "ranges")
"""What a scene can show; ``guess`` hides the answer until the room has said its own."""

SMALLEST = 24
"""Pixels of the smallest letter on a screen of 1,920 × 1,080."""

COPY = "copy"
"""The scenario of a scene that follows the copy which the meeting moves."""

_GROWN = 1.75
_DARK = {
    PAPER: "#10161C",
    INK: "#F3F6F8",
    QUIET: "#C3CDD6",
    LINE: "#3A4652",
    GREY: "#A9B4BE",
    BLUE: "#6FB1F0",
    ORANGE: "#F2A15F",
    "#E9EDF0": "#27313B",
    "#9AA5AF": "#7C8894",
    "#7FAAD3": "#4F8FCB",
    "#8A4B9A": "#CE9BDB",
    "#1D7874": "#5CC4BD",
    "#2B3742": "#C3CDD6",
    "white": "#10161C",
    BANDS["90"]: "#1B2E42",
    BANDS["80"]: "#234466",
    BANDS["50"]: "#2F639A",
}


QUESTIONS = tuple(f"meeting.question_{view}" for view in VIEWS)
"""The texts of the questions that a meeting begins with."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One screen of a meeting: a scenario (`COPY` or a built-in name), a view and a question.

    The question is one of `QUESTIONS`, in the language of the moment, or what somebody wrote.
    """

    scenario: str
    view: str
    question: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of the meeting's log: ``copy`` as it stood, with its growth in per cent."""

    time: datetime.datetime
    scene: int
    question: str
    text: str
    copy: model.Scenario
    growth: float


def usual() -> tuple[Scene, ...]:
    """Return the scenes that a meeting begins with."""
    views = {"fan": COPY, "guess": "status_quo", "why": COPY, "districts": COPY, "lever": COPY,
             "ranges": COPY}  # fmt: skip
    return tuple(Scene(name, view, f"meeting.question_{view}") for view, name in views.items())


def asked(question: str, t: Texts) -> str:
    """Return the words of a question."""
    return t(question) if question in QUESTIONS else question


def frame_of(scenes: tuple[Scene, ...], plan: model.Plan, t: Texts) -> pd.DataFrame:
    """Return the scenes as a table that can be edited."""
    return pd.DataFrame(
        {
            t("meeting.column_question"): [asked(scene.question, t) for scene in scenes],
            t("meeting.column_view"): [t(f"meeting.view_{scene.view}") for scene in scenes],
            t("meeting.column_scenario"): [scenario_name(s.scenario, plan, t) for s in scenes],
        }
    )


def scenario_name(name: str, plan: model.Plan, t: Texts) -> str:
    """Return how a scene names its scenario; one that is gone keeps its bare name."""
    if name == COPY:
        return t("meeting.copy")
    return t.of(plan.scenarios[name]) if name in plan.scenarios else name


def scenes_of(frame: pd.DataFrame, plan: model.Plan, t: Texts) -> tuple[Scene, ...]:
    """Return the scenes of an edited table; rows without a view are left out."""
    views = {t(f"meeting.view_{view}"): view for view in VIEWS}
    names = {scenario_name(n, plan, t): n for n in (COPY, *plan.scenario_names)}
    known = {t(question): question for question in QUESTIONS}
    found = []
    for question, view, scenario in frame.itertuples(index=False):
        if view in views:
            words = question if isinstance(question, str) else ""
            kept = known.get(words, words[:120])
            found.append(Scene(names.get(scenario, COPY), views[view], kept))
    return tuple(found)


def large(spec: dict, height: int, dark: bool) -> dict:
    """Return a specification for a wall: no letter below 24 pixels, strokes and marks in step."""
    return _large(_frozen(spec), height, dark)


def _frozen(spec: dict) -> str:

    return json.dumps(spec, sort_keys=True)


@lru_cache(maxsize=64)
def _large(text: str, height: int, dark: bool) -> dict:

    spec = _walked(json.loads(text), dark)
    spec["height"] = height
    return spec


def _walked(node: object, dark: bool, key: str = "") -> object:
    if isinstance(node, dict):
        return {name: _walked(item, dark, name) for name, item in node.items()}
    if isinstance(node, list):
        if key == "range" and all(isinstance(item, float) for item in node):  # widths of lines
            return [item * _GROWN for item in node]
        return [_walked(item, dark) for item in node]
    if isinstance(node, str):
        return _DARK.get(node, node) if dark else node
    if isinstance(node, int | float) and not isinstance(node, bool):
        if key.lower().endswith("fontsize"):
            return max(SMALLEST, round(node * _GROWN))
        if key == "height":
            return round(node * _GROWN)
        if key in {"dx", "dy", "labelPadding", "labelLimit", "limit", "subtitlePadding",
                   "titleLimit", "gradientLength", "gradientThickness"}:  # fmt: skip
            return node * _GROWN
        if key == "size":
            return node * _GROWN**2 if node else node
        if key in {"strokeWidth", "thickness"}:
            return node * 1.5
    return copy.copy(node)


def strip_html(plan: model.Plan, summary: Summary, t: Texts) -> str:
    """Return the target strip: three figures, their targets and what they are worth."""
    cells = []
    for name in headline(plan):
        verdict = summary.verdict(name)
        icon, _, _ = STATUS[verdict.status]
        value = numbers.in_unit(verdict.forecast, verdict.target.unit, t)
        word = t(f"status.{verdict.status}")
        cells.append(
            f'<div class="wall-cell {verdict.status}"><span>{short_name(verdict.target, t)}</span>'
            f"<b>{value}</b><span>{target_label(verdict.target, t, verdict.differs)}</span>"
            f"<em>{icon} {word} {words_html(verdict, t)}</em></div>"
        )
    return f'<div class="wall-strip">{"".join(cells)}</div>'


def guess_sentence(guess: float, verdict: model.Verdict, t: Texts) -> str:
    """Return what the room said, what the model says, and how far they lie apart."""
    inside = verdict.low <= guess <= verdict.high
    return t(
        "meeting.revealed" if inside else "meeting.revealed_outside",
        guess=numbers.in_unit(guess, "%", t),
        value=numbers.in_unit(verdict.forecast, "%", t),
        span=numbers.span(verdict.low, verdict.high, "%", t),
        gap=numbers.gap(guess - verdict.forecast, "%", t),
    )


def moved(before: model.Scenario, after: model.Scenario, plan: model.Plan, t: Texts) -> str:
    """Return the levers and assumptions that differ, 技改投资增速 20% → 25%."""
    records = {x.id: x for x in (*plan.levers, *plan.assumptions)}
    lines = []
    for change in after.changes(before):
        if change.district is None and records[change.name].unit != "month":
            record = records[change.name]
            old, new = (numbers.exact(v, record.unit, t) for v in (change.old, change.new))
            lines.append(f"{t.of(record)} {old} → {new}")
    return t("brief.list").join(lines)


def log_frame(
    log: tuple[Decision, ...], start: model.Scenario, plan: model.Plan, t: Texts
) -> pd.DataFrame:
    """Return the log of a meeting that began with ``start`` as a table."""
    return pd.DataFrame(
        [
            (
                d.time.strftime("%Y-%m-%d %H:%M"),
                d.scene,
                asked(d.question, t),
                d.text,
                moved(start, d.copy, plan, t),
                numbers.in_unit(d.growth, "%", t),
            )
            for d in log
        ],
        columns=[
            t(f"meeting.log_{name}")
            for name in ("time", "scene", "question", "text", "moved", "forecast")
        ],
    )
