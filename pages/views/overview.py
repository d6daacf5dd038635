"""The sentences and the table of the overview."""

from __future__ import annotations

from html import escape

import model
from pages.views import knowledge, numbers, quoted
from pages.views.levers import capital
from pages.views.summary import Summary
from pages.views.targets import target_value, words_text
from pages.views.texts import Texts

ROWS = (
    ("iva_growth", "%"),
    ("mva_growth", "%"),
    ("industrial_investment", "亿元"),
    ("upgrade_investment", "亿元"),
    ("energy_intensity_fall", "%"),
)


def sentence(summary: Summary, t: Texts) -> str:
    """Return the finding of the scenario in a sentence, every number computed."""
    by_indicator = {v.target.indicator: v for v in reversed(summary.verdicts)}
    first, second = by_indicator["iva_growth"], by_indicator.get("mva_growth")
    said = t(
        "overview.sentence",
        scenario=quoted.own(t.of(summary.scenario)),
        value=numbers.in_unit(first.forecast, "%", t),
        span=numbers.span(first.low, first.high, "%", t),
        target=target_value(first.target, t),
        words=words_text(first, t),
    )
    if second is None:
        return said
    return said + t(
        "overview.sentence_second",
        second=numbers.in_unit(second.forecast, "%", t),
        second_target=target_value(second.target, t),
        second_words=words_text(second, t),
    )


def estimates(plan: model.Plan, t: Texts) -> str:
    """Return what the base year rests on."""
    return t("overview.estimates") + knowledge.weights_sentence(plan, t)


def years_html(plan: model.Plan, summary: Summary, t: Texts) -> str:
    """Return the three years of the main indicators as an HTML table."""
    head = "".join(f"<th>{escape(t('chart.year', year=year))}</th>" for year in plan.years)
    body = "".join(_row(plan, summary, code, unit, t) for code, unit in ROWS)
    first = escape(t("overview.column_indicator"))
    return (
        f'<table class="plain"><thead><tr><th>{first}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _row(plan: model.Plan, summary: Summary, code: str, unit: str, t: Texts) -> str:
    factor = 100 if unit == "%" else 1
    cells = []
    for quantiles in factor * summary.city[code]:
        low, median, high = quantiles[0], quantiles[3], quantiles[-1]
        cells.append(
            f"<td><b>{escape(numbers.in_unit(median, unit, t))}</b> "
            f"<small>{escape(numbers.span(low, high, unit, t))}</small></td>"
        )
    return f"<tr><td>{escape(capital(t.of(plan.indicator(code))))}</td>{''.join(cells)}</tr>"
