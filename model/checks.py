"""Checks that span several cells or tables of a plan folder; every fault is reported."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

import pandas as pd

from model import optional, possible
from model.axes import month_codes
from model.errors import Fault
from model.sources import DISTRIBUTIONS, uniform_ends
from model.tables import fault, number, numbered, rows

FACTS = {
    "id": str,
    "data_version": str,
    "first_month": str,
    "start_month": str,
    "months": int,
    "base_year": int,
    "issued_on": str,
    "projects": dict,
    "anchor": dict,
}
"""What ``plan.toml`` states, and of which kind; `model.optional.FACTS` may be left out."""

MIX_TOLERANCE = 0.05
"""Points by which the industry mix of a district may miss 100."""

REQUIRED = (
    "capital_elasticity", "capital_elasticity_offset_error", "depreciation",
    "pre_sample_capital_growth", "tfp_residual", "tfp_offset_error", "employment_trend",
    "labour_quality", "investment_growth_baseline", "gestation_new", "gestation_upgrade",
    "gestation_stages_new", "gestation_stages_upgrade", "energy_intensity_multiplier",
    "autonomous_efficiency", "technique_elasticity", "rebound", "fixed_energy_share",
    "city_factor_persistence", "city_factor_sd", "industry_shock_sd_other",
    "industry_shock_persistence", "district_shock_sd", "district_shock_persistence",
    "base_cell_sd", "base_cell_sd_published", "base_cell_sd_derived", "base_cell_sd_assumed",
    "concordance_error", "demand_exposure_manufacturing", "demand_exposure_other",
    "model_discrepancy_sd", "obs_frame_sd",
    *(f"month_share_{kind}_{m:02d}" for kind in ("all", "investment") for m in range(1, 13)),
)  # fmt: skip
"""Parameters without which nothing can be computed, beside those of `NEEDED_WITH` and of the base
year; the rest may be left out (`model.optional.neutral`)."""

NEEDED_WITH = {
    "recovered_loss": (
        "covid_utilisation_loss", "gap_persistence", "recoupment_natural",
        "recoupment_by_lever_s", "lever_s_persistence_cut", "utilisation_cap",
    ),
    "investment_growth": ("target_delivery",),
    "upgrade_investment_growth": ("target_delivery", "embodied_premium"),
    "leading_industry_push": ("leading_industry_push",),
    "contracts_signed": ("contract_conversion", "pipeline_delay", "contract_additionality"),
    "contract_conversion": ("contract_conversion", "pipeline_delay", "contract_additionality"),
    "cloud_coverage": ("tfp_per_cloud_coverage", "effective_adoption"),
    "new_firms": ("entrant_value_added", "entrant_growth", "entry_without_plan"),
    "rd_intensity": ("rd_stock_elasticity", "rd_depreciation", "rd_lag"),
    "industrial_land_share": ("lever_a6_gestation_cut",),
    "factor_support": ("factor_support_employment", "factor_support_utilisation"),
}  # fmt: skip
"""Parameters that a lever needs: without them it would do nothing."""

LEVERS = (
    *NEEDED_WITH, "completions", "emerging_share_signed", "green_upgrade_share",
)  # fmt: skip
"""Levers that the equations know, beside those of ``closures.csv``."""

SCENARIOS = ("status_quo", "plan")
"""Scenarios that every plan has: without it, and as the document sets it."""

HEADLINE = "iva_growth"
"""The indicator that every plan has a target for."""

NEEDED_BASE = ("industrial_va", "industrial_investment", "above_scale_firms")


def read_facts(path: Path) -> tuple[dict[str, object], list[Fault]]:
    """Read ``plan.toml`` and return its contents with the faults found."""
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        message = f"the file cannot be read ({error})"
        reason = (("reason", str(error)),)
        return {}, [Fault("plan.toml", 0, "", "unreadable_facts", message, reason)]
    faults = []
    for name, kind in FACTS.items():
        if name not in facts and name in optional.FACTS:
            continue
        if name not in facts:
            faults.append(Fault("plan.toml", 0, name, "missing_cell", "the entry is missing"))
        elif not isinstance(facts[name], kind):
            message = f"{facts[name]!r} must be of type {kind.__name__}"
            faults.append(Fault("plan.toml", 0, name, "wrong_kind", message))
    for name, text in facts.items():
        if isinstance(text, str) and "<" in text:
            message = f"{text!r} still has to be filled in"
            details = (("given", text.strip("<>")),)
            faults.append(Fault("plan.toml", 0, name, "to_fill", message, details))
    return facts, faults


def cross_check(
    frames: dict[str, pd.DataFrame], facts: dict[str, object], faulty: Collection[str]
) -> list[Fault]:
    """Return the faults between cells and between tables.

    A check is left out while a table it reads is missing or ``faulty`` cell by cell.
    """
    sound = set(frames) - set(faulty)
    found: list[Fault] = list(_empty(frames))
    for check, needed in _CHECKS:
        if sound.issuperset(needed) and "plan.toml" not in faulty:
            found += check(frames, facts)
    return found


def _empty(frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    for name, frame in frames.items():
        if frame.empty and name not in optional.TABLES:
            yield fault(name, 0, "", "empty_table", "the table has no rows yet", name=name)


def _horizon(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    months = facts["months"]
    if not isinstance(months, int) or months < 12 or months % 12:
        message = f"{months} months; accepted: whole years, 12 or more"
        yield Fault("plan.toml", 0, "months", "out_of_range", message)
    for name in ("first_month", "start_month"):
        text = str(facts[name])
        year, _, month = text.partition("-")
        if not (year.isdigit() and month.isdigit() and 1 <= int(month) <= 12):
            message = f"{text!r} is not a month like 2020-04"
            yield Fault("plan.toml", 0, name, "not_a_month", message)
            return
    if not str(facts["first_month"]).endswith("-01"):
        message = "the horizon must begin in January"
        yield Fault("plan.toml", 0, "first_month", "not_january", message)
    months = month_codes(str(facts["first_month"]), 12)
    if str(facts["start_month"]) not in months:
        message = f"{facts['start_month']!r} is not in the first year, {months[0]} to {months[-1]}"
        yield Fault("plan.toml", 0, "start_month", "out_of_range", message)
    if str(facts["base_year"]) != str(int(str(facts["first_month"])[:4]) - 1):
        message = f"{facts['base_year']} is not the year before {facts['first_month']}"
        yield Fault("plan.toml", 0, "base_year", "not_the_year_before", message)
    yield from _projects(frames, facts)
    if "anchor" not in facts:
        return
    anchor = facts["anchor"]
    for kind, table in (("district", "districts"), ("industry", "industries")):
        known = set(frames[table][kind])
        given = anchor.get(kind) if isinstance(anchor, dict) else None
        if given not in known:
            message = f"{given!r} is not listed in {table}.csv"
            yield Fault("plan.toml", 0, f"anchor.{kind}", "dangling", message)


def _projects(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    projects = facts.get("projects")
    if projects is None:
        if "levers" in frames and "completions" in set(frames["levers"]["lever"]):
            message = "the lever completions needs under_way and starts"
            yield Fault("plan.toml", 0, "projects", "missing_cell", message)
        return
    for name in ("under_way", "starts"):
        if not isinstance(projects.get(name), int | float):
            message = f"the number of projects {name!r} is missing"
            yield Fault("plan.toml", 0, "projects", "missing_cell", message)


def _mix(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    frame = frames["industry_mix"]
    have = set(zip(frame["district"], frame["industry"], strict=True))
    codes = frames["districts"]["district"], frames["industries"]["industry"]
    for pair in itertools.product(*codes):
        if pair not in have:
            message = f"no share for {pair[1]} in {pair[0]}; enter 0 where there is none"
            given = f"{pair[0]}, {pair[1]}"
            yield fault("industry_mix", 0, "share_pct", "missing_row", message, given=given)
    shares = frame["share_pct"].astype(float)
    for district, total in shares.groupby(frame["district"], sort=False).sum().items():
        if abs(total - 100) > MIX_TOLERANCE:
            row = int(frame.index[frame["district"] == district][0]) + 2
            message = f"the shares of {district} add to {total:g}, not 100"
            yield fault(
                "industry_mix", row, "share_pct", "mix_sum", message, given=district,
                total=f"{total:g}",
            )  # fmt: skip


def _base(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    frame = frames["district_base"]
    have = set(zip(frame["district"], frame["indicator"], strict=True))
    for pair in itertools.product(frames["districts"]["district"], NEEDED_BASE):
        if pair not in have:
            message = f"no {pair[1]} for {pair[0]}"
            given = f"{pair[0]}, {pair[1]}"
            yield fault("district_base", 0, "central", "missing_row", message, given=given)
    units = {
        "industrial_va": "亿元", "industrial_va_share": "%", "manufacturing_share": "%",
        "industrial_investment": "亿元", "above_scale_firms": "firms",
    }  # fmt: skip
    for row, cells in numbered(frame):
        yield from _ordered("district_base", row, cells, ("low", "central", "high"))
        expected = units[cells["indicator"]]
        if cells["unit"] != expected:
            message = f"{cells['indicator']} is entered in {cells['unit']}, expected {expected}"
            yield fault(
                "district_base", row, "unit", "wrong_unit", message, given=cells["unit"],
                expected=expected,
            )  # fmt: skip


def _annex(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    have = set(frames["annex1"]["district"])
    if not have:
        return  # the plan sets its districts no targets
    for code in frames["districts"]["district"]:
        if code not in have:
            message = f"no row for district {code}"
            yield fault("annex1", 0, "district", "missing_row", message, given=code)


def _closures(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    first = None
    for row, cells in numbered(frames["closures"]):
        places = cells["industry"], cells["districts"]
        first = first or places
        if places != first:
            message = f"all closures fall on the same cells; the first row has {'; '.join(first)}"
            column = "industry" if cells["industry"] != first[0] else "districts"
            yield fault("closures", row, column, "places_differ", message)


def _ordered(
    table: str, row: int, cells: dict[str, str], names: tuple[str, ...]
) -> Iterator[Fault]:
    given = [(name, number(cells[name])) for name in names]
    present = [(name, value) for name, value in given if value is not None]
    for (left, low), (right, high) in itertools.pairwise(present):
        if low > high:
            message = f"{left} = {low:g} is above {right} = {high:g}"
            yield fault(table, row, left, "not_ordered", message, given=f"{low:g} > {high:g}")


def _levers(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    bands = frames["lever_bands"]
    for row, cells in numbered(frames["levers"]):
        yield from _ordered("levers", row, cells, ("min", "status_quo", "max"))
        yield from _ordered("levers", row, cells, ("min", "plan", "max"))
        column = cells["district_column"]
        if column and column not in frames["annex1"]:
            message = f"{column!r} is not a column of annex1.csv"
            yield fault("levers", row, "district_column", "dangling", message, given=column,
                        listed_in="annex1")  # fmt: skip
        mine = sorted(
            (float(b["low"]), float(b["high"])) for b in rows(bands) if b["lever"] == cells["lever"]
        )
        edges = [low for low, _ in mine[:1]] + [high for _, high in mine[-1:]]
        joined = all(a[1] == b[0] for a, b in itertools.pairwise(mine))
        if edges != [float(cells["min"]), float(cells["max"])] or not joined:
            message = f"its bands in lever_bands.csv do not cover {cells['min']} to {cells['max']}"
            yield fault("levers", row, "lever", "bands_gap", message, given=cells["lever"])


def _known_levers(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    closures = set(frames["closures"]["lever"])
    for row, cells in numbered(frames["levers"]):
        given, known = cells["lever"], ", ".join(LEVERS)
        if given not in LEVERS and given not in closures:
            message = f"no equation knows a lever called {given}; known: {known}"
            yield fault("levers", row, "lever", "unknown_lever", message, given=given, known=known)


def _assumptions(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    for row, cells in numbered(frames["assumptions"]):
        if cells["unit"] == "month":
            continue
        for name in ("min", "max", "default"):
            try:
                float(cells[name])
            except ValueError:
                message = f"{cells[name]!r} is not a number"
                yield fault("assumptions", row, name, "not_a_number", message, given=cells[name])
                break
        else:
            yield from _ordered("assumptions", row, cells, ("min", "default", "max"))


def _parameters(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    have = set(frames["parameters"]["id"])
    for name in (*REQUIRED, *optional.of_base_year(facts).values()):
        if name not in have:
            message = f"the parameter {name} is missing; the equations need it"
            yield fault("parameters", 0, "id", "missing_row", message, given=name)
    levers = set(frames["levers"]["lever"]) if "levers" in frames else set()
    closures = set(frames["closures"]["lever"]) if "closures" in frames else set()
    needed = {name: lever for lever in NEEDED_WITH if lever in levers
              for name in NEEDED_WITH[lever]}  # fmt: skip
    if closures:
        needed |= dict.fromkeys(("elimination_utilisation", "elimination_diversion"), "closures")
    if "anchor" in facts:
        needed |= dict.fromkeys(("jump_hazard", "jump_size", "jump_carry_over"), "[anchor]")
    for name, lever in needed.items():
        if name not in have:
            message = f"the parameter {name} is missing; {lever} acts through it"
            yield fault("parameters", 0, "id", "missing_row", message, given=name)
    for row, cells in numbered(frames["parameters"]):
        kind = cells["distribution"]
        if kind not in DISTRIBUTIONS and uniform_ends(kind) is None:
            known = ", ".join((*DISTRIBUTIONS, "uniform(a,b)"))
            message = f"{kind!r}; accepted: {known}"
            yield fault("parameters", row, "distribution", "unknown_choice", message,
                        given=kind, known=known)  # fmt: skip
            continue
        needed = {"fixed": ("p50",), "table": (), "check_only": ()}.get(kind, ("p05", "p50", "p95"))
        for name in needed:
            if not cells[name]:
                message = f"a parameter of kind {kind} needs {name}"
                yield fault("parameters", row, name, "missing_cell", message)
        yield from _ordered("parameters", row, cells, ("p05", "p50", "p95"))
        yield from _ordered("parameters", row, cells, ("support_min", "p05"))
        yield from _ordered("parameters", row, cells, ("support_min", "p50", "support_max"))
        yield from _ordered("parameters", row, cells, ("p95", "support_max"))
        if cells["role"] == "not_simulated" and not cells["role_note"]:
            message = "a parameter that is not simulated needs the reason"
            yield fault("parameters", row, "role_note", "missing_cell", message)


def _named_targets(
    frames: dict[str, pd.DataFrame], facts: dict[str, object]
) -> Iterator[Fault]:  # fmt: skip
    """Look whether the targets that ``plan.toml`` names exist, and whether growth has one."""
    frame = frames["targets"]
    modelled = frame[frame["kind"] == "modelled"]
    if len(frame) and HEADLINE not in set(modelled["indicator"]):
        message = f"no modelled target of the indicator {HEADLINE}; every page begins with it"
        yield fault("targets", 0, "indicator", "missing_row", message, given=HEADLINE)
    headline = facts.get("headline", {})
    named = [("first", modelled), ("second", modelled)]
    for key, known in named:
        for code in headline.get(key, ()) if isinstance(headline, dict) else ():
            if code not in set(known["id"]):
                message = f"{code!r} is not a modelled target of targets.csv"
                yield Fault("plan.toml", 0, f"headline.{key}", "dangling", message)
    for series, code in (facts.get("observed") or {}).items():  # type: ignore[attr-defined]
        if code not in set(frame["id"]):
            message = f"{code!r} is not a target of targets.csv"
            yield Fault("plan.toml", 0, f"observed.{series}", "dangling", message)


def _targets(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    needed = {"modelled": "indicator", "lever": "lever"}
    for row, cells in numbered(frames["targets"]):
        column = needed.get(cells["kind"])
        if column and not cells[column]:
            message = f"a target of kind {cells['kind']} needs its {column}"
            yield fault("targets", row, column, "missing_cell", message)
        if cells["comparator"] == "range" and not cells["value_high"]:
            message = "a range needs its upper end"
            yield fault("targets", row, "value_high", "missing_cell", message)
        yield from _ordered("targets", row, cells, ("value", "value_high"))
        if cells["comparator"].startswith("about") and not cells["tolerance"]:
            message = "a target worded as about needs its tolerance"
            yield fault("targets", row, "tolerance", "missing_cell", message)


def _industries(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    names = ("energy_intensity_low", "energy_intensity_central", "energy_intensity_high")
    for row, cells in numbered(frames["industries"]):
        yield from _ordered("industries", row, cells, names)
        for name in ("covid_depth_status", "covid_depth_source_id"):
            if cells["covid_relative_depth"] and not cells[name]:
                message = "a depth needs its status and its source"
                yield fault("industries", row, name, "missing_cell", message)


_CHECKS = (
    (_horizon, ("districts", "industries")),
    (_mix, ("industry_mix", "districts", "industries")),
    (_base, ("district_base", "districts")),
    *possible.CHECKS,
    (_annex, ("annex1", "districts")),
    (_closures, ("closures",)),
    (_levers, ("levers", "lever_bands", "annex1")),
    (_known_levers, ("levers", "closures")),
    (_assumptions, ("assumptions",)),
    (_parameters, ("parameters",)),
    (_targets, ("targets",)),
    (_named_targets, ("targets",)),
    (_industries, ("industries",)),
)
"""Each check with the tables it reads."""
