"""The questions of the page that says why, its runs, and the ranges that follow a beat later."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import streamlit as st

import model
from pages.parts import chart, export, keeper, results, session, waiting
from pages.parts.keeper import Keeper, Work
from pages.views import why, why_charts, why_sources
from pages.views.history import literal

DRAWS = 512
KEPT = 2
"""Scenarios whose draws are kept: some 70 MB each."""

WORK = "why_work"
"""Where a visit holds the ranges that it waits for."""

Key = tuple[model.Scenario, model.Scenario]


@st.cache_resource(show_spinner=False, max_entries=results.LARGE_PLANS)
def _maker(_plan: model.Plan, digest: str) -> Keeper[Key, model.Ranges]:
    def make(key: Key, work: Work) -> model.Ranges:
        return model.attribution_ranges(
            _plan, key[0], reference=key[1], draws=DRAWS, progress=work.tell, stopped=work.stopped
        )

    return Keeper(make, KEPT)


def maker(plan: model.Plan) -> Keeper[Key, model.Ranges]:
    """Return the one maker of ranges of this process for a plan."""
    return _maker(plan, plan.digest)


@lru_cache(maxsize=16)
def _coalitions(
    scenario: model.Scenario, reference: model.Scenario, digest: str
) -> model.Coalitions:
    return model.coalitions(session.plan(), scenario, reference)


def coalitions(scenario: model.Scenario, reference: model.Scenario) -> model.Coalitions:
    """Return the runs of all coalitions between two scenarios."""
    return _coalitions(scenario, reference, session.plan().digest)


def places(indicator: str) -> list[str]:
    """Return the places for which an indicator can be explained."""
    plan = session.plan()
    found = ["city", *plan.axes.districts]
    return found + list(plan.axes.industries) if indicator in why.BY_INDUSTRY else found


def choose() -> tuple[str, int, str, model.Scenario]:
    """Let the reader choose indicator, year, place and reference."""
    t, plan = session.t(), session.plan()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="why_asked"):
        indicator = st.selectbox(
            t("why.indicator"), why.INDICATORS, format_func=lambda code: t(f"why.name_{code}"),
            key="why_indicator", persist_state="session", width=290,
        )  # fmt: skip
        listed = places(indicator)
        if st.session_state.get("why_place") not in listed:
            st.session_state["why_place"] = "city"
        place = st.selectbox(
            t("why.place"), listed, format_func=lambda code: why.place_name(plan, code, t),
            key="why_place", persist_state="session", width=210,
        )  # fmt: skip
        reference = st.selectbox(
            t("why.reference"), plan.scenario_names,
            format_func=lambda name: t.of(plan.scenarios[name]), index=_status_quo(),
            key="why_reference", persist_state="session", width=190,
        )  # fmt: skip
        year = st.segmented_control(
            t("why.year"), plan.years, default=plan.years[0], key="why_year", required=True,
            persist_state="session",
        )  # fmt: skip
    return indicator, year, place, plan.scenarios[reference]


def _status_quo() -> int:
    return list(session.plan().scenario_names).index("status_quo")


def view(year: int) -> tuple[str, object]:
    """Let the reader choose which of three questions is answered, and how: ranges, since, by."""
    t = session.t()
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        shown = st.segmented_control(
            t("why.view"), ("levers", "sources", "places"), default="levers", key="why_view",
            format_func=lambda name: t(f"why.view_{name}"), label_visibility="collapsed",
            required=True, persist_state="session",
        )  # fmt: skip
        return shown, {"levers": _switch, "sources": _since, "places": _kind}[shown](year)


def _place(place: str) -> dict[str, str]:
    axes = session.plan().axes
    if place in axes.districts:
        return {"district": place}
    return {"industry": place} if place in axes.industries else {}


def levers(indicator: str, year: int, place: str, reference: model.Scenario, wanted: bool) -> None:
    """Show which groups of levers lead from the reference to the scenario."""
    t, plan, key = session.t(), session.plan(), (session.scenario(), reference)
    runs = coalitions(*key)
    parts = runs.attribution(indicator, year, **_place(place))
    ranges, work = maker(plan).follow(key, WORK) if wanted else keeper.leave(WORK)
    frame = None if ranges is None else ranges.to_frame(indicator, year, **_place(place))
    found = why.explained(plan, parts, frame, t.of(reference), t)
    st.html(f'<div class="sentence">{escape(why.sentence(plan, found, year, t))}</div>')
    if work is not None:
        _working(work)
    left, right = st.columns([0.5, 0.5], gap="large")
    with left:
        data = why_charts.waterfall_tables(found, t)
        special = any(lever.special_action for lever in plan.levers)
        spec = why_charts.waterfall(t, indicator, special, frame is not None)
        chart.show(spec, data, key=f"why_{indicator}", alt=t("why.waterfall_alt"))
    with right:
        st.html(why.table_html(found, parts.interaction, t))
        export.table_button(
            t("why.download"),
            lambda: why.download(found, parts.interaction, t),
            t("page.why"),
            t.of(plan.indicator(indicator)),
            t("chart.year", year=year),
            why.place_name(plan, place, t),
            key="why_download",
        )
    error = why.scale(plan, indicator, t).factor * runs.pairing_error(
        indicator, year, **_place(place)
    )
    st.html(f'<div class="note">{escape(why.method(error, DRAWS, t))}</div>')


def _switch(year: int) -> bool:
    """Let the reader ask for ranges."""
    t = session.t()
    return st.toggle(
        t("why.ranges", draws=DRAWS), key="why_ranges", persist_state="session",
        help=t("why.ranges_help"),
    )  # fmt: skip


def _working(work: Work) -> None:
    """Show how far the ranges are; the page is drawn anew when they are there."""
    t = session.t()
    with st.container(horizontal=True, vertical_alignment="center", key="why_progress"):
        waiting.until(work, WORK, t("why.progress"))
        st.button(t("why.stop"), key="why_stop", on_click=_stop)


def _stop() -> None:
    st.session_state["why_ranges"] = False


def _since(year: int) -> int:
    """Let the reader account for one year or for all since the base year."""
    t, base = session.t(), session.plan().years[0] - 1
    if year - 1 == base:
        return base
    return st.segmented_control(
        t("why.since"), (year - 1, base), default=year - 1, key=f"why_since_{year}",
        format_func=lambda first: t("why.since_year", year=first), required=True,
        label_visibility="collapsed",
    )  # fmt: skip


def _kind(year: int) -> str:
    """Let the reader see districts or industries."""
    t = session.t()
    return st.segmented_control(
        t("why.kind"), ("district", "industry"), default="district", key="why_kind",
        format_func=lambda name: t(f"why.kind_{name}"), label_visibility="collapsed",
        required=True, persist_state="session",
    )  # fmt: skip


def sources(indicator: str, year: int, place: str, reference: model.Scenario, since: int) -> None:
    """Show where growth comes from: capital, labour, productivity, utilisation, entry."""
    t, plan = session.t(), session.plan()
    code = indicator if indicator in model.growth.INDICATORS else "iva_growth"
    if code != indicator:
        st.html(f'<div class="note">{t("why.sources_of_growth")}</div>')
    account, before = (
        model.growth_accounting(
            plan, results.central(one), year, since=since, indicator=code, **_place(place)
        )
        for one in (session.scenario(), reference)
    )
    name, figure = why.place_name(plan, place, t), t(f"why.name_{code}")
    said = why_sources.sentence(account, before, name, figure, t.of(reference), t)
    st.html(f'<div class="sentence">{escape(said)}</div>')
    left, right = st.columns([0.58, 0.42], gap="large")
    with left:
        data = why_sources.chart_tables(account, before, t)
        chart.show(why_charts.sources(t), data, key="why_sources", alt=t("why.sources_alt"))
    with right:
        st.html(why_sources.table_html(account, before, t.of(reference), t))
    st.html(f'<div class="note">{t("why.sources_method")}</div>')


def by_place(indicator: str, year: int, reference: model.Scenario, kind: str) -> None:
    """Show through which district, or industry, each group of levers reaches the city."""
    t, plan = session.t(), session.plan()
    runs = coalitions(session.scenario(), reference)
    try:
        table = runs.by_place(indicator, year, kind)
    except model.ModelError as error:
        said = t.error(error.code, dict(error.details) | {"name": t(f"why.name_{indicator}")})
        st.info(literal(said))
        return
    shown = why.scale(plan, indicator, t)
    data = why_charts.heat_tables(plan, table, shown, kind, t.of(reference), t)
    spec, key = why_charts.heat(t, kind, indicator), f"why_{kind}_{indicator}"
    chart.show(spec, data, key=key, alt=t("why.heat_alt"))
    st.html(f'<div class="note">{t("why.heat_note")}</div>')
