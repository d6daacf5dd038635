"""What was known on a date, and what a run says about the same quantity.

A figure counts as known from its release; where the release date is not recorded, a monthly
figure of a regular series counts from the 25th of the following month (inferred), and anything
else from the date of the text it was read in.  Nothing is ever known earlier than that.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from model import cell_text
from model.axes import MONTHS_PER_YEAR
from model.draws import month_shares
from model.errors import DataFaults, Fault, ModelError
from model.outcomes import Figures
from model.plan import Plan
from model.sources import Observation

Array = np.ndarray

INFERRED_DAY = 25
"""Day of the following month on which a monthly figure without a release date counts as known."""

GROWTH = {
    "industrial_va_growth": ("value_added", "comparable_base"),
    "manufacturing_va_growth": ("manufacturing", "manufacturing_base"),
}
SPENDING = {
    "industrial_investment_growth": ("investment", "base_investment"),
    "tech_upgrade_investment_growth": ("upgrade", "base_upgrade"),
}
UPGRADE_SHARE = "tech_upgrade_share_of_industrial_investment"
SHARES = {
    "share_leading6": "leading_share",
    "share_high_tech": "high_tech_share",
    "share_strategic_emerging": "strategic_emerging_share",
    "share_energy_intensive": "energy_intensive_share",
}
REGULAR = (*GROWTH, *SPENDING)
"""Series that the bureau publishes month by month."""

COUNTS = ("signed_projects", "signed_amount", "major_projects_started", "major_projects_completed")
"""Amounts that are entered for the pace of a target; the model has no such path."""

MEASURES = ("yoy_cumulative", "yoy_month", "yoy_year", "level", "share")
_RATES = MEASURES[:3]
BASES = ("released", "inferred", "source", "entered")


@dataclass(frozen=True, slots=True)
class Known:
    """A figure and the day from which it was known.

    ``basis`` says how the day is known: its release is recorded, it is inferred from the habit of
    publication, it is the date of the text the figure was read in, or the user entered it.
    ``half_digit`` is half a unit of the last printed digit, in the figure's own unit.
    """

    observation: Observation
    known_on: date
    basis: str
    half_digit: float

    @property
    def span(self) -> tuple[str, str]:
        """First and last month."""
        return self.observation.period_start, self.observation.period_end

    @property
    def key(self) -> tuple[str, ...]:
        """What is measured: two figures with one key are releases of the same quantity."""
        o = self.observation
        return o.geography, o.indicator, o.industry, *self.span


def day(text: str | date, *, name: str = "as_of") -> date:
    """Return a date; a month or a year stands for its last day.

    >>> day("2020-02"), day("2021")
    (datetime.date(2020, 2, 29), datetime.date(2021, 12, 31))
    """
    if isinstance(text, date):
        return text
    try:
        parts = [int(part) for part in str(text).split("-")]
        if not 1 <= len(parts) <= 3:
            raise ValueError(text)
        year = parts[0]
        month = parts[1] if len(parts) > 1 else MONTHS_PER_YEAR
        return date(
            year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
        )
    except (ValueError, OverflowError, calendar.IllegalMonthError, IndexError):
        raise ModelError(
            f"{name} = {text!r} is no date; write it as 2020-04-30.",
            code="not_a_date",
            name=name,
            given=str(text),
        ) from None


def inferred_release(period_end: str) -> date:
    """Return the day from which a monthly figure counts as known when its release is not recorded.

    >>> inferred_release("2020-02"), inferred_release("2020-12")
    (datetime.date(2020, 3, 25), datetime.date(2021, 1, 25))
    """
    year, month = (int(part) for part in period_end.split("-"))
    return date(year + month // MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1, INFERRED_DAY)


def city_code(plan: Plan) -> str:
    """Return the code under which the city's own figures stand."""
    return plan.city


def dated(plan: Plan) -> tuple[Known, ...]:
    """Return every figure whose day can be told, by that day; the rest was never dated."""
    text = plan.tables["observations"]["value"]
    published = {source.source_id: source.published_on for source in plan.sources}
    evidence = plan.facts.get("evidence", {})
    regular = (city_code(plan), *evidence.get("regular", ()))  # type: ignore[attr-defined]
    found = []
    for observation, printed in zip(plan.observations, text, strict=True):
        half = _half_digit(str(printed))
        if "arithmetic" in observation.note and observation.measure in _RATES:
            half *= math.sqrt(2)  # two rounded figures were combined
        if observation.released_on:
            known = Known(observation, day(observation.released_on), "released", half)
        elif (
            observation.indicator in REGULAR
            and observation.measure in _RATES
            and observation.geography in regular
        ):
            known = Known(observation, inferred_release(observation.period_end), "inferred", half)
        elif published.get(observation.source_id):
            known = Known(observation, day(published[observation.source_id]), "source", half)
        else:
            continue
        found.append(known)
    found.sort(key=lambda known: (known.known_on, *known.key, known.observation.measure))
    return tuple(found)


def known(plan: Plan, as_of: str | date, estimated_dates: bool = True) -> tuple[Known, ...]:
    """Return the figures that were known on a date, in the order of their release.

    Parameters
    ----------
    as_of : str or date
        The day; what was released on the day itself is known.
    estimated_dates : bool
        Whether figures count whose release date is inferred.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> [(k.observation.value, k.basis) for k in model.known(plan, "2020-04-14")
    ...  if k.observation.geography == "zhengzhou" and k.observation.period_start == "2020-01"]
    [(-23.0, 'inferred')]
    """
    until = day(as_of)
    return tuple(
        k for k in dated(plan) if k.known_on <= until and (estimated_dates or k.basis != "inferred")
    )


def unit_of(indicator: str) -> str:
    """Return the unit in which a figure of an indicator is entered."""
    if indicator not in COUNTS:
        return "%"
    return "亿元" if "amount" in indicator else "count"


def entered(plan: Plan, rows: Iterable[Mapping[str, object]]) -> tuple[Known, ...]:
    """Return figures that a user typed in or uploaded, checked like the tables.

    Parameters
    ----------
    rows : mappings
        ``geography`` (the city by default, or a district), ``indicator``, ``period_end``
        (``2020-04``), ``measure`` (``yoy_cumulative`` by default, ``yoy_month``, ``yoy_year``,
        ``level``, ``share``), ``value`` in per cent or the unit of the count, ``released_on``.
        February stands for January and February together.

    Raises
    ------
    DataFaults
        With every fault of every row; nothing is taken over.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> [figure] = model.entered(plan, [
    ...     {"indicator": "industrial_va_growth", "period_end": "2020-04", "value": "-6.6"}])
    >>> figure.span, str(figure.known_on)
    (('2020-01', '2020-04'), '2020-05-25')
    """
    accepted = (*REGULAR, UPGRADE_SHARE, *SHARES, *COUNTS)
    faults: list[Fault] = []
    found: list[Known] = []
    seen: set[tuple[str, ...]] = set()
    for number, row in enumerate(rows, start=1):
        here: list[Fault] = []

        def fault(column, code, message, number=number, here=here, **details):
            listed = tuple((name, str(value)) for name, value in details.items())
            here.append(Fault("entered", number, column, code, message, listed))

        place = str(row.get("geography") or city_code(plan)).strip()
        indicator = str(row.get("indicator") or "").strip()
        end = str(row.get("period_end") or "").strip()
        measure = str(row.get("measure") or "yoy_cumulative").strip()
        printed = str(row.get("value") if row.get("value") is not None else "").strip()
        if place not in (city_code(plan), *plan.axes.districts):
            fault(
                "geography", "unknown", f"{place!r} is neither the city nor a district", given=place
            )
        if indicator not in accepted:
            fault("indicator", "unknown", f"{indicator!r} cannot be entered; "
                  f"accepted: {', '.join(accepted)}", given=indicator)  # fmt: skip
        fits = {"level": COUNTS, "share": (UPGRADE_SHARE, *SHARES)}.get(measure, REGULAR)
        if measure not in MEASURES or (indicator in accepted and indicator not in fits):
            fault("measure", "unknown", f"{measure!r} does not fit {indicator}", given=measure)
        if end not in plan.months:
            fault("period_end", "unknown_month", f"{end!r} is not a month of the plan "
                  f"({plan.months[0]} to {plan.months[-1]})", given=end)  # fmt: skip
        elif end.endswith("-01") and indicator not in COUNTS:
            text = "January and February are published together; give February"
            fault("period_end", "joined_months", text, given=end)
        elif measure == "yoy_year" and not end.endswith("-12"):
            text = "a figure of the year ends in December"
            fault("period_end", "unknown_month", text, given=end)
        value = None
        low, high = (0.0, math.inf) if indicator in COUNTS else (-100.0, 1000.0)
        if measure == "share":
            low, high = 0.0, 100.0
        try:
            value = cell_text.number(printed, unit_of(indicator))
        except ModelError as error:
            fault("value", error.code, str(error), **error.details)
        else:
            if value is None:
                fault("value", "cell_not_a_number", f"{printed!r} is not a number", given=printed)
            elif not low <= value <= high:
                fault("value", "outside", f"{value:g} is outside {low:g} to {high:g}",
                      given=value, low=low, high=high)  # fmt: skip
        start = end if measure == "yoy_month" and not end.endswith("-02") else end[:4] + "-01"
        key = (place, indicator, measure, end)
        if key in seen:
            fault("", "duplicate", f"{indicator} of {place} through {end} stands there twice",
                  given=indicator)  # fmt: skip
        seen.add(key)
        released = str(row.get("released_on") or "").strip()
        on = inferred_release(end) if end in plan.months else date.min
        if released:
            try:
                on = day(released, name="released_on")
            except ModelError as error:
                fault("released_on", error.code, str(error), given=released)
            if end in plan.months and on < day(end):
                text = f"{released} is before the end of {end}; accepted: from {day(end)} on"
                fault("released_on", "early_release", text, given=released, low=day(end))
        faults += here
        if not here:
            assert value is not None
            observation = Observation(
                geography=place, indicator=indicator, industry="all", period_start=start,
                period_end=end, measure=measure, value=value, unit=unit_of(indicator),
                price_basis="",
                released_on=released, status="published", source_id="", note="",
            )  # fmt: skip
            found.append(Known(observation, on, "entered", _half_digit(printed)))
    if faults:
        raise DataFaults("entered", faults)
    return tuple(found)


def obstacle(plan: Plan, observation: Observation, followed: Collection[str] = ()) -> str:
    """Return why a run says nothing about a figure, as a code; empty when it does.

    ``other_place``, ``other_quantity``, ``other_industry``, ``outside_horizon``; ``district_month``
    because only the districts ``followed`` are kept by month, ``district_share`` because structure
    is kept for the city alone, ``part_year`` because it is kept by year, ``not_one_year`` for spans
    over two years, ``unverified`` for figures recalled, not read.
    """
    o = observation
    if o.geography != city_code(plan) and o.geography not in plan.axes.districts:
        return "other_place"
    if o.indicator not in (*REGULAR, UPGRADE_SHARE, *SHARES) or (
        o.indicator in REGULAR and o.measure not in _RATES
    ):
        return "other_quantity"
    if o.industry != "all":
        return "other_industry"
    if o.period_start not in plan.months or o.period_end not in plan.months:
        return "outside_horizon"
    if o.status == "unverified":
        return "unverified"
    first, last = (plan.months.index(month) for month in (o.period_start, o.period_end))
    if first // MONTHS_PER_YEAR != last // MONTHS_PER_YEAR:
        return "not_one_year"
    whole = last - first == MONTHS_PER_YEAR - 1
    if o.geography in plan.axes.districts:
        if o.indicator in SHARES:
            return "district_share"
        return "" if whole or o.geography in followed else "district_month"
    return "part_year" if o.indicator in SHARES and not whole else ""


def followed(plan: Plan, figures: Iterable[Known]) -> tuple[str, ...]:
    """Return the districts that an ensemble has to follow by month to learn these figures.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> rows = [{"geography": "gongyi", "indicator": "industrial_va_growth",
    ...          "period_end": "2020-06", "value": 1.2}]
    >>> followed(plan, model.entered(plan, rows))
    ('gongyi',)
    """
    wanted = {
        k.observation.geography
        for k in figures
        if obstacle(plan, k.observation) == "district_month"
    }
    return tuple(code for code in plan.axes.districts if code in wanted)


def predicted(figures: Figures, observation: Observation) -> Array:
    """Return what every draw says about a figure, (draw,): fractions.

    Growth of value added is a ratio of sums over the months of the span, on the comparable basis,
    with the discrepancy of the draw; growth of spending is against the months of the year before,
    in the first year the base-year total times its month shares.

    Raises
    ------
    ModelError
        ``not_observable``, with the reason of `obstacle`.
    """
    plan, totals, o = figures.plan, figures.totals, observation
    reason = obstacle(plan, o, totals.places)
    if reason:
        raise ModelError(
            f"A run says nothing about {o.indicator} of {o.geography} "
            f"{o.period_start}..{o.period_end} ({reason}).",
            code="not_observable",
            reason=reason,
        )
    first, last = (plan.months.index(month) for month in (o.period_start, o.period_end))
    year = first // MONTHS_PER_YEAR
    if o.indicator in SHARES:
        return figures.indicator(SHARES[o.indicator])[year]
    district = None if o.geography == city_code(plan) else plan.axes.districts.index(o.geography)

    def flow(name: str, shift: int = 0) -> Array:
        months = slice(first + shift, last + 1 + shift)
        if district is None:
            return totals.city[name][months].sum(axis=0)
        if o.geography in totals.places:
            return totals.followed[name][months, totals.places.index(o.geography)].sum(axis=0)
        return totals.district[name][year + shift // MONTHS_PER_YEAR, district]

    if o.indicator == UPGRADE_SHARE:
        return flow("upgrade") / flow("investment")
    if o.indicator in GROWTH:
        value, base = GROWTH[o.indicator]
        gap = totals.discrepancy if district is None else totals.local_discrepancy[district]
        return flow(value) / flow(base) - 1 + gap
    name, base = SPENDING[o.indicator]
    if year:
        return flow(name) / flow(name, -MONTHS_PER_YEAR) - 1
    level = getattr(totals, base)
    before = level.sum(axis=0) if district is None else level[district]
    share = month_shares(plan)[1][first : last + 1].sum()
    return flow(name) / (before * share) - 1


def error_sd(plan: Plan, figure: Known) -> float:
    """Return the standard deviation of a figure's own error, fraction.

    Rounding is uniform over the last printed digit; the revision of the survey frame comes on top
    for growth of value added and of spending.  Growth of value added carries the discrepancy of
    the model in its draws; for all else, whose draws carry none, it is added here.
    """
    rounding = figure.half_digit / math.sqrt(3)
    indicator = figure.observation.indicator
    frame = plan.parameter("obs_frame_sd").mid if indicator in REGULAR else 0.0
    apart = 0.0 if indicator in GROWTH else plan.parameter("model_discrepancy_sd").mid
    return math.hypot(rounding, frame or 0.0, apart or 0.0) / 100


def _half_digit(printed: str) -> float:
    return 0.5 * 10.0 ** -cell_text.decimals(printed)
