"""Growth accounting adds up exactly, and its parts are what they are called."""

import numpy as np
import pytest

import model
from model import growth
from model.axes import MONTHS_PER_YEAR
from model.capital import PreSample
from model.growth import (
    CAPITAL,
    GROUPS,
    SOURCES,
    base_year_flows,
    capital_parts,
    growth_accounting,
    growth_by_place,
)

RNG = np.random.default_rng(20200319)


def random_scenario(plan):
    """Levers and assumptions anywhere in their ranges, the stop of the anchor firm among them."""
    scenario = plan.scenarios["status_quo"]
    for lever in plan.levers:
        scenario = scenario.with_lever(lever.id, RNG.uniform(lever.minimum, lever.maximum))
    for assumption in plan.assumptions:
        if assumption.id != "anchor_firm_stop_start" and RNG.random() < 0.5:
            low, high = assumption.minimum, assumption.maximum
            whole = assumption.moves == "event"
            value = RNG.integers(int(low), int(high) + 1) if whole else RNG.uniform(low, high)
            scenario = scenario.with_assumption(assumption.id, float(value))
    return scenario


def yearly(path):
    return path.reshape(-1, MONTHS_PER_YEAR, *path.shape[1:]).sum(axis=1)


def of(plan, scenario, year=2020, **place):
    return growth_accounting(plan, model.simulate(plan, scenario), year, **place)


def test_parts_add_to_growth_cell_by_cell_in_200_random_scenarios(plan):
    for _ in range(200):
        run = model.simulate(plan, random_scenario(plan))
        found = growth.cell_contributions(run)
        assert np.isfinite(found).all()
        change = yearly(run.cells["value_added"] - run.cells["comparable_base"])
        assert np.abs(found.sum(axis=1) - change).max() < 1e-11
        base = yearly(run.cells["comparable_base"]).sum(axis=(1, 2))
        published = run.indicator("iva_growth")
        assert np.abs(found.sum(axis=(1, 2, 3)) / base - published).max() < 1e-12


@pytest.mark.parametrize("name", ["plan", "ambitious"])
def test_parts_add_up_for_every_place_year_and_span(plan, name):
    run = model.simulate(plan, plan.scenarios[name])
    places = [{}] + [{"district": d} for d in plan.axes.districts]
    places += [{"industry": i} for i in plan.axes.industries]
    for place in places:
        index = 1.0
        for k, year in enumerate(plan.years):
            account = growth_accounting(plan, run, year, **place)
            named = "iva_growth", next(iter(place.values()), "city"), (year,)
            assert (account.indicator, account.place, account.years) == named
            published = run.indicator("iva_growth", **place)[k, 0]
            assert abs(account.growth.sum() - published) < 1e-12
            assert abs(account.part("discrepancy")) < 1e-12
            index *= 1 + published
            since = growth_accounting(plan, run, year, since=2019, **place)
            assert since.years == plan.years[: k + 1]
            assert abs(since.growth.sum() - (index - 1)) < 1e-12
            assert abs(since.total[0] - (index - 1)) < 1e-12


def test_a_drawn_run_adds_up_with_its_shocks_and_its_discrepancy(plan):
    for draw in (0, 17, 4095):
        run = model.simulate(plan, plan.scenarios["plan"], draw=draw)
        for year in plan.years:
            account = growth_accounting(plan, run, year)
            published = run.indicator("iva_growth")[plan.years.index(year), 0]
            assert abs(account.growth.sum() - published) < 1e-12
            assert account.part("shocks") != 0
            assert abs(account.part("discrepancy") - run.totals.discrepancy[0]) < 1e-12


def test_districts_and_industries_add_to_the_city(plan):
    run = model.simulate(plan, plan.scenarios["ambitious"])
    for year in plan.years:
        city = growth_accounting(plan, run, year)
        for kind, codes in (("district", plan.axes.districts), ("industry", plan.axes.industries)):
            own = {
                code: growth_accounting(plan, run, year, **{kind: code}).levels for code in codes
            }
            assert np.abs(sum(own.values()) - city.levels).max() < 1e-10
            table = growth_by_place(plan, run, year, kind)
            assert np.abs(table.sum(axis=1) - city.growth[:, 0]).max() < 1e-12
            for code in codes:
                part = table.loc[list(SOURCES), code] - own[code][0, :, 0] / city.base[0, 0]
                assert np.abs(part).max() < 1e-12
    assert tuple(growth_by_place(plan, run, 2020)) == plan.axes.districts


def test_manufacturing_leaves_the_other_industries_out(plan):
    run = model.simulate(plan, plan.scenarios["plan"])
    account = growth_accounting(plan, run, 2020, indicator="mva_growth")
    whole = growth_accounting(plan, run, 2020)
    others = [i.code for i in plan.industries if not i.is_manufacturing]
    rest = sum(growth_accounting(plan, run, 2020, industry=code).levels for code in others)
    assert np.abs(account.levels + rest - whole.levels).max() < 1e-10
    assert abs(account.total[0] - run.indicator("mva_growth")[0, 0]) < 1e-12


# Capital by hand


def test_capital_parts_by_hand():
    """One cell doubles within a year by one project; half of the log change is its elasticity."""
    capital = np.ones((24, 1, 1, 1))
    capital[18:] = 2.0
    flow = np.zeros((24, 1, 1, 1))
    flow[17] = 1.0  # becomes capital of the next month
    parts = capital_parts(capital, {"project": flow}, np.array([[0.5]]))["project"]
    assert parts[5] == 0 and np.allclose(parts[6:, 0, 0, 0], 0.5 * np.log(2))


def test_flows_that_cancel_move_nothing_together():
    capital = np.full((24, 1, 1, 1), 3.0)
    flows = {"built": np.full((24, 1, 1, 1), 0.3), "worn": np.full((24, 1, 1, 1), -0.3)}
    parts = capital_parts(capital, flows, np.array([[1.0]]))
    # Twelve months of a tenth of the stock each.
    assert np.allclose(parts["built"], 1.2) and np.allclose(parts["worn"], -1.2)


def test_new_build_of_the_base_year_is_what_the_perpetual_inventory_leaves():
    """A stock of 2 that stands still wears by 0.1 and upgrades 0.2, which counts half again."""
    year, none = np.full((12, 1), 2.0), np.zeros((1, 1))
    pre = PreSample(year, np.ones(1), np.ones(1), none, none, renewal=year / 20)
    capital, new, upgraded = base_year_flows(pre, np.array([0.5]), np.array([0.05]))
    assert np.allclose(capital, 2.0) and np.allclose(upgraded, 0.2) and np.allclose(new, -0.2)


def test_parts_of_capital_add_to_its_log_change(plan):
    run = model.simulate(plan, plan.scenarios["ambitious"])
    parts = sum(run.output_drivers[name] for name in CAPITAL)
    capital = run.cells["capital"]
    log = np.log(capital[12:] / capital[:-12])
    ratio = (parts[12:] - parts[:-12]) / log
    # The same elasticity in all districts and months: the ratio is alpha of the industry.
    assert np.abs(ratio - ratio[:1, :1]).max() < 1e-8
    assert ((ratio > 0.05) & (ratio < 0.95)).all()


def fixed(plan, **values):
    """Return the plan with some parameters at other values, as if they were known."""
    from dataclasses import replace

    changed = tuple(
        replace(p, low=values[p.id], mid=values[p.id], high=values[p.id]) if p.id in values else p
        for p in plan.parameters
    )
    return replace(plan, parameters=changed)


def test_without_upgrading_its_parts_are_nothing(plan):
    other = fixed(plan, tech_upgrade_share_2019=0.0)
    account = of(other, other.scenarios["status_quo"])
    assert abs(account.part("upgrading")) < 1e-12
    assert abs(account.part("upgrading_quality")) < 1e-12
    assert account.part("new_build") > 0


def test_without_a_premium_upgrading_has_no_quality(plan):
    other = fixed(plan, embodied_premium=0.0)
    account = of(other, other.scenarios["plan"])
    assert account.part("upgrading_quality") == 0 and account.part("upgrading") > 0


def test_quality_is_the_premium_times_quantity(plan):
    account = of(plan, plan.scenarios["plan"])
    premium = plan.parameter("embodied_premium").mid
    assert abs(account.part("upgrading_quality") - premium * account.part("upgrading")) < 1e-12


def test_without_wear_nothing_depreciates(plan):
    other = fixed(plan, depreciation=0.0)
    assert of(other, other.scenarios["plan"]).part("depreciation") == 0


# Levers at the status quo


LEVER_SOURCES = {
    "leading_push": ("leading_industry_push", "plan"),
    "cloud": ("cloud_coverage", "plan"),
    "factor_support": ("factor_support", "plan"),
    "labour_support": ("factor_support", "plan"),
    "contracts": ("contracts_signed", "plan"),
    "closures": ("closure_carbon", "plan"),
    "rd": ("rd_intensity", "plan"),
    "entry": ("new_firms", "plan"),
}


def test_at_the_status_quo_levers_contribute_nothing(plan):
    run = model.simulate(plan, plan.scenarios["status_quo"])
    for year in plan.years:
        account = growth_accounting(plan, run, year)
        for name in (*LEVER_SOURCES, "shocks", "stop"):
            assert abs(account.part(name)) < 1e-15, name


@pytest.mark.parametrize("source", LEVER_SOURCES)
def test_a_lever_shows_under_its_own_name(plan, source):
    lever, _ = LEVER_SOURCES[source]
    alone = plan.scenarios["status_quo"].with_lever(lever, plan.lever(lever).plan_value)
    run = model.simulate(plan, alone)
    account = growth_accounting(plan, run, 2022, since=2019)
    assert abs(account.part(source)) > 1e-7
    others = set(LEVER_SOURCES) - {source} - {name for name, (one, _) in LEVER_SOURCES.items()
                                              if one == lever}  # fmt: skip
    assert all(abs(account.part(name)) < 1e-15 for name in others)


def test_without_covid_there_is_no_loss_and_nothing_to_recoup(plan):
    account = of(plan, plan.scenarios["plan_no_covid"])
    assert abs(account.part("covid_loss")) < 1e-12 and abs(account.part("recoupment")) < 1e-12


def test_recouped_output_is_given_back_in_the_next_year(plan):
    run = model.simulate(plan, plan.scenarios["plan"])
    first, second = (growth_accounting(plan, run, year).part("recoupment") for year in (2020, 2021))
    assert first > 0 > second


def test_a_stop_of_the_anchor_firm_shows_under_stop(plan):
    scenario = plan.scenarios["plan"].with_assumption("anchor_firm_stop_months", 3)
    account, calm = of(plan, scenario), of(plan, plan.scenarios["plan"])
    assert account.part("stop") < 0
    assert abs(account.growth.sum() - account.total[0]) < 1e-12
    assert abs((account.total[0] - calm.total[0]) / account.part("stop") - 1) < 0.5


def test_what_a_stop_carries_over_is_a_fall_like_any_other(plan):
    """In the month of the stop the firm makes nothing, in the next what is not carried over."""
    scenario = plan.scenarios["plan"].with_assumption("anchor_firm_stop_months", 1)
    start = int(scenario.assumption("anchor_firm_stop_start"))
    carried = plan.parameter("jump_carry_over").mid
    left = np.exp(model.simulate(plan, scenario).output_drivers["stop"][:, *plan.anchor, 0])
    assert left[start - 1 : start + 3] == pytest.approx([1, 0, 1 - carried, 1 - carried**2])


# What is refused, and the table


def test_years_outside_and_unknown_names_are_refused(plan):
    run = model.simulate(plan, plan.scenarios["plan"])
    for wrong, span in (
        ({"year": 2030}, "2029-2030"),
        ({"year": 2020, "since": 2020}, "2020-2020"),
        ({"year": 2021, "since": 2018}, "2018-2021"),
    ):
        with pytest.raises(model.ModelError, match="years from 2019 to 2022 are possible") as error:
            growth_accounting(plan, run, **wrong)
        assert error.value.code == "years_outside"
        assert error.value.details == {"given": span, "low": 2019, "high": 2022}
    with pytest.raises(model.ModelError, match="'upgrade_share' is not a known growth rate"):
        growth_accounting(plan, run, indicator="upgrade_share")
    with pytest.raises(model.ModelError, match="'nowhere' is not a known district"):
        growth_accounting(plan, run, district="nowhere")
    with pytest.raises(model.ModelError, match="'village' is not a known kind of place"):
        growth_by_place(plan, run, 2020, "village")
    with pytest.raises(model.ModelError, match="'magic' is not a known source of growth"):
        growth_accounting(plan, run).part("magic")


def test_the_table_has_every_source_once_and_adds_up(plan):
    account = of(plan, plan.scenarios["plan"])
    table = account.to_frame()
    assert tuple(table["source"]) == SOURCES == tuple(n for g in GROUPS.values() for n in g)
    assert abs(table["growth"].sum() - account.total[0]) < 1e-12
    assert abs(table["level"].sum() / account.base[0, 0] - account.total[0]) < 1e-12
    for group, names in GROUPS.items():
        rows = table[table["group"] == group]
        assert tuple(rows["source"]) == names
        assert account.part(group) == pytest.approx(rows["growth"].sum(), abs=1e-15)


def test_an_account_says_what_it_is_of_and_how_much():
    """A tenth in one year, 1.1 times 1.2 less one in two, and in three half of that on top."""
    levels = np.zeros((3, len(SOURCES), 1))
    levels[:, SOURCES.index("entry"), 0] = 10.0, 22.0, 66.0
    base = np.array([[100.0], [110.0], [132.0]])
    years = (2020, 2021, 2022)
    whole = growth.GrowthAccount("iva_growth", "city", years, levels, base)
    assert repr(whole) == "GrowthAccount(iva_growth, city, 2020-2022: +98.0 %)"
    two = growth.GrowthAccount("iva_growth", "gongyi", years[:2], levels[:2], base[:2])
    one = growth.GrowthAccount("mva_growth", "city", (2020,), levels[:1], base[:1])
    assert repr(one) == "GrowthAccount(mva_growth, city, 2020: +10.0 %)"
    assert repr(two) == "GrowthAccount(iva_growth, gongyi, 2020-2021: +32.0 %)"
    assert two.part("entry") == two.part("accounts") == pytest.approx(0.32)
