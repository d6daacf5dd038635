"""Runs and ensembles: sums agree, the machinery does not show, every draw can be looked up."""

import itertools

import numpy as np
import pytest

from model import INDICATORS, ModelError, accounts, ensemble, simulate
from model.outcomes import FLOWS, INDUSTRY_FLOWS

DRAWS, SEED = 600, 4
"""Not a multiple of the blocks or chunks in which draws are made."""


@pytest.fixture(scope="module")
def scenario(plan):
    """The plan, with one district of its own and an assumption changed."""
    moved = plan.scenarios["plan"].with_lever("investment_growth", 25, "gongyi")
    return moved.with_assumption("demand_2021", 1.5)


@pytest.fixture(scope="module")
def run(plan, scenario):
    return simulate(plan, scenario, draw=17, draws=64, seed=2)


@pytest.fixture(scope="module")
def fan(plan, scenario):
    return ensemble(plan, scenario, DRAWS, SEED, threads=1)


def every_total(result) -> dict[str, np.ndarray]:
    totals = result.totals
    groups = {"city": totals.city, "district": totals.district, "industry": totals.industry}
    found = {f"{g}.{name}": x for g, flows in groups.items() for name, x in flows.items()}
    names = (
        "employment", "base_investment", "base_upgrade", "base_industry", "concordance",
        "discrepancy", "local_discrepancy",
    )  # fmt: skip
    return found | {name: getattr(totals, name) for name in names}


def assert_same(one, other, tolerance: float = 0.0) -> None:
    left, right = every_total(one), every_total(other)
    for name, values in left.items():
        assert np.allclose(values, right[name], rtol=tolerance, atol=1e-13 if tolerance else 0), (
            name
        )


# Sums


@pytest.mark.parametrize("flow", INDUSTRY_FLOWS)
def test_the_cells_add_to_the_city_in_every_month(run, flow):
    assert np.allclose(run.cells[flow].sum(axis=(1, 2)), run.totals.city[flow], rtol=1e-13)


@pytest.mark.parametrize("flow", FLOWS)
def test_the_districts_add_to_the_city_in_every_year(fan, flow):
    city = accounts.by_year(fan.totals.city[flow])
    assert np.allclose(fan.totals.district[flow].sum(axis=1), city, rtol=1e-12)


@pytest.mark.parametrize("flow", INDUSTRY_FLOWS)
def test_the_industries_add_to_the_city_in_every_year(fan, flow):
    city = accounts.by_year(fan.totals.city[flow])
    assert np.allclose(fan.totals.industry[flow].sum(axis=1), city, rtol=1e-12)


def test_manufacturing_is_industry_without_mining_and_utilities(plan, run):
    made = [i.is_manufacturing for i in plan.industries]
    assert not all(made)
    for part, whole in (
        ("manufacturing", "value_added"),
        ("manufacturing_base", "comparable_base"),
    ):
        expected = run.cells[whole][:, :, made].sum(axis=(1, 2))
        assert np.allclose(run.totals.city[part], expected, rtol=1e-13)


def test_new_build_and_upgrading_add_to_investment(run):
    both = run.by_district["investment_new"] + run.by_district["investment_upgrade"]
    assert np.allclose(both.sum(axis=1), run.totals.city["investment"], rtol=1e-13)


def test_twelve_months_add_to_the_year(plan, run):
    frame = run.to_frame(by=("month",))
    years = frame.groupby(frame["month"].str[:4])["value_added"].sum()
    assert list(years.index) == [str(year) for year in plan.years]
    assert np.allclose(years, run.indicator("industrial_va")[:, 0], rtol=1e-13)


def test_a_table_of_any_grain_has_the_same_total(run):
    total = run.to_frame(by=())["value_added"].item()
    for by in (("month",), ("district", "industry"), ("month", "district", "industry")):
        assert run.to_frame(by=by)["value_added"].sum() == pytest.approx(total, rel=1e-13)


def test_without_entry_and_exit_last_years_output_is_the_base_of_comparison(plan):
    cells = simulate(plan, plan.scenarios["status_quo"], draw=3, draws=16, seed=1).cells
    for value, base in (("value_added", "comparable_base"), ("energy", "comparable_energy")):
        assert np.allclose(cells[base][12:], cells[value][:-12], rtol=1e-13)


@pytest.mark.parametrize("code", [code for code in INDICATORS if code.endswith("_share")])
def test_a_share_is_a_share(fan, code):
    share = fan.indicator(code)
    assert ((share > 0) & (share < 1)).all()


def test_growth_of_the_city_is_the_base_weighted_mean_of_its_districts(plan, fan):
    """The errors of the published figures apart, which add with the weights of the base year."""
    base, totals = fan.totals.district["comparable_base"], fan.totals
    growth = np.stack(
        [fan.indicator("iva_growth", district=d) for d in plan.axes.districts], axis=1
    )
    mean = (base * (growth - totals.local_discrepancy)).sum(axis=1) / base.sum(axis=1)
    assert np.allclose(mean + totals.discrepancy, fan.indicator("iva_growth"), rtol=1e-11)


def test_cumulative_growth_ends_the_year_at_the_growth_of_the_year(fan):
    assert np.allclose(fan.cumulative_growth()[11::12], fan.indicator("iva_growth"), rtol=1e-12)


# Sameness


@pytest.mark.parametrize("chunk", [1, 100, 256, 1000])
def test_the_size_of_a_chunk_does_not_change_the_answer(plan, scenario, chunk):
    few = 260 if chunk > 1 else 9
    whole = ensemble(plan, scenario, few, SEED, chunk=few, threads=1)
    assert_same(ensemble(plan, scenario, few, SEED, chunk=chunk, threads=1), whole, 1e-12)


def test_the_number_of_threads_does_not_change_the_answer(plan, scenario, fan):
    assert_same(ensemble(plan, scenario, DRAWS, SEED, threads=3, chunk=128), fan, 1e-12)


def test_the_same_seed_gives_the_same_bits(plan, scenario, fan):
    assert_same(ensemble(plan, scenario, DRAWS, SEED, threads=2), fan)


def test_another_seed_gives_other_draws(plan, scenario, fan):
    other = ensemble(plan, scenario, DRAWS, SEED + 1).indicator("iva_growth")
    assert np.isclose(other, fan.indicator("iva_growth")).mean() < 0.01


@pytest.mark.parametrize("draw", [0, 255, 256, 599])
def test_a_draw_replayed_equals_its_place_in_the_fan(plan, scenario, fan, draw):
    alone = simulate(plan, scenario, draw=draw, draws=DRAWS, seed=SEED)
    for name, values in every_total(fan).items():
        found = every_total(alone)[name]
        assert np.allclose(found, values[..., [draw]], rtol=1e-12, atol=1e-13), name


def test_a_draw_does_not_depend_on_how_many_follow_within_a_power_of_two(plan, scenario):
    few, many = (ensemble(plan, scenario, n, SEED).indicator("iva_growth") for n in (40, 64))
    assert np.allclose(few, many[:, :40], rtol=1e-12)


def test_the_order_in_which_levers_are_moved_is_irrelevant(plan):
    moves = [(lever.id, lever.plan_value) for lever in plan.levers]
    one = two = plan.scenarios["status_quo"]
    for name, value in moves:
        one = one.with_lever(name, value)
    for name, value in reversed(moves):
        two = two.with_lever(name, value)
    assert one == two
    assert_same(simulate(plan, one), simulate(plan, two))


def test_equal_scenarios_give_equal_bits(plan):
    original = plan.scenarios["plan"]
    detour = original.with_lever("cloud_coverage", 60).with_lever("cloud_coverage", 100)
    assert_same(simulate(plan, original), simulate(plan, detour.renamed("other")))


def test_results_cannot_be_written_over(run, fan):
    for values in (*every_total(fan).values(), *run.cells.values(), *run.by_district.values()):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0


def test_utilisation_cannot_be_written_over(run):
    with pytest.raises(ValueError, match="read-only"):
        run.utilisation[0] = 0


# Uncertainty


def test_scenarios_share_their_luck(plan):
    """Common random numbers: what differs is the policy, not the draw."""
    fans = [ensemble(plan, plan.scenarios[name], 1024, SEED) for name in ("plan", "prudent")]
    growth = [fan.indicator("iva_growth")[0] for fan in fans]
    assert np.std(growth[0] - growth[1]) < 0.3 * np.std(growth[0])


@pytest.mark.parametrize("name", ["status_quo", "plan", "ambitious"])
def test_the_median_is_near_the_central_run(plan, name):
    """Priors are skewed and events pull down, so near is half a point, not equal."""
    centre = simulate(plan, plan.scenarios[name]).indicator("iva_growth")[0, 0]
    median = ensemble(plan, plan.scenarios[name], 2048).quantiles("iva_growth", [0.5])[0, 0]
    assert median == pytest.approx(centre, abs=0.006)


def test_uncertainty_grows_with_the_horizon(fan):
    low, high = fan.quantiles("industrial_va", [0.05, 0.95]).T
    width = (high - low) / (high + low)
    assert width[0] < width[1] < width[2]


def test_quantiles_are_in_order(fan):
    assert (np.diff(fan.quantiles("mva_growth"), axis=1) > 0).all()


# The anchor firm


def test_a_stop_of_the_anchor_firm_empties_its_cell_in_those_months_only(plan):
    scenario = plan.scenarios["status_quo"].with_assumption("anchor_firm_stop_months", 2)
    scenario = scenario.with_assumption("anchor_firm_stop_start", "2021-07")
    output = simulate(plan, scenario).to_frame()
    cell = output[(output["district"] == "airport") & (output["industry"] == "electronics")]
    idle = cell[cell["value_added"] == 0]
    assert list(idle["month"]) == ["2021-07", "2021-08"]


def test_after_a_stop_the_anchor_firm_comes_back_by_the_carry_over(plan):
    usual = plan.scenarios["status_quo"]
    stop = usual.with_assumption("anchor_firm_stop_months", 1)
    place = plan.axes.districts.index("airport"), plan.axes.industries.index("electronics")
    paths = [simulate(plan, s).cells["value_added"][:, *place, 0] for s in (stop, usual)]
    missing = 1 - paths[0] / paths[1]
    carry = plan.parameter("jump_carry_over").mid
    assert np.allclose(missing[:9], 0) and np.allclose(missing[9:14], carry ** np.arange(5))


def test_a_stop_of_the_anchor_firm_is_certain_in_every_draw(plan):
    scenario = plan.scenarios["status_quo"].with_assumption("anchor_firm_stop_months", 6)
    usual, stopped = (
        ensemble(plan, s, 128, SEED).indicator("industrial_va", "airport")[0]
        for s in (plan.scenarios["status_quo"], scenario)
    )
    assert (stopped < usual).mean() == 1.0


# What is refused


def test_an_ensemble_asks_before_every_chunk_and_stops_there(plan):
    answers = iter([False, False, True])
    with pytest.raises(ModelError, match="stopped") as caught:
        ensemble(
            plan, plan.scenarios["plan"], 512, chunk=64, threads=1, stopped=lambda: next(answers)
        )
    assert caught.value.code == "stopped" and list(answers) == []


def test_an_ensemble_on_two_threads_can_be_stopped(plan):
    answers = itertools.chain([False, False, False], itertools.repeat(True))
    with pytest.raises(ModelError, match="stopped"):
        ensemble(
            plan, plan.scenarios["plan"], 512, chunk=64, threads=2, stopped=lambda: next(answers)
        )


@pytest.mark.parametrize("draws", [0, -1, 1 << 21])
def test_a_number_of_draws_that_cannot_be_made_is_refused(plan, draws):
    with pytest.raises(ModelError, match="from 1 to 1048576 are possible"):
        ensemble(plan, plan.scenarios["plan"], draws)


def test_a_negative_seed_is_refused(plan):
    with pytest.raises(ModelError, match="seed -1 is negative"):
        ensemble(plan, plan.scenarios["plan"], 16, -1)


@pytest.mark.parametrize("draw", [-1, 64])
def test_a_draw_outside_the_ensemble_is_refused_with_the_range(plan, draw):
    with pytest.raises(ModelError, match="has draws 0 to 63") as caught:
        simulate(plan, plan.scenarios["plan"], draw=draw, draws=64)
    assert caught.value.code == "no_draw"


@pytest.mark.parametrize(
    ("code", "place", "message"),
    [
        ("iva_grwth", {}, "Did you mean 'iva_growth'"),
        ("iva_growth", {"district": "gongi"}, "Did you mean 'gongyi'"),
        ("iva_growth", {"industry": "coals"}, "Did you mean 'coal'"),
        ("iva_growth", {"district": "gongyi", "industry": "coal"}, "not for both"),
        ("leading_share", {"district": "gongyi"}, "ask for the city"),
        ("mva_growth", {"industry": "coal"}, "ask for the city"),
    ],
)
def test_an_indicator_that_does_not_exist_is_refused_with_what_does(run, code, place, message):
    with pytest.raises(ModelError, match=message):
        run.indicator(code, **place)
