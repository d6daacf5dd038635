"""What the control of a lever shows: range, marks, bands and words, all as plain data."""

from __future__ import annotations

from model.desk import Assumption, Lever
from pages.views import levers, numbers
from pages.views.texts import Texts

NEAR, LEFT, RIGHT = 24, 12, 85
"""Per cent of the scale: marks nearer than this part, and where a mark must turn inwards."""


def decimals(step: float) -> int:
    """Return how many decimals a value has that moves in these steps."""
    return 2 if step < 0.1 else 1 if step < 1 else 0


def step_format(step: float) -> str:
    """Return the same as a format of the native controls."""
    return f"%.{decimals(step)}f"


def data(record: Lever | Assumption, t: Texts) -> dict:
    """Return all that the control of a lever or an assumption needs besides its value."""
    low, high = float(record.minimum), float(record.maximum)
    name, unit = t.of(record), t.unit(record.unit)
    shown = {"low": numbers.short(low), "high": numbers.short(high), "unit": unit}
    return {
        "label": f"{name}, {unit}" if unit else name,
        "typed": t("slider.typed", name=name, **shown),
        "refused": t("slider.refused", given="{given}", name=name, **shown),
        # What is of the plan says so in the head of its card; beside the figure is no room.
        "unit": "%" if record.unit == "% of plan" else unit,
        "low": low,
        "high": high,
        "step": float(record.step),
        "decimals": decimals(record.step),
        "baseline": float(levers.baseline(record)),
        "changed": levers.changed_words(record, t),
        "marks": _marks(record, low, high, t),
        "bands": [
            {"low": max(low, band.low), "high": min(high, band.high), "name": t.of(band)}
            for band in getattr(record, "bands", ())
        ],
    }


def _marks(record: Lever | Assumption, low: float, high: float, t: Texts) -> list:
    if isinstance(record, Lever):
        quo, aim = t("levers.status_quo_mark"), t("levers.plan_mark")
        found = [("quo", record.status_quo, quo), ("plan", record.plan_value, aim)]
        if record.plan_value == record.status_quo:
            found = [("plan", record.plan_value, f"{quo} = {aim}")]
    else:
        found = [("quo", record.default, t("slider.default"))]
    found.sort(key=lambda mark: mark[1])
    places = [100 * (value - low) / (high - low) for _, value, _ in found]
    sides = ["left" if p < LEFT else "right" if p > RIGHT else "" for p in places]
    if len(places) == 2 and places[1] - places[0] < NEAR:
        # The two stand close: their words part, unless an end of the scale leaves no room.
        sides = ["right" if places[0] > LEFT else "left", "left" if places[1] < RIGHT else "right"]
    return [
        {
            "kind": kind,
            "value": float(value),
            "label": f"{word} {numbers.short(value)}",
            "hint": t("slider.jump", mark=word, value=numbers.short(value)),
            "side": side,
        }
        for (kind, value, word), side in zip(found, sides, strict=True)
    ]
