"""The shipped data: the plan's own words and numbers, and no number without a use and a source."""

import re
from dataclasses import replace

import numpy as np
import pytest

from model import ensemble
from model.optional import COLUMNS
from model.scenario import Scenario
from model.tables import SCHEMA

ISSUED = "2020-04-14"

KNOWN_IN_TIME = {"covid_utilisation_loss"}
"""January and February were known in March 2020; the page that was read repeats them later."""


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def wording(plan) -> str:
    return bare((plan.folder / "plan_zh.txt").read_text(encoding="utf-8"))


# The plan's own words and numbers


def test_every_target_stands_in_the_plan_word_for_word(plan, wording):
    assert [t.id for t in plan.targets if bare(t.text_zh) not in wording] == []


def test_every_responsible_unit_is_named_in_the_plan(plan, wording):
    named = {unit for item in (*plan.targets, *plan.levers) for unit in item.responsible_units}
    assert named and [unit for unit in named if unit not in wording] == []


def test_the_number_of_a_target_stands_in_its_wording(plan):
    """Where the wording has figures at all; 1.8万 is 18,000 and 70亿 stays as it is."""
    for target in plan.targets:
        figures = [float(x) for x in re.findall(r"\d+(?:\.\d+)?", target.text_zh)]
        if figures:
            assert any(target.value in (x, round(1e4 * x)) for x in figures), target.id


def test_the_register_has_78_targets(plan):
    assert [target.id for target in plan.targets] == [f"T{n:02d}" for n in range(1, 79)]


def test_annex_1_asks_for_340_new_firms(plan):
    assert sum(row.new_above_scale_firms for row in plan.annex) == 340


def test_annex_1_asks_for_more_growth_than_the_city(plan):
    """7.75-8.55 % whatever the weights of the districts, against the city's 7 %."""
    base = plan.base.value_added.sum(axis=1)
    growth = np.array([row.industrial_va_growth_pct for row in plan.annex])
    assert 7.75 < base @ growth / base.sum() < 8.55


def test_the_city_has_sixteen_districts_and_ten_industries_over_three_years(plan):
    assert plan.axes.shape == (36, 16, 10) and plan.axes.months[plan.axes.start] == "2020-04"


def test_every_modelled_target_is_read_from_an_indicator_and_every_lever_target_from_a_lever(plan):
    for target in plan.targets:
        assert bool(target.indicator) == (target.kind == "modelled"), target.id
        assert bool(target.lever) == (target.kind == "lever"), target.id


def test_a_lever_meets_its_target_when_the_plan_is_delivered(plan):
    """Annex 1 adds up to 340 new firms where the text asks for 300 or more."""
    for target in plan.targets:
        if target.kind == "lever":
            wanted = 340 if target.id == "T49" else target.value
            assert plan.lever(target.lever).plan_value == wanted, target.id


def test_tolerance_belongs_to_about_alone(plan):
    for target in plan.targets:
        assert (target.tolerance > 0) == target.comparator.startswith("about"), target.id


def test_the_bands_of_a_lever_cover_its_range_without_a_gap(plan):
    for lever in plan.levers:
        edges = [band.low for band in lever.bands] + [lever.bands[-1].high]
        assert edges[0] == lever.minimum and edges[-1] == lever.maximum and edges == sorted(edges)
        assert [band.high for band in lever.bands] == edges[1:], lever.id


# Built-in scenarios


def expected(plan, share: float) -> dict[str, float]:
    """Return the levers part of the way from the status quo to the plan, within their range."""
    found = {}
    for lever in plan.levers:
        value = lever.status_quo + share * (lever.plan_value - lever.status_quo)
        found[lever.id] = min(max(value, lever.minimum), lever.maximum)
    return found


def assert_about(scenario: Scenario, plan, share: float) -> None:
    """Values are rounded to the step of the lever."""
    for name, value in expected(plan, share).items():
        half_a_step = plan.lever(name).step / 2 + 1e-9
        assert abs(scenario.value(name) - value) <= half_a_step, name


@pytest.mark.parametrize(
    ("name", "share"), [("status_quo", 0), ("plan", 1), ("prudent", 0.5), ("ambitious", 1.25)]
)
def test_a_built_in_scenario_stands_where_its_name_says(plan, name, share):
    assert_about(plan.scenarios[name], plan, share)


@pytest.mark.parametrize(("name", "share"), [("plan", 1), ("prudent", 0.5), ("ambitious", 1.25)])
def test_districts_stand_there_too(plan, name, share):
    scenario = plan.scenarios[name]
    for lever, column, usual in (
        ("investment_growth", "industrial_investment_growth_pct", lambda asked: 2 + 0 * asked),
        ("new_firms", "new_above_scale_firms", lambda asked: 0.6 * asked),
    ):
        asked = np.array([getattr(row, column) for row in plan.annex])
        wanted = usual(asked) + share * (asked - usual(asked))
        assert np.allclose(scenario.district_values(lever), wanted, atol=0.0501), lever


def test_without_the_epidemic_only_three_assumptions_differ_from_the_plan(plan):
    changes = plan.scenarios["plan_no_covid"].changes(plan.scenarios["plan"])
    assert {(c.kind, c.name, c.new) for c in changes} == {
        ("assumption", name, 0.0) for name in ("covid_loss", "investment_gap", "demand_2020")
    }


def test_the_replay_takes_what_was_published(plan):
    replay = plan.scenarios["replay_2020"]
    published = {"investment_growth": 20.9, "upgrade_investment_growth": 26.7, "completions": 210,
                 "contracts_signed": 1691, "rd_intensity": 2.31}  # fmt: skip
    moved = {c.name: c.new for c in replay.changes(plan.scenarios["plan"]) if c.district is None}
    assert moved == published


# Sources


def test_every_table_with_numbers_says_where_they_come_from(plan):
    for name, (_, columns) in SCHEMA.items():
        if name != "sources" and any(rule.kind == "number" for rule in columns.values()):
            assert columns["source_id"].required, name
            may_lack = COLUMNS.get(name, ())
            statuses = [k for k in columns if k.endswith("status") and k not in may_lack]
            assert statuses and all(columns[key].required for key in statuses), name


def test_a_prior_that_rests_on_a_later_text_says_so(plan):
    hidden = {
        p.id
        for p in plan.parameters
        if p.role == "simulated"
        and plan.source(p.source_id).published_on[:10] > ISSUED
        and plan.source(p.source_id).kind != "paper"
        and not p.later_information
    }
    assert hidden == KNOWN_IN_TIME


def test_no_prior_rests_on_an_outcome_of_2020_unless_it_says_so(plan):
    judged_by = {outcome.source_id for outcome in plan.outcomes}
    resting = [p for p in plan.parameters if p.role == "simulated" and p.source_id in judged_by]
    assert resting and all(p.later_information for p in resting)


def test_no_recalled_number_is_called_published(plan):
    for p in plan.parameters:
        if plan.source(p.source_id).status in ("recalled", "judgement"):
            assert p.status != "published", p.id


# Use of the parameters


def perturbed(parameter):
    """Return the record with its values moved by a visible amount, inside its support."""
    if parameter.id.startswith("gestation_stages"):
        return replace(parameter, mid=parameter.mid + 1)
    if parameter.distribution.startswith("uniform"):
        return replace(parameter, support_max=0.9)
    width = parameter.high - parameter.low if parameter.high is not None else 0.2 * parameter.mid
    step = 0.4 * width or 0.1
    moved = {name: None if (x := getattr(parameter, name)) is None else x + step
             for name in ("low", "mid", "high")}  # fmt: skip
    return replace(parameter, **moved)


def fingerprint(plan, scenario) -> bytes:
    totals = ensemble(plan, scenario, 16, 3, threads=1).totals
    flows = (*totals.city.values(), *totals.district.values(), *totals.industry.values())
    return b"".join(x.tobytes() for x in (*flows, totals.employment, totals.concordance))


@pytest.fixture(scope="module")
def lively(plan):
    """A plan with a published cell, and a scenario in which every lever is moved."""
    status = plan.base.mix_status.copy()
    status[0, 3] = "published"
    scenario = plan.scenarios["ambitious"].with_lever("contract_conversion", 40)
    scenario = scenario.with_lever("green_upgrade_share", 35)
    alive = replace(plan, base=replace(plan.base, mix_status=status))
    return alive, scenario, fingerprint(alive, scenario)


def test_every_simulated_parameter_moves_a_result(plan, lively):
    """But one: it shares the error of published figures out to the districts, beside results."""
    alive, scenario, before = lively
    unused = []
    for p in plan.parameters:
        if p.id == "discrepancy_common":
            continue
        if p.role == "simulated" and p.distribution != "table":
            others = tuple(perturbed(p) if q.id == p.id else q for q in plan.parameters)
            if fingerprint(replace(alive, parameters=others), scenario) == before:
                unused.append(p.id)
    assert unused == []


def test_no_other_parameter_moves_a_result(plan, lively):
    """The error of published figures is carried along beside the results, not in them."""
    alive, scenario, before = lively
    others = tuple(
        p if p.role == "simulated" or p.mid is None else perturbed(p) for p in plan.parameters
    )
    assert others != plan.parameters
    assert fingerprint(replace(alive, parameters=others), scenario) == before


def test_the_depth_of_the_stop_by_industry_moves_a_result(lively):
    alive, scenario, before = lively
    deeper = tuple(
        replace(x, covid_relative_depth=2 * x.covid_relative_depth) if x.code == "vehicles" else x
        for x in alive.industries
    )
    assert fingerprint(replace(alive, industries=deeper), scenario) != before


def test_a_parameter_that_is_not_simulated_says_why(plan):
    assert all(p.role_note for p in plan.parameters if p.role == "not_simulated")
