"""The model equals the plain-NumPy oracle, written apart from it from the equations alone."""

import numpy as np
import pytest

import model
from model.draws import central, drawn
from tests import oracle, plain


def difference(found: np.ndarray, expected: np.ndarray) -> float:
    if expected.dtype == bool:
        return float((found != expected).any())
    scale = np.maximum(np.abs(expected), 1e-3 * float(np.abs(expected).max()) + 1e-300)
    return float(np.max(np.abs(found - expected) / scale))


@pytest.mark.parametrize("seed", range(50))
def test_a_run_equals_the_oracle_in_any_scenario(plan, seed):
    generator = np.random.default_rng(seed)
    scenario = oracle.random_scenario(plan, generator)
    if seed % 2:
        draws = drawn(plan, scenario, 3 * seed, 3 * seed + 3, 256, seed)
    else:
        draws = central(plan, scenario)
    expected = plain.run(*oracle.arguments(plan, scenario, draws))
    found = oracle.marched(plan, scenario, draws)
    for name, path in found.items():
        assert difference(path, expected[name]) < 1e-12, name


@pytest.mark.parametrize("seed", range(8))
def test_a_run_of_another_city_equals_the_oracle(seed):
    """Three districts, two years, a plan that starts in March, without stop, closures, contracts.

    What the plan lacks is to the oracle a lever that nobody moves.
    """
    city = model.load_plan("example_2023")
    generator = np.random.default_rng(seed)
    scenario = oracle.random_scenario(city, generator)
    draws = drawn(city, scenario, 3 * seed, 3 * seed + 3, 256, seed) if seed % 2 else None
    expected = plain.run(*oracle.arguments(city, scenario, draws))
    found = oracle.marched(city, scenario, draws or central(city, scenario))
    for name, path in found.items():
        assert difference(path, expected[name]) < 1e-12, name


@pytest.mark.parametrize("name", ["status_quo", "plan", "plan_no_covid", "replay_2020"])
def test_a_built_in_scenario_equals_the_oracle(plan, name):
    scenario = plan.scenarios[name]
    draws = drawn(plan, scenario, 100, 140, 1024, 7)
    expected = plain.run(*oracle.arguments(plan, scenario, draws))
    for path_name, path in oracle.marched(plan, scenario, draws).items():
        assert difference(path, expected[path_name]) < 1e-12, path_name
