"""The slides: one finding a slide, its chart native and editable; made by python-pptx."""

from __future__ import annotations

import datetime
import io

from lxml import etree
from pptx import Presentation
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.text.text import TextFrame, _Run
from pptx.util import Emu, Inches, Pt

from pages.views.export import steady
from pages.views.export.brief import Brief
from pages.views.export.exhibit import Exhibit
from pages.views.export.workbook import OFFICE_FONT, wide
from pages.views.summary import Summary
from pages.views.targets import tile
from pages.views.texts import Texts
from pages.views.theme import INK, LINE, QUIET, STATUS

_KINDS = {
    "line": XL_CHART_TYPE.LINE,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
}
_MANY = 10
"""Names beside an axis from which they are written smaller."""
_LEFT, _WIDE = Inches(0.6), Inches(12.13)


def slides(brief: Brief, summary: Summary, t: Texts) -> bytes:
    """Return the PPTX file of a briefing; the same content gives the same bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    properties = deck.core_properties
    properties.title, properties.author = brief.title, t("app.name")
    made = datetime.datetime.combine(brief.stamp.day, datetime.time())
    properties.created = properties.modified = made
    _Deck(deck, brief, t).fill(summary)
    kept = io.BytesIO()
    deck.save(kept)
    return steady.archive(kept.getvalue(), brief.stamp.day)


class _Deck:
    """One deck and what every slide of it shares."""

    def __init__(self, deck: Presentation, brief: Brief, t: Texts) -> None:
        self.deck, self.brief, self.t = deck, brief, t
        self.blank = deck.slide_layouts[6]

    def fill(self, summary: Summary) -> None:
        """Lay out the whole deck."""
        brief, t = self.brief, self.t
        opening = self._slide(brief.title, brief.subtitle)
        for k, name in enumerate(brief.opening):
            self._tile(opening, k, tile(summary.verdict(name), t))
        self._paragraphs(opening, brief.conclusion, Inches(4.35), 18)
        for exhibit in brief.exhibits:
            self._exhibit(exhibit)
        self._list(t("brief.attribution_head"), brief.attribution)
        self._list(t("brief.risks_head"), brief.risks)
        last = self._slide(t("brief.annex_basis"), "")
        self._paragraphs(last, brief.stamp.definitions, Inches(1.2), 12)
        notes = last.notes_slide.notes_text_frame
        notes.text = f"{t('brief.restore')}\n{brief.stamp.code}"

    def _slide(self, title: str, subtitle: str) -> Slide:
        slide = self.deck.slides.add_slide(self.blank)
        frame = _box(slide, _LEFT, Inches(0.35), _WIDE, Inches(0.95))
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        _write(frame, title, 26 if wide(title) <= 110 else 21, INK, bold=True)
        if subtitle:
            _write(_box(slide, _LEFT, Inches(1.25), _WIDE, Inches(0.4)), subtitle, 14, QUIET)
        frame = _box(slide, _LEFT, Inches(6.72), _WIDE, Inches(0.65))
        for k, line in enumerate(self.brief.stamp.lines(self.t)):
            _write(frame, line, 9, QUIET, first=not k)
        return slide

    def _tile(self, slide: Slide, k: int, shown: object) -> None:
        width, gap = Inches(2.3), Inches(0.157)
        left = Emu(_LEFT + k * (width + gap))
        box = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, left, Inches(1.85), width, Inches(2.2))
        box.shadow.inherit = False
        box.fill.solid()
        box.fill.fore_color.rgb = _colour(STATUS[shown.status][2])
        box.line.fill.background()
        frame = box.text_frame
        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        icon, ink, _ = STATUS[shown.status]
        size = 30 if wide(shown.forecast) <= 8 else 22
        _write(frame, shown.name, 13, QUIET)
        _write(frame, shown.forecast, size, INK, bold=True, first=False)
        _write(frame, shown.goal, 11, INK, first=False)
        _write(frame, shown.gap, 11, INK, first=False)
        verdict = f"{icon} {self.t(f'status.{shown.status}')}"
        _write(frame, verdict, 14, ink, bold=True, first=False)
        _write(frame, f"{self.t('target.chance')} {shown.both}", 11, ink, first=False)

    def _paragraphs(self, slide: Slide, lines: tuple[str, ...], top: Emu, size: float) -> None:
        frame = _box(slide, _LEFT, top, _WIDE, Emu(Inches(6.65) - top))
        for k, line in enumerate(lines):
            _write(frame, line, size, INK, first=not k, after=8)

    def _list(self, title: str, lines: tuple[str, ...]) -> None:
        self._paragraphs(self._slide(title, ""), lines, Inches(1.4), 20)

    def _exhibit(self, exhibit: Exhibit) -> None:
        slide = self._slide(exhibit.finding, exhibit.title)
        native, numbers = exhibit.native, exhibit.numbers
        data = CategoryChartData(number_format=native.number_format)
        data.categories = [str(name) for name in numbers[native.categories]]
        for series in native.series:
            cells = numbers[series.column]
            data.add_series(series.column, [None if c != c else c for c in cells])
        shape = slide.shapes.add_chart(
            _KINDS[native.kind], _LEFT, Inches(1.7), _WIDE, Inches(4.95), data
        )
        shape.element.nvGraphicFramePr.cNvPr.set("descr", exhibit.finding)
        _dress(shape.chart, exhibit)


def _dress(chart: Chart, exhibit: Exhibit) -> None:
    """Give a native chart the look of the screen."""
    native = exhibit.native
    chart.font.size, chart.font.name = Pt(12), OFFICE_FONT
    chart.font.color.rgb = _colour(QUIET)
    chart.has_title = False
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.BOTTOM
    chart.legend.include_in_layout = False
    categories, values = chart.category_axis, chart.value_axis
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    categories.format.line.color.rgb = _colour(LINE)
    categories.has_major_gridlines = False
    values.major_gridlines.format.line.color.rgb = _colour("#E9EDF0")
    values.format.line.fill.background()
    values.tick_labels.number_format = "0"
    values.tick_labels.number_format_is_linked = False
    if native.kind == "bar":
        categories.reverse_order = True
        # Small enough for every name: some programs leave out what they think too close.
        categories.tick_labels.font.size = Pt(10 if len(exhibit.numbers) > _MANY else 12)
        skip = etree.SubElement(categories._element, qn("c:tickLblSkip"))
        skip.set("val", "1")
        # The schema wants it right after the offset of the labels.
        categories._element.find(qn("c:lblOffset")).addnext(skip)
    for series, drawn in zip(native.series, chart.plots[0].series, strict=True):
        if native.kind == "line":
            drawn.smooth = False
            drawn.marker.style = XL_MARKER_STYLE.NONE
            drawn.format.line.color.rgb = _colour(series.colour)
            drawn.format.line.width = Pt(series.width)
            if series.dashed:
                drawn.format.line.dash_style = MSO_LINE.DASH
        else:
            drawn.format.fill.solid()
            drawn.format.fill.fore_color.rgb = _colour(series.colour)
    if native.kind != "line":
        chart.plots[0].gap_width, chart.plots[0].overlap = 60, -5


def _colour(text: str) -> RGBColor:
    return RGBColor.from_string(text.lstrip("#"))


def _box(slide: Slide, left: Emu, top: Emu, width: Emu, height: Emu) -> TextFrame:
    frame = slide.shapes.add_textbox(left, top, width, height).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    return frame


def _write(
    frame: TextFrame, text: str, size: float, colour: str, *, bold: bool = False,
    first: bool = True, after: float = 0,
) -> None:  # fmt: skip
    paragraph = frame.paragraphs[0] if first else frame.add_paragraph()
    paragraph.space_after, paragraph.alignment = Pt(after), PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = _colour(colour)
    _chinese(run)


def _chinese(run: _Run) -> None:
    # python-pptx names the Latin face only; without the language the commas come out Japanese.
    run.font.name = OFFICE_FONT
    properties = run._r.get_or_add_rPr()
    properties.set("lang", "zh-CN")
    face = etree.SubElement(properties, qn("a:ea"))
    face.set("typeface", OFFICE_FONT)
