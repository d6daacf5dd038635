"""Hands the same inputs to the plain-NumPy oracle (`tests.plain`) and to the model."""

from __future__ import annotations

import numpy as np

from model.draws import Draws, central, month_shares
from model.march import march
from model.rates import prepare
from model.settings import settings

SAME = (
    "value_added",
    "comparable_base",
    "energy",
    "comparable_energy",
)


def facts(plan, draws: Draws) -> dict:
    """Return the facts of a plan as the oracle takes them."""
    month_share, investment_share = month_shares(plan)
    column = {
        name: np.array([float(getattr(industry, field)) for industry in plan.industries])
        for name, field in (
            ("manufacturing", "is_manufacturing"),
            ("leading", "leading_weight"),
            ("strategic_emerging", "strategic_emerging_weight"),
            ("covid_depth", "covid_relative_depth"),
            ("energy_intensity", "energy_intensity"),
            ("capital_offset", "capital_elasticity_offset"),
            ("tfp_offset", "tfp_offset"),
        )
    }
    districts, industries = plan.axes.districts, plan.axes.industries
    closures, anchor = plan.closures, plan.facts.get("anchor")
    projects = plan.facts.get("projects", {"under_way": 1.0, "starts": 1.0})
    firms = [row.new_above_scale_firms for row in plan.annex]
    if not firms:  # the city's own figure, spread like the firms of the base year
        firms = plan.base.firms / plan.base.firms.sum() * plan.lever("new_firms").plan_value
    return column | {
        "value_added": draws.value_added,
        "investment": draws.investment,
        "month_share": month_share,
        "investment_month_share": investment_share,
        "industry_shock_parameter": [
            SHOCKS[c] if SHOCKS.get(c) in draws.values else "industry_shock_sd_other"
            for c in industries
        ],
        "closure_industry": industries.index(closures[0].industry) if closures else 0,
        "closure_districts": [
            districts.index(c) for c in (closures[0].districts if closures else ())
        ],
        "closures": [
            {
                "lever": c.lever,
                "va_parameter": c.va_parameter,
                "energy_parameter": c.energy_parameter,
            }
            for c in closures
        ],
        "anchor": (districts.index(anchor["district"]), industries.index(anchor["industry"]))
        if anchor
        else (0, 0),
        "projects_under_way": float(projects["under_way"]),
        "project_starts": float(projects["starts"]),
        "annex_firms": np.array(firms),
        "months": len(plan.months),
        "start": plan.axes.start,
    }


SHOCKS = {"electronics": "industry_shock_sd_electronics"} | dict.fromkeys(
    ("vehicles", "equipment"), "industry_shock_sd_vehicles_equipment"
)
LEVERS = (
    "investment_growth", "upgrade_investment_growth", "completions", "recovered_loss",
    "leading_industry_push", "contracts_signed", "contract_conversion", "emerging_share_signed",
    "cloud_coverage", "new_firms", "rd_intensity", "industrial_land_share", "factor_support",
    "green_upgrade_share",
)  # fmt: skip
"""What the oracle asks for; a lever that a plan lacks is one that nobody moves."""


def levers(plan, scenario) -> dict:
    """Return the levers of a scenario as the oracle takes them."""
    found = {name: {"value": 1.0, "status_quo": 1.0, "plan": 2.0} for name in LEVERS}
    for lever in plan.levers:
        value = scenario.value(lever.id)
        if lever.by_district:
            value = np.array(scenario.district_values(lever.id))
        found[lever.id] = {
            "value": value, "status_quo": lever.status_quo, "plan": lever.plan_value,
        }  # fmt: skip
    return found


def shocks(plan, draws: Draws) -> dict:
    """Return the shocks of a range of draws, zeros for a central run."""
    months, districts, industries = plan.axes.shape
    count = draws.value_added.shape[-1]
    if draws.shocks is None:
        zeros = {
            "city": np.zeros((months, count)),
            "industry": np.zeros((months, industries, count)),
            "district": np.zeros((months, districts, count)),
            "spending": None,
        }
        return zeros | {"new_fall": np.broadcast_to(draws.new_fall, (months, count))}
    return {
        "city": draws.shocks.city,
        "industry": draws.shocks.industry,
        "district": draws.shocks.district,
        "spending": draws.shocks.spending,
        "new_fall": draws.new_fall,
    }


def arguments(plan, scenario, draws: Draws | None = None) -> tuple:
    """Return what `tests.plain.run` takes for a scenario and a range of draws."""
    draws = central(plan, scenario) if draws is None else draws
    return facts(plan, draws), levers(plan, scenario), theta(plan, draws), shocks(plan, draws)


def theta(plan, draws: Draws) -> dict:
    """Return the parameters under the names of the oracle, which knows no years."""
    found = dict(draws.values)
    found["tech_upgrade_share"] = found[f"tech_upgrade_share_{plan.base_year}"]
    found["investment_gap"] = found[f"investment_gap_{plan.years[0]}q1"]
    return found | {"demand": np.stack([found[f"demand_{year}"] for year in plan.years])}


def marched(plan, scenario, draws: Draws) -> dict[str, np.ndarray]:
    """Return the model's own paths for a range of draws."""
    rates, reasons = prepare(plan, settings(plan, scenario), draws)
    names = (*SAME, "capital", "work_new", "work_upgrade")
    steps: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for state in march(rates):
        for name in (*SAME, "work_new", "work_upgrade"):
            steps[name].append(getattr(state, name).copy())
        built = rates.contract_capital * state.contract
        steps["capital"].append(state.capital[:, None, :] + built)
    paths = {name: np.stack(step) for name, step in steps.items()}
    return {name: paths[name] for name in (*SAME, "capital")} | {
        "work_in_progress_new": paths["work_new"],
        "work_in_progress_upgrade": paths["work_upgrade"],
        "investment_new": rates.investment_new(),
        "investment_upgrade": rates.investment_upgrade,
        "utilisation": reasons.utilisation,
        "new_build_floor_binds": rates.floor_binds(),
    }


def random_scenario(plan, generator: np.random.Generator):
    """Return a scenario with every lever, some districts and the assumptions anywhere in range."""
    scenario = plan.scenarios["status_quo"]
    for lever in plan.levers:
        value = generator.uniform(lever.minimum, lever.maximum)
        scenario = scenario.with_lever(lever.id, float(np.round(value, 6)))
        if lever.by_district:
            for code in generator.choice(plan.axes.districts, 3, replace=False):
                # Districts with counts of their own must not carry the city beyond its range.
                room = 0.0 if lever.is_growth else scenario.value(lever.id)
                value = generator.uniform(lever.minimum, lever.maximum - room)
                scenario = scenario.with_lever(lever.id, float(np.round(value, 6)), str(code))
    for assumption in plan.assumptions:
        value = generator.uniform(assumption.minimum, assumption.maximum)
        if assumption.moves == "event":
            value = round(value)
        scenario = scenario.with_assumption(assumption.id, float(np.round(value, 6)))
    return scenario
