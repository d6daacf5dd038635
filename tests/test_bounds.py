"""Whatever the levers and assumptions, a run stays a picture of an economy."""

import numpy as np
import pytest

from model import INDICATORS, ensemble, simulate
from model.outcomes import INDUSTRY_FLOWS


def at_edges(plan, levers, assumptions):
    """Return the scenario with each lever and assumption at its minimum (0) or maximum (1)."""
    scenario = plan.scenarios["status_quo"]
    for lever, edge in zip(plan.levers, levers, strict=True):
        scenario = scenario.with_lever(lever.id, (lever.minimum, lever.maximum)[edge])
    for assumption, edge in zip(plan.assumptions, assumptions, strict=True):
        value = (assumption.minimum, assumption.maximum)[edge]
        scenario = scenario.with_assumption(assumption.id, value)
    return scenario


def corner(plan, number: int):
    """Return one of four regular corners, then corners drawn at random."""
    levers, assumptions = len(plan.levers), len(plan.assumptions)
    if number < 4:
        return at_edges(plan, [number % 2] * levers, [number // 2] * assumptions)
    edges = np.random.default_rng(number).integers(0, 2, levers + assumptions)
    return at_edges(plan, edges[:levers], edges[levers:])


def anchor_cell(plan) -> np.ndarray:
    """Return where the one large firm stands, (district, industry)."""
    found = np.zeros(plan.base.value_added.shape, dtype=bool)
    place = plan.facts["anchor"]
    rows, columns = plan.axes.districts, plan.axes.industries
    found[rows.index(place["district"]), columns.index(place["industry"])] = True
    return found


def stopped_with_fewer_firms(plan, start: str):
    scenario = plan.scenarios["status_quo"].with_lever("new_firms", 0)
    scenario = scenario.with_assumption("anchor_firm_stop_months", 3)
    return scenario.with_assumption("anchor_firm_stop_start", start)


@pytest.mark.parametrize("decade", range(21))
def test_no_corner_of_the_levers_and_assumptions_leads_out_of_the_possible(plan, decade):
    """The cell of a stopped firm may be empty; all others produce."""
    produces = (plan.base.value_added > 0) & ~anchor_cell(plan)
    for number in range(10 * decade, 10 * decade + 10):
        run = simulate(plan, corner(plan, number))
        for name, path in {**run.cells, **run.by_district, "used": run.utilisation}.items():
            assert np.isfinite(path).all(), (number, name)
        for name in INDUSTRY_FLOWS:
            assert (run.cells[name][:, produces] > 0).all(), (number, name)
            assert (run.cells[name][:, plan.base.value_added == 0] == 0).all(), (number, name)
        for name, path in run.by_district.items():
            assert (path >= 0).all(), (number, name)
        assert (run.cells["capital"] > 0).all() and (run.utilisation > 0).all(), number


@pytest.mark.parametrize("start", ["2020-10", "2021-05"])
def test_fewer_entrants_take_no_output_from_a_stopped_firm(plan, start):
    run = simulate(plan, stopped_with_fewer_firms(plan, start))
    for name in INDUSTRY_FLOWS:
        assert (run.cells[name] >= 0).all(), name


def test_a_fan_stays_possible_in_extreme_corners(plan):
    for number in range(8):
        fan = ensemble(plan, corner(plan, number), 64, 5)
        for code in INDICATORS:
            assert np.isfinite(fan.indicator(code)).all(), (number, code)
        for name, path in fan.totals.city.items():
            assert (path >= 0).all(), (number, name)


def test_where_new_build_has_given_way_to_nothing_is_said(plan):
    """Spending shrinks, upgrading takes most of it, and hardly a contract comes true."""
    scenario = plan.scenarios["status_quo"]
    for name, value in (
        ("investment_growth", -20), ("upgrade_investment_growth", 50),
        ("contracts_signed", 500), ("contract_conversion", 10),
    ):  # fmt: skip
        scenario = scenario.with_lever(name, value)
    spent = simulate(plan, scenario).by_district
    binds = spent["floor_binds"]
    assert binds.any() and not binds.all()
    assert np.array_equal(binds, spent["investment_new"] == 0)


def test_the_plan_leaves_room_for_new_build_everywhere(plan):
    assert not simulate(plan, plan.scenarios["plan"]).by_district["floor_binds"].any()
