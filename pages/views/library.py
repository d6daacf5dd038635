"""What the library says: rows of saved scenarios, conflicts, file names."""

from __future__ import annotations

import datetime
from html import escape

import model
from model.library import Record
from pages.views import history
from pages.views.file_names import part
from pages.views.history import literal
from pages.views.texts import Texts


def moment(seconds: float, t: Texts) -> str:
    """Return a time, as the clock of the server shows it, to the minute."""
    try:
        then = datetime.datetime.fromtimestamp(seconds)
    except (OverflowError, ValueError, OSError):  # from a clock that was wrong
        return t("library.moment_unknown")
    return t("library.moment", day=then.strftime("%Y-%m-%d"), time=then.strftime("%H:%M"))


def record_html(record: Record, here: bool, t: Texts) -> str:
    """Return name, time, author and note of a saved scenario."""
    about = [t("library.changed", when=moment(record.changed, t))]
    if record.binned is not None:
        about = [t("library.binned", when=moment(record.binned, t))]
    if record.author:
        about.append(t("library.by", author=record.author))
    if here:
        about.append(t("library.here"))
    note = record.note.replace("\n", " ")
    shown = note if len(note) <= 80 else note[:79] + "…"
    line = f'<div class="note">{escape(shown)}</div>' if shown else ""
    return (
        f'<div class="record"><b>{escape(record.name)}</b>'
        f'<span class="note">{escape(" · ".join(about))}</span>{line}</div>'
    )


def conflict(details: dict, t: Texts) -> str:
    """Return the sentence that says who saved meanwhile, and what can be done."""
    return t(
        "library.conflict",
        name=literal(str(details.get("name", ""))),
        author=literal(str(details.get("author") or t("library.somebody"))),
        when=moment(float(details.get("changed", 0.0)), t),
    )


def differences(plan: model.Plan, mine: model.Scenario, theirs: model.Scenario, t: Texts) -> str:
    """Return in what the two versions differ, theirs first."""
    changes = mine.changes(theirs)
    if not changes:
        return t("library.no_difference")
    return t("library.difference", said=literal(history.said_changes(plan, changes, t)))


def file_name(name: str) -> str:
    """Return a name that every file system takes."""
    return part(name) or "scenario"
