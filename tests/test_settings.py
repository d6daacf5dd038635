"""What a plan lacks stands at the status quo; what it asks of the city alone is spread."""

from dataclasses import replace

import pytest

import model
from model.settings import settings, strength
from model.targets import district_verdicts


def with_levers(plan, change):
    """Return the plan with each lever changed, or left out where nothing comes back."""
    levers = tuple(new for lever in plan.levers if (new := change(lever)) is not None)
    return replace(plan, desk=replace(plan.desk, levers=levers))


def test_a_lever_that_a_plan_lacks_moves_nothing(plan):
    lacks = {"investment_growth", "new_firms", "upgrade_investment_growth"}
    other = with_levers(plan, lambda lever: None if lever.id in lacks else lever)
    scenario = plan.scenarios["ambitious"]
    found = settings(other, scenario)
    assert settings(plan, scenario).investment_shift.any()
    assert not found.investment_shift.any() and not found.additional_entrants.any()
    assert found.upgrade_shift == 0
    kinds = {caution.kind for caution in model.cautions(other, scenario)}
    assert not kinds & {"crowded", "short"}


def test_entrants_for_the_city_alone_are_spread_like_its_firms(plan):
    other = with_levers(
        plan, lambda x: replace(x, district_column="") if x.id == "new_firms" else x
    )  # fmt: skip
    scenario, lever = plan.scenarios["plan"], plan.lever("new_firms")
    found = settings(other, scenario).additional_entrants[:, 0]
    assert found.sum() == pytest.approx(lever.plan_value)
    assert found / found.sum() == pytest.approx(plan.base.firms / plan.base.firms.sum())
    fan = model.ensemble(plan, scenario, draws=16)
    assert {v.firms_set for v in district_verdicts(other, scenario, fan)} == {None}


def test_a_lever_that_the_plan_leaves_where_it_is_has_no_strength(plan):
    name = "factor_support"
    other = with_levers(plan, lambda x: replace(x, plan_value=x.status_quo) if x.id == name else x)
    assert strength(plan, plan.scenarios["plan"], name) == 1
    assert strength(other, plan.scenarios["plan"], name) == 0
