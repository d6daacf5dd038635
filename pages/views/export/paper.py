"""The paper: a DOCX in the form of an official report; made by python-docx.

The layout follows the national standard for official documents GB/T 9704—2012 as far as an open
font allows: A4, its margins (top 37 mm, left 28 mm, type area 156 × 225 mm), body of size three
(16 pt) with 28 pt lines and an indent of two characters, centred title of size two (22 pt).
"""

from __future__ import annotations

import datetime
import io
import re

import pandas as pd
from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from pages.views import numbers
from pages.views.export import picture, steady
from pages.views.export.brief import Brief
from pages.views.export.workbook import OFFICE_FONT, wide
from pages.views.texts import Texts
from pages.views.theme import INK, QUIET

_BODY, _SMALL, _LEADING = 16, 9, 28
_LETTER, _MARGINS, _NARROWEST, _SHORT = 1.75, 4.0, 11.0, 22.0
"""Millimetres of a narrow letter in a table, beside the text of a cell, of the narrowest column,
and of one that stays whole."""
_WORD = re.compile(r"[^\s\-/\u2e80-\uffff]+[-/]?|[\u2e80-\uffff]")
"""What a line cannot break: a word between spaces, hyphens or strokes, or one Chinese letter."""
_PICTURES = ("fan", "districts")
"""Charts that stand in the text; the others are in the workbook and the slides."""


def paper(brief: Brief, t: Texts) -> bytes:
    """Return the DOCX file of a briefing; the same content gives the same bytes."""
    document = Document()
    _Paper(document, t).fill(brief)
    properties = document.core_properties
    properties.title, properties.author = brief.title[:255], t("app.name")
    made = datetime.datetime.combine(brief.stamp.day, datetime.time())
    properties.created = properties.modified = made
    kept = io.BytesIO()
    document.save(kept)
    return steady.archive(kept.getvalue(), brief.stamp.day)


class _Paper:
    """One document and its way of writing."""

    def __init__(self, document: DocumentType, t: Texts) -> None:
        self.document, self.t = document, t
        page = document.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.top_margin, page.bottom_margin = Mm(37), Mm(35)
        page.left_margin, page.right_margin = Mm(28), Mm(26)
        self._page_number(page.footer.paragraphs[0])
        body = document.styles["Normal"]
        body.font.name, body.font.size = OFFICE_FONT, Pt(_BODY)
        body.element.rPr.rFonts.set(qn("w:eastAsia"), OFFICE_FONT)
        language = OxmlElement("w:lang")
        language.set(qn("w:eastAsia"), "zh-CN")
        body.element.rPr.append(language)

    def fill(self, brief: Brief) -> None:
        """Write the whole paper."""
        t = self.t
        self._title(brief)
        for head in ("conclusion", "targets", "attribution", "risks"):
            self._head(t(f"brief.{head}_head"))
            for line in getattr(brief, head):
                self._body(line)
            if head == "targets":
                self._pictures(brief)
        self._head(t("brief.measures_head"))
        for k, (measure, units) in enumerate(brief.measures, 1):
            said = t("brief.responsible", units=units)
            self._body(t("brief.one_measure", number=k, measure=measure, units=said))
        self._body(t("brief.not_advice" if brief.measures else "brief.no_measures"))
        self._sign(brief)
        columns = [c for k, c in enumerate(brief.board.columns) if k not in (5, 9)]
        self._annex(t("brief.annex_board"), brief.board[columns], new_page=True)
        shares = brief.shares.copy()
        shares[shares.columns[1]] = [numbers.plain(value, 2) for value in shares.iloc[:, 1]]
        self._annex(t("brief.annex_shares"), shares)
        self._annex(t("brief.annex_levers"), brief.levers)
        self._basis(brief)

    def _title(self, brief: Brief) -> None:
        line = self._line(brief.title, 22, bold=True)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.style = self.document.styles["Title"]
        self._plain_style(line)
        sub = self._line(brief.subtitle, 14, colour=QUIET)
        sub.alignment = WD_ALIGN_PARAGRAPH.CENTER
        sub.paragraph_format.space_after = Pt(14)

    def _plain_style(self, line: Paragraph) -> None:
        """Keep the style's place in the outline and drop its decoration."""
        properties = line._p.get_or_add_pPr()
        border = OxmlElement("w:pBdr")
        none = OxmlElement("w:bottom")
        none.set(qn("w:val"), "nil")
        border.append(none)
        properties.append(border)

    def _head(self, text: str) -> None:
        line = self._line(text, _BODY, bold=True)
        line.style = self.document.styles["Heading 1"]
        line.paragraph_format.first_line_indent = Pt(2 * _BODY)
        line.paragraph_format.space_before = Pt(6)
        line.paragraph_format.space_after = Pt(0)
        line.paragraph_format.keep_with_next = True

    def _body(self, text: str) -> None:
        line = self._line(text, _BODY)
        form = line.paragraph_format
        form.first_line_indent = Pt(2 * _BODY)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(_LEADING)
        form.space_after = Pt(0)
        line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY

    def _line(self, text: str, size: float, *, bold: bool = False, colour: str = INK) -> Paragraph:
        line = self.document.add_paragraph()
        _run(line, text, size, bold, colour)
        return line

    def _pictures(self, brief: Brief) -> None:
        for exhibit in brief.exhibits:
            if exhibit.id in _PICTURES:
                drawn = picture.png(exhibit, brief.stamp, self.t, ppi=200)
                line = self.document.add_paragraph()
                line.alignment = WD_ALIGN_PARAGRAPH.CENTER
                shape = line.add_run().add_picture(io.BytesIO(drawn), width=Mm(156))
                shape._inline.docPr.set("descr", exhibit.finding)

    def _sign(self, brief: Brief) -> None:
        line = self._line(brief.stamp.lines(self.t)[0], 12, colour=QUIET)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.space_before = Pt(12)

    def _annex(self, title: str, frame: pd.DataFrame, new_page: bool = False) -> None:
        line = self._line(title, 14, bold=True)
        line.paragraph_format.page_break_before = new_page
        line.style = self.document.styles["Heading 2"]
        line.paragraph_format.space_before = Pt(12)
        line.paragraph_format.keep_with_next = True
        table = self.document.add_table(1, len(frame.columns))
        table.style = self.document.styles["Table Grid"]
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for cell, name in zip(table.rows[0].cells, frame.columns, strict=True):
            _fill(cell, str(name), bold=True)
        _mark(table.rows[0]._tr, "w:tblHeader")
        table.autofit = False
        widths = _widths(frame)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for row in frame.itertuples(index=False):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                _fill(cell, str(text))
        for row in table.rows:
            _mark(row._tr, "w:cantSplit")
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Mm(width)

    def _basis(self, brief: Brief) -> None:
        t, stamp = self.t, brief.stamp
        line = self._line(t("brief.annex_basis"), 14, bold=True)
        line.style = self.document.styles["Heading 2"]
        texts = (*stamp.lines(t)[1:], *stamp.definitions, t("brief.sources"), *stamp.sources,
                 t("brief.restore"), stamp.code)  # fmt: skip
        for text in texts:
            self._line(text, _SMALL, colour=QUIET).paragraph_format.space_after = Pt(2)

    def _page_number(self, line: Paragraph) -> None:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = line.add_run()
            run.font.size = Pt(12)
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            else:
                part.text = text
            run._r.append(part)


def _run(line: Paragraph, text: str, size: float, bold: bool, colour: str) -> None:
    run = line.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, OFFICE_FONT
    run.font.color.rgb = RGBColor.from_string(colour.lstrip("#"))
    # python-docx names the Latin face only.
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), OFFICE_FONT)


def _fill(cell: _Cell, text: str, bold: bool = False) -> None:
    _run(cell.paragraphs[0], text, _SMALL, bold, INK)
    cell.paragraphs[0].paragraph_format.space_after = Pt(0)


def _mark(row: object, name: str) -> None:
    """Let a row be repeated on every page (``tblHeader``), or stay whole (``cantSplit``)."""
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row.get_or_add_trPr().append(mark)


def _widths(frame: pd.DataFrame, whole: float = 156.0) -> list[float]:
    """Return the widths of columns in millimetres: no word is broken, short columns stay whole."""
    held = [_reach([str(name), *map(str, frame[name])]) for name in frame.columns]
    least, wished = (sum(ends) for ends in zip(*held, strict=True))
    if least >= whole or wished <= least:
        kept = sum(low for low, _ in held if low == _NARROWEST)
        part = (whole - kept) / (least - kept) if least > kept else whole / least
        return [low if low == _NARROWEST and least > kept else low * part for low, _ in held]
    share = (whole - least) / (wished - least)
    return [low + share * (high - low) for low, high in held]


def _reach(cells: list[str]) -> tuple[float, float]:
    """Return the least width of a column, by its longest word, and what it takes unbroken."""
    word = max(wide(part) for cell in cells for part in _WORD.findall(cell) or [""])
    low, high = (
        max(_LETTER * letters + _MARGINS, _NARROWEST)
        for letters in (word, min(max(map(wide, cells)), 26))
    )
    return (high if high <= _SHORT else low), max(low, high)
