"""An indicator read aloud: its card, its formula, the parameters that enter, what acts on it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import model
from model.lineage import Step, lineage
from model.sensitivity import Swing
from model.sources import Parameter
from pages.views import method, numbers, quantity
from pages.views.levers import capital
from pages.views.power import step_said
from pages.views.texts import Texts

ON_PAGE: dict[str, tuple[str, ...]] = {
    "overview": (
        "iva_growth", "mva_growth", "upgrade_investment_growth", "industrial_investment",
        "energy_intensity_fall", "high_tech_share", "upgrade_investment",
    ),
    "levers": (
        "iva_growth", "mva_growth", "upgrade_investment_growth", "industrial_investment",
        "energy_intensity_fall",
    ),
    "why": ("iva_growth", "mva_growth", "industrial_va"),
    "solve": model.INDICATORS,
    "compare": model.INDICATORS,
    "targets": model.INDICATORS,
    "progress": (
        "iva_growth", "mva_growth", "industrial_investment_growth", "upgrade_investment_growth",
        "upgrade_share", "high_tech_share", "leading_share", "strategic_emerging_share",
        "energy_intensive_share",
    ),
    "confidence": model.INDICATORS,
    "audit": ("iva_growth", "mva_growth", "industrial_investment", "energy_use_growth"),
    "districts": (
        "iva_growth", "mva_growth", "industrial_investment_growth", "industrial_investment",
        "energy_intensity_fall",
    ),
    "energy": ("energy_intensity_fall", "energy_use_growth", "iva_growth"),
    "investment": (
        "industrial_investment", "industrial_investment_growth", "upgrade_investment",
        "upgrade_investment_growth", "upgrade_share",
    ),
    "briefing": (
        "iva_growth", "mva_growth", "industrial_investment", "upgrade_investment_growth",
        "energy_intensity_fall",
    ),
}  # fmt: skip
"""The indicators whose figures stand on each page, in the order in which they appear."""

PLACES = {
    "any": ("city", "district", "industry"),
    "district": ("city", "district"),
    "city": ("city",),
}

_MONTHS = re.compile(r"month_share_(\w+)_\d\d")
"""Parameters that come in twelves, one a month, and share a row."""

LEAST = 5e-5
"""A swing that would be written as zero."""


@dataclass(frozen=True, slots=True)
class Line:
    """A parameter, or twelve of a month each, as a row of the table; texts only."""

    id: str
    name: str
    note: str
    low: str
    mid: str
    high: str
    unit: str
    status: str
    source: str
    swing: str


def name(plan: model.Plan, code: str, t: Texts) -> str:
    """Return the name of an indicator as a title."""
    return capital(t.of(plan.indicator(code)))


def card_html(plan: model.Plan, code: str, t: Texts) -> str:
    """Return the definition card of an indicator."""
    card = plan.indicator(code)
    kind = model.outcomes.places(code)
    rows = (
        ("definition", t.of(card, "definition")),
        ("scope", t.of(card, "scope")),
        ("basis", t.of(card, "basis")),
        ("unit", t.unit(card.unit)),
        ("places", t("lineage.and").join(t(f"lineage.place_{x}") for x in PLACES[kind])),
        ("code", card.formula),
    )
    body = "".join(
        f'<tr><th scope="row">{escape(t(f"lineage.card_{key}"))}</th><td>{escape(text)}</td></tr>'
        for key, text in rows
    )
    return f'<table class="card">{body}</table>'


def steps(plan: model.Plan, code: str) -> dict[str, tuple[Step, ...]]:
    """Return the equations on the way to an indicator by module, in the order of `MODULES`."""
    found = lineage(plan, code)
    by_module = {module: tuple(x for x in found if x.module == module) for module in method.MODULES}
    return {module: some for module, some in by_module.items() if some}


def told(step: Step, t: Texts) -> method.Equation:
    """Return the equation of a step in this language."""
    return method.told(method.of_path(f"model.{step.equation}"), t)


def read(plan: model.Plan, step: Step, t: Texts) -> str:
    """Return which parameters an equation reads, in a sentence; empty where it reads none."""
    names = [_name(plan, group, t) for group in _grouped(step.parameters)]
    if not names:
        return ""
    return t("lineage.reads", names=t("lineage.and").join(names))


def lines(plan: model.Plan, code: str, swings: Sequence[Swing], t: Texts) -> tuple[Line, ...]:
    """Return the parameters that enter an indicator, what moves it most first."""
    found = dict.fromkeys(p for step in lineage(plan, code) for p in step.parameters)
    width = {swing.parameter: swing for swing in swings}
    groups = sorted(
        _grouped(tuple(found)),
        key=lambda group: (-_width(group, width), not group[0].quantified),
    )
    titles = {source.source_id: source.title for source in plan.sources}
    unit = plan.indicator(code).unit
    return tuple(_line(plan, group, width, titles, unit, t) for group in groups)


def _width(group: tuple[Parameter, ...], swings: Mapping[str, Swing]) -> float:
    swing = swings.get(group[0].id)
    return 0.0 if swing is None else swing.width


def _grouped(parameters: tuple[Parameter, ...]) -> list[tuple[Parameter, ...]]:
    """Return the parameters one by one, and those of a month together."""
    found: dict[str, list[Parameter]] = {}
    for parameter in parameters:
        months = _MONTHS.fullmatch(parameter.id)
        found.setdefault(months[1] if months else parameter.id, []).append(parameter)
    return [tuple(group) for group in found.values()]


def _name(plan: model.Plan, group: tuple[Parameter, ...], t: Texts) -> str:
    first = group[0]
    if months := _MONTHS.fullmatch(first.id):
        industry = next((t.of(i) for i in plan.industries if i.code == months[1]), "")
        which = "industry" if industry else months[1]
        return t(f"lineage.month_share_{which}", industry=industry)
    if t.language == "zh":
        return first.name_zh
    if first.unit == "correlation":
        return f"{first.name} {first.symbol.removeprefix('corr')}"
    whom = first.applies_to.partition(":")[2]  # the Chinese names say it themselves
    apart = first.applies_to.startswith("industry:") and whom.replace(";", " ") not in first.name
    return f"{first.name} ({whom.replace(';', ', ')})" if apart else first.name


def _line(
    plan: model.Plan,
    group: tuple[Parameter, ...],
    swings: Mapping[str, Swing],
    titles: Mapping[str, str],
    unit: str,
    t: Texts,
) -> Line:
    first = group[0]
    mid = quantity.value(first.mid, first.unit, t)
    if len(group) > 1:
        values = [p.mid for p in group if p.mid is not None]
        ends = (quantity.value(x, first.unit, t) for x in (min(values), max(values)))
        mid = t("number.range", low=next(ends), high=next(ends))
    kind = f"quantity_kind.{first.unit}"
    return Line(
        id=first.id,
        name=capital(_name(plan, group, t)),
        note=first.note if t.language == "en" else "",
        low=quantity.value(first.low, first.unit, t),
        mid=mid,
        high=quantity.value(first.high, first.unit, t),
        unit=t(kind) if kind in t else quantity.unit(first.unit, t),
        status=t.status(first.status),
        source=method.source_said(first, titles, t),
        swing=_swing(plan, first, swings.get(first.id), unit, t),
    )


def _swing(plan: model.Plan, parameter: Parameter, swing: Swing | None, unit: str, t: Texts) -> str:
    if parameter.distribution == "fixed":
        return t("lineage.fixed")
    if swing is None or swing.width < LEAST:
        return t("lineage.in_draws") if _only_drawn(plan, parameter) else t("lineage.no_swing")
    if unit == "%":
        return numbers.points(swing.width, t, 2 if swing.width < 0.001 else 1, signed=False)
    return numbers.in_unit(swing.width, unit, t, 1)


def _only_drawn(plan: model.Plan, parameter: Parameter) -> bool:
    """Return whether a parameter sets the spread of draws and moves no central run."""
    return parameter.applies_to in ("base cell", "observation") or (
        parameter.id.startswith(("city_factor", "industry_shock", "district_shock", "jump_"))
        or parameter.id.startswith("investment_shock")
        or parameter.id in map(plan.of_base, ("industrial_va", "industrial_investment"))
    )


def table_html(rows: Sequence[Line], t: Texts) -> str:
    """Return the table of parameters as HTML."""
    names = ("parameter", "low", "mid", "high", "unit", "status", "source", "swing")
    head = "".join(
        f'<th scope="col">{escape(t(f"lineage.column_{column}"))}</th>' for column in names
    )
    body = "".join(
        f'<tr><td title="{escape(row.note)}">{escape(row.name)}</td>'
        + "".join(
            f"<td>{escape(text)}</td>"
            for text in (row.low, row.mid, row.high, row.unit, row.status, row.source, row.swing)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<table class="plain parameters"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def sums_up(plan: model.Plan, code: str, rows: Sequence[Line], t: Texts) -> str:
    """Return how many equations and parameters make an indicator, and how many are judged."""
    found = dict.fromkeys(p for step in lineage(plan, code) for p in step.parameters)
    drawn = [p for p in found if p.quantified]
    judged = [p for p in drawn if p.status in ("judgement", "recalled", "assumed", "unverified")]
    return t(
        "lineage.sums_up",
        equations=len(lineage(plan, code)),
        parameters=len(drawn),
        judged=len(judged),
        fixed=len(rows) - len(drawn),
        year=plan.years[0],
    )


def levers_html(plan: model.Plan, code: str, effects: Sequence[model.Effect], t: Texts) -> str:
    """Return what one step of each lever does to an indicator, the strongest first."""
    unit = plan.indicator(code).unit
    felt = LEAST if unit == "%" else 0.05
    moving = sorted((x for x in effects if x.change), key=lambda x: -abs(x.change))
    acting = [x for x in moving if abs(x.change) >= felt]
    hardly = [t.of(plan.lever(x.lever)) for x in moving if abs(x.change) < felt]
    below = ""
    if hardly:
        said = t("lineage.hardly", count=len(hardly), names=t("lineage.and").join(hardly))
        below = f'<div class="note">{escape(said)}</div>'
    if not moving:
        return f'<div class="note">{escape(t("lineage.no_levers", year=plan.years[0]))}</div>'
    items = []
    for effect in acting:
        lever = plan.lever(effect.lever)
        step = step_said(effect.step, lever.unit, t)
        change = (
            numbers.points(effect.change, t, 2)
            if unit == "%"
            else numbers.gap(effect.change, unit, t)
        )
        items.append(
            f"<tr><td>{escape(capital(t.of(lever)))}</td><td>{escape(step)}</td>"
            f"<td><b>{escape(change)}</b></td></tr>"
        )
    head = "".join(
        f"<th>{escape(t(f'lineage.levers_{x}'))}</th>" for x in ("name", "step", "change")
    )
    return (
        f'<table class="plain"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(items)}</tbody></table>{below}"
    )
