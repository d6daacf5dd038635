"""Targets and verdicts as words and small tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import model
from model.targets import differs, in_unit
from pages.views import numbers
from pages.views.levers import capital
from pages.views.summary import Summary
from pages.views.texts import Texts
from pages.views.theme import STATUS

FIRST = 3
"""Targets that stand in the first row where the plan names none itself."""


def headline(plan: model.Plan) -> tuple[str, ...]:
    """Return the targets that the plan shows first, by code."""
    return _named(plan, "first") or _modelled(plan)[:FIRST]


def second(plan: model.Plan) -> tuple[str, ...]:
    """Return the targets that the overview shows next, by code."""
    if _named(plan, "first"):
        return _named(plan, "second")
    return _modelled(plan)[FIRST : 2 * FIRST]


def chief(plan: model.Plan) -> tuple[str, ...]:
    """Return the targets that a document opens with: the headline and two more, by register."""
    shown = {*headline(plan), *second(plan)[:2]}
    return tuple(target.id for target in plan.targets if target.id in shown)


def of_indicators(plan: model.Plan, *indicators: str) -> tuple[str, ...]:
    """Return the codes of the targets that these indicators have."""
    aims = (plan.aim(name) for name in indicators)
    return tuple(aim.id for aim in aims if aim is not None)


def _named(plan: model.Plan, key: str) -> tuple[str, ...]:
    return tuple(plan.facts.get("headline", {}).get(key, ()))


def _modelled(plan: model.Plan) -> tuple[str, ...]:
    return tuple(target.id for target in plan.targets if target.kind == "modelled")


def target_value(target: model.Target, t: Texts) -> str:
    """Return what a target asks for, in the plan's manner: 7%左右, about 7 %."""
    value = numbers.exact(target.value, target.unit, t)
    high = "" if target.value_high is None else numbers.exact(target.value_high, target.unit, t)
    return t(f"comparator.{target.comparator}", value=value, high=high)


def short_name(target: model.Target, t: Texts) -> str:
    """Return the short name of a target, if it has one."""
    key = f"target.short.{target.id}"
    return t(key) if key in t else capital(t.of(target, "indicator"))


def target_label(target: model.Target, t: Texts, other: Sequence[str] = ()) -> str:
    """Return the label of a target line, with a mark where the target is of another definition."""
    label = t("target.label", value=target_value(target, t))
    return label + definition_mark(other, t)


def asked(verdict: model.Verdict, t: Texts) -> str:
    """Return what a target asks for, marked where its figure is not the one that is forecast."""
    return target_value(verdict.target, t) + definition_mark(verdict.differs, t)


def definition_mark(other: Sequence[str], t: Texts) -> str:
    """Return the mark of a figure whose definition is not the one of the forecast beside it."""
    if not other:
        return ""
    what = t("definition.and").join(t(f"definition.mark_{word}") for word in other)
    return t("definition.mark", what=what)


@dataclass(frozen=True, slots=True)
class Tile:
    """One target as it is shown: texts only."""

    name: str
    goal: str
    forecast: str
    span: str
    gap: str
    chance: str
    words: str
    tolerant: str
    status: str
    base_met: str
    thin: str = ""
    both: str = ""


def tile(verdict: model.Verdict, t: Texts) -> Tile:
    """Return the texts of one verdict."""
    target, unit = verdict.target, verdict.target.unit
    known = verdict.probability is not None
    return Tile(
        name=short_name(target, t),
        goal=target_label(target, t, verdict.differs),
        forecast=numbers.in_unit(verdict.forecast, unit, t),
        span=t("target.median", span=numbers.span(verdict.low, verdict.high, unit, t)),
        gap=gap_text(target, verdict.gap, t),
        chance=numbers.chance(verdict.probability) if known else "",
        words=numbers.chance_words(verdict.probability, t) if known else "",
        tolerant=tolerant(verdict, t),
        status=verdict.status,
        base_met=t("target.base_met") if verdict.base_met else "",
        thin=thin(verdict, t) if known else "",
        both=chance_both(verdict, t) if known else "",
    )


def gap_text(target: model.Target, gap: float, t: Texts) -> str:
    """Return how far above or below its target a figure lies; ``gap`` is positive when better."""
    above = (gap > 0) != (target.comparator == "about_at_most")
    by, none = (_distance(target, amount, above, t) for amount in (abs(gap), 0.0))
    if by == none:
        return t("target.gap_none")
    return t("target.gap_above" if above else "target.gap_below", gap=by)


def _distance(target: model.Target, amount: float, above: bool, t: Texts) -> str:
    """Return a distance to a target: as fine as the figure that lies there (see `shown`)."""
    if target.kind == "lever":
        exact = numbers.exact(amount, target.unit, t)
        return exact if target.unit != "%" else t("number.points", value=numbers.short(amount))
    there = target.value + (amount if above else -amount)
    return numbers.gap(amount, target.unit, t, there).replace("+", "")


def shown(verdict: model.Verdict, t: Texts) -> str:
    """Return a forecast as fine as a forecast is, a setting as it was set."""
    write = numbers.exact if verdict.target.kind == "lever" else numbers.in_unit
    return write(verdict.forecast, verdict.target.unit, t)


def thin(verdict: model.Verdict, t: Texts) -> str:
    """Return that the track record does not carry a chance, empty where it does."""
    return thin_support(verdict.support, t)


def thin_support(found: model.Support | None, t: Texts) -> str:
    """Return that a track record does not carry a chance, empty where it does."""
    if found is None or found.held:
        return ""
    return t(f"target.thin_{found.word}", cases=found.cases)


def chance_both(verdict: model.Verdict, t: Texts) -> str:
    """Return the chance in per cent and words; indicative where the record does not carry it."""
    return numbers.chance_both(verdict.probability, t, bool(thin(verdict, t)))


def words_text(verdict: model.Verdict, t: Texts) -> str:
    """Return the chance in words, marked as indicative where the record does not carry it."""
    return indicative(numbers.chance_words(verdict.probability, t), verdict, t)


def indicative(said: str, verdict: model.Verdict, t: Texts) -> str:
    """Return a chance, marked as indicative where the record does not carry it."""
    return t("target.indicative", chance=said) if thin(verdict, t) else said


def chance_html(verdict: model.Verdict, t: Texts) -> str:
    """Return the chance; grey, with the reason on hover, where the record does not carry it."""
    return _thinned(numbers.chance(verdict.probability), verdict, t)


def words_html(verdict: model.Verdict, t: Texts) -> str:
    """Return the chance in words, in the same grey."""
    return _thinned(numbers.chance_words(verdict.probability, t), verdict, t)


def _thinned(said: str, verdict: model.Verdict, t: Texts) -> str:
    why = thin(verdict, t)
    return (
        f'<span class="thin" title="{escape(why)}">{escape(said)}</span>' if why else escape(said)
    )


def tolerant(verdict: model.Verdict, t: Texts) -> str:
    """Return the tolerant reading of 左右, empty when the target has none."""
    other = verdict.probability_tolerant
    if other is None or not verdict.target.tolerance:
        return ""
    return t("target.tolerant", chance=numbers.chance(other))


def tiles_html(tiles: tuple[Tile, ...], t: Texts, quiet: bool = False) -> str:
    """Return a row of target tiles."""
    kind = "tiles quiet" if quiet else "tiles"
    return f'<div class="{kind}">{"".join(_tile(x, t) for x in tiles)}</div>'


def _tile(x: Tile, t: Texts) -> str:
    words = f"{escape(t('target.chance'))} <b>{escape(x.chance)}</b> {escape(x.words)}"
    chance = words if x.chance else ""
    small = " · ".join(escape(part) for part in (x.tolerant, x.base_met, x.thin) if part)
    kind = ' class="thin"' if x.thin else ""
    return _box(
        x.status,
        _figures(x.name, x.forecast, x.goal, x.gap),
        f'<div class="span">{escape(x.span)}</div>',
        f'<div class="odds">{_chip(x.status, t)}<span{kind}>{chance}</span></div>',
        f'<div class="small">{small}</div>',
    )


def _box(status: str, *parts: str) -> str:
    edge = STATUS[status][1]
    return f'<div class="tile" style="border-left-color:{edge}">{"".join(parts)}</div>'


def _figures(name: str, value: str, goal: str, gap: str, other: str = "") -> str:
    """Return the head of a tile; ``other`` marks, short, a target of another definition."""
    mark = f' <span class="other" role="img" aria-label="{escape(other)}">≠</span>' if other else ""
    return (
        f'<div class="name">{escape(name)}</div>'
        f'<div class="figures"><span class="big">{escape(value)}</span>'
        f'<span class="beside" title="{escape(other)}">{escape(goal)}{mark}'
        f"<br><b>{escape(gap)}</b></span></div>"
    )


def _chip(status: str, t: Texts) -> str:
    icon, ink, behind = STATUS[status]
    word = escape(t(f"status.{status}"))
    return f'<span class="chip" style="color:{ink};background:{behind}">{icon} {word}</span>'


def central_tiles_html(
    plan: model.Plan,
    run: model.Outcomes,
    summary: Summary | None,
    summarised: model.Outcomes | None,
    belongs: str,
    t: Texts,
) -> str:
    """Return the headline tiles of the lever page: the figure now, the chances when known.

    The figure is the central run moved by the distance at which the last median stood from its own
    central run (``summarised``), so that it is the median of the other pages once that is known.
    ``belongs`` names the scenario of the chances where it is not the one of the figure (else "").
    """
    parts = []
    for name in headline(plan):
        target = plan.target(name)
        value = float(in_unit(target, run.indicator(target.indicator)[0, 0]))
        if summary is not None and summarised is not None:
            central = float(in_unit(target, summarised.indicator(target.indicator)[0, 0]))
            value += summary.verdict(name).forecast - central
        gap = numbers.gap(value - target.value, target.unit, t, value)
        shown = numbers.in_unit(value, target.unit, t)
        other = definition_mark(differs(plan, target), t)
        head = _figures(short_name(target, t), shown, target_label(target, t), gap, other)
        parts.append(_central_tile(head, summary and summary.verdict(name), belongs, t))
    return f'<div class="tiles central">{"".join(parts)}</div>'


def _central_tile(head: str, verdict: model.Verdict | None, belongs: str, t: Texts) -> str:
    # The same lines in every state, so that nothing jumps when the chances come.
    if verdict is None:
        span, odds, status, words = "&nbsp;", "&nbsp;", "tracked", "&nbsp;"
        whose = t("stale.first")
    else:
        ends, unit = (verdict.low, verdict.high), verdict.target.unit
        span = escape(t("target.span", span=numbers.span(*ends, unit, t)))
        chance = f"{escape(t('target.chance'))} <b>{numbers.chance(verdict.probability)}</b>"
        why = thin(verdict, t)
        kind = f' class="thin" title="{escape(why)}"' if why else ""
        odds, status = f"{_chip(verdict.status, t)}<span{kind}>{chance}</span>", verdict.status
        whose = t("stale.tile", which=belongs) if belongs else t("stale.now")
        words = escape(words_text(verdict, t))
    return _box(
        status,
        head,
        f'<div class="second"><div class="span">{span}</div><div class="odds">{odds}</div>',
        f'<div class="whose">{words}</div>'
        f'<div class="whose" title="{escape(whose)}">{escape(whose)}</div></div>',
    )
