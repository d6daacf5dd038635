"""One look for the screen and for files: colours, type, and the Vega configuration.

No red, no green: blue stands for reached or above, orange for missed or below, grey for the rest.
The four states always come with an icon and a word.
"""

from __future__ import annotations

INK, QUIET, LINE, PAPER = "#17212B", "#56626F", "#D5DBE1", "#FFFFFF"
BLUE, ORANGE, GREY = "#1B5E9E", "#B4500B", "#6B7682"
BANDS = {"90": "#DCE8F4", "80": "#BCD4EA", "50": "#8DB6DC"}
FONT = "Noto Sans SC Local, Microsoft YaHei, PingFang SC, Noto Sans CJK SC, sans-serif"

STATUS = {
    "likely": ("▲", BLUE, "#E6EFF8"),
    "open": ("◆", "#4A5560", "#ECEFF2"),
    "unlikely": ("▼", ORANGE, "#FCF1E8"),
    "set_by_user": ("■", "#4A5560", "#ECEFF2"),
    "tracked": ("○", "#4A5560", "#ECEFF2"),
}
"""For each state of a target: icon, colour of the words, colour behind them."""

DIVERGING = ["#DD8746", "#EDBE98", "#F3F1EE", "#B3CFE8", "#6FA5D6"]

VEGA_CONFIG = {
    "background": PAPER,
    "font": FONT,
    "padding": {"left": 4, "right": 8, "top": 4, "bottom": 4},
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "color": INK,
        "fontSize": 16,
        "fontWeight": 700,
        "subtitleColor": QUIET,
        "subtitleFontSize": 13,
        "subtitlePadding": 4,
    },
    "axis": {
        "labelColor": QUIET,
        "labelFontSize": 13,
        "titleColor": QUIET,
        "titleFontSize": 13,
        "titleFontWeight": 400,
        "gridColor": "#E9EDF0",
        "domainColor": LINE,
        "tickColor": LINE,
        "labelPadding": 6,
    },
    "text": {"color": INK, "fontSize": 13},
    "line": {"strokeJoin": "round"},
}
