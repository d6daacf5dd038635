"""The template that offices fill in, as XLSX or CSV, and the words in which it may come back."""

from __future__ import annotations

import io
import math
from functools import cache

import pandas as pd
import xlsxwriter

import model
from model.cells import above_zero, bounds, ranged
from model.sheets import harmless
from model.upload import FIELDS, Words
from pages.views import data_desk, tables
from pages.views.data_desk import Line
from pages.views.texts import LANGUAGES, Texts, texts

FILLED = ("value", "low", "high", "source")
SHOWN = ("cell", "table", "item", "unit", "shipped", "shipped_low", "shipped_high", "status",
         "shipped_source", *FILLED, "allowed", "note")  # fmt: skip
_WIDTHS = {"cell": 16, "table": 14, "item": 44, "unit": 10, "status": 11, "shipped_source": 34,
           "source": 30, "allowed": 18, "note": 44}  # fmt: skip
_OFFICE_FONT = "Noto Sans SC"


@cache
def words() -> Words:
    """Return what people write in the template, in every language of the interface."""
    columns, none = {}, set()
    units: dict[str, set[str]] = {}
    for language in LANGUAGES:
        t = texts(language)
        for field in FIELDS:
            columns |= {label: field for label in t(f"desk.heads_{field}").split("|")}
        none |= set(t("desk.none_words").casefold().split("|"))
        for unit in model.tables.UNITS:
            units.setdefault(unit, set()).add(t.unit(unit))
    return Words(columns, tuple(none), {unit: tuple(names) for unit, names in units.items()})


def head(name: str, t: Texts) -> str:
    """Return the heading of a column; of one to fill in, the first that is understood."""
    return t(f"desk.heads_{name}").split("|")[0] if name in FIELDS else t(f"desk.head_{name}")


def rows(plan: model.Plan, t: Texts) -> tuple[tuple[Line, dict[str, object]], ...]:
    """Return every cell that can be replaced, with the figures of the data set already in place."""
    shipped = plan.shipped or plan
    own = {x.cell: x for x in plan.data_set.replacements} if plan.data_set else {}
    found = []
    for line in data_desk.replaceable(plan, t):
        new = own.get(line.cell.id)
        filled = {name: getattr(new, name) if new else None for name in FILLED}
        found.append(
            (
                line,
                {
                    "cell": line.cell.id,
                    "table": tables.title(line.cell.table, t),
                    "item": line.item,
                    "unit": t.unit(line.cell.unit),
                    "shipped": line.cell.value,
                    "shipped_low": line.cell.low,
                    "shipped_high": line.cell.high,
                    "status": line.status_text(t),
                    "shipped_source": line.source,
                    **filled,
                    "allowed": allowed(shipped, line, t),
                    "note": t("desk.with_range" if ranged(line.cell) else "desk.without_range"),
                },
            )
        )
    return tuple(found)


def replaced(plan: model.Plan, t: Texts) -> pd.DataFrame:
    """Return what the data set of a plan replaces, in columns that a template may come back in."""
    own = {x.cell: x for x in plan.data_set.replacements} if plan.data_set else {}
    lines = [line for line in data_desk.replaceable(plan, t) if line.cell.id in own]
    names = ("cell", "item", "unit", "shipped", *FILLED)
    found = [
        (line.cell.id, line.item, t.unit(line.cell.unit), line.cell.value,
         *(getattr(own[line.cell.id], name) for name in FILLED))
        for line in lines
    ]  # fmt: skip
    return pd.DataFrame(found, columns=[head(name, t) for name in names])


def allowed(plan: model.Plan, line: Line, t: Texts) -> str:
    """Return which figures a cell takes."""
    low, high = bounds(plan, line.cell)
    if low == 0 and above_zero(line.cell):
        return "> 0" if math.isinf(high) else f"0 < x ≤ {high:g}"
    if math.isinf(low) and math.isinf(high):
        return t("desk.any_number")
    if math.isinf(high):
        return f"≥ {low:g}"
    return f"≤ {high:g}" if math.isinf(low) else t("number.range", low=f"{low:g}", high=f"{high:g}")


def csv(plan: model.Plan, t: Texts) -> bytes:
    """Return the template as one table for any spreadsheet."""
    frame = pd.DataFrame([values for _, values in rows(plan, t)], columns=list(SHOWN))
    for name in ("shipped", "shipped_low", "shipped_high", "value", "low", "high"):
        frame[name] = [data_desk.figure(_number(x)) for x in frame[name]]
    frame["source"] = frame["source"].fillna("")
    frame.columns = [head(name, t) for name in SHOWN]
    return tables.csv(frame)


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def workbook(plan: model.Plan, t: Texts) -> bytes:
    """Return the template as a workbook: how to fill it in, then one sheet a table."""
    kept = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(kept, options) as book:
        _Template(book, t).write(plan)
    return kept.getvalue()


class _Template:
    """The sheets of the workbook and the formats that they share."""

    def __init__(self, book: xlsxwriter.Workbook, t: Texts) -> None:
        self.book, self.t = book, t
        base = {"font_name": _OFFICE_FONT, "font_size": 10, "valign": "top"}
        self.plain = book.add_format(base | {"font_color": "#39444F"})
        self.soft = book.add_format(base | {"font_color": "#7A3A10", "bg_color": "#FBF3EA"})
        self.fill = book.add_format(base | {"bg_color": "#FFF9D6", "border": 1,
                                            "border_color": "#C9CFD6"})  # fmt: skip
        self.head = book.add_format(base | {"bold": True, "text_wrap": True, "bottom": 1})
        self.head_fill = book.add_format(base | {"bold": True, "text_wrap": True, "bottom": 1,
                                                 "bg_color": "#F5E38A"})  # fmt: skip
        self.title = book.add_format(base | {"bold": True, "font_size": 15})
        self.wrapped = book.add_format(base | {"text_wrap": True, "font_size": 11})

    def write(self, plan: model.Plan) -> None:
        t = self.t
        about = self.book.add_worksheet(t("desk.sheet_about")[:31])
        about.hide_gridlines(2)
        about.set_column(0, 0, 96)
        city = plan.facts[f"city_{t.language}"]
        about.write_string(0, 0, t("desk.template_title", city=city), self.title)
        for row, text in enumerate(t("desk.template_about").splitlines(), start=2):
            about.write_string(row, 0, text, self.wrapped)
        found = rows(plan, t)
        for name in dict.fromkeys(line.cell.table for line, _ in found):
            mine = [(line, values) for line, values in found if line.cell.table == name]
            self._table(tables.title(name, t), mine)

    def _table(self, name: str, found: list[tuple[Line, dict[str, object]]]) -> None:
        sheet = self.book.add_worksheet(name[:31])
        for column, field in enumerate(SHOWN):
            look = self.head_fill if field in FILLED else self.head
            sheet.write_string(0, column, head(field, self.t), look)
            sheet.set_column(column, column, _WIDTHS.get(field, 11))
        for row, (line, values) in enumerate(found, start=1):
            soft = self.soft if line.status in data_desk.SOFT else self.plain
            for column, field in enumerate(SHOWN):
                look = self.fill if field in FILLED else self.plain
                if field in ("shipped", "shipped_low", "shipped_high", "status"):
                    look = soft
                self._cell(sheet, row, column, values[field], look)
        sheet.freeze_panes(1, SHOWN.index("unit"))
        sheet.autofilter(0, 0, len(found), len(SHOWN) - 1)

    @staticmethod
    def _cell(sheet, row: int, column: int, value: object, look) -> None:
        if value is None or value == "":
            sheet.write_blank(row, column, None, look)
        elif isinstance(value, str):
            sheet.write_string(row, column, str(harmless(value)), look)
        else:
            sheet.write_number(row, column, float(value), look)
