"""What a visit holds: the scenario and the language; both are in the address too."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

import model
from pages.parts import link
from pages.views.texts import LANGUAGES, Texts, texts

PLAN = "zhengzhou_2020"


@st.cache_resource(show_spinner=False)
def plan() -> model.Plan:
    """Return the plan, read once a process."""
    return model.load_plan(PLAN)


def begin() -> None:
    """Take scenario and language from the address and the browser, once a visit."""
    if "scenario" in st.session_state:
        return
    given = {key: st.query_params[key] for key in st.query_params}
    asked = given.get("lang")
    locale = str(st.context.locale or LANGUAGES[0]).lower()
    spoken = "zh" if locale.startswith("zh") else "en"
    st.session_state["language"] = asked if asked in LANGUAGES else spoken
    scenario, notices = link.decode(plan(), given)
    st.session_state["scenario"] = scenario
    st.session_state["link_notices"] = notices


def t() -> Texts:
    """Return the texts of the chosen language."""
    return texts(st.session_state["language"])


def scenario() -> model.Scenario:
    """Return the scenario of this visit."""
    return st.session_state["scenario"]


def put(scenario: model.Scenario, said: str = "") -> None:
    """Make this the scenario of the visit; ``said`` is the text key that names the step."""
    st.session_state["scenario"] = scenario


def choose(name: str) -> None:
    """Take a built-in scenario."""
    put(model.load_scenario(plan(), name))


def write_link() -> None:
    """Write scenario and language to the address, when they differ from it."""
    wanted = {"lang": st.session_state["language"], **link.encode(plan(), scenario())}
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)


def attempt(name: str, change: Callable[[], model.Scenario]) -> None:
    """Apply a change of the scenario; what the model refuses is kept to be said at ``name``."""
    try:
        put(change())
    except model.ModelError as error:
        st.session_state["refused"] = (name, error.code, dict(error.details))


def refusal(name: str) -> str:
    """Return, once, why the last change of ``name`` was refused."""
    found = st.session_state.get("refused")
    if not found or found[0] != name:
        return ""
    del st.session_state["refused"]
    return t().error(found[1], found[2] | {"name": label(name)})


def label(name: str) -> str:
    """Return the name of a lever or assumption in the language of the visit."""
    records = {record.id: record for record in (*plan().levers, *plan().assumptions)}
    return t().of(records[name]) if name in records else name
