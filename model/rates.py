"""What a run follows: everything that does not depend on the past, laid out for `model.march`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model import capital as stock
from model import energy as use
from model import entry, investment, production
from model.axes import MONTHS_PER_YEAR, phased, ramp, years_in_force
from model.draws import Draws, month_shares
from model.plan import Plan
from model.settings import Settings
from model.streams import shock_deviation

Array = np.ndarray


class Term(NamedTuple):
    """Logs of output that share one weight: weight (industry, draw) times paths (month, draw)."""

    weight: Array
    paths: dict[str, Array]


class Reasons(NamedTuple):
    """What the exponent of `Rates` is made of: the loop does without, who explains a run does not.

    utilisation and industry_shock (t, i, s) beside the terms; loss (i, s) and gap (t, s) say what
    utilisation would be without recoupment: 1 - loss gap.
    """

    terms: tuple[Term, ...]
    industry_shock: Array | None
    loss: Array
    gap: Array
    utilisation: Array


class Rates(NamedTuple):
    """What passes into the loop; axes (month, district, industry, draw) as far as they apply.

    base (d, i, s) 亿元 a year; exponent (t, i, s) and district_shock (t, d, s) in logs, the
    month share and the capital of the base year included; elasticity (i, s);
    own_new (t, d, s) new build without contracts, 亿元; per_yuan (d, s) turns spending into units
    of the initial stock; contract_capital (i, s), contract_flow (t, s)
    and contract_places (d, s) 亿元 the pipeline; rate_new, rate_upgrade (t, s); technique (t, s)
    log gain per unit of capital renewed, technique_reference (m, s); intensity (t, i, s)
    tce per 10,000 yuan; closed_value, closed_energy (t, s) in the cells ``closed``;
    fall (t, s) in the cell ``anchor``; entrants (d, i, s) 亿元 in the entry year; upgrade_floor
    (t, d, s) whether upgrading alone exceeds the intended total.
    """

    base: Array
    month_share: Array
    exponent: Array
    district_shock: Array | None
    elasticity: Array
    pre_sample: stock.PreSample
    own_new: Array
    per_yuan: Array
    contract_capital: Array
    contract_flow: Array
    contract_places: Array
    rate_new: Array
    rate_upgrade: Array
    premium: Array
    wear: Array
    technique: Array
    technique_reference: Array
    base_intensity: Array
    intensity: Array
    closed: tuple[Array, int] | None
    closed_value: Array
    closed_energy: Array
    exit_removal: Array
    fall: Array | None
    anchor: tuple[int, int]
    entrants: Array | None
    fewer_entrants: bool
    entrant_growth: Array
    labour: Array
    investment_upgrade: Array
    upgrade_floor: Array

    def investment_new(self, month: int | slice = slice(None)) -> Array:
        """Return new build with contracts, (district, draw) or (month, district, draw), 亿元.

        Fewer contracts can at most take away all new build of a district; the pages say so.
        """
        wanted = self.contract_spending(month) + self.own_new[month]
        return np.maximum(0.0, wanted, out=wanted)

    def contract_spending(self, month: int | slice = slice(None)) -> Array:
        """Return what contracts add to new build, (district, draw) or (month, district, draw)."""
        return self.contract_flow[month][..., None, :] * self.contract_places

    def floor_binds(self) -> Array:
        """Return where there was nothing left to cut, (month, district, draw)."""
        return self.upgrade_floor | (self.own_new + self.contract_spending() < 0.0)


def prepare(plan: Plan, chosen: Settings, draws: Draws) -> tuple[Rates, Reasons]:
    """Return the rates of a run from the settings of a scenario and a range of draws."""
    p = draws.values
    months, start = len(plan.months), plan.axes.start
    gradual, share = ramp(months, start), month_shares(plan)
    month_share, spending_share = share
    base = draws.value_added
    money = _investment(plan, chosen, draws, spending_share)
    wear = stock.monthly_depreciation(p["depreciation"])
    stages = [int(p[f"gestation_stages_{kind}"][0]) for kind in ("new", "upgrade")]
    gestation = _gestation(plan, chosen, p, gradual)
    base_rates = [
        stock.release_rate(n, p[f"gestation_{kind}"])
        for n, kind in zip(stages, ("new", "upgrade"), strict=True)
    ]
    before = stock.pre_sample(
        spending_share, p[plan.of_base("tech_upgrade_share")], *base_rates, *stages,
        p["embodied_premium"], wear, p["pre_sample_capital_growth"],
    )  # fmt: skip
    gain = use.technique_gain(p["technique_elasticity"], p["rebound"], 1.0)
    green = 1.0 + (chosen.green_ratio - 1.0) * gradual[:, None]
    left = np.cumsum((gain * before.renewal)[::-1], axis=0)[::-1]
    loss, gap, running = _utilisation(plan, chosen, draws, month_share)
    base_intensity = _facts(plan, "energy_intensity") * p["energy_intensity_multiplier"]
    penalty = use.utilisation_penalty(p["fixed_energy_share"], running)
    intensity = use.intensity_by_industry(
        base_intensity, p["autonomous_efficiency"], _elapsed(months)[:, None, None], penalty
    )
    terms = _terms(plan, chosen, draws)
    people = terms[0].paths
    exponent = _summed(terms)
    exponent += np.log(running)
    calendar = np.arange(months) % MONTHS_PER_YEAR
    exponent += np.log(month_share)[calendar][:, :, None]
    elasticity = _elasticity(plan, p)
    # K-hat is K over the stock in the same month of the base year
    exponent -= elasticity * np.log(before.capital / before.growth)[calendar][:, None]
    shocks = draws.shocks
    district_shock = industry_shock = None
    if shocks is not None:
        industry_shock = production.autoregression(
            shocks.industry, p["industry_shock_persistence"], shock_deviation(plan, p)
        )
        exponent += industry_shock
        district_shock = production.autoregression(
            shocks.district, p["district_shock_persistence"], p["district_shock_sd"]
        )
    closed = _closed(plan, chosen, draws, base_intensity, gradual)
    contracts, flow, contract_places = _contracts(plan, chosen, draws)
    fall = None
    if draws.new_fall.any():
        fall = production.jump_path(draws.new_fall, p["jump_carry_over"])
    rates = Rates(
        base=base,
        month_share=month_share,
        exponent=exponent,
        district_shock=district_shock,
        elasticity=elasticity,
        pre_sample=before,
        own_new=money[0],
        per_yuan=before.annual_flow / draws.investment,
        contract_capital=contracts * before.annual_flow,
        contract_flow=flow,
        contract_places=contract_places,
        rate_new=stock.release_rate(stages[0], p["gestation_new"] * gestation),
        rate_upgrade=stock.release_rate(stages[1], p["gestation_upgrade"] * gestation),
        premium=p["embodied_premium"],
        wear=wear,
        technique=gain * green,
        technique_reference=-left,
        base_intensity=base_intensity,
        intensity=intensity,
        closed=closed[0],
        closed_value=closed[1],
        closed_energy=closed[2],
        exit_removal=p["exit_base_removal"],
        fall=fall,
        anchor=plan.anchor or (0, 0),
        entrants=_entrants(plan, chosen, draws),
        fewer_entrants=bool((chosen.additional_entrants < 0).any()),
        entrant_growth=p["entrant_growth"],
        labour=people["employment"] + people["labour_support"],
        investment_upgrade=money[1],
        upgrade_floor=money[2],
    )
    return rates, Reasons(terms, industry_shock, loss, gap, running)


def _over(numerator: Array, denominator: Array) -> Array:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def _elapsed(months: int) -> Array:
    """Return the years since the same month of the base year."""
    return np.arange(months) // MONTHS_PER_YEAR + 1.0


def _facts(plan: Plan, name: str) -> Array:
    """Return one fact of every industry as a column, (industry, 1)."""
    return np.array([float(getattr(industry, name)) for industry in plan.industries])[:, None]


def _elasticity(plan: Plan, p: dict[str, Array]) -> Array:
    offset = _facts(plan, "capital_elasticity_offset") + p["capital_elasticity_offset_error"]
    return np.clip(p["capital_elasticity"] + offset, 0.05, 0.95)


def _investment(
    plan: Plan, chosen: Settings, draws: Draws, share: Array
) -> tuple[Array, Array, Array]:
    p, months, start = draws.values, len(plan.months), plan.axes.start
    names = "investment_growth_baseline", "target_delivery", f"investment_gap_{plan.years[0]}q1"
    common = [p[name] for name in names]
    total = investment.spending_index(chosen.investment_shift, *common, share, months, start)
    shift = chosen.upgrade_shift[None]
    upgrade = investment.spending_index(shift, *common, share, months, start)
    new, renewal, floor = investment.spending(
        draws.investment, share, total, upgrade, p[plan.of_base("tech_upgrade_share")]
    )
    luck = draws.spending_luck()
    return (new, renewal, floor) if luck is None else (new * luck, renewal * luck, floor)


def _gestation(plan: Plan, chosen: Settings, p: dict[str, Array], gradual: Array) -> Array:
    """Return the factor on both gestation lags, (month, draw).

    Completions are a figure of the first year; land support stays.
    """
    t = np.arange(len(gradual))
    this_year = (t >= plan.axes.start) & (t < MONTHS_PER_YEAR)
    quicker = np.where(this_year[:, None], chosen.construction, 1.0)
    return quicker * (1.0 - p["lever_a6_gestation_cut"] * chosen.land * gradual[:, None])


def _utilisation(
    plan: Plan, chosen: Settings, draws: Draws, month_share: Array
) -> tuple[Array, Array, Array]:
    """Return the loss (i, s), the part of it open (t, s) and relative utilisation (t, i, s)."""
    p, months = draws.values, len(plan.months)
    by_industry = draws.value_added.sum(axis=0)
    weights = by_industry * (month_share[0] + month_share[1])[:, None]
    depth = _facts(plan, "covid_relative_depth")
    loss = production.loss_by_industry(p["covid_utilisation_loss"], depth, weights)
    cut = p["lever_s_persistence_cut"]
    gap = production.gap_path(p["gap_persistence"], cut, chosen.recovery, months, plan.axes.start)
    recouped = p["recoupment_natural"] + chosen.recovery * p["recoupment_by_lever_s"]
    recouped = np.clip(recouped, 0.0, 1.0)
    path = production.utilisation(loss, gap, recouped, month_share, p["utilisation_cap"])
    return loss, gap, path


def _terms(plan: Plan, chosen: Settings, draws: Draws) -> tuple[Term, ...]:
    """Return what output is made of besides capital, utilisation and own shocks; labour first."""
    p, months, start = draws.values, len(plan.months), plan.axes.start
    gradual, years = ramp(months, start)[:, None], _elapsed(months)[:, None]
    labour = {
        "employment": p["employment_trend"] * years,
        "labour_support": chosen.support * p["factor_support_employment"] * gradual,
        "labour_quality": p["labour_quality"] * years,
    }
    trend = p["tfp_residual"] + _facts(plan, "tfp_offset") + p["tfp_offset_error"]
    digital = p["tfp_per_cloud_coverage"] / 100 * p["effective_adoption"] * chosen.cloud_points
    common = {
        "cloud": digital * phased(months, start, 36)[:, None],
        "rd": p["rd_stock_elasticity"] * production.relative_rd_stock(
            chosen.rd_ratio, gradual[:, 0], p["rd_depreciation"], p["rd_lag"]
        ),
        "factor_support": chosen.support * p["factor_support_utilisation"] * gradual,
    }  # fmt: skip
    push = chosen.push * p["leading_industry_push"] * years_in_force(months, start)[:, None]
    names = [p[f"demand_{year}"] for year in plan.years]
    demand = {"demand": production.demand_path(tuple(np.broadcast_arrays(*names)), months)}
    exposed = production.exposure(
        p["demand_exposure_manufacturing"], p["demand_exposure_other"],
        _facts(plan, "is_manufacturing"), draws.value_added.sum(axis=0),
    )  # fmt: skip
    if draws.shocks is not None:
        demand["city_shock"] = production.autoregression(
            draws.shocks.city, p["city_factor_persistence"], p["city_factor_sd"]
        )
    return (
        Term(1.0 - _elasticity(plan, p), labour),
        Term(trend, {"trend": years}),
        Term(np.ones((1, 1)), common),
        Term(_facts(plan, "leading_weight"), {"leading_push": push}),
        Term(exposed, demand),
    )


def _summed(terms: tuple[Term, ...]) -> Array:
    """Return the sum of all terms, (month, industry, draw)."""
    shapes = [term.weight.shape for term in terms]
    shapes += [path[:, None].shape[1:] for term in terms for path in term.paths.values()]
    months = len(terms[1].paths["trend"])
    total = np.zeros((months, *np.broadcast_shapes(*shapes)))
    for term in terms:
        path = sum(term.paths.values())
        total += path[:, None] * term.weight
    return total


def _contracts(plan: Plan, chosen: Settings, draws: Draws) -> tuple[Array, Array, Array]:
    """Return the pipeline: relative to cell investment (i, s), its flow (t, s), 亿元 (d, s)."""
    p, months = draws.values, len(plan.months)
    manufacturing = _facts(plan, "is_manufacturing") * draws.value_added.sum(axis=0)
    weights = _facts(plan, "strategic_emerging_weight")
    allocation = [
        investment.contract_allocation(share, weights, manufacturing)
        for share in (chosen.emerging, chosen.emerging_before)
    ]
    yearly = investment.additional_contracts(
        chosen.contracts, chosen.contracts_before, p["contract_conversion"],
        chosen.conversion_shift, p["contract_additionality"], *allocation,
    )  # fmt: skip
    delay = np.broadcast_to(p["pipeline_delay"], yearly.shape[-1:])
    flow = investment.pipeline_flow(months, plan.axes.start, delay)
    mix = draws.value_added / draws.value_added.sum(axis=1, keepdims=True)
    cells = draws.investment[:, None, :] * mix
    by_industry = cells.sum(axis=0)
    by_district = (cells * _over(yearly, by_industry)).sum(axis=1)
    return _over(yearly, by_industry), flow, by_district


def _closed(
    plan: Plan, chosen: Settings, draws: Draws, base_intensity: Array, gradual: Array
) -> tuple[tuple[Array, int] | None, Array, Array]:
    p, draws_ = draws.values, draws.value_added.shape[-1]
    nothing = np.zeros((len(gradual), draws_))
    if not any(closing.tonnes.any() for closing in chosen.closings):
        return None, nothing, nothing
    places = plan.closures[0]
    industry = plan.axes.industries.index(places.industry)
    rows = np.array([plan.axes.districts.index(code) for code in places.districts])
    lost = p["elimination_utilisation"] * (1.0 - p["elimination_diversion"])
    # 10,000 tonnes times yuan a tonne is 10,000 yuan; 10,000 of these are 亿元
    value = sum(c.tonnes * lost * p[c.va_parameter] for c in chosen.closings) / 1e4
    energy = sum(c.tonnes * lost * p[c.energy_parameter] for c in chosen.closings)
    cells = draws.value_added[rows, industry]
    total_energy = (cells * base_intensity[industry]).sum(axis=0)
    return (
        (rows, industry),
        entry.closed_share(value, cells.sum(axis=0), gradual),
        entry.closed_share(energy, total_energy, gradual),
    )


def _entrants(plan: Plan, chosen: Settings, draws: Draws) -> Array | None:
    if not chosen.additional_entrants.any():
        return None
    p = draws.values
    manufacturing = _facts(plan, "is_manufacturing") * draws.value_added
    mix = _over(manufacturing, manufacturing.sum(axis=1, keepdims=True) + 0.0 * manufacturing)
    firms = chosen.additional_entrants * (1.0 - p["entry_without_plan"])
    whole_year = np.ones((len(plan.industries), 1))
    return entry.entrant_value_added(firms, p["entrant_value_added"], mix, whole_year)
