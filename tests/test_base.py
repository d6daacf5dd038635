"""The base-year table: margins, what is kept of the seed, and what is only reported."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model import ModelError
from model.base import base_table, biproportional_fit, check_controls
from model.draws import drawn
from model.sources import STATUSES

positive = st.floats(0.1, 10.0)


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


def test_the_fit_of_the_smallest_table_is_exact():
    """[[4, 1], [1, 1]] to margins (3, 3) and (3, 3) is [[2, 1], [1, 2]]: cross ratio 4."""
    seed = np.array([[4.0, 1.0], [1.0, 1.0]])[:, :, None]
    table = biproportional_fit(seed, column(3, 3), column(3, 3))
    assert np.allclose(table[:, :, 0], [[2, 1], [1, 2]], rtol=1e-9)


@given(arrays(float, 4, elements=positive), arrays(float, 3, elements=positive))
def test_a_seed_of_rank_one_gives_independence(districts, industries):
    rows = districts / districts.sum()
    columns = industries / industries.sum()
    seed = np.outer([1.0, 2, 3, 4], [5.0, 6, 7])[:, :, None]
    table = biproportional_fit(seed, rows[:, None], columns[:, None])
    assert np.allclose(table[:, :, 0], np.outer(rows, columns), rtol=1e-8)


tables = arrays(float, (3, 4), elements=positive)


@given(tables, tables)
def test_the_fit_has_both_margins(seed, other):
    rows, columns = other.sum(axis=1)[:, None], other.sum(axis=0)[:, None]
    table = biproportional_fit(seed[:, :, None], rows, columns)
    assert np.allclose(table.sum(axis=1), rows, rtol=1e-8)
    assert np.allclose(table.sum(axis=0), columns, rtol=1e-8)


@given(tables, tables)
def test_the_fit_keeps_every_cross_product_ratio(seed, other):
    rows, columns = other.sum(axis=1)[:, None], other.sum(axis=0)[:, None]
    table = biproportional_fit(seed[:, :, None], rows, columns)[:, :, 0]
    found, given_ = (x[:-1, :-1] * x[1:, 1:] / (x[:-1, 1:] * x[1:, :-1]) for x in (table, seed))
    assert np.allclose(found, given_, rtol=1e-7)


def test_an_empty_cell_stays_empty():
    seed = np.array([[1.0, 0.0, 2.0], [3.0, 4.0, 0.0]])[:, :, None]
    table = biproportional_fit(seed, column(5, 6), column(4, 4, 3))[:, :, 0]
    assert (table[seed[:, :, 0] == 0] == 0).all()


def test_a_table_that_fits_already_is_left_as_it_is():
    seed = np.random.default_rng(1).uniform(1, 2, (5, 4, 3))
    assert np.array_equal(biproportional_fit(seed, seed.sum(axis=1), seed.sum(axis=0)), seed)


def test_each_draw_is_fitted_to_its_own_margins():
    generator = np.random.default_rng(2)
    seed, wanted = generator.uniform(1, 2, (2, 5, 4, 3))
    rows, columns = wanted.sum(axis=1), wanted.sum(axis=0)
    together = biproportional_fit(seed, rows, columns)
    for k in range(3):
        alone = biproportional_fit(seed[..., [k]], rows[:, [k]], columns[:, [k]])
        assert np.allclose(together[..., [k]], alone, rtol=1e-8)


def test_margins_with_different_totals_are_refused_with_both_totals():
    with pytest.raises(ModelError, match=r"districts? totals add to 6 .* 7; they must agree"):
        biproportional_fit(np.ones((2, 2, 1)), column(3, 3), column(3, 4))


def test_a_total_without_any_cell_to_hold_it_is_refused_by_its_name():
    seed = np.array([[1.0, 0.0], [1.0, 0.0]])[:, :, None]
    with pytest.raises(ModelError, match="industry 2 is still off by 100") as caught:
        biproportional_fit(seed, column(3, 3), column(4, 2))
    assert caught.value.code == "fit_failed"


def test_mixes_are_proportions_of_the_district_total():
    table = base_table(column(10, 20), np.array([[1.0, 3.0], [2.0, 2.0]])[:, :, None])
    assert np.allclose(table[:, :, 0], [[2.5, 7.5], [10, 10]])


def test_industry_totals_are_met_when_they_are_known():
    mix = np.array([[1.0, 3.0], [2.0, 2.0]])[:, :, None]
    table = base_table(column(10, 20), mix, column(15, 15))
    assert np.allclose(table.sum(axis=0), 15, rtol=1e-9)


# The shipped base


def test_the_base_has_the_total_of_every_district(plan):
    assert np.allclose(plan.base.value_added.sum(axis=1), plan.base.value_added_band[:, 1])


def test_the_base_adds_to_the_city(plan):
    """To the rounding of sixteen figures given to one decimal."""
    for name, total in (
        ("industrial_va_2019", plan.base.value_added.sum()),
        ("industrial_investment_2019", plan.base.investment.sum()),
    ):
        assert total == pytest.approx(plan.parameter(name).mid, abs=16 * 0.05)


def test_offsets_of_industries_average_to_zero(plan):
    weights = plan.base.value_added.sum(axis=0)
    for name in ("capital_elasticity_offset", "tfp_offset"):
        offsets = np.array([getattr(industry, name) for industry in plan.industries])
        assert abs(weights @ offsets) / weights.sum() < 1e-16
        assert np.ptp(offsets) > 0


def test_centring_moves_all_offsets_alike(plan):
    """Differences between industries stay what the table says."""
    frame = plan.table("industries")
    for name in ("capital_elasticity_offset", "tfp_offset"):
        written = frame[name].astype(float).to_numpy()
        used = np.array([getattr(industry, name) for industry in plan.industries])
        assert np.ptp(written - used) < 1e-15


def test_every_cell_says_how_it_came_to_be(plan):
    assert plan.base.status.shape == plan.base.value_added.shape
    assert set(plan.base.status.ravel()) <= set(STATUSES)


def test_a_cell_is_no_better_known_than_its_district(plan):
    estimated = [status == "estimated" for status in plan.base.value_added_status]
    assert not np.isin(plan.base.status[estimated], ("published", "derived")).any()


def test_the_base_cannot_be_written_over(plan):
    with pytest.raises(ValueError, match="read-only"):
        plan.base.value_added[0, 0] = 1.0


def test_two_pieces_of_interval_knowledge_are_missed_and_said_to_be(plan):
    missed = {
        check.control.id: round(check.value, 1) for check in plan.base.controls if not check.met
    }
    assert missed == {"C02": 92.7, "C05": 26.2}


def test_what_is_missed_is_electronics_at_the_airport_and_heavy_energy_use(plan):
    missed = [check.control.indicator for check in plan.base.controls if not check.met]
    assert missed == ["district_share_of_industry", "energy_intensive_share"]


def test_every_control_is_held_against_the_base(plan):
    assert len(plan.base.controls) == len(plan.table("controls")) == 8


def test_a_control_that_names_no_indicator_of_the_base_is_refused(plan):
    strange = replace(plan.base.controls[0].control, indicator="happiness")
    with pytest.raises(ModelError, match="'happiness' is not an indicator"):
        check_controls((strange,), plan.axes, plan.base.value_added, plan.industries)


@pytest.mark.parametrize("name", ["industrial_va_2019", "industrial_investment_2019"])
def test_the_city_of_a_draw_stands_to_the_base_as_its_total_to_the_median(plan, name):
    numbers = drawn(plan, plan.scenarios["plan"], 0, 64, 64, 3)
    found, base = {
        "industrial_va_2019": (numbers.value_added.sum(axis=(0, 1)), plan.base.value_added.sum()),
        "industrial_investment_2019": (numbers.investment.sum(axis=0), plan.base.investment.sum()),
    }[name]
    assert np.allclose(found / base, numbers.values[name] / plan.parameter(name).mid, rtol=1e-12)


def test_a_cell_that_does_not_exist_exists_in_no_draw(plan):
    numbers = drawn(plan, plan.scenarios["plan"], 0, 64, 64, 3)
    assert (numbers.value_added[plan.base.value_added == 0] == 0).all()


def test_a_published_share_varies_less_than_an_assumed_one(plan):
    numbers = drawn(plan, plan.scenarios["plan"], 0, 512, 512, 3)
    mix = numbers.value_added / numbers.value_added.sum(axis=1, keepdims=True)
    exists = plan.base.value_added > 0
    spread = np.log(mix[exists]).std(axis=-1)
    status = plan.base.mix_status[exists]
    assert spread[status == "derived"].max() < spread[status == "estimated"].min()
