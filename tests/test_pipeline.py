"""The investment account: nothing is lost on the way, and the chains have a closed form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import model
from model.errors import ModelError
from model.pipeline import KINDS, capital_by_cohort, completions, gestation

NAMES = ("plan", "status_quo", "plan_no_covid", "replay_2020")


@pytest.fixture(scope="module", params=NAMES)
def case(plan, request):
    run = model.simulate(plan, model.load_scenario(plan, request.param))
    return run, model.investment_account(run)


def moved(plan, levers: dict[str, float]):
    scenario = model.load_scenario(plan, "plan")
    for name, value in levers.items():
        scenario = scenario.with_lever(name, value)
    return scenario


def ranges(plan):
    names = ("investment_growth", "upgrade_investment_growth", "contracts_signed",
             "contract_conversion", "completions", "industrial_land_share")  # fmt: skip
    chosen = [plan.lever(name) for name in names]
    return st.fixed_dictionaries({row.id: st.floats(row.minimum, row.maximum) for row in chosen})


# Conservation


@settings(max_examples=25)
@given(st.data())
def test_what_goes_in_is_in_progress_or_completed(plan, data):
    run = model.simulate(plan, moved(plan, data.draw(ranges(plan))))
    account = model.investment_account(run)
    size = np.abs(account.opening).max() + np.abs(account.spent).sum()
    flows = account.opening[:, 0] + account.spent.sum(axis=1) - account.completed.sum(axis=1)
    assert np.abs(flows - account.closing[:, -1]).max() <= 1e-12 * size
    step = account.opening + account.spent - account.completed - account.closing
    assert np.abs(step).max() <= 1e-12 * size
    assert np.array_equal(account.closing[:, :-1], account.opening[:, 1:])


def test_a_drawn_run_is_conserved_too(plan):
    run = model.simulate(plan, model.load_scenario(plan, "plan"), draw=17, draws=64)
    account = model.investment_account(run)
    step = account.opening + account.spent - account.completed - account.closing
    assert np.abs(step).max() <= 1e-11


def test_the_account_stands_on_the_stocks_of_the_march(case):
    run, account = case
    for kind, name in (("new", "work_new"), ("upgrade", "work_upgrade")):
        marched = run.by_district[name] * run.pipeline.scale
        assert account.opening[KINDS.index(kind)] == pytest.approx(marched, rel=1e-12)


def test_the_cohorts_of_spending_add_to_the_capital_of_the_march(case):
    run, _ = case
    found = capital_by_cohort(run).sum(axis=0)
    assert found == pytest.approx(np.broadcast_to(run.cells["capital"], found.shape), rel=1e-13)


def test_districts_add_to_the_city(case):
    run, account = case
    parts = [model.investment_account(run, district=code) for code in run.axes.districts]
    for name in ("opening", "spent", "completed", "closing"):
        whole = sum(getattr(part, name) for part in parts).sum(axis=2)
        assert whole == pytest.approx(getattr(account, name).sum(axis=2), rel=1e-12, abs=1e-12)


def test_spending_is_what_the_targets_are_judged_on(case):
    """T04 and T05: delivered spending, total and upgrading."""
    run, account = case
    assert not run.pipeline.floored.any()
    total = account.by_year("spent").sum(axis=(0, 2))
    upgrade = account.by_year("spent")[KINDS.index("upgrade")].sum(axis=1)
    assert total == pytest.approx(run.indicator("industrial_investment"), rel=1e-13)
    assert upgrade == pytest.approx(run.indicator("upgrade_investment"), rel=1e-13)


def test_cuts_that_find_nothing_to_cut_are_told(plan):
    lowest = {name: plan.lever(name).minimum for name in
              ("investment_growth", "contracts_signed", "contract_conversion")}  # fmt: skip
    most = plan.lever("upgrade_investment_growth").maximum
    run = model.simulate(plan, moved(plan, lowest | {"upgrade_investment_growth": most}))
    assert run.by_district["floor_binds"].any()
    assert run.pipeline.floored.max() > 0
    account = model.investment_account(run)
    told = account.spent.sum(axis=0) + run.pipeline.floored
    delivered = run.by_district["investment_new"] + run.by_district["investment_upgrade"]
    assert told == pytest.approx(delivered, abs=1e-12)


# Closed forms


@pytest.mark.parametrize(("kind", "stages", "mean"), [("new", 3, 18), ("upgrade", 2, 7)])
def test_the_status_quo_completes_as_the_closed_form_says(plan, kind, stages, mean):
    account = model.investment_account(model.simulate(plan, plan.scenarios["status_quo"]))
    place = KINDS.index(kind)
    assert account.stages[place] == stages
    found = account.kernel(kind, month=0, months=400)[:, 0]
    assert found == pytest.approx(gestation(stages, stages / mean, 400), abs=1e-12)
    assert found[-1] == pytest.approx(1, abs=1e-12)
    mass = np.diff(found, prepend=0)
    assert mass @ np.arange(400) == pytest.approx(mean, abs=1e-9)
    for month in (0, 5, 35):
        assert account.mean_gestation(kind, month)[0] == pytest.approx(mean, abs=1e-12)


@given(st.integers(1, 5), st.floats(0.05, 1.0))
def test_mass_is_one_and_the_mean_is_stages_over_rate(stages, rate):
    months = 60 * stages + int(40 * stages / rate)
    found = gestation(stages, rate, months)
    assert found[-1] == pytest.approx(1, abs=1e-9)
    assert (1 - found).sum() == pytest.approx(stages / rate, rel=1e-6)
    impulse = np.zeros((months, 1))
    impulse[0] = 1
    marched, _ = completions(np.zeros((stages, 1)), impulse, np.full((months, 1), rate))
    assert marched.cumsum() == pytest.approx(found, abs=1e-12)


def test_the_mean_of_changing_rates_is_that_of_the_kernel(plan):
    account = model.investment_account(model.simulate(plan, plan.scenarios["plan"]))
    for kind in KINDS:
        kernel = account.kernel(kind, month=4, months=600)[:, 0]
        mean = np.diff(kernel, prepend=0) @ np.arange(600)
        assert account.mean_gestation(kind, 4)[0] == pytest.approx(mean, abs=1e-9)


def test_the_plan_brings_capacity_sooner_while_its_levers_hold(plan):
    """More completions a year and land support both shorten the chain; neither undoes it."""
    plan_, usual = (
        model.investment_account(model.simulate(plan, plan.scenarios[name]))
        for name in ("plan", "status_quo")
    )
    for kind in ("new", "upgrade"):
        assert plan_.mean_gestation(kind, 6)[0] < usual.mean_gestation(kind, 6)[0]


# What it yields


def test_spending_of_a_year_is_completed_in_part_and_never_before(case):
    run, account = case
    for year in run.axes.years:
        share = account.share_completed(year)[:, 0]
        assert (np.diff(share) >= 0).all()
        assert share[-1] < 1
        assert (share[: 12 * run.axes.years.index(year) + 1] == 0).all()


def test_output_comes_after_spending_and_is_never_more_than_there_is(case):
    run, _ = case
    found = model.output_of_spending(run).sum(axis=(2, 3, 4))
    assert (np.tril(found, -1) == 0).all()
    assert (np.diag(found) > 0).all()
    total = run.cells["value_added"].reshape(3, 12, -1).sum(axis=(1, 2))
    assert (found.sum(axis=0) < total).all()


def test_output_of_a_small_share_is_elasticity_times_share(plan):
    """1 - (1 - x)^a = a x + O(x^2): the first months' capacity is small."""
    run = model.simulate(plan, plan.scenarios["status_quo"])
    kept = capital_by_cohort(run)[1, :12] / run.cells["capital"][:12]
    output = run.cells["value_added"][:12] - run.cells["entrants"][:12]
    linear = (output * kept * run.pipeline.elasticity).sum()
    exact = model.output_of_spending(run)[0, 0].sum()
    assert exact == pytest.approx(linear, rel=kept.max())
    assert exact >= linear


def test_without_contracts_beyond_the_status_quo_there_is_nothing_to_convert(plan):
    account = model.investment_account(model.simulate(plan, plan.scenarios["status_quo"]))
    assert account.signed == account.converted == account.additional == 0
    assert not account.spent[KINDS.index("contract")].any()


def test_contracts_become_spending_up_to_their_additional_part(plan):
    """The plan signs 500 more a year at the same conversion of .36, and half is additional."""
    account = model.investment_account(model.simulate(plan, plan.scenarios["plan"]))
    assert account.converted == pytest.approx(0.36 * account.signed)
    assert account.additional == pytest.approx(0.5 * account.converted)
    spent = account.by_year("spent")[KINDS.index("contract")].sum(axis=(1, 2))
    assert (np.diff(spent) > 0).all()
    assert spent.max() < account.additional[0]
    assert spent[0] < 0.15 * account.additional[0]  # nothing to speak of in the first year


def test_projects_by_hand(plan):
    found = model.projects(plan, plan.scenarios["plan"])
    assert found[:4] == (236, 210, 215, 236 + 210 - 215)
    assert found.months == pytest.approx(12 * ((236 + 231) / 2) / ((210 + 215) / 2))


def test_the_frame_adds_up(case):
    _, account = case
    year = account.to_frame(by=["year"])
    assert year["spent"].sum() == pytest.approx(account.to_frame(by=())["spent"][0])
    kinds = account.to_frame(by=["month", "kind"])
    assert len(kinds) == 36 * 3
    assert kinds["spent"].sum() == pytest.approx(year["spent"].sum())
    whole = account.to_frame(by=["district"])
    balance = whole["opening"] + whole["spent"] - whole["completed"] - whole["closing"]
    assert np.abs(balance).max() < 1e-9


def test_what_does_not_exist_is_refused(plan, case):
    run, account = case
    with pytest.raises(ModelError, match="is not a known district"):
        model.investment_account(run, district="atlantis")
    with pytest.raises(ModelError, match="is not a known kind"):
        account.kernel("houses")
    with pytest.raises(ModelError, match="is not a known year"):
        account.share_completed(2019)
    with pytest.raises(ModelError, match="is not a known axis"):
        account.to_frame(by=["industry"])
    with pytest.raises(ModelError, match="not both"):
        account.to_frame(by=["month", "year"])
    with pytest.raises(ModelError, match="is not a known part"):
        account.by_year("lost")
