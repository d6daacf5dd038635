"""A chart as PNG, SVG or PDF, drawn by vl-convert from the specification of the screen."""

from __future__ import annotations

import copy
import io
import re
from functools import cache

import vl_convert
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pages.views import fonts
from pages.views.export import seal
from pages.views.export.exhibit import Exhibit
from pages.views.export.stamp import Stamp
from pages.views.export.workbook import wide
from pages.views.frames import drawn, records
from pages.views.texts import Texts
from pages.views.theme import FONT, LINE, QUIET

WIDTH, PPI = 920, 300
_BELOW, _LEADING, _ROOM = 44, 15, 150
"""Pixels from the plot to the rule above the footnote and from line to line of it, and the Latin
letters that fit a line."""


def _fonts() -> None:
    fonts.check()  # without a font vl-convert draws no text at all, and says nothing
    _register()


@cache
def _register() -> None:
    vl_convert.register_font_directory(str(fonts.FOLDER))


def specification(exhibit: Exhibit, stamp: Stamp, t: Texts) -> dict:
    """Return the whole specification: data inside, a fixed width, the footnote below."""
    spec = copy.deepcopy(exhibit.spec)
    height = spec["height"]
    spec |= {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH,
        "autosize": {"type": "pad", "contains": "content"},
        "datasets": {name: records(table) for name, table in drawn(exhibit.tables).items()},
        "padding": {"left": 18, "right": 18, "top": 14, "bottom": 14},
    }
    # The title stands above the plot, where the footnote begins; on a page it begins the line.
    title = spec["config"]["title"] | {"frame": "group"}
    spec["config"] = spec["config"] | {"font": FONT, "title": title}
    below = height + _BELOW
    rule = {
        "data": {"values": [{}]},
        "mark": {"type": "rule", "color": LINE, "clip": False},
        "encoding": {
            "x": {"value": 0},
            "x2": {"value": WIDTH},
            "y": {"value": below},
        },
    }
    notes = [
        {
            "data": {"values": [{"text": line}]},
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "top",
                "fontSize": 10.5,
                "color": QUIET,
                "clip": False,
                "limit": WIDTH,
            },
            "encoding": {
                "x": {"value": 0},
                "y": {"value": below + 7 + k * _LEADING},
                "text": {"field": "text", "type": "nominal"},
            },
        }
        for k, line in enumerate(row for line in stamp.lines(t) for row in wrapped(line))
    ]
    spec["layer"] = [*spec["layer"], rule, *notes]
    return spec


def wrapped(text: str, room: int = _ROOM) -> list[str]:
    """Return a text as lines of at most ``room`` Latin letters; Chinese breaks anywhere."""
    lines, held = [], ""
    for piece in re.findall(r"[!-~]+ ?|.", text):
        if held and wide(held + piece.rstrip()) > room:
            lines.append(held.rstrip())
            held = ""
        held += piece
    return [*lines, held]


def svg(exhibit: Exhibit, stamp: Stamp, t: Texts) -> bytes:
    """Return the chart as SVG; its letters stay letters and name the bundled font first."""
    _fonts()
    drawn = vl_convert.vegalite_to_svg(specification(exhibit, stamp, t), allowed_base_urls=[])
    return drawn.encode("utf-8")


def pdf(exhibit: Exhibit, stamp: Stamp, t: Texts) -> bytes:
    """Return the chart as PDF with its fonts inside."""
    _fonts()
    return vl_convert.vegalite_to_pdf(specification(exhibit, stamp, t), allowed_base_urls=[])


def png(exhibit: Exhibit, stamp: Stamp, t: Texts, ppi: int = PPI) -> bytes:
    """Return the chart as PNG at 300 dots an inch, with the restore code as a text of the file."""
    _fonts()
    drawn = vl_convert.vegalite_to_png(
        specification(exhibit, stamp, t), scale=1.0, ppi=ppi, allowed_base_urls=[]
    )
    facts = PngInfo()
    facts.add_itxt(seal.PICTURE_KEY, stamp.code)
    facts.add_itxt("Title", exhibit.title)
    facts.add_itxt("Description", "\n".join((exhibit.finding, *stamp.lines(t))))
    kept = io.BytesIO()
    with Image.open(io.BytesIO(drawn)) as picture:
        picture.save(kept, "PNG", pnginfo=facts, dpi=(ppi, ppi))
    return kept.getvalue()
