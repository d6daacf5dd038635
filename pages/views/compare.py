"""Two to four scenarios side by side: what differs in levers, what comes out, and why."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape

import altair as alt

import model
from model.targets import differs
from pages.views import numbers, quoted
from pages.views.charts import month_axis
from pages.views.drawing import SIGNED, finish, halo, reach
from pages.views.frames import CALM_LEAST, NUMBERS, Tables, axis_frame, spread, stopped
from pages.views.frames import reach as ends_of
from pages.views.levers import capital
from pages.views.summary import PROBABILITIES, Summary
from pages.views.targets import chance_html, short_name, target_label, words_html
from pages.views.texts import Texts
from pages.views.theme import BLUE, GREY, INK, ORANGE, QUIET, STATUS

LETTERS = ("A", "B", "C", "D")
COLOURS = (BLUE, "#8A4B9A", "#1D7874", GREY)
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
RANGES = ("iva_growth", "upgrade_investment_growth", "energy_intensity_fall")
PATH_REACH = (-25.0, 15.0)
MEDIAN = PROBABILITIES.index(0.5)


def label(k: int, name: str) -> str:
    """Return the mark of the k-th scenario and its name."""
    return f"{LETTERS[k]} {name}"


def _badge(k: int) -> str:
    return f'<span class="letter" style="background:{COLOURS[k]}">{LETTERS[k]}</span>'


def _head(first: str, names: Sequence[str]) -> str:
    cells = "".join(
        f'<th scope="col">{_badge(k)} {escape(name)}</th>' for k, name in enumerate(names)
    )
    return f'<thead><tr><th scope="col">{escape(first)}</th>{cells}</tr></thead>'


# Levers


def _values(plan: model.Plan, scenario: model.Scenario) -> dict[str, tuple]:
    levers = {
        lever.id: (scenario.value(lever.id), scenario.district_values(lever.id))
        for lever in plan.levers
    }
    return levers | {x.id: (scenario.assumption(x.id), ()) for x in plan.assumptions}


def differing(plan: model.Plan, scenarios: Sequence[model.Scenario]) -> tuple[str, ...]:
    """Return the levers and assumptions in which the scenarios differ, in the order of the plan."""
    found = [_values(plan, scenario) for scenario in scenarios]
    return tuple(name for name in found[0] if len({values[name] for values in found}) > 1)


def levers_html(
    plan: model.Plan, scenarios: Sequence[model.Scenario], names: Sequence[str], t: Texts
) -> str:  # fmt: skip
    """Return levers by scenario; rows that differ come first, the rest is folded away."""
    apart = set(differing(plan, scenarios))
    records = (*plan.levers, *plan.assumptions)
    rows = {True: [], False: []}
    for record in records:
        rows[record.id in apart].append(_lever_row(plan, record, scenarios, t))
    count = len(rows[True])
    head = _head(t("compare.lever"), names)
    said = t("compare.differ", count=count, total=len(records))
    same = f'<tr><td colspan="{len(names) + 1}">{escape(t("compare.same"))}</td></tr>'
    summary = f"<summary>{escape(t('compare.equal', count=len(rows[False])))}</summary>"
    return (
        f'<div class="note">{escape(said)}</div>{_table(head, rows[True] or [same])}'
        f"<details>{summary}{_table(head, rows[False])}</details>"
    )


def _table(head: str, rows: Sequence[str]) -> str:
    return f'<table class="plain compare">{head}<tbody>{"".join(rows)}</tbody></table>'


def _lever_row(plan: model.Plan, record, scenarios: Sequence[model.Scenario], t: Texts) -> str:
    is_lever = isinstance(record, model.desk.Lever)
    cells, first = [], None
    for scenario in scenarios:
        value = scenario.value(record.id) if is_lever else scenario.assumption(record.id)
        if record.unit == "month":
            text = numbers.month(plan.months[int(value)], t)
        else:
            text = numbers.exact(value, record.unit, t)
        uneven = is_lever and record.by_district and _uneven(scenario, record)
        text += t("compare.uneven") if uneven else ""
        first = text if first is None else first
        cells.append(f"<td>{'<b>' if text != first else ''}{escape(text)}"
                     f"{'</b>' if text != first else ''}</td>")  # fmt: skip
    kind = "" if is_lever else f" <small>{escape(t('compare.assumption'))}</small>"
    return f'<tr><th scope="row">{escape(capital(t.of(record)))}{kind}</th>{"".join(cells)}</tr>'


def _uneven(scenario: model.Scenario, lever: model.desk.Lever) -> bool:
    even = scenario.desk.spread(lever, scenario.value(lever.id))
    return any(abs(a - b) > 1e-6 for a, b in zip(
        scenario.district_values(lever.id), even, strict=True))  # fmt: skip


# Outcomes


def outcomes_html(summaries: Sequence[Summary], names: Sequence[str], t: Texts) -> str:
    """Return every target with a forecast by scenario: figure, range, verdict and chance."""
    rows = []
    for verdicts in zip(*(s.verdicts for s in summaries), strict=True):
        target = verdicts[0].target
        if verdicts[0].probability is None:
            continue
        cells = "".join(_outcome_cell(v, t) for v in verdicts)
        goal = f"<small>{escape(target_label(target, t, verdicts[0].differs))}</small>"
        met = f" <small>{escape(t('target.base_met'))}</small>" if verdicts[0].base_met else ""
        name = escape(capital(short_name(target, t)))
        rows.append(f'<tr><th scope="row">{name}<br>{goal}{met}</th>{cells}</tr>')
    head = _head(t("compare.target"), names)
    return _table(head, rows)


def _outcome_cell(verdict: model.Verdict, t: Texts) -> str:
    unit = verdict.target.unit
    icon, ink, _ = STATUS[verdict.status]
    value = escape(numbers.in_unit(verdict.forecast, unit, t))
    span = escape(numbers.span(verdict.low, verdict.high, unit, t))
    word = escape(t(f"status.{verdict.status}"))
    said = {"chance": chance_html(verdict, t), "words": words_html(verdict, t)}
    chance = t("number.chance", **said)
    return (
        f"<td><b>{value}</b> <small>{span}</small><br>"
        f'<small style="color:{ink};font-weight:700">{icon} {word} {chance}</small></td>'
    )


# Charts


def _series() -> dict:
    domain, colours, dashes = list(LETTERS), list(COLOURS), list(DASHES)
    return {
        "color": alt.Color("series:N", legend=None, scale=alt.Scale(domain=domain, range=colours)),
        "dash": alt.StrokeDash(
            "series:N", legend=None, scale=alt.Scale(domain=domain, range=dashes)
        ),
    }


@cache
def path(t: Texts) -> dict:
    """Cumulative growth of the first year, one line a scenario, named at its end."""
    lines, ends, target, axis = (
        alt.NamedData(name=name) for name in ("lines", "ends", "target", "axis")
    )
    x = alt.X(
        "month:Q",
        axis=month_axis(t, tuple(range(1, 12))),
        scale=alt.Scale(domain=[0.7, 14.4], nice=False),
    )
    y_axis = alt.Axis(title=None, labelExpr=SIGNED, tickCount=6, domain=False, ticks=False)
    y = alt.Y("value:Q", axis=y_axis, scale=alt.Scale(nice=False, zero=False))
    marks = _series()
    drawn = (
        alt.Chart(lines)
        .mark_line(strokeWidth=2.6)
        .encode(x=x, y=y, color=marks["color"], strokeDash=marks["dash"])
    )
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(y="zero:Q")
    goal = (
        alt.Chart(target)
        .mark_rule(color=ORANGE, strokeWidth=2, strokeDash=[7, 4])
        .encode(x="from:Q", x2="to:Q", y="value:Q")
    )
    goal_label = [
        part.encode(x="from:Q", y="value:Q", text="label:N")
        for part in halo(target, color=ORANGE, align="left", dx=2, dy=-10, fontWeight=700)
    ]
    named = [
        part.encode(x="month:Q", y="at:Q", text="label:N", color=marks["color"])
        for part in halo(ends, align="left", dx=8, fontWeight=700)
    ]
    chart = alt.layer(reach(axis), zero, goal, drawn, *goal_label, *named)
    return finish(chart, t("compare.path_title"), t("compare.path_subtitle"), 250)


def path_tables(
    plan: model.Plan, summaries: Sequence[Summary], names: Sequence[str], t: Texts
) -> Tables:  # fmt: skip
    """Return the data sets of `path`: medians by month."""
    months = range(1, 12)
    series = [100 * s.cumulative[1:12, MEDIAN] for s in summaries]
    least = PATH_REACH if stopped(plan) else CALM_LEAST
    low, high = ends_of([float(v) for s in series for v in s], 5, least)
    target = plan.aim("iva_growth")
    last = [float(s[-1]) for s in series]
    letters = list(LETTERS[: len(summaries)])
    return {
        "lines": {
            "month": [m for _ in series for m in months],
            "value": [float(v) for s in series for v in s],
            "series": [letter for letter in letters for _ in months],
        },
        "ends": {
            "month": [11] * len(series),
            "at": spread(last, (high - low) / 9.5),
            "series": letters,
            "label": [
                f"{label(k, name)} {numbers.plain(value)}"
                for k, (name, value) in enumerate(zip(names, last, strict=True))
            ],
        },
        "target": {"from": [1], "to": [11], "value": [target.value],
                   "label": [target_label(target, t, differs(plan, target, "cumulative"))]},
        "axis": axis_frame((low, high)),
        NUMBERS: {
            "month": [m for _ in series for m in months],
            "scenario": [label(k, name) for k, name in enumerate(names) for _ in months],
            "median": [float(v) for s in series for v in s],
            "target": [target.value for _ in series for _ in months],
        },
    }  # fmt: skip


@cache
def ranges(t: Texts, code: str) -> dict:
    """One target: each scenario's 90 % range and median, and the target."""
    rows, target, axis = (alt.NamedData(name=name) for name in ("rows", "target", "axis"))
    y = alt.Y(
        "series:N",
        axis=alt.Axis(title=None, domain=False, ticks=False, labelFontWeight=700, labelColor=INK),
        scale=alt.Scale(paddingOuter=0.35),
    )
    x_axis = alt.Axis(title=None, tickCount=5, domain=False, ticks=False, format="~f")
    x = alt.X("median:Q", axis=x_axis, scale=alt.Scale(nice=False, zero=False))
    colour = _series()["color"]
    span = (
        alt.Chart(rows)
        .mark_bar(height=11, cornerRadius=5, opacity=0.32)
        .encode(x=alt.X("low:Q", axis=x_axis), x2="high:Q", y=y, color=colour)
    )
    middle = (
        alt.Chart(rows).mark_point(filled=True, size=85, opacity=1).encode(x=x, y=y, color=colour)
    )
    named = [
        part.encode(x="median:Q", y=y, text="label:N", color=colour)
        for part in halo(rows, dy=-15, fontWeight=700)
    ]
    goal = (
        alt.Chart(target)
        .mark_rule(color=ORANGE, strokeWidth=2, strokeDash=[7, 4])
        .encode(x="value:Q")
    )
    goal_label = [
        part.encode(x="value:Q", y=alt.value(-9), text="label:N")
        for part in halo(target, color=ORANGE, align="center", fontSize=12, fontWeight=700)
    ]
    chart = alt.layer(reach(axis, channel="x"), span, goal, middle, *named, *goal_label)
    return finish(chart, t(f"compare.{code}_title"), t("compare.ranges_subtitle"), 210)


def range_tables(
    plan: model.Plan,
    summaries: Sequence[Summary],
    names: Sequence[str],
    target: str,
    t: Texts,
) -> Tables:
    """Return the data sets of `ranges` for one target."""
    found = [s.verdict(target) for s in summaries]
    goal = plan.target(target)
    ends = [goal.value, *(v.low for v in found), *(v.high for v in found)]
    return {
        "rows": {
            "series": list(LETTERS[: len(found)]),
            "low": [v.low for v in found],
            "median": [v.forecast for v in found],
            "high": [v.high for v in found],
            "label": [numbers.plain(v.forecast) for v in found],
        },
        "target": {"value": [goal.value], "label": [target_label(goal, t, differs(plan, goal))]},
        "axis": axis_frame(ends_of(ends, 5, (-5, 10))),
        NUMBERS: {
            "scenario": [label(k, name) for k, name in enumerate(names)],
            "low": [v.low for v in found],
            "median": [v.forecast for v in found],
            "high": [v.high for v in found],
            "target": [goal.value for _ in found],
        },
    }


@cache
def bridge(t: Texts) -> dict:
    """What makes the difference between two scenarios: one bar a group of levers."""
    rows, axis = alt.NamedData(name="rows"), alt.NamedData(name="axis")
    y = alt.Y(
        "name:N",
        sort=alt.EncodingSortField("order", op="min"),
        axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=210, labelColor=INK),
    )
    x_axis = alt.Axis(title=None, tickCount=5, domain=False, ticks=False, labelExpr=SIGNED)
    colour = alt.Color(
        "sign:N",
        legend=None,
        scale=alt.Scale(domain=["up", "down", "sum"], range=["#7FAAD3", "#DD8746", INK]),
    )
    bars = (
        alt.Chart(rows)
        .mark_bar(height=15)
        .encode(x=alt.X("start:Q", axis=x_axis, scale=alt.Scale(nice=False)), x2="end:Q", y=y,
                color=colour)
    )  # fmt: skip
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(x="zero:Q")
    said = (
        alt.Chart(rows)
        .mark_text(align="right", color=QUIET)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )
    chart = alt.layer(reach(axis, channel="x"), bars, zero, said)
    return finish(chart, t("compare.bridge_title"), t("compare.bridge_subtitle"), 300)


def bridge_tables(parts: model.Attribution, t: Texts) -> Tables:
    """Return the data sets of `bridge`: every bar begins where the one above it ends."""
    shares = sorted(parts.shares, key=lambda share: -abs(share.value))
    steps = [(t("brief.assumptions"), parts.assumptions), *((t.of(s), s.value) for s in shares)]
    rows, at = [], 0.0
    for name, value in steps:
        rows.append((name, at, at + 100 * value, value))
        at += 100 * value
    whole = parts.scenario - parts.reference
    rows.append((t("compare.together"), 0.0, 100 * whole, whole))
    low = min(min(a, b) for _, a, b, _ in rows)
    high = max(max(a, b) for _, a, b, _ in rows)
    low, high = ends_of([low, high], 0.5, (0, 0.5))
    return {
        "rows": {
            "name": [name for name, *_ in rows],
            "order": list(range(len(rows))),
            "start": [a for _, a, _, _ in rows],
            "end": [b for _, _, b, _ in rows],
            "sign": ["up" if v >= 0 else "down" for *_, v in rows[:-1]] + ["sum"],
            "label": [numbers.plain(100 * v, 2, signed=True) for *_, v in rows],
        },
        # The figures stand at the right edge: leave a fifth of the width to them.
        "axis": axis_frame((low, high + 0.25 * (high - low))),
    }


def sentence(parts: model.Attribution, one: str, other: str, t: Texts) -> str:
    """Return in a sentence how far two scenarios lie apart and what does most of it."""
    whole = parts.scenario - parts.reference
    ranked = sorted(parts.shares, key=lambda share: -abs(share.value))
    moved = [share for share in ranked if abs(100 * share.value) >= 0.005][:3]
    listed = t("brief.list").join(
        t("brief.one_share", name=t.of(share), value=numbers.points(share.value, t, 2))
        for share in moved
    )
    key = "compare.sentence" if moved else "compare.sentence_none"
    return t(
        key,
        one=quoted.own(one),
        other=quoted.own(other),
        whole=numbers.points(whole, t, 2),
        listed=listed,
        assumptions=numbers.points(parts.assumptions, t, 2),
    )
