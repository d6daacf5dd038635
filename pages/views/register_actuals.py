"""Actuals as a file: written for Excel, read back row by row with what was refused and why."""

from __future__ import annotations

import csv
import io

import model
from model.sent_text import shown
from model.sheets import harmless
from pages.views.register import Actuals
from pages.views.texts import Texts

COLUMNS = ("id", "actual", "month", "unit", "indicator_zh", "target")


def to_csv(plan: model.Plan, actuals: Actuals) -> bytes:
    """Return all targets with their actuals, empty where none is known (UTF-8 with BOM)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for target in plan.targets:
        value, month = actuals.get(target.id, ("", ""))
        shown = f"{value:.12g}" if value != "" else ""
        name = target.indicator_zh
        row = [target.id, shown, month, target.unit, name, f"{target.value:.12g}"]
        writer.writerow(map(harmless, row))
    return out.getvalue().encode("utf-8-sig")


def from_csv(
    plan: model.Plan, content: bytes, t: Texts
) -> tuple[dict[str, tuple[float, int]], list[str]]:
    """Return the actuals in a file and a sentence for every row that was refused."""
    try:
        lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return {}, [t("register.unreadable")]
    if not lines or not {"id", "actual", "month"} <= set(lines[0]):
        return {}, [t("register.unreadable")]
    found, refused = {}, []
    for number, line in enumerate(lines, start=2):
        id, actual, month = ((line[name] or "").strip() for name in ("id", "actual", "month"))
        if not actual:
            continue
        try:
            found[id] = _read(plan, id, actual, month)
        except model.ModelError as error:
            if error.code == "unknown":
                why = t("register.no_target", id=shown(id))
            else:
                why = t.error(error.code, error.details)
            refused.append(t("register.refused", row=number, why=why))
    return found, refused


def _read(plan: model.Plan, id: str, actual: str, month: str) -> tuple[float, int]:
    plan.target(id)
    numbers = []
    for cell in (actual, month or "12"):
        try:
            numbers.append(float(cell.replace(",", "")))
        except ValueError:
            raise model.ModelError(
                f"{cell!r} is not a number.", code="not_a_number", given=cell
            ) from None
    model.pace(plan, id, *numbers)
    return numbers[0], int(numbers[1])


def published(plan: model.Plan) -> dict[str, tuple[float, int]]:
    """Return what was published of the targets later: value and last month."""
    found = {}
    for outcome in plan.outcomes:
        if outcome.value is not None and outcome.period_end:
            found[outcome.target_id] = (outcome.value, int(outcome.period_end[5:7]))
    return found
