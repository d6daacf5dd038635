"""The questions of the page that says why, its runs, and the ranges that follow a beat later."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from html import escape

import streamlit as st

import model
from pages.parts import chart, results, session
from pages.views import tables, why, why_charts, why_sources

DRAWS = 512
KEPT = 2
"""Scenarios whose draws are kept: some 70 MB each."""

WAIT = 0.3
"""Seconds between looks at the ranges that are being made."""

Key = tuple[model.Scenario, model.Scenario]


class Job:
    """Ranges that are being made: how far they are, and the wish to stop."""

    def __init__(self) -> None:
        self.done, self.total = 0, 1
        self.stop = threading.Event()
        self.future: Future | None = None

    def tell(self, done: int, total: int) -> None:
        """Take note of the progress."""
        self.done, self.total = done, total


class Maker:
    """Makes ranges one at a time and keeps the latest."""

    def __init__(self, plan: model.Plan) -> None:
        self._plan = plan
        self._kept: OrderedDict[Key, model.Ranges] = OrderedDict()
        self._jobs: dict[Key, Job] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ranges")

    def get(self, key: Key) -> model.Ranges | None:
        """Return the ranges if they are there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def ask(self, key: Key) -> Job:
        """Start making the ranges, unless they are being made."""
        with self._lock:
            if key not in self._jobs:
                job = self._jobs[key] = Job()
                job.future = self._pool.submit(self._work, key, job)
            return self._jobs[key]

    def drop(self, key: Key) -> None:
        """Stop making ranges that nobody waits for."""
        with self._lock:
            job = self._jobs.pop(key, None)
        if job is not None:
            job.stop.set()

    def _work(self, key: Key, job: Job) -> None:
        try:
            made = model.attribution_ranges(
                self._plan,
                key[0],
                reference=key[1],
                draws=DRAWS,
                progress=job.tell,
                stopped=job.stop.is_set,
            )
            with self._lock:
                self._kept[key] = made
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        except model.ModelError as error:
            if error.code != "stopped":
                raise
        finally:
            with self._lock:
                if self._jobs.get(key) is job:
                    del self._jobs[key]


@st.cache_resource(show_spinner=False, max_entries=results.LARGE_PLANS)
def _maker(_plan: model.Plan, digest: str) -> Maker:
    return Maker(_plan)


def maker(plan: model.Plan) -> Maker:
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
    ranges = maker(plan).get(key) if wanted else None
    frame = None if ranges is None else ranges.to_frame(indicator, year, **_place(place))
    found = why.explained(plan, parts, frame, t.of(reference), t)
    st.html(f'<div class="sentence">{escape(why.sentence(plan, found, year, t))}</div>')
    if wanted:
        _follow(key, ranges is not None)
    left, right = st.columns([0.5, 0.5], gap="large")
    with left:
        data = why_charts.waterfall_tables(found, t)
        special = any(lever.special_action for lever in plan.levers)
        spec, name = why_charts.waterfall(t, indicator, special), f"why_{indicator}"
        chart.show(spec, data, key=name, alt=t("why.waterfall_alt"))
    with right:
        st.html(why.table_html(found, parts.interaction, t))
        st.download_button(
            t("why.download"),
            data=lambda: tables.csv(why.download(found, parts.interaction, t)),
            file_name=f"{plan.id}_{indicator}_{year}_{place}.csv",
            mime="text/csv",
            on_click="ignore",
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


def _follow(key: Key, there: bool) -> None:
    """Have the ranges made, show how far they are, and draw the page anew when they are there."""
    work = maker(session.plan())
    before = st.session_state.get("why_working")
    if before is not None and before != key:
        work.drop(before)
    st.session_state["why_working"] = None if there else key
    if not there:
        st.fragment(_look, run_every=WAIT)(key)


def _look(key: Key) -> None:
    t, work = session.t(), maker(session.plan())
    if work.get(key) is not None:
        st.rerun(scope="app")
    job = work.ask(key)
    with st.container(horizontal=True, vertical_alignment="center", key="why_progress"):
        st.progress(job.done / job.total, t("why.progress", done=job.done, total=job.total))
        st.button(t("why.stop"), key="why_stop", on_click=_stop, args=(key,))


def _stop(key: Key) -> None:
    maker(session.plan()).drop(key)
    st.session_state["why_ranges"] = False
    st.session_state["why_working"] = None


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
        st.info(t.error(error.code, dict(error.details) | {"name": t(f"why.name_{indicator}")}))
        return
    shown = why.scale(plan, indicator, t)
    data = why_charts.heat_tables(plan, table, shown, kind, t.of(reference), t)
    spec, key = why_charts.heat(t, kind, indicator), f"why_{kind}_{indicator}"
    chart.show(spec, data, key=key, alt=t("why.heat_alt"))
    st.html(f'<div class="note">{t("why.heat_note")}</div>')
