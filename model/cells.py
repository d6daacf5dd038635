"""The numbers of a plan's tables as cells, which of them can be replaced, and by what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from model import tables
from model.errors import Fault, ModelError
from model.plan import Plan
from model.possible import ABOVE_ZERO, INTENSITY
from model.replacements import BUREAU, SEPARATOR, Replacement
from model.tables import SCHEMA

KEPT = 6
"""Plans whose cells a process holds."""

FIRM = ("published", BUREAU)
"""Status words of figures that nobody had to estimate."""

_OBSERVED = (
    "geography", "indicator", "industry", "period_start", "period_end", "measure", "source_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of numbers: its range, status, source and unit columns (unit: or the unit)."""

    value: str
    status: str = "status"
    low: str = ""
    high: str = ""
    unit: str = "unit"
    source: str = "source_id"


def _weight(name: str) -> Measure:
    return Measure(name, "weights_status", unit="=fraction")


def _annex(name: str, unit: str) -> Measure:
    return Measure(name, unit=f"={unit}")


MEASURES: dict[str, tuple[Measure, ...]] = {
    "district_base": (Measure("central", low="low", high="high"),),
    "industry_mix": (Measure("share_pct", unit="=%"),),
    "parameters": (Measure("p50", low="p05", high="p95"),),
    "industries": (
        _weight("leading_weight"),
        _weight("energy_intensive_weight"),
        _weight("high_tech_weight"),
        _weight("strategic_emerging_weight"),
        Measure("capital_elasticity_offset", "offsets_status", unit="=fraction"),
        Measure("tfp_offset", "offsets_status", unit="=per year"),
        Measure("covid_relative_depth", "covid_depth_status", unit="=ratio",
                source="covid_depth_source_id"),
        Measure("energy_intensity_central", "energy_intensity_status", "energy_intensity_low",
                "energy_intensity_high", "energy_intensity_unit"),
    ),
    "observations": (Measure("value"),),
    "levers": (Measure("status_quo", "status_quo_status"), Measure("plan", "plan_status")),
    "assumptions": (Measure("default", "default_status", "min", "max"),),
    "annex1": (
        _annex("industrial_va_growth_pct", "%"),
        _annex("manufacturing_va_growth_pct", "%"),
        _annex("new_above_scale_firms", "firms"),
        _annex("industrial_investment_growth_pct", "%"),
    ),
    "targets": (Measure("value", high="value_high"),),
    "outcomes": (Measure("value"),),
    "controls": (Measure("", low="low", high="high"),),
}  # fmt: skip
"""The columns of numbers of every table; tables of names and texts have none."""

REPLACEABLE = ("district_base", "industry_mix", "parameters", "industries", "observations")
"""Tables with facts; the others hold the plan's own words or what a scenario sets."""

COMPUTED = ("industrial_va_share", "manufacturing_share")
"""Rows of ``district_base`` that follow from others."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the plan's tables with its range, unit, status and source.

    ``locked`` says why it cannot be replaced (none: ""): it is ``published``, belongs to the
    ``scenario`` (a lever or an assumption sets it), is ``computed`` from other cells, is ``unused``
    by the equations, or belongs to the ``plan``.
    """

    table: str
    key: tuple[str, ...]
    column: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    status: str
    source_id: str
    locked: str
    row: int

    @property
    def id(self) -> str:
        """Name of the cell: table, key of the row and column."""
        return SEPARATOR.join((self.table, *self.key, self.column))

    @property
    def firm(self) -> bool:
        """Whether the number is published or supplied, not estimated in any way."""
        return self.status in FIRM


@lru_cache(maxsize=KEPT)
def cells(plan: Plan) -> tuple[Cell, ...]:
    """Return every number of the plan's tables, in the order of the tables."""
    by_scenario = {assumption.parameter for assumption in plan.assumptions}
    found = []
    for name, measures in MEASURES.items():
        frame = plan.tables[name]
        keys = keys_of(name)
        for row, values in tables.numbered(frame):
            for measure in measures:
                value = _value(values.get(measure.value, ""))
                if measure.value and value is None and not _wanted(name, values):
                    continue
                unit = measure.unit[1:] if measure.unit[:1] == "=" else values[measure.unit]
                found.append(
                    Cell(
                        table=name,
                        key=tuple(values[key] for key in keys),
                        column=measure.value or "range",
                        value=value,
                        low=_value(values.get(measure.low, "")),
                        high=_value(values.get(measure.high, "")),
                        unit=unit,
                        status=values[measure.status],
                        source_id=values[measure.source],
                        locked=_locked(name, measure, values, by_scenario),
                        row=row,
                    )
                )
    return tuple(found)


def keys_of(table: str) -> tuple[str, ...]:
    """Return the columns that tell the rows of a table apart."""
    return SCHEMA[table][0] or _OBSERVED


def _wanted(table: str, values: Mapping[str, str]) -> bool:
    return table == "outcomes"  # what has not been found is listed, too


def _value(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None  # an empty cell, or a month of the horizon


def _locked(table: str, measure: Measure, values: Mapping[str, str], by_scenario: set[str]) -> str:
    if table in ("levers", "assumptions"):
        return "scenario"
    if table not in REPLACEABLE:
        return "plan"
    if table == "parameters" and values["id"] in by_scenario:
        return "scenario"
    if table == "parameters" and (
        values["role"] != "simulated"
        or values["distribution"] not in ("two_piece_normal", "fixed")
        or values["id"].startswith("correlation_")
    ):
        return "unused"
    if table == "district_base" and values["indicator"] in COMPUTED:
        return "computed"
    return "published" if values[measure.status] == "published" else ""


def cell(plan: Plan, id: str) -> Cell:
    """Return one cell by its id; ModelError ``no_cell``."""
    found = by_id(plan).get(id)
    if found is None:
        raise ModelError(f"There is no cell {id!r}.", code="no_cell", given=id)
    return found


@lru_cache(maxsize=KEPT)
def by_id(plan: Plan) -> Mapping[str, Cell]:
    """Return the cells of a plan by their ids."""
    return {one.id: one for one in cells(plan)}


def check(plan: Plan, replacements: Iterable[Replacement]) -> list[Fault]:
    """Return what is wrong with each replacement by itself; ``row`` is its place, from 1."""
    found = []
    for place, new in enumerate(replacements, start=1):
        old = by_id(plan).get(new.cell)

        def say(code: str, message: str, column: str = "value", place=place, new=new,
                **details: object) -> None:  # fmt: skip
            pairs = tuple((key, str(value)) for key, value in details.items())
            found.append(Fault(new.table, place, column, code, message, pairs))

        if old is None:
            say("no_cell", f"there is no cell {new.cell!r}", "cell", given=new.cell[:80])
            continue
        if old.locked:
            say(f"locked_{old.locked}", f"the cell cannot be replaced: {old.locked}", "cell")
        given = {"low": new.low, "value": new.value, "high": new.high}
        least, most = bounds(plan, old)
        for column, value in given.items():
            if value is not None and not least <= value <= most:
                say("out_of_range", f"{value:g} is outside [{least:g}, {most:g}]", column,
                    given=f"{value:g}", low=f"{least:g}", high=f"{most:g}")  # fmt: skip
        if above_zero(old) and new.value == 0:
            say("not_positive", "the figure must be above zero")
        order = [value for value in given.values() if value is not None]
        if order != sorted(order):
            say("not_ordered", "low, value and high are not in order", "value",
                given=" > ".join(f"{value:g}" for value in order))  # fmt: skip
        if (new.low is None) != (new.high is None):
            say("half_range", "a range needs both ends", "low" if new.low is None else "high")
        elif new.low is not None and not ranged(old):
            say("no_range_here", "this cell has no range", "low")
        if old.unit == "count" and new.value != int(new.value):
            say("not_whole", f"{new.value:g} is not a whole number", given=f"{new.value:g}")
    return found


def above_zero(old: Cell) -> bool:
    """Return whether a figure is divided by, so that it cannot be 0."""
    if old.table == "district_base":
        return old.key[1] in ABOVE_ZERO
    return old.table == "industries" and old.column == INTENSITY


def ranged(old: Cell) -> bool:
    """Return whether a figure for this cell may come with a 5 and a 95 % point."""
    if old.table == "parameters":
        return old.low is not None  # a fixed coefficient is drawn nowhere
    return bool(measure_of(old).low)


def measure_of(old: Cell) -> Measure:
    """Return the columns that a cell is made of."""
    return next(x for x in MEASURES[old.table] if (x.value or "range") == old.column)


def bounds(plan: Plan, old: Cell) -> tuple[float, float]:
    """Return the smallest and the largest figure that a cell may hold."""
    rule = SCHEMA[old.table][1][measure_of(old).value]
    low, high = rule.low, rule.high
    if old.table == "parameters":
        parameter = plan.parameter(old.key[0])
        low = low if parameter.support_min is None else max(low, parameter.support_min)
        high = high if parameter.support_max is None else min(high, parameter.support_max)
    return low, high
