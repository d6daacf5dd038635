"""The two beats: the central run at once, the chances from a thread that newer scenarios stop."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

import streamlit as st

import model
from model import executor
from pages.parts import session
from pages.parts.keeper import Keeper, Work
from pages.views.summary import Summary, summarise

DRAWS, SEED = 8192, 1
KEPT = 64
PLANS, LARGE_PLANS = 8, 4
"""Plans, shipped or with a data set, whose results a process keeps; whose draws it keeps."""

AT_ONCE = 4
"""Scenarios whose chances a cluster works out at the same time; this process takes one by one."""

ASKED = "asked"
"""Where a visit holds the scenario whose chances it waits for."""

QUIET, HELD = 0.08, 0.3
"""Seconds without a newer scenario before the chances are worked out: the answer is painted then;
and with a hand still on a lever, which may go on."""


Beats = Keeper[model.Scenario, Summary]


def _make(plan: model.Plan, scenario: model.Scenario, work: Work) -> Summary:
    fan = model.ensemble(plan, scenario, draws=DRAWS, seed=SEED, stopped=work.stopped)
    return summarise(plan, scenario, fan)


@st.cache_resource(show_spinner=False, max_entries=PLANS)
def _beats(_plan: model.Plan, digest: str) -> Beats:
    return Keeper(partial(_make, _plan), KEPT, AT_ONCE if executor.named() else 1)


def beats(plan: model.Plan) -> Beats:
    """Return the one maker of summaries of this process for a plan."""
    return _beats(plan, plan.digest)


# Not Streamlit's cache: it would hash every field, also those that do not tell scenarios apart.
@lru_cache(maxsize=KEPT)
def _central(plan: model.Plan, scenario: model.Scenario) -> model.Outcomes:
    return model.simulate(plan, scenario)


def central(scenario: model.Scenario, plan: model.Plan | None = None) -> model.Outcomes:
    """Return the central run of a scenario, the first beat, on the plan of the visit or another."""
    return _central(plan or session.plan(), scenario)


def marks() -> dict[str, model.Outcomes]:
    """Return the central runs of the two marks that stand behind every scenario."""
    plan = session.plan()
    return {name: central(model.load_scenario(plan, name)) for name in ("status_quo", "plan")}


@lru_cache(maxsize=KEPT)
def _power(scenario: model.Scenario, digest: str) -> model.Power:
    return model.lever_power(session.plan(), scenario)


def power(scenario: model.Scenario) -> model.Power:
    """Return what a step of each lever does: part of the second beat, the last one until then."""
    if ready(scenario) or "last_power" not in st.session_state:
        st.session_state["last_power"] = _power(scenario, session.plan().digest)
    return st.session_state["last_power"]


def chances(scenario: model.Scenario) -> Summary:
    """Return the summary of a scenario, waiting for it."""
    return _own(beats(session.plan()).wait(scenario), scenario)


def _own(summary: Summary, scenario: model.Scenario) -> Summary:
    """Return a summary under the name of the scenario that asks for it.

    Results are kept by values: whoever asked first may have called the same values otherwise.
    """
    return replace(summary, scenario=scenario)


def chances_soon(scenario: model.Scenario) -> tuple[Summary | None, Work | None]:
    """Return the summary, or the work on it; what this visit left behind is made no longer."""
    quiet = HELD if session.moving() else QUIET
    summary, coming = beats(session.plan()).follow(scenario, ASKED, quiet)
    return None if summary is None else _own(summary, scenario), coming


def ready(scenario: model.Scenario) -> bool:
    """Return whether the summary of a scenario is there."""
    return beats(session.plan()).get(scenario) is not None
