"""Why an indicator is what it is: rows, sentence and tables of an attribution."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import ceil, log10

import pandas as pd

import model
from model.targets import differs
from pages.views import numbers
from pages.views.clauses import numbered
from pages.views.clauses import place_name as clause_name
from pages.views.targets import definition_mark, target_value
from pages.views.texts import Texts

INDICATORS = (
    "iva_growth",
    "mva_growth",
    "industrial_va",
    "industrial_investment",
    "upgrade_investment",
    "energy_intensity_fall",
)
BY_INDUSTRY = ("iva_growth", "industrial_va", "energy_intensity_fall")
BY_DISTRICT = tuple(name for name in INDICATORS if name != "energy_intensity_fall")
"""Indicators to which the districts add up."""

ANNEX = {
    "iva_growth": "industrial_va_growth_pct",
    "mva_growth": "manufacturing_va_growth_pct",
}
LISTED = 3
"""Groups that the sentence names."""

DROPPED = 0.005
"""Smallest part that is named, points or 亿元: less is nothing at the shown digits."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How an indicator is shown: in per cent (parts in points) or in money."""

    unit: str
    factor: float
    digits: int

    def whole(self, value: float, t: Texts) -> str:
        """Return a value of the indicator with its unit."""
        text = numbers.plain(value * self.factor, self.digits)
        return text + "%" if self.unit == "%" else t("number.money", value=text)

    def part(self, value: float, signed: bool = True) -> str:
        """Return a part without its unit."""
        return numbers.plain(value * self.factor, self.digits, signed)

    def part_in_unit(self, value: float, t: Texts, signed: bool = True) -> str:
        """Return a part with its unit: percentage points or money."""
        key = "number.points" if self.unit == "%" else "number.money"
        return t(key, value=self.part(value, signed))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table and one bar of the chart, in the model's unit (fraction, 亿元)."""

    key: str
    name: str
    kind: str
    value: float
    low: float | None = None
    high: float | None = None
    alone: float | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """An attribution ready to be shown."""

    indicator: str
    place: str
    rows: tuple[Row, ...]
    scale: Scale
    target: float | None
    target_text: str


def scale(plan: model.Plan, indicator: str, t: Texts) -> Scale:
    """Return how an indicator is shown."""
    unit = next(i.unit for i in plan.indicators if i.code == indicator)
    if unit == "%":
        return Scale("%", 100.0, 2)
    factor = float(t("number.money_factor"))
    return Scale(unit, factor, 1 if factor == 1 else 2)


def goal(
    plan: model.Plan, indicator: str, year: int, place: str, t: Texts
) -> tuple[float | None, str]:
    """Return the plan's target for this figure in the model's unit, and its words; or none."""
    if year != plan.years[0]:
        return None, ""
    if place == "city":
        found = plan.aim(indicator)
        if found is None:
            return None, ""
        said = target_value(found, t) + definition_mark(differs(plan, found), t)
        return found.value / (100 if found.unit == "%" else 1), said
    row = next((row for row in plan.annex if row.district == place), None)
    if row is None or indicator not in ANNEX:
        return None, ""
    value = getattr(row, ANNEX[indicator])
    return value / 100, numbers.exact(value, "%", t)


def explained(
    plan: model.Plan,
    found: model.Attribution,
    ranges: pd.DataFrame | None,
    reference: str,
    t: Texts,
) -> Explained:
    """Return the rows of an attribution: start, assumptions, groups by size, scenario."""
    limits = {} if ranges is None else ranges.set_index("part")[["low", "high"]].to_dict("index")

    def row(key: str, name: str, kind: str, value: float, **more: object) -> Row:
        span = limits.get(key, {})
        return Row(key, name, kind, value, span.get("low"), span.get("high"), **more)

    clauses: dict[str, list[str]] = {}
    for lever in plan.levers:
        clauses.setdefault(lever.group, []).append(lever.clause)
    rows = [
        row("reference", reference, "total", found.reference),
        row("assumptions", t("why.assumptions"), "assumed", found.assumptions),
    ]
    for share in sorted(found.shares, key=lambda share: -abs(share.value)):
        special = bool(share.special_action)
        name = t("why.special_name", name=t.of(share)) if special else t.of(share)
        clause = t("why.and").join(
            clause_name(place, t)
            if "(" in place
            else numbered(place.replace("annex 1", t("why.annex")), t)
            for place in dict.fromkeys("; ".join(clauses[share.group]).split("; "))
        )
        kind = "special" if special else "group"
        rows.append(row(share.group, name, kind, share.value, alone=share.alone, clause=clause))
    rows.append(row("scenario", t("why.here"), "total", found.scenario))
    target, words = goal(plan, found.indicator, found.year, found.place, t)
    shown = scale(plan, found.indicator, t)
    return Explained(found.indicator, found.place, tuple(rows), shown, target, words)


def place_name(plan: model.Plan, place: str, t: Texts) -> str:
    """Return the name of the city, a district or an industry."""
    if place == "city":
        return t("why.city")
    records = {record.code: record for record in (*plan.districts, *plan.industries)}
    return t.of(records[place])


def summary_rows(found: Explained, interaction: float, t: Texts) -> list[tuple[str, str]]:
    """Return the lines under the table: name and value."""
    rows = {row.key: row for row in found.rows}
    special = sum(row.value for row in found.rows if row.kind == "special")
    change = rows["scenario"].value - rows["reference"].value
    lines = [(t("why.change"), found.scale.part(change))]
    if any(row.kind == "special" for row in found.rows):
        lines.append((t("why.special_sum"), found.scale.part(special)))
    lines.append((t("why.interaction"), found.scale.part(interaction)))
    if found.target is not None:
        gap = rows["scenario"].value - found.target
        lines += [(t("why.target"), found.target_text), (t("why.gap"), found.scale.part(gap))]
    return lines


def sentence(plan: model.Plan, found: Explained, year: int, t: Texts) -> str:
    """Return what the rows say in words; every number of it stands in the table."""
    rows, show = {row.key: row for row in found.rows}, found.scale
    end, start = rows["scenario"].value, rows["reference"].value
    groups = [row for row in found.rows if row.kind in ("group", "special")]
    named = [row for row in groups if abs(row.value * show.factor) >= DROPPED][:LISTED]
    change = show.part(end - start, signed=False).lstrip(numbers.MINUS)
    level = "same" if float(change.replace(",", "")) == 0 else "above" if end > start else "below"
    parts = [
        t(
            f"why.sentence_{level}",
            year=year,
            place=place_name(plan, found.place, t),
            indicator=t(f"why.name_{found.indicator}"),
            value=show.whole(end, t),
            reference=rows["reference"].name,
            before=show.whole(start, t),
            change=t("number.points" if show.unit == "%" else "number.money", value=change),
        )
    ]
    if named:
        listed = t("why.and").join(
            t("why.one_share", name=bare(row.name, t), value=show.part(row.value)) for row in named
        )
        special = [row.value for row in found.rows if row.kind == "special"]
        key = "why.sentence_parts" if special else "why.sentence_groups"
        parts.append(t(key, listed=listed, special=show.part(sum(special))))
    if abs(rows["assumptions"].value * show.factor) >= DROPPED:
        parts.append(t("why.sentence_assumed", value=show.part(rows["assumptions"].value)))
    if found.target is not None:
        gap = show.part(end - found.target, signed=False).lstrip(numbers.MINUS)
        word = "met" if end >= found.target else "missed"
        unit = "number.points" if show.unit == "%" else "number.money"
        gap = t(unit, value=gap)
        parts.append(t(f"why.sentence_{word}", target=found.target_text, gap=gap))
    return t("why.space").join(parts)


def bare(name: str, t: Texts) -> str:
    """Return the name of a group without the mark of the special actions."""
    return name.removeprefix(t("why.special_name", name=""))


def table_html(found: Explained, interaction: float, t: Texts) -> str:
    """Return the table: value, range, effect alone and clause of every part."""
    unit = t("why.points") if found.scale.unit == "%" else t.unit(found.scale.unit)
    if found.scale.unit != "%":
        unit = t("number.money", value="").strip()
    ranged = any(row.low is not None for row in found.rows)
    heads = ["part", "value", *(["range"] if ranged else []), "alone", "clause"]
    head = "".join(f"<th>{escape(t(f'why.column_{name}', unit=unit))}</th>" for name in heads)
    body = "".join(_line(row, found.scale, ranged, t) for row in found.rows)
    for name, value in summary_rows(found, interaction, t):
        body += f'<tr class="sum"><td>{escape(name)}</td><td>{escape(value)}</td>'
        body += f'<td colspan="{len(heads) - 2}"></td></tr>'
    return f'<table class="plain why"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _line(row: Row, show: Scale, ranged: bool, t: Texts) -> str:
    total = row.kind == "total"
    value = show.whole(row.value, t) if total else show.part(row.value)
    cells = [
        escape(row.name),
        f"<b>{escape(value)}</b>",
        *([escape(span(row, show, t))] if ranged else []),
        "" if row.alone is None else escape(show.part(row.alone)),
        f"<small>{escape(row.clause)}</small>",
    ]
    marked = ' class="total"' if total else ""
    return f"<tr{marked}>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def span(row: Row, show: Scale, t: Texts) -> str:
    """Return the 5 and 95 % points of a part, or nothing."""
    if row.low is None or row.high is None:
        return ""
    if max(abs(row.low), abs(row.high)) * show.factor < DROPPED:
        return ""
    signed = row.kind != "total"
    return t("number.range", low=show.part(row.low, signed), high=show.part(row.high, signed))


def download(found: Explained, interaction: float | None, t: Texts) -> pd.DataFrame:
    """Return the table for a file: the parts of a rate are points, the rate itself is per cent."""
    rate = found.scale.unit == "%"
    money = " ".join(t("number.money", value="").split())
    whole, part = ("%", t.unit("pp")) if rate else (money, money)
    rows = [
        {"name": row.name, "unit": whole if row.kind == "total" else part, "clause": row.clause}
        | {name: getattr(row, name) for name in ("value", "low", "high", "alone")}
        for row in found.rows
    ]
    if interaction is not None:
        rows.append({"name": t("why.interaction"), "unit": part, "value": interaction})
    columns = ("name", "unit", "value", "low", "high", "alone", "clause")
    frame = pd.DataFrame(rows, columns=list(columns))
    figures = ["value", "low", "high", "alone"]
    # What is left of a sum that comes to nothing is no figure; nor has nothing a sign.
    frame[figures] = (frame[figures].astype(float) * found.scale.factor).round(12) + 0
    return frame.rename(columns={name: t(f"why.file_{name}") for name in columns})


def method(error: float, draws: int, t: Texts) -> str:
    """Return how the parts and their ranges are made, and the error of the ranges as measured."""
    power = 1 if error <= 0 else max(-8, min(0, ceil(log10(error))))
    bound = "0" if error <= 1e-9 else f"{10.0**power:.8f}".rstrip("0")
    return t("why.method", draws=draws, error=bound.rstrip("."))
