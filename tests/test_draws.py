"""Draws: the sample says what the table of parameters says, and nothing leaves its support."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import spearmanr

from model.draws import (
    BY_INDUSTRY,
    CORRELATED,
    central,
    dimensions,
    drawn,
    local_discrepancy,
    month_shares,
    sobol_normals,
    uncertain,
    within_support,
)
from model.ex_ante import ex_ante
from model.production import autoregression, jump_path
from model.sources import uniform_ends

SIZE = 8192


@pytest.fixture(scope="module")
def sample(plan):
    """The draws of the standard ensemble under the default assumptions."""
    return drawn(plan, plan.scenarios["status_quo"], 0, SIZE, SIZE, 1)


def two_piece(plan):
    return [p for p in uncertain(plan) if p.distribution == "two_piece_normal"]


def test_most_parameters_are_uncertain(plan):
    assert len(two_piece(plan)) > 40


def test_the_sample_has_the_recorded_quantiles_of_every_parameter(plan, sample):
    """To one part in two hundred of the recorded range; a parameter by industry in each row."""
    for parameter in two_piece(plan):
        found = np.quantile(np.atleast_2d(sample.values[parameter.id]), (0.05, 0.5, 0.95), axis=-1)
        recorded = np.array([parameter.low, parameter.mid, parameter.high])[:, None]
        assert np.abs(found - recorded).max() < 0.005 * np.ptp(recorded), parameter.id


def test_no_draw_leaves_the_support_of_its_parameter(plan, sample):
    for parameter in two_piece(plan):
        values = sample.values[parameter.id]
        assert np.array_equal(values, within_support(parameter, values)), parameter.id


@pytest.mark.parametrize("edge", ["minimum", "maximum"])
def test_extreme_assumptions_keep_every_draw_inside_its_support(plan, edge):
    scenario = plan.scenarios["status_quo"]
    for assumption in plan.assumptions:
        scenario = scenario.with_assumption(assumption.id, getattr(assumption, edge))
    values = drawn(plan, scenario, 0, 256, 256, 1).values
    for parameter in two_piece(plan):
        lowest = -np.inf if parameter.support_min is None else parameter.support_min
        highest = np.inf if parameter.support_max is None else parameter.support_max
        found = values[parameter.id]
        assert lowest <= found.min() and found.max() <= highest, parameter.id


def test_a_uniform_prior_is_drawn_evenly_between_its_ends(plan):
    """Its deviation is the width over root twelve; on the day of issue it is half as wide again."""
    known = {"distribution": "uniform(0.4,0.6)", "later_information": True}
    known["ex_ante"] = (None, None, None)
    other = replace(plan, parameters=tuple(
        replace(p, **known) if p.id == "capital_elasticity" else p for p in plan.parameters
    ))  # fmt: skip
    scenario = other.scenarios["status_quo"]
    assert central(other, scenario).values["capital_elasticity"] == pytest.approx(0.5)
    found = drawn(other, scenario, 0, 1024, 1024, 1).values["capital_elasticity"]
    assert np.quantile(found, (0.05, 0.5, 0.95)) == pytest.approx([0.41, 0.5, 0.59], abs=1e-3)
    assert found.std() == pytest.approx(0.2 / 12**0.5, rel=1e-2)
    early = ex_ante(other).parameter("capital_elasticity")
    assert uniform_ends(early.distribution) == pytest.approx((0.35, 0.65))


def test_a_value_outside_the_support_goes_to_its_edge():
    bounds = SimpleNamespace(support_min=0.0, support_max=1.0)
    assert within_support(bounds, np.array([-1.0, 0.3, 2.0])).tolist() == [0.0, 0.3, 1.0]


@pytest.mark.parametrize(("first", "second", "name"), CORRELATED)
def test_joined_priors_have_the_recorded_correlation(plan, sample, first, second, name):
    """A Gaussian copula with correlation r has rank correlation 6/pi asin(r/2)."""
    rank = spearmanr(sample.values[first], sample.values[second]).statistic
    assert rank == pytest.approx(6 / np.pi * np.arcsin(plan.parameter(name).mid / 2), abs=0.01)


def test_other_priors_are_independent(plan, sample):
    joined = {frozenset(pair[:2]) for pair in CORRELATED}
    names = [p.id for p in two_piece(plan) if sample.values[p.id].ndim == 1]
    ranks = np.abs(spearmanr(np.stack([sample.values[n] for n in names]), axis=1).statistic)
    for i, one in enumerate(names):
        for j in range(i):
            if frozenset((one, names[j])) not in joined:
                assert ranks[i, j] < 0.04, (one, names[j])


def test_every_industry_has_an_error_of_its_own(plan, sample):
    for name in BY_INDUSTRY:
        ranks = spearmanr(sample.values[name], axis=1).statistic - np.eye(len(plan.industries))
        assert np.abs(ranks).max() < 0.04


def test_each_uncertain_number_has_its_own_dimension(plan, sample):
    widths = [len(np.atleast_2d(sample.values[p.id])) for p in two_piece(plan)]
    assert len(set(dimensions(plan))) == len(dimensions(plan)) == sum(widths)


def test_the_points_fill_every_dimension_evenly(plan):
    """Each of 1,024 equal intervals holds one of 1,024 scrambled Sobol points."""
    normals = sobol_normals(len(dimensions(plan)), 1024, 1)
    interval = np.sort((1024 * ndtr(normals)).astype(int), axis=1)
    assert (interval == np.arange(1024)).all()


def test_the_centre_is_the_median_of_every_parameter(plan):
    values = central(plan, plan.scenarios["status_quo"]).values
    for parameter in two_piece(plan):
        assert np.allclose(values[parameter.id], parameter.mid, rtol=1e-15), parameter.id


def test_the_centre_has_no_luck(plan):
    numbers = central(plan, plan.scenarios["plan"])
    assert numbers.shocks is None and not numbers.new_fall.any() and not numbers.discrepancy.any()


def test_any_range_of_draws_can_be_made_alone(plan):
    scenario = plan.scenarios["plan"]
    whole = drawn(plan, scenario, 0, 600, 600, 9)
    part = drawn(plan, scenario, 200, 530, 600, 9)
    assert np.array_equal(part.shocks.industry, whole.shocks.industry[..., 200:530])
    assert np.array_equal(part.new_fall, whole.new_fall[..., 200:530])
    assert np.allclose(part.value_added, whole.value_added[..., 200:530], rtol=1e-14)
    assert np.array_equal(part.values["depreciation"], whole.values["depreciation"][200:530])


# Assumptions


def test_a_shift_moves_every_draw_by_the_difference(plan):
    usual = plan.scenarios["status_quo"]
    moved = usual.with_assumption("productivity_trend", 4.4)
    before, after = (drawn(plan, s, 0, 64, 64, 1).values["tfp_residual"] for s in (usual, moved))
    assert np.allclose(after - before, 0.01, atol=1e-15)


def test_a_scale_moves_every_draw_in_proportion(plan):
    usual = plan.scenarios["status_quo"]
    moved = usual.with_assumption("covid_persistence", 10)
    before, after = (drawn(plan, s, 0, 64, 64, 1).values["gap_persistence"] for s in (usual, moved))
    assert np.allclose(after, 0.5 * before, rtol=1e-13)


def test_an_epidemic_of_no_depth_costs_nothing_in_any_draw(plan):
    scenario = plan.scenarios["status_quo"].with_assumption("covid_loss", 0)
    assert not drawn(plan, scenario, 0, 64, 64, 1).values["covid_utilisation_loss"].any()


def test_the_default_of_an_assumption_is_the_centre_of_its_prior(plan):
    for assumption in plan.assumptions:
        if assumption.moves != "event":
            middle = 100 * plan.parameter(assumption.parameter).mid
            assert assumption.default == pytest.approx(middle), assumption.id


# Shocks


@pytest.mark.parametrize("months", [1, 12, 36])
def test_a_shock_has_its_stationary_deviation_from_the_first_month_on(sample, months):
    path = autoregression(sample.shocks.city, np.array([0.8]), np.array([0.02]))
    assert path[months - 1].std() == pytest.approx(0.02, rel=0.03)


def test_a_shock_fades_by_its_persistence(sample):
    path = autoregression(sample.shocks.city, np.array([0.8]), np.array([0.02]))
    for lag in (1, 6):
        found = np.corrcoef(path[20], path[20 + lag])[0, 1]
        assert found == pytest.approx(0.8**lag, abs=0.03)


def test_shocks_of_different_places_are_independent(sample):
    found = np.corrcoef(sample.shocks.district[10]) - np.eye(16)
    assert np.abs(found).max() < 0.05


def test_large_events_come_as_often_as_their_hazard_says(plan, sample):
    events = sample.new_fall[plan.axes.start :] > 0
    assert events.mean() == pytest.approx(sample.values["jump_hazard"].mean(), rel=0.05)


def test_an_event_costs_between_its_smallest_and_largest_size(plan, sample):
    size = plan.parameter("jump_size")
    falls = sample.new_fall[sample.new_fall > 0]
    assert size.support_min <= falls.min() and falls.max() <= size.support_max
    assert falls.mean() == pytest.approx((size.support_min + size.support_max) / 2, abs=0.01)


def test_no_event_happens_before_the_plan_was_issued(plan, sample):
    assert not sample.new_fall[: plan.axes.start].any()


def test_an_event_is_carried_over_and_never_exceeds_the_whole():
    new = np.array([[0.6], [0.9], [0.0], [0.0]])
    assert jump_path(new, np.array([0.5]))[:, 0].tolist() == [0.6, 1.0, 0.5, 0.25]


def test_the_gap_to_published_growth_has_the_recorded_size(plan, sample):
    ratio = sample.discrepancy / (sample.values["model_discrepancy_sd"] / 100)
    assert ratio.mean() == pytest.approx(0, abs=0.04) and ratio.std() == pytest.approx(1, abs=0.03)


def test_the_gaps_of_the_districts_add_to_the_citys_and_are_wider(plan, sample):
    """Half of the city's variance is common; H is about an eighth, so a district has 0.5 + 0.5/H.

    The larger a district, the more its gap is that of the city.
    """
    weight = sample.value_added.sum(axis=1) / sample.value_added.sum(axis=(0, 1))
    gap, local = sample.discrepancy, sample.local_discrepancy
    assert np.allclose((weight * local).sum(axis=0), gap, rtol=0, atol=1e-15)
    size = sample.values["model_discrepancy_sd"] / 100
    wider = np.sqrt(0.5 + 0.5 / (weight**2).sum(axis=0))
    assert (local / size / wider).std(axis=1) == pytest.approx(np.ones(16), abs=0.05)
    assert 2 < wider.mean() < 2.6
    tie = [np.corrcoef(gap, x)[0, 1] for x in local]
    rows = [plan.axes.districts.index(code) for code in ("jingkai", "erqi")]
    assert tie[rows[0]] > tie[rows[1]] + 0.1


def test_districts_that_err_alike_all_have_the_gap_of_the_city():
    numbers = np.random.default_rng(1).standard_normal((4, 50))
    weight = np.array([0.5, 0.3, 0.2])[:, None]
    local = local_discrepancy(numbers[0], numbers, weight, np.ones(1))
    assert np.allclose(local, numbers[0], rtol=0, atol=1e-15)


def test_spending_is_missed_on_average_by_nothing_and_less_in_the_city_than_in_a_district(plan):
    """The judged deviations: .04 in common, .13 by district, which leaves .06 in the city."""
    scenario = plan.scenarios["plan"]
    luck = drawn(plan, scenario, 0, 1024, 1024, 3).spending_luck()
    share = (plan.base.investment / plan.base.investment.sum())[:, None]
    city = (luck * share).sum(axis=1)
    assert luck.mean() == pytest.approx(1, abs=0.003)
    assert np.log(luck).std(axis=(0, 2)) == pytest.approx(
        np.hypot(0.04, 0.13) * np.ones(16), rel=0.05
    )
    own = 0.13**2 * (share**2).sum()
    assert np.log(city).std() == pytest.approx(np.sqrt(0.04**2 + own), rel=0.05)
    late = np.corrcoef(np.log(luck[3, 0]), np.log(luck[4, 0]))[0, 1]
    assert late == pytest.approx(0.8, abs=0.05)
    assert central(plan, scenario).spending_luck() is None


def test_the_shares_of_the_months_add_to_a_year(plan):
    for share in month_shares(plan):
        assert np.allclose(share.sum(axis=0), 1, rtol=1e-15)
