"""Closed forms of the whole model: cases in which the answer is known without it."""

from dataclasses import replace

import numpy as np
import pytest

from model import accounts
from model.draws import central, month_shares
from tests.oracle import marched

CALM = {"covid_loss": 0, "investment_gap": 0, "demand_2020": 0, "demand_2021": 0, "demand_2022": 0}


def calm(plan, name: str = "status_quo"):
    """Return a scenario without the epidemic, a shortfall of investment or demand shifts."""
    scenario = plan.scenarios[name]
    for assumption, value in CALM.items():
        scenario = scenario.with_assumption(assumption, value)
    return scenario


def numbers(plan, scenario, **values: float):
    """Return the draws of a central run with some parameters set."""
    found = central(plan, scenario)
    known = dict(found.values)
    assert set(values) <= set(known)
    return replace(found, values=known | {name: np.array([x]) for name, x in values.items()})


def balanced(plan, **values: float):
    """Return draws in which investment grows as fast as capital did before the plan."""
    growth = values.pop("pre_sample_capital_growth", 0.045)
    return numbers(
        plan, calm(plan), pre_sample_capital_growth=growth,
        investment_growth_baseline=np.expm1(growth), **values,
    )  # fmt: skip


def relative_output(plan, paths: dict) -> np.ndarray:
    """Return log value added relative to the same month of 2019, where a cell exists."""
    share = month_shares(plan)[0]
    base = plan.base.value_added * np.tile(share, (3, 1))[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(paths["value_added"][..., 0] / base)


def facts(plan, name: str) -> np.ndarray:
    return np.array([getattr(industry, name) for industry in plan.industries])


def years(months: int = 36) -> np.ndarray:
    return np.arange(months) // 12 + 1.0


@pytest.mark.parametrize("seed", range(6))
def test_without_shocks_output_grows_by_its_factors_in_every_month(plan, seed):
    """ln Y = (y+1) (alpha g_K + (1-alpha)(g_L + g_h) + g_A), the growth accounting identity."""
    generator = np.random.default_rng(seed)
    g = {
        "pre_sample_capital_growth": generator.uniform(0.0, 0.09),
        "employment_trend": generator.uniform(-0.05, 0.02),
        "labour_quality": generator.uniform(0, 0.01),
        "tfp_residual": generator.uniform(0, 0.06),
        "capital_elasticity": generator.uniform(0.3, 0.6),
    }
    found = relative_output(plan, marched(plan, calm(plan), balanced(plan, **g)))
    alpha = g["capital_elasticity"] + facts(plan, "capital_elasticity_offset")
    labour = g["employment_trend"] + g["labour_quality"]
    rate = alpha * g["pre_sample_capital_growth"] + (1 - alpha) * labour
    rate = rate + g["tfp_residual"] + facts(plan, "tfp_offset")
    expected = np.broadcast_to((years()[:, None] * rate)[:, None, :], found.shape)
    exists = plan.base.value_added > 0
    assert np.abs(found - expected)[:, exists].max() < 1e-12


def test_on_the_balanced_path_energy_intensity_falls_by_the_same_rate_in_every_month(plan):
    paths = marched(plan, calm(plan), balanced(plan))
    exists = plan.base.value_added > 0
    intensity = np.log(paths["energy"][:, exists] / paths["value_added"][:, exists])
    fall = intensity[12:] - intensity[:-12]
    assert np.ptp(fall) < 1e-12


def test_without_renewal_energy_intensity_falls_by_the_autonomous_rate(plan):
    draws = balanced(plan, technique_elasticity=0.0, autonomous_efficiency=0.03)
    paths = marched(plan, calm(plan), draws)
    exists = plan.base.value_added > 0
    intensity = (paths["energy"][..., 0][:, exists] / paths["value_added"][..., 0][:, exists]).T
    base = np.broadcast_to(facts(plan, "energy_intensity"), exists.shape)[exists]
    assert np.allclose(np.log(intensity / base[:, None]), -0.03 * years(), atol=1e-12)


def test_a_rebound_of_all_savings_leaves_the_autonomous_rate(plan):
    draws = balanced(plan, rebound=1.0, autonomous_efficiency=0.03)
    paths = marched(plan, calm(plan), draws)
    exists = plan.base.value_added > 0
    intensity = np.log(paths["energy"][:, exists] / paths["value_added"][:, exists])
    assert np.allclose(intensity[12:] - intensity[:-12], -0.03, atol=1e-12)


def test_a_rebound_takes_its_share_of_what_renewal_saves(plan):
    """Beyond the autonomous rate the fall is in proportion to 1 - rebound."""
    exists = plan.base.value_added > 0
    fall = []
    for rebound in (0.0, 0.25):
        draws = balanced(plan, rebound=rebound, autonomous_efficiency=0.0)
        paths = marched(plan, calm(plan), draws)
        intensity = np.log(paths["energy"][:, exists] / paths["value_added"][:, exists])
        fall.append(intensity[12:] - intensity[:-12])
    assert (fall[0] < -0.001).all() and np.allclose(fall[1], 0.75 * fall[0], rtol=1e-9)


def test_with_no_fixed_energy_intensity_does_not_depend_on_utilisation(plan):
    closed = plan.scenarios["status_quo"]
    ratio = []
    for scenario in (closed, closed.with_assumption("covid_loss", 0)):
        paths = marched(plan, scenario, numbers(plan, scenario, fixed_energy_share=0.0))
        exists = paths["value_added"] > 0
        ratio.append(paths["energy"][exists] / paths["value_added"][exists])
    assert np.allclose(ratio[0], ratio[1], rtol=1e-12)


def test_all_energy_being_fixed_means_energy_does_not_fall_with_output(plan):
    closed = plan.scenarios["status_quo"]
    energy = [
        marched(plan, scenario, numbers(plan, scenario, fixed_energy_share=1.0))["energy"][:2]
        for scenario in (closed, closed.with_assumption("covid_loss", 0))
    ]
    assert np.allclose(energy[0], energy[1], rtol=1e-12)


def test_the_city_loses_exactly_the_given_part_of_january_and_february(plan):
    scenario = plan.scenarios["status_quo"]
    running = marched(plan, scenario, numbers(plan, scenario, covid_utilisation_loss=0.27))
    share = month_shares(plan)[0]
    weights = plan.base.value_added.sum(axis=0) * (share[0] + share[1])
    for month in range(2):
        lost = weights @ (1 - running["utilisation"][month, :, 0]) / weights.sum()
        assert lost == pytest.approx(0.27, abs=1e-14)


def test_full_recoupment_makes_good_the_whole_year_while_the_cap_does_not_bind(plan):
    scenario = plan.scenarios["status_quo"]
    draws = numbers(plan, scenario, recoupment_natural=1.0, utilisation_cap=10.0)
    running = marched(plan, scenario, draws)["utilisation"][:12, :, 0]
    assert np.allclose((month_shares(plan)[0] * running).sum(axis=0), 1.0, atol=1e-14)


@pytest.mark.parametrize("share", [0, 15, 30, 45])
def test_the_recovery_lever_is_the_share_of_lost_output_made_good(plan, share):
    scenario = plan.scenarios["status_quo"].with_lever("recovered_loss", share)
    none = {"recoupment_natural": 0.0, "recoupment_by_lever_s": 0.0}
    month_share, made = month_shares(plan)[0], []
    for values in ({}, none):
        draws = numbers(plan, scenario, utilisation_cap=10.0, **values)
        running = marched(plan, scenario, draws)["utilisation"][:12, :, 0]
        made.append((month_share * running).sum(axis=0))
    assert np.allclose(made[0] - made[1], share / 100 * (1 - made[1]), atol=1e-14)


def test_lost_output_is_made_good_from_may_to_december(plan):
    scenario = plan.scenarios["status_quo"]
    with_, without = (
        marched(plan, scenario, numbers(plan, scenario, recoupment_natural=k))["utilisation"]
        for k in (0.15, 0.0)
    )
    months = np.flatnonzero((with_ > without).all(axis=(1, 2)))
    assert months.tolist() == [4, 5, 6, 7, 8, 9, 10, 11]
    assert np.array_equal(np.delete(with_, months, axis=0), np.delete(without, months, axis=0))


def test_no_plant_runs_above_the_cap(plan):
    scenario = plan.scenarios["ambitious"]
    draws = numbers(plan, scenario, recoupment_natural=1.0)
    assert marched(plan, scenario, draws)["utilisation"].max() == 1.08


def test_without_recoupment_the_gap_closes_by_its_persistence(plan):
    scenario = plan.scenarios["status_quo"].with_lever("recovered_loss", 15)
    draws = numbers(plan, scenario, recoupment_natural=0.0, gap_persistence=0.5)
    gap = 1 - marched(plan, scenario, draws)["utilisation"][..., 0]
    assert np.allclose(gap[1:8], gap[0] * 0.5 ** np.arange(7)[:, None], rtol=1e-12)


def test_entrants_that_grow_like_the_city_leave_its_growth_unchanged(plan):
    usual = plan.scenarios["status_quo"]
    more = usual.with_lever("new_firms", 600)
    growth = yearly_growth(marched(plan, usual, numbers(plan, usual)))[1]
    found = yearly_growth(marched(plan, more, numbers(plan, more, entrant_growth=growth)))[1]
    assert found == pytest.approx(growth, abs=1e-13)


def test_entrants_that_grow_faster_raise_growth_by_their_share_of_the_base(plan):
    """g = g_N + s_E (g_E - g_N), the comparable basis with threshold entrants."""
    usual = plan.scenarios["status_quo"]
    more = usual.with_lever("new_firms", 600)
    before = marched(plan, usual, numbers(plan, usual))
    after = marched(plan, more, numbers(plan, more, entrant_growth=0.25))
    base, joined = (paths["comparable_base"][12:24].sum() for paths in (before, after))
    own, share = yearly_growth(before)[1], (joined - base) / joined
    assert yearly_growth(after)[1] == pytest.approx(own + share * (0.25 - own), abs=1e-13)


def yearly_growth(paths: dict) -> np.ndarray:
    city = [paths[name].sum(axis=(1, 2)) for name in ("value_added", "comparable_base")]
    return accounts.comparable_growth(*(accounts.by_year(flow) for flow in city))[:, 0]


def closed_cells(plan) -> tuple[np.ndarray, int]:
    row = plan.closures[0]
    places = [plan.axes.districts.index(code) for code in row.districts]
    return np.array(places), plan.axes.industries.index(row.industry)


def growth_of_closed_cells(plan, tonnes: float, removed: float) -> np.ndarray:
    scenario = plan.scenarios["status_quo"].with_lever("closure_carbon", tonnes)
    paths = marched(plan, scenario, numbers(plan, scenario, exit_base_removal=removed))
    places, industry = closed_cells(plan)
    pair = [paths[name][:, places, industry, 0] for name in ("value_added", "comparable_base")]
    return pair[0] / pair[1]


def test_a_closure_wholly_removed_from_the_base_is_invisible_to_growth(plan):
    found = growth_of_closed_cells(plan, 150, removed=1.0)
    assert np.allclose(found, growth_of_closed_cells(plan, 0, removed=1.0), rtol=1e-13)


def test_a_closure_kept_in_the_base_counts_in_full(plan):
    """December 2020 has all of the capacity closed, its base none."""
    places, industry = closed_cells(plan)
    p = central(plan, plan.scenarios["status_quo"]).values
    lost = 150 * p["elimination_utilisation"] * (1 - p["elimination_diversion"])
    lost = lost * p["elimination_carbon_va_per_tonne"] / 1e4
    share = float(lost[0] / plan.base.value_added[places, industry].sum())
    ratio = growth_of_closed_cells(plan, 150, 0.0) / growth_of_closed_cells(plan, 0, 0.0)
    assert np.allclose(ratio[11], 1 - share, rtol=1e-13)


def test_closed_tonnes_take_their_energy_with_them(plan):
    """Ten thousand tonnes times tce a tonne is 10,000 tce; a year later the ramp is complete."""
    usual = plan.scenarios["status_quo"]
    less = usual.with_lever("closure_lime", 30)
    places, industry = closed_cells(plan)
    with_, without = (marched(plan, s, numbers(plan, s))["energy"] for s in (less, usual))
    p = central(plan, usual).values
    removed = 30 * p["elimination_utilisation"] * (1 - p["elimination_diversion"])
    removed = float((removed * p["elimination_lime_energy"])[0])
    base = (
        plan.base.value_added[places, industry].sum() * plan.industries[industry].energy_intensity
    )
    ratio = with_[12:, places, industry] / without[12:, places, industry]
    assert np.allclose(ratio, 1 - removed / base, rtol=1e-12)


def effect(plan, lever: str, value: float, name: str = "value_added") -> np.ndarray:
    """Return the log effect of a lever on a path, where a cell exists."""
    usual = plan.scenarios["status_quo"]
    moved = usual.with_lever(lever, value)
    paths = [marched(plan, s, numbers(plan, s))[name][..., 0] for s in (moved, usual)]
    return np.log(paths[0][:, plan.base.value_added > 0] / paths[1][:, plan.base.value_added > 0])


def by_cell(plan, industry: np.ndarray) -> np.ndarray:
    exists = plan.base.value_added > 0
    return np.broadcast_to(industry, exists.shape)[exists]


def test_the_push_accrues_by_the_month_on_the_leading_part_of_an_industry(plan):
    found = effect(plan, "leading_industry_push", 100)
    years_in_force = np.maximum(0, np.arange(36) - 2) / 12
    weight = by_cell(plan, facts(plan, "leading_weight"))
    assert np.allclose(found, 0.007 * years_in_force[:, None] * weight, atol=1e-13)


def test_factor_support_acts_through_labour_by_its_share_and_through_utilisation(plan):
    found = effect(plan, "factor_support", 100)[12:]
    labour_share = 1 - 0.5 - by_cell(plan, facts(plan, "capital_elasticity_offset"))
    assert np.allclose(found, 0.006 * labour_share + 0.003, atol=1e-13)


def test_exposures_to_demand_average_to_one_over_the_city(plan):
    usual = plan.scenarios["status_quo"].with_assumption("demand_2021", 0)
    moved = usual.with_assumption("demand_2021", 1)
    exists = plan.base.value_added > 0
    before, after = (
        marched(plan, s, numbers(plan, s))["value_added"][12, exists, 0] for s in (usual, moved)
    )
    weights = plan.base.value_added[exists] / plan.base.value_added.sum()
    assert weights @ np.log(after / before) == pytest.approx(0.01, abs=1e-14)


def test_all_firms_joining_the_cloud_is_worth_its_coefficient_after_three_years(plan):
    """55 points at .03 % a point, half of it effective; what April adopted is complete by then."""
    found = effect(plan, "cloud_coverage", 100)
    adopted = np.full(9, 1 / 9)  # April to December 2020, in equal steps
    in_force = (adopted * np.minimum(1, (35 - np.arange(3, 12) + 1) / 36)).sum()
    assert np.allclose(found[35], 55 * 0.03 / 100 * 0.5 * in_force, atol=1e-13)
