"""The way from an indicator to equations and parameters is the one that a run takes."""

import importlib
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import model
from model.draws import central, dimensions, drawn
from model.lineage import EQUATIONS, FLOWS, OF, lineage, parameters
from model.march import march
from model.outcomes import _INDICATORS
from model.rates import prepare
from model.settings import settings
from model.simulate import at_points

CHANCE = ("production.autoregression", "production.jump_path", "investment.spending_luck")
"""Equations that act in drawn runs only."""

LEVELS = {"industrial_va_2019", "industrial_investment_2019"}
"""Totals of the base year: a central run takes them as they are, only draws move them."""

DRAWN_ONLY = {
    "base_cell_sd", "base_cell_sd_published", "base_cell_sd_derived", "base_cell_sd_assumed",
    "model_discrepancy_sd", "discrepancy_common", "jump_hazard", "jump_size",
}  # fmt: skip
"""Parameters that spread the draws and move no central run."""


class Asked(dict):
    """Values that remember which of them were asked for."""

    def __init__(self, values):
        super().__init__(values)
        self.names = set()

    def __getitem__(self, name):
        self.names.add(name)
        return super().__getitem__(name)


@pytest.fixture(scope="module")
def busy(plan):
    """A scenario in which every lever and every event acts."""
    scenario = plan.scenarios["ambitious"].with_assumption("anchor_firm_stop_months", 1)
    for lever in plan.levers:
        if scenario.value(lever.id) == lever.status_quo:
            scenario = scenario.with_lever(lever.id, lever.plan_value)
    return scenario


@pytest.fixture(scope="module")
def declared(plan):
    """Every parameter that is said to be read, by equation."""
    return {name: {p.id for p in parameters(plan, name)} for name in EQUATIONS}


@pytest.fixture(scope="module")
def called(plan, busy):
    """The functions of the model that a drawn run and its indicators call."""
    names = set()
    folder = Path(model.__file__).parent

    def heard(frame, event, _):
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.parent == folder:
            names.add(f"{path.stem}.{frame.f_code.co_name}")

    sys.setprofile(heard)
    try:
        run = model.simulate(plan, busy, draw=3, draws=8)
        for code in model.INDICATORS:
            run.indicator(code)
    finally:
        sys.setprofile(None)
    return names


@pytest.fixture(scope="module")
def moved(plan, busy):
    """Which indicators each drawn parameter moves, in any year, by itself, without chance."""
    names = dimensions(plan)
    normals = np.zeros((len(names), 2 * len(names) + 1))
    for row in range(len(names)):
        normals[row, 2 * row], normals[row, 2 * row + 1] = -1.6, 1.6
    figures = at_points(plan, busy, normals)
    found = {name.partition("[")[0]: set() for name in names}
    for code in model.INDICATORS:
        values = figures.indicator(code)
        away = np.abs(values[:, :-1] - values[:, -1:]).max(axis=0).reshape(-1, 2).max(axis=1)
        for name, distance in zip(names, away, strict=True):
            if distance > 1e-12 * np.abs(values).max():
                found[name.partition("[")[0]].add(code)
    return found


def test_every_indicator_has_a_way_and_every_equation_lies_on_one(plan):
    assert set(OF) == set(model.INDICATORS)
    used = {step.equation for code in OF for step in lineage(plan, code)}
    assert used == {name.partition(":")[0] for name in EQUATIONS}
    assert {name for _, flows in OF.values() for name in flows} == set(FLOWS)


def test_the_first_equation_is_the_one_on_the_definition_card(plan):
    for card in plan.indicators:
        assert f"model.{lineage(plan, card.code)[0].equation}" == card.formula


def test_every_equation_is_called_by_a_run(called):
    assert {name.partition(":")[0] for name in EQUATIONS} - called == set()


def test_no_equation_with_a_formula_is_left_out(called):
    """What a run calls from the modules of equations and what the page shows are the same."""
    aside = {
        "base.biproportional_fit",  # only when industry totals are given
        "energy.energy_drivers",  # an account of a run, not a step to an indicator
    }
    for name in called - set(EQUATIONS) - aside:
        module, _, short = name.partition(".")
        if module in ("accounts", "base", "capital", "production", "energy", "entry", "investment"):
            documented = getattr(importlib.import_module(f"model.{module}"), short, None)
            assert ".. math::" not in (documented.__doc__ or ""), name


def test_what_a_run_reads_is_what_is_declared(plan, busy, declared):
    numbers = central(plan, busy)
    asked = Asked(numbers.values)
    for _ in march(prepare(plan, settings(plan, busy), replace(numbers, values=asked))[0]):
        pass
    everything = set().union(*declared.values())
    assert asked.names - DRAWN_ONLY - {"concordance_error"} <= everything
    fixed_or_drawn = {p.id for p in plan.parameters if p.id in drawn_values(plan, busy)}
    unread = {p for p in fixed_or_drawn - everything if not p.startswith("correlation_")}
    assert not unread & asked.names
    assert not {p for p in everything & fixed_or_drawn if not known(p)} - asked.names - DRAWN_ONLY


def drawn_values(plan, scenario):
    return drawn(plan, scenario, 0, 1, 8, 1).values


def known(name):
    """Whether a parameter is read in another place than the layout of a run."""
    shocks = (
        "correlation_",
        "city_factor",
        "industry_shock",
        "district_shock",
        "investment_shock",
        "jump_",
        "base_cell_sd",
    )
    base = ("industrial_va_2019", "industrial_investment_2019", "concordance_error")
    return name.startswith(("month_share_", *shocks)) or name in base


def test_a_parameter_that_moves_an_indicator_stands_on_its_way(plan, moved):
    for code in OF:
        on_the_way = {p.id for step in lineage(plan, code) for p in step.parameters}
        movers = {name for name, codes in moved.items() if code in codes}
        assert movers <= on_the_way, code


def test_an_equation_on_the_way_has_a_reason_to_be_there(plan, moved):
    """At least one parameter of each equation moves the indicator, where it has any."""
    for code in OF:
        for step in lineage(plan, code):
            names = {p.id for p in step.parameters} & set(moved) - DRAWN_ONLY
            if step.equation in CHANCE or not names or names & LEVELS:
                continue
            assert any(code in moved[name] for name in names), (code, step.equation)


def test_flows_of_an_indicator_are_those_that_its_function_asks_for(plan, busy):
    run = model.simulate(plan, busy)
    for code, (_, flows) in OF.items():
        asked = set()
        totals = Watched(run.totals, asked)
        figures = Watched(run, set(), totals=totals)
        _, formula = _INDICATORS[code]
        formula(figures, Place(run, asked))
        seen = {name for name in asked if name in FLOWS}
        assert seen == set(flows) - ({"value_added"} if "class_share" in str(OF[code]) else set())


class Watched:
    """An object whose attributes are noted when they are read."""

    def __init__(self, of, asked, **instead):
        self._of, self._asked, self._instead = of, asked, instead

    def __getattr__(self, name):
        self._asked.add(name)
        return self._instead.get(name, getattr(self._of, name))


class Place:
    """The city, whose flows are noted when they are read."""

    def __init__(self, run, asked):
        self._run, self._asked = run, asked

    def flow(self, name):
        self._asked.add(name)
        return self._run.totals.city[name].reshape(-1, 12, 1).sum(axis=1)

    @property
    def discrepancy(self):
        return self._run.totals.discrepancy

    @property
    def base_investment(self):
        self._asked.add("base_investment")
        return self._run.totals.base_investment.sum(axis=0)

    @property
    def base_upgrade(self):
        self._asked.add("base_investment")
        return self._run.totals.base_upgrade.sum(axis=0)


def test_an_unknown_indicator_is_refused_with_a_hint(plan):
    with pytest.raises(model.ModelError, match="iva_growth"):
        lineage(plan, "iva_growht")
