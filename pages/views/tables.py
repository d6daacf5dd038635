"""The tables of the plan folder for reading and for downloading."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

import pandas as pd

import model
from model.sheets import harmless, sheet
from pages.views import numbers
from pages.views.clauses import clauses, unit_name
from pages.views.targets import target_value
from pages.views.texts import Texts

_FIGURE = re.compile(r"(CNY )?[<>+−]?\d")
SHORT = 18
"""Letters that a table of the page keeps in one line."""

STATUS_COLUMNS = ("status", "default_status", "status_quo_status")


def title(name: str, t: Texts) -> str:
    """Return the name of a table."""
    key = f"table.{name}"
    return t(key) if key in t else name


def statuses(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the status words in a table, in the order in which they appear."""
    column = status_column(frame)
    return tuple(dict.fromkeys(frame[column])) if column else ()


def status_column(frame: pd.DataFrame) -> str | None:
    """Return the column that holds the status of a row."""
    return next((name for name in STATUS_COLUMNS if name in frame.columns), None)


def chosen(frame: pd.DataFrame, status: str | None, search: str) -> pd.DataFrame:
    """Return the rows with a status that hold a word anywhere."""
    column = status_column(frame)
    if status and column:
        frame = frame[frame[column] == status]
    if search:
        text = frame.astype(str).agg(" ".join, axis=1).str.lower()
        frame = frame[text.str.contains(search.lower(), regex=False)]
    return frame


def csv(frame: pd.DataFrame, notes: tuple[str, ...] = ()) -> bytes:
    """Return a table as CSV that Excel reads; no cell can be taken for a formula.

    ``notes`` stand below the table, after an empty line, one a row.
    """
    text = sheet(frame, "\r\n")
    if notes:
        below = pd.DataFrame({"": [harmless(note) for note in notes]})
        text += "\r\n" + below.to_csv(index=False, header=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def targets(plan: model.Plan, t: Texts) -> pd.DataFrame:
    """Return the register of targets with clause and text."""
    columns = {
        "id": [target.id for target in plan.targets],
        "clause": [clauses(target.clause, t) for target in plan.targets],
        "indicator": [t.of(target, "indicator") for target in plan.targets],
        "target": [target_value(target, t) for target in plan.targets],
        "kind": [t(f"kind.{target.kind}") for target in plan.targets],
        "text": [t.of(target, "text") for target in plan.targets],
        "units": [
            t("lineage.and").join(unit_name(unit, t) for unit in target.responsible_units)
            for target in plan.targets
        ],
        "status": [t.status(target.status) for target in plan.targets],
    }
    return _named(columns, t)


def controls(plan: model.Plan, t: Texts) -> pd.DataFrame:
    """Return what is known as an interval, against the base table."""
    checks = plan.base.controls
    columns = {
        "id": [check.control.id for check in checks],
        "note": [t.of(check.control, "note") for check in checks],
        "range": [_interval(check.control, t) for check in checks],
        "value": [numbers.in_unit(check.value, check.control.unit, t) for check in checks],
        "met": [t("data.met") if check.met else t("data.missed") for check in checks],
        "status": [t.status(check.control.status) for check in checks],
        "source": [plan.source(check.control.source_id).title for check in checks],
    }
    return _named(columns, t)


def _interval(control: object, t: Texts) -> str:
    if control.high is None:
        return "≥ " + numbers.in_unit(control.low, control.unit, t)
    if control.low is None:
        return "≤ " + numbers.in_unit(control.high, control.unit, t)
    return numbers.span(control.low, control.high, control.unit, t)


def _named(columns: dict[str, list], t: Texts) -> pd.DataFrame:
    return pd.DataFrame({t(f"data.column_{name}"): cells for name, cells in columns.items()})


def html(frame: pd.DataFrame, key: str) -> str:
    """Return a table for the page: figures at the right, as in print, words at the left.

    Long texts may break into lines; a short word never does.
    """
    right = figures(frame)
    kinds = []
    for name in frame.columns:
        longest = max(map(len, map(str, frame[name])), default=0)
        side, room = "" if name in right else "words ", "long" if longest > SHORT else "short"
        kinds.append(f' class="{side}{room}"')

    def row(tag: str, cells: Iterable[str]) -> str:
        joined = zip(kinds, cells, strict=True)
        return f"<tr>{''.join(f'<{tag}{kind}>{escape(x)}</{tag}>' for kind, x in joined)}</tr>"

    shown = frame.astype(str)
    for name in right:
        shown[name] = [_bound(text) for text in shown[name]]
    body = "".join(row("td", cells) for cells in shown.itertuples(index=False))
    whole = f"<thead>{row('th', frame.columns)}</thead><tbody>{body}</tbody>"
    return f'<table class="plain sheet" id="{key}">{whole}</table>'


def _bound(figure: str) -> str:
    """Return a figure that breaks into lines before its range only."""
    return figure.replace(" ", "\u00a0").replace("\u00a0(", " (")


def figures(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns after the first that hold figures, written as text, and nothing else."""
    return tuple(
        name
        for name in frame.columns[1:]
        if (texts := [cell for cell in map(str, frame[name]) if cell])
        and all(_FIGURE.match(cell) for cell in texts)
    )
