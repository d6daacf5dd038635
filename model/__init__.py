"""District × industry × month growth simulator of a city's manufacturing plan.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> run = model.simulate(plan, model.load_scenario(plan, "plan"))

Arrays keep one order of axes: month, district, industry, draw.  Money is in 亿元 at base-year
prices; growth and shares are fractions, levers are in the units of their table.
"""

from model.assimilate import Contradiction, Nowcast, assimilate, history_match
from model.attribution import (
    Attribution,
    Coalitions,
    Ranges,
    attribute,
    attribution_ranges,
    coalitions,
)
from model.audit import Finding, audit
from model.cautions import Caution, cautions
from model.datasets import with_replacements
from model.definitions import Definition, Measured, definition, require_alike
from model.errors import DataFaults, ModelError
from model.growth import GrowthAccount, growth_accounting, growth_by_place
from model.intensity import EnergyUseChange, IntensityChange, energy_use, intensity
from model.knowledge import Knowledge, knowledge
from model.observe import Known, entered, known
from model.outcomes import INDICATORS, Fan, Outcomes
from model.pace import Pace, pace, published_pace
from model.pipeline import InvestmentAccount, investment_account, output_of_spending, projects
from model.plan import Plan, load_plan, load_scenario
from model.power import Effect, Power, lever_power
from model.replacements import DataSet, Replacement
from model.scenario import Scenario
from model.scenario_table import read_table, run_table
from model.sensitivity import doubled_discrepancy, sobol, tornado
from model.sharing import Sharing, share_target
from model.simulate import batch, ensemble, simulate
from model.solve import Answer, alternatives, solve
from model.support import Support, support
from model.targets import DistrictVerdict, Verdict, assess, district_verdicts
from model.wording import Exclusion, Number, exclusions, numbers

__all__ = [
    "INDICATORS",
    "Answer",
    "Attribution",
    "Caution",
    "Coalitions",
    "Contradiction",
    "DataFaults",
    "DataSet",
    "Definition",
    "DistrictVerdict",
    "Effect",
    "EnergyUseChange",
    "Exclusion",
    "Fan",
    "Finding",
    "GrowthAccount",
    "IntensityChange",
    "InvestmentAccount",
    "Knowledge",
    "Known",
    "Measured",
    "ModelError",
    "Nowcast",
    "Number",
    "Outcomes",
    "Pace",
    "Plan",
    "Power",
    "Ranges",
    "Replacement",
    "Scenario",
    "Sharing",
    "Support",
    "Verdict",
    "alternatives",
    "assess",
    "assimilate",
    "attribute",
    "attribution_ranges",
    "audit",
    "batch",
    "cautions",
    "coalitions",
    "definition",
    "district_verdicts",
    "doubled_discrepancy",
    "energy_use",
    "ensemble",
    "entered",
    "exclusions",
    "growth_accounting",
    "growth_by_place",
    "history_match",
    "intensity",
    "investment_account",
    "knowledge",
    "known",
    "lever_power",
    "load_plan",
    "load_scenario",
    "numbers",
    "output_of_spending",
    "pace",
    "projects",
    "published_pace",
    "read_table",
    "require_alike",
    "run_table",
    "share_target",
    "simulate",
    "sobol",
    "solve",
    "support",
    "tornado",
    "with_replacements",
]
