"""The whole growth model in plain NumPy: the oracle of the tests and the yardstick of speed.

Nothing of the project is imported. Axes are always (month, district, industry, draw), the draw
axis last and always there; T months from the January of the first year, D districts, I industries,
S draws. "2019" stands for the base year and "2020" for the first, whichever they are; the plan acts
from the month `start` of the first year (3: April). Money is in 亿元 at prices of the base year,
energy in 万tce, rates are fractions. Capital is relative to the stock of January 2020, and "start
of month" is meant wherever a stock is named.
"""

import numpy as np


def ratio(numerator, denominator):
    """Return numerator / denominator, and 0 where the denominator is 0."""
    empty = denominator == 0
    return np.where(empty, 0.0, numerator / np.where(empty, 1.0, denominator))


def strength(lever, low):
    """Return how far a lever is from the status quo (0) to the plan (1), within low..2.2."""
    share = (lever["value"] - lever["status_quo"]) / (lever["plan"] - lever["status_quo"])
    return np.clip(share, low, 2.2)


def advance_chain(stages, release, inflow):
    """Return the stages (stage, ..., S) after one month and what left the last one (..., S).

    Every stage releases from its start-of-month content; the inflow enters the first stage after.
    """
    released = release * stages
    entering = np.concatenate([inflow[None], released[:-1]])
    return stages - released + entering, released[-1]


def advance_shock(shock, kind, p, normal):
    """Return the next value of an autoregression with the persistence and deviation of its kind.

    It starts from its stationary deviation, and keeps it.
    """
    persistence, deviation = p[f"{kind}_persistence"], p[f"{kind}_sd"]
    if shock is None:  # January 2020
        return deviation * normal
    return persistence * shock + deviation * np.sqrt(1 - persistence**2) * normal


def periodic_stock(retention, inflow, growth):
    """Return the stock (13, S) that a year of inflow (12, S) repeats, times `growth` a year.

    The stock obeys Z[m + 1] = retention * Z[m] + inflow[m] and Z[12] = growth * Z[0].
    """
    later = retention ** np.arange(11, -1, -1)[:, None]
    stock = [(later * inflow).sum(axis=0) / (growth - retention**12)]
    for month in range(12):
        stock.append(retention * stock[month] + inflow[month])
    return np.stack(stock)


def periodic_chain(stages, release, inflow, growth):
    """Return the January content (stage, S) and the output (12, S) of a chain on that path."""
    january = []
    for _ in range(stages):
        content = periodic_stock(1 - release, inflow, growth)
        january.append(content[0])
        inflow = release * content[:12]
    return np.stack(january), inflow


def pre_sample_path(p, investment_month_share, base_technique, wear, rate_new, rate_upgrade):
    """Return the growth path before January 2020, in units of the capital of January 2020.

    wear (S,) is depreciation a month, base_technique (S,) the technique effect at status quo.
    Returns annual_flow_2019 (S,), stages_new (3, S), stages_upgrade (2, S), and for the start of
    each month of 2019 capital_2019 (12, S) and technique_2019 (12, S).
    """
    growth = np.exp(p["pre_sample_capital_growth"])
    upgrade = p["tech_upgrade_share"]
    inflow = investment_month_share[:, None]  # an annual flow of 1 in 2020
    n_new, n_upgrade = (int(p[f"gestation_stages_{kind}"][0]) for kind in ("new", "upgrade"))
    unit_new, completed_new = periodic_chain(n_new, np.minimum(1, rate_new), inflow, growth)
    release_upgrade = np.minimum(1, rate_upgrade)
    unit_upgrade, completed_upgrade = periodic_chain(n_upgrade, release_upgrade, inflow, growth)
    formation = (1 - upgrade) * completed_new
    formation = formation + (1 + p["embodied_premium"]) * upgrade * completed_upgrade
    unit_capital = periodic_stock(1 - wear, formation, growth)
    annual_flow_2020 = 1 / unit_capital[0]
    capital_path = unit_capital[:12] / unit_capital[0]
    renewal = upgrade * annual_flow_2020 * completed_upgrade / capital_path
    technique_left = np.cumsum((base_technique * renewal)[::-1], axis=0)[::-1]  # months m..11
    return {
        "annual_flow_2019": annual_flow_2020 / growth,
        "stages_new": (1 - upgrade) * annual_flow_2020 * unit_new,
        "stages_upgrade": upgrade * annual_flow_2020 * unit_upgrade,
        "capital_2019": capital_path / growth,
        "technique_2019": -technique_left,
    }


def investment_relative(month, p, ahead, active_share, start):
    """Return investment relative to the same month of 2019.

    ahead is the lever above its status quo as a fraction, (D, S) or (S,); the whole extra growth
    of 2020 falls on the months from start, whose share of the year's investment is active_share.
    """
    growth, extra = p["investment_growth_baseline"], p["target_delivery"] * ahead
    if month >= 12:
        return (1 + growth + extra) * (1 + growth) ** (month // 12)
    gap = p["investment_gap"] * {0: 1.0, 1: 1.0, 2: 0.4}.get(month, 0.0)
    return (1 + growth + (month >= start) * extra / active_share) * (1 - gap)


def contract_investment(facts, levers, p, industry_base):
    """Return the extra investment a year by industry that contracts bring, (I, S), 亿元."""
    signed, converted = levers["contracts_signed"], levers["contract_conversion"]
    emerging = levers["emerging_share_signed"]
    in_emerging = facts["strategic_emerging"] * facts["manufacturing"] * industry_base
    in_other = (1 - facts["strategic_emerging"]) * facts["manufacturing"] * industry_base

    def spread(share):
        """Share of the contracts that goes to each industry, (I, S)."""
        in_share = share / 100 * ratio(in_emerging, in_emerging.sum(axis=0))
        return in_share + (1 - share / 100) * ratio(in_other, in_other.sum(axis=0))

    usual = p["contract_conversion"]
    moved = np.clip(usual + (converted["value"] - converted["status_quo"]) / 100, 0, 1)
    return p["contract_additionality"] * (
        signed["value"] * moved * spread(emerging["value"])
        - signed["status_quo"] * usual * spread(emerging["status_quo"])
    )


def utilisation_path(facts, levers, p, industry_base, month_share):
    """Return utilisation relative to 2019, (T, I, S): the COVID loss, its fading, recoupment."""
    months = np.arange(facts["months"])
    weight = industry_base * (month_share[0] + month_share[1])
    weight = weight / weight.sum(axis=0)
    depth = facts["covid_depth"]
    loss = p["covid_utilisation_loss"] * depth / (weight * depth).sum(axis=0)
    loss = np.minimum(loss, 0.95)
    recovered = strength(levers["recovered_loss"], -0.5)
    fading = p["gap_persistence"]  # from the start on the lever shortens it, but never lengthens it
    damping = np.maximum(0, 1 - p["lever_s_persistence_cut"] * max(0, recovered))
    steps = np.maximum(0, months - 1)[:, None]
    quicker = np.maximum(0, months - max(facts["start"], 2) + 1)[:, None]
    gap = fading**steps * damping**quicker  # (T, S)
    recouped = np.clip(p["recoupment_natural"] + recovered * p["recoupment_by_lever_s"], 0, 1)
    lost = loss * (gap[:12, None] * month_share).sum(axis=0)
    in_window = ((months >= 4) & (months <= 11))[:, None, None]
    recoupment = in_window * recouped * lost / month_share[4:12].sum(axis=0)
    return np.minimum(1 - loss * gap[:, None] + recoupment, p["utilisation_cap"])


def run(facts, levers, theta, shocks):
    """Return the monthly paths of one scenario as a dict of arrays.

    By (T, D, I, S): value_added, comparable_base, energy, comparable_energy (all with entrants),
    incumbent_value_added and capital. By (T, I, S): utilisation. By (T, D, S): investment and
    work in progress, new build and upgrading, and whether the floor of new build binds.
    """
    base = np.asarray(facts["value_added"], dtype=np.float64)  # (D, I, S)
    base_investment = np.asarray(facts["investment"], dtype=np.float64)  # (D, S)
    (districts, industries, draws), months = base.shape, facts["months"]
    columns = "manufacturing leading strategic_emerging covid_depth energy_intensity"
    columns += " capital_offset tfp_offset"
    facts = facts | {name: np.reshape(facts[name], (-1, 1)) for name in columns.split()}  # (I, 1)
    p = {k: np.broadcast_to(v, (*np.shape(v)[:-1], draws)).astype(float) for k, v in theta.items()}
    month_share = np.asarray(facts["month_share"])[:, :, None]  # (12, I, 1)
    investment_share = np.asarray(facts["investment_month_share"])  # (12,)
    start = facts["start"]
    ramp = np.clip((np.arange(months) - start + 1) / (12 - start), 0, 1)
    ramp_step = np.diff(ramp, prepend=0)
    cells = "value_added comparable_base energy comparable_energy incumbent_value_added capital"
    totals = "investment_new investment_upgrade work_in_progress_new work_in_progress_upgrade"
    result = {name: np.empty((months, *base.shape)) for name in cells.split()}
    result |= {name: np.empty((months, districts, draws)) for name in totals.split()}
    result["new_build_floor_binds"] = np.empty((months, districts, draws), dtype=bool)
    value, status_quo = ({k: v[x] for k, v in levers.items()} for x in ("value", "status_quo"))
    moved = {k: value[k] - status_quo[k] for k in levers}

    industry_base, district_base = base.sum(axis=0), base.sum(axis=1)
    cell_investment = base_investment[:, None] * ratio(base, district_base[:, None])
    industry_investment = cell_investment.sum(axis=0)

    # Investment, gestation and capital
    wear = 1 - (1 - p["depreciation"]) ** (1 / 12)
    base_technique = p["technique_elasticity"] * (1 - p["rebound"])
    rate_new = p["gestation_stages_new"] / p["gestation_new"]
    rate_upgrade = p["gestation_stages_upgrade"] / p["gestation_upgrade"]
    path = pre_sample_path(p, investment_share, base_technique, wear, rate_new, rate_upgrade)
    capital_bought = ratio(path["annual_flow_2019"], base_investment)  # per 亿元, (D, S)
    ahead = np.reshape(moved["investment_growth"], (-1, 1)) / 100
    ahead_upgrade = moved["upgrade_investment_growth"] / 100
    upgrade_share, active_share = p["tech_upgrade_share"], investment_share[start:12].sum()
    contracts = contract_investment(facts, levers, p, industry_base)  # (I, S)
    contract_capital = ratio(contracts * path["annual_flow_2019"], industry_investment)
    contract_places = (contracts * ratio(cell_investment, industry_investment)).sum(axis=1)
    contract_release = 2 / p["pipeline_delay"]

    def construction_time(completions):
        """Mean time of a project in construction (Little's law), up to a constant factor."""
        under_way, starts = facts["projects_under_way"], facts["project_starts"]
        return (2 * under_way + starts - completions) / (starts + completions)

    slower = construction_time(value["completions"]) / construction_time(status_quo["completions"])
    land_cut = p["lever_a6_gestation_cut"] * strength(levers["industrial_land_share"], -1)
    greener = moved["green_upgrade_share"] / status_quo["green_upgrade_share"]

    # Productivity, labour and demand
    utilisation = utilisation_path(facts, levers, p, industry_base, month_share)
    result["utilisation"] = utilisation
    alpha = p["capital_elasticity"] + facts["capital_offset"] + p["capital_elasticity_offset_error"]
    alpha = np.clip(alpha, 0.05, 0.95)  # (I, S)
    tfp_trend = p["tfp_residual"] + facts["tfp_offset"] + p["tfp_offset_error"]  # (I, S)
    cloud = p["tfp_per_cloud_coverage"] / 100 * p["effective_adoption"] * moved["cloud_coverage"]
    rd_wear = 1 - (1 - p["rd_depreciation"]) ** (1 / 12)
    rd_more = moved["rd_intensity"] / status_quo["rd_intensity"]
    rd_stock = np.ones((months + 1, draws))
    push = strength(levers["leading_industry_push"], 0) * p["leading_industry_push"]
    support = strength(levers["factor_support"], 0)
    in_factories, elsewhere = p["demand_exposure_manufacturing"], p["demand_exposure_other"]
    exposure = np.where(facts["manufacturing"] == 1, in_factories, elsewhere)
    exposure = exposure / ((exposure * industry_base).sum(axis=0) / industry_base.sum(axis=0))
    p["industry_shock_sd"] = np.stack([p[name] for name in facts["industry_shock_parameter"]])
    p["spending_persistence"], p["spending_sd"] = p["investment_shock_persistence"], 1.0
    anchor_cell = np.zeros((districts, industries, 1))
    anchor_cell[facts["anchor"]] = 1

    # Closures, energy and entry
    base_intensity = facts["energy_intensity"] * p["energy_intensity_multiplier"]  # (I, S)
    closed_cell = np.zeros((districts, industries, 1))
    closed_cell[facts["closure_districts"], facts["closure_industry"]] = 1
    lost_share = p["elimination_utilisation"] * (1 - p["elimination_diversion"])
    items = [(value[item["lever"]] * lost_share, item) for item in facts["closures"]]
    lost_value = sum(tonnes * p[item["va_parameter"]] for tonnes, item in items) / 1e4  # 亿元
    lost_energy = sum(tonnes * p[item["energy_parameter"]] for tonnes, item in items)  # 万tce
    lost_value = ratio(lost_value, (closed_cell * base).sum(axis=(0, 1)))
    lost_energy = ratio(lost_energy, (closed_cell * base * base_intensity).sum(axis=(0, 1)))
    closed_value = np.minimum(0.95, ramp[:, None] * lost_value)  # (T, S), shares of those cells
    closed_energy = np.minimum(0.95, ramp[:, None] * lost_energy)
    annex = np.reshape(facts["annex_firms"], (-1, 1))
    usual_firms = status_quo["new_firms"] * annex / annex.sum()
    firms_gap = levers["new_firms"]["plan"] - status_quo["new_firms"]
    more_firms = (np.reshape(value["new_firms"], (-1, 1)) - usual_firms) / firms_gap
    more_firms = more_firms * annex.sum() * (1 - p["entry_without_plan"])  # (D, S)
    in_manufacturing = facts["manufacturing"] * base
    entrant_spread = ratio(in_manufacturing, in_manufacturing.sum(axis=1, keepdims=True))
    entrant_year = more_firms[:, None] * p["entrant_value_added"] * entrant_spread  # (D, I, S)

    # State at the start of January 2020
    capital, technique = np.ones((districts, draws)), np.zeros((districts, draws))
    stages_new = np.repeat(path["stages_new"][:, None], districts, axis=1)  # (stage, D, S)
    stages_upgrade = np.repeat(path["stages_upgrade"][:, None], districts, axis=1)
    signed = np.zeros((2, draws))  # contracts on the way to investment, per 亿元 a year
    stages_contract, capital_contract = np.zeros_like(path["stages_new"]), np.zeros(draws)
    city = industry = district = late = None
    fall = np.zeros(draws)
    entrants, intensity = [], []

    for t in range(months):
        m, years = t % 12, t // 12 + 1
        cell_capital = capital[:, None] + contract_capital * capital_contract
        result["capital"][t] = cell_capital
        result["work_in_progress_new"][t] = stages_new.sum(axis=0)
        result["work_in_progress_upgrade"][t] = stages_upgrade.sum(axis=0)

        # Productivity, labour, demand and shocks, in logs relative to the same month of 2019
        phase = np.sum(ramp_step[: t + 1] * np.minimum(1, np.arange(t + 1, 0, -1) / 36))
        lag = np.clip(t - p["rd_lag"], 0, t)
        before = np.minimum(np.floor(lag).astype(int), t)
        rd = (before + 1 - lag) * rd_stock[before, np.arange(draws)]
        rd = rd + (lag - before) * rd_stock[before + 1, np.arange(draws)]
        labour = (p["employment_trend"] + p["labour_quality"]) * years
        labour = labour + support * p["factor_support_employment"] * ramp[t]
        demand = 0.0 if t < 2 else p["demand"][t // 12]
        city = advance_shock(city, "city_factor", p, shocks["city"][t])
        industry = advance_shock(industry, "industry_shock", p, shocks["industry"][t])
        district = advance_shock(district, "district_shock", p, shocks["district"][t])
        fall = np.minimum(1, p["jump_carry_over"] * fall + shocks["new_fall"][t])
        level = tfp_trend * years + (1 - alpha) * labour + np.log(utilisation[t])
        level = level + cloud * phase + p["rd_stock_elasticity"] * np.log(rd)
        level = level + push * facts["leading"] * max(0, t - start + 1) / 12
        level = level + support * p["factor_support_utilisation"] * ramp[t]
        level = level + exposure * (demand + city) + industry  # (I, S)

        # Output and energy of incumbents
        log_capital = np.log(cell_capital) - np.log(path["capital_2019"][m])
        relative = np.exp(alpha * log_capital + level + district[:, None])
        before_closure = base * month_share[m] * relative * (1 - anchor_cell * fall)
        fixed = p["fixed_energy_share"]
        better = p["autonomous_efficiency"] * years + technique - path["technique_2019"][m]
        spread_out = fixed / utilisation[t] + 1 - fixed
        energy_rate = base_intensity * np.exp(-better)[:, None] * spread_out
        output = before_closure * (1 - closed_cell * closed_value[t])
        energy = before_closure * energy_rate * (1 - closed_cell * closed_energy[t])
        closing = (1 - closed_cell * closed_energy[t]) / (1 - closed_cell * closed_value[t])
        intensity.append(energy_rate * closing)

        # Comparable basis: the same month of the year before, less exits, plus entrants' own past
        entrants_prior = entrants_prior_energy = 0.0
        if t < 12:
            prior, prior_energy = base * month_share[m], base * month_share[m] * base_intensity
            prior_closed = prior_closed_energy = 0.0
            entrants.append(np.zeros_like(base))
        else:
            prior, prior_energy = result["value_added"][t - 12], result["energy"][t - 12]
            prior_closed, prior_closed_energy = closed_value[t - 12], closed_energy[t - 12]
        if 12 <= t < 24:
            entrants.append(np.maximum(entrant_year * month_share[m], -output))
            entrants_prior = entrant_year * month_share[m] / (1 + p["entrant_growth"])
            entrants_prior = np.maximum(entrants_prior, -prior)
            entrants_prior_energy = entrants_prior * intensity[t - 12]
        elif t >= 24:
            growth = ratio(output, result["incumbent_value_added"][t - 12])
            entrants.append(entrants[t - 12] * growth)
        exits = (closed_value[t] - prior_closed) / (1 - prior_closed)
        exits_energy = (closed_energy[t] - prior_closed_energy) / (1 - prior_closed_energy)
        removed = closed_cell * p["exit_base_removal"]
        result["incumbent_value_added"][t] = output
        result["value_added"][t] = output + entrants[t]
        result["comparable_base"][t] = prior * (1 - removed * exits) + entrants_prior
        result["energy"][t] = energy + entrants[t] * intensity[t]
        kept = prior_energy * (1 - removed * exits_energy)
        result["comparable_energy"][t] = kept + entrants_prior_energy

        # Investment of the month
        total = investment_relative(t, p, ahead, active_share, start)
        upgrading = upgrade_share * investment_relative(t, p, ahead_upgrade, active_share, start)
        plain_month = base_investment * investment_share[m]
        if shocks["spending"] is not None:
            late = advance_shock(late, "spending", p, shocks["spending"][t])  # city, districts
            own = [p[f"investment_shock_{x}"] for x in ("sd", "district_sd")]
            missed = own[0] * late[:1] + own[1] * late[1:]
            plain_month = plain_month * np.exp(missed - (own[0] ** 2 + own[1] ** 2) / 2)
        own_new = plain_month * np.maximum(0, total - upgrading)
        upgrade = plain_month * upgrading
        contract_inflow = 0.0 if t < start else 1 / (12 - start) if t < 12 else 1 / 12
        signed, invested = advance_chain(signed, contract_release, np.full(draws, contract_inflow))
        result["investment_new"][t] = np.maximum(0, own_new + contract_places * invested)
        result["investment_upgrade"][t] = upgrade
        result["new_build_floor_binds"][t] = (total - upgrading < 0) | (
            own_new + contract_places * invested < 0
        )

        # Completions, capital and technique at the start of the next month
        scale = (slower if start <= t <= 11 else 1.0) * (1 - land_cut * ramp[t])
        release_new = np.minimum(1, rate_new / scale)
        release_upgrade = np.minimum(1, rate_upgrade / scale)
        stages_new, completed_new = advance_chain(stages_new, release_new, capital_bought * own_new)
        stages_upgrade, completed_upgrade = advance_chain(
            stages_upgrade, release_upgrade, capital_bought * upgrade
        )
        stages_contract, completed = advance_chain(stages_contract, release_new, invested)
        renewal = completed_upgrade / capital  # the premium is not counted, the month's stock is
        technique = technique + base_technique * (1 + greener * ramp[t]) * renewal
        capital = (1 - wear) * capital + completed_new
        capital = capital + (1 + p["embodied_premium"]) * completed_upgrade
        capital_contract = (1 - wear) * capital_contract + completed
        rd_stock[t + 1] = rd_stock[t] + rd_wear * (1 + rd_more * ramp[t] - rd_stock[t])
    return result
