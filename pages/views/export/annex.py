"""Annex 1 with a target shared out, as a workbook in the form of the plan's own annex."""

from __future__ import annotations

import datetime
import io

import pandas as pd
import xlsxwriter

import model
from model.version import VERSION
from pages.views import sharing
from pages.views.export.stamp import Stamp
from pages.views.export.workbook import OFFICE_FONT
from pages.views.texts import Texts

WIDTHS = (22, 17, 17, 17, 14)


def workbook(found: model.Sharing, plan: model.Plan, stamp: Stamp, t: Texts) -> bytes:
    """Return the XLSX file; the same content gives the same bytes.

    The column of the shared target is set in bold; below the table stand what the weighted figures
    add up to, and where they come from.
    """
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False}) as book:
        made = datetime.datetime.combine(stamp.day, datetime.time())
        title = t("sharing.annex_heading", year=plan.years[0])
        book.set_properties(
            {"title": title, "author": f"{t('app.name')} {VERSION}", "created": made}
        )
        _sheet(book, title, sharing.annex(found, plan, t), notes(found, stamp, t), found, t)
    return kept.getvalue()


def notes(found: model.Sharing, stamp: Stamp, t: Texts) -> tuple[str, ...]:
    """Return what stands below the table: the arithmetic and the origin."""
    return sharing.arithmetic(found, t), *stamp.lines(t)


def _sheet(
    book: xlsxwriter.Workbook,
    title: str,
    frame: pd.DataFrame,
    below: tuple[str, ...],
    found: model.Sharing,
    t: Texts,
) -> None:
    def form(**properties: object):
        return book.add_format({"font_name": OFFICE_FONT, "font_size": 11, **properties})

    box = {"border": 1, "align": "center", "valign": "vcenter"}
    head = form(bold=True, text_wrap=True, **box)
    sheet = book.add_worksheet(t("sharing.annex_sheet"))
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    last = len(frame.columns) - 1
    sheet.write(0, 0, t("sharing.annex_number"), form())
    sheet.merge_range(
        1, 0, 1, last, title, form(bold=True, font_size=16, align="center", text_wrap=True)
    )
    sheet.set_row(1, 48)
    sheet.set_row(2, 48)
    for column, (name, width) in enumerate(zip(frame.columns, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write(2, column, name, head)
    own = 1 + sharing.INDICATORS.index(found.indicator)
    for number, cells in enumerate(frame.itertuples(index=False), start=3):
        sheet.set_row(number, 21)
        sheet.write_string(number, 0, cells[0], form(**box))
        for column, value in enumerate(cells[1:], start=1):
            digits = "0" if column == 3 else "0.0"
            style = form(num_format=digits, bold=column == own, **box)
            sheet.write_number(number, column, float(value), style)
    quiet = form(font_size=9, font_color="#56626F", text_wrap=True, valign="top")
    for number, line in enumerate(below, start=4 + len(frame)):
        sheet.merge_range(number, 0, number, last, line, quiet)
        sheet.set_row(number, 14 * (1 + len(line) // (48 if t.language == "zh" else 95)))
