"""A scenario is a value: moved by copies, compared by what it holds, refused with a reason."""

import json
import math
from contextlib import suppress
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import ModelError, document, load_plan, load_scenario
from model.scenario import from_dict, read_scenario, status_quo
from pages.views.texts import LANGUAGES, texts

PLAN = load_plan("zhengzhou_2020")


def between(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


@st.composite
def moves(draw) -> list[tuple]:
    """A sequence of moves of levers, districts and assumptions, all within their range."""
    found = []
    for _ in range(draw(st.integers(0, 6))):
        lever = draw(st.sampled_from(PLAN.levers))
        value = draw(between(lever.minimum, lever.maximum))
        place = draw(st.sampled_from(PLAN.axes.districts)) if lever.by_district else None
        place = place if draw(st.booleans()) else None
        found.append(("with_lever", lever.id, value, *([place] if place else [])))
    for assumption in draw(st.sets(st.sampled_from(PLAN.assumptions), max_size=4)):
        value = draw(between(assumption.minimum, assumption.maximum))
        value = round(value) if assumption.moves == "event" else value
        found.append(("with_assumption", assumption.id, value))
    return found


def moved(scenario, steps):
    """Take the steps; one that would carry another figure out of its range may be refused."""
    for name, *arguments in steps:
        with suppress(ModelError):
            scenario = getattr(scenario, name)(*arguments)
    return scenario


def district_values(scenario, lever: str) -> dict[str, float]:
    return dict(zip(PLAN.axes.districts, scenario.district_values(lever), strict=True))


# Equality


def test_a_scenario_cannot_be_changed(plan):
    with pytest.raises(FrozenInstanceError):
        plan.scenarios["plan"].values = ()


def test_a_move_leaves_the_scenario_it_starts_from_alone(plan):
    before = plan.scenarios["plan"].to_dict()
    plan.scenarios["plan"].with_lever("cloud_coverage", 50).with_assumption("demand_2021", 2)
    assert plan.scenarios["plan"].to_dict() == before


def test_scenarios_with_the_same_values_are_equal_whatever_their_names(plan):
    one, two = plan.scenarios["plan"], plan.scenarios["plan"].renamed("copy", "副本", "Copy")
    assert one == two and hash(one) == hash(two)


def test_a_scenario_there_and_back_is_the_same(plan):
    one = plan.scenarios["status_quo"]
    assert one.with_lever("investment_growth", 12.8).with_lever("investment_growth", 2) == one


@pytest.mark.parametrize("district", [None, "gongyi"])
@pytest.mark.parametrize("via", [0, 200, 341])
def test_a_count_there_and_back_is_the_same(plan, district, via):
    """Also through 0, where no proportion is left, and with a value of a district's own."""
    one = plan.scenarios["plan"]
    one = one if district is None else one.with_lever("new_firms", 100, district)
    city = one.value("new_firms")
    away = one.with_lever("new_firms", via)
    assert away != one and away.with_lever("new_firms", 7).with_lever("new_firms", city) == one


def test_a_district_moved_in_between_is_what_the_city_scales_from_then_on(plan):
    one = plan.scenarios["plan"].with_lever("new_firms", 170)
    two = one.with_lever("new_firms", 100, "gongyi")
    doubled = two.with_lever("new_firms", 2 * two.value("new_firms"))
    assert district_values(doubled, "new_firms")["gongyi"] == pytest.approx(200)


def test_built_in_scenarios_all_differ(plan):
    assert len(set(plan.scenarios.values())) == len(plan.scenarios) == 6


def test_a_scenario_by_its_name_is_the_built_in_one(plan):
    assert load_scenario(plan, "prudent") is plan.scenarios["prudent"]


def test_what_a_file_leaves_out_keeps_the_status_quo(plan):
    assert from_dict(plan.desk, {}) == status_quo(plan.desk) == plan.scenarios["status_quo"]


# Districts


def test_a_city_move_of_a_growth_rate_shifts_every_district_by_the_same_points(plan):
    one = plan.scenarios["plan"]
    two = one.with_lever("investment_growth", 15.8)
    shift = np.subtract(two.district_values("investment_growth"),
                        one.district_values("investment_growth"))  # fmt: skip
    assert np.allclose(shift, 3.0, atol=1e-9)


def test_a_city_move_of_a_count_scales_every_district_in_proportion(plan):
    one = plan.scenarios["plan"]
    two = one.with_lever("new_firms", 170)
    assert np.allclose(
        two.district_values("new_firms"), 0.5 * np.array(one.district_values("new_firms"))
    )


def test_district_counts_add_to_the_city(plan):
    for scenario in plan.scenarios.values():
        assert sum(scenario.district_values("new_firms")) == pytest.approx(
            scenario.value("new_firms")
        )


def test_a_count_raised_from_zero_follows_annex_1(plan):
    scenario = plan.scenarios["plan"].with_lever("new_firms", 0).with_lever("new_firms", 340)
    assert scenario.district_values("new_firms") == plan.scenarios["plan"].district_values(
        "new_firms"
    )


def test_a_district_that_invests_more_moves_the_city_by_its_weight(plan):
    one = plan.scenarios["plan"]
    two = one.with_lever("investment_growth", 22, "gongyi")
    place = plan.axes.districts.index("gongyi")
    weight = plan.base.investment[place] / plan.base.investment.sum()
    change = two.value("investment_growth") - one.value("investment_growth")
    assert change == pytest.approx(10 * weight, abs=1e-8)


def test_a_district_with_more_entrants_adds_them_to_the_city(plan):
    two = plan.scenarios["plan"].with_lever("new_firms", 50, "gongyi")
    assert two.value("new_firms") == 350


def test_a_move_of_one_district_leaves_the_others(plan):
    one = plan.scenarios["plan"]
    two = one.with_lever("investment_growth", 22, "gongyi")
    before, after = (district_values(s, "investment_growth") for s in (one, two))
    assert after == before | {"gongyi": 22.0}


def test_annex_1_weighted_by_investment_gives_the_city_figure_of_the_plan(plan):
    weights = plan.base.investment / plan.base.investment.sum()
    annex = np.array([row.industrial_investment_growth_pct for row in plan.annex])
    assert weights @ annex == pytest.approx(plan.lever("investment_growth").plan_value, abs=0.05)


def test_a_lever_without_district_values_is_refused_for_a_district(plan):
    with pytest.raises(ModelError, match="move it for the city") as caught:
        plan.scenarios["plan"].with_lever("cloud_coverage", 50, "gongyi")
    assert caught.value.code == "no_district_values"


@given(moves())
def test_every_scenario_that_can_be_reached_lies_within_the_levers_ranges(steps):
    scenario = moved(PLAN.scenarios["plan"], steps)
    for lever in PLAN.levers:
        for value in (scenario.value(lever.id), *scenario.district_values(lever.id)):
            assert lever.minimum <= value <= lever.maximum, lever.id


# Writing down and reading back


@given(moves(), st.sampled_from(sorted(PLAN.scenarios)))
def test_a_scenario_written_down_and_read_back_is_the_same(steps, name):
    scenario = moved(PLAN.scenarios[name], steps)
    text = json.dumps(scenario.to_dict(), ensure_ascii=False)
    assert from_dict(PLAN.desk, json.loads(text)) == scenario


@pytest.mark.parametrize("name", sorted(PLAN.scenarios))
def test_the_whole_range_of_every_lever_can_be_written_down_and_read_back(plan, name):
    for lever in plan.levers:
        for value in (lever.minimum, lever.maximum):
            scenario = plan.scenarios[name].with_lever(lever.id, value)
            assert from_dict(plan.desk, scenario.to_dict()) == scenario, lever.id


def pushed(plan, times: int):
    """Move the other districts down and the city up, again and again: one district is carried."""
    scenario = plan.scenarios["status_quo"].with_lever("investment_growth", 40, "gongyi")
    for _ in range(times):
        for code in plan.axes.districts[1:]:
            scenario = scenario.with_lever("investment_growth", -20, code)
        scenario = scenario.with_lever("investment_growth", 40)
    return scenario


def test_districts_pushed_against_the_end_of_their_range_can_be_written_and_read_back(plan):
    scenario = pushed(plan, 3)
    assert from_dict(plan.desk, scenario.to_dict()) == scenario


def test_after_a_move_of_a_district_the_districts_make_up_the_city_figure(plan):
    scenario = pushed(plan, 1)
    for code in plan.axes.districts:
        scenario = scenario.with_lever("investment_growth", 5, code)
    assert scenario.value("investment_growth") == pytest.approx(5, abs=0.01)


def written(plan, change=lambda given: None) -> dict:
    given = document.content(plan, plan.scenarios["plan"])
    change(given)
    return given


def test_a_city_figure_changed_in_a_file_takes_its_districts_along(plan):
    """30 for the city above district values of 12 had been shown as 30 and run as 12."""
    given = written(plan, lambda g: g["levers"].update(investment_growth=30, new_firms=170))
    found, notices = document.read(plan, given)
    moved_ = plan.scenarios["plan"].with_lever("investment_growth", 30)
    assert found == moved_.with_lever("new_firms", 170)
    assert [n.code for n in notices] == ["city_led", "city_led"]


def test_a_district_changed_in_a_file_takes_the_city_figure_along(plan):
    given = written(plan, lambda g: g["districts"]["new_firms"].update(gongyi=50))
    found, notices = document.read(plan, given)
    assert found == plan.scenarios["plan"].with_lever("new_firms", 50, "gongyi")
    assert [n.code for n in notices] == ["districts_led"]
    for language in LANGUAGES:
        assert "350" in texts(language)("link.districts_led", **dict(notices[0].details))


def test_districts_that_make_up_no_possible_city_figure_follow_the_city(plan):
    given = written(plan, lambda g: g["districts"].update(
        new_firms=dict.fromkeys(plan.axes.districts, 100)))  # fmt: skip
    found, notices = document.read(plan, given)
    assert found.value("new_firms") == 340 == pytest.approx(sum(found.district_values("new_firms")))
    assert [n.code for n in notices] == ["city_led"]


def test_the_command_line_refuses_two_figures_that_disagree(plan, tmp_path):
    path = tmp_path / "mine.json"
    given = written(plan, lambda g: g["levers"].update(investment_growth=30, new_firms=3))
    path.write_text(json.dumps(given), encoding="utf-8")
    with pytest.raises(ModelError, match=r"make up 12\.78") as caught:
        load_scenario(plan, path)
    assert caught.value.details["count"] == 2
    path.write_text(json.dumps(written(plan)), encoding="utf-8")
    assert load_scenario(plan, path) == plan.scenarios["plan"]


def test_districts_stated_one_by_one_move_on_top_of_the_city(plan):
    """As in a table of scenarios: the city figure is what all districts then make up."""
    given = {"levers": {"new_firms": 340}, "districts": {"new_firms": {"gongyi": 50}}}
    moved_ = plan.scenarios["status_quo"].with_lever("new_firms", 340)
    found = from_dict(plan.desk, given)
    assert found == moved_.with_lever("new_firms", 50, "gongyi")
    assert found.value("new_firms") == 350


def test_a_file_that_states_districts_only_leaves_the_city_figure_to_them(plan):
    found = from_dict(plan.desk, {"start": "plan", "districts": {"new_firms": {"gongyi": 50}}})
    assert found.value("new_firms") == 350 and district_values(found, "new_firms")["gongyi"] == 50


def test_a_scenario_keeps_its_names_and_notes_through_a_file(plan, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(plan.scenarios["replay_2020"].to_dict()), encoding="utf-8")
    assert read_scenario(plan.desk, path).to_dict() == plan.scenarios["replay_2020"].to_dict()


def test_a_month_is_written_as_a_month(plan):
    scenario = plan.scenarios["plan"].with_assumption("anchor_firm_stop_start", "2021-03")
    assert scenario.to_dict()["assumptions"]["anchor_firm_stop_start"] == "2021-03"
    assert scenario.assumption("anchor_firm_stop_start") == 14


def test_changes_list_what_differs_with_both_values(plan):
    one = plan.scenarios["plan"]
    two = one.with_lever("cloud_coverage", 80).with_assumption("demand_2021", 2)
    found = [(change.name, change.old, change.new) for change in two.changes(one)]
    assert found == [("cloud_coverage", 100, 80), ("demand_2021", 0, 2)]


def test_changed_assumptions_are_named(plan):
    changed = plan.scenarios["plan_no_covid"].changed_assumptions()
    assert set(changed) == {"covid_loss", "investment_gap", "demand_2020"}


# What is refused


@pytest.mark.parametrize("lever", [lever.id for lever in PLAN.levers])
def test_a_value_outside_the_range_is_refused_with_the_range(plan, lever):
    known = plan.lever(lever)
    for value in (known.minimum - known.step, known.maximum + known.step):
        with pytest.raises(ModelError) as caught:
            plan.scenarios["plan"].with_lever(lever, value)
        assert f"[{known.minimum:g}, {known.maximum:g}] {known.unit}" in str(caught.value)
        assert caught.value.code == "outside"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "12", None, [1]])
def test_what_is_not_a_finite_number_is_refused(plan, value):
    for lever in ("cloud_coverage", "investment_growth"):
        with pytest.raises(ModelError):
            plan.scenarios["plan"].with_lever(lever, value)
    with pytest.raises(ModelError):
        plan.scenarios["plan"].with_assumption("covid_loss", value)


@pytest.mark.parametrize(
    ("given_", "meant", "move"),
    [
        ("cloud_covrage", "cloud_coverage", lambda s, x: s.with_lever(x, 50)),
        ("covid_los", "covid_loss", lambda s, x: s.with_assumption(x, 20)),
        ("gongyi_", "gongyi", lambda s, x: s.with_lever("new_firms", 40, x)),
        ("cloud_covrage", "cloud_coverage", lambda s, x: s.value(x)),
    ],
)
def test_a_typo_gets_the_name_that_was_meant(plan, given_, meant, move):
    with pytest.raises(ModelError, match=f"'{given_}'.* Did you mean '{meant}'"):
        move(plan.scenarios["plan"], given_)


def test_a_misspelt_scenario_gets_the_name_that_was_meant(plan):
    with pytest.raises(ModelError, match="Did you mean 'ambitious'"):
        load_scenario(plan, "ambitous")


def test_a_month_outside_the_horizon_is_refused_with_the_horizon(plan):
    with pytest.raises(ModelError, match="from 2020-01 to 2022-12"):
        plan.scenarios["plan"].with_assumption("anchor_firm_stop_start", "2023-01")


def test_a_file_with_many_faults_is_refused_with_all_of_them(plan, tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text(
        "[levers]\ncloud_covrage = 50\nnew_firms = -1\nrd_intensity = true\n"
        "[districts]\ninvestment_growth = 5\n[districts.new_firms]\nparis = 3\n"
        '[assumptions]\ncovid_loss = 99\nanchor_firm_stop_start = "2030-01"\n[extras]\n',
        encoding="utf-8",
    )
    with pytest.raises(ModelError) as caught:
        load_scenario(plan, path)
    words = ("cloud_covrage", "new_firms", "rd_intensity", "districts.investment_growth",
             "paris", "covid_loss", "2030-01", "extras")  # fmt: skip
    assert caught.value.details["count"] == len(words)
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize("text", ["levers = [", "\x00", "[levers]\na = 1\na = 2", "[1, 2]\n[3]"])
def test_a_file_that_is_no_scenario_is_refused_as_such(plan, tmp_path, text):
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be read as a scenario"):
        load_scenario(plan, path)


def test_a_file_that_is_not_there_is_said_to_be_missing(plan, tmp_path):
    with pytest.raises(ModelError, match="There is no file") as caught:
        load_scenario(plan, tmp_path / "nowhere.toml")
    assert caught.value.code == "no_file"
