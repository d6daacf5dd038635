"""Pieces of chart specifications: outlined text, an axis held open, and the finished dictionary."""

from __future__ import annotations

import math
from collections.abc import Mapping

import altair as alt
import pandas as pd

from pages.views import fonts
from pages.views.theme import VEGA_CONFIG

SIGNED = "datum.value == 0 ? '0' : format(datum.value, '+~f')"
"""Labels of an axis of growth: a sign on all but zero."""

MARGIN, STEP = 8, 8
"""Pixels between a name and its axis, and those by which the room for names grows."""

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


def fitted(spec: dict, tables: Mapping[str, pd.DataFrame | Mapping[str, list]]) -> dict:
    """Return a specification that leaves room beside the axis for the longest of its names.

    A chart may be laid out before the font has come, and what stands in for it can be narrower.
    The room is rounded up, so that a move which changes a name hardly changes the specification.
    """
    layers = [layer.get("encoding", {}).get("y", {}) for layer in spec.get("layer", ())]
    axes = [(y.get("field"), y["axis"]) for y in layers
            if y.get("type") == "nominal" and y.get("axis")]  # fmt: skip
    if not axes:
        return spec
    field, axis = axes[0]
    names = {str(name) for table in tables.values() if field in table for name in table[field]}
    size = axis.get("labelFontSize", spec["config"]["axis"]["labelFontSize"])
    widest = max((fonts.width(name, size) for name in names), default=0)
    needed = STEP * math.ceil((min(widest, axis.get("labelLimit", widest)) + MARGIN) / STEP)

    def roomy(layer: dict) -> dict:
        y = layer.get("encoding", {}).get("y", {})
        if not y.get("axis"):
            return layer
        y = {**y, "axis": {**y["axis"], "minExtent": needed}}
        return {**layer, "encoding": {**layer["encoding"], "y": y}}

    return {**spec, "layer": [roomy(layer) for layer in spec["layer"]]}


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
