"""How far the chances can be trusted: what stands behind them, as tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

import model
from model import record
from model.observe import REGULAR, city_code
from model.scores import CASES_FOR_COVERAGE, pit_counts
from pages.views import numbers
from pages.views.levers import capital
from pages.views.progress import day
from pages.views.summary import Summary
from pages.views.targets import asked, short_name
from pages.views.texts import Texts

NOT_QUANTIFIED = ("structure", "events", "causes", "cells", "epidemic", "prices")
"""What no probability here contains; each has a sentence."""

ORDER = (
    record.MODEL, record.PRIOR, "national_path", "random_walk", "ar1", "sarimax",
    "unobserved_components", "carry_forward",
)  # fmt: skip
FIRST = "industrial_va_growth"
"""The series whose record stands first, and the only one with every simple rival."""

NAMED = 3
"""Parameters that the sentence names."""


def not_quantified_html(t: Texts) -> str:
    """Return the list of what no probability contains."""
    lines = "".join(f"<li>{t(f'confidence.not_{name}')}</li>" for name in NOT_QUANTIFIED)
    return f'<ul class="unknowns">{lines}</ul>'


def reason(found: model.Support, t: Texts) -> str:
    """Return in words what the record says of a target."""
    given = {"cases": found.cases}
    if not found.against and found.word == "few":
        return t("confidence.support_alone", **given)
    if found.crps is not None and found.crps_against is not None:
        given["own"] = numbers.plain(found.crps, 2)
        given["other"] = numbers.plain(found.crps_against, 2)
        given["against"] = t(f"confidence.by_{found.against}")
        given["least"] = CASES_FOR_COVERAGE
        given["inside"] = numbers.percent(found.inside or 0.0, 0)
    return t(f"confidence.support_{found.word}", **given)


def chances_html(summary: Summary, support: Mapping[str, model.Support], t: Texts) -> str:
    """Return the table of chances: grey, with the reason, where the record does not carry it."""
    doubled = summary.doubled
    heads = ("target", "forecast", "strict", "words", "tolerant", "doubled", "record")
    head = "".join(f"<th>{escape(t(f'confidence.column_{name}'))}</th>" for name in heads)
    rows = []
    for verdict in summary.verdicts:
        if verdict.probability is None:
            continue
        target, found = verdict.target, support[verdict.target.id]
        tolerant = verdict.probability_tolerant
        span = numbers.span(verdict.low, verdict.high, target.unit, t)
        cells = (
            f"<b>{escape(capital(short_name(target, t)))}</b><br>"
            f"<small>{escape(asked(verdict, t))}</small>",
            f"{escape(numbers.in_unit(verdict.forecast, target.unit, t))}"
            f"<br><small>{escape(span)}</small>",
            f"<b>{numbers.chance(verdict.probability)}</b>",
            escape(numbers.chance_words(verdict.probability, t)),
            numbers.chance(tolerant) if tolerant is not None and target.tolerance else "—",
            numbers.chance(doubled[target.id]) if target.id in doubled else "—",
            f"<small>{escape(reason(found, t))}</small>",
        )
        kind = "" if found.held else ' class="thin"'
        rows.append(f"<tr{kind}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return f'<table class="chances"><tr>{head}</tr>{"".join(rows)}</table>'


def drives(swings: Sequence[model.Swing], plan: model.Plan, indicator: str, t: Texts) -> str:
    """Return one sentence: which parameters, moved alone, move the result most."""
    factor = _factor(plan, indicator)
    named = t("confidence.and").join(
        t("confidence.swing", name=parameter_name(plan, s.parameter, t),
          width=_amount(factor * s.width, plan, indicator, t))
        for s in swings[:NAMED]
    )  # fmt: skip
    return t("confidence.drives", name=t.of(plan.indicator(indicator)), named=named)


def shares(found: model.Indices, plan: model.Plan, t: Texts) -> str:
    """Return one sentence: how much of the variance the leading parameters make."""
    frame = found.to_frame().head(NAMED)
    named = t("confidence.and").join(
        t("confidence.share", name=parameter_name(plan, row.parameter, t),
          share=numbers.percent(max(0.0, row.total), 0))
        for row in frame.itertuples()
    )  # fmt: skip
    return t("confidence.shares", named=named, sum=numbers.percent(found.sum_first, 0),
             points=f"{found.points:,}")  # fmt: skip


def parameter_name(plan: model.Plan, id: str, t: Texts) -> str:
    """Return the name of a parameter, which its table gives in English and in Chinese."""
    parameter = plan.parameter(id)
    return parameter.name_zh if t.language == "zh" else parameter.name


def _factor(plan: model.Plan, indicator: str) -> float:
    return 100.0 if plan.indicator(indicator).unit == "%" else 1.0


def _amount(value: float, plan: model.Plan, indicator: str, t: Texts) -> str:
    unit = plan.indicator(indicator).unit
    return numbers.points(value / 100, t, signed=False) if unit == "%" else numbers.in_unit(
        value, unit, t
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """Mean scores of the model and another forecaster on what both answered, in points."""

    origin: str
    against: str
    own: float
    other: float
    cases: int

    @property
    def loses(self) -> bool:
        """Whether the other did better."""
        return self.other < self.own


def by_date(
    found: pd.DataFrame, plan: model.Plan, series: str, whole_year: bool = False
) -> tuple[Score, ...]:
    """Return the scores of one published series of the city, by date and other forecaster.

    ``whole_year`` keeps the one question that the target asks: the year itself.
    """
    chosen = found[(found["place"] == city_code(plan)) & (found["indicator"] == series)]
    if whole_year:
        year = plan.years[0]
        chosen = chosen[
            (chosen["period_start"] == f"{year}-01") & (chosen["period_end"] == f"{year}-12")
        ]
    key = ["period_start", "period_end"]
    scores = []
    for origin, part in chosen.groupby("origin"):
        table = part.pivot_table(index=key, columns="forecaster", values="crps")
        for name in ORDER[1:]:
            if record.MODEL in table and name in table:
                both = table[[record.MODEL, name]].dropna()
                if len(both):
                    own, other = both.mean()
                    scores.append(Score(str(origin), name, float(own), float(other), len(both)))
    return tuple(scores)


def by_date_html(scores: Sequence[Score], t: Texts) -> str:
    """Return the scores by date; where another was better than the model, it is marked."""
    names = [name for name in ORDER[1:] if any(s.against == name for s in scores)]
    heads = [t("confidence.column_day"), *(t(f"confidence.by_{name}") for name in names)]
    rows = []
    for origin in dict.fromkeys(score.origin for score in scores):
        there = {s.against: s for s in scores if s.origin == origin}
        cells = "".join(_score_cell(there.get(name), t) for name in names)
        rows.append(f"<tr><td>{escape(day(origin, t))}</td>{cells}</tr>")
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    return f'<table class="chances scores"><tr>{head}</tr>{"".join(rows)}</table>'


def _score_cell(score: Score | None, t: Texts) -> str:
    if score is None:
        return "<td>—</td>"
    own, other = numbers.plain(score.own, 2), numbers.plain(score.other, 2)
    said = escape(t("confidence.pair", own=own, other=other, cases=score.cases))
    return f'<td class="loses">▼ {said}</td>' if score.loses else f"<td>{said}</td>"


def lost(found: pd.DataFrame, plan: model.Plan, t: Texts) -> tuple[str, ...]:
    """Return a sentence for each series, and for the year of the first: on which days it loses."""
    city = found[(found["place"] == city_code(plan)) & (found["forecaster"] == record.MODEL)]
    said = []
    for series in dict.fromkeys((FIRST, *city["indicator"])):
        name = capital(_series(series, t))
        said.append(losses(by_date(found, plan, series), name, t))
        if series == FIRST:
            whole = t("confidence.whole_year", name=name, year=plan.years[0])
            said.append(losses(by_date(found, plan, series, whole_year=True), whole, t))
    return tuple(said)


def losses(scores: Sequence[Score], name: str, t: Texts) -> str:
    """Return in one sentence on which days which other forecaster was better.

    A forecaster that was better on more than `NAMED` days of a series that it alone wins is named
    once, with its days and the scores of the first and the last.
    """
    losing = [s for s in scores if s.loses]
    if len(losing) > NAMED and len({s.against for s in losing}) == 1:
        first, last = losing[0], losing[-1]
        return t(
            "confidence.losses_often", name=name, against=t(f"confidence.by_{first.against}"),
            listed=t("confidence.and").join(day(s.origin, t) for s in losing),
            first=_pair(first, t), last=_pair(last, t), cases=_answered(scores),
            days=_days(scores),
        )  # fmt: skip
    parts = []
    for origin in dict.fromkeys(score.origin for score in scores if score.loses):
        lost = sorted((s for s in scores if s.loses and s.origin == origin), key=lambda s: s.other)
        named = t("confidence.and").join(
            t("confidence.loss_to", against=t(f"confidence.by_{s.against}"), pair=_pair(s, t))
            for s in lost
        )  # fmt: skip
        parts.append(t("confidence.loss", day=day(origin, t), named=named))
    most = _answered(scores)
    if not parts:
        return t("confidence.no_loss", name=name, cases=most, days=_days(scores))
    listed = t("confidence.then").join(parts)
    return t("confidence.losses", name=name, listed=listed, cases=most, days=_days(scores))


def _days(scores: Sequence[Score]) -> int:
    return len({score.origin for score in scores})


def _answered(scores: Sequence[Score]) -> int:
    """Return the cases that were compared: on each day with the rival that answered most."""
    most: dict[str, int] = {}
    for score in scores:
        most[score.origin] = max(most.get(score.origin, 0), score.cases)
    return sum(most.values())


def _pair(score: Score, t: Texts) -> str:
    # Scores that two decimals would show as equal get a third: a loss has to look like one.
    digits = 2 if f"{score.own:.2f}" != f"{score.other:.2f}" else 3
    own, other = numbers.plain(score.own, digits), numbers.plain(score.other, digits)
    return t("confidence.scores", own=own, other=other)


def standing_html(found: pd.DataFrame, plan: model.Plan, t: Texts) -> str:
    """Return the pooled standing: one row for each series and other forecaster."""
    rows = []
    for row in record.standing(found, city_code(plan)).itertuples():
        word = t("confidence.worse") if row.loses else t("confidence.better")
        cells = (
            escape(_series(row.indicator, t)), escape(t(f"confidence.by_{row.against}")),
            numbers.plain(row.crps, 2), numbers.plain(row.crps_against, 2),
            numbers.percent(row.skill, 0, signed=True), escape(word), str(row.cases),
        )  # fmt: skip
        kind = ' class="loses"' if row.loses else ""
        rows.append(f"<tr{kind}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    heads = ("series", "against", "own", "other", "skill", "verdict", "cases")
    head = "".join(f"<th>{escape(t(f'confidence.column_{name}'))}</th>" for name in heads)
    return f'<table class="chances"><tr>{head}</tr>{"".join(rows)}</table>'


def coverage(found: pd.DataFrame, plan: model.Plan, t: Texts) -> tuple[str, ...]:
    """Return for each series how often the intervals held, or that cases are too few."""
    own = found[(found["place"] == city_code(plan)) & (found["forecaster"] == record.MODEL)]
    said = []
    for series in dict.fromkeys(own["indicator"]):
        part = own[own["indicator"] == series]
        name, cases = _series(series, t), len(part)
        if cases < CASES_FOR_COVERAGE:
            said.append(t("confidence.too_few", name=name, cases=cases, least=CASES_FOR_COVERAGE))
            continue
        half, most, nearly = (_held(part, level, t) for level in (50, 80, 95))
        said.append(
            t("confidence.coverage", name=name, cases=cases, half=half, most=most, nearly=nearly)
        )
    return tuple(said)


def _held(part: pd.DataFrame, level: int, t: Texts) -> str:
    """Return how many of the cases lay in the central interval of a level, and their part."""
    inside = part[f"inside_{level}"].astype(bool)
    return t("confidence.held", count=int(inside.sum()), share=numbers.percent(inside.mean(), 0))


def transforms(found: pd.DataFrame, plan: model.Plan) -> Mapping[str, tuple[int, ...]]:
    """Return the histogram of the transforms of every series with enough cases."""
    own = found[(found["place"] == city_code(plan)) & (found["forecaster"] == record.MODEL)]
    counts = {series: pit_counts(part["pit"].tolist()) for series, part in own.groupby("indicator")}
    return {series: bins for series, bins in counts.items() if bins is not None}


def leaning(series: str, bins: Sequence[int], t: Texts) -> str:
    """Return in one sentence where outcomes lay in the forecasts of a series."""
    cases, low, high = sum(bins), bins[0], bins[-1]
    return t("confidence.leaning", name=capital(_series(series, t)), cases=cases, low=low,
             high=high, even=numbers.plain(cases / len(bins), 1))  # fmt: skip


def method(found: pd.DataFrame, plan: model.Plan, t: Texts) -> str:
    """Return how each day's figures were learned: by weights where they hold, else smoothed."""
    own = found[(found["place"] == city_code(plan)) & (found["forecaster"] == record.MODEL)]
    days = own.drop_duplicates("origin")
    weighed = [day(str(o), t) for o in days[days["method"] == "weights"]["origin"]]
    lowest = days[days["method"] != "weights"]["pareto_k"].min()
    return t("confidence.method", days=t("confidence.and").join(weighed) or "—",
             k=numbers.plain(lowest, 0))  # fmt: skip


def unsettled(found: pd.DataFrame, t: Texts) -> tuple[str, ...]:
    """Return a sentence where estimates did not converge: how often, and of which method."""
    if "converged" not in found:
        return ()
    tried = found.dropna(subset=["converged"])
    fits = tried.drop_duplicates(["place", "origin", "forecaster"])
    failed = fits[~fits["converged"].astype(bool)]["forecaster"].value_counts()
    if failed.empty:
        return ()
    named = t("confidence.and").join(
        t("confidence.unsettled_one", name=t(f"confidence.by_{name}"), count=count)
        for name, count in failed.items()
    )
    return (t("confidence.unsettled", named=named, fits=len(fits)),)


def nation(found: pd.DataFrame, t: Texts) -> str:
    """Return the table of the benchmarks on the national series, by periods ahead."""
    part = found[found["caveat"].astype(str).str.endswith(record.STEPS)]
    rows = []
    for (name, steps), cases in part.groupby(["forecaster", "caveat"]):
        few = len(cases) < CASES_FOR_COVERAGE
        inside = [numbers.percent(cases[f"inside_{level}"].astype(bool).mean(), 0)
                  for level in (50, 80, 95)]  # fmt: skip
        held = "—" if few else " · ".join(inside)
        ahead = t("confidence.ahead", steps=str(steps).split(" ", maxsplit=1)[0])
        cells = (escape(t(f"confidence.by_{name}")), escape(ahead),
                 numbers.plain(cases["crps"].mean(), 2), str(len(cases)), held)  # fmt: skip
        rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    heads = ("against", "steps", "score", "cases", "held")
    head = "".join(f"<th>{escape(t(f'confidence.column_{name}'))}</th>" for name in heads)
    return f'<table class="chances"><tr>{head}</tr>{"".join(rows)}</table>'


def _series(code: str, t: Texts) -> str:
    return t(f"progress.series_{code}") if code in REGULAR else t(f"confidence.series_{code}")
