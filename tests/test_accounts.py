"""Official conventions, held against figures that were published."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import accounts
from model.draws import month_shares

growths = st.floats(-0.5, 0.5)
weights = st.floats(0.05, 0.95)


def percent(value: float, digits: int = 1) -> float:
    return round(100 * value, digits)


def city_weights(plan) -> np.ndarray:
    """Return the share of each month in the city's value added of 2019."""
    by_industry = plan.base.value_added.sum(axis=0)
    return month_shares(plan)[0] @ by_industry / by_industry.sum()


# Figures printed in the press


def test_the_first_quarter_of_2021_averages_7_6_percent_over_two_years():
    """Zhengzhou: +29 % on the year, +15.7 % over 2019, two-year average 7.6 %."""
    assert percent(accounts.two_year_average(0.157)) == 7.6


def test_the_first_quarter_of_2020_was_10_3_percent_down():
    assert percent(accounts.comparable_growth(1.157, 1.29)) == -10.3


def test_april_2021_averages_10_5_percent_over_two_years():
    """Zhengzhou: +15.1 % on the year, +22 % over 2019, two-year average 10.5 %."""
    assert percent(accounts.two_year_average(0.22), 0) == 10
    assert accounts.two_year_average(0.22) == pytest.approx(0.105, abs=0.0005)


def test_april_2020_was_6_percent_up():
    assert percent(accounts.comparable_growth(1.22, 1.151)) == 6.0


def test_china_in_january_and_february_2021_averages_8_1_percent_over_two_years():
    """+35.1 % on the year after -13.5 %, that is +16.9 % over 2019."""
    over_two_years = 1.351 * 0.865 - 1
    assert percent(over_two_years) == 16.9
    assert percent(accounts.two_year_average(over_two_years)) == 8.1


def test_six_leading_industries_made_79_6_percent_of_industry():
    """January-October 2021: they grew 16.7 % and pulled 13.3 of 13.0 points."""
    assert percent(accounts.base_share_from_pull(13.3, 16.7)) == 79.6


def test_six_leading_industries_contributed_more_than_all_growth():
    assert percent(accounts.yearly_share(13.3, 13.0)) == 102.3


def test_leading_industries_that_outgrow_the_city_gain_share():
    """79.6 % with 16.7 % against 13.0 % gives 82.2 %; 82.1 % was published for 2021."""
    base = accounts.base_share_from_pull(13.3, 16.7)
    level = np.array([[[base * 1.167], [1.13 - base * 1.167]]])
    share = accounts.class_share(level, np.array([[1.0], [0.0]]))
    assert share.item() == pytest.approx(0.821, abs=0.002)


def test_contracts_of_1457_were_2_4_points_ahead_of_the_calendar():
    """85.7 % of 1,700 亿元 after ten months of twelve."""
    done = accounts.yearly_share(1457.4, 1700)
    assert percent(done) == 85.7
    assert percent(done - accounts.yearly_share(10, 12)) == 2.4


def test_december_2020_was_14_percent_up():
    """January-November 5.2 %, the year 6.1 %; rounding alone is worth 0.4 points."""
    assert percent(accounts.month_from_cumulative(0.061, 0.052, 1.0, 0.898)) == 14.0


def test_the_month_weights_of_the_plan_reproduce_december_2020(plan):
    weight = city_weights(plan)
    found = accounts.month_from_cumulative(0.061, 0.052, 1.0, weight[:11].sum())
    assert found == pytest.approx(0.140, abs=0.004)


def test_april_is_some_29_percent_of_four_months_in_henan():
    """January-April -2.9, first quarter -6.8 and April +6.6 % agree at that weight."""
    found = accounts.month_from_cumulative(-0.029, -0.068, 1.0, 0.71)
    assert found == pytest.approx(0.066, abs=0.001)


def test_the_month_weights_of_the_plan_reproduce_july_2020(plan):
    """First half 0.0 and January-July 0.9 % came with 6.0 % for July."""
    done = city_weights(plan).cumsum()
    found = accounts.month_from_cumulative(0.009, 0.0, done[6], done[5])
    assert found == pytest.approx(0.060, abs=0.004)


def test_electronics_made_nine_tenths_of_the_airport_zone():
    """Three quarters of 2024: growth 8.6 %, pull 7.7 points of 21.4."""
    assert percent(accounts.base_share_from_pull(7.7, 8.6)) == 89.5
    assert accounts.yearly_share(7.7, 21.4) == pytest.approx(0.358, abs=0.003)


def test_after_january_and_february_the_target_needed_11_2_percent():
    assert percent(accounts.growth_still_needed(0.07, -0.23, 0.122)) == 11.2


def test_the_growth_target_allows_nearly_one_percent_more_people():
    """Manufacturing +8 % with labour productivity +7 %."""
    assert percent(accounts.labour_productivity_growth(0.08, 0.009)) == 7.0


def test_7_percent_growth_with_4_percent_less_intensity_needs_2_7_percent_more_energy():
    energy = 1.07 * 0.96
    assert percent(accounts.energy_growth(energy, 1.0)) == 2.7
    assert percent(accounts.intensity_fall(energy, 1.0, 1.07, 1.0)) == 4.0


# Months and years


def flows(seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.uniform(1, 3, (36, 4)), generator.uniform(1, 3, (36, 4))


def test_there_is_no_figure_for_january():
    assert np.isnan(accounts.cumulative_growth(*flows(1))[::12]).all()
    assert np.isnan(accounts.month_growth(*flows(1))[::12]).all()


def test_february_stands_for_both_months():
    value, base = flows(2)
    both = (value[12] + value[13]) / (base[12] + base[13]) - 1
    assert accounts.month_growth(value, base)[13] == pytest.approx(both)
    assert accounts.cumulative_growth(value, base)[13] == pytest.approx(both)


def test_a_month_from_march_on_is_its_own():
    value, base = flows(3)
    assert np.allclose(accounts.month_growth(value, base)[2], value[2] / base[2] - 1)


def test_cumulative_growth_in_december_is_growth_of_the_year():
    value, base = flows(4)
    year = accounts.comparable_growth(accounts.by_year(value), accounts.by_year(base))
    assert np.allclose(accounts.cumulative_growth(value, base)[11::12], year, rtol=1e-12)


def test_a_year_is_the_sum_of_its_months():
    value, _ = flows(5)
    assert np.allclose(accounts.by_year(value)[1], value[12:24].sum(axis=0))


@given(growths, growths, weights)
def test_the_growth_still_needed_leads_to_the_target(target, so_far, done):
    needed = accounts.growth_still_needed(target, so_far, done)
    assert (1 + so_far) * done + (1 + needed) * (1 - done) == pytest.approx(1 + target)


@given(growths, growths, weights, weights)
def test_a_month_and_the_months_before_give_the_cumulative_figure(before, month, done, share):
    both = (1 + before) * done + (1 + month) * share
    cumulative = both / (done + share) - 1
    found = accounts.month_from_cumulative(cumulative, before, done + share, done)
    assert found == pytest.approx(month, abs=1e-9)


def test_growth_of_the_first_year_is_over_the_base_year():
    level = np.array([[110.0], [121.0]])
    assert np.allclose(accounts.yearly_growth(level, np.array([100.0])), 0.1)


def test_employment_growth_compares_yearly_averages():
    logs = np.repeat(np.log([0.98, 0.98**2]), 12)[:, None]
    assert np.allclose(accounts.employment_growth(logs), -0.02)
    # December alone rises, by 12 %: 1 % in the average; in every place and draw for itself.
    year = np.zeros((12, 2, 3))
    year[11, 1, 2] = np.log(1.12)
    found = accounts.employment_growth(year)
    assert found.shape == (1, 2, 3) and found[0, 1, 2] == pytest.approx(0.01)
    assert np.count_nonzero(found) == 1


# Overlapping classes


@given(st.floats(-1, 1))
def test_an_error_of_the_concordance_leaves_certain_entries_alone(error):
    found = accounts.concordance(np.array([[0.0], [1.0]]), np.array([error]))
    assert found.ravel().tolist() == [0.0, 1.0]


@given(st.floats(0, 1), st.floats(-1, 1))
def test_a_concordance_weight_stays_a_share(weight, error):
    found = accounts.concordance(np.array([[weight]]), np.array([error])).item()
    assert 0 <= found <= 1


def test_the_error_is_full_where_an_industry_is_half_in_the_class():
    found = accounts.concordance(np.array([[0.5]]), np.array([0.1]))
    assert found.item() == pytest.approx(0.6)


def test_a_class_of_all_industries_has_the_whole():
    level = np.random.default_rng(6).uniform(1, 2, (3, 10, 5))
    assert np.allclose(accounts.class_share(level, np.ones((10, 1))), 1.0)
