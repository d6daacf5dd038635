"""Scores agree with closed forms, and claim nothing on few cases."""

import itertools
import math

import numpy as np
import pytest
from scipy.special import ndtri

from model.errors import ModelError
from model.scores import CASES_FOR_COVERAGE, case, crps, crps_normal, pit, skill, summary, within


@pytest.mark.parametrize("outcome", [-2.0, 0.0, 0.7, 3.0])
def test_an_ensemble_of_normal_quantiles_scores_like_the_normal(outcome):
    size = 20_000
    draws = 1.5 + 2.0 * ndtri((np.arange(size) + 0.5) / size)
    assert crps(draws, outcome) == pytest.approx(crps_normal(1.5, 2.0, outcome), abs=2e-4)


def test_the_crps_of_the_standard_normal_at_its_centre():
    assert crps_normal(0, 1, 0) == pytest.approx((math.sqrt(2) - 1) / math.sqrt(math.pi))


def test_the_sorted_form_equals_the_double_sum():
    draws = np.array([3.0, -1.0, 0.5, 0.5, 7.0])
    apart = np.mean([abs(a - b) for a, b in itertools.permutations(draws, 2)])
    assert crps(draws, 1.0) == pytest.approx(np.abs(draws - 1.0).mean() - apart / 2)


def test_the_fair_score_does_not_depend_on_the_ensemble_size():
    """Mean over all pairs of three values equals the score of a uniform pick among them."""
    values, outcome = (0.0, 1.0, 5.0), 2.0
    pairs = [crps(np.array(p), outcome) for p in itertools.product(values, repeat=2)]
    triples = [crps(np.array(p), outcome) for p in itertools.product(values, repeat=3)]
    assert np.mean(pairs) == pytest.approx(np.mean(triples))


def test_one_draw_scores_its_absolute_error():
    assert crps(np.array([4.0]), 6.5) == 2.5


def test_pit_splits_ties():
    assert pit(np.array([1.0, 2.0, 2.0, 3.0]), 2.0) == 0.5
    assert pit(np.array([1.0, 2.0]), 5.0) == 1.0


def test_drawn_ties_make_the_transform_of_a_perfect_forecast_uniform():
    """A forecast of 0 or 1, even odds, is perfect for a fair coin; half-counting would not do."""
    draws, grid = np.array([0.0, 1.0]), (np.arange(50) + 0.5) / 50
    drawn = np.sort([pit(draws, coin, u) for coin in (0.0, 1.0) for u in grid])
    assert np.allclose(drawn, (np.arange(100) + 0.5) / 100)
    assert {pit(draws, coin) for coin in (0.0, 1.0)} == {0.25, 0.75}


def test_central_intervals():
    draws = np.arange(101.0)
    assert within(draws, 25.0, 0.5) and within(draws, 75.0, 0.5)
    assert not within(draws, 24.9, 0.5) and within(draws, 24.9, 0.8)


def test_skill():
    assert skill(1.0, 2.0) == 0.5 and skill(3.0, 2.0) == -0.5 and skill(1.0, 0.0) is None


def test_few_cases_allow_no_claim_of_coverage():
    draws = np.arange(100.0)
    few = [case(draws, 50.0)] * (CASES_FOR_COVERAGE - 1)
    assert summary(few).coverage is None and summary(few).uniformity is None
    assert summary([*few, few[0]]).coverage == (1.0, 1.0, 1.0)
    assert summary(few).cases == CASES_FOR_COVERAGE - 1


def test_a_score_refuses_what_is_no_number():
    with pytest.raises(ModelError):
        crps(np.array([1.0, np.nan]), 0.0)
    with pytest.raises(ModelError):
        summary([])
