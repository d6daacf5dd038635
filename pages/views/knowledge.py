"""What a forecast rests on, and what a figure would be worth: sentences, bars and a table."""

from __future__ import annotations

from html import escape

import model
from model.cells import FIRM, Cell, by_id
from model.knowledge import SOURCED, Knowledge, Worth, weights
from pages.views import numbers, quantity
from pages.views.levers import capital
from pages.views.texts import Texts
from pages.views.theme import BANDS, BLUE, GREY, LINE

LEAST = 0.0005
"""A share, or a narrowing, that would be written as 0.0 % or as 0.1 % by rounding alone."""

SHADES = {
    "firm": BLUE,
    "derived": BANDS["50"],
    "guessed": "#DD8746",
    "base": "#EDBE98",
    "shocks": GREY,
    "stop": "#9AA5AF",
    "model_error": "#BCC4CB",
    "together": LINE,
}
"""A colour for each part of a bar: blue what a text carries, orange estimates, grey chance."""

LIGHT = ("derived", "base", "model_error", "together", "guessed", "stop")
"""Parts on which dark letters are read."""


def indicator(plan: model.Plan, code: str, t: Texts) -> str:
    """Return the name of a forecast."""
    return capital(t.of(plan.indicator(code)))


def weights_sentence(plan: model.Plan, t: Texts) -> str:
    """Return how much of the base-year weights is published, derived and estimated."""
    shares = weight_groups(plan)
    firm = t("knowledge.weights_some", share=numbers.percent(shares["firm"], 0))
    return t(
        "knowledge.weights",
        guessed=numbers.percent(shares["guessed"], 0),
        derived=numbers.percent(shares["derived"], 0),
        firm=firm if shares["firm"] > 0 else t("knowledge.weights_none"),
    )


def weight_groups(plan: model.Plan) -> dict[str, float]:
    """Return the shares of the base-year weights: firm, derived and guessed."""
    found = {"firm": 0.0, "derived": 0.0, "guessed": 0.0}
    for part in weights(plan):
        found[_word(part.status)] += part.share
    return found


def _word(status: str) -> str:
    if status in FIRM:
        return "firm"
    return "derived" if status in SOURCED else "guessed"


def variance_groups(found: Knowledge) -> dict[str, float]:
    """Return the shares of the variance: parameters by origin, base cells, chance."""
    shares = dict.fromkeys(("firm", "derived", "guessed", "base"), 0.0)
    for part in found.variance:
        name = _word(part.status) if part.kind == "parameters" else part.kind
        shares[name] = shares.get(name, 0.0) + part.share
    return {name: max(0.0, share) for name, share in shares.items()}


def variance_sentence(found: Knowledge, t: Texts) -> str:
    """Return how much of the spread comes from judged parameters, sourced ones, base, chance."""
    shares = variance_groups(found)
    chance = sum(shares.get(kind, 0.0) for kind in ("shocks", "stop", "model_error", "together"))
    return t(
        "knowledge.variance",
        guessed=numbers.percent(shares["guessed"], 0),
        sourced=numbers.percent(shares["firm"] + shares["derived"], 0),
        base=_small(shares["base"], t),
        chance=numbers.percent(chance, 0),
    )


def bars_html(plan: model.Plan, found: Knowledge | None, t: Texts) -> str:
    """Return the two bars, of the weights and, once it is known, of the variance."""
    rows = [_bar("weights", weight_groups(plan), t)]
    if found is not None:
        rows.append(_bar("variance", variance_groups(found), t))
    return f'<div class="rests">{"".join(rows)}</div>'


def _bar(name: str, shares: dict[str, float], t: Texts) -> str:
    pieces, legend = [], []
    for part, share in shares.items():
        if share < LEAST:
            continue
        key = f"knowledge.{name}_{part}"
        label, said = t(key), numbers.percent(share, 0 if share > 0.01 else 1)
        ink = "#17212B" if part in LIGHT else "#FFFFFF"
        inside = escape(said) if share > 0.045 else ""
        pieces.append(
            f'<i style="width:{100 * share:.2f}%;background:{SHADES[part]};color:{ink}">'
            f"{inside}</i>"
        )
        legend.append(
            f'<span><b style="background:{SHADES[part]}"></b>{escape(label)} {escape(said)}</span>'
        )
    title = escape(t(f"knowledge.bar_{name}"))
    return (
        f'<div class="name">{title}</div><div class="bar" aria-hidden="true">{"".join(pieces)}'
        f'</div><div class="legend">{"".join(legend)}</div>'
    )


def best_sentence(found: Knowledge, code: str, t: Texts) -> str:
    """Return what the first cells together, and all that could be replaced, would do."""
    if found.best is None:
        return t("knowledge.best_none", draws=numbers.plain(found.draws, 0),
                 count=found.candidates)  # fmt: skip
    return t(
        f"knowledge.best_{len(found.best.cells)}",
        now=_width(found.width, code, t),
        then=_width(found.width * (1 - found.best.narrowing), code, t),
        share=_measured(found.best.share, found.best.error, t),
    ) + t(
        "knowledge.ceiling",
        count=found.candidates,
        all=_width(found.width * (1 - found.all_cells.narrowing), code, t),
    )


def seen_sentence(found: Knowledge, t: Texts) -> str:
    """Return how many cells stand out from the error of the draws, and what was not asked."""
    return t(
        "knowledge.seen",
        seen=found.seen,
        named=len(found.worth),
        count=found.candidates,
        draws=numbers.plain(found.draws, 0),
        unranged=found.without_range,
    )


def _width(width: float, code: str, t: Texts) -> str:
    if code == "industrial_investment":
        return numbers.in_unit(width, "亿元", t, 1)
    return numbers.points(width, t, 1, signed=False)


def _measured(share: float, error: float, t: Texts) -> str:
    shown = numbers.percent(share, 2), numbers.plain(100 * max(error, 5e-5), 2)
    return t("knowledge.measured", value=shown[0], error=shown[1])


def _small(share: float, t: Texts) -> str:
    if share < 0.001:
        return t("knowledge.under", value="0.1%")
    return numbers.percent(share, 0 if share > 0.01 else 1)


def worth_html(plan: model.Plan, found: Knowledge, code: str, t: Texts, most: int = 3) -> str:
    """Return the cells most worth replacing as an HTML table."""
    names = ("cell", "now", "status", "variance", "width")
    head = "".join(f"<th>{escape(t(f'knowledge.column_{name}'))}</th>" for name in names)
    body = "".join(_row(plan, one, found, code, t) for one in found.worth[:most])
    return f'<table class="plain worth"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row(plan: model.Plan, one: Worth, found: Knowledge, code: str, t: Texts) -> str:
    known = by_id(plan)[one.cells[0]]
    narrowing = t("knowledge.too_small")
    if one.narrowing > max(2 * one.narrowing_error, LEAST):
        width = _width(found.width * one.narrowing, code, t)
        narrowing = t("knowledge.narrower", width=width,
                      share=numbers.percent(one.narrowing, 1))  # fmt: skip
    cells = (
        cell_name(plan, known, t),
        _present(known, t),
        t.status(known.status),
        _measured(one.share, one.error, t),
        narrowing,
    )
    return f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in cells)}</tr>"


def _present(known: Cell, t: Texts) -> str:
    text = quantity.said(known.value, known.unit, t)
    if known.low is None or known.high is None:
        return text
    low, high = (quantity.value(x, known.unit, t) for x in (known.low, known.high))
    return t("knowledge.with_range", value=text, ends=t("number.range", low=low, high=high))


def cell_name(plan: model.Plan, known: Cell, t: Texts) -> str:
    """Return a cell in words: what of which district or industry."""
    districts = {record.code: t.of(record) for record in plan.districts}
    industries = {record.code: t.of(record) for record in plan.industries}
    if known.table == "parameters":
        parameter = plan.parameter(known.key[0])
        return capital(parameter.name_zh if t.language == "zh" else parameter.name)
    words = {
        "place": districts.get(known.key[0], ""),
        "industry": industries.get(known.key[-1], ""),
    }
    part = known.key[1] if known.table == "district_base" else known.column
    return capital(t(f"knowledge.cell_{part}", **words))
