"""Attribution: what each group brings, in the central run and draw by draw, adds up."""

import csv
import io

import numpy as np
import pytest

import model
from model.__main__ import main
from model.attribution import paired_weights, shapley, shapley_weights
from model.outcomes import ADDITIVE

INDICATORS = (
    "iva_growth",
    "mva_growth",
    "industrial_va",
    "industrial_investment",
    "upgrade_investment",
    "energy_intensity_fall",
)


PLACES = ({}, {"district": "gongyi"}, {"industry": "materials"})


@pytest.fixture(scope="module")
def runs(plan):
    return model.coalitions(plan, plan.scenarios["plan"])


# Theorems


def game(players, generator, largest):
    """Return a random game made of what groups of up to ``largest`` players do together."""
    sets = np.arange(1 << players)
    dividends = generator.normal(size=1 << players)
    dividends[[int(s).bit_count() > largest for s in sets]] = 0.0
    return np.array([dividends[(sets & members) == sets].sum() for members in sets]), dividends


@pytest.mark.parametrize("players", [1, 2, 5, 9])
def test_two_opposite_orders_are_exact_when_groups_interact_in_pairs(players):
    value, dividends = game(players, np.random.default_rng(players), 2)
    listed, weights = paired_weights(players)
    by_hand = [
        sum(d / int(s).bit_count() for s, d in enumerate(dividends) if s >> k & 1)
        for k in range(players)
    ]
    assert weights @ value[list(listed)] == pytest.approx(by_hand, abs=1e-10)
    assert shapley(value, players) == pytest.approx(by_hand, abs=1e-10)


@pytest.mark.parametrize("players", [1, 3, 9])
def test_two_opposite_orders_add_up_in_any_game(players):
    value, _ = game(players, np.random.default_rng(3), players)
    listed, weights = paired_weights(players)
    assert len(listed) == 2 * players
    assert (weights @ value[list(listed)]).sum() == pytest.approx(value[-1] - value[0], abs=1e-9)


def test_three_players_who_only_act_together_by_hand():
    """Shapley gives each a third; an order and its reverse give first and last a half."""
    value = np.zeros(8)
    value[7] = 1.0
    listed, weights = paired_weights(3)
    assert shapley(value, 3) == pytest.approx([1 / 3] * 3)
    assert weights @ value[list(listed)] == pytest.approx([0.5, 0.0, 0.5])


def test_without_players_there_is_nothing_to_share():
    assert shapley_weights(0).shape == (0, 1)
    assert paired_weights(0)[0] == (0,)


# The central run


@pytest.mark.parametrize("indicator", INDICATORS)
def test_parts_add_up(plan, runs, indicator):
    for year in plan.years:
        found = runs.attribution(indicator, year)
        total = found.reference + found.assumptions + sum(s.value for s in found.shares)
        assert abs(total - found.scenario) < 1e-9
        alone = sum(share.alone for share in found.shares)
        left = found.scenario - found.reference - found.assumptions - alone
        assert abs(found.interaction - left) < 1e-9


def test_the_scenario_of_an_attribution_is_its_run(plan, runs):
    run = model.simulate(plan, plan.scenarios["plan"])
    for indicator in INDICATORS:
        assert runs.attribution(indicator, 2021).scenario == pytest.approx(
            run.indicator(indicator)[1, 0], rel=1e-12
        )
    for place in PLACES:
        found = runs.attribution("iva_growth", 2021, **place)
        assert found.scenario == pytest.approx(run.indicator("iva_growth", **place)[1, 0])


def test_a_group_alone_does_what_its_levers_do_alone(plan, runs):
    scenario, before = plan.scenarios["plan"], plan.scenarios["status_quo"]
    spread = {lever.group for lever in plan.levers if lever.by_district}
    found = runs.attribution("iva_growth", 2020)
    for share in (share for share in found.shares if share.group not in spread):
        alone = before
        for lever in (lever for lever in plan.levers if lever.group == share.group):
            alone = alone.with_lever(lever.id, scenario.value(lever.id))
        growth = model.simulate(plan, alone).indicator("iva_growth")[0, 0]
        assert share.alone == pytest.approx(growth - found.reference, abs=1e-14)


def test_an_attribution_says_what_it_is_of_and_names_its_groups(plan, runs):
    found = runs.attribution("iva_growth", 2021, district="gongyi")
    assert (found.indicator, found.year, found.place) == ("iva_growth", 2021, "gongyi")
    assert runs.attribution("iva_growth", 2021, industry="materials").place == "materials"
    for share, group in zip(found.shares, runs.groups, strict=True):
        levers = [lever for lever in plan.levers if lever.group == group]
        assert share.group == group
        assert {(x.group_zh, x.group_en) for x in levers} == {(share.name_zh, share.name_en)}
        assert share.special_action == levers[0].special_action
    rows = found.to_frame().set_index("part")
    assert rows["value"].to_dict() == {
        "reference": found.reference, "assumptions": found.assumptions,
        **{share.group: share.value for share in found.shares}, "scenario": found.scenario,
    }  # fmt: skip
    assert rows["alone"].dropna().to_dict() == {s.group: s.alone for s in found.shares}


@pytest.mark.parametrize("place", PLACES)
def test_the_error_of_two_orders_is_how_far_they_miss_the_exact_shares(plan, runs, place):
    players = len(runs.players)
    values = runs.figures.indicator("iva_growth", **place)[0, :-1]
    listed, weights = paired_weights(players)
    missed = np.abs(weights @ values[list(listed)] - shapley(values, players)).max()
    assert runs.pairing_error("iva_growth", 2020, **place) == missed > 0
    found = model.attribute(plan, plan.scenarios["plan"], **place)
    assert found == runs.attribution("iva_growth", 2020, **place)


def test_a_group_that_does_not_differ_contributes_exactly_nothing(plan):
    scenario = plan.scenarios["status_quo"].with_lever("cloud_coverage", 100)
    found = model.attribute(plan, scenario, "iva_growth", 2021)
    by_group = {share.group: share for share in found.shares}
    assert len(by_group) == 9
    assert by_group["A3"].value == by_group["A3"].alone > 0
    assert all(s.value == s.alone == 0.0 for s in found.shares if s.group != "A3")
    assert found.interaction == pytest.approx(0, abs=1e-15)


def test_nothing_changed_nothing_to_explain(plan):
    same = plan.scenarios["plan"]
    found = model.attribute(plan, same, reference=same)
    assert (found.indicator, found.year, found.place) == ("iva_growth", 2020, "city")
    assert found.reference == found.scenario
    assert all(share.value == 0 for share in found.shares)
    assert model.coalitions(plan, same, same).pairing_error("iva_growth", 2020) == 0


def test_another_reference_turns_the_parts_round(plan):
    one, other = plan.scenarios["plan"], plan.scenarios["prudent"]
    there = model.attribute(plan, one, "iva_growth", 2021, reference=other)
    back = model.attribute(plan, other, "iva_growth", 2021, reference=one)
    for a, b in zip(there.shares, back.shares, strict=True):
        assert a.value == pytest.approx(-b.value, abs=1e-12)


def test_assumptions_stand_apart(plan):
    calm = plan.scenarios["plan_no_covid"]
    found = model.attribute(plan, calm, "iva_growth", 2020)
    levers = plan.scenarios["status_quo"]
    assumed = {name: value for name, value in calm.assumptions}
    for name, value in assumed.items():
        levers = levers.with_assumption(name, value)
    alone = model.simulate(plan, levers).indicator("iva_growth")[0, 0]
    assert found.assumptions == pytest.approx(alone - found.reference, abs=1e-12)
    assert found.assumptions > 0


@pytest.mark.parametrize("indicator", ADDITIVE)
def test_districts_times_groups_add_to_the_city_both_ways(plan, runs, indicator):
    for year in plan.years:
        found = runs.attribution(indicator, year)
        table = runs.by_place(indicator, year)
        assert table.shape == (12, 16)
        assert list(table.index) == ["reference", "assumptions", *runs.groups, "scenario"]
        parts = [found.reference, found.assumptions, *(s.value for s in found.shares)]
        assert table.sum(axis=1).to_numpy() == pytest.approx([*parts, found.scenario], abs=1e-9)
        assert table.iloc[:-1].sum().to_numpy() == pytest.approx(table.loc["scenario"], abs=1e-9)


@pytest.mark.parametrize("indicator", ["iva_growth", "mva_growth", "industrial_va"])
def test_industries_add_to_the_city_too(plan, runs, indicator):
    found = runs.attribution(indicator, 2021)
    table = runs.by_place(indicator, 2021, "industry")
    parts = [found.reference, found.assumptions, *(share.value for share in found.shares)]
    assert table.iloc[:-1].sum(axis=1).to_numpy() == pytest.approx(parts, abs=1e-9)
    if indicator == "mva_growth":
        others = [i.code for i in plan.industries if not i.is_manufacturing]
        assert (table[others] == 0).all().all()


def test_a_district_lever_shows_in_its_district(plan):
    before = plan.scenarios["status_quo"]
    moved = before.with_lever("investment_growth", 30, district="gongyi")
    table = model.coalitions(plan, moved).by_place("industrial_investment", 2020)
    elsewhere = table.loc["P"].drop("gongyi")
    assert table.loc["P", "gongyi"] > 0 and elsewhere.abs().max() < 1e-9


def test_what_is_no_sum_over_places_is_refused(runs):
    for indicator, places in (
        ("energy_intensity_fall", "district"),
        ("industrial_investment", "industry"),
    ):
        with pytest.raises(model.ModelError) as error:
            runs.by_place(indicator, 2020, places)
        assert error.value.code == "not_additive"
    for wrong in (("nonsense", 2020, "district"), ("iva_growth", 2020, "village")):
        with pytest.raises(model.ModelError):
            runs.by_place(*wrong)
    with pytest.raises(model.ModelError, match=r"'2031' is not a known year.* 2020, 2021, 2022"):
        runs.attribution("iva_growth", 2031)


# Draw by draw


@pytest.fixture(scope="module")
def ranges(plan):
    return model.attribution_ranges(plan, plan.scenarios["plan"], draws=64)


@pytest.mark.parametrize("indicator", INDICATORS)
def test_parts_add_up_in_every_draw(plan, ranges, indicator):
    for place in ({}, {"district": "gongyi"}):
        for year in plan.years:
            parts = ranges.parts(indicator, year, **place)
            total = parts.pop("scenario")
            assert np.abs(sum(parts.values()) - total).max() < 1e-9


def test_the_scenario_and_the_reference_are_their_ensembles(plan, ranges):
    for part, name in (("scenario", "plan"), ("reference", "status_quo")):
        fan = model.ensemble(plan, plan.scenarios[name], draws=64)
        for place in PLACES:
            parts = ranges.parts("iva_growth", 2020, **place)
            assert list(parts) == ["reference", "assumptions", *ranges.groups, "scenario"]
            assert np.array_equal(parts[part], fan.indicator("iva_growth", **place)[0])


def test_draws_shared_out_in_full_agree_to_a_ten_thousandth_of_a_point(plan):
    """Three groups that interact: all eight coalitions of every draw against the two orders."""
    scenario, before = plan.scenarios["status_quo"], plan.scenarios["status_quo"]
    for lever in ("recovered_loss", "factor_support", "leading_industry_push", "cloud_coverage"):
        scenario = scenario.with_lever(lever, plan.lever(lever).plan_value)
    found = model.attribution_ranges(plan, scenario, draws=32)
    players = found.players
    assert players == ("S", "A1", "A3", "A6")
    group = {lever.id: lever.group for lever in plan.levers}
    values = []
    for members in range(1 << len(players)):
        mixed = before
        for lever, value in scenario.values:
            if group[lever] in players and members >> players.index(group[lever]) & 1:
                mixed = mixed.with_lever(lever, value)
        values.append(model.ensemble(plan, mixed, draws=32).indicator("iva_growth")[0])
    exact = shapley(np.stack(values, axis=-1), len(players))
    parts = found.parts("iva_growth", 2020)
    for k, name in enumerate(players):
        assert np.abs(parts[name] - exact[:, k]).max() < 1e-6


@pytest.mark.parametrize("name", ["plan", "ambitious", "plan_no_covid"])
def test_the_stated_error_of_two_orders_is_small(plan, name):
    runs = model.coalitions(plan, plan.scenarios[name])
    for indicator in ("iva_growth", "mva_growth", "energy_intensity_fall"):
        for year in plan.years:
            assert runs.pairing_error(indicator, year) < 1e-5


def test_ranges_hold_their_median_and_mostly_the_central_value(plan, runs, ranges):
    table = ranges.to_frame("iva_growth", 2020).set_index("part")
    for name, drawn in ranges.parts("iva_growth", 2020).items():
        assert table.loc[name, ["low", "median", "high"]].tolist() == pytest.approx(
            np.quantile(drawn, (0.05, 0.5, 0.95))
        )
    for place in ({"district": "gongyi"}, {"industry": "materials"}):
        shown = ranges.to_frame("iva_growth", 2020, **place, probabilities=(0.1, 0.2, 0.3))
        drawn = ranges.parts("iva_growth", 2020, **place)["S"]
        assert shown.set_index("part")["high"]["S"] == pytest.approx(np.quantile(drawn, 0.3))
    assert (table["low"] <= table["median"]).all() and (table["median"] <= table["high"]).all()
    for share in runs.attribution("iva_growth", 2020).shares:
        low, high = table.loc[share.group, ["low", "high"]]
        assert low - 1e-9 <= share.value <= high + 1e-9


def test_progress_is_told_and_a_stop_is_obeyed(plan):
    told, scenario, prudent = [], plan.scenarios["plan_no_covid"], plan.scenarios["prudent"]
    found = model.attribution_ranges(
        plan, scenario, reference=prudent, draws=4, seed=7,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    parts = found.parts("iva_growth", 2020)
    for part, held in (("reference", prudent), ("scenario", scenario)):
        growth = model.ensemble(plan, held, draws=4, seed=7).indicator("iva_growth")[0]
        assert np.array_equal(parts[part], growth)
    total = told[-1][1]
    assert told == [(done, total) for done in range(1, total + 1)]
    assert total == 2 * len(found.players) + 1
    for last in (0, total - 1):  # at once, and before the reference, which comes last
        done = []
        with pytest.raises(model.ModelError) as error:
            model.attribution_ranges(
                plan, scenario, reference=prudent, draws=4,
                progress=lambda *step, done=done: done.append(step),
                stopped=lambda done=done, last=last: len(done) == last,
            )  # fmt: skip
        assert error.value.code == "stopped" and len(done) == last


# The command line


def printed(capsys, *arguments):
    assert main(("why", *arguments)) == 0
    return capsys.readouterr().out


def test_the_command_line_prints_the_parts(capsys, runs):
    found = runs.attribution("iva_growth", 2020)
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "--format", "csv"))))
    values = {row["part"]: float(row["value"]) for row in rows}
    assert values["scenario"] == pytest.approx(found.scenario, abs=1e-12)
    for share in found.shares:
        assert values[share.group] == pytest.approx(share.value, abs=1e-12)


def test_the_command_line_takes_a_place_a_year_and_draws(capsys, plan):
    text = printed(
        capsys, "--district", "gongyi", "--year", "2021", "--draws", "16", "--format", "csv"
    )
    rows = {row["part"]: row for row in csv.DictReader(io.StringIO(text))}
    expected = model.attribute(plan, plan.scenarios["plan"], year=2021, district="gongyi")
    assert float(rows["scenario"]["value"]) == pytest.approx(expected.scenario, abs=1e-12)
    assert float(rows["S"]["low"]) <= float(rows["S"]["high"])


def test_the_command_line_refuses_what_is_unknown(capsys):
    assert main(("why", "--indicator", "happiness")) == 2
    assert "happiness" in capsys.readouterr().err
    assert main(("why", "--district", "atlantis")) == 2


def test_the_table_of_the_command_line_lines_up(capsys):
    lines = printed(capsys).splitlines()
    assert len(lines) == 13 and len({len(line) for line in lines}) == 1
