"""The results that follow the levers: the central run at once, the chances a beat later."""

from __future__ import annotations

from html import escape

import streamlit as st

from pages.parts import chart, results, session
from pages.views import charts, frames, targets
from pages.views.summary import Summary

OPTIONS = {"industrial_investment": "levers.investment", "energy_intensity_fall": "levers.energy"}
"""What the third chart can show."""

WAIT = 0.25
"""Seconds between looks for the chances that are being made."""


def show() -> None:
    """Draw tiles and charts, and look for the chances as long as they are being made."""
    scenario = session.scenario()
    summary = results.chances_soon(scenario)
    if summary is not None:
        st.session_state["last_summary"] = summary
    shown = summary or st.session_state.get("last_summary")
    runs = {**results.marks(), "scenario": results.central(scenario)}
    t, plan = session.t(), session.plan()
    fresh = summary is not None
    summarised = results.central(shown.scenario) if shown else None
    st.html(targets.central_tiles_html(plan, runs["scenario"], shown, summarised, fresh, t))
    _path(runs, shown, fresh)
    with st.container(horizontal=True, vertical_alignment="center"):
        _watch(fresh)
        st.space("stretch")
        _third_switch()
    left, right = st.columns(2, gap="small")
    with left:
        _years("iva_growth", runs)
    with right:
        _years(_third(), runs)


def _path(runs: dict, summary: Summary | None, fresh: bool) -> None:
    t = session.t()
    tables, axis, grew = frames.path(session.plan(), runs, summary, fresh, _held("path"), t)
    _hold("path", axis)
    chart.show(charts.path(t), tables, key="path", alt=t("chart.path.alt"))
    _announce("path", grew)


def _years(code: str, runs: dict) -> None:
    t = session.t()
    tables, axis, grew = frames.years(session.plan(), code, runs, _held(code), t)
    _hold(code, axis)
    chart.show(charts.years(t, code), tables, key=f"years_{code}", alt=t(f"chart.{code}.alt"))
    _announce(code, grew)


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


def _announce(name: str, grew: bool) -> None:
    if grew:
        st.toast(session.t()("chart.rescaled"), duration="short")


def _watch(fresh: bool) -> None:
    t = session.t()
    if fresh:
        st.html(f'<div class="beat">{escape(t("beat.done"))}</div>')
        return
    st.fragment(_look, run_every=WAIT)()


def _look() -> None:
    st.html(f'<div class="beat">{escape(session.t()("beat.pending"))}</div>')
    if results.ready(session.scenario()):
        st.rerun(scope="app")
