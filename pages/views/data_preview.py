"""What a data set would change: cells, forecasts, verdicts; or what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

import model
from model.cells import cells, measure_of
from model.datasets import changes
from model.errors import Fault
from model.targets import differs
from model.upload import FIELDS
from pages.views import data_desk, faults, numbers, tables
from pages.views.data_template import head
from pages.views.summary import Summary
from pages.views.targets import chance_both, chief, short_name, target_label
from pages.views.texts import Texts

VERDICTS = ("likely", "open", "unlikely")
KINDS = ("replaced", "reverted", "follows")


def changed(before: model.Plan, after: model.Plan, t: Texts) -> pd.DataFrame:
    """Return every number that differs, in words: replaced, put back, or following from those."""
    was, now = ({x.cell for x in p.data_set.replacements} if p.data_set else set()
                for p in (before, after))  # fmt: skip
    known = data_desk.by_cell(after.shipped or after, t)
    found = []
    for change in changes(before, after):
        id = change.after.id
        kind = "replaced" if id in now else "reverted" if id in was else "follows"
        found.append((kind, known[id], change))
    found.sort(key=lambda one: KINDS.index(one[0]))
    return pd.DataFrame(
        {
            "kind": [t(f"desk.kind_{kind}") for kind, _, _ in found],
            "item": [line.item for _, line, _ in found],
            "before": [_figures(c.before, t) for _, _, c in found],
            "after": [_figures(c.after, t) for _, _, c in found],
            "unit": [t.unit(line.cell.unit) for _, line, _ in found],
            "table": [tables.title(line.cell.table, t) for _, line, _ in found],
        }
    )


def _figures(one, t: Texts) -> str:
    value = f"{one.value:.6g}"
    if one.low is None or one.high is None or one.low == one.high:
        return value
    return t("desk.figures", value=value, low=f"{one.low:.6g}", high=f"{one.high:.6g}")


def said(found: pd.DataFrame, t: Texts) -> str:
    """Return in a sentence how many cells change."""
    counts = {kind: int((found["kind"] == t(f"desk.kind_{kind}")).sum()) for kind in KINDS}
    return t("desk.changes", **counts)


def forecasts_html(
    plan: model.Plan,
    runs: tuple[model.Outcomes, model.Outcomes],
    chances: tuple[Summary | None, Summary | None],
    t: Texts,
) -> str:
    """Return the headline forecasts before and after; the chances of both once they are there."""
    heads = ("indicator", "values", "change", "chance")
    rows = []
    for id in chief(plan):
        target = plan.target(id)
        factor = 100 if target.unit == "%" else 1
        old, new = (factor * float(run.indicator(target.indicator)[0, 0]) for run in runs)
        name = escape(short_name(target, t))
        goal = escape(target_label(target, t, differs(plan, target)))
        cells = (
            " → ".join(_amount(value, target.unit, t) for value in (old, new)),
            _change(new - old, target.unit, t),
            _chances(id, chances, t),
        )
        rows.append((f"{name}<br><small>{goal}</small>", *map(escape, cells)))
    top = "".join(f"<th>{escape(t(f'desk.forecast_{name}'))}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table class="plain desk"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def _amount(value: float, unit: str, t: Texts) -> str:
    # A replaced figure often moves the second decimal only, which is worth seeing here.
    text = numbers.in_unit(value, unit, t, digits=2 if unit == "%" else None)
    return text.replace(" ", "\u00a0")


def _change(value: float, unit: str, t: Texts) -> str:
    if unit == "%":
        return numbers.points(value / 100, t, digits=2)
    return numbers.gap(value, unit, t)


def _chances(id: str, chances: tuple[Summary | None, Summary | None], t: Texts) -> str:
    old, new = chances
    if old is None or new is None:
        return t("desk.chance_waiting")
    pair = [summary.verdict(id) for summary in (old, new)]
    if any(verdict.probability is None for verdict in pair):
        return ""
    return " → ".join(chance_both(verdict, t) for verdict in pair)


def verdicts(old: Summary | None, new: Summary | None, t: Texts) -> str:
    """Return how many targets are likely, open and unlikely, before and after, and which moved."""
    if old is None or new is None:
        return t("desk.verdicts_waiting")
    counts = [
        {word: sum(v.status == word for v in summary.verdicts) for word in VERDICTS}
        for summary in (old, new)
    ]
    parts = [
        t("desk.verdict", status=t(f"status.{word}"), before=counts[0][word],
          after=counts[1][word])
        for word in VERDICTS
    ]  # fmt: skip
    moved = [
        t("desk.moved", name=short_name(after.target, t), before=t(f"status.{before.status}"),
          after=t(f"status.{after.status}"))
        for before, after in zip(old.verdicts, new.verdicts, strict=True)
        if before.status != after.status
    ]  # fmt: skip
    listed = t("desk.list").join(moved) if moved else t("desk.none_moved")
    return t("desk.verdicts", counts=t("desk.list").join(parts), moved=listed)


# What is wrong


def of_file(faults: Sequence[Fault], t: Texts) -> pd.DataFrame:
    """Return the faults of a file, by sheet, row and column."""
    return pd.DataFrame(
        {
            "sheet": [fault.table.removesuffix(".csv") for fault in faults],
            "row": [str(fault.row) if fault.row else "" for fault in faults],
            "column": [_column(fault.column, t) for fault in faults],
            "message": [message(fault, t) for fault in faults],
        }
    )


def of_grid(
    faults: Sequence[Fault], typed: Sequence[str], plan: model.Plan, t: Texts
) -> pd.DataFrame:
    """Return the faults of what was typed, by the names of the cells; ``typed`` are their ids."""
    return pd.DataFrame(
        {
            "item": [_item(fault, typed, plan, t) for fault in faults],
            "column": [_column(fault.column, t) for fault in faults],
            "message": [message(fault, t) for fault in faults],
        }
    )


def _item(fault: Fault, typed: Sequence[str], plan: model.Plan, t: Texts) -> str:
    known = data_desk.by_cell(plan.shipped or plan, t)
    if not fault.table and 0 < fault.row <= len(typed):
        id = typed[fault.row - 1]
        return known[id].item if id in known else id
    name = fault.table.removesuffix(".csv")
    there = [x for x in cells(plan.shipped or plan) if x.table == name and x.row == fault.row]
    exact = [x for x in there if fault.column in (measure_of(x).value, measure_of(x).low)]
    found = exact or there
    return known[found[0].id].item if found else tables.title(name, t)


def _column(name: str, t: Texts) -> str:
    return head(name, t) if name in FIELDS else name


def message(fault: Fault, t: Texts) -> str:
    """Return what is wrong and what to do, in this language."""
    key, details = f"fault.{fault.code}", dict(fault.details)
    if "unit" in details:
        details["unit"] = t.unit(details["unit"])
    if fault.code == "out_of_range" and "inf" in details.get("high", ""):
        key = "fault.below"
    elif fault.code == "out_of_range" and "inf" in details.get("low", ""):
        key = "fault.above"
    try:
        if key in t:
            return t(key, **details)
    except KeyError:  # a check of several cells may bring other details
        pass
    return t("desk.fault_other", reason=faults.said(fault, t))
