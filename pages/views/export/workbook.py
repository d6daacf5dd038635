"""The workbook: numbers, native charts, the register, the levers; made by XlsxWriter."""

from __future__ import annotations

import datetime
import io
import re

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from model.version import VERSION
from pages.views.export.brief import Brief
from pages.views.export.exhibit import Exhibit, Series
from pages.views.texts import Texts
from pages.views.theme import INK, LINE, QUIET

OFFICE_FONT = "Noto Sans SC"
_WIDE = 60
"""Widest column, in characters."""


def workbook(brief: Brief, t: Texts) -> bytes:
    """Return the XLSX file of a briefing; the same content gives the same bytes."""
    kept = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": OFFICE_FONT, "font_size": 10},
    }
    with xlsxwriter.Workbook(kept, options) as book:
        made = datetime.datetime.combine(brief.stamp.day, datetime.time())
        book.set_properties(
            {
                "title": brief.title,
                "subject": brief.subtitle,
                "author": f"{t('app.name')} {VERSION}",
                "created": made,
            }
        )
        sheets = _Sheets(book, t)
        sheets.about(brief)
        sheets.texts(t("brief.sheet_board"), brief.board)
        sheets.texts(t("brief.sheet_levers"), brief.levers)
        sheets.numbers(t("brief.sheet_shares"), brief.shares, "0.00")
        if len(brief.replaced):
            sheets.numbers(t("desk.sheet_replaced"), brief.replaced, "General")
        for k, exhibit in enumerate(brief.exhibits, 1):
            sheets.exhibit(k, exhibit, brief)
    return kept.getvalue()


class _Sheets:
    """The sheets of one workbook and the formats that they share."""

    def __init__(self, book: xlsxwriter.Workbook, t: Texts) -> None:
        self.book, self.t = book, t
        self.plain = self._format(valign="top")
        self.wrapped = self._format(valign="top", text_wrap=True)
        self.head = self._format(
            bold=True, bottom=1, bottom_color=INK, valign="vcenter", text_wrap=True
        )
        self.title = self._format(bold=True, font_size=16)
        self.finding = self._format(bold=True, font_size=12, text_wrap=True, valign="vcenter")
        self.quiet = self._format(font_color=QUIET, font_size=9)
        self.code = self._format(
            font_color=QUIET, font_size=8, text_wrap=True, valign="top", font_name="Consolas"
        )

    def _format(self, **properties: object) -> Format:
        return self.book.add_format({"font_name": OFFICE_FONT, "font_size": 10, **properties})

    def _sheet(self, name: str) -> Worksheet:
        sheet = self.book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", name)[:31])
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def about(self, brief: Brief) -> None:
        """The first sheet: what this is, what it says, how to come back to it."""
        t, stamp = self.t, brief.stamp
        sheet = self._sheet(t("brief.sheet_about"))
        sheet.set_column(0, 0, 110)
        row = 0
        lines: list[tuple[str, Format]] = [(brief.title, self.title), (brief.subtitle, self.quiet)]
        for head, body in (
            ("conclusion_head", brief.conclusion),
            ("targets_head", brief.targets),
            ("attribution_head", brief.attribution),
            ("risks_head", brief.risks),
        ):
            lines.append((t(f"brief.{head}"), self.head))
            lines += [(line, self.wrapped) for line in body]
        lines.append((t("brief.definitions"), self.head))
        lines += [(line, self.wrapped) for line in (*stamp.lines(t), *stamp.definitions)]
        lines.append((t("brief.sources"), self.head))
        lines += [(line, self.wrapped) for line in stamp.sources]
        lines += [(t("brief.restore"), self.head), (stamp.code, self.code)]
        for row, (text, look) in enumerate(lines):
            sheet.write_string(row, 0, text, look)
            if look in (self.wrapped, self.code):
                sheet.set_row(row, 15 * _rows(text, 116))
        sheet.set_row(0, 26)

    def texts(self, name: str, frame: pd.DataFrame) -> None:
        """A table of texts; no cell can become a formula."""
        sheet = self._sheet(name)
        self._table(sheet, 0, frame, "0.00")
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)

    def numbers(self, name: str, frame: pd.DataFrame, number_format: str) -> None:
        """A table of numbers."""
        self._table(self._sheet(name), 0, frame, number_format)

    def exhibit(self, k: int, exhibit: Exhibit, brief: Brief) -> None:
        """A chart that can be edited, above the numbers it draws."""
        sheet = self._sheet(self.t("brief.sheet_chart", k=k, name=_short(exhibit.title)))
        sheet.fit_to_pages(1, 1)
        sheet.merge_range(0, 0, 0, 11, exhibit.finding, self.finding)
        sheet.set_row(0, 34)
        top = 27
        last = top + len(exhibit.numbers)
        self._table(sheet, top, exhibit.numbers, exhibit.native.number_format)
        chart = self._chart(sheet, exhibit, top + 1, last)
        chart.set_size({"width": 980, "height": 480})
        sheet.insert_chart(1, 0, chart, {"description": exhibit.finding})
        for k, line in enumerate(brief.stamp.lines(self.t)):
            sheet.write_string(last + 2 + k, 0, line, self.quiet)

    def _table(self, sheet: Worksheet, top: int, frame: pd.DataFrame, number_format: str) -> None:
        figure = self._format(num_format=number_format, valign="top")
        for c, name in enumerate(frame.columns):
            sheet.write_string(top, c, str(name), self.head)
            cells = frame[name].tolist()
            widest = max([wide(str(name)), *(wide(x) for x in cells if isinstance(x, str))])
            sheet.set_column(c, c, max(12, min(_WIDE, widest + 2)))
            for r, cell in enumerate(cells, top + 1):
                if isinstance(cell, str):
                    sheet.write_string(r, c, cell, self.wrapped if widest > _WIDE else self.plain)
                elif cell is not None and cell == cell:
                    sheet.write_number(r, c, float(cell), figure)

    def _chart(self, sheet: Worksheet, exhibit: Exhibit, first: int, last: int) -> object:
        native, columns = exhibit.native, list(exhibit.numbers.columns)
        bars = [series for series in native.series if not series.line]
        lines = [series for series in native.series if series.line]
        chart = self.book.add_chart({"type": "line" if native.kind == "line" else native.kind})
        for series in bars or lines:
            chart.add_series(self._series(sheet, exhibit, series, columns, first, last))
        if bars and lines:
            other = self.book.add_chart({"type": "line"})
            for series in lines:
                other.add_series(
                    self._series(sheet, exhibit, series, columns, first, last)
                    | {"marker": {"type": "short_dash", "size": 14,
                                  "fill": {"color": series.colour},
                                  "border": {"color": series.colour}},
                       "line": {"none": True}}
                )  # fmt: skip
            chart.combine(other)
        font = {"name": OFFICE_FONT, "size": 10, "color": QUIET}
        chart.set_title(
            {"name": exhibit.title, "name_font": font | {"size": 14, "bold": True, "color": INK}}
        )
        along = {"num_font": font, "line": {"color": LINE}, "label_position": "low"}
        value = {
            "num_font": font,
            "num_format": native.number_format.split(".")[0],
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": "#E9EDF0"}},
        }
        if native.kind == "bar":
            along["reverse"] = True
        if native.kind == "line":
            along["interval_unit"] = 3
        # In a bar chart the categories stand on what XlsxWriter calls the y axis.
        upright = native.kind == "bar"
        chart.set_x_axis(value if upright else along)
        chart.set_y_axis(along if upright else value)
        chart.set_legend({"position": "bottom", "font": font})
        return chart

    def _series(
        self, sheet: Worksheet, exhibit: Exhibit, series: Series, columns: list, first: int,
        last: int,
    ) -> dict:  # fmt: skip
        c = columns.index(series.column)
        look: dict[str, object] = {
            "name": [sheet.name, first - 1, c],
            "categories": [sheet.name, first, columns.index(exhibit.native.categories), last,
                           columns.index(exhibit.native.categories)],
            "values": [sheet.name, first, c, last, c],
        }  # fmt: skip
        if series.line:
            look["line"] = {"color": series.colour, "width": series.width} | (
                {"dash_type": "dash"} if series.dashed else {}
            )
        else:
            look |= {"fill": {"color": series.colour}, "gap": 60, "overlap": -5}
        return look


def _short(title: str) -> str:
    """Return a chart's title without year and unit."""
    return title.partition("，")[0].partition(",")[0]


def wide(text: str) -> int:
    """Return the width of a text in columns of a Latin letter; Chinese characters take two."""
    return max(sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in text.split("\n"))


def _rows(text: str, room: int) -> int:
    return max(1, -(-wide(text) // room))
