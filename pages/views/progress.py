"""Sentences and tables of the progress within the year: where the targets stand, what was learned.

Figures are in per cent or in the unit of the target, as published.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from html import escape

import model
from model.observe import REGULAR, UPGRADE_SHARE, city_code
from model.observe import day as month_end
from model.standing import ANNEX, Standing, annex_target, growth_asked, observed
from pages.views import numbers, register
from pages.views.frames import short_name as district_name
from pages.views.levers import capital
from pages.views.progress_learned import Forecast, Learned
from pages.views.targets import short_name, target_label, target_value, thin
from pages.views.texts import Texts


def series(plan: model.Plan) -> dict[str, str]:
    """Return the series that are drawn, and the target each of them is about."""
    found = observed(plan)
    return {name: found[name] for name in REGULAR if name in found}


@cache
def dates(plan: model.Plan) -> tuple[str, ...]:
    """Return the days on which one can stand: the plan's issue, then the ends of months.

    The last is in February of the next year: a figure of the year itself is released in January or
    February.
    """
    issued, year = date.fromisoformat(str(plan.facts["issued_on"])), plan.years[0]
    ends = [month_end(f"{year}-{month:02d}") for month in range(1, 13)]
    ends += [month_end(f"{year + 1}-{month:02d}") for month in (1, 2)]
    later = [end.isoformat() for end in ends if end > issued]
    return (issued.isoformat(), *later)


def opens(plan: model.Plan) -> str:
    """Return the day on which the page opens: the end of the year; the issue without figures."""
    first = plan.months[:12]
    if any(o.geography == plan.city and o.period_end in first for o in plan.observations):
        return month_end(first[-1]).isoformat()
    return dates(plan)[0]


def modelled_first(plan: model.Plan) -> tuple[str, ...]:
    """Return the targets with a chance that this page shows also while no figure is known."""
    found = observed(plan)
    return tuple(found[name] for name in (*REGULAR, UPGRADE_SHARE) if name in found)


def day(text: str, t: Texts) -> str:
    """Return a day as the language writes it."""
    found = date.fromisoformat(text)
    month = t(f"month.{found.month}")
    return t("progress.day", year=found.year, month=month, day=found.day)


def through(end: str, t: Texts) -> str:
    """Return January to a month (1—3月, January to March)."""
    month = int(end[5:7])
    if month == 2:
        return t("month.joined")
    if month == 12:
        return t("progress.year")
    return t("progress.through", month=t(f"month.{month}"))


def period(observation: model.observe.Observation, t: Texts) -> str:
    """Return the months of a figure: one, or from January."""
    if observation.period_start == observation.period_end:
        return t(f"month.{int(observation.period_end[5:7])}")
    return through(observation.period_end, t)


def rest(held: model.Pace, t: Texts) -> str:
    """Return the months that are left."""
    first = held.through + 1
    return t("progress.rest", first=t(f"month.{first}")) if first < 12 else t("month.12")


def needed(value: float) -> str:
    """Return growth that is needed: a sign only where it is below zero."""
    return numbers.plain(value) + "%"


def rate(value: float) -> str:
    """Return growth with its sign."""
    return numbers.plain(value, 1, signed=True) + "%"


def places(figures: Iterable[model.Known], plan: model.Plan) -> tuple[str, ...]:
    """Return the city and the districts with a figure of a series, in the order of the plan."""
    there = {k.observation.geography for k in figures if k.observation.indicator in series(plan)}
    return (city_code(plan), *(code for code in plan.axes.districts if code in there))


def of_series(
    figures: Iterable[model.Known], plan: model.Plan, series: str, place: str = ""
) -> list[model.Known]:
    """Return the cumulative figures of a place in a series, by month; the later release counts."""
    found = {}
    for k in sorted(figures, key=lambda k: (k.observation.period_end, k.known_on)):
        o = k.observation
        if (
            o.geography == (place or city_code(plan))
            and o.indicator == series
            and o.measure in ("yoy_cumulative", "yoy_year")
        ):
            found[o.period_end] = k
    return list(found.values())


def goal(plan: model.Plan, series: str, t: Texts, place: str = "") -> tuple[str, float]:
    """Return the label of a target line and its height as growth, per cent; NaN for no target."""
    if place and place != city_code(plan):
        if series not in ANNEX:
            return "", math.nan
        height = annex_target(plan, place, series)
        return t("progress.annex_line", value=f"{height:g}%"), height
    id = observed(plan)[series]
    target, height = plan.target(id), growth_asked(plan, id)
    label = target_label(target, t)
    if target.unit == "%":
        return label, height
    return t("progress.about_growth", label=label, value=numbers.plain(height)), height


# The sentence above the chart


def headline(
    plan: model.Plan,
    series: str,
    as_of: str,
    figures: Sequence[model.Known],
    standing: Standing | None,
    t: Texts,
    of: str = "",
) -> str:
    """Return what is known on the day of a place and what is left to do."""
    when, name = day(as_of, t), t(f"progress.series_{series}")
    if of and of != city_code(plan):
        name = t("progress.series_of", place=place(of, plan, t), name=name)
    found = of_series(figures, plan, series, of)
    if not found:
        return t("progress.nothing", day=when, name=name)
    last = found[-1]
    o = last.observation
    said = t(
        "progress.known", day=when, name=name, months=through(o.period_end, t),
        value=t("progress.fell" if o.value < 0 else "progress.grew",
                value=numbers.plain(abs(o.value)) + "%"),
    )  # fmt: skip
    if standing is None or standing.figure is not last:
        return said + t("progress.stop")
    held, aim = standing.pace, _aim(plan, standing, t)
    if held.status in ("done", "missed"):
        return said + t(f"progress.{held.status}", target=aim)
    return said + _left("progress.left", held, t, aim)


def _left(key: str, held: model.Pace, t: Texts, aim: str = "") -> str:
    """Return what the rest of the year has to bring; it may even fall where enough is done."""
    if held.status == "ahead":
        key += "_fall" if held.needed < 0 else "_ahead"
    shown = needed(abs(held.needed) if key.endswith("_fall") else held.needed)
    return t(key, rest=rest(held, t), needed=shown, target=aim)


def _aim(plan: model.Plan, standing: Standing, t: Texts) -> str:
    if standing.place == city_code(plan):
        return target_value(plan.target(standing.target), t)
    return t("progress.annex_aim", value=f"{standing.aim:g}%")


def _chance(plan: model.Plan, forecast: Forecast, series: str, of: str) -> float | None:
    """Return the chance of the target of a series: of the city, or of Annex 1 for a district."""
    if of and of != city_code(plan):
        return forecast.chances.get((of, series))
    return forecast.verdicts[observed(plan)[series]].probability


def chance_sentence(
    plan: model.Plan, series: str, prior: Forecast | None, learned: Learned | None, t: Texts,
    of: str = "",
) -> str:  # fmt: skip
    """Return the chance before and after learning in one sentence."""
    id = observed(plan)[series]
    if prior is None:
        return t("progress.no_prior")
    before = _chance(plan, prior, series, of)
    if before is None:
        return ""
    district = bool(of) and of != city_code(plan)
    if district:
        aim = t("progress.annex_aim", value=f"{annex_target(plan, of, series):g}%")
    else:
        aim = target_value(plan.target(id), t)
    values = {
        "target": aim,
        "before": numbers.chance(before),
        "words": numbers.chance_words(before, t),
    }
    code = "" if district else id
    alone = t("progress.chance_prior", **values) + _indicative(prior, code, t)
    if learned is None:
        return alone
    if learned.contradicted:
        return ""
    after = _chance(plan, learned.forecast, series, of)
    if after is None:  # the district is not followed yet
        return alone
    if learned.method == "prior":
        return t("progress.chance_same", **values) + _indicative(prior, code, t)
    return t(
        "progress.chance_learned",
        **values,
        after=numbers.chance(after),
        after_words=numbers.chance_words(after, t),
    ) + _indicative(learned.forecast, code, t)


def _indicative(forecast: Forecast, id: str, t: Texts) -> str:
    """Return why the chance of a target is indicative, empty where the record carries it.

    ``id`` is empty for the target of a district.
    """
    if not id:
        return t("progress.chance_indicative")
    why = thin(forecast.verdicts[id], t)
    return t("progress.chance_thin", why=why) if why else ""


def contradiction(plan: model.Plan, learned: Learned, t: Texts) -> str:
    """Return that the figures contradict the whole prior, with the numbers."""
    worst = learned.worst
    o = worst.figure.observation
    said = t(
        "progress.contradiction",
        name=_named(o, plan, t),
        months=period(o, t),
        value=rate(100 * worst.value),
        mean=rate(100 * worst.prior_mean),
        sd=numbers.plain(100 * worst.prior_sd),
        distance=numbers.plain(worst.implausibility),
        tail=f"{learned.tail:.1g}",
        count=len(learned.checks),
    )
    return f'<div class="sentence">{escape(said)}</div>'


def _named(observation: model.observe.Observation, plan: model.Plan, t: Texts) -> str:
    """Return the name of a series, with its district where it is not the city's."""
    name = indicator(observation.indicator, t)
    if observation.geography == city_code(plan):
        return name
    return t("progress.series_of", place=place(observation.geography, plan, t), name=name)


# Where the targets stand


def indicator(code: str, t: Texts) -> str:
    """Return the name of what can be entered."""
    return t(f"progress.indicator_{code}")


def place(code: str, plan: model.Plan, t: Texts) -> str:
    """Return the name of the city or a district."""
    if code == city_code(plan):
        return t("progress.city")
    return district_name(next(d for d in plan.districts if d.code == code), t)


def stands_html(
    plan: model.Plan,
    found: Sequence[Standing],
    prior: Forecast | None,
    learned: Learned | None,
    t: Texts,
) -> str:
    """Return the targets of the city with status, figure, what is left and the chances."""
    held = {s.target: s for s in found if s.place == city_code(plan)}
    ids = [t_.id for t_ in plan.targets if t_.id in held or t_.id in modelled_first(plan)]
    rows = "".join(_row(plan, id, held.get(id), prior, learned, t) for id in ids)
    head = "".join(
        f'<th scope="col">{escape(t(f"progress.column_{name}"))}</th>'
        for name in ("target", "status", "actual", "left", "chance")
    )
    return (
        f'<table class="stands"><caption>{escape(t("progress.stands"))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(
    plan: model.Plan,
    id: str,
    standing: Standing | None,
    prior: Forecast | None,
    learned: Learned | None,
    t: Texts,
) -> str:
    target = plan.target(id)
    name = f"<b>{escape(capital(short_name(target, t)))}</b>"
    name += f"<small>{escape(target_value(target, t))}</small>"
    if standing is None:
        status, actual, todo = "—", "—", escape(t("progress.no_figure"))
    else:
        held = standing.pace
        status = register.chip(held.status, t)
        mark = basis_mark(standing.figure, t)
        shown = numbers.exact(held.actual, "%" if standing.on_base else target.unit, t)
        shown = t("progress.growth_of", value=shown) if standing.on_base else shown
        value = escape(shown)
        months = escape(through(standing.figure.observation.period_end, t))
        actual = f"<b>{value}</b><small>{months}{mark}</small>"
        todo = left(target, standing, t)
    chance = _chances(id, prior, learned, t)
    return (
        f'<tr data-target="{id}"><th scope="row">{name}</th><td>{status}</td><td>{actual}</td>'
        f"<td>{todo}</td><td>{chance}</td></tr>"
    )


def basis_mark(figure: model.Known, t: Texts) -> str:
    """Return how the day is known, where that deserves a mark."""
    if figure.basis in ("inferred", "entered"):
        return f' <em class="{figure.basis}">{escape(t(f"progress.basis_{figure.basis}"))}</em>'
    return ""


def left(target: model.Target, standing: Standing, t: Texts) -> str:
    """Return what the remaining months must bring, or where an amount stands by the calendar."""
    held, lines = standing.pace, []
    if held.needed is not None and (standing.on_base or target.pace.startswith("growth")):
        lines += growth_left(held, t)
        if held.needed_tolerant is not None:
            lines.append(t("progress.needs_tolerant", needed=needed(held.needed_tolerant)))
        if standing.on_base:
            lines.append(t("progress.estimated_base", value=needed(standing.aim)))
    elif held.done is not None:
        lines.append(t("progress.part", done=numbers.percent(held.done)))
        if held.linear is not None and held.linear < 1:
            lines.append(t("progress.linear", linear=numbers.percent(held.linear)))
            if held.seasonal is not None:
                lines.append(t("progress.seasonal", seasonal=numbers.percent(held.seasonal)))
        if held.needed is not None:
            amount = numbers.in_unit(held.needed, target.unit, t)
            lines.append(t("progress.a_month", amount=amount))
    if not lines:
        return "—"
    first, *more = map(escape, lines)
    return f"{first}<small>{'<br>'.join(more)}</small>" if more else first


def growth_left(held: model.Pace, t: Texts) -> list[str]:
    """Return the growth that is left to do, and its reach by rounding where that can be seen."""
    lines = [_left("progress.needs", held, t)]
    low, high = needed(held.needed_low), needed(held.needed_high)
    if low != high:
        lines.append(t("progress.needs_span", low=low.removesuffix("%"), high=high))
    return lines


def _chances(id: str, prior: Forecast | None, learned: Learned | None, t: Texts) -> str:
    if prior is None or id not in prior.verdicts or prior.verdicts[id].probability is None:
        return "—"
    first = prior.verdicts[id].probability
    if learned is None or learned.contradicted:
        return moved_chance(first, None, t, thin(prior.verdicts[id], t))
    verdict = learned.forecast.verdicts[id]
    loose = ""
    if verdict.target.tolerance:
        value = numbers.chance(verdict.probability_tolerant)
        loose = f"<small>{escape(t('progress.tolerant', chance=value))}</small>"
    return moved_chance(first, verdict.probability, t, thin(verdict, t)) + loose


def moved_chance(before: float, after: float | None, t: Texts, why: str = "") -> str:
    """Return a chance before and after learning, and the last of them in words.

    With ``why`` the record does not carry it, and it is grey with the reason.
    """
    words = escape(numbers.chance_words(before if after is None else after, t))
    said = f'<span class="before">{numbers.chance(before)}</span>'
    if after is not None:
        said += f" → <b>{numbers.chance(after)}</b>"
    if why:
        said = f'<span class="thin" title="{escape(why)}">{said}</span>'
        words += f"<br>{escape(why)}"
    return f"{said}<small>{words}</small>"
