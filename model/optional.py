"""What a plan may do without, and the values with which its absence changes nothing.

A city without an epidemic, an anchor firm, closures or contracts leaves the rows out; the equations
then run with neutral values: no loss, no effect, no stop.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

TABLES = (
    "annex1", "assumptions", "closures", "controls", "audit", "number_exclusions", "observations",
    "outcomes",
)  # fmt: skip
"""Tables that may hold a header only: the plan says nothing of the kind.  A file that is missing is
a fault all the same, for nothing may be lost without a word."""

COLUMNS = {
    "industries": ("covid_relative_depth", "covid_depth_status", "covid_depth_source_id"),
}
"""Columns that may be missing; their cells may be empty."""

FACTS = ("projects", "anchor")
"""Sections of ``plan.toml`` that may be missing."""

_NEUTRAL = {
    "covid_utilisation_loss": 0.0, "gap_persistence": 0.0, "recoupment_natural": 0.0,
    "recoupment_by_lever_s": 0.0, "lever_s_persistence_cut": 0.0, "utilisation_cap": math.inf,
    "tfp_per_cloud_coverage": 0.0, "effective_adoption": 0.0, "rd_stock_elasticity": 0.0,
    "rd_depreciation": 0.0, "rd_lag": 0.0, "embodied_premium": 0.0, "leading_industry_push": 0.0,
    "factor_support_employment": 0.0, "factor_support_utilisation": 0.0,
    "entrant_value_added": 0.0, "entrant_growth": 0.0, "entry_without_plan": 0.0,
    "exit_base_removal": 0.0, "lever_a6_gestation_cut": 0.0, "target_delivery": 1.0,
    "contract_conversion": 0.0, "pipeline_delay": 12.0, "contract_additionality": 0.0,
    "elimination_utilisation": 0.0, "elimination_diversion": 0.0, "jump_hazard": 0.0,
    "jump_carry_over": 0.0, "correlation_tfp_employment": 0.0,
    "correlation_efficiency_technique": 0.0, "correlation_additionality_conversion": 0.0,
    "investment_shock_sd": 0.0, "investment_shock_district_sd": 0.0,
    "investment_shock_persistence": 0.0, "discrepancy_common": 1.0,
}  # fmt: skip


def neutral(facts: Mapping[str, object]) -> dict[str, float]:
    """Return the parameters that a plan may lack, each with its neutral value.

    The demand of a year and the shortfall of investment in the first quarter carry the years of the
    plan in their names.
    """
    first, months = int(str(facts["first_month"])[:4]), int(facts["months"])  # type: ignore[call-overload]
    dated = {f"demand_{year}": 0.0 for year in range(first, first + months // 12)}
    return _NEUTRAL | dated | {f"investment_gap_{first}q1": 0.0}


def of_base_year(facts: Mapping[str, object]) -> dict[str, str]:
    """Return the parameters of the base year: what each is, and its name with the year."""
    names = "industrial_va", "industrial_investment", "tech_upgrade_share"
    return {name: f"{name}_{facts['base_year']}" for name in names}
