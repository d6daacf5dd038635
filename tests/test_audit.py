"""The coherence checks, against arithmetic done by hand from the text of the plan."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.audit import VERDICTS, audit, by_weight, inputs, weighted_bounds
from model.errors import ModelError


def find(plan, id: str, **overrides: float):
    return next(finding for finding in audit(plan, **overrides) if finding.id == id)


@pytest.fixture(scope="module")
def findings(plan):
    return {finding.id: finding for finding in audit(plan)}


# Annex 1 against the city

# Annex 1 as printed, district by district, and the judged value added of 2019 (亿元).
ANNEX_VALUE_ADDED = [7.5] * 6 + [10] * 3 + [5] * 7
BASE = [214.4, 105.4, 156.0, 150.8, 106.6, 66.2, 377.1, 389.5, 127.6,
        44.5, 38.0, 19.0, 42.1, 22.8, 22.1, 18.0]  # fmt: skip


def test_annex_1_asks_for_7_75_to_8_55_percent_whatever_the_weights(findings):
    """Least: 10 x .30 + 7.5 x .50 + 5 x .20; greatest: 10 x .50 + 7.5 x .42 + 5 x .08."""
    found = findings["annex_iva"]
    assert found.low == pytest.approx(3 + 3.75 + 1)
    assert found.high == pytest.approx(5 + 3.15 + 0.4)
    assert found.target == 7
    assert found.verdict == "over_allocated"


def test_annex_1_asks_for_8_4_percent_with_the_estimated_weights(findings):
    total = sum(rate * weight for rate, weight in zip(ANNEX_VALUE_ADDED, BASE, strict=True))
    assert findings["annex_iva"].value == pytest.approx(total / sum(BASE), abs=2e-4)
    assert round(findings["annex_iva"].value, 1) == 8.4


def test_manufacturing_in_annex_1_is_above_8_percent_whatever_the_weights(findings):
    """Two of the seven urban districts have 3, five have 5; their split is not known.

    Least: 10 x .30 + 9 x .50 + 3 x .20; greatest: 10 x .50 + 9 x .42 + 5 x .08.
    """
    found = findings["annex_mva"]
    assert found.low == pytest.approx(3 + 4.5 + 0.6)
    assert found.high == pytest.approx(5 + 3.78 + 0.4)
    assert found.low < found.value < found.high
    assert found.verdict == "over_allocated"


def test_annex_1_would_add_up_if_the_urban_districts_were_a_third(plan):
    """7 = 10 Z + 7.5 C + 5 U needs U = 1.5 Z + .25 C: with Z = .10, U is .30 of the city."""
    weights = {"zones_low": 0.1, "zones_high": 0.1, "urban_low": 0.3, "urban_high": 0.3}
    found = find(plan, "annex_iva", **weights)
    assert found.low == pytest.approx(10 * 0.1 + 7.5 * 0.6 + 5 * 0.3)
    assert found.low == found.high == pytest.approx(7)


def test_a_lower_rate_of_the_zones_makes_the_annex_coherent(plan):
    """The zones now below the counties, their least weight gives the greatest sum."""
    rates = {f"annex_iva_{code}": 7.0 for code in ("airport", "jingkai", "gaoxin")}
    found = find(plan, "annex_iva", **rates)
    assert found.low == pytest.approx(7 * 0.5 + 7.5 * 0.3 + 5 * 0.2)
    assert found.high == pytest.approx(7 * 0.3 + 7.5 * 0.62 + 5 * 0.08)
    assert found.verdict == "coherent"
    assert find(plan, "annex_iva", target_iva_growth=9).verdict == "conflict"


def test_bounds_that_cannot_add_to_one_are_refused(plan):
    with pytest.raises(ModelError, match="No weights satisfy"):
        audit(plan, zones_low=0.95, zones_high=0.98)


def test_annex_1_adds_up_to_340_firms(findings):
    """Five times 40, 20, three times 30, two times 10, five times 2."""
    found = findings["new_firms"]
    assert found.value == 5 * 40 + 20 + 3 * 30 + 2 * 10 + 5 * 2 == 340
    assert found.target == 300
    assert found.verdict == "over_allocated"
    assert "13%" in found.sentence_en


def test_investment_of_700_implies_621_the_year_before(findings):
    """15 % in the three zones, 12 or 10 % elsewhere; judged weights in 亿元."""
    zones, twelve = 95.3 + 104.9 + 33.4, 100.1 + 57.2 + 52.4 + 57.2 + 14.3
    ten = 38.1 + 33.4 + 22.9 + 1.0 + 2.9 + 1.9 + 3.8 + 1.9
    growth = (15 * zones + 12 * twelve + 10 * ten) / (zones + twelve + ten)
    assert findings["annex_investment"].value == pytest.approx(growth)
    assert round(growth, 1) == 12.8
    found = findings["investment_base"]
    assert found.value == pytest.approx(700 / (1 + growth / 100))
    assert round(found.value) == 621
    assert (found.low, found.high) == pytest.approx((700 / 1.15, 700 / 1.10))


# City targets against one another


def test_the_other_industries_may_grow_or_shrink_a_little(findings):
    """(7 - 8 x .80)/.20 = 3; (7 - 8 x .85)/.15 = 1.33; (7 - 8 x .90)/.10 = -2."""
    found = findings["iva_with_mva"]
    assert found.high == pytest.approx(0.6 / 0.20)
    assert found.low == pytest.approx(-0.2 / 0.10)
    assert "3.0, 1.3 or −2.0%" in found.sentence_en
    assert found.verdict == "coherent"


def test_the_other_industries_would_have_to_collapse_if_manufacturing_grew_by_12(plan):
    found = find(plan, "iva_with_mva", target_mva_growth=12)
    share = found.inputs[[i.name for i in found.inputs].index("base_mva")].value / sum(BASE)
    assert found.value == pytest.approx((7 - 12 * share) / (1 - share), rel=1e-3)
    assert found.verdict == "conflict"


def test_manufacturing_and_productivity_targets_leave_0_9_percent_for_employment(findings):
    assert findings["employment"].value == pytest.approx(100 * (1.08 / 1.07 - 1))
    assert round(findings["employment"].value, 1) == 0.9


def test_growth_of_7_with_a_fall_of_intensity_by_4_uses_2_7_percent_more_energy(findings):
    assert findings["energy_use"].value == pytest.approx(107 * 0.96 - 100)
    assert round(findings["energy_use"].value, 1) == 2.7


def test_an_upgrading_share_of_half_needs_47_percent_the_year_before(findings):
    """50 x 1.128/1.20; 45.8 to 47.9 for growth of 10 to 15 %."""
    found = findings["upgrade_needs"]
    assert found.value == pytest.approx(50 * 1.12788 / 1.20, abs=1e-3)
    assert (found.low, found.high) == pytest.approx((50 * 1.10 / 1.20, 50 * 1.15 / 1.20))
    assert found.verdict == "needs"


# The base year against the targets


def test_the_upgrading_share_was_above_its_target_in_the_base_year(findings):
    """56 x 1.209/1.267 = 53.4, a whole number and two decimals rounded."""
    found = findings["upgrade_base"]
    assert found.value == pytest.approx(56 * 1.209 / 1.267)
    assert found.low == pytest.approx(55.5 * 1.2085 / 1.2675)
    assert found.high == pytest.approx(56.5 * 1.2095 / 1.2665)
    assert found.verdict == "already_met"


def test_unit_energy_had_fallen_by_10_to_12_percent_a_year(findings):
    found = findings["energy_trend"]
    assert found.value == pytest.approx(100 * (1 - 0.53**0.2))
    assert round(found.value, 1) == 11.9
    assert "10.0% over 6" in found.sentence_en
    assert found.low == pytest.approx(100 * (1 - 0.535 ** (1 / 6)))
    assert found.high == pytest.approx(100 * (1 - 0.525**0.2))
    assert found.low > found.target == 4


@pytest.mark.parametrize(
    ("id", "value", "low", "high", "target"),
    [
        ("high_tech_base", 28 - 7.3, 20.15, 21.25, 20),
        ("strategic_emerging_base", 38.8 - 8.1, 30.6, 30.8, 25),
        ("energy_intensive_base", 26.2 + 0.4, 26.5, 26.7, 30),
        ("leading_base", 100 * 13.3 / 16.7, 100 * 14.35 / 18.5, 100 * 14.45 / 17.5, 75),
    ],
)
def test_a_share_stood_on_the_good_side_of_its_target_in_the_base_year(
    findings, id, value, low, high, target
):
    found = findings[id]
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high))
    assert found.target == target
    assert found.verdict == "already_met"


def test_the_leading_share_is_79_6_78_7_and_80_0_by_pull(findings):
    assert "79.6% for January–October, 78.7%" in findings["leading_base"].sentence_en
    assert "80.0% for April" in findings["leading_base"].sentence_en


def test_growth_does_not_explain_the_high_technology_share(findings):
    """20.7 x 1.096/1.052 = 21.6, but 28 was published."""
    found = findings["high_tech_vintage"]
    assert found.value == pytest.approx(20.7 * 1.096 / 1.052)
    assert found.high < 28


def test_a_base_on_the_wrong_side_or_in_doubt_is_not_already_met(plan):
    assert find(plan, "high_tech_base", target_high_tech_share=22).verdict == "needs"
    assert find(plan, "high_tech_base", target_high_tech_share=20.5).verdict == "informs"
    assert find(plan, "energy_intensive_base", target_energy_intensive_share=26).verdict == "needs"


# Projects and months


def test_projects_take_13_2_months_by_littles_law(findings):
    """Stock 236 and 236 + 210 - 215 = 231; 212.5 projects pass in a year."""
    found = findings["projects"]
    assert found.value == pytest.approx(12 * 233.5 / 212.5)
    assert round(found.value, 1) == 13.2
    assert "make 446" in found.sentence_en


def test_ten_months_needed_11_2_percent_with_a_weight_of_0_122(plan):
    """(1.07 - .77 x .122)/.878 = 1.1117; for 6.5 %, 10.6."""
    found = find(plan, "recovery_february", weight_to_february=0.122)
    assert found.value == pytest.approx(100 * ((1.07 - 0.77 * 0.122) / 0.878 - 1))
    assert round(found.value, 1) == 11.2
    assert "10.6% for 6.5%" in found.sentence_en
    assert found.verdict == "needs"


def test_nine_months_needed_11_7_percent(plan, findings):
    """(1.07 - .897 x .214)/.786 = 1.1171."""
    found = find(plan, "recovery_march", weight_to_march=0.214)
    assert found.value == pytest.approx(100 * ((1.07 - 0.897 * 0.214) / 0.786 - 1))
    assert round(found.value, 1) == round(findings["recovery_march"].value, 1) == 11.7


def test_months_are_weighted_by_industries(plan, findings):
    """Electronics: .08 + .055 in January and February; the rest: .066 + .056."""
    electronics = plan.axes.industries.index("electronics")
    share = plan.base.value_added[:, electronics].sum() / plan.base.value_added.sum()
    weight = {i.name: i.value for i in findings["recovery_february"].inputs}["weight_to_february"]
    assert weight == pytest.approx(share * 0.135 + (1 - share) * 0.122)


def test_a_year_that_is_over_leaves_nothing_to_divide_by(plan):
    with pytest.raises(ModelError, match="nothing to divide by"):
        audit(plan, weight_to_march=1)


# What every finding holds to


def test_every_check_of_the_table_is_found_in_its_order(plan, findings):
    table = pd.read_csv(plan.folder / "audit.csv", dtype=str, keep_default_na=False)
    assert list(findings) == list(table["id"])
    assert set(table["verdict"]) <= set(VERDICTS)
    assert len(findings) == 19


def test_every_finding_shows_the_numbers_it_used(findings):
    for finding in findings.values():
        text = finding.arithmetic + finding.sentence_en
        for item in finding.inputs:
            shown = {f"{abs(item.value):.4g}", f"{100 * item.value:.0f}%"}
            assert any(form in text for form in shown), (finding.id, item)
        assert f"{abs(finding.value):.4g}" in finding.arithmetic, finding.id


def test_every_number_has_a_unit_and_a_source(plan, findings):
    known = {source.source_id for source in plan.sources} | set(plan.tables) | {"annex1"}
    for finding in findings.values():
        assert finding.inputs
        for item in finding.inputs:
            assert item.unit, item
            assert item.source in known, item
    assert {i for f in findings.values() for i in f.inputs} <= set(inputs(plan))


def test_every_finding_says_something_in_both_languages(plan, findings):
    other = {
        **{f"annex_{kind}_{code}": 2.0 for kind in ("iva", "mva") for code in plan.axes.districts},
        "target_new_firms": 500, "target_mva_growth": 12, "target_upgrade_share": 60,
        "target_high_tech_share": 40, "target_leading_share": 90,
        "target_strategic_emerging_share": 50, "target_energy_intensive_share": 20,
    }  # fmt: skip
    turned = {finding.id: finding for finding in audit(plan, **other)}
    changed = {id for id in turned if turned[id].verdict != findings[id].verdict}
    assert len(changed) == 9
    for finding in (*findings.values(), *turned.values()):
        assert finding.verdict in VERDICTS
        for text in (finding.title_zh, finding.title_en, finding.sentence_zh, finding.sentence_en):
            assert text, finding.id
            assert "{" not in text
            assert not re.search(r"(^|[^\w])-|[\u4e00-\u9fff]-", text), (finding.id, text)


def test_an_override_changes_what_it_should_and_nothing_else(plan, findings):
    changed = {f.id for f in audit(plan, target_iva_growth=6) if f != findings[f.id]}
    assert changed == {
        "annex_iva", "iva_with_mva", "energy_use", "recovery_february", "recovery_march"
    }  # fmt: skip
    assert find(plan, "energy_use", target_iva_growth=6).value == pytest.approx(106 * 0.96 - 100)
    more = find(plan, "new_firms", annex_firms_gongyi=50)
    assert more.value == 350


def test_a_districts_base_moves_the_weights(plan):
    found = find(plan, "annex_iva", base_iva_airport=477.1)
    total = sum(rate * weight for rate, weight in zip(ANNEX_VALUE_ADDED, BASE, strict=True))
    assert found.value == pytest.approx((total + 1000) / (sum(BASE) + 100), abs=2e-4)


def test_unknown_and_impossible_overrides_are_refused(plan):
    with pytest.raises(ModelError, match="Did you mean 'target_iva_growth'"):
        audit(plan, target_iva_growht=6)
    with pytest.raises(ModelError, match="finite"):
        audit(plan, target_iva_growth=np.nan)


def test_no_prior_is_touched(plan, findings):
    """Only the month shares of the parameter table are read; every other row may be anything."""
    moved = tuple(
        parameter
        if parameter.id.startswith("month_share_") or parameter.mid is None
        else replace(parameter, low=-1.0, mid=7 * parameter.mid + 3, high=1e6)
        for parameter in plan.parameters
    )
    assert sum(a != b for a, b in zip(moved, plan.parameters, strict=True)) > 60
    assert audit(replace(plan, parameters=moved)) == tuple(findings.values())


rates = st.lists(st.floats(-20, 20), min_size=1, max_size=4)
bounds = st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)).map(sorted).map(tuple)


@given(rates, rates, rates, bounds, bounds, st.floats(0, 1), st.floats(0, 1))
def test_no_weights_within_the_bounds_leave_the_interval(a, b, c, first, second, x, y):
    groups = {"a": first, "b": second, "c": (0.0, 1.0)}
    (low, _), (high, _) = weighted_bounds(groups, {"a": a, "b": b, "c": c})
    weights = [edge[0] + t * (edge[1] - edge[0]) for edge, t in ((first, x), (second, y))]
    weights.append(1 - sum(weights))
    for pick in (min, max, lambda r: r[0], lambda r: sum(r) / len(r)):
        mean = sum(w * pick(r) for w, r in zip(weights, (a, b, c), strict=True))
        assert low - 1e-9 <= mean <= high + 1e-9


def test_inputs_may_come_as_a_mapping(plan):
    assert audit(plan, {"target_iva_growth": 6.5}) == audit(plan, target_iva_growth=6.5)


@pytest.mark.parametrize(
    ("name", "value"),
    [("target_high_tech_share", 101), ("zones_low", -0.1), ("annex_firms_gongyi", -1),
     ("iva_growth_to_march", -101), ("trend_years", 0), ("base_iva", -1)],
)  # fmt: skip
def test_an_input_that_cannot_be_is_refused_with_its_range(plan, name, value):
    with pytest.raises(ModelError) as caught:
        audit(plan, {name: value})
    assert caught.value.code == "outside"
    assert caught.value.details["name"] == name


def test_every_input_stands_within_its_own_range(plan):
    assert all(item.low <= item.value <= item.high for item in inputs(plan))


def test_the_same_annex_conflicts_with_a_city_target_above_its_greatest_sum(plan):
    """8.55 % is the most that Annex 1 can add up to; 8.6 % cannot follow from it."""
    assert find(plan, "annex_iva", target_iva_growth=8.6).verdict == "conflict"
    assert find(plan, "annex_iva", target_iva_growth=8.5).verdict == "coherent"
    assert find(plan, "new_firms", target_new_firms=341).verdict == "conflict"


def test_what_matters_most_comes_first(plan, findings):
    order = by_weight(audit(plan, target_mva_growth=12))
    assert order[0].verdict == "conflict" and order[-1].verdict == "informs"
    places = [VERDICTS.index(finding.verdict) for finding in order]
    assert places == sorted(places)
    assert {f.id for f in order} == set(findings)


def test_the_arithmetic_is_written_line_by_line(findings):
    steps = findings["energy_use"].steps
    assert [step.text for step in steps] == ["(100 + 7) × (100 − 4)/100 − 100 = 2.72"]
    assert [step.code for step in findings["projects"].steps] == ["end", "time", "listed", "ledger"]
