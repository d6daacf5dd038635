"""One target of the register: what the plan says, what is expected, what moves it, where it is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import model
from pages.views import clauses, numbers, power, register
from pages.views.levers import capital
from pages.views.register import Row
from pages.views.targets import chance_both, definition_mark, gap_text
from pages.views.texts import Texts
from pages.views.theme import BLUE, ORANGE

MOVERS = 3

CHARTS = {
    "iva_growth": "overview",
    "mva_growth": "overview",
    "industrial_investment": "investment",
    "upgrade_investment_growth": "investment",
    "upgrade_share": "investment",
    "energy_intensity_fall": "energy",
}
"""The page that draws an indicator; the overview where that page is not there."""


def head_html(row: Row, t: Texts) -> str:
    """Return name, place and wording of a target."""
    x = row.target
    place = escape(t("register.where", clause=register.clause(x, t), id=x.id))
    place = f'<div class="place">{place} {register.chip(row.status, t)}</div>'
    own = (
        f'<div class="source" lang="zh-CN">{escape(x.text_zh)}</div>' if t.language == "en" else ""
    )
    return (
        f'<div class="detail">{place}'
        f"<h3>{escape(capital(t.of(x, 'indicator')))}</h3>"
        f"<blockquote>{escape(t.of(x, 'text'))}</blockquote>{own}"
        f"<dl>{_pair('rule', t.of(x, 'rule'), t)}{_pair('units', _units(x, t), t)}</dl></div>"
    )


def _units(x: model.Target, t: Texts) -> str:
    names = [clauses.unit_name(unit, t) for unit in x.responsible_units]
    return t("register.comma").join(names) or t("register.no_units")


def _pair(key: str, text: str, t: Texts) -> str:
    return f"<dt>{escape(t(f'register.{key}'))}</dt><dd>{escape(text)}</dd>"


def expected_html(row: Row, t: Texts) -> str:
    """Return what the model expects, or what is set, beside the target."""
    x, v = row.target, row.verdict
    if x.kind == "tracked":
        return ""
    goal = t("target.label", value=register.goal(x, t)) + definition_mark(v.differs, t)
    gap = gap_text(x, v.gap, t)
    value, _ = register.figure(row, t)
    word = t("register.forecast" if x.kind == "modelled" else "register.set")
    lines = []
    if x.kind == "modelled":
        lines.append(t("target.span", span=numbers.span(v.low, v.high, x.unit, t)))
        lines.append(t("register.strict", chance=chance_both(v, t)))
        if x.tolerance:
            lines.append(t("register.tolerant", chance=numbers.chance(v.probability_tolerant)))
        if v.base_value is not None:
            key = "register.base_met" if v.base_met else "register.base"
            lines.append(t(key, value=numbers.in_unit(v.base_value, x.unit, t)))
    else:
        lines.append(t("register.set_note"))
    small = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (
        f'<div class="detail expected"><div class="figures"><small>{escape(word)}</small>'
        f'<b class="big">{escape(value)}</b>'
        f"<span>{escape(goal)}<br>{escape(gap)}</span></div><ul>{small}</ul></div>"
    )


def outcome_html(plan: model.Plan, row: Row, t: Texts) -> str:
    """Return what was published of the target later, if anything."""
    x, found = row.target, row.verdict.outcome
    if found is None or found.value is None:
        return ""
    text = t(
        "register.outcome",
        value=numbers.exact(found.value, x.unit, t),
        until=numbers.month(found.period_end, t),
        met=t(f"register.met_{found.met}"),
        status=t.status(found.status),
        source=plan.source(found.source_id).title,
    )
    return f'<div class="note">{escape(text)}</div>'


# What moves it


def movers(row: Row, effects: Sequence[model.Effect]) -> tuple[model.Effect, ...]:
    """Return the levers that move an indicator most, the largest first, those that do at all."""
    found = sorted(effects, key=lambda effect: -abs(effect.change))
    return tuple(effect for effect in found[:MOVERS] if effect.change)


def mover_html(plan: model.Plan, row: Row, effect: model.Effect, t: Texts) -> str:
    """Return one lever: its step, what the indicator does, and whether that helps."""
    x, lever = row.target, plan.lever(effect.lever)
    change = 100 * effect.change if x.unit == "%" else effect.change
    helps = (change > 0) != (x.comparator == "about_at_most")
    icon, ink = ("▲", BLUE) if helps else ("▼", ORANGE)
    step = numbers.plain(effect.step, 2 if abs(effect.step) < 0.1 else 1, signed=True)
    step = step.removesuffix(".0")
    text = t(
        "register.mover",
        name=capital(t.of(lever)),
        step=t("number.with_unit", value=step, unit=_step_unit(lever.unit, t)),
    )
    word = t("register.helps" if helps else "register.hinders")
    return (
        f'<div class="mover"><span>{escape(text)}</span><b style="color:{ink}">{icon} '
        f"{escape(power.said(change, x.unit, t))} <small>{escape(word)}</small>"
        "</b></div>"
    )


def _step_unit(unit: str, t: Texts) -> str:
    return t("unit.pp") if unit in ("%", "% of plan") else t.unit(unit)


# Where it is within the year


def pace_html(row: Row, t: Texts) -> str:
    """Return an actual against the calendar: what is done, what is left to do."""
    x, held = row.target, row.pace
    if held is None:
        return ""
    month = t(f"month.{held.through}")
    actual = numbers.exact(held.actual, x.unit, t)
    lines = [t(f"pace.{_manner(x)}_{held.status}", month=month, actual=actual, **_figures(row, t))]
    if held.needed is not None and x.pace.startswith("growth"):
        lines.append(t("pace.needed_range", **_figures(row, t)))
        if held.needed_tolerant is not None:
            lines.append(t("pace.needed_tolerant", **_figures(row, t)))
    elif held.needed is not None:
        lines.append(t("pace.needed_amount", **_figures(row, t)))
    if held.seasonal is not None and held.lead is not None and held.linear < 1:
        lines.append(t("pace.linear_too", linear=numbers.percent(held.linear)))
    text = "".join(f"<p>{escape(line)}</p>" for line in lines)
    bar = _bar(held, t) if x.pace.startswith("flow") else ""
    return f'<div class="detail pace">{register.chip(held.status, t)}{text}{bar}</div>'


def _manner(target: model.Target) -> str:
    return target.pace.partition("_")[0] if target.pace != "yearly" else "share"


def _figures(row: Row, t: Texts) -> dict[str, str]:
    x, held = row.target, row.pace

    def rate(value: float | None) -> str:
        return "" if value is None else numbers.plain(value, 1) + "%"

    def part(value: float | None) -> str:
        return "" if value is None else numbers.percent(value, 1)

    gone = held.linear if held.seasonal is None else held.seasonal
    growth = x.pace.startswith("growth")
    left = "" if growth or held.needed is None else numbers.in_unit(held.needed, x.unit, t)
    first = held.through + 1
    return {
        "target": register.goal(x, t),
        "done": part(held.done),
        "gone": part(gone),
        "lead": "" if held.lead is None else numbers.points(held.lead, t),
        "weight": part(held.seasonal),
        "needed": rate(held.needed) if growth else left,
        "low": rate(held.needed_low),
        "high": rate(held.needed_high),
        "tolerant": rate(held.needed_tolerant),
        "tolerant_target": numbers.short(x.value - x.tolerance) + "%" if x.tolerance else "",
        "rest": t("pace.rest", first=t(f"month.{first}")) if first < 12 else t("month.12"),
    }


def _bar(held: model.Pace, t: Texts) -> str:
    """Return the part done as a bar from zero with a mark where the calendar stands."""
    done = min(100.0, 100 * held.done)
    gone = 100 * (held.linear if held.seasonal is None else held.seasonal)
    colour = BLUE if held.status in ("done", "ahead") else ORANGE
    word = escape(t("pace.calendar"))
    side = "left" if gone < 70 else "right"
    return (
        f'<div class="bar" aria-hidden="true"><i style="width:{done:.1f}%;background:{colour}"></i>'
        f'<em class="{side}" style="left:{gone:.1f}%">{word}</em></div>'
    )


# What the plan's text holds besides


def exclusions_html(plan: model.Plan, t: Texts) -> str:
    """Return the numbers that are no targets, with the reasons, as a table."""
    head = "".join(
        f'<th scope="col">{escape(t(f"register.excluded_{name}"))}</th>'
        for name in ("place", "phrase", "kind", "reason")
    )
    body = "".join(
        f"<tr><td>{escape(_place(item.place, t))}</td><td lang='zh-CN'>{escape(item.phrase)}</td>"
        f"<td>{escape(t(f'register.kind_{item.kind}'))}</td>"
        f"<td>{escape(t.of(item, 'reason'))}</td></tr>"
        for item in model.exclusions(plan)
    )
    return f'<table class="plain left"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _place(place: str, t: Texts) -> str:
    if place == "*":
        return t("register.anywhere")
    return clauses.place_name(place, t)


def completeness(plan: model.Plan, t: Texts) -> str:
    """Return how many numbers the plan's text has and what became of them."""
    found = model.numbers(plan)
    return t(
        "register.completeness",
        numbers=len(found),
        registered=sum(n.target is not None for n in found),
        targets=len({n.target for n in found if n.target}),
        excluded=sum(n.exclusion is not None for n in found),
        reasons=len(model.exclusions(plan)),
        open=sum(not n.accounted_for for n in found),
        annex=4 * len(plan.annex),
    )


def chart_page(target: model.Target, known: Sequence[str]) -> str:
    """Return the page that draws what a target is about, of those there are."""
    page = CHARTS.get(target.indicator, "overview")
    return page if page in known else "overview"
