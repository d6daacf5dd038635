"""From an indicator to the equations that make it and the parameters that these read.

Which parameters an equation reads is declared here, once; the tests hold it against the names that
a run asks for, and against what moves when a parameter moves.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from model.errors import unknown
from model.outcomes import INDICATORS
from model.plan import Plan
from model.sources import Parameter

_SPENDING_MONTHS = ("month_share_investment_*",)
_OUTPUT_MONTHS = ("month_share_all_*", "month_share_{industry}_*")
_CLOSURES = ("elimination_utilisation", "elimination_diversion")

EQUATIONS: dict[str, tuple[str, ...]] = {
    "base.base_table": (
        "industrial_va_{base_year}", "base_cell_sd", "base_cell_sd_published",
        "base_cell_sd_derived", "base_cell_sd_assumed",
    ),
    "investment.spending_index": (
        "investment_growth_baseline", "target_delivery", "investment_gap_{first_year}q1",
        *_SPENDING_MONTHS,
    ),
    "investment.spending": (
        "industrial_investment_{base_year}", "tech_upgrade_share_{base_year}", *_SPENDING_MONTHS,
    ),
    "investment.spending_luck": ("investment_shock_*",),
    "investment.contract_allocation": (),
    "investment.additional_contracts": ("contract_conversion", "contract_additionality"),
    "investment.pipeline_flow": ("pipeline_delay",),
    "investment.construction_time": (),
    "capital.monthly_depreciation": ("depreciation",),
    "capital.release_rate": (
        "gestation_new", "gestation_upgrade", "gestation_stages_new", "gestation_stages_upgrade",
        "lever_a6_gestation_cut",
    ),
    "capital.chain_step": (),
    "capital.pre_sample": (
        "pre_sample_capital_growth", "tech_upgrade_share_{base_year}", "embodied_premium",
        *_SPENDING_MONTHS,
    ),
    "capital.yearly_cycle": (),
    "capital.next_capital": ("embodied_premium",),
    "production.loss_by_industry": ("covid_utilisation_loss", *_OUTPUT_MONTHS),
    "production.gap_path": ("gap_persistence", "lever_s_persistence_cut"),
    "production.utilisation": (
        "recoupment_natural", "recoupment_by_lever_s", "utilisation_cap", *_OUTPUT_MONTHS,
    ),
    "production.relative_rd_stock": ("rd_stock_elasticity", "rd_depreciation", "rd_lag"),
    "production.exposure": ("demand_exposure_manufacturing", "demand_exposure_other"),
    "production.demand_path": ("demand_*",),
    "production.autoregression": (
        "city_factor_persistence", "city_factor_sd", "industry_shock_persistence",
        "industry_shock_sd_*", "district_shock_persistence", "district_shock_sd",
    ),
    "production.jump_path": ("jump_hazard", "jump_size", "jump_carry_over"),
    "production.value_added": (
        "capital_elasticity", "capital_elasticity_offset_error", "tfp_residual",
        "tfp_offset_error", "tfp_per_cloud_coverage", "effective_adoption",
        "leading_industry_push", "factor_support_utilisation", "factor_support_employment",
        "employment_trend", "labour_quality", "correlation_tfp_employment", *_OUTPUT_MONTHS,
    ),
    "entry.closed_share": ("{va_parameter}", *_CLOSURES),
    "entry.closed_share:energy": ("{energy_parameter}",),
    "entry.kept_in_base": ("exit_base_removal",),
    "entry.entrant_value_added": ("entrant_value_added", "entry_without_plan"),
    "entry.prior_year": ("entrant_growth",),
    "energy.utilisation_penalty": ("fixed_energy_share",),
    "energy.technique_gain": ("technique_elasticity", "rebound"),
    "energy.intensity_by_industry": (
        "energy_intensity_multiplier", "autonomous_efficiency",
        "correlation_efficiency_technique",
    ),
    "accounts.comparable_growth": ("model_discrepancy_sd", "discrepancy_common"),
    "accounts.labour_productivity_growth": (),
    "accounts.employment_growth": ("employment_trend", "factor_support_employment"),
    "accounts.energy_growth": (),
    "accounts.intensity_fall": (),
    "accounts.class_share": (),
    "accounts.concordance": ("concordance_error",),
    "accounts.yearly": (),
    "accounts.yearly_growth": (),
    "accounts.yearly_share": (),
}  # fmt: skip
"""Equations of a run and the parameters each reads; ``*`` stands for the rest of a name.

What stands in braces is the plan's own: its years, its industries, the parameters of its closures.

An equation that a run uses twice, for value added and for energy, has a second entry for what only
the second use reads, after a colon.
"""

_SPENDING = ("investment.spending", "investment.spending_index", "investment.spending_luck")
_CONTRACTS = (
    "investment.additional_contracts", "investment.contract_allocation",
    "investment.pipeline_flow",
)  # fmt: skip
_CAPITAL = (
    "capital.next_capital", "capital.chain_step", "capital.release_rate",
    "investment.construction_time", "capital.monthly_depreciation", "capital.pre_sample",
    "capital.yearly_cycle",
)  # fmt: skip
_OUTPUT = (
    "production.value_added", "production.utilisation", "production.gap_path",
    "production.loss_by_industry", "production.relative_rd_stock", "production.demand_path",
    "production.exposure", "production.autoregression", "production.jump_path",
    *_CAPITAL, *_SPENDING, *_CONTRACTS,
    "entry.closed_share", "entry.entrant_value_added", "base.base_table",
)  # fmt: skip
_BASIS = (*_OUTPUT, "entry.prior_year", "entry.kept_in_base")
_ENERGY = (
    "energy.intensity_by_industry", "energy.technique_gain", "energy.utilisation_penalty",
    "entry.closed_share:energy",
)  # fmt: skip

FLOWS: dict[str, tuple[str, ...]] = {
    "value_added": _OUTPUT,
    "comparable_base": _BASIS,
    "manufacturing": _OUTPUT,
    "manufacturing_base": _BASIS,
    "energy": (*_ENERGY, *_OUTPUT),
    "comparable_energy": (*_ENERGY, *_BASIS),
    "investment": (*_SPENDING, *_CONTRACTS, "base.base_table"),
    "upgrade": _SPENDING,
    "base_investment": _SPENDING,
    "employment": ("accounts.employment_growth",),
}
"""For each flow of a run the equations that make it, the last step first."""

_GROWTH = ("accounts.comparable_growth",)
_CLASS = (("accounts.class_share", "accounts.concordance"), ("value_added",))

OF: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "iva_growth": (_GROWTH, ("value_added", "comparable_base")),
    "mva_growth": (_GROWTH, ("manufacturing", "manufacturing_base")),
    "industrial_va": (("accounts.yearly",), ("value_added",)),
    "industrial_investment": (("accounts.yearly",), ("investment",)),
    "industrial_investment_growth": (
        ("accounts.yearly_growth",), ("investment", "base_investment"),
    ),
    "upgrade_investment": (("accounts.yearly",), ("upgrade",)),
    "upgrade_investment_growth": (("accounts.yearly_growth",), ("upgrade", "base_investment")),
    "upgrade_share": (("accounts.yearly_share",), ("upgrade", "investment")),
    "energy_intensity_fall": (
        ("accounts.intensity_fall",),
        ("energy", "comparable_energy", "value_added", "comparable_base"),
    ),
    "energy_use_growth": (("accounts.energy_growth",), ("energy", "comparable_energy")),
    "labour_productivity_growth": (
        ("accounts.labour_productivity_growth", *_GROWTH),
        ("manufacturing", "manufacturing_base", "employment"),
    ),
    **dict.fromkeys(
        ("leading_share", "energy_intensive_share", "high_tech_share", "strategic_emerging_share"),
        _CLASS,
    ),
}  # fmt: skip
"""For each indicator its own equations, the defining one first, and the flows it is made of."""


@dataclass(frozen=True, slots=True)
class Step:
    """An equation on the way to an indicator, and the parameters it reads."""

    equation: str
    parameters: tuple[Parameter, ...]

    @property
    def module(self) -> str:
        """The module that the equation stands in."""
        return self.equation.partition(".")[0]


def lineage(plan: Plan, indicator: str) -> tuple[Step, ...]:
    """Return the equations that make an indicator, from its definition back to the base year.

    >>> import model
    >>> steps = lineage(model.load_plan("zhengzhou_2020"), "upgrade_investment")
    >>> [step.equation for step in steps][:3]
    ['accounts.yearly', 'investment.spending', 'investment.spending_index']
    """
    if indicator not in OF:
        raise unknown("indicator", indicator, INDICATORS)
    own, flows = OF[indicator]
    names = dict.fromkeys(own)
    for flow in flows:
        names |= dict.fromkeys(FLOWS[flow])
    found: dict[str, tuple[Parameter, ...]] = {}
    for name in names:
        equation = name.partition(":")[0]
        found[equation] = found.get(equation, ()) + parameters(plan, name)
    return tuple(Step(equation, read) for equation, read in found.items())


def parameters(plan: Plan, equation: str) -> tuple[Parameter, ...]:
    """Return the parameters that an equation reads, in the order of the table."""
    patterns = [name for text in EQUATIONS[equation] for name in _of_plan(plan, text)]
    return tuple(p for p in plan.parameters if any(_fits(p.id, x) for x in patterns) and _used(p))


def _of_plan(plan: Plan, text: str) -> list[str]:
    start, brace, rest = text.partition("{")
    if not brace:
        return [text]
    kind, _, end = rest.partition("}")
    own = {
        "base_year": (plan.base_year,),
        "first_year": (plan.years[0],),
        "industry": plan.axes.industries,
    }
    words = own[kind] if kind in own else [getattr(row, kind) for row in plan.closures]
    return [f"{start}{word}{end}" for word in words]


def _used(parameter: Parameter) -> bool:
    return parameter.role in ("simulated", "observation")


def _fits(name: str, pattern: str) -> bool:
    start, star, end = pattern.partition("*")
    if not star:
        return name == pattern
    return name.startswith(start) and name.endswith(end) and len(name) > len(start) + len(end)


def function(equation: str) -> Callable:
    """Return the function that an equation is."""
    module, _, name = equation.partition(":")[0].partition(".")
    return getattr(importlib.import_module(f"model.{module}"), name)
