"""Actuals as a file: written for Excel, read back row by row with what was refused and why."""

from __future__ import annotations

import csv
import io

import model
from model import cell_text
from model.axes import MONTHS_PER_YEAR
from model.sent_text import decoded, shown, table
from model.sheets import harmless
from pages.views.register import Actuals
from pages.views.texts import Texts

NEEDED = ("id", "actual", "month")
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
    """Return the actuals in a file and a sentence for every row that was refused.

    UTF-8, UTF-16 or GB18030; commas, semicolons or tabs; numbers as offices write them.
    """
    head, *rows = table(decoded(content) or "") or [[]]
    names = [cell.strip().lower() for cell in head]
    if not set(NEEDED) <= set(names):
        return {}, [t("register.unreadable")]
    found, refused = {}, []
    for number, cells in enumerate(rows, start=2):
        line = dict(zip(names, cells, strict=False))
        id, actual, month = (line.get(name, "").strip() for name in NEEDED)
        if not actual:
            continue
        try:
            read = _read(plan, id, actual, month)
            if read is not None:
                found[id] = read
        except model.ModelError as error:
            if error.code == "unknown":
                why = t("register.no_target", id=shown(id))
            else:
                why = t.error(error.code, error.details)
            refused.append(t("register.refused", row=number, why=why))
    return found, refused


def _read(plan: model.Plan, id: str, actual: str, month: str) -> tuple[float, int] | None:
    value = cell_text.number(actual, plan.target(id).unit)
    through = cell_text.number(month, "month")
    if value is None:
        return None
    through = MONTHS_PER_YEAR if through is None else through
    model.pace(plan, id, value, through)
    return value, int(through)


def published(plan: model.Plan) -> dict[str, tuple[float, int]]:
    """Return what was published of the targets later: value and last month."""
    found = {}
    for outcome in plan.outcomes:
        if outcome.value is not None and outcome.period_end:
            found[outcome.target_id] = (outcome.value, int(outcome.period_end[5:7]))
    return found
