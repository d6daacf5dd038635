"""The pieces of the page on confidence; Sobol indices are worked out behind it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

import model
from model import record
from pages.parts import chart, keeper, results, session, waiting
from pages.parts.keeper import Keeper, Work
from pages.views import confidence, confidence_charts
from pages.views.history import literal
from pages.views.summary import Summary
from pages.views.targets import short_name

KEPT = 16

ASKED, WORK = "indices_asked", "indices_work"
"""Where a visit holds which indices it has asked for, and those that it waits for."""

Key = tuple[model.Scenario, str]
"""A scenario and an indicator."""


@st.cache_resource(show_spinner=False, max_entries=results.PLANS)
def _shares(_plan: model.Plan, digest: str) -> Keeper[Key, model.Indices]:
    def make(key: Key, work: Work) -> model.Indices:
        return model.sobol(_plan, *key, stopped=work.stopped, progress=work.tell)

    return Keeper(make, KEPT)


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
        _together((scenario, target.indicator))


def _titled(target: model.Target) -> str:
    return "rate" if target.unit == "%" else "amount"


def _together(key: Key) -> None:
    """Show the shares of all that varies together, once they were asked for."""
    t, plan = session.t(), session.plan()
    made = _shares(plan, plan.digest)
    asked = st.session_state.get(ASKED) == key
    found, work = made.follow(key, WORK) if asked else (made.get(key), keeper.leave(WORK)[1])
    if found is not None:
        tables = confidence_charts.indices_tables(found, plan, t)
        chart.show(
            confidence_charts.indices(t), tables, key="indices", alt=t("confidence.indices_alt")
        )
        st.html(f'<div class="said">{confidence.shares(found, plan, t)}</div>')
    elif work is None:
        st.html(f'<div class="note">{t("confidence.together_about")}</div>')
        st.button(t("confidence.together"), key="indices_start", on_click=_ask, args=(key,))
    else:
        st.button(t("confidence.stop"), key="indices_stop", on_click=_ask, args=(None,))
        waiting.until(work, WORK, t("confidence.working"))


def _ask(key: Key | None) -> None:
    st.session_state[ASKED] = key


def track() -> None:
    """Draw the track record: by date, pooled, how often intervals held, and what limits it."""
    t, plan = session.t(), session.plan()
    try:
        found = record.read(plan)
    except model.ModelError as error:
        st.info(literal(t.error(error.code, dict(error.details))))
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
