"""The results that follow the levers: the central run at once, the chances a beat later."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import NamedTuple

import streamlit as st

import model
from pages.parts import chart, lever_slider, moves, results, session, waiting
from pages.parts.keeper import Work
from pages.views import changes, charts, effects, frames, targets
from pages.views.history import said_changes
from pages.views.summary import Summary

OPTIONS = {"industrial_investment": "levers.investment", "energy_intensity_fall": "levers.energy"}
"""What the third chart can show."""

PATIENCE = 0.0
"""Seconds that a page waits for its chances before it shows the central run in their place."""


@st.fragment(key=moves.ANSWER)
def answer() -> None:
    """Take what was moved, draw the answer to it, and write it to the address.

    The frame (what is unsaved, what can be undone) and the cards follow with the chances: at once
    if they are known, or when the wait for them ends, but never under a hand on a lever.
    """
    moves.take()
    show()
    session.write_link()
    if lever_slider.live():
        moves.show()
    scenario = session.scenario()
    behind = st.session_state.get("framed_for") != scenario
    if behind and not session.moving() and results.ready(scenario):
        st.rerun()


def show() -> None:
    """Draw tiles and charts, and look for the chances as long as they are being made."""
    scenario = session.scenario()
    shown, coming = _chances(scenario)
    runs = {**results.marks(), "scenario": results.central(scenario)}
    if shown:
        runs["summarised"] = results.central(shown.scenario)
    # First all that has to be worked out: what is then drawn in one go leaves and is painted
    # together, and the browser looks at the page once instead of three times.
    tiles, strip = _tiles(runs["scenario"], shown), _effects(runs["scenario"], shown)
    path, growth, third = _path(runs, shown), _years("iva_growth", runs), _years(_third(), runs)
    st.html(tiles)
    st.html(strip)
    _draw(path)
    with st.container(key="state", horizontal=True, vertical_alignment="center"):
        _watch(coming, shown, _come)
        _announce(path.grew or growth.grew or third.grew)
        _third_switch()
    # The browser looks at every box of a page whenever something moves: no columns here.
    with st.container(key="side_by_side", horizontal=True, gap="small"):
        _draw(growth)
        _draw(third)


def chances() -> Summary:
    """Return the chances of the scenario; while they are made, the page shows the central run.

    In that case the run of the page ends here, and begins again when the chances are there.
    """
    scenario = session.scenario()
    shown, coming = _chances(scenario)
    if coming is None:
        return shown
    if PATIENCE:
        return results.chances(scenario)
    runs = {**results.marks(), "scenario": results.central(scenario)}
    _watch(coming, shown)
    st.html(_tiles(runs["scenario"], shown))
    _draw(_path(runs, shown))
    session.write_link()
    st.stop()


def _chances(scenario: model.Scenario) -> tuple[Summary | None, Work | None]:
    """Return the chances to show, and the work on newer ones while those are of an earlier one."""
    summary, coming = results.chances_soon(scenario)
    if summary is not None:
        st.session_state["last_summary"] = summary
    return st.session_state.get("last_summary"), coming


def _tiles(run: model.Outcomes, shown: Summary | None) -> str:
    summarised = results.central(shown.scenario) if shown else None
    belongs = _belongs(shown)
    return targets.central_tiles_html(session.plan(), run, shown, summarised, belongs, session.t())


def _effects(run: model.Outcomes, shown: Summary | None) -> str:
    """Say what the last move did, read from two central runs: it comes with the first beat."""
    t, plan, before = session.t(), session.plan(), session.previous()
    scenario = run.scenario
    changes_ = scenario.changes(before) if before is not None else ()
    if not changes_:
        return effects.strip_html("", (), (), "", plan, t)
    old = results.central(before)
    found = effects.effects(plan, old, run)
    summarised = results.central(shown.scenario) if shown else None
    passed = effects.crossings(plan, old, run, shown, summarised)
    why = effects.reason(plan, found, old, run, changes_, t)
    moved = said_changes(plan, changes_, t)
    return effects.strip_html(moved, found, passed, why, plan, t)


def _belongs(shown: Summary | None) -> str:
    scenario = session.scenario()
    if shown is None or shown.scenario == scenario:
        return ""
    return changes.whose(session.plan(), shown.scenario, scenario, session.t())


class Drawn(NamedTuple):
    """A chart ready to be drawn; ``grew`` says that its axis had to."""

    key: str
    spec: dict
    tables: frames.Tables
    alt: str
    grew: bool


def _draw(ready: Drawn) -> None:
    chart.show(ready.spec, ready.tables, key=ready.key, alt=ready.alt)


def _path(runs: dict, summary: Summary | None) -> Drawn:
    """Return the path of the year."""
    t = session.t()
    tables, axis, grew = frames.path(
        session.plan(), runs, summary, _held("path"), t, session.moving()
    )
    _hold("path", axis)
    return Drawn("path", charts.path(t), tables, t("chart.path.alt"), grew)


def _years(code: str, runs: dict) -> Drawn:
    """Return an indicator by year."""
    t = session.t()
    tables, axis, grew = frames.years(session.plan(), code, runs, _held(code), t, session.moving())
    _hold(code, axis)
    return Drawn(f"years_{code}", charts.years(t, code), tables, t(f"chart.{code}.alt"), grew)


def _third() -> str:
    return st.session_state.get("third") or next(iter(OPTIONS))


def _third_switch() -> None:
    """Let the reader choose what the third chart shows."""
    t = session.t()
    st.segmented_control(
        t("levers.third"),
        list(OPTIONS),
        format_func=lambda code: t(OPTIONS[code]),
        default=next(iter(OPTIONS)),
        key="third",
        persist_state="session",
        label_visibility="collapsed",
        required=True,
    )


def _held(name: str) -> tuple[float, float] | None:
    return st.session_state.get("axes", {}).get((name, session.t().language))


def _hold(name: str, axis: tuple[float, float]) -> None:
    held = st.session_state.setdefault("axes", {})
    held[(name, session.t().language)] = axis


def _announce(grew: bool) -> None:
    """Say that an axis was widened, as long as the scenario that asked for it stands."""
    scenario = session.scenario()
    if grew:
        st.session_state["widened_for"] = scenario
    widened = st.session_state.get("widened_for") == scenario
    said = session.t()("chart.rescaled") if widened else ""
    st.html(f'<span class="note" role="status">{escape(said)}</span>', width="content")


def _come() -> None:
    st.rerun(moves.ANSWER if session.moving() else "app")


def _watch(coming: Work | None, shown: Summary | None, come: Callable[[], None] = st.rerun) -> None:
    t = session.t()
    words = t("beat.done")
    if coming is not None:
        words = t("stale.line", which=_belongs(shown)) if shown else t("stale.waiting")
    st.html(f'<div class="beat" role="status">{escape(words)}</div>')
    waiting.until(coming, come=come)
