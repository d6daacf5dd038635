"""Lever power is what a run with one lever moved one step says, no more and no less."""

import numpy as np
import pytest

import model
from model.power import readable_step


@pytest.mark.parametrize("name", ["status_quo", "plan", "ambitious"])
def test_an_effect_is_the_difference_of_two_runs(plan, name):
    scenario = plan.scenarios[name]
    before = model.simulate(plan, scenario)
    power = model.lever_power(plan, scenario)
    for indicator in ("iva_growth", "industrial_investment", "energy_intensity_fall"):
        for effect in power.effects(indicator, 2021):
            moved = round(scenario.value(effect.lever) + effect.step, 9)
            after = model.simulate(plan, scenario.with_lever(effect.lever, moved))
            difference = (after.indicator(indicator) - before.indicator(indicator))[1, 0]
            assert effect.change == pytest.approx(difference, rel=1e-6, abs=2e-9), effect


def test_a_step_is_whole_slider_steps_and_stays_within_the_range(plan):
    for scenario in plan.scenarios.values():
        for effect in model.lever_power(plan, scenario).effects("iva_growth"):
            lever = plan.lever(effect.lever)
            steps = effect.step / lever.step
            assert abs(steps) >= 1 - 1e-9
            assert steps == pytest.approx(round(steps), abs=1e-9)
            assert lever.minimum <= scenario.value(lever.id) + effect.step <= lever.maximum


def test_ten_steps_are_about_the_way_from_the_status_quo_to_the_plan(plan):
    for lever in plan.levers:
        span = abs(lever.plan_value - lever.status_quo)
        if span >= 5 * lever.step:
            assert 10 * readable_step(lever) == pytest.approx(span, abs=5 * lever.step + 1e-9)


def test_what_does_nothing_says_why(plan):
    power = model.lever_power(plan, plan.scenarios["plan"])
    found = {effect.lever: effect for effect in power.effects("iva_growth", 2020)}
    # Firms that cross the threshold join in January; green projects touch energy alone.
    assert (found["new_firms"].reason, found["new_firms"].moves_in) == ("later", 2021)
    assert found["green_upgrade_share"].reason == "other"
    idle = {e.lever: e.reason for e in power.effects("upgrade_investment_growth", 2020)}
    assert idle["recovered_loss"] == "other"
    assert not np.any([effect.change for effect in found.values() if effect.reason])
