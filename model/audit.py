"""What the plan's own numbers say about each other: closed-form checks, without a run or a prior.

The checks are arithmetic; their titles, sentences and the figures that stand in no other table are
in ``audit.csv`` of the plan folder.  Figures are in the units of the plan: growth and shares in
per cent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from model import accounts
from model.draws import month_shares
from model.errors import ModelError, unknown
from model.plan import Plan

VERDICTS = ("coherent", "over_allocated", "already_met", "needs", "informs")
"""Agrees; districts are asked for more than the city; met in the base year; has to hold for the
target to be met; says something without deciding anything."""


class Input(NamedTuple):
    """A number that a check used; ``source`` is a source or the table of the plan it stands in."""

    name: str
    value: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of the plan: what was computed from what, and what follows.

    ``low`` and ``high`` bound the value over what is not known (weights, rounding, the span a
    figure refers to); ``target`` is the figure of the plan it is held against.
    """

    id: str
    arithmetic: str
    inputs: tuple[Input, ...]
    value: float
    low: float | None
    high: float | None
    target: float | None
    unit: str
    verdict: str
    title_zh: str
    title_en: str
    sentence_zh: str
    sentence_en: str


class _Result(NamedTuple):
    arithmetic: str
    value: float
    low: float | None
    high: float | None
    target: float | None
    unit: str
    verdict: str
    extra: Mapping[str, float] = {}


def audit(plan: Plan, **overrides: float) -> tuple[Finding, ...]:
    """Return the findings of every check, in the order of ``audit.csv``.

    Parameters
    ----------
    plan : Plan
    **overrides
        Numbers to use in place of inputs, by the names that findings list, such as
        ``target_iva_growth=6.5`` or ``annex_iva_airport=9``.

    Raises
    ------
    ModelError
        When an override is not an input, is not a finite number, or leaves nothing to divide by.
    """
    texts = _texts(plan)
    known = _known(plan, texts, overrides)
    groups = _groups(texts)
    return tuple(_finding(id, row, known, plan, groups) for id, row in texts.items())


def inputs(plan: Plan) -> tuple[Input, ...]:
    """Return every input that `audit` can be given another value for."""
    return tuple(_known(plan, _texts(plan), {}).values())


def weighted_bounds(
    groups: Mapping[str, tuple[float, float]], rates: Mapping[str, Iterable[float]]
) -> tuple[tuple[float, dict[str, float]], tuple[float, dict[str, float]]]:
    r"""Return the least and the greatest weighted mean of rates, each with its group weights.

    .. math:: \min_w \sum_g w_g \min_{d \in g} r_d, \quad \max_w \sum_g w_g \max_{d \in g} r_d,
              \quad l_g \le w_g \le h_g, \; \sum_g w_g = 1

    A linear function takes its bounds at the vertices of the set of weights; at a vertex all
    groups but one stand at a bound, so the vertices are few and all of them are tried.

    Parameters
    ----------
    groups : mapping of group to lowest and highest weight, fractions
    rates : mapping of group to the rates of its members, whose split within it is not known

    >>> weighted_bounds({"a": (0.3, 0.5), "b": (0.0, 1.0)}, {"a": [10.0], "b": [5.0]})[1]
    (7.5, {'a': 0.5, 'b': 0.5})
    """
    vertices = []
    for free in groups:
        others = [name for name in groups if name != free]
        for corner in product(*(groups[name] for name in others)):
            rest = 1.0 - sum(corner)
            low, high = groups[free]
            if low - 1e-12 <= rest <= high + 1e-12:
                vertices.append(dict(zip(others, corner, strict=True)) | {free: rest})
    if not vertices:
        raise ModelError(
            "No weights satisfy these bounds: they must be able to add to 1.",
            code="no_weights",
        )

    def best(choose: Callable) -> tuple[float, dict[str, float]]:
        edge = {name: choose(rates[name]) for name in groups}
        means = [sum(weights[name] * edge[name] for name in groups) for weights in vertices]
        position = means.index(choose(means))
        return means[position], {name: vertices[position][name] for name in groups}

    return best(min), best(max)


# Checks

_CHECKS: dict[str, Callable[[_Book], _Result]] = {}


def _check(function: Callable[[_Book], _Result]) -> Callable[[_Book], _Result]:
    _CHECKS[function.__name__.removeprefix("_")] = function
    return function


@_check
def _annex_iva(book: _Book) -> _Result:
    return _added_up(book, "annex_iva", "base_iva", "target_iva_growth")


@_check
def _annex_mva(book: _Book) -> _Result:
    return _added_up(book, "annex_mva", "base_mva", "target_mva_growth")


def _added_up(book: _Book, rates: str, weights: str, aim: str) -> _Result:
    target = book[aim]
    value, text = _weighted(book, rates, weights)
    bounds = {name: (book[f"{name}_low"], book[f"{name}_high"]) for name in book.groups}
    members = {d for group in book.groups.values() for d in group}
    groups = dict(book.groups)
    groups["others"] = tuple(d for d in book.districts if d not in members)
    by_group = {name: [book[f"{rates}_{d}"] for d in group] for name, group in groups.items()}
    (low, least), (high, most) = weighted_bounds(bounds | {"others": (0.0, 1.0)}, by_group)
    verdict = "over_allocated" if low > target else "needs" if high < target else "coherent"
    text += f"; min {_mix(least, by_group, min)} = {_say(low)}"
    text += f"; max {_mix(most, by_group, max)} = {_say(high)}; {_say(target)}"
    extra = {"ratio": value / target, "excess_low": low - target, "excess_high": high - target}
    return _Result(text, value, low, high, target, "%", verdict, extra)


@_check
def _new_firms(book: _Book) -> _Result:
    firms, target = [book[f"annex_firms_{d}"] for d in book.districts], book["target_new_firms"]
    value = sum(firms)
    verdict = "over_allocated" if value > target else "needs" if value < target else "coherent"
    text = f"{' + '.join(map(_say, firms))} = {_say(value)}; {_say(target)}"
    extra = {"margin": 100 * (value / target - 1)}
    return _Result(text, value, None, None, target, "firms", verdict, extra)


@_check
def _annex_investment(book: _Book) -> _Result:
    value, text = _weighted(book, "annex_investment", "base_investment")
    low, high = _edges(book, "annex_investment")
    return _Result(text, value, low, high, None, "%", "informs")


@_check
def _investment_base(book: _Book) -> _Result:
    target = book["target_industrial_investment"]
    growth, text = _weighted(book, "annex_investment", "base_investment")
    value, high, low = (100 * target / (100 + g)
                        for g in (growth, *_edges(book, "annex_investment")))  # fmt: skip
    text += f"; {_say(target)}/(1 + {_say(growth)}/100) = {_say(value)}"
    extra = {"growth": growth}
    return _Result(text, value, low, high, target, "亿元", "informs", extra)


@_check
def _iva_with_mva(book: _Book) -> _Result:
    whole, part = book["target_iva_growth"], book["target_mva_growth"]
    own = book["base_mva"] / book["base_iva"]
    shares = {"a": book["share_a"], "b": book["share_b"], "c": book["share_c"], "own": own}
    rest = {name: (whole - part * m) / (1 - m) for name, m in shares.items()}
    text = f"{_say(book['base_mva'])}/{_say(book['base_iva'])} = {_say(own)}; " + "; ".join(
        f"({_say(whole)} − {_say(part)} × {_say(m)})/(1 − {_say(m)}) = {_say(rest[name])}"
        for name, m in shares.items()
    )
    low, high = book["others_growth_low"], book["others_growth_high"]
    text += f"; {_say(low)} … {_say(high)}"
    verdict = "coherent" if low <= rest["own"] <= high else "needs"
    extra = {f"at_{name}": value for name, value in rest.items()} | {"own": 100 * own}
    edges = min(rest.values()), max(rest.values())
    return _Result(text, rest["own"], *edges, whole, "%", verdict, extra)


@_check
def _employment(book: _Book) -> _Result:
    growth, target = book["target_mva_growth"], book["target_labour_productivity_growth"]
    value = 100 * ((100 + growth) / (100 + target) - 1)
    text = f"(100{_plus(growth)})/(100{_plus(target)}) − 1 = {_say(value)}%"
    return _Result(text, value, None, None, target, "%", "informs")


@_check
def _energy_use(book: _Book) -> _Result:
    growth, target = book["target_iva_growth"], book["target_energy_intensity_fall"]
    value = (100 + growth) * (100 - target) / 100 - 100
    text = f"(100{_plus(growth)}) × (100{_plus(-target)})/100 − 100 = {_say(value)}"
    return _Result(text, value, None, None, target, "%", "informs")


@_check
def _upgrade_needs(book: _Book) -> _Result:
    upgrade, target = book["target_upgrade_investment_growth"], book["target_upgrade_share"]
    growth, text = _weighted(book, "annex_investment", "base_investment")
    value, low, high = (target * (100 + g) / (100 + upgrade)
                        for g in (growth, *_edges(book, "annex_investment")))  # fmt: skip
    text += f"; {_say(target)} × (100{_plus(growth)})/(100{_plus(upgrade)}) = {_say(value)}"
    return _Result(text, value, low, high, target, "%", "needs", {"growth": growth})


@_check
def _upgrade_base(book: _Book) -> _Result:
    names = ("upgrade_share_2020", "investment_growth_2020", "upgrade_growth_2020")
    share, total, upgrade = (book[name] for name in names)
    value = share * (100 + total) / (100 + upgrade)
    half = [_half(number) for number in (share, total, upgrade)]
    low, high = (
        (share + side * half[0]) * (100 + total + side * half[1]) / (100 + upgrade - side * half[2])
        for side in (-1, 1)
    )
    text = f"{_say(share)} × (100{_plus(total)})/(100{_plus(upgrade)}) = {_say(value)}"
    # Another text of the city asks for far less in the year after: the definition may differ.
    text += f"; {_say(book['upgrade_share_asked_2021'])}"
    return _base(text, value, low, high, book["target_upgrade_share"])


@_check
def _energy_trend(book: _Book) -> _Result:
    fall, years = -book["intensity_change_trend"], (book["trend_years"], book["trend_years_long"])
    half = _half(fall)

    def yearly(total: float, span: float) -> float:
        return 100 - 100 * max(0.0, 1 - total / 100) ** (1 / span)

    value, long = (yearly(fall, span) for span in years)
    edges = yearly(fall - half, max(years)), yearly(fall + half, min(years))
    text = "; ".join(
        f"100 − 100 × ((100 − {_say(fall)})/100)^(1/{_say(span)}) = {_say(found)}"
        for span, found in zip(years, (value, long), strict=True)
    )
    recent = [book["intensity_change_2017"], book["intensity_change_2018"]]
    target = book["target_energy_intensity_fall"]
    text += f"; {'; '.join(map(_say, recent))}; {_say(target)}"
    extra = {"long": long, "fall": fall, "fall_2017": -recent[0], "fall_2018": -recent[1]}
    return _Result(text, value, *edges, target, "%", "informs", extra)


@_check
def _high_tech_base(book: _Book) -> _Result:
    pair = book["high_tech_share_2020"], -book["high_tech_rise"]
    return _base(*_difference(*pair), book["target_high_tech_share"])


@_check
def _high_tech_vintage(book: _Book) -> _Result:
    text, base, *edges = _difference(book["high_tech_share_2020"], -book["high_tech_rise"])
    own, whole = book["high_tech_growth_2020"], book["iva_growth_to_november"]
    factor = (100 + own) / (100 + whole)
    text += f"; {_say(base)} × (100{_plus(own)})/(100{_plus(whole)}) = {_say(base * factor)}"
    low, high = (edge * factor for edge in edges)
    return _Result(text, base * factor, low, high, None, "%", "informs", {"base": base})


@_check
def _leading_base(book: _Book) -> _Result:
    texts, shares, lows, highs = [], [], [], []
    for span in ("january_october", "q1", "april"):
        pull, growth = book[f"leading_pull_{span}"], book[f"leading_growth_{span}"]
        half = _half(pull), _half(growth)
        shares.append(100 * accounts.base_share_from_pull(pull, growth))
        lows.append(100 * (pull - half[0]) / (growth + half[1]))
        highs.append(100 * (pull + half[0]) / (growth - half[1]))
        texts.append(f"{_say(pull)}/{_say(growth)} = {_say(shares[-1])}%")
    found = _base("; ".join(texts), shares[0], min(lows), max(highs), book["target_leading_share"])
    return found._replace(extra={"q1": shares[1], "april": shares[2]})


@_check
def _strategic_emerging_base(book: _Book) -> _Result:
    pair = book["strategic_emerging_share_2020"], -book["strategic_emerging_rise"]
    return _base(*_difference(*pair), book["target_strategic_emerging_share"])


@_check
def _energy_intensive_base(book: _Book) -> _Result:
    pair = book["energy_intensive_share_2020"], book["energy_intensive_fall"]
    target = book["target_energy_intensive_share"]
    return _base(*_difference(*pair), target, at_most=True)


@_check
def _projects(book: _Book) -> _Result:
    names = ("projects_under_way", "projects_starts", "projects_completions")
    stock, starts, completions = (book[name] for name in names)
    end = stock + starts - completions
    value = 12 * (stock + end) / (starts + completions)
    listed, ledger = stock + starts, book["projects_ledger"]
    text = (
        f"{_say(stock)} + {_say(starts)} − {_say(completions)} = {_say(end)}; 12 × "
        f"({_say(stock)} + {_say(end)})/2/(({_say(starts)} + {_say(completions)})/2) = "
        f"{_say(value)}; {_say(stock)} + {_say(starts)} = {_say(listed)}; {_say(ledger)}"
    )
    extra = {"end": end, "listed": listed}
    return _Result(text, value, None, None, None, "months", "informs", extra)


@_check
def _recovery_february(book: _Book) -> _Result:
    return _recovery(book, "iva_growth_to_february", "weight_to_february")


@_check
def _recovery_march(book: _Book) -> _Result:
    return _recovery(book, "iva_growth_to_march", "weight_to_march")


def _recovery(book: _Book, done: str, share: str) -> _Result:
    growth, weight, target = book[done], book[share], book["target_iva_growth"]
    tolerance, half = book["tolerance_iva_growth"], _half(growth)

    def needed(aim: float, so_far: float) -> float:
        return 100 * accounts.growth_still_needed(aim / 100, so_far / 100, weight)

    value, tolerant = needed(target, growth), needed(target - tolerance, growth)
    low, high = needed(target, growth + half), needed(target, growth - half)
    text = "; ".join(
        f"(100{_plus(target)}{minus} − (100{_plus(growth)}) × {_say(weight)})/"
        f"(1 − {_say(weight)}) − 100 = {_say(found)}"
        for minus, found in (("", value), (_plus(-tolerance), tolerant))
    )
    extra = {"tolerant": tolerant, "growth": growth, "weight": 100 * weight,
             "target_tolerant": target - tolerance}  # fmt: skip
    return _Result(text, value, low, high, target, "%", "needs", extra)


# Arithmetic that several checks share


def _weighted(book: _Book, rates: str, weights: str) -> tuple[float, str]:
    """Return the mean of the districts' rates by base weights, and the sum in writing."""
    pairs = [(book[f"{rates}_{d}"], book[f"{weights}_{d}"]) for d in book.districts]
    total = sum(weight for _, weight in pairs)
    value = sum(rate * weight for rate, weight in pairs) / total
    terms = " + ".join(f"{_say(rate)} × {_say(weight)}" for rate, weight in pairs)
    return value, f"({terms})/{_say(total)} = {_say(value)}"


def _edges(book: _Book, rates: str) -> tuple[float, float]:
    """Return the least and greatest rate: the bounds of a mean whose weights are not known."""
    found = [book[f"{rates}_{d}"] for d in book.districts]
    return min(found), max(found)


def _mix(weights: dict[str, float], rates: Mapping[str, list[float]], choose: Callable) -> str:
    return " + ".join(f"{_say(choose(rates[name]))} × {_say(w)}" for name, w in weights.items())


def _difference(share: float, change: float) -> tuple[str, float, float, float]:
    """Return a share before a change (taken away by its sign), with bounds from rounding."""
    value, half = share + change, _half(share) + _half(change)
    return f"{_say(share)}{_plus(change)} = {_say(value)}", value, value - half, value + half


def _base(
    text: str, value: float, low: float, high: float, target: float, at_most: bool = False
) -> _Result:
    """Return whether the base year already stood at the target, for every reading of rounding."""
    sides = [edge <= target if at_most else edge >= target for edge in (low, high)]
    verdict = "already_met" if all(sides) else "informs" if any(sides) else "needs"
    text += f"; {_say(target)}"
    return _Result(text, value, low, high, target, "%", verdict)


def _half(number: float) -> float:
    """Return half a unit of the last printed digit of a figure.

    >>> _half(26.2), _half(-23.0)
    (0.05, 0.5)
    """
    decimals = len(f"{number:.10g}".partition(".")[2])
    return 0.5 * 10.0**-decimals


def _say(number: float) -> str:
    return f"{number:.4g}".replace("-", "−")


def _minus(sentence: str) -> str:
    """Return a sentence with minus signs in place of the hyphens before its numbers."""
    return re.sub(r"(?<![0-9A-Za-z])-(?=\d)", "−", sentence)


def _plus(number: float) -> str:
    return f" {'−' if number < 0 else '+'} {_say(abs(number))}"


# Inputs and texts


class _Book:
    """The inputs of one check; notes which of them it used."""

    def __init__(
        self, known: Mapping[str, Input], plan: Plan, groups: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._known = known
        self.districts = plan.axes.districts
        self.groups = groups
        self.used: dict[str, Input] = {}

    def __getitem__(self, name: str) -> float:
        if name not in self._known:
            raise unknown("input of the audit", name, self._known)
        self.used[name] = self._known[name]
        return self._known[name].value


_OBSERVED = {
    "upgrade_share_2020": ("tech_upgrade_share_of_industrial_investment", "2020-01", "2020-12"),
    "investment_growth_2020": ("industrial_investment_growth", "2020-01", "2020-12"),
    "upgrade_growth_2020": ("tech_upgrade_investment_growth", "2020-01", "2020-12"),
    "intensity_change_trend": ("energy_intensity_cumulative_change", "2016-01", "2020-12"),
    "intensity_change_2017": ("energy_intensity_change", "2017-01", "2017-12"),
    "intensity_change_2018": ("energy_intensity_change", "2018-01", "2018-12"),
    "high_tech_share_2020": ("share_high_tech", "2020-01", "2020-11"),
    "high_tech_growth_2020": ("high_tech_va_growth", "2020-01", "2020-11"),
    "iva_growth_to_november": ("industrial_va_growth", "2020-01", "2020-11"),
    "strategic_emerging_share_2020": ("share_strategic_emerging", "2020-01", "2020-12"),
    "energy_intensive_share_2020": ("share_energy_intensive", "2020-01", "2020-12"),
    "iva_growth_to_february": ("industrial_va_growth", "2020-01", "2020-02"),
    "iva_growth_to_march": ("industrial_va_growth", "2020-01", "2020-03"),
}


def _known(
    plan: Plan, texts: Mapping[str, Mapping[str, str]], overrides: Mapping[str, float]
) -> dict[str, Input]:
    """Return every input by name, overrides in place; totals follow the districts."""

    def replaced(inputs: Iterable[Input]) -> dict[str, Input]:
        return {
            item.name: item._replace(value=float(overrides.get(item.name, item.value)))
            for item in inputs
        }

    known = replaced((
        *_targets(plan), *_annex(plan), *_base_year(plan), *_own(texts), *_projects_of(plan),
        *_observed(plan),
    ))  # fmt: skip
    known |= replaced(
        Input(kind, sum(known[f"{kind}_{d}"].value for d in plan.axes.districts), "亿元", table)
        for kind, table in (("base_iva", "district_base"), ("base_mva", "industry_mix"))
    )
    for name, value in overrides.items():
        if name not in known:
            raise unknown("input of the audit", name, known)
        if not math.isfinite(value):
            raise ModelError(
                f"{name} = {value} is not a number that can be used; give a finite one.",
                code="not_finite",
                name=name,
            )
    return known


def _observed(plan: Plan) -> Iterable[Input]:
    city = plan.id.split("_")[0]
    for name, key in _OBSERVED.items():
        for o in plan.observations:
            if o.geography == city and (o.indicator, o.period_start, o.period_end) == key:
                yield Input(name, o.value, o.unit, o.source_id)
                break


def _projects_of(plan: Plan) -> Iterable[Input]:
    facts = plan.facts["projects"]
    for name in ("under_way", "starts", "completions"):
        yield Input(f"projects_{name}", float(facts[name]), "count", str(facts["source_id"]))


def _targets(plan: Plan) -> Iterable[Input]:
    for target in reversed(plan.targets):
        name = target.indicator or target.lever
        if name:
            yield Input(f"target_{name}", target.value, target.unit, target.source_id)
            if target.indicator == "iva_growth":
                yield Input(f"tolerance_{name}", target.tolerance, "pp", "targets")


def _annex(plan: Plan) -> Iterable[Input]:
    for row in plan.annex:
        for kind, value, unit in (
            ("iva", row.industrial_va_growth_pct, "%"),
            ("mva", row.manufacturing_va_growth_pct, "%"),
            ("firms", row.new_above_scale_firms, "firms"),
            ("investment", row.industrial_investment_growth_pct, "%"),
        ):
            yield Input(f"annex_{kind}_{row.district}", value, unit, "annex1")


def _base_year(plan: Plan) -> Iterable[Input]:
    makes = [industry.is_manufacturing for industry in plan.industries]
    cells = plan.base.value_added
    for d, code in enumerate(plan.axes.districts):
        yield Input(f"base_iva_{code}", float(cells[d].sum()), "亿元", "district_base")
        yield Input(f"base_mva_{code}", float(cells[d, makes].sum()), "亿元", "industry_mix")
        spent = float(plan.base.investment[d])
        yield Input(f"base_investment_{code}", spent, "亿元", "district_base")
    by_industry = cells.sum(axis=0)
    weight = (month_shares(plan)[0] @ (by_industry / by_industry.sum())).cumsum()
    for position, month in ((1, "february"), (2, "march")):
        yield Input(f"weight_to_{month}", float(weight[position]), "fraction", "parameters")


def _own(texts: Mapping[str, Mapping[str, str]]) -> Iterable[Input]:
    """Yield the figures that stand in ``audit.csv``: ``name=value|unit|source``."""
    for row in texts.values():
        for entry in _entries(row, "="):
            name, _, rest = entry.partition("=")
            value, unit, source = rest.split("|")
            yield Input(name, float(value), unit, source)


def _groups(texts: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return the groups of districts whose weights have bounds: ``name:district district``."""
    entries = [entry.partition(":") for row in texts.values() for entry in _entries(row, ":")]
    return {name: tuple(members.split()) for name, _, members in entries}


def _entries(row: Mapping[str, str], sign: str) -> list[str]:
    entries = (entry.strip() for entry in row["inputs"].split(";"))
    return [entry for entry in entries if sign in entry]


def _texts(plan: Plan) -> dict[str, dict[str, str]]:
    """Return the rows of ``audit.csv`` by id."""
    return {row["id"]: row for row in plan.tables["audit"].to_dict("records")}


def _finding(
    id: str,
    row: Mapping[str, str],
    known: Mapping[str, Input],
    plan: Plan,
    groups: Mapping[str, tuple[str, ...]],
) -> Finding:
    if id not in _CHECKS:
        raise unknown("check of the audit", id, _CHECKS)
    book = _Book(known, plan, groups)
    try:
        found = _CHECKS[id](book)
    except ZeroDivisionError:
        raise ModelError(
            f"{id}: these inputs leave nothing to divide by.", code="divide", name=id
        ) from None
    kind = "sentence" if found.verdict == row["verdict"] else "otherwise"
    numbers = {name: item.value for name, item in book.used.items()} | dict(found.extra)
    for name in ("value", "low", "high", "target"):
        numbers[name] = getattr(found, name)
    say = {code: _minus(row[f"{kind}_{code}"].format(**numbers)) for code in ("zh", "en")}
    return Finding(
        id=id,
        inputs=tuple(book.used.values()),
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        sentence_zh=say["zh"],
        sentence_en=say["en"],
        **{name: getattr(found, name) for name in _Result._fields if name != "extra"},
    )
