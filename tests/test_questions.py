"""Batches, attribution, reverse solving and sharing out keep what they promise."""

import doctest
import importlib
import inspect
import pkgutil
from itertools import combinations

import numpy as np
import pytest

import model
from model.attribution import shapley
from model.errors import ModelError
from model.sharing import share_out
from model.surrogate import ACCURACY, grain, unit_step
from tests import oracle


def test_scenarios_side_by_side_give_what_each_gives_alone(plan):
    generator = np.random.default_rng(3)
    many = [oracle.random_scenario(plan, generator) for _ in range(12)]
    together = model.batch(plan, many)
    for code in ("iva_growth", "industrial_investment", "energy_intensity_fall"):
        alone = [model.simulate(plan, one).indicator(code)[:, 0] for one in many]
        assert pytest.approx(np.array(alone), rel=1e-12, abs=1e-14) == together.indicator(code).T


def test_the_glove_game_is_shared_as_in_the_textbook():
    """One left and two right gloves, a pair is worth 1: shares 2/3, 1/6, 1/6."""
    values = np.array([float(bool(c & 1) and bool(c & 6)) for c in range(8)])
    assert shapley(values, 3) == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-15)


@pytest.mark.parametrize("name", ["plan", "plan_no_covid", "replay_2020"])
@pytest.mark.parametrize("year", [2020, 2021, 2022])
def test_shares_of_the_groups_add_to_the_whole(plan, name, year):
    runs = model.coalitions(plan, plan.scenarios[name])
    for indicator, district in (("iva_growth", None), ("industrial_va", "gongyi")):
        found = runs.attribution(indicator, year, district)
        parts = sum(share.value for share in found.shares)
        whole = found.reference + found.assumptions + parts
        assert whole == pytest.approx(found.scenario, abs=1e-9)


def test_a_group_that_did_not_move_has_no_share(plan):
    scenario = plan.scenarios["status_quo"].with_lever("recovered_loss", 45)
    found = model.attribute(plan, scenario, "iva_growth", 2020)
    assert {share.group for share in found.shares if abs(share.value) > 1e-12} == {"S"}


def test_assumptions_stand_apart_from_the_levers(plan):
    scenario = plan.scenarios["status_quo"].with_assumption("covid_loss", 0)
    found = model.attribute(plan, scenario, "iva_growth", 2020)
    assert found.assumptions > 0.02
    assert all(abs(share.value) < 1e-12 for share in found.shares)


@pytest.mark.parametrize("goal", [{"T01": 3.0}, {"T05": 20.0, "T04": 700.0}, {"T13": 3.5}])
def test_an_answer_holds_in_a_forward_run(plan, goal):
    answer = model.solve(plan, plan.scenarios["status_quo"], goal, draws=1024)
    assert answer.feasible
    fan = model.ensemble(plan, answer.scenario, 1024)
    verdicts = {v.target.id: v for v in model.assess(plan, answer.scenario, fan)}
    for name, value in goal.items():
        assert verdicts[name].forecast >= value - ACCURACY


def whole(plan, answer):
    """Whether every moved lever stands on whole projects, firms or tonnes, or tenths of a point."""
    for name, _, after in answer.moves:
        grains = after / grain(plan.lever(name))
        if abs(grains - round(grains)) > 1e-6:
            return False
    return True


@pytest.mark.parametrize("goal", [{"T01": 2.5, "T05": 15.0, "T13": 3.5}, {"T04": 690.0}])
def test_nobody_is_asked_for_a_third_of_a_project(plan, goal):
    """Completions alone would be left at 203.7; what is proved is the rounded answer."""
    start = plan.scenarios["status_quo"]
    ways = model.alternatives(plan, start, goal, draws=512)
    for way in ways:
        assert way.feasible and whole(plan, way)
        fan = model.ensemble(plan, way.scenario, 512)
        verdicts = {v.target.id: v for v in model.assess(plan, way.scenario, fan)}
        for reached in way.reached:
            verdict = verdicts[reached.goal.target.id]
            assert reached.value == pytest.approx(verdict.forecast, abs=1e-9)
            aside = -1 if reached.goal.target.comparator == "about_at_most" else 1
            assert aside * (verdict.forecast - goal[reached.goal.target.id]) >= -0.01
    for one, other in combinations(ways, 2):
        assert max(
            abs(one.scenario.value(x.id) - other.scenario.value(x.id)) / unit_step(x)
            for x in plan.levers
        ) > 0.1  # fmt: skip


def test_rounding_goes_to_the_first_whole_number_that_is_enough(plan):
    """A goal that completions alone must reach, asked for between two whole numbers of them."""

    def median(completions):
        fan = model.ensemble(plan, start.with_lever("completions", completions), 256)
        return 100 * float(np.median(fan.indicator("iva_growth")[0]))

    start, lock = plan.scenarios["status_quo"], [x.id for x in plan.levers if x.id != "completions"]
    goal = median(230.3)
    answer = model.solve(
        plan, start, {"T01": goal}, locked=lock, realistic=False, draws=256
    )  # fmt: skip
    [(name, before, after)] = answer.moves
    assert name == "completions" and before == 202 and after == round(after)
    assert answer.reached[0].value == pytest.approx(median(after), abs=1e-9)
    assert median(after) >= goal - 0.005
    assert median(after - 2) < goal


def test_a_proof_ends_when_it_is_no_longer_wanted(plan):
    heard, asked = [], []

    def stopped():
        asked.append(1)
        return len(asked) > 5

    with pytest.raises(ModelError) as raised:
        model.alternatives(
            plan, plan.scenarios["status_quo"], {"T01": 2.5}, draws=8192, stopped=stopped,
            progress=lambda done, of: heard.append((done, of)),
        )  # fmt: skip
    assert raised.value.code == "stopped" and not heard


def test_what_cannot_be_reached_is_named_with_the_best_that_can(plan):
    answer = model.solve(plan, plan.scenarios["status_quo"], {"T01": 9.0}, draws=512)
    assert not answer.feasible
    assert answer.binding == ("T01",)
    assert answer.reached[0].value <= answer.reached[0].best + ACCURACY < 9


def test_a_locked_lever_stays_and_fewest_levers_are_no_more(plan):
    start = plan.scenarios["status_quo"]
    least = model.solve(plan, start, {"T01": 2.0}, draws=512, locked=("recovered_loss",))
    assert least.scenario.value("recovered_loss") == start.value("recovered_loss")
    fewest = model.solve(plan, start, {"T01": 2.0}, draws=512, least="levers")
    assert len(fewest.moves) <= len(least.moves)


def test_nonsense_goals_are_refused(plan):
    start = plan.scenarios["status_quo"]
    for goal, options in (
        ({}, {}), ({"T06": 5}, {}), ({"T01": 5}, {"probability": 2}), ({"T01": float("nan")}, {}),
    ):  # fmt: skip
        with pytest.raises(ModelError):
            model.solve(plan, start, goal, draws=64, **options)


def test_a_shared_total_is_kept_within_the_bounds(plan):
    fan = model.ensemble(plan, plan.scenarios["plan"], 512)
    found = model.share_target(plan, fan, 0.07, minimum={"gongyi": 0.075}, maximum={"airport": 0.1})
    rows = {row.district: row for row in found.rows}
    assert sum(row.weight * row.share for row in found.rows) == pytest.approx(0.07, abs=1e-9)
    assert rows["gongyi"].share >= 0.075
    assert rows["airport"].share <= 0.1
    wrong = {"gongyi": 0.5, "xinmi": 0.45, "erqi": 0.4}  # nobody is asked for more than 40 %
    with pytest.raises(ModelError) as raised:
        model.share_target(plan, fan, 0.07, minimum=wrong)
    assert raised.value.details["places"] == "gongyi xinmi"
    with pytest.raises(ModelError):
        model.share_target(plan, fan, 0.07, minimum={"gongyi": float("nan")})


def test_an_unbounded_sharing_is_the_closed_form():
    generator = np.random.default_rng(5)
    weights = generator.dirichlet(np.ones(6))
    expected, deviation = generator.normal(0.03, 0.02, 6), generator.uniform(0.01, 0.05, 6)
    wide = np.full(6, 9.0)
    found = share_out(0.07, weights, expected, deviation, -wide, wide)
    spread = deviation**2 * weights
    closed = expected + spread * (0.07 - weights @ expected) / (weights @ spread)
    assert found == pytest.approx(closed, abs=1e-12)


def test_bounds_that_do_not_allow_the_total_are_refused_with_those_that_do():
    flat = np.full(2, 0.5)
    with pytest.raises(ModelError, match="can"):
        share_out(0.2, flat, flat * 0, flat, flat * 0, flat * 0.1)


def test_every_public_function_has_an_example_that_runs():
    """Examples are run below; here each function of the API must have one."""
    finder = doctest.DocTestFinder(recurse=False)
    bare = [
        name
        for name in model.__all__
        if inspect.isfunction(getattr(model, name))
        and not any(test.examples for test in finder.find(getattr(model, name), name, globs={}))
    ]
    assert bare == []


MODULES = [m.name for m in pkgutil.iter_modules(model.__path__) if m.name != "__main__"]


@pytest.mark.parametrize("module", MODULES)
def test_every_example_in_a_docstring_is_true(module):
    assert doctest.testmod(importlib.import_module(f"model.{module}")).failed == 0
