"""Simple forecasts that the model has to beat, estimated on the national series.

A city has too few points to estimate on; only the national series of the two years before the base
and later is long enough, and many of its figures may be recalled, not read.  Persistence and spread
therefore come from the nation, the latest value and the average level from the place that is
forecast.  January and February are one period, so a year has eleven.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model.axes import MONTHS_PER_YEAR
from model.draws import month_shares
from model.errors import ModelError, unknown
from model.observe import Known
from model.plan import Plan

Array = np.ndarray

NAMES = (
    "carry_forward", "random_walk", "ar1", "sarimax", "unobserved_components", "national_path",
)  # fmt: skip
"""Last cumulative growth carried forward; last twelve-month growth kept; a first-order
autoregression; SARIMAX(1,0,0)(0,1,1) of log levels; a local level with noise; the national
forecast with a loading estimated on figures of city and nation for the same spans."""

PERIODS = MONTHS_PER_YEAR - 1
LEAST = {"sarimax": 2 * PERIODS, "unobserved_components": PERIODS + 1, "national_path": PERIODS + 1}
"""Known periods that an estimate needs; six for the rest."""
LOADING, LOADING_SD = 1.0, 0.3
"""Prior of the loading; a handful of spans only shifts it."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Growth over the year before by period, February standing for January and February.

    ``growth`` holds fractions; a span that is known only as a whole gives its growth to each of
    its periods, NaN where nothing is known.  ``cumulative`` is the last cumulative figure of the
    running year, as the period it goes through and the growth, or None.  ``shutdown`` names periods
    that count as missing where variances are estimated.
    """

    place: str
    periods: tuple[str, ...]
    growth: Array
    cumulative: tuple[str, float] | None
    shutdown: tuple[str, ...] = ()


def nation(plan: Plan) -> str:
    """Return the geography whose series the benchmarks are estimated on; none: empty."""
    return str(_evidence(plan).get("nation", ""))


def _evidence(plan: Plan) -> Mapping[str, object]:
    found = plan.facts.get("evidence")
    return found if isinstance(found, Mapping) else {}


def periods(first: str, last: str) -> tuple[str, ...]:
    """Return the periods from one month through another, January left out.

    >>> periods("2019-11", "2020-03")
    ('2019-11', '2019-12', '2020-02', '2020-03')
    """
    year, month = int(first[:4]), max(2, int(first[5:]))
    found = []
    while (name := f"{year}-{month:02d}") <= last:
        found.append(name)
        year, month = (year + 1, 2) if month == MONTHS_PER_YEAR else (year, month + 1)
    return tuple(found)


def period_weights(plan: Plan) -> Array:
    """Return the weight of each period in the value added of a year, (11,) adding to 1."""
    base = plan.base.value_added.sum(axis=0)
    month = month_shares(plan)[0] @ (base / base.sum())
    return np.concatenate(([month[:2].sum()], month[2:]))


def history(plan: Plan, figures: Sequence[Known], place: str, first: str = "") -> History:
    """Return the growth of a place by period from what was known.

    A single month stands as printed; the rest of a year comes from its cumulative figures, each
    stretch between two of them with the growth that leads from one to the other.
    """
    first = first or f"{plan.base_year - 2}-02"
    shutdown = tuple(_evidence(plan).get("shutdown", ()))  # type: ignore[arg-type]
    single: dict[str, float] = {}
    through: dict[str, float] = {}
    for figure in figures:
        o = figure.observation
        if (o.geography, o.indicator) != (place, "industrial_va_growth") or o.period_end < first:
            continue
        if o.measure == "yoy_month":
            single[o.period_end] = o.value / 100
        elif o.period_start.endswith("-01"):
            through[o.period_end] = o.value / 100
    if not single and not through:
        return History(place, (), np.empty(0), None, shutdown)
    last = max((*single, *through))
    named = periods(first, last)
    growth = np.full(len(named), np.nan)
    weight = period_weights(plan)
    for year in sorted({name[:4] for name in named}):
        done = 0.0
        start = 0
        for end in sorted(name for name in through if name.startswith(year)):
            stop = int(end[5:]) - 1
            whole = weight[:stop].sum() * (1 + through[end])
            span = [f"{year}-{k + 2:02d}" for k in range(start, stop)]
            free = [int(name[5:]) - 2 for name in span if name not in single]
            fixed = sum(weight[int(n[5:]) - 2] * (1 + single[n]) for n in span if n in single)
            rest = weight[free].sum()
            for k in free:
                growth[named.index(f"{year}-{k + 2:02d}")] = (whole - done - fixed) / rest - 1
            done, start = whole, stop
    for name, value in single.items():
        growth[named.index(name)] = value
    return History(place, named, growth, _latest(through, single, weight, last[:4]), shutdown)


def _latest(
    through: dict[str, float], single: dict[str, float], weight: Array, year: str
) -> tuple[str, float] | None:
    """Return the last cumulative growth of a year, months that follow it without a gap added."""
    ends = [end for end in through if end.startswith(year)]
    end = max(ends) if ends else ""
    stop = int(end[5:]) - 1 if end else 0
    whole = weight[:stop].sum() * (1 + through[end]) if end else 0.0
    while (name := f"{year}-{stop + 2:02d}") in single:
        whole += weight[stop] * (1 + single[name])
        stop += 1
    if not stop:
        return None
    return f"{year}-{stop + 1:02d}", whole / weight[:stop].sum() - 1


def paths(
    plan: Plan,
    name: str,
    nation: History,
    own: History,
    ahead: int,
    draws: int,
    seed: int = 1,
    loading: tuple[float, float, float, float] | None = None,
    unsettled: set[str] | None = None,
) -> Array:
    """Return drawn growth of the next periods, (period, draw), fractions.

    Parameters
    ----------
    nation, own : History
        What is estimated on, and what is forecast; the same for a national forecast.
    ahead : int
        Periods after the last of ``own``.
    loading : from `national_loading`
        For ``national_path`` only.
    unsettled : set of str, optional
        Takes the name when the maximum of the likelihood was not found for certain.

    Raises
    ------
    ModelError
        ``too_short`` when too few periods are known to estimate on.
    """
    if name not in NAMES:
        raise unknown("benchmark", name, NAMES)
    known = np.isfinite(nation.growth).sum()
    if known < LEAST.get(name, 6) or not own.periods:
        raise ModelError(f"{name} needs {LEAST.get(name, 6)} known periods; there are {known}.",
                         code="too_short", name=name, given=int(known))  # fmt: skip
    random = np.random.default_rng((seed, NAMES.index(name)))
    fit, change = _calm(nation), np.diff(_calm(nation))
    if name in ("carry_forward", "random_walk"):
        if name == "carry_forward":
            # The error is common to the months that follow, with the spread of single months.
            last = own.cumulative[1] if own.cumulative else own.growth[-1]
            spread = float(np.nanstd(fit, ddof=1))
            return np.tile(last + spread * random.standard_normal(draws), (ahead, 1))
        spread = float(np.sqrt(np.nanmean(change**2)))
        return own.growth[-1] + spread * random.standard_normal((ahead, draws)).cumsum(axis=0)
    if name == "ar1":
        return _ar1(fit, own, ahead, draws, random)
    if name == "national_path":
        if loading is None:
            loading = (0.0, LOADING, LOADING_SD, float(np.nanstd(fit, ddof=1)))
        level, slope, slope_sd, noise = loading
        whole = len(periods(nation.periods[-1], own.periods[-1])) - 1  # the nation may be ahead
        gap = len(periods(own.periods[-1], nation.periods[-1])) - 1
        drawn, settled = _state_space(
            "unobserved_components", nation, max(ahead - gap, 0) + max(whole, 0), draws, random
        )
        _note(unsettled, name, settled)
        ready = np.repeat(nation.growth[len(nation.growth) - gap :, None], draws, axis=1)
        nation_path = np.concatenate((ready, drawn[max(whole, 0) :]))[:ahead]
        slopes = slope + slope_sd * random.standard_normal(draws)
        errors = noise * random.standard_normal(draws)
        return level + slopes * nation_path + errors
    drawn, settled = _state_space(name, nation, ahead, draws, random, own)
    _note(unsettled, name, settled)
    return drawn


def _note(unsettled: set[str] | None, name: str, settled: bool) -> None:
    if unsettled is not None and not settled:
        unsettled.add(name)


def _calm(history_: History) -> Array:
    """Return growth with the periods of the shutdown taken out."""
    pulse = np.isin(history_.periods, history_.shutdown)
    return np.where(pulse, np.nan, history_.growth)


def _ar1(fit: Array, own: History, ahead: int, draws: int, random: np.random.Generator) -> Array:
    """Return paths of a first-order autoregression: slope and noise of the nation, own mean."""
    pairs = np.isfinite(fit[1:]) & np.isfinite(fit[:-1])
    x, y = fit[:-1][pairs], fit[1:][pairs]
    apart = x - x.mean()
    slope = float(np.clip(apart @ (y - y.mean()) / (apart @ apart), 0.0, 0.99))
    noise = y - y.mean() - slope * apart
    spread = float(np.sqrt(noise @ noise / max(len(y) - 2, 1)))
    mean = float(np.nanmean(_calm(own))) if np.isfinite(_calm(own)).any() else float(x.mean())
    found = np.empty((ahead, draws))
    state = np.full(draws, own.growth[-1])
    for k in range(ahead):
        state = mean + slope * (state - mean) + spread * random.standard_normal(draws)
        found[k] = state
    return found


def _state_space(
    name: str,
    nation: History,
    ahead: int,
    draws: int,
    random: np.random.Generator,
    own: History | None = None,
) -> tuple[Array, bool]:
    """Return paths of a state-space model in log growth, which is the seasonal difference of logs.

    Parameters come from the nation; with ``own`` the state is that of the place.  Beside the paths
    stands whether the optimiser converged: on short series the likelihood is flat, and it stops
    where it can find no way up.
    """
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, EstimationWarning
    from statsmodels.tsa.statespace.sarimax import SARIMAX
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    if ahead == 0:
        return np.empty((0, draws)), True
    series = np.log1p(_calm(nation))
    with warnings.catch_warnings():
        # Short series start the optimiser from zero; that it did not converge is said, not warned.
        for expected in (ConvergenceWarning, EstimationWarning):
            warnings.simplefilter("ignore", expected)
        if name == "sarimax":
            model = SARIMAX(series, order=(1, 0, 0), seasonal_order=(0, 0, 1, PERIODS), trend="c")
        else:
            model = UnobservedComponents(series, level="local level")
        result = model.fit(disp=False, maxiter=100)
        settled = bool(result.mle_retvals["converged"])
        if own is not None and own is not nation:
            result = result.apply(np.log1p(_calm(own)))
        drawn = result.simulate(ahead, anchor="end", repetitions=draws, rng=random)
    paths_ = np.expm1(np.asarray(drawn).reshape(ahead, draws))
    return paths_, settled


def national_loading(
    plan: Plan, figures: Sequence[Known], place: str
) -> tuple[float, float, float, float]:
    r"""Return level, loading, its deviation and the noise of a place against the nation.

    Both known for the same span, whole spans of the shutdown left out; the loading is shrunk to 1:

    .. math:: \hat\beta = \frac{x'y/\sigma^2 + 1/\tau^2}{x'x/\sigma^2 + 1/\tau^2}
    """
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for figure in figures:
        o = figure.observation
        if o.indicator == "industrial_va_growth" and o.period_end < str(plan.years[0]):
            span = (o.period_start, o.period_end, "")
            found.setdefault(span, {})[o.geography] = o.value / 100
    country = nation(plan)
    both = [x for x in found.values() if {country, place} <= set(x)]
    pairs = np.array([(x[country], x[place]) for x in both])
    if len(pairs) < 3:
        return 0.0, LOADING, LOADING_SD, 0.01
    x, y = pairs.T
    apart, own = x - x.mean(), y - y.mean()
    noise = float(np.sqrt(((own - LOADING * apart) ** 2).sum() / (len(x) - 1)))
    precision = apart @ apart / noise**2 + 1 / LOADING_SD**2
    slope = float((apart @ own / noise**2 + LOADING / LOADING_SD**2) / precision)
    return float(y.mean() - slope * x.mean()), slope, float(precision**-0.5), noise


def span_growth(plan: Plan, own: History, drawn: Array, first: str, last: str) -> Array:
    """Return growth over the periods of a span within one year, (draw,), drawn ones included."""
    weight = period_weights(plan)
    start = first if not first.endswith("-01") else first[:4] + "-02"
    upcoming = periods(own.periods[-1], last)[1:]
    total = share = 0.0
    names = periods(start, last)
    if own.cumulative and first.endswith("-01") and own.cumulative[0][:4] == last[:4]:
        through, growth = own.cumulative
        if through <= last:
            stop = int(through[5:]) - 1
            share = weight[:stop].sum()
            total = share * (1 + growth)
            names = tuple(name for name in names if name > through)
    for name in names:
        one = weight[int(name[5:]) - 2]
        if name in upcoming:
            growth = drawn[upcoming.index(name)]
        else:
            growth = own.growth[own.periods.index(name)]
        total = total + one * (1 + growth)
        share += one
    return np.broadcast_to(total / share - 1, drawn.shape[1:])
