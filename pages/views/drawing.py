"""Pieces of chart specifications: outlined text, an axis held open, and the finished dictionary."""

from __future__ import annotations

import altair as alt

from pages.views.texts import Texts
from pages.views.theme import VEGA_CONFIG

SIGNED = "datum.value == 0 ? '0' : format(datum.value, '+~f')"
"""Labels of an axis of growth: a sign on all but zero."""

HALO = {"stroke": "white", "strokeWidth": 4, "strokeJoin": "round"}


def finish(chart: alt.LayerChart, title: str, subtitle: str, height: int) -> dict:
    chart = chart.properties(
        width="container",
        height=height,
        title=alt.TitleParams(title, subtitle=subtitle),
    )
    spec = chart.to_dict(validate=True)
    for key in ("$schema", "datasets"):
        spec.pop(key, None)
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    spec["config"] = VEGA_CONFIG
    return spec


def room(t: Texts, letters: int) -> dict[str, int]:
    """Return the least room for Chinese names of so many letters beside an axis.

    A chart may be laid out before the font has come; what stands in for it can be narrower.
    """
    return {"minExtent": 13 * letters + 8} if t.language == "zh" else {}


def tall(rows: int, most: int) -> int:
    """Return the height of a chart with a line for each of some rows: 46 pixels, up to ``most``."""
    return min(most, 90 + 46 * rows)


def halo(data: alt.NamedData, **mark: object) -> tuple[alt.Chart, alt.Chart]:
    """Text twice: a white outline below, the letters above; legible on any band."""
    return (
        alt.Chart(data).mark_text(**mark, **HALO),
        alt.Chart(data).mark_text(**mark),
    )


def reach(axis: alt.NamedData, field: str = "value", channel: str = "y") -> alt.Chart:
    """Unseen points that hold an axis at the reach given in the data."""
    encoding = {channel: alt.Y(f"{field}:Q") if channel == "y" else alt.X(f"{field}:Q")}
    return alt.Chart(axis).mark_point(opacity=0, size=0).encode(**encoding)
