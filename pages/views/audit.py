"""The audit of the plan on itself as words, rows and arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

import model
from model.audit import VERDICTS, Finding, Input
from model.audit import inputs as model_inputs
from pages.views import numbers
from pages.views.texts import Texts
from pages.views.theme import BLUE, ORANGE

GREY = "#4A5560"

VERDICT = {
    "conflict": ("×", ORANGE, "#FCF1E8"),
    "over_allocated": ("▲", ORANGE, "#FCF1E8"),
    "needs": ("◆", GREY, "#ECEFF2"),
    "already_met": ("●", BLUE, "#E6EFF8"),
    "coherent": ("✓", BLUE, "#E6EFF8"),
    "informs": ("○", GREY, "#ECEFF2"),
}
"""For each outcome of a check: icon, colour of the words, colour behind them."""

ANNEX = {
    "annex_iva": ("annex_iva", "base_iva"),
    "annex_mva": ("annex_mva", "base_mva"),
    "new_firms": ("annex_firms",),
    "annex_investment": ("annex_investment", "base_investment"),
    "investment_base": ("annex_investment", "base_investment"),
    "upgrade_needs": ("annex_investment", "base_investment"),
}
"""Checks that add up districts, with the inputs that each district has."""

UNLIKE = ("investment_base", "iva_with_mva", "employment", "energy_use", "upgrade_needs")
"""Checks whose value is another quantity than the target they start from."""

DRAWN = ("annex_iva", "annex_mva")
RECOVERY = ("recovery_february", "recovery_march")


def chip(verdict: str, t: Texts) -> str:
    """Return an outcome as icon and word."""
    icon, ink, behind = VERDICT[verdict]
    word = escape(t(f"audit.verdict_{verdict}"))
    return f'<span class="chip" style="color:{ink};background:{behind}">{icon} {word}</span>'


def summary(findings: Sequence[Finding], t: Texts) -> str:
    """Return how many checks came out how, and the first in weight."""
    counts = Counter(finding.verdict for finding in findings)
    listed = t("audit.comma").join(
        t("audit.count", word=t(f"audit.verdict_{verdict}"), count=counts[verdict])
        for verdict in VERDICTS
        if counts[verdict] or verdict == "conflict"
    )
    first = findings[0]
    lead = t(
        "audit.first",
        title=t.of(first, "title"),
        value=figure(first.value, first.unit, t),
        goal=_goal(first, t),
    )
    grave = first.verdict in ("conflict", "over_allocated")
    return t("audit.summary", count=len(findings), listed=listed) + (lead if grave else "")


def figure(value: float, unit: str, t: Texts) -> str:
    """Return a figure of a check in its unit."""
    if unit == "months":
        return t("number.with_unit", value=numbers.plain(value), unit=t.unit("months"))
    if unit in ("firms", "count"):
        return t("number.with_unit", value=numbers.short(value), unit=t(f"audit.unit_{unit}"))
    return numbers.in_unit(value, unit, t)


def span(finding: Finding, t: Texts) -> str:
    """Return the bounds of a value, empty where it has none."""
    if finding.low is None or finding.high is None:
        return ""
    digits = 2 if finding.high - finding.low < 1 else 1
    if finding.unit == "%":
        low, high = (numbers.plain(x, digits) for x in (finding.low, finding.high))
        return t("number.range_percent", low=low, high=high)
    return numbers.span(finding.low, finding.high, finding.unit, t)


def table_html(findings: Sequence[Finding], selected: str, t: Texts) -> str:
    """Return the checks as a table grouped by outcome; a row carries the id that a click gives."""
    head = "".join(
        f'<th scope="col" class="{kind}">{escape(t(f"audit.column_{name}"))}</th>'
        for name, kind in (("name", "name"), ("value", "value"), ("goal", "gap"))
    )
    body = []
    for verdict in VERDICTS:
        mine = [finding for finding in findings if finding.verdict == verdict]
        if not mine:
            continue
        meaning = escape(t(f"audit.means_{verdict}"))
        body.append(
            f'<tbody><tr class="section"><th colspan="3" scope="rowgroup">{chip(verdict, t)} '
            f"<small>{meaning}</small></th></tr>"
            + "".join(_row(finding, finding.id == selected, t) for finding in mine)
            + "</tbody>"
        )
    return (
        f'<table class="audit"><caption>{escape(t("audit.caption"))}</caption>'
        f"<thead><tr>{head}</tr></thead>{''.join(body)}</table>"
    )


def _row(finding: Finding, selected: bool, t: Texts) -> str:
    mark = ' aria-current="true"' if selected else ""
    return (
        f'<tr data-id="{finding.id}" class="{"chosen" if selected else ""}">'
        f'<td class="name"><button type="button" data-id="{finding.id}"{mark}>'
        f"{escape(t.of(finding, 'title'))}</button></td>"
        f'<td class="value">{escape(figure(finding.value, finding.unit, t))}</td>'
        f'<td class="gap">{escape(_goal(finding, t))}</td></tr>'
    )


def _goal(finding: Finding, t: Texts) -> str:
    """Return the target that the value is of a kind with; a dash where there is none."""
    if finding.target is None or finding.id in UNLIKE:
        return "—"
    if finding.unit == "%":
        return numbers.short(finding.target) + "%"
    return figure(finding.target, finding.unit, t)


# One check


def head_html(finding: Finding, t: Texts) -> str:
    """Return title, outcome and sentence of a check."""
    sentence = escape(t.of(finding, "sentence"))
    return (
        f'<div class="detail"><div class="place">{chip(finding.verdict, t)} '
        f"{escape(t(f'audit.means_{finding.verdict}'))}</div>"
        f"<h3>{escape(t.of(finding, 'title'))}</h3>"
        f'<p class="finding">{sentence}</p></div>'
    )


def steps_html(finding: Finding, t: Texts) -> str:
    """Return the arithmetic line by line: what it is, the numbers written out, the result."""
    lines = []
    for step in finding.steps:
        name = escape(t(f"audit.step_{step.code}"))
        worked, equals, result = step.text.rpartition(" = ")
        text = f"{escape(worked)} = <b>{escape(result)}</b>" if equals else escape(step.text)
        lines.append(f'<tr><th scope="row">{name}</th><td>{text}</td></tr>')
    bounds = span(finding, t)
    if bounds:
        name = escape(t("audit.step_span"))
        lines.append(f'<tr><th scope="row">{name}</th><td>{escape(bounds)}</td></tr>')
    return f'<table class="steps"><tbody>{"".join(lines)}</tbody></table>'


# Inputs


def single(finding: Finding, plan: model.Plan) -> tuple[Input, ...]:
    """Return the inputs of a check that do not belong to a district."""
    codes = plan.axes.districts
    kinds = ANNEX.get(finding.id, ())
    per_district = {f"{kind}_{code}" for kind in kinds for code in codes}
    return tuple(item for item in finding.inputs if item.name not in per_district)


def by_district(
    finding: Finding, plan: model.Plan, t: Texts
) -> tuple[dict[str, list], dict[str, str]]:
    """Return the inputs of the districts as columns, and each column's kind of input."""
    values = {item.name: item.value for item in finding.inputs}
    kinds = {t(f"audit.column_{kind}"): kind for kind in ANNEX.get(finding.id, ())}
    table: dict[str, list] = {t("audit.column_district"): [t.of(d) for d in plan.districts]}
    for column, kind in kinds.items():
        table[column] = [values[f"{kind}_{code}"] for code in plan.axes.districts]
    return table, kinds


def input_name(item: Input, plan: model.Plan, t: Texts) -> str:
    """Return what an input is; a target by its name in the register and its clause."""
    if item.name.startswith("target_"):
        code = item.name.removeprefix("target_")
        target = next(x for x in plan.targets if code in (x.indicator, x.lever))
        return t("audit.input_target", name=t.of(target, "indicator"), id=target.id)
    return t(f"audit.input_{item.name}")


def source_name(item: Input, plan: model.Plan, t: Texts) -> str:
    """Return where an input comes from: a source, or a table of the plan."""
    key = f"table.{item.source}"
    if key in t:
        return t(key)
    source = plan.source(item.source)
    return t.status(source.status) if source.status == "judgement" else source.title


def entered(item: Input) -> tuple[float, float, float, str]:
    """Return value, least, greatest and unit as an input is entered: fractions in per cent."""
    factor = 100.0 if item.unit == "fraction" else 1.0
    unit = "%" if item.unit == "fraction" else item.unit
    return round(factor * item.value, 6), factor * item.low, factor * item.high, unit


def from_entered(item: Input, value: float) -> float:
    """Return what `entered` showed as the number the audit takes."""
    return value / 100 if item.unit == "fraction" else value


def said(details: Mapping[str, object], plan: model.Plan, t: Texts) -> dict[str, object]:
    """Return the particulars of a refusal as a visitor knows them: named, fractions in per cent."""
    found = dict(details)
    item = next((i for i in model_inputs(plan) if i.name == found.get("name")), None)
    if item is None:
        return found
    found["name"] = _long_name(item, plan, t)
    found["unit"] = unit_name(entered(item)[3], t)
    for name in ("given", "low", "high"):
        if name in found and item.unit == "fraction":
            found[name] = round(100 * float(found[name]), 6)
    return found


def _long_name(item: Input, plan: model.Plan, t: Texts) -> str:
    """Return what an input is, also of a district: 荥阳市 工业投资目标."""
    for district in plan.districts:
        kind = item.name.removesuffix(f"_{district.code}")
        if kind != item.name and f"audit.column_{kind}" in t:
            return f"{t.of(district)} {t(f'audit.column_{kind}')}"
    return input_name(item, plan, t)


def unit_name(unit: str, t: Texts) -> str:
    """Return the unit of an input."""
    return t(f"audit.unit_{unit}") if unit in ("firms", "count", "years") else t.unit(unit)


# Months


def months_html(plan: model.Plan, overrides: Mapping[str, float], t: Texts, id: str = "") -> str:
    """Return, for every published month, what the rest of the year needs; empty without any.

    The target is that of industrial growth unless another is named.
    """
    target = plan.target(id) if id else plan.aim("iva_growth")
    aim = overrides.get(f"target_{target.indicator}", target.value)
    published = model.published_pace(plan, target.id, aim)
    if not published:
        return ""
    head = "".join(
        f'<th scope="col">{escape(t(f"audit.months_{name}"))}</th>'
        for name in ("through", "growth", "weight")
    )
    for value in (aim, aim - target.tolerance)[: 2 if target.tolerance else 1]:
        head += (
            f'<th scope="col">{escape(t("audit.months_needed", target=numbers.short(value)))}</th>'
        )
    body = ""
    for held in published:
        body += (
            f"<tr><td>{escape(t('audit.months_to', month=t(f'month.{held.through}')))}</td>"
            f"<td>{numbers.plain(held.actual, 1)}%</td><td>{numbers.percent(held.seasonal)}</td>"
            f"<td><b>{numbers.plain(held.needed)}%</b></td>"
        )
        if held.needed_tolerant is not None:
            body += f"<td>{numbers.plain(held.needed_tolerant)}%</td>"
        body += "</tr>"
    return f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
