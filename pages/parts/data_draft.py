"""The figures that a planner is putting together: texts by cell, read as a whole or refused.

A draft begins with the figures of the data in use and is kept for each data set of the visit.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

import model
from model import upload
from model.replacements import Replacement, data_set_in
from pages.parts import session
from pages.views import data_desk
from pages.views.data_template import FILLED, words

DRAFTS, EDITION = "desk_drafts", "desk_edition"

Draft = dict[str, dict[str, str]]


def draft() -> Draft:
    """Return what was typed so far, for the data in use."""
    drafts = st.session_state.setdefault(DRAFTS, {})
    id = data_set_in(session.plan().version)
    if id not in drafts:
        chosen = session.data_set()
        drafts[id] = texts_of(chosen.replacements if chosen else ())
    return drafts[id]


def texts_of(replacements: tuple[Replacement, ...]) -> Draft:
    """Return figures as they are typed."""
    return {
        x.cell: {
            "value": data_desk.figure(x.value),
            "low": data_desk.figure(x.low),
            "high": data_desk.figure(x.high),
            "source": x.source,
        }
        for x in replacements
    }


def enter(id: str, cells: Mapping[str, object]) -> None:
    """Take what was typed beside a cell; a cell without any text is one without a new figure."""
    now = draft()
    typed = {name: "" if text is None else str(text) for name, text in cells.items()}
    texts = dict.fromkeys(FILLED, "") | now.get(id, {}) | typed
    if any(text.strip() for text in texts.values()):
        now[id] = texts
    else:
        now.pop(id, None)


def edition() -> int:
    """Return the number of the grid: it grows when the draft changes behind its back."""
    return st.session_state.get(EDITION, 0)


def renew() -> None:
    """Have the grid begin again with the draft as it is."""
    st.session_state[EDITION] = edition() + 1


def drop() -> None:
    """Go back to the figures of the data in use."""
    st.session_state.get(DRAFTS, {}).pop(data_set_in(session.plan().version), None)
    renew()


def replacements() -> tuple[Replacement, ...]:
    """Return what the draft replaces; DataFaults with everything that is wrong in it."""
    return upload.typed(session.shipped(), draft(), words()).replacements


def plan() -> model.Plan:
    """Return the plan as the draft would have it; DataFaults with everything that is wrong."""
    return model.with_replacements(session.shipped(), replacements())


def take(content: bytes) -> int:
    """Add the figures of a file to the draft, all or none; return how many.

    Raises
    ------
    ModelError
        What `model.upload.read` raises, or what speaks against the file and the draft together.
    """
    shipped = session.shipped()
    reading = upload.read(shipped, content, words())
    given = texts_of(reading.replacements)
    together = draft() | given
    try:
        kept = upload.typed(shipped, {k: v for k, v in together.items() if k not in given}, words())
        found = (*kept.replacements, *reading.replacements)
    except model.DataFaults:  # the draft is faulty in itself, which the page says
        found = reading.replacements
    try:
        model.with_replacements(shipped, found)
    except model.DataFaults as error:
        raise upload.placed(shipped, error, reading) from error
    st.session_state[DRAFTS][data_set_in(session.plan().version)] = together
    renew()
    return len(given)
