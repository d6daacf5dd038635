"""Targets: the plan's words as rules of decision, and probabilities as shares of the draws."""

from dataclasses import replace

import numpy as np
import pytest

from model import assess, district_verdicts, ensemble
from model.targets import base_value, in_unit, met, word

RULES = [
    (
        "about",
        7,
        0.5,
        [(6.4, False, False), (6.5, False, True), (7.0, True, True), (9, True, True)],
    ),
    ("about_at_most", 30, 1, [(31.1, False, False), (31, False, True), (30, True, True)]),
    ("at_least", 50, 0, [(49.99, False, False), (50, True, True)]),
    ("more_than", 500, 0, [(500, False, False), (500.1, True, True)]),
    ("range", 20, 0, [(19, False, False), (20, True, True), (25, True, True), (35, True, True)]),
    ("equal", 100, 0, [(99.9, False, False), (100, True, True)]),
]
"""Wording, value, tolerance; then a result, whether it is met strictly, and with tolerance."""


@pytest.fixture(scope="module")
def fan(plan):
    return ensemble(plan, plan.scenarios["plan"], 1024, 6)


@pytest.fixture(scope="module")
def verdicts(plan, fan):
    return {v.target.id: v for v in assess(plan, plan.scenarios["plan"], fan)}


def modelled(verdicts):
    found = [v for v in verdicts.values() if v.target.kind == "modelled"]
    assert len(found) > 10
    return found


@pytest.mark.parametrize(("comparator", "value", "tolerance", "cases"), RULES)
def test_a_wording_is_met_by_its_rule(plan, comparator, value, tolerance, cases):
    target = replace(plan.targets[0], comparator=comparator, value=value, tolerance=tolerance)
    for result, strict, tolerant in cases:
        assert met(target, np.array(result)) == strict, result
        assert met(target, np.array(result), tolerance) == tolerant, result


def test_every_wording_of_the_register_has_a_rule_that_is_tested(plan):
    assert {t.comparator for t in plan.targets} <= {rule[0] for rule in RULES}


def test_every_target_gets_a_verdict(plan, verdicts):
    assert list(verdicts) == [target.id for target in plan.targets]


def test_a_probability_is_the_share_of_draws_that_meet_the_target(fan, verdicts):
    growth = 100 * fan.indicator("iva_growth")[0]
    assert verdicts["T01"].probability == np.mean(growth >= 7)
    assert verdicts["T01"].probability_tolerant == np.mean(growth >= 6.5)
    assert 0 < verdicts["T01"].probability < verdicts["T01"].probability_tolerant < 1


def test_an_upper_limit_counts_the_draws_below_it(fan, verdicts):
    share = 100 * fan.indicator("energy_intensive_share")[0]
    assert verdicts["T19"].probability == np.mean(share <= 30)


def test_the_strict_reading_is_never_likelier_than_the_tolerant(verdicts):
    for verdict in modelled(verdicts):
        assert 0 <= verdict.probability <= verdict.probability_tolerant <= 1, verdict.target.id


def test_without_a_tolerance_both_readings_agree(verdicts):
    exact = [v for v in modelled(verdicts) if v.target.tolerance == 0]
    assert exact and all(v.probability == v.probability_tolerant for v in exact)


def test_the_forecast_is_the_median_within_its_band(fan, verdicts):
    for verdict in modelled(verdicts):
        values = in_unit(verdict.target, fan.indicator(verdict.target.indicator)[0])
        assert verdict.forecast == np.median(values)
        assert verdict.low < verdict.forecast < verdict.high, verdict.target.id
        assert np.mean(values < verdict.low) == pytest.approx(0.05, abs=0.002)


def test_the_gap_is_positive_on_the_good_side(verdicts):
    for verdict in modelled(verdicts):
        good = bool(met(verdict.target, np.array(verdict.forecast)))
        assert (verdict.gap >= 0) == good, verdict.target.id


def test_the_forecast_of_the_first_year_is_held_against_the_target(fan, verdicts):
    assert verdicts["T04"].forecast == np.median(fan.indicator("industrial_investment")[0])


@pytest.mark.parametrize(
    ("probability", "expected"),
    [(1, "likely"), (2 / 3, "likely"), (0.6, "open"), (1 / 3, "open"), (0.3, "unlikely")],
)
def test_a_probability_has_a_word(probability, expected):
    assert word(probability) == expected


def test_a_target_that_is_a_lever_shows_what_is_set_and_no_probability(plan, verdicts):
    scenario = plan.scenarios["plan"]
    found = [v for v in verdicts.values() if v.target.kind == "lever"]
    assert found
    for verdict in found:
        assert verdict.forecast == scenario.value(verdict.target.lever)
        assert verdict.status == "set_by_user"
        assert verdict.probability is verdict.probability_tolerant is None


def test_a_tracked_target_waits_for_its_figure(verdicts):
    found = [v for v in verdicts.values() if v.target.kind == "tracked"]
    assert found and all((v.status, v.forecast) == ("tracked", None) for v in found)


def test_four_structure_targets_were_met_before_the_plan_began(verdicts):
    """Leading, high-tech, emerging and energy-intensive shares say nothing about policy."""
    shares = {"T03", "T10", "T15", "T19"}
    assert shares <= {id for id, verdict in verdicts.items() if verdict.base_met}


def test_whether_the_base_year_met_a_target_is_not_a_matter_of_luck(plan):
    """The base upgrading share is 50 %, exactly its target: sampling must not decide."""
    scenario = plan.scenarios["plan"]
    found = []
    for seed in range(1, 7):
        verdicts = assess(plan, scenario, ensemble(plan, scenario, 256, seed))
        found.append({verdict.target.id for verdict in verdicts if verdict.base_met})
    assert all(met_by_base == found[0] for met_by_base in found)


def test_growth_has_no_base_value(fan, verdicts):
    for verdict in modelled(verdicts):
        if verdict.target.indicator.endswith(("_growth", "_fall")):
            assert base_value(fan, verdict.target) is None and not verdict.base_met


def test_an_outcome_never_enters_a_forecast(plan, fan, verdicts):
    """What was published later is shown beside, whatever it says."""
    wrong = tuple(replace(outcome, value=99.0) for outcome in plan.outcomes)
    again = assess(replace(plan, outcomes=wrong), plan.scenarios["plan"], fan)
    for verdict in again:
        assert replace(verdict, outcome=None) == replace(verdicts[verdict.target.id], outcome=None)


def test_the_plan_missed_its_growth_target_and_says_so(verdicts):
    assert (verdicts["T01"].outcome.value, verdicts["T01"].outcome.met) == (6.1, "no")


# Annex 1


@pytest.fixture(scope="module")
def districts(plan, fan):
    return {v.district: v for v in district_verdicts(plan, plan.scenarios["plan"], fan)}


def test_the_shares_of_the_districts_add_to_one(districts):
    assert sum(v.share for v in districts.values()) == pytest.approx(1, rel=1e-14)


def test_a_district_is_held_against_its_own_row_of_annex_1(plan, districts):
    assert list(districts) == list(plan.axes.districts)
    for row in plan.annex:
        verdict = districts[row.district]
        assert verdict.iva_target == pytest.approx(row.industrial_va_growth_pct / 100)
        assert verdict.mva_target == pytest.approx(row.manufacturing_va_growth_pct / 100)
        assert verdict.firms_target == row.new_above_scale_firms


def test_the_probability_of_a_district_is_its_share_of_draws(fan, districts):
    for name, code in (("iva", "iva_growth"), ("mva", "mva_growth"),
                       ("investment", "industrial_investment_growth")):  # fmt: skip
        verdict = districts["gongyi"]
        values = fan.indicator(code, district="gongyi")[0]
        target = getattr(verdict, f"{name}_target")
        assert getattr(verdict, f"{name}_probability") == np.mean(values >= target)


def test_the_entrants_of_a_district_are_those_of_the_scenario(plan, fan):
    scenario = plan.scenarios["plan"].with_lever("new_firms", 55, "gongyi")
    found = {v.district: v.firms_set for v in district_verdicts(plan, scenario, fan)}
    assert found["gongyi"] == 55 and found["xingyang"] == 40
