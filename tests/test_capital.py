"""Spending, work in progress and capital: what enters leaves in full, and wears out as stated."""

from dataclasses import replace

import numpy as np
import pytest

from model.axes import MONTHS_PER_YEAR
from model.capital import (
    chain_step,
    monthly_depreciation,
    next_capital,
    pre_sample,
    release_rate,
    yearly_cycle,
)
from model.draws import central
from model.investment import construction_time, pipeline_flow
from model.rates import prepare
from model.settings import settings
from model.simulate import simulate

ONE = np.ones(1)


def completions(stages: int, rate: np.ndarray, inflow: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Run a chain that starts empty; return its output and the work left in it each month."""
    work, out, left = np.zeros((stages, *rate.shape)), [], []
    for amount in inflow:
        work, done = chain_step(work, amount * np.ones_like(rate), rate)
        out.append(done)
        left.append(work.sum(axis=0))
    return np.stack(out), np.stack(left)


@pytest.mark.parametrize("stages", [1, 2, 3])
def test_what_was_spent_is_finished_or_still_under_way(stages):
    spent = np.random.default_rng(1).uniform(0, 5, 60)
    done, left = completions(stages, np.array([0.05, 0.3, 1.0]), spent)
    assert np.allclose(done.cumsum(axis=0) + left, spent.cumsum()[:, None], rtol=1e-13)


def test_work_is_conserved_while_the_pace_of_building_changes():
    generator = np.random.default_rng(2)
    work, spent, done = np.zeros((3, 1)), 0.0, 0.0
    for _ in range(60):
        amount = generator.uniform(0, 5)
        work, out = chain_step(work, np.array([amount]), generator.uniform(0, 1, 1))
        spent, done = spent + amount, done + out[0]
    assert done + work.sum() == pytest.approx(spent, rel=1e-13)


@pytest.mark.parametrize(("stages", "rate"), [(1, 0.25), (2, 2 / 7), (3, 1 / 6), (3, 1.0)])
def test_the_mean_lag_of_a_chain_is_its_stages_over_its_rate(stages, rate):
    once = np.zeros(1200)
    once[0] = 1.0
    done, _ = completions(stages, np.array([rate]), once)
    assert np.arange(1200) @ done[:, 0] == pytest.approx(stages / rate, rel=1e-12)


@pytest.mark.parametrize("months", [4.0, 7.0, 18.0, 60.0])
def test_the_release_rate_makes_the_mean_lag_the_gestation_time(months):
    rate = release_rate(3, np.array([months]))
    assert 3 / rate[0] == pytest.approx(months, rel=1e-15)


def test_no_stage_releases_more_than_it_holds():
    assert release_rate(3, np.array([2.0]))[0] == 1.0


def test_nothing_is_finished_before_as_many_months_as_there_are_stages():
    done, _ = completions(3, np.array([0.9]), np.ones(6))
    assert (done[:3] == 0).all() and done[3] > 0


def test_a_single_investment_wears_out_geometrically():
    wear, capital = monthly_depreciation(np.array([0.096])), ONE
    for _ in range(5 * MONTHS_PER_YEAR):
        capital = next_capital(capital, 0 * ONE, 0 * ONE, 0.3 * ONE, wear)
    assert capital[0] == pytest.approx((1 - 0.096) ** 5, rel=1e-12)


def test_capital_is_what_survives_and_what_is_finished_with_the_premium_on_upgrading():
    found = next_capital(np.array([10.0]), 2 * ONE, 3 * ONE, 0.5 * ONE, 0.1 * ONE)
    assert found[0] == pytest.approx(0.9 * 10 + 2 + 1.5 * 3)


def test_capital_settles_where_investment_just_replaces_wear():
    """Solow (1956): K* = (sA/delta)^(1/(1-alpha)) L."""
    alpha, saving, wear = 0.4, 0.3, monthly_depreciation(np.array([0.1]))
    capital = ONE
    for _ in range(6000):
        capital = next_capital(capital, saving * capital**alpha, 0 * ONE, 0 * ONE, wear)
    assert capital[0] == pytest.approx((saving / wear[0]) ** (1 / (1 - alpha)), rel=1e-10)


def test_the_capital_output_ratio_settles_at_saving_over_growth_and_wear():
    """Solow (1956) with productivity growth: K/Y = s/(g_Y + delta), here month by month."""
    alpha, saving, progress = 0.5, 0.33, 0.03
    wear, capital, productivity = monthly_depreciation(np.array([0.096])), ONE, 1.0
    for _ in range(6000):
        output = productivity * capital**alpha
        capital = next_capital(capital, saving * output, 0 * ONE, 0 * ONE, wear)
        productivity *= (1 + progress) ** (1 / MONTHS_PER_YEAR)
    growth = (1 + progress) ** (1 / (1 - alpha))
    monthly = growth ** (1 / MONTHS_PER_YEAR) - 1
    ratio = capital / (productivity * capital**alpha)
    assert ratio[0] == pytest.approx(saving / (monthly + wear[0]), rel=1e-9)


def test_the_yearly_cycle_is_where_any_start_leads_after_centuries():
    generator = np.random.default_rng(3)
    inflow, growth = generator.uniform(0, 2, (12, 4)), np.array([1.0, 1.02, 1.05, 1.1])
    kept = np.array([0.2, 0.8, 0.95, 0.99])
    stock, level = np.full(4, 7.0), np.ones(4)
    for _ in range(400):
        path = []
        for flow in inflow:
            path.append(stock / level)
            stock = kept * stock + flow * level
        level = level * growth
    assert np.allclose(yearly_cycle(inflow, kept, growth), np.stack(path), rtol=1e-11)


def test_after_twelve_months_the_cycle_stands_higher_by_the_growth_factor():
    inflow, kept, growth = np.random.default_rng(4).uniform(0, 2, (12, 1)), 0.9 * ONE, 1.05 * ONE
    path = yearly_cycle(inflow, kept, growth)
    assert kept * path[-1] + inflow[-1] == pytest.approx(growth * path[0], rel=1e-13)


def steady_scale(growth: float, month_share: np.ndarray) -> tuple[float, float]:
    """Return both sides of the condition that capital grows with investment.

    With g the growth of a month: c [(1-s)(p/(p+g))^3 + s(1+psi)(q/(q+g))^2] = g + wear.
    """
    new, upgrade, share, premium = 3 / 18, 2 / 7, 0.5, 0.3
    wear = monthly_depreciation(np.array([0.096]))
    before = pre_sample(
        month_share, share * ONE, new * ONE, upgrade * ONE, 3, 2, premium * ONE, wear,
        np.array([growth]),
    )  # fmt: skip
    spent_in_january = month_share[0] * before.annual_flow[0] * before.growth[0]
    month = np.exp(growth / MONTHS_PER_YEAR) - 1
    finished = (1 - share) * (new / (new + month)) ** 3
    finished += share * (1 + premium) * (upgrade / (upgrade + month)) ** 2
    return spent_in_january * finished, month + wear[0]


def test_with_equal_months_and_no_growth_investment_just_replaces_wear():
    left, right = steady_scale(0.0, np.full(12, 1 / 12))
    assert left == pytest.approx(right, rel=1e-12)


def test_with_spending_that_grows_every_month_capital_grows_at_the_same_rate():
    share = np.exp(0.045 * np.arange(12) / 12)
    left, right = steady_scale(0.045, share / share.sum())
    assert left == pytest.approx(right, rel=1e-12)


def test_capital_stands_at_one_when_the_simulation_begins(plan):
    rates, _ = prepare(
        plan, settings(plan, plan.scenarios["plan"]), central(plan, plan.scenarios["plan"])
    )
    assert rates.pre_sample.capital[0, 0] == pytest.approx(1.0, abs=1e-15)


def test_spending_less_completions_is_the_change_of_work_in_progress(plan):
    """Completions are what capital gained net of wear; contracts stay at the status quo."""
    scenario = plan.scenarios["plan"]
    for name in ("contracts_signed", "emerging_share_signed"):
        scenario = scenario.with_lever(name, plan.lever(name).status_quo)
    run = simulate(plan, scenario)
    values = central(plan, scenario).values
    rates, _ = prepare(plan, settings(plan, scenario), central(plan, scenario))
    per_yuan = rates.pre_sample.annual_flow / plan.base.investment[:, None]
    finished = {
        kind: per_yuan * run.by_district[f"investment_{kind}"][:-1]
        - np.diff(run.by_district[f"work_{kind}"], axis=0)
        for kind in ("new", "upgrade")
    }
    capital = run.cells["capital"][:, :, 0]
    kept = (1 - values["depreciation"]) ** (1 / 12) * capital[:-1]
    gained = finished["new"] + (1 + values["embodied_premium"]) * finished["upgrade"]
    assert np.allclose(capital[1:], kept + gained, rtol=1e-13)


def test_faster_building_leaves_less_work_in_progress(plan):
    usual = plan.scenarios["status_quo"]
    faster = simulate(plan, usual.with_lever("industrial_land_share", 30))
    names = ("work_new", "work_upgrade")
    slow = simulate(plan, usual)
    for name in names:
        assert (faster.by_district[name][12:] < slow.by_district[name][12:]).all()


def test_the_plans_project_counts_imply_thirteen_months_of_construction():
    """Little's law: (236 + 231)/2 projects under way over (210 + 215)/2 a year."""
    assert 12 * construction_time(236, 210, 215) == pytest.approx(12 * 233.5 / 212.5)
    assert round(12 * construction_time(236, 210, 215), 1) == 13.2


def test_contracts_reach_the_sites_fifteen_months_after_signing_on_average():
    """In the long run what flows out lags what is signed by the mean delay."""
    flow = pipeline_flow(600, 3, np.array([15.0]))[:, 0]
    signed = np.r_[np.zeros(3), np.full(9, 1 / 9), np.full(588, 1 / 12)]
    behind = signed.sum() - flow.sum()
    assert behind == pytest.approx(15 / 12, rel=1e-6)


def test_contracts_turn_into_spending_only_after_two_months():
    flow = pipeline_flow(36, 3, np.array([15.0]))[:, 0]
    assert (flow[:5] == 0).all() and flow[5] > 0


def test_a_first_quarter_shortfall_is_not_undone_by_the_plan(plan):
    scenario = plan.scenarios["plan"].with_assumption("investment_gap", 20)
    numbers = central(plan, scenario)
    without = replace(numbers, values=dict(numbers.values) | {"investment_gap_2020q1": np.zeros(1)})
    chosen = settings(plan, scenario)
    short, full = (prepare(plan, chosen, x)[0].investment_upgrade for x in (numbers, without))
    assert np.allclose(short[:3] / full[:3], np.array([0.8, 0.8, 0.92])[:, None, None])
    assert np.array_equal(short[3:], full[3:])
