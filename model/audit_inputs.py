"""The numbers that the audit of the plan rests on, each with its source and what it may be.

No prior is among them: they are the plan's figures, published figures, the base year that serves as
weights, and the few figures of ``audit.csv`` that stand in no other table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from model.draws import month_shares
from model.errors import ModelError, outside, unknown
from model.plan import Plan


class Input(NamedTuple):
    """A number that a check used; ``source`` is a source or the table of the plan it stands in.

    ``low`` and ``high`` bound what can be put in its place.
    """

    name: str
    value: float
    unit: str
    source: str
    low: float = -math.inf
    high: float = math.inf


class Book:
    """The inputs of one check; notes which of them it used."""

    def __init__(
        self, known: Mapping[str, Input], plan: Plan, groups: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._known = known
        self.districts = plan.axes.districts
        self.groups = groups
        self.used: dict[str, Input] = {}

    def __getitem__(self, name: str) -> float:
        if name not in self._known:
            raise unknown("input of the audit", name, self._known)
        self.used[name] = self._known[name]
        return self._known[name].value


def known_inputs(plan: Plan, overrides: Mapping[str, float]) -> dict[str, Input]:
    """Return every input by name, overrides in place; totals follow the districts."""
    sources = _targets(plan), _annex(plan), _base_year(plan), _own(plan), _projects_of(plan)
    given = [item for source in (*sources, _observed(plan)) for item in source]
    known = {item.name: _bounded(item) for item in given}
    totals = {"base_iva": "district_base", "base_mva": "industry_mix"}
    known |= {name: _bounded(Input(name, 0.0, "亿元", table)) for name, table in totals.items()}
    for name, value in overrides.items():
        known[name] = _replaced(name, value, known)
    for kind in totals.keys() - overrides.keys():
        total = sum(known[f"{kind}_{d}"].value for d in plan.axes.districts)
        known[kind] = known[kind]._replace(value=total)
    return known


def _replaced(name: str, value: float, known: Mapping[str, Input]) -> Input:
    if name not in known:
        raise unknown("input of the audit", name, known)
    if not math.isfinite(value):
        raise ModelError(
            f"{name} = {value} is not a number that can be used; give a finite one.",
            code="not_finite",
            name=name,
        )
    item = known[name]
    if not item.low <= value <= item.high:
        where = "model.audit_inputs"
        raise outside(name, float(value), item.low, item.high, item.unit, where)
    return item._replace(value=float(value))


_LIMITS = {
    "fraction": (0.0, 1.0), "亿元": (0.0, 1e5), "firms": (0.0, 1e5), "count": (0.0, 1e5),
    "pp": (-100.0, 100.0), "years": (1.0, 20.0), "%": (-100.0, 300.0),
}  # fmt: skip


def _bounded(item: Input) -> Input:
    """Return an input with what it may be: a share is within 0 and 100, a fall of 300 % is none."""
    low, high = _LIMITS.get(item.unit, (0.0, 1e6))
    if item.unit == "%" and "share" in item.name:
        low, high = 0.0, 100.0
    return item._replace(low=low, high=high)


def texts(plan: Plan) -> dict[str, dict[str, str]]:
    """Return the rows of ``audit.csv`` by id."""
    return {row["id"]: row for row in plan.tables["audit"].to_dict("records")}


def _observed(plan: Plan) -> Iterable[Input]:
    """Yield published figures of the city: ``[audit]`` of ``plan.toml`` says which by name."""
    city = plan.city
    for name, key in plan.facts.get("audit", {}).items():  # type: ignore[attr-defined]
        for o in plan.observations:
            if o.geography == city and [o.indicator, o.period_start, o.period_end] == list(key):
                yield Input(name, o.value, o.unit, o.source_id)
                break


def _projects_of(plan: Plan) -> Iterable[Input]:
    facts = plan.facts.get("projects", {})
    for name in {"under_way", "starts", "completions"} & facts.keys():
        yield Input(f"projects_{name}", float(facts[name]), "count", str(facts["source_id"]))


def _targets(plan: Plan) -> Iterable[Input]:
    for target in reversed(plan.targets):
        name = target.indicator or target.lever
        if name:
            yield Input(f"target_{name}", target.value, target.unit, target.source_id)
            if target.indicator == "iva_growth":
                yield Input(f"tolerance_{name}", target.tolerance, "pp", "targets")


def _annex(plan: Plan) -> Iterable[Input]:
    for row in plan.annex:
        for kind, value, unit in (
            ("iva", row.industrial_va_growth_pct, "%"),
            ("mva", row.manufacturing_va_growth_pct, "%"),
            ("firms", row.new_above_scale_firms, "firms"),
            ("investment", row.industrial_investment_growth_pct, "%"),
        ):
            yield Input(f"annex_{kind}_{row.district}", value, unit, "annex1")


def _base_year(plan: Plan) -> Iterable[Input]:
    makes = [industry.is_manufacturing for industry in plan.industries]
    cells = plan.base.value_added
    for d, code in enumerate(plan.axes.districts):
        yield Input(f"base_iva_{code}", round(float(cells[d].sum()), 9), "亿元", "district_base")
        yield Input(
            f"base_mva_{code}", round(float(cells[d, makes].sum()), 9), "亿元", "industry_mix"
        )
        spent = float(plan.base.investment[d])
        yield Input(f"base_investment_{code}", spent, "亿元", "district_base")
    by_industry = cells.sum(axis=0)
    weight = (month_shares(plan)[0] @ (by_industry / by_industry.sum())).cumsum()
    for position, month in ((1, "february"), (2, "march")):
        yield Input(f"weight_to_{month}", float(weight[position]), "fraction", "parameters")


def _own(plan: Plan) -> Iterable[Input]:
    """Yield the figures that stand in ``audit.csv``: ``name=value|unit|source``."""
    for row in texts(plan).values():
        for entry in _entries(row, "="):
            name, _, rest = entry.partition("=")
            value, unit, source = rest.split("|")
            yield Input(name, float(value), unit, source)


def groups(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return the groups of districts whose weights have bounds: ``name:district district``."""
    entries = [entry.partition(":") for row in texts(plan).values() for entry in _entries(row, ":")]
    return {name: tuple(members.split()) for name, _, members in entries}


def _entries(row: Mapping[str, str], sign: str) -> list[str]:
    entries = (entry.strip() for entry in row["inputs"].split(";"))
    return [entry for entry in entries if sign in entry]
