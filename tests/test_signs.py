"""Which way each lever moves each indicator, as reasoned from the economics (signs.csv).

A row is a lever and an indicator; the lever moves from its status quo to its plan value, all else
at the status quo.  ``+`` and ``-`` are strict; ``0`` and ``±`` mean that the effect, in the
indicator's own unit, stays within ``bound``: nothing is expected, or the forces oppose each other.
"""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from model import INDICATORS, simulate
from model.axes import MONTHS_PER_YEAR

with (Path(__file__).parent / "signs.csv").open(encoding="utf-8", newline="") as file:
    SIGNS = list(csv.DictReader(file))

# The plan gives no figure for these two; they move to a value worth looking at.
BEYOND = {"contract_conversion": 50, "green_upgrade_share": 35}
YEARS = ("2020", "2021", "2022")


@pytest.fixture(scope="module")
def run(plan):
    """Give the run with one lever moved from the status quo, made once."""
    usual = plan.scenarios["status_quo"]

    @cache
    def moved(lever: str = "", value: float = 0.0):
        return simulate(plan, usual.with_lever(lever, value) if lever else usual)

    return moved


def plan_value(plan, lever: str) -> float:
    return BEYOND.get(lever, plan.lever(lever).plan_value)


def effect(run, indicator: str, lever: str, value: float) -> np.ndarray:
    """Return the change of an indicator by year."""
    return (run(lever, value).indicator(indicator) - run().indicator(indicator))[:, 0]


def test_the_table_has_every_lever_and_indicator_once(plan):
    rows = sorted((row["lever"], row["indicator"]) for row in SIGNS)
    assert rows == sorted((lever.id, name) for lever in plan.levers for name in INDICATORS)


def test_every_sign_has_its_reason():
    assert all(row["why"] and float(row["bound"]) > 0 for row in SIGNS)
    assert {row[year] for row in SIGNS for year in YEARS} == {"+", "-", "0", "±"}


@pytest.mark.parametrize("row", SIGNS, ids=lambda row: f"{row['lever']}-{row['indicator']}")
def test_a_lever_moves_an_indicator_the_way_the_table_says(plan, run, row):
    found = effect(run, row["indicator"], row["lever"], plan_value(plan, row["lever"]))
    bound = float(row["bound"])
    for year, change in zip(YEARS, found, strict=True):
        agrees = {"+": change > 1e-12, "-": change < -1e-12}.get(row[year], abs(change) <= bound)
        assert agrees, f"{year}: expected {row[year]} ({row['why']}), found {change:+.3g}"


def marks(plan, lever: str) -> list[float]:
    """Return the lever at 0, half, once and one and a half times the step to the plan."""
    known = plan.lever(lever)
    step = plan_value(plan, lever) - known.status_quo
    values = [known.status_quo + step * strength for strength in (0, 0.5, 1, 1.5)]
    return [min(max(value, known.minimum), known.maximum) for value in values]


@pytest.mark.parametrize("lever", sorted({row["lever"] for row in SIGNS}))
def test_more_of_a_lever_moves_what_it_moves_further(plan, run, lever):
    for row in SIGNS:
        if row["lever"] != lever:
            continue
        path = [effect(run, row["indicator"], lever, value) for value in marks(plan, lever)]
        for position, year in enumerate(YEARS):
            direction = {"+": 1, "-": -1}.get(row[year], 0)
            steps = direction * np.diff([found[position] for found in path])
            assert (steps >= 0).all(), (row["indicator"], year, path)


@pytest.mark.parametrize("lever", sorted({row["lever"] for row in SIGNS}))
def test_the_plan_changes_nothing_before_april_2020(plan, run, lever):
    moved, usual = run(lever, plan_value(plan, lever)), run()
    for name, path in usual.cells.items():
        if name != "capital":
            assert np.array_equal(moved.cells[name][:3], path[:3]), name
    assert np.array_equal(moved.by_district["investment_new"][:3],
                          usual.by_district["investment_new"][:3])  # fmt: skip


# Sizes that were reasoned beforehand


def test_recouped_output_is_given_back_in_the_growth_of_2021(run):
    raised, lowered, _ = effect(run, "iva_growth", "recovered_loss", 45)
    assert raised > 0.005 and -1.5 * raised < lowered < -0.7 * raised


def test_recouped_output_leaves_no_trace_in_the_level_of_2022(run):
    assert abs(effect(run, "industrial_va", "recovered_loss", 45)[2]) < 1e-9


def test_ten_points_more_investment_are_worth_less_than_a_quarter_point_in_2020(run):
    assert 0 < effect(run, "iva_growth", "investment_growth", 12)[0] < 0.0025


def test_ten_points_more_investment_raise_output_more_each_year(run):
    level = effect(run, "industrial_va", "investment_growth", 12)
    assert 0 < level[0] < level[1] < level[2]


def monthly(run, lever: str, value: float) -> np.ndarray:
    """Return the relative effect of a lever on the city's value added by month."""
    paths = [x.totals.city["value_added"][:, 0] for x in (run(lever, value), run())]
    return paths[0] / paths[1] - 1


@pytest.mark.parametrize(
    ("lever", "value"), [("contracts_signed", 1500), ("contract_conversion", 50)]
)
def test_contracts_do_practically_nothing_to_output_before_mid_2021(run, lever, value):
    assert np.abs(monthly(run, lever, value)[:18]).max() < 2e-4


def test_research_does_nothing_to_speak_of_before_mid_2021(run):
    assert np.abs(monthly(run, "rd_intensity", 2.1)[:18]).max() < 2e-4


def test_the_entrants_of_the_plan_are_worth_about_a_tenth_of_a_point(run):
    assert 0.0003 < effect(run, "iva_growth", "new_firms", 340)[1] < 0.003


def test_entrants_do_not_count_in_the_year_they_cross_the_threshold(run):
    assert np.array_equal(monthly(run, "new_firms", 600)[:MONTHS_PER_YEAR], np.zeros(12))


def test_the_closures_of_the_plan_cost_less_than_two_tenths_of_a_percent_of_output(plan, run):
    lost = sum(
        effect(run, "industrial_va", row.lever, plan.lever(row.lever).plan_value)[1]
        for row in plan.closures
    )
    assert 0 < -lost / run().indicator("industrial_va")[1, 0] < 0.002
