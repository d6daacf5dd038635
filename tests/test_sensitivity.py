"""Shares of the spread: what cannot matter has none, and doubling is doubling."""

import numpy as np
import pytest

import model
from model.sensitivity import doubled_discrepancy, sobol, tornado
from model.simulate import at_points


@pytest.fixture(scope="module")
def plan():
    return model.load_plan()


def test_the_middle_of_the_priors_is_the_central_run(plan):
    scenario = plan.scenarios["plan"]
    found = at_points(plan, scenario, np.zeros((len(model.draws.dimensions(plan)), 2)))
    central = model.simulate(plan, scenario).indicator("iva_growth")
    assert np.allclose(found.indicator("iva_growth"), central, rtol=0, atol=1e-12)


def test_energy_parameters_do_not_move_growth(plan):
    swings = {s.parameter: s.width for s in tornado(plan, plan.scenarios["plan"], "iva_growth")}
    assert swings["autonomous_efficiency"] == 0 and swings["rebound"] == 0
    assert swings["tfp_residual"] > 0.005
    widths = list(swings.values())
    assert widths == sorted(widths, reverse=True)


def test_the_indices_of_an_almost_additive_model_add_up(plan):
    """The design's trial run: the sum of the first-order indices is .98 to .99."""
    found = sobol(plan, plan.scenarios["plan"], "iva_growth", points=512)
    assert found.sum_first == pytest.approx(1, abs=0.1)
    assert found.to_frame()["total"].is_monotonic_decreasing
    assert "autonomous_efficiency" not in found.parameters


def test_doubling_the_discrepancy_pulls_a_probability_towards_one_half(plan):
    fan = model.ensemble(plan, plan.scenarios["plan"], 1024)
    plain, doubled = doubled_discrepancy(plan, fan, "T01")
    assert plain < doubled < 0.5 or plain > doubled > 0.5
