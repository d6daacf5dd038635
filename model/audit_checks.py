"""The checks of the plan on itself: each a few lines of arithmetic, written out step by step.

Figures are in the units of the plan: growth and shares in per cent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import NamedTuple

from model import accounts
from model.audit_inputs import Book
from model.errors import ModelError
from model.pace import half_digit


class Step(NamedTuple):
    """A line of arithmetic: what it is (a code) and the numbers written out."""

    code: str
    text: str


class Result(NamedTuple):
    """What a check found, before it is put into words."""

    steps: tuple[Step, ...]
    value: float
    low: float | None
    high: float | None
    target: float | None
    unit: str
    verdict: str
    extra: Mapping[str, float] = {}


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

CHECKS: dict[str, Callable[[Book], Result]] = {}


def _check(function: Callable[[Book], Result]) -> Callable[[Book], Result]:
    CHECKS[function.__name__.removeprefix("_")] = function
    return function


@_check
def _annex_iva(book: Book) -> Result:
    return _added_up(book, "annex_iva", "base_iva", "target_iva_growth")


@_check
def _annex_mva(book: Book) -> Result:
    return _added_up(book, "annex_mva", "base_mva", "target_mva_growth")


def _added_up(book: Book, rates: str, weights: str, aim: str) -> Result:
    target = book[aim]
    value, text = _weighted(book, rates, weights)
    bounds = {name: (book[f"{name}_low"], book[f"{name}_high"]) for name in book.groups}
    members = {d for group in book.groups.values() for d in group}
    groups = dict(book.groups)
    groups["others"] = tuple(d for d in book.districts if d not in members)
    by_group = {name: [book[f"{rates}_{d}"] for d in group] for name, group in groups.items()}
    (low, least), (high, most) = weighted_bounds(bounds | {"others": (0.0, 1.0)}, by_group)
    verdict = "over_allocated" if low > target else "conflict" if high < target else "coherent"
    steps = (
        Step("weighted", text),
        Step("least", f"{_mix(least, by_group, min)} = {_say(low)}"),
        Step("greatest", f"{_mix(most, by_group, max)} = {_say(high)}"),
        Step("any", " … ".join(map(_say, _edges(book, rates)))),
        Step("target", _say(target)),
    )
    extra = {"ratio": value / target, "excess_low": low - target, "excess_high": high - target}
    return Result(steps, value, low, high, target, "%", verdict, extra)


@_check
def _new_firms(book: Book) -> Result:
    firms, target = [book[f"annex_firms_{d}"] for d in book.districts], book["target_new_firms"]
    value = sum(firms)
    verdict = "over_allocated" if value > target else "conflict" if value < target else "coherent"
    steps = (
        Step("sum", f"{' + '.join(map(_say, firms))} = {_say(value)}"),
        Step("target", _say(target)),
    )
    extra = {"margin": 100 * (value / target - 1)}
    return Result(steps, value, None, None, target, "firms", verdict, extra)


@_check
def _annex_investment(book: Book) -> Result:
    value, text = _weighted(book, "annex_investment", "base_investment")
    low, high = _edges(book, "annex_investment")
    return Result((Step("weighted", text),), value, low, high, None, "%", "informs")


@_check
def _investment_base(book: Book) -> Result:
    target = book["target_industrial_investment"]
    growth, text = _weighted(book, "annex_investment", "base_investment")
    value, high, low = (100 * target / (100 + g)
                        for g in (growth, *_edges(book, "annex_investment")))  # fmt: skip
    worked = f"{_say(target)}/(1 + {_say(growth)}/100) = {_say(value)}"
    steps = Step("weighted", text), Step("base", worked)
    return Result(steps, value, low, high, target, "亿元", "informs", {"growth": growth})


@_check
def _iva_with_mva(book: Book) -> Result:
    whole, part = book["target_iva_growth"], book["target_mva_growth"]
    own = book["base_mva"] / book["base_iva"]
    shares = {"own": own, "a": book["share_a"], "b": book["share_b"], "c": book["share_c"]}
    rest = {name: (whole - part * m) / (1 - m) for name, m in shares.items()}
    steps = [Step("share", f"{_say(book['base_mva'])}/{_say(book['base_iva'])} = {_say(own)}")]
    for name, m in shares.items():
        worked = f"({_say(whole)} − {_say(part)} × {_say(m)})/(1 − {_say(m)}) = {_say(rest[name])}"
        steps.append(Step("rest" if name == "own" else "rest_if", worked))
    low, high = book["others_growth_low"], book["others_growth_high"]
    steps.append(Step("plausible", f"{_say(low)} … {_say(high)}"))
    verdict = "coherent" if low <= rest["own"] <= high else "conflict"
    extra = {f"at_{name}": value for name, value in rest.items()} | {"own": 100 * own}
    edges = min(rest.values()), max(rest.values())
    return Result(tuple(steps), rest["own"], *edges, whole, "%", verdict, extra)


@_check
def _employment(book: Book) -> Result:
    growth, target = book["target_mva_growth"], book["target_labour_productivity_growth"]
    value = 100 * ((100 + growth) / (100 + target) - 1)
    text = f"100 × ((100{_plus(growth)})/(100{_plus(target)}) − 1) = {_say(value)}"
    return Result((Step("change", text),), value, None, None, target, "%", "informs")


@_check
def _energy_use(book: Book) -> Result:
    growth, target = book["target_iva_growth"], book["target_energy_intensity_fall"]
    value = (100 + growth) * (100 - target) / 100 - 100
    text = f"(100{_plus(growth)}) × (100{_plus(-target)})/100 − 100 = {_say(value)}"
    return Result((Step("change", text),), value, None, None, target, "%", "informs")


@_check
def _upgrade_needs(book: Book) -> Result:
    upgrade, target = book["target_upgrade_investment_growth"], book["target_upgrade_share"]
    growth, text = _weighted(book, "annex_investment", "base_investment")
    value, low, high = (target * (100 + g) / (100 + upgrade)
                        for g in (growth, *_edges(book, "annex_investment")))  # fmt: skip
    worked = f"{_say(target)} × (100{_plus(growth)})/(100{_plus(upgrade)}) = {_say(value)}"
    steps = Step("weighted", text), Step("needed_base", worked)
    return Result(steps, value, low, high, target, "%", "needs", {"growth": growth})


@_check
def _upgrade_base(book: Book) -> Result:
    names = ("upgrade_share_published", "investment_growth_published", "upgrade_growth_published")
    share, total, upgrade = (book[name] for name in names)
    value = share * (100 + total) / (100 + upgrade)
    half = [half_digit(number) for number in (share, total, upgrade)]
    low, high = (
        (share + side * half[0]) * (100 + total + side * half[1]) / (100 + upgrade - side * half[2])
        for side in (-1, 1)
    )
    worked = f"{_say(share)} × (100{_plus(total)})/(100{_plus(upgrade)}) = {_say(value)}"
    # Another text of the city asks for far less in the year after: the definition may differ.
    steps = Step("base", worked), Step("asked_next", _say(book["upgrade_share_asked_next"]))
    return _base(steps, value, low, high, book["target_upgrade_share"])


@_check
def _energy_trend(book: Book) -> Result:
    fall, years = -book["intensity_change_trend"], (book["trend_years"], book["trend_years_long"])
    half = half_digit(fall)

    def yearly(total: float, span: float) -> float:
        return 100 - 100 * max(0.0, 1 - total / 100) ** (1 / span)

    value, long = (yearly(fall, span) for span in years)
    edges = yearly(fall - half, max(years)), yearly(fall + half, min(years))
    steps = [
        Step("a_year", f"100 − 100 × ((100 − {_say(fall)})/100)^(1/{_say(n)}) = {_say(found)}")
        for n, found in zip(years, (value, long), strict=True)
    ]
    recent = [book["intensity_change_earlier"], book["intensity_change_later"]]
    target = book["target_energy_intensity_fall"]
    steps += [Step("recent", ", ".join(map(_say, recent))), Step("target", _say(target))]
    extra = {"long": long, "fall": fall, "fall_earlier": -recent[0], "fall_later": -recent[1]}
    return Result(tuple(steps), value, *edges, target, "%", "informs", extra)


@_check
def _high_tech_base(book: Book) -> Result:
    pair = book["high_tech_share_published"], -book["high_tech_rise"]
    return _base(*_difference(*pair), book["target_high_tech_share"])


@_check
def _high_tech_vintage(book: Book) -> Result:
    steps, base, *edges = _difference(book["high_tech_share_published"], -book["high_tech_rise"])
    own, whole = book["high_tech_growth_published"], book["iva_growth_to_november"]
    factor = (100 + own) / (100 + whole)
    worked = f"{_say(base)} × (100{_plus(own)})/(100{_plus(whole)}) = {_say(base * factor)}"
    low, high = (edge * factor for edge in edges)
    steps = *steps, Step("grown", worked)
    return Result(steps, base * factor, low, high, None, "%", "informs", {"base": base})


@_check
def _leading_base(book: Book) -> Result:
    steps, shares, lows, highs = [], [], [], []
    for span in ("january_october", "q1", "april"):
        pull, growth = book[f"leading_pull_{span}"], book[f"leading_growth_{span}"]
        half = half_digit(pull), half_digit(growth)
        shares.append(100 * accounts.base_share_from_pull(pull, growth))
        lows.append(100 * (pull - half[0]) / (growth + half[1]))
        highs.append(100 * (pull + half[0]) / (growth - half[1]))
        worked = f"100 × {_say(pull)}/{_say(growth)} = {_say(shares[-1])}"
        steps.append(Step(f"pull_{span}", worked))
    found = _base(tuple(steps), shares[0], min(lows), max(highs), book["target_leading_share"])
    return found._replace(extra={"q1": shares[1], "april": shares[2]})


@_check
def _strategic_emerging_base(book: Book) -> Result:
    pair = book["strategic_emerging_share_published"], -book["strategic_emerging_rise"]
    return _base(*_difference(*pair), book["target_strategic_emerging_share"])


@_check
def _energy_intensive_base(book: Book) -> Result:
    pair = book["energy_intensive_share_published"], book["energy_intensive_fall"]
    target = book["target_energy_intensive_share"]
    return _base(*_difference(*pair), target, at_most=True)


@_check
def _projects(book: Book) -> Result:
    names = ("projects_under_way", "projects_starts", "projects_completions")
    stock, starts, completions = (book[name] for name in names)
    end = stock + starts - completions
    value = 12 * (stock + end) / (starts + completions)
    listed, ledger = stock + starts, book["projects_ledger"]
    passing = f"(({_say(starts)} + {_say(completions)})/2)"
    steps = (
        Step("end", f"{_say(stock)} + {_say(starts)} − {_say(completions)} = {_say(end)}"),
        Step("time", f"12 × ({_say(stock)} + {_say(end)})/2/{passing} = {_say(value)}"),
        Step("listed", f"{_say(stock)} + {_say(starts)} = {_say(listed)}"),
        Step("ledger", _say(ledger)),
    )
    extra = {"end": end, "listed": listed}
    return Result(steps, value, None, None, None, "months", "informs", extra)


@_check
def _recovery_february(book: Book) -> Result:
    return _recovery(book, "iva_growth_to_february", "weight_to_february")


@_check
def _recovery_march(book: Book) -> Result:
    return _recovery(book, "iva_growth_to_march", "weight_to_march")


def _recovery(book: Book, done: str, share: str) -> Result:
    growth, weight, target = book[done], book[share], book["target_iva_growth"]
    tolerance, half = book["tolerance_iva_growth"], half_digit(growth)

    def needed(aim: float, so_far: float) -> float:
        return 100 * accounts.growth_still_needed(aim / 100, so_far / 100, weight)

    value, tolerant = needed(target, growth), needed(target - tolerance, growth)
    low, high = needed(target, growth + half), needed(target, growth - half)
    steps = tuple(
        Step(
            code,
            f"(100{_plus(target)}{minus} − (100{_plus(growth)}) × {_say(weight)})/"
            f"(1 − {_say(weight)}) − 100 = {_say(found)}",
        )
        for code, minus, found in (
            ("needed", "", value), ("needed_tolerant", _plus(-tolerance), tolerant)
        )
    )  # fmt: skip
    extra = {"tolerant": tolerant, "growth": growth, "weight": 100 * weight,
             "target_tolerant": target - tolerance}  # fmt: skip
    return Result(steps, value, low, high, target, "%", "needs", extra)


# Arithmetic that several checks share


def _weighted(book: Book, rates: str, weights: str) -> tuple[float, str]:
    """Return the mean of the districts' rates by base weights, and the sum in writing."""
    pairs = [(book[f"{rates}_{d}"], book[f"{weights}_{d}"]) for d in book.districts]
    total = sum(weight for _, weight in pairs)
    value = sum(rate * weight for rate, weight in pairs) / total
    terms = " + ".join(f"{_say(rate)} × {_say(weight)}" for rate, weight in pairs)
    return value, f"({terms})/{_say(total)} = {_say(value)}"


def _edges(book: Book, rates: str) -> tuple[float, float]:
    """Return the least and greatest rate: the bounds of a mean whose weights are not known."""
    found = [book[f"{rates}_{d}"] for d in book.districts]
    return min(found), max(found)


def _mix(weights: dict[str, float], rates: Mapping[str, list[float]], choose: Callable) -> str:
    return " + ".join(f"{_say(choose(rates[name]))} × {_say(w)}" for name, w in weights.items())


def _difference(share: float, change: float) -> tuple[tuple[Step, ...], float, float, float]:
    """Return a share before a change (taken away by its sign), with bounds from rounding."""
    value, half = share + change, half_digit(share) + half_digit(change)
    step = Step("base", f"{_say(share)}{_plus(change)} = {_say(value)}")
    return (step,), value, value - half, value + half


def _base(
    steps: tuple[Step, ...],
    value: float,
    low: float,
    high: float,
    target: float,
    at_most: bool = False,
) -> Result:
    """Return whether the base year already stood at the target, for every reading of rounding."""
    sides = [edge <= target if at_most else edge >= target for edge in (low, high)]
    verdict = "already_met" if all(sides) else "informs" if any(sides) else "needs"
    return Result((*steps, Step("target", _say(target))), value, low, high, target, "%", verdict)


def _say(number: float) -> str:
    return f"{number:.4g}".replace("-", "−")


def _plus(number: float) -> str:
    return f" {'−' if number < 0 else '+'} {_say(abs(number))}"
