"""The tables of a plan folder: which columns they have and what a cell may hold.

A check never stops at the first fault: every fault of every table is collected, so that a planner
can mend a file in one go.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from model import optional
from model.errors import Fault
from model.sources import DISTRIBUTIONS, PACES, ROLES, STATUSES

UNITS = (
    "%", "% of plan", "% a year", "% per pp", "pp", "ratio", "fraction", "correlation", "ln",
    "per year", "per month", "month", "months", "years", "count", "firms", "persons",
    "亿元", "亿元 per year", "元 per tonne", "tce per tonne", "tce/万元",
    "万吨", "万套", "万台", "亿部", "万tce", "亿千瓦时", "亿元/firm", "unit",
    "个", "家", "户", "台", "条", "名", "件", "场",
)  # fmt: skip
"""Every unit a table may use; anything else is reported."""

COMPARATORS = ("about", "about_at_most", "at_least", "more_than", "equal", "range")


@dataclass(frozen=True, slots=True)
class Column:
    """What a cell of a column may hold.

    ``kind`` is text, number, flag (0 or 1), choice, code (of another table) or codes (several,
    separated by semicolons).  ``low`` and ``high`` bound numbers; ``of`` lists the choices or
    names the table referred to.
    """

    kind: str = "text"
    required: bool = True
    low: float = -math.inf
    high: float = math.inf
    of: tuple[str, ...] | str = ()


def _text(required: bool = True) -> Column:
    return Column("text", required)


def _number(low: float = -math.inf, high: float = math.inf, required: bool = True) -> Column:
    return Column("number", required, low, high)


def _code(table: str, required: bool = True) -> Column:
    return Column("code", required, of=table)


def _choice(*words: str, required: bool = True) -> Column:
    return Column("choice", required, of=words)


STATUS = _choice(*STATUSES)
UNIT = _choice(*UNITS)
PRICES = _choice("comparable", "constant", "nominal", "none")
SOURCE = _code("sources")
OPTIONAL = _text(required=False)

SCHEMA: dict[str, tuple[tuple[str, ...], dict[str, Column]]] = {
    "sources": (
        ("source_id",),
        {
            "source_id": _text(), "title": _text(), "publisher": OPTIONAL, "url": OPTIONAL,
            "published_on": OPTIONAL, "kind": _text(), "note": OPTIONAL,
            "status": _choice("read", "cited", "recalled", "judgement"),
        },
    ),
    "districts": (
        ("district",),
        {
            "district": _text(), "name_zh": _text(), "name_en": _text(), "type": _text(),
            "tile_row": _number(1, 40), "tile_col": _number(1, 40),
            "main_industries": Column("codes", of="industries"),
            "source_id": SOURCE, "status": STATUS,
        },
    ),
    "industries": (
        ("industry",),
        {
            "industry": _text(), "name_zh": _text(), "name_en": _text(),
            "is_manufacturing": Column("flag"),
            "leading_weight": _number(0, 1), "energy_intensive_weight": _number(0, 1),
            "high_tech_weight": _number(0, 1), "strategic_emerging_weight": _number(0, 1),
            "weights_status": STATUS,
            "capital_elasticity_offset": _number(-0.4, 0.4), "tfp_offset": _number(-0.2, 0.2),
            "offsets_status": STATUS, "covid_relative_depth": _number(0, 5, False),
            "covid_depth_status": _choice(*STATUSES, required=False),
            "covid_depth_source_id": _code("sources", required=False),
            "energy_intensity_low": _number(0, 50), "energy_intensity_central": _number(0, 50),
            "energy_intensity_high": _number(0, 50), "energy_intensity_unit": UNIT,
            "energy_intensity_status": STATUS, "status": STATUS, "source_id": SOURCE,
            "note": OPTIONAL,
        },
    ),
    "district_base": (
        ("district", "indicator"),
        {
            "district": _code("districts"),
            "indicator": _choice(
                "industrial_va", "industrial_va_share", "manufacturing_share",
                "industrial_investment", "above_scale_firms",
            ),
            "unit": UNIT, "low": _number(0, required=False), "central": _number(0),
            "high": _number(0, required=False), "status": STATUS, "method": OPTIONAL,
            "source_id": SOURCE,
        },
    ),
    "industry_mix": (
        ("district", "industry"),
        {
            "district": _code("districts"), "industry": _code("industries"),
            "share_pct": _number(0, 100), "status": STATUS, "source_id": SOURCE,
            "note": OPTIONAL,
        },
    ),
    "annex1": (
        ("district",),
        {
            "district": _code("districts"),
            "industrial_va_growth_pct": _number(-50, 100),
            "manufacturing_va_growth_pct": _number(-50, 100),
            "new_above_scale_firms": _number(0, 10000),
            "industrial_investment_growth_pct": _number(-100, 300),
            "source_id": SOURCE, "status": STATUS,
        },
    ),
    "targets": (
        ("id",),
        {
            "id": _text(), "clause": _text(), "section": _text(), "indicator_zh": _text(),
            "indicator_en": _text(), "comparator": _choice(*COMPARATORS), "value": _number(),
            "value_high": _number(required=False), "unit": UNIT,
            "kind": _choice("modelled", "lever", "tracked"), "scope": _text(),
            "wording_zh": OPTIONAL, "source_id": SOURCE, "status": STATUS,
            "indicator": _code("indicators", required=False),
            "lever": _code("levers", required=False), "tolerance": _number(0, required=False),
            "rule_zh": _text(), "rule_en": _text(), "responsible_units": OPTIONAL,
            "text_zh": _text(), "text_en": _text(), "pace": _choice(*PACES),
        },
    ),
    "levers": (
        ("lever",),
        {
            "lever": _text(), "group": _text(), "special_action": OPTIONAL, "name_zh": _text(),
            "name_en": _text(), "unit": UNIT, "scope": _choice("city", "city and district"),
            "min": _number(), "max": _number(), "step": _number(1e-9), "status_quo": _number(),
            "plan": _number(), "status_quo_status": STATUS, "plan_status": STATUS,
            "channel": _text(), "clause": _text(), "source_id": SOURCE, "note": OPTIONAL,
            "target": _code("targets", required=False),
            "time_profile": _choice(
                "first_year", "growth_level_kept", "yearly_flow", "ramp_then_held",
                "accrues_from_start",
            ),
            "district_column": OPTIONAL, "guidance_zh": _text(), "guidance_en": _text(),
            "channel_zh": _text(), "responsible_units": OPTIONAL, "group_zh": _text(),
            "group_en": _text(), "note_zh": OPTIONAL,
        },
    ),
    "lever_bands": (
        ("lever", "band"),
        {
            "lever": _code("levers"), "band": _number(1), "low": _number(), "high": _number(),
            "name_zh": _text(), "name_en": _text(), "status": STATUS, "source_id": SOURCE,
        },
    ),
    "assumptions": (
        ("assumption",),
        {
            "assumption": _text(), "name_zh": _text(), "name_en": _text(), "unit": UNIT,
            "min": _text(), "max": _text(), "step": _number(1e-9), "default": _text(),
            "default_status": STATUS, "parameter": _code("parameters"), "source_id": SOURCE,
            "moves": _choice("shift", "scale", "event"), "note": OPTIONAL, "note_zh": OPTIONAL,
        },
    ),
    "parameters": (
        ("id",),
        {
            "id": _text(), "symbol": _text(), "name": _text(), "name_zh": _text(), "unit": UNIT,
            "p05": _number(required=False), "p50": _number(required=False),
            "p95": _number(required=False), "distribution": _text(), "applies_to": _text(),
            "status": STATUS, "source_id": SOURCE, "later_information": Column("flag"),
            "p05_ex_ante": _number(required=False), "p50_ex_ante": _number(required=False),
            "p95_ex_ante": _number(required=False),
            "ex_ante_source_id": _code("sources", required=False),
            "support_min": _number(required=False), "support_max": _number(required=False),
            "role": _choice(*ROLES), "role_note": OPTIONAL, "note": OPTIONAL,
        },
    ),
    "closures": (
        ("lever",),
        {
            "lever": _code("levers"), "industry": _code("industries"),
            "districts": Column("codes", of="districts"),
            "va_parameter": _code("parameters"), "energy_parameter": _code("parameters"),
            "status": STATUS, "source_id": SOURCE, "note": OPTIONAL,
        },
    ),
    "controls": (
        ("id",),
        {
            "id": _text(), "indicator": _text(), "district": _code("districts", required=False),
            "industry": _code("industries", required=False), "low": _number(required=False),
            "high": _number(required=False), "unit": UNIT, "status": STATUS,
            "source_id": SOURCE, "note_zh": _text(), "note_en": _text(),
        },
    ),
    "indicators": (
        ("code",),
        dict.fromkeys(
            ("code", "name_zh", "name_en", "unit", "scope_zh", "scope_en", "basis_zh", "basis_en",
             "definition_zh", "definition_en", "formula", "covers"), _text(),
        )
        | {"prices": PRICES, "sample": _choice("comparable", "frame"), "official_prices": PRICES},
    ),
    "audit": (
        ("id",),
        {
            "id": _text(), "title_zh": _text(), "title_en": _text(),
            "verdict": _choice("coherent", "over_allocated", "already_met", "needs", "informs"),
            "sentence_zh": _text(), "sentence_en": _text(), "otherwise_zh": OPTIONAL,
            "otherwise_en": OPTIONAL, "inputs": OPTIONAL,
        },
    ),
    "number_exclusions": (
        ("place", "phrase"),
        {
            "place": _text(), "phrase": _text(), "reason_zh": _text(), "reason_en": _text(),
            "kind": _choice("name", "slogan", "idiom", "threshold", "list", "unit", "period"),
        },
    ),
    "observations": (
        (),
        {
            "geography": _text(), "indicator": _text(), "industry": _text(),
            "period_start": _text(), "period_end": _text(), "measure": _text(),
            "value": _number(), "unit": UNIT, "price_basis": _text(), "released_on": OPTIONAL,
            "status": STATUS, "source_id": SOURCE, "note": OPTIONAL,
        },
    ),
    "outcomes": (
        ("target_id",),
        {
            "target_id": _code("targets"), "value": _number(required=False), "unit": UNIT,
            "period_start": OPTIONAL, "period_end": OPTIONAL,
            "met": _choice("yes", "no", "unknown"), "definition_caveat": OPTIONAL,
            "status": _choice(*STATUSES, "missing"), "source_id": SOURCE,
        },
    ),
}  # fmt: skip
"""Key columns and columns of every table; the order is the order in which they are read."""

assert set(DISTRIBUTIONS) >= {"fixed", "table"}


def read_tables(folder: Path) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Read every table of ``folder`` as text and return the tables with the faults found.

    Cells keep the text of the file; `number` turns one into a float once it has been checked.
    """
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for name, (_, columns) in SCHEMA.items():
        path = folder / f"{name}.csv"
        if not path.is_file():
            faults.append(_fault(name, 0, "", "file_missing", "the file is missing", name=name))
            continue
        try:
            frame = pd.read_csv(
                path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False
            )
        except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            reason = str(error).strip().splitlines()[-1]
            message = f"the file cannot be read as UTF-8 CSV ({reason})"
            faults.append(_fault(name, 0, "", "unreadable", message, reason=reason))
            continue
        frame = frame.fillna("").apply(lambda column: column.str.strip())
        frame = frame[(frame != "").any(axis=1)]  # the index still numbers the lines of the file
        missing = [column for column in columns if column not in frame]
        for column in set(missing) & set(optional.COLUMNS.get(name, ())):
            frame[column] = ""
            missing.remove(column)
        for column in missing:
            message = "the column is missing"
            faults.append(_fault(name, 1, column, "column_missing", message))
        if not missing:
            tables[name] = frame
    for name, frame in tables.items():
        faults += check_table(name, frame, tables)
    return tables, faults


def check_table(name: str, frame: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> list[Fault]:
    """Return every fault of one table, cell by cell, then of its keys."""
    keys, columns = SCHEMA[name]
    faults: list[Fault] = []
    for column, rule in columns.items():
        known = _known(rule, tables)
        for row, cell in zip(frame.index + 2, frame[column], strict=True):
            problem = _problem(cell, rule, known)
            if problem:
                code, message, details = problem
                faults.append(_fault(name, row, column, code, message, **details))
    if keys:
        seen: dict[tuple[str, ...], int] = {}
        for row, *cells in zip(frame.index + 2, *(frame[k] for k in keys), strict=True):
            key = tuple(cells)
            if key in seen:
                at = {"given": ", ".join(key), "first": seen[key]}
                said = f"{at['given']} stands twice (first in row {seen[key]}); delete one of them"
                faults.append(fault(name, row, keys[0], "duplicate", said, **at))
            else:
                seen[key] = row
    return faults


def _known(rule: Column, tables: dict[str, pd.DataFrame]) -> frozenset[str] | None:
    if rule.kind == "choice":
        return frozenset(rule.of)
    if rule.kind in ("code", "codes"):
        target = tables.get(str(rule.of))
        key = SCHEMA[str(rule.of)][0][0]
        return None if target is None else frozenset(target[key])
    return None


def _problem(
    cell: str, rule: Column, known: frozenset[str] | None
) -> tuple[str, str, dict[str, object]] | None:
    if cell == "":
        return ("missing_cell", "the cell is empty; enter a value", {}) if rule.required else None
    if rule.kind == "number":
        try:
            value = float(cell)
        except ValueError:
            return "not_a_number", f"{cell!r} is not a number", {"given": cell}
        if not math.isfinite(value) or not rule.low <= value <= rule.high:
            low, high = f"{rule.low:g}", f"{rule.high:g}"
            message = f"{cell} is out of range; accepted: from {low} to {high}"
            return "out_of_range", message, {"given": cell, "low": low, "high": high}
    elif rule.kind == "flag" and cell not in ("0", "1"):
        return "not_a_flag", f"{cell!r} must be 0 or 1", {"given": cell}
    elif known is not None:
        parts = [part.strip() for part in cell.split(";")] if rule.kind == "codes" else [cell]
        wrong = [part for part in parts if part not in known]
        if wrong:
            given = ", ".join(wrong)
            what = "accepted" if rule.kind == "choice" else f"listed in {rule.of}.csv"
            listed = ", ".join(sorted(known)) if len(known) <= 45 else f"{len(known)} entries"
            return (
                "unknown_choice" if rule.kind == "choice" else "dangling",
                f"{given!r} is not {what}; known: {listed}",
                {"given": given, "known": listed, "listed_in": str(rule.of)},
            )
    return None


def _fault(table: str, row: int, column: str, code: str, message: str, **details: object) -> Fault:
    pairs = tuple((key, str(value)) for key, value in details.items())
    return Fault(f"{table}.csv", int(row), column, code, message, pairs)


def fault(table: str, row: int, column: str, code: str, message: str, **details: object) -> Fault:
    """Return a fault of ``table`` for checks that span several cells."""
    return _fault(table, row, column, code, message, **details)


def number(cell: str) -> float | None:
    """Return the number in a checked cell, or None where it is empty."""
    return float(cell) if cell else None


def words(cell: str) -> tuple[str, ...]:
    """Return the parts of a cell that lists several things, separated by semicolons."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def numbered(frame: pd.DataFrame) -> Iterable[tuple[int, dict[str, str]]]:
    """Yield the rows of a table with the numbers of their lines in the file."""
    return zip(frame.index + 2, frame.to_dict("records"), strict=True)


def rows(frame: pd.DataFrame) -> Iterable[dict[str, str]]:
    """Yield the rows of a table as dictionaries of text."""
    return frame.to_dict("records")
