"""The pieces of the page on confidence; Sobol indices are worked out in a thread of their own."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import streamlit as st

import model
from model import record
from pages.parts import chart, results, session
from pages.views import confidence, confidence_charts
from pages.views.summary import Summary
from pages.views.targets import short_name

KEPT, WAIT = 16, 0.3


@dataclass(slots=True)
class Work:
    """One piece of work under way: how far it is, and the wish that it end."""

    future: Future | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    done: float = 0.0


class Shares:
    """Sobol indices by plan, scenario and indicator; made one at a time, stopped on request."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple, model.Indices] = OrderedDict()
        self._work: dict[tuple, Work] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="indices")

    def get(self, key: tuple) -> model.Indices | None:
        """Return the indices if they are there."""
        with self._lock:
            return self._kept.get(key)

    def progress(self, key: tuple) -> float | None:
        """Return how far the work is, None where nothing is under way."""
        with self._lock:
            work = self._work.get(key)
            return None if work is None else work.done

    def start(self, key: tuple, plan: model.Plan) -> None:
        """Begin, unless it has begun."""
        with self._lock:
            if key not in self._work:
                self._work[key] = work = Work()
                work.future = self._pool.submit(self._make, key, plan, work)

    def stop(self, key: tuple) -> None:
        """End the work; what was done is dropped."""
        with self._lock:
            work = self._work.pop(key, None)
        if work is not None:
            work.stop.set()

    def _make(self, key: tuple, plan: model.Plan, work: Work) -> None:
        def heard(done: int, whole: int) -> None:
            work.done = done / whole

        try:
            _, scenario, indicator = key
            found = model.sobol(plan, scenario, indicator, stopped=work.stop.is_set, progress=heard)
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        except model.ModelError as error:
            if error.code != "stopped":
                raise
        finally:
            with self._lock:
                if self._work.get(key) is work:
                    del self._work[key]


@st.cache_resource(show_spinner=False)
def _shares() -> Shares:
    return Shares()


def style() -> None:
    """Send the style of the tables of this page."""
    sheet = (Path(__file__).parent / "confidence.css").read_text(encoding="utf-8")
    st.html(f"<style>{sheet}</style>")


def chances(summary: Summary) -> None:
    """Draw the table of the chances."""
    t, plan = session.t(), session.plan()
    st.html(confidence.chances_html(summary, model.support(plan), t))
    st.html(f'<div class="note">{t("confidence.chances_about")}</div>')


def drivers(summary: Summary) -> None:
    """Draw what drives the uncertainty of a chosen target: at once alone, on request together."""
    t, plan, scenario = session.t(), session.plan(), summary.scenario
    modelled = [v.target for v in summary.verdicts if v.probability is not None]
    target = st.selectbox(
        t("confidence.target"),
        modelled,
        format_func=lambda x: short_name(x, t),
        key="confidence_target",
        persist_state="session",
        width=320,
    )
    swings = model.tornado(plan, scenario, target.indicator)
    middle = float(results.central(scenario).indicator(target.indicator)[0, 0])
    said = confidence.drives(swings, plan, target.indicator, t)
    st.html(f'<div class="said">{said}</div>')
    left, right = st.columns(2, gap="medium")
    with left:
        tables = confidence_charts.tornado_tables(swings, middle, target, plan, t)
        spec = confidence_charts.tornado(t, _titled(target))
        chart.show(spec, tables, key="tornado", alt=t("confidence.tornado_alt"))
    with right:
        _together((plan.digest, scenario, target.indicator))


def _titled(target: model.Target) -> str:
    return "rate" if target.unit == "%" else "amount"


def _together(key: tuple) -> None:
    t, plan, made = session.t(), session.plan(), _shares()
    found = made.get(key)
    if found is not None:
        tables = confidence_charts.indices_tables(found, plan, t)
        chart.show(
            confidence_charts.indices(t), tables, key="indices", alt=t("confidence.indices_alt")
        )
        st.html(f'<div class="said">{confidence.shares(found, plan, t)}</div>')
        return
    if made.progress(key) is None:
        st.html(f'<div class="note">{t("confidence.together_about")}</div>')
        st.button(t("confidence.together"), key="indices_start", on_click=made.start,
                  args=(key, plan))  # fmt: skip
        return
    st.button(t("confidence.stop"), key="indices_stop", on_click=made.stop, args=(key,))
    st.fragment(_look, run_every=WAIT)(key)


def _look(key: tuple) -> None:
    done = _shares().progress(key)
    if done is None:
        st.rerun(scope="app")
    st.progress(min(1.0, done), session.t()("confidence.working"))


def track() -> None:
    """Draw the track record: by date, pooled, how often intervals held, and what limits it."""
    t, plan = session.t(), session.plan()
    try:
        found = record.read(plan)
    except model.ModelError as error:
        st.info(t.error(error.code, dict(error.details)))
        return
    if record.stale(plan):
        st.warning(t("confidence.stale"))
    value_added, year, *others = confidence.lost(found, plan, t)
    st.markdown(f"{value_added}\n\n{year}")
    whole = st.segmented_control(
        t("confidence.question"), (True, False), default=True, key="confidence_question",
        format_func=lambda x: t(f"confidence.question_{'year' if x else 'all'}"), required=True,
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    scores = confidence.by_date(found, plan, confidence.FIRST, whole_year=whole)
    st.html(confidence.by_date_html(scores, t))
    st.html(f'<div class="note">{t("confidence.score_about")}</div>')
    st.markdown(f"**{t('confidence.others')}**\n\n" + "\n".join(f"- {line}" for line in others))
    st.markdown("\n".join(f"- {line}" for line in _caveats(found)))
    with st.expander(t("confidence.pooled")):
        st.html(confidence.standing_html(found, plan, t))
        st.markdown("\n".join(f"- {line}" for line in confidence.coverage(found, plan, t)))
        _transforms(found)
    with st.expander(t("confidence.nation")):
        st.markdown(t("confidence.nation_about"))
        st.html(confidence.nation(found, t))


def _transforms(found: pd.DataFrame) -> None:
    """Draw where outcomes lay in their forecasts, for the series with enough cases."""
    t, plan = session.t(), session.plan()
    there = confidence.transforms(found, plan)
    for column, (series, bins) in zip(st.columns(max(2, len(there))), there.items(), strict=False):
        with column:
            st.html(f'<div class="said">{confidence.leaning(series, bins, t)}</div>')
            tables = confidence_charts.transform_tables(bins, t)
            spec = confidence_charts.transforms(t)
            alt = t("confidence.transforms_alt")
            chart.show(spec, tables, key=f"transforms_{series}", alt=alt)


def _caveats(found: pd.DataFrame) -> tuple[str, ...]:
    t, plan = session.t(), session.plan()
    said = (t("confidence.caveat_priors"), t("confidence.caveat_discrepancy"),
            t("confidence.caveat_dates"), t("confidence.caveat_overlap"))  # fmt: skip
    version = t("confidence.caveat_version", data=plan.version)
    return *said, confidence.method(found, plan, t), *confidence.unsettled(found, t), version
