"""What a forecast rests on, and what knowing a figure would be worth."""

import numpy as np
import pytest

import model
from model.cells import by_id
from model.draws import CORRELATED
from model.knowledge import SOURCED, facts, weights, worth
from model.variance import first_order

DRAWS = 2048


@pytest.fixture(scope="module")
def scenario(plan):
    return plan.scenarios["plan"]


@pytest.fixture(scope="module")
def fan(plan, scenario):
    return model.ensemble(plan, scenario, draws=DRAWS)


@pytest.fixture(scope="module")
def found(plan, scenario, fan):
    return model.knowledge(plan, scenario, fan.indicator("iva_growth")[0])


def gaussian(slopes, noise, draws=8192):
    """A linear-Gaussian forecast, whose shares and widths are known in closed form."""
    generator = np.random.default_rng(7)
    inputs = generator.standard_normal((len(slopes), draws))
    return inputs, np.asarray(slopes) @ inputs + noise * generator.standard_normal(draws)


def test_shares_of_a_linear_gaussian_forecast_are_the_squares_of_its_slopes():
    slopes, noise = np.array([3.0, 2.0, 1.0, 0.5, 0.0]), 1.5
    inputs, values = gaussian(slopes, noise)
    found = first_order(values, inputs)
    whole = (slopes**2).sum() + noise**2
    assert found.variance == pytest.approx(whole, rel=0.05)
    assert np.abs(found.square - slopes**2) == pytest.approx(np.zeros(5), abs=0.3)
    assert (np.abs(found.square - slopes**2) < 4 * found.error).all()


def test_the_width_of_a_linear_gaussian_forecast_falls_with_the_root_of_what_is_left():
    slopes, noise = np.array([3.0, 2.0, 1.0, 0.5]), 1.5
    inputs, values = gaussian(slopes, noise, 1 << 15)
    whole = (slopes**2).sum() + noise**2
    found = first_order(values, inputs)
    for places in ([0], [1], [0, 1, 2]):
        known = worth(values, found, places, [str(x) for x in places])
        left = np.sqrt(1 - (slopes[places] ** 2).sum() / whole)
        assert abs(known.narrowing - (1 - left)) < 4 * known.narrowing_error
        assert known.share == pytest.approx((slopes[places] ** 2).sum() / whole, abs=0.02)


def test_what_acts_through_its_square_alone_is_seen():
    inputs, _ = gaussian([1.0, 1.0], 0.0)
    found = first_order(inputs[0] ** 2, inputs)
    assert found.square / found.variance == pytest.approx([1.0, 0.0], abs=0.1)


def test_an_input_without_effect_comes_to_nothing_and_is_told_from_one_with_a_small_effect():
    slopes = np.zeros(201)
    slopes[0] = 0.1  # one per cent of the variance
    inputs, values = gaussian(slopes, 1.0)
    found = first_order(values, inputs)
    seen = found.chance < 0.05 / len(slopes)
    assert seen[0] and not seen[1:].any()
    assert abs(found.square[1:].sum()) < 4 * np.sqrt((found.error[1:] ** 2).sum())


def test_controls_make_the_errors_smaller_and_leave_the_shares():
    inputs, values = gaussian([1.0, 0.2], 0.1)
    luck = np.random.default_rng(8).standard_normal((1, values.size))
    plain = first_order(values + 3 * luck[0], inputs)
    controlled = first_order(values + 3 * luck[0], inputs, controls=luck)
    assert (controlled.error < plain.error / 3).all()
    assert controlled.square == pytest.approx([1.0, 0.04], abs=0.05)
    assert np.var(controlled.controlled) == pytest.approx(9.0, rel=0.05)


def test_too_few_draws_are_refused_with_the_number_that_is_needed():
    with pytest.raises(model.ModelError) as caught:
        first_order(np.zeros(10), np.zeros((5, 10)))
    assert caught.value.code == "few_draws"
    assert dict(caught.value.details) == {"given": 10, "low": 40}


def test_the_variance_is_shared_out_whole(found, fan):
    assert sum(part.share for part in found.variance) == pytest.approx(1.0)
    growth, discrepancy = fan.indicator("iva_growth")[0], fan.totals.discrepancy
    expected = np.var(discrepancy) / np.var(growth)
    assert found.share("model_error") == pytest.approx(expected, abs=0.005)
    assert abs(found.share("together")) < 0.05  # the model is almost additive in its numbers


def test_the_shares_agree_with_the_sobol_indices_of_the_parameters(plan, scenario, found, fan):
    """Both say which part of the spread that parameters make comes from the trend."""
    indices = model.sobol(plan, scenario, "iva_growth", points=64)
    by_status = {p.id: p.status for p in plan.parameters}
    judged = sum(
        first
        for name, first in zip(indices.parameters, indices.first, strict=True)
        if by_status[name] not in SOURCED
    )
    share = found.share("parameters", sourced=False) / found.share("parameters")
    assert share == pytest.approx(judged / indices.sum_first, abs=0.08)


def test_base_weights_are_counted_once_and_by_status(plan):
    parts = weights(plan)
    assert sum(part.share for part in parts) == pytest.approx(1.0)
    assert sum(part.count for part in parts) == plan.base.status.size
    estimated = next(part for part in parts if part.status == "estimated")
    mask = plan.base.status == "estimated"
    expected = plan.base.value_added[mask].sum() / plan.base.value_added.sum()
    assert estimated.share == pytest.approx(expected)


def test_what_is_promised_for_a_cell_is_what_replacing_it_delivers(plan, scenario, fan, found):
    """A figure without a range in place of the best cell, and the same draws run anew."""
    cell = found.worth[0].cells[0]
    value = by_id(plan)[cell].value
    known = model.with_replacements(plan, [model.Replacement(cell, value)])
    again = model.ensemble(known, scenario, draws=DRAWS).indicator("iva_growth")[0]
    before = fan.indicator("iva_growth")[0]
    fell = 1 - np.var(again) / np.var(before)
    assert fell > 0.02
    assert fell == pytest.approx(found.worth[0].share, abs=4 * found.worth[0].error + 0.005)


def test_a_figure_of_the_bureau_is_not_asked_for_again(plan, scenario, found):
    cell = found.worth[0].cells[0]
    known = model.with_replacements(plan, [model.Replacement(cell, by_id(plan)[cell].value)])
    values = model.ensemble(known, scenario, draws=DRAWS).indicator("iva_growth")[0]
    after = model.knowledge(known, scenario, values)
    assert cell in found.all_cells.cells
    assert cell not in after.all_cells.cells
    assert after.candidates == found.candidates - 1


def test_a_stop_that_is_assumed_is_no_chance(plan, scenario):
    stopped = scenario.with_assumption("anchor_firm_stop_months", 1)
    values = model.ensemble(plan, stopped, draws=DRAWS).indicator("iva_growth")[0]
    found = model.knowledge(plan, stopped, values)
    assert sum(part.share for part in found.variance) == pytest.approx(1.0)
    assert np.isfinite([part.share for part in found.variance]).all()


def test_only_what_lies_before_the_plan_can_be_looked_up(plan):
    followers = {second for _, second, _ in CORRELATED}
    assumed = {assumption.parameter for assumption in plan.assumptions}
    for name in facts(plan):
        assert plan.parameter(name).quantified
        assert name not in followers | assumed
    assert not {"demand_2020", "tfp_residual", "target_delivery"} & facts(plan)


def test_the_value_of_all_cells_together_is_the_limit(found):
    assert found.best is not None
    assert found.best.share <= found.all_cells.share + 2 * found.all_cells.error
    assert len(found.best.cells) <= 3
    assert [w.share for w in found.worth] == sorted((w.share for w in found.worth), reverse=True)
