"""What was known when, and what a run says about the same quantity."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

import model
from model import accounts
from model.draws import month_shares
from model.errors import DataFaults, ModelError
from model.observe import dated, entered, error_sd, followed, known, obstacle, predicted
from pages.views import progress_table
from pages.views.texts import LANGUAGES, texts


@pytest.fixture(scope="module")
def plan():
    return model.load_plan()


@pytest.fixture(scope="module")
def fan(plan):
    return model.ensemble(plan, plan.scenarios["plan"], 256)


def city(figures, indicator="industrial_va_growth"):
    return [
        (k.observation.period_end, k.observation.value)
        for k in figures
        if k.observation.geography == "zhengzhou"
        and k.observation.indicator == indicator
        and k.observation.period_start == "2020-01"
    ]


@pytest.mark.parametrize(
    "as_of, growth",
    [
        ("2020-03-24", []),
        ("2020-04-14", [("2020-02", -23.0)]),
        ("2020-04-30", [("2020-02", -23.0), ("2020-03", -10.3)]),
        ("2020-09-02", [("2020-02", -23.0), ("2020-03", -10.3), ("2020-06", 0.0)]),
        (
            "2020-09-03",
            [("2020-02", -23.0), ("2020-03", -10.3), ("2020-06", 0.0), ("2020-07", 0.9)],
        ),
    ],
)
def test_the_city_knows_its_months_as_they_come_out(plan, as_of, growth):
    assert city(known(plan, as_of)) == growth


def test_nothing_is_known_before_its_release_or_its_month_is_over(plan):
    for figure in dated(plan):
        o = figure.observation
        if o.released_on:
            assert figure.known_on.isoformat().startswith(o.released_on)
        if o.measure.startswith("yoy") and figure.basis != "source":
            assert figure.known_on > date(*map(int, o.period_end.split("-")), 1)


def test_knowledge_only_grows(plan):
    days = ("2020-04-14", "2020-04-30", "2020-05-31", "2020-12-31", "2021-12-31")
    sets = [set(known(plan, as_of)) for as_of in days]
    assert all(a < b for a, b in pairwise(sets))


def test_figures_with_an_inferred_date_can_be_left_out(plan):
    assert not any(k.basis == "inferred" for k in known(plan, "2020-12-31", False))
    assert city(known(plan, "2020-09-30", False)) == [("2020-07", 0.9)]


def test_shares_worked_out_from_later_texts_were_not_known_in_2020(plan):
    shares = [k for k in known(plan, "2020-12-31") if k.observation.indicator == "share_leading6"]
    assert [k.observation.period_start for k in shares] == ["2019-01"]


def test_a_wrong_day_is_refused(plan):
    for text in ("2020-13-01", "30 April", "2020-02-30", ""):
        with pytest.raises(ModelError) as raised:
            known(plan, text)
        assert raised.value.code == "not_a_date"


def test_every_fault_of_an_entry_is_said_at_once(plan):
    rows = [
        {"indicator": "industrial_va_growth", "period_end": "2020-01", "value": "x"},
        {"indicator": "gdp", "period_end": "2020-03", "value": 1, "geography": "beijing"},
        {"indicator": "industrial_va_growth", "period_end": "2020-03", "value": -120},
        {"indicator": "industrial_va_growth", "period_end": "2020-03", "value": -10},
        {
            "indicator": "industrial_va_growth",
            "period_end": "2020-06",
            "value": 1,
            "measure": "yoy_year",
        },
    ]
    with pytest.raises(DataFaults) as raised:
        entered(plan, rows)
    found = [(fault.row, fault.code) for fault in raised.value.faults]
    assert found == [
        (1, "joined_months"), (1, "cell_not_a_number"), (2, "unknown"), (2, "unknown"),
        (3, "outside"), (4, "duplicate"), (5, "unknown_month"),
    ]  # fmt: skip


def test_entries_of_every_form(plan):
    rows = [
        {"indicator": "industrial_va_growth", "period_end": "2020-02", "value": "-23"},
        {"indicator": "industrial_va_growth", "period_end": "2020-04", "value": "6.0",
         "measure": "yoy_month"},
        {"indicator": "industrial_investment_growth", "period_end": "2020-12", "value": 12,
         "measure": "yoy_year", "geography": "gongyi"},
        {"indicator": "signed_projects", "period_end": "2020-07", "value": 94, "measure": "level"},
    ]  # fmt: skip
    found = entered(plan, rows)
    assert [k.span for k in found] == [
        ("2020-01", "2020-02"), ("2020-04", "2020-04"), ("2020-01", "2020-12"),
        ("2020-01", "2020-07"),
    ]  # fmt: skip
    assert [k.half_digit for k in found[:2]] == [0.5, 0.05]
    assert [obstacle(plan, k.observation) for k in found] == ["", "", "", "other_quantity"]


def observation(plan, **changes):
    row = {"indicator": "industrial_va_growth", "period_end": "2020-12", "value": 5.0}
    return replace(entered(plan, [row])[0].observation, **changes)


def test_what_a_run_does_not_speak_of_is_named(plan):
    for expected, changes in (
        ("unverified", {"status": "unverified"}),
        ("not_one_year", {"period_end": "2021-03"}),
        ("district_share", {"geography": "gongyi", "indicator": "share_high_tech"}),
    ):
        assert obstacle(plan, observation(plan, **changes)) == expected


def test_a_day_may_be_a_date_or_its_text(plan):
    assert known(plan, date(2020, 4, 30)) == known(plan, "2020-04-30")


def test_the_operator_agrees_with_the_published_conventions(plan, fan):
    path = fan.cumulative_growth()
    for month in ("2020-02", "2020-07", "2021-11"):
        o = observation(plan, period_start=month[:4] + "-01", period_end=month)
        assert np.allclose(predicted(fan, o), path[plan.months.index(month)], rtol=0, atol=1e-12)
    single = accounts.month_growth(fan.totals.city["value_added"],
                                   fan.totals.city["comparable_base"])  # fmt: skip
    o = observation(plan, period_start="2020-04", period_end="2020-04")
    assert np.allclose(predicted(fan, o), single[3] + fan.totals.discrepancy)


@pytest.mark.parametrize(
    "indicator, code",
    [
        ("manufacturing_va_growth", "mva_growth"),
        ("industrial_investment_growth", "industrial_investment_growth"),
        ("tech_upgrade_investment_growth", "upgrade_investment_growth"),
        ("tech_upgrade_share_of_industrial_investment", "upgrade_share"),
        ("share_leading6", "leading_share"),
    ],
)
@pytest.mark.parametrize("year", [0, 1])
def test_a_whole_year_is_the_indicator_of_the_year(plan, fan, indicator, code, year):
    o = observation(plan, indicator=indicator, period_start=f"{2020 + year}-01",
                    period_end=f"{2020 + year}-12",
                    measure="share" if "share" in indicator else "yoy_year")  # fmt: skip
    assert np.allclose(predicted(fan, o), fan.indicator(code)[year], rtol=0, atol=1e-12)


def test_a_district_is_observed_by_the_year(plan, fan):
    o = observation(plan, geography="xingyang")
    expected = fan.indicator("iva_growth", district="xingyang")[0]
    assert np.allclose(predicted(fan, o), expected, rtol=0, atol=1e-12)
    with pytest.raises(ModelError) as raised:
        predicted(fan, replace(o, period_end="2020-06"))
    assert raised.value.details["reason"] == "district_month"


def test_a_followed_district_is_observed_by_the_month(plan):
    """The operator is the ratio of the district's own months, as a replayed run has them."""
    fan = model.ensemble(plan, plan.scenarios["plan"], 64, follow=("airport", "gongyi"))
    assert fan.totals.places == ("gongyi", "airport")  # the order of the plan
    draw, row = 5, plan.axes.districts.index("gongyi")
    run = model.simulate(plan, plan.scenarios["plan"], draw=draw, draws=64)
    value, base = (run.cells[x][:6, row, :, 0].sum() for x in ("value_added", "comparable_base"))
    o = observation(plan, geography="gongyi", period_end="2020-06")
    expected = value / base - 1 + fan.totals.local_discrepancy[row, draw]
    assert predicted(fan, o)[draw] == pytest.approx(expected, rel=1e-12)
    spent = sum(run.by_district[f"investment_{x}"][:6, row, 0].sum() for x in ("new", "upgrade"))
    before = fan.totals.base_investment[row, draw] * month_shares(plan)[1][:6].sum()
    growth = predicted(fan, replace(o, indicator="industrial_investment_growth"))[draw]
    assert growth == pytest.approx(spent / before - 1, rel=1e-12)
    whole = replace(o, period_end="2020-12", measure="yoy_year")
    assert np.allclose(predicted(fan, whole), fan.indicator("iva_growth", "gongyi")[0], rtol=1e-12)


def test_only_districts_with_figures_within_a_year_are_followed(plan):
    rows = [
        {"geography": "gongyi", "indicator": "industrial_va_growth", "period_end": "2020-12",
         "value": 3, "measure": "yoy_year"},
        {"geography": "xinmi", "indicator": "industrial_va_growth", "period_end": "2020-06",
         "value": 3},
        {"indicator": "industrial_va_growth", "period_end": "2020-06", "value": 0},
    ]  # fmt: skip
    assert followed(plan, entered(plan, rows)) == ("xinmi",)
    with pytest.raises(ModelError):
        model.ensemble(plan, plan.scenarios["plan"], 64, follow=("luoyang",))


def test_rounding_follows_the_printed_digits(plan):
    by_end = {k.observation.period_end: k for k in known(plan, "2020-12-31")
              if k.observation.geography == "zhengzhou"
              and k.observation.indicator == "industrial_va_growth"
              and k.observation.measure == "yoy_cumulative"}  # fmt: skip
    whole, derived = by_end["2020-02"], by_end["2020-03"]
    assert whole.half_digit == 0.5
    assert derived.half_digit == pytest.approx(0.05 * 2**0.5)
    assert error_sd(plan, whole) == pytest.approx(np.hypot(1 / 12**0.5, 0.15) / 100)


@pytest.mark.parametrize(("released_on", "taken"), [("2020-06-29", False), ("2020-06-30", True)])
def test_nobody_enters_a_figure_that_was_out_before_its_period_was_over(plan, released_on, taken):
    """June, said to be released in January, had counted from January."""
    row = {"indicator": "industrial_va_growth", "period_end": "2020-06", "value": "0.1",
           "released_on": released_on}  # fmt: skip
    if taken:
        [figure] = model.entered(plan, [row])
        assert figure.known_on == date(2020, 6, 30)
        return
    with pytest.raises(model.DataFaults) as refused:
        model.entered(plan, [row])
    [fault] = refused.value.faults
    assert (fault.column, fault.code) == ("released_on", "early_release")
    for language in LANGUAGES:
        [said] = progress_table.fault_lines(refused.value, [1], texts(language))
        assert "2020-06-30" in said
