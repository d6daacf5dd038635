"""Lever power on the cards: what one readable step does to the chosen target from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import model
from model.targets import in_unit
from pages.views import numbers
from pages.views.levers import capital
from pages.views.targets import short_name
from pages.views.texts import Texts

_TINY = 0.0005
"""Points below which only the sign is said."""


def targets(plan: model.Plan) -> tuple[model.Target, ...]:
    """Return the targets that a lever can be held against."""
    return tuple(target for target in plan.targets if target.kind == "modelled")


def strongest(found: Sequence[model.Effect]) -> float:
    """Return the largest effect without its sign, 0 when nothing moves."""
    return max((abs(effect.change) for effect in found), default=0.0)


def ranked(
    levers: Sequence[model.desk.Lever], found: Mapping[str, model.Effect]
) -> tuple[model.desk.Lever, ...]:  # fmt: skip
    """Return levers by what a step of them does, the strongest first."""
    return tuple(sorted(levers, key=lambda lever: -abs(found[lever.id].change)))


def line_html(
    effect: model.Effect, target: model.Target, year: int, most: float, plan: model.Plan, t: Texts
) -> str:
    """Return the line of one card: the step, a bar, the change; grey with the reason if none."""
    lever = plan.lever(effect.lever)
    step = step_said(effect.step, lever.unit, t)
    name = capital(short_name(target, t))
    if effect.reason:
        key = f"power.{effect.reason}"
        why = t(key, year=effect.moves_in or "", name=name)
        return (
            f'<div class="power none"><span class="step">{escape(step)}</span>'
            f"<span>{escape(why)}</span></div>"
        )
    change = float(in_unit(target, effect.change))
    share = 100 * abs(effect.change) / most if most else 0
    kind = "up" if change > 0 else "down"
    return (
        f'<div class="power {kind}" title="{escape(t("power.about", name=name, year=year))}">'
        f'<span class="step">{escape(step)}</span>'
        f'<span class="bar"><i style="width:{share:.0f}%"></i></span>'
        f"<b>{escape(said(change, target.unit, t))}</b></div>"
    )


def step_said(step: float, unit: str, t: Texts) -> str:
    """Return the step of a lever with its sign: +5个百分点, +1个."""
    if unit == "%":
        return t("number.points", value=numbers.plain(step, 2 if abs(step) < 0.1 else 1, True))
    sign = "+" if step > 0 else numbers.MINUS
    return sign + numbers.exact(abs(step), unit, t)


def said(change: float, unit: str, t: Texts) -> str:
    """Return a change in the unit of a target, fine enough that a small one is not nought."""
    if unit == "%":
        if abs(change) < _TINY:
            return t("power.tiny", sign="+" if change > 0 else numbers.MINUS, least=_TINY)
        digits = 2 if abs(change) >= 0.005 else 3
        return t("number.points", value=numbers.plain(change, digits, signed=True))
    return numbers.gap(change, unit, t)
