"""Pace within the year, against arithmetic done by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import ModelError, pace
from model.accounts import month_from_cumulative
from model.pace import STATUSES, limits, month_weights


def weights(*first: float) -> np.ndarray:
    """Month weights that begin as given and share the rest evenly."""
    rest = (1 - sum(first)) / (12 - len(first))
    return np.array([*first, *[rest] * (12 - len(first))])


# Rates: growth of the remaining months


def test_after_january_and_february_ten_months_need_11_2_percent(plan):
    """(1.07 - .77 x .122)/.878 = 1.1117; for 6.5 %, 1.1060; -23 is a whole number, +-.5."""
    found = pace(plan, "T01", -23, 2, weights(0.066, 0.056))
    assert found.needed == pytest.approx(100 * ((1.07 - 0.77 * 0.122) / 0.878 - 1))
    assert round(found.needed, 1) == 11.2 and round(found.needed_tolerant, 1) == 10.6
    assert found.needed_low == pytest.approx(100 * ((1.07 - 0.775 * 0.122) / 0.878 - 1))
    assert found.needed_high == pytest.approx(100 * ((1.07 - 0.765 * 0.122) / 0.878 - 1))
    assert found.status == "behind"


def test_december_2020_would_have_needed_22_8_percent(plan):
    """January-November +5.2 % with a weight of .898: (1.07 - 1.052 x .898)/.102 = 1.2285."""
    spread = np.array([0.898 / 11] * 11 + [0.102])
    found = pace(plan, "T01", 5.2, 11, spread)
    assert found.needed == pytest.approx(22.85, abs=0.005)
    assert found.needed_tolerant == pytest.approx(100 * ((1.065 - 1.052 * 0.898) / 0.102 - 1))


def test_what_december_needs_is_what_the_year_then_shows(plan):
    """The published 6.1 % of the year and 5.2 % to November make 14 % in December, short of it."""
    spread = np.array([0.898 / 11] * 11 + [0.102])
    december = month_from_cumulative(0.061, 0.052, 1.0, 0.898)
    assert 100 * december == pytest.approx(14.0, abs=0.05)
    assert 100 * december < pace(plan, "T01", 5.2, 11, spread).needed


def test_upgrading_is_weighted_by_the_months_of_investment(plan):
    """3 + 3 + 8 % of the year by March: (1.20 - 1.05 x .14)/.86 = 1.2244."""
    found = pace(plan, "T05", 5, 3)
    assert found.seasonal == pytest.approx(0.14)
    assert found.needed == pytest.approx(100 * ((1.20 - 1.05 * 0.14) / 0.86 - 1))
    assert found.needed_tolerant is None


def test_a_rate_at_its_target_leaves_the_target_to_the_rest(plan):
    found = pace(plan, "T05", 20, 7)
    assert found.needed == pytest.approx(20)
    assert found.status == "ahead"


def test_a_rate_has_no_january(plan):
    with pytest.raises(ModelError, match="published together"):
        pace(plan, "T01", 5, 1)
    assert pace(plan, "T06", 5, 1).status == "behind"


@given(
    st.floats(-40, 40), st.integers(2, 11), st.lists(st.floats(0.02, 1), min_size=12, max_size=12)
)
def test_the_needed_growth_brings_the_year_exactly_to_its_target(plan, growth, through, season):
    season = np.array(season) / sum(season)
    done = season[:through].sum()
    found = pace(plan, "T01", growth, through, season)
    year = (100 + growth) * done + (100 + found.needed) * (1 - done)
    assert year == pytest.approx(107)


def test_manufacturing_has_its_own_season(plan):
    """Electronics, busiest in autumn, is a larger part of manufacturing than of industry."""
    whole, part = (month_weights(plan, plan.target(name)) for name in ("T01", "T02"))
    assert whole.sum() == pytest.approx(1) and part.sum() == pytest.approx(1)
    assert part[8:11].sum() > whole[8:11].sum()


# Amounts: pace by months and by season


def test_a_published_pace(plan):
    """1,457.4 of 1,700 by October is 85.7 %, 2.4 points before ten months of twelve."""
    plan = with_target(plan, "T07", value=1700.0)
    found = pace(plan, "T07", 1457.4, 10)
    assert round(100 * found.done, 1) == 85.7
    assert round(100 * found.linear, 1) == 83.3
    assert round(100 * found.lead, 1) == 2.4
    assert found.status == "ahead"
    assert found.needed == pytest.approx((1700 - 1457.4) / 2)


def test_investment_is_held_against_its_season_not_the_calendar(plan):
    """By March 14 % of the year is usual: 105 of 700 (15 %) is ahead, though 3/12 is 25 %."""
    found = pace(plan, "T04", 105, 3)
    assert found.done == pytest.approx(0.15)
    assert (found.linear, found.seasonal) == (0.25, pytest.approx(0.14))
    assert found.status == "ahead" and found.lead == pytest.approx(0.01)
    assert pace(plan, "T04", 97, 3).status == "behind"


@pytest.mark.parametrize(
    ("actual", "through", "status"),
    [(50, 6, "ahead"), (49, 6, "behind"), (100, 6, "done"), (99, 12, "missed"), (100, 12, "done")],
)
def test_a_count_is_done_when_reached_and_missed_when_the_year_is_over(
    plan, actual, through, status
):
    assert pace(plan, "T06", actual, through).status == status


def test_a_target_that_must_be_passed_is_not_done_at_its_value(plan):
    """技术合同交易额超过150亿元: 150 is not enough."""
    assert pace(plan, "T59", 150, 12).status == "missed"
    assert pace(plan, "T59", 150.1, 12).status == "done"


# States of the moment


def test_a_share_has_no_pace(plan):
    found = pace(plan, "T22", 48, 6)
    assert found.status == "short"
    assert found.lead is found.needed is found.linear is None
    assert pace(plan, "T22", 48, 12).status == "missed"


def test_a_share_to_be_lowered_is_reached_from_above(plan):
    assert pace(plan, "T19", 29, 6).status == "ahead"
    assert pace(plan, "T19", 31, 6).status == "short"


def test_a_stock_says_how_much_is_there_but_not_how_fast(plan):
    found = pace(plan, "T28", 9000, 6)
    assert found.done == 0.5 and found.lead is None and found.status == "short"


# What is refused


@pytest.mark.parametrize(
    ("target", "actual", "through"),
    [("T22", 120, 6), ("T06", -1, 6), ("T06", np.nan, 6), ("T06", 5, 13), ("T06", 5, 0),
     ("T01", -101, 6), ("T06", 5, 2.5)],
)  # fmt: skip
def test_what_cannot_be_is_refused(plan, target, actual, through):
    with pytest.raises(ModelError):
        pace(plan, target, actual, through)


@pytest.mark.parametrize("bad", [[1.0] * 11, [0.0] * 12, [-1.0] + [1.0] * 11, [np.inf] * 12])
def test_month_weights_that_cannot_be_are_refused(plan, bad):
    with pytest.raises(ModelError, match=r"[Mm]onth weights"):
        pace(plan, "T01", 5, 6, np.array(bad))


def test_every_target_has_a_pace(plan):
    for target in plan.targets:
        low, high = limits(target)
        assert low <= target.value <= high
        for through in (6, 12):
            assert pace(plan, target.id, target.value, through).status in STATUSES


def with_target(plan, id, **changes):
    targets = tuple(replace(t, **changes) if t.id == id else t for t in plan.targets)
    return replace(plan, targets=targets)
