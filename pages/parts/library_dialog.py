"""The open dialog of the library, and what is done with the library from there.

A dialog stays open while its name stands in the session, also when the page below is run anew.
"""

from __future__ import annotations

import streamlit as st

import model
from pages.parts import access, session
from pages.views.history import literal

DIALOG = "dialog"


def why_not() -> str:
    """Return why this person may not write to the library; nothing when there is no reason."""
    return "" if access.writes() else session.t()("access.read_only")


def show(name: str) -> None:
    """Open the dialog of this name."""
    st.session_state[DIALOG] = name


def close() -> None:
    """Close the dialog that is open."""
    st.session_state[DIALOG] = None
    st.session_state["renaming"] = None


def attempt(work) -> object | None:
    """Do something with the library; keep what it refuses to be said in the dialog."""
    st.session_state["library_refused"] = None
    try:
        done = session.shelf().use(work)
    except model.ModelError as error:
        if error.code == "library_conflict":
            st.session_state["conflict"] = error.details
            show("conflict")
        else:
            st.session_state["library_refused"] = (error.code, dict(error.details))
        return None
    session.shelf().changed()
    return done


def write(work) -> object | None:
    """Change something in the library, if this person may; the only way in which pages do."""

    def allowed(library):
        access.check_write()
        return work(library)

    return attempt(allowed)


def refusal() -> str:
    """Return, until the next attempt, what the library refused."""
    found = st.session_state.get("library_refused")
    return literal(session.t().error(*found)) if found else ""


def open_record(id: str, said: str = "history.opened") -> None:
    """Make a saved scenario that of the visit, as one step."""
    plan = session.plan()
    found = attempt(lambda library: library.open(id, plan))
    if found:
        record, scenario, notices = found
        session.put(
            scenario, said, record.name, opened=scenario, record=id, revision=record.revision
        )
        st.session_state["link_notices"] = notices
        close()
