"""What a move did: the indicators that moved most, targets crossed, or why nothing moved.

Everything is read from two central runs, so that it stands on the screen with the first answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import model
from model.stillness import first_year, stillness
from model.targets import in_unit, met
from pages.views import numbers
from pages.views.levers import capital
from pages.views.summary import Summary
from pages.views.targets import short_name, target_value
from pages.views.texts import Texts

SHOWN = 5
SEEN = 0.005
"""The least change that is said, in points or in per cent of a level: half of the last digit."""

LATER = ("iva_growth", "mva_growth", "energy_intensity_fall")
"""Indicators that are also followed beyond the first year."""


@dataclass(frozen=True, slots=True)
class Effect:
    """How far one indicator of a year moved; ``weight`` makes changes of different units compare:
    points for rates and shares, per cent of its value for an amount."""

    indicator: str
    year: int
    before: float
    after: float
    weight: float

    @property
    def change(self) -> float:
        """The change in the unit of the indicator."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Crossing:
    """A target that the forecast passed, strictly read; ``reached`` says in which direction."""

    target: model.Target
    reached: bool


def effects(
    plan: model.Plan, before: model.Outcomes, after: model.Outcomes
) -> tuple[Effect, ...]:  # fmt: skip
    """Return every indicator that moved, the one that moved most first."""
    wanted = [(code, 0) for code in _indicators(plan)]
    wanted += [(code, k) for code in LATER for k in range(1, len(plan.years))]
    found = []
    for code, k in wanted:
        was, now = before.measured(code), after.measured(code)
        old, new = (float(run.values[k, 0]) for run in (was, now))
        change = 100 * float((now - was).values[k, 0])
        weight = change if was.definition.unit == "%" else change / max(abs(old), 1e-9)
        if abs(weight) >= SEEN:
            found.append(Effect(code, plan.years[k], old, new, weight))
    return tuple(sorted(found, key=lambda effect: -abs(effect.weight)))


def _indicators(plan: model.Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t.indicator for t in plan.targets if t.kind == "modelled"))


def crossings(
    plan: model.Plan,
    before: model.Outcomes,
    after: model.Outcomes,
    summary: Summary | None,
    summarised: model.Outcomes | None,
) -> tuple[Crossing, ...]:
    """Return the targets that the forecasts of the tiles passed.

    A forecast is the central run moved by the distance at which the last median stood from its own
    central run, as on the tiles; before any median is known it is the central run.
    """
    found = []
    for target in plan.targets:
        if target.kind != "modelled":
            continue
        old, new = (float(in_unit(target, run.indicator(target.indicator)[0, 0]))
                    for run in (before, after))  # fmt: skip
        if summary is not None and summarised is not None:
            central = float(in_unit(target, summarised.indicator(target.indicator)[0, 0]))
            offset = summary.verdict(target.id).forecast - central
            old, new = old + offset, new + offset
        was, now = bool(met(target, old)), bool(met(target, new))
        if was != now:
            found.append(Crossing(target, now))
    return tuple(found)


def strip_html(
    moved: str,
    found: Sequence[Effect],
    passed: Sequence[Crossing],
    why: str,
    plan: model.Plan,
    t: Texts,
) -> str:
    """Return the strip: what was moved, what moved with it, which target was crossed."""
    if not moved:
        return f'<div class="effects"><span class="quiet">{escape(t("effects.hint"))}</span></div>'
    parts = [f'<span class="moved">{escape(t("effects.moved", change=moved))}</span>']
    parts += [_crossing(crossing, t) for crossing in passed[:2]]
    parts += [_effect(effect, plan, t) for effect in found[: SHOWN - len(passed[:2])]]
    if why:
        parts.append(f'<span class="quiet">{escape(why)}</span>')
    return f'<div class="effects" role="status">{"".join(parts)}</div>'


def _effect(effect: Effect, plan: model.Plan, t: Texts) -> str:
    up = effect.change > 0
    record = plan.indicator(effect.indicator)
    if record.unit == "%":
        said = numbers.points(effect.change, t, 2)
    else:
        said = numbers.gap(effect.change, record.unit, t)
    name = named(effect, plan, t)
    kind, arrow = ("up", "▲") if up else ("down", "▼")
    value = f"<b>{arrow} {escape(said)}</b>"
    return f'<span class="effect {kind}">{escape(name)} {value}</span>'


def named(effect: Effect, plan: model.Plan, t: Texts) -> str:
    """Return the short name of an indicator, with its year if it is not the first."""
    target = next((x for x in plan.targets if x.indicator == effect.indicator), None)
    name = short_name(target, t) if target else t.of(plan.indicator(effect.indicator))
    if effect.year == plan.years[0]:
        return capital(name)
    return t("effects.in_year", year=effect.year, name=name)


def _crossing(crossing: Crossing, t: Texts) -> str:
    key = "effects.reached" if crossing.reached else "effects.lost"
    name, value = short_name(crossing.target, t), target_value(crossing.target, t)
    kind = "reached" if crossing.reached else "lost"
    return f'<span class="crossing {kind}">{escape(t(key, name=name, value=value))}</span>'


def reason(
    plan: model.Plan,
    found: Sequence[Effect],
    before: model.Outcomes,
    after: model.Outcomes,
    changes: Sequence[model.scenario.Change],
    t: Texts,
) -> str:
    """Return why a move shows nothing, or nothing in the first year; empty when it shows."""
    first = plan.years[0]
    if any(effect.year == first for effect in found):
        return ""
    if found:
        return t("effects.later", year=min(effect.year for effect in found))
    year = first_year(plan, before, after)
    if year is not None:
        return t("effects.small" if year == first else "effects.small_later", year=year)
    still = stillness(plan, after, changes)
    names = {record.id: t.of(record) for record in (*plan.levers, *plan.assumptions)}
    said = {"name": capital(names[still.name]), "other": names.get(still.other, "")}
    return t(f"effects.{still.reason}", **said)
