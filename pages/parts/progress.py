"""The progress within the year on the page: the day, what is known, the chart, the targets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

import model
from model.observe import city_code
from model.standing import Standing, standings
from pages.parts import chart, keeper, progress_learn, progress_months, session, waiting
from pages.parts.keeper import Work
from pages.parts.progress_learn import Question
from pages.views import progress, progress_chart, progress_districts, progress_how
from pages.views.progress_learned import Forecast, Learned

PATIENCE = 0.0
"""Above zero, a page waits for what is learned before it shows the forecast."""

ASKED, STOPPED, WORK = "progress_asked", "progress_stopped", "progress_work"


@dataclass(frozen=True, slots=True)
class Known:
    """What the page knows on the chosen day."""

    as_of: str
    estimated: bool
    series: str
    place: str
    figures: tuple[model.Known, ...]
    standings: tuple[Standing, ...]

    def standing(self, plan: model.Plan) -> Standing | None:
        """Return the standing of the target that the chosen series is about."""
        own = self.place == city_code(plan)
        id = progress.series(plan)[self.series] if own else self.series
        found = [s for s in self.standings if s.place == self.place and s.target == id]
        return found[0] if found else None


def style() -> None:
    """Send the style of the tables of this page."""
    sheet = (Path(__file__).parent / "progress.css").read_text(encoding="utf-8")
    st.html(f"<style>{sheet}</style>")


def choose() -> Known:
    """Draw the day, the switch and the series; return what is known."""
    t, plan = session.t(), session.plan()
    with st.container(key="progress_choice", horizontal=True, gap="medium",
                      vertical_alignment="bottom"):  # fmt: skip
        as_of = st.select_slider(
            t("progress.as_of"),
            progress.dates(plan),
            value=progress.opens(plan),
            format_func=lambda text: progress.day(text, t),
            key="progress_as_of",
            persist_state="session",
            width=340,
        )
        estimated = st.toggle(
            t("progress.estimated"), value=True, key="progress_estimated",
            persist_state="session", help=t("progress.estimated_about"),
        )  # fmt: skip
        series = st.segmented_control(
            t("progress.series"),
            list(progress.series(plan)),
            default=next(iter(progress.series(plan))),
            format_func=lambda code: t(f"progress.series_short_{code}"),
            key="progress_series",
            persist_state="session",
            required=True,
        )
        figures = progress_months.figures(as_of, estimated)
        place = _place(figures)
    return Known(as_of, estimated, series, place, figures, standings(plan, figures))


def _place(figures: tuple[model.Known, ...]) -> str:
    """Let a place be chosen where districts have figures; the city else."""
    t, plan = session.t(), session.plan()
    there = progress.places(figures, plan)
    if st.session_state.get("progress_place") not in there:
        st.session_state.pop("progress_place", None)
    if len(there) == 1:
        return there[0]
    return st.selectbox(
        t("progress.place"), there, format_func=lambda code: progress.place(code, plan, t),
        key="progress_place", persist_state="session", width=180,
    )  # fmt: skip


def learn(known: Known) -> tuple[Forecast | None, Learned | None, Work | None]:
    """Return the forecasts before and after learning as far as they are there, and the work on."""
    learner = progress_learn.of_process()
    places = progress.places(known.figures, session.plan())[1:]
    leave_out = bool(st.session_state.get("progress_leave_out"))
    question = Question(session.scenario(), known.figures, places, leave_out)
    if st.session_state.get(ASKED, question) != question:
        st.session_state.pop(STOPPED, None)
    st.session_state[ASKED] = question
    if st.session_state.get(STOPPED):
        keeper.leave(WORK)
        return learner.priors.get(question.ensemble), learner.answers.get(question), None
    if PATIENCE:
        return learner.priors.wait(question.ensemble), learner.answers.wait(question), None
    prior, work = learner.priors.follow(question.ensemble, WORK)
    if work is not None:
        return None, None, work
    learned, work = learner.answers.follow(question, WORK)
    return prior, learned, work


def answer(
    known: Known, prior: Forecast | None, learned: Learned | None, work: Work | None
) -> None:  # fmt: skip
    """Draw the chart, or the sentence that the figures contradict the forecast."""
    t, plan = session.t(), session.plan()
    if learned is not None and learned.contradicted:
        st.html(progress.contradiction(plan, learned, t))
        st.checkbox(t("progress.leave_out"), key="progress_leave_out", persist_state="session")
        return
    if learned is not None and learned.left_out:
        st.checkbox(t("progress.leave_out"), key="progress_leave_out", persist_state="session")
    tables = progress_chart.tables(
        plan, known.series, prior, learned,
        progress.of_series(known.figures, plan, known.series, known.place),
        known.standing(plan), progress.goal(plan, known.series, t, known.place), t, known.place,
    )  # fmt: skip
    district = known.place != city_code(plan)
    of = progress.place(known.place, plan, t) if district else ""
    spec = progress_chart.months(t, known.series, of)
    chart.show(spec, tables, key="progress_months", alt=t("progress.chart_alt"))
    _beat(prior, learned, work)


def _beat(prior: Forecast | None, learned: Learned | None, work: Work | None) -> None:
    t = session.t()
    with st.container(key="progress_beat", horizontal=True, vertical_alignment="center"):
        if learned is not None:
            st.html(f'<div class="beat" role="status">{t("progress.learned")}</div>')
        elif work is None:
            st.html(f'<div class="beat" role="status">{t("progress.stopped")}</div>')
            st.button(t("progress.again"), key="progress_again", on_click=_again)
        else:
            words = t("progress.learning" if prior is not None else "progress.drawing")
            waiting.until(work, WORK, words)
            st.button(t("progress.stop_learning"), key="progress_stop", on_click=_stop)


def _stop() -> None:
    st.session_state[STOPPED] = True


def _again() -> None:
    st.session_state.pop(STOPPED, None)


def below(known: Known, prior: Forecast | None, learned: Learned | None) -> None:
    """Draw what stands below: the months to edit, the districts, how it was learned."""
    t, plan = session.t(), session.plan()
    months, districts, how = st.tabs([t(f"progress.tab_{x}") for x in ("months", "places", "how")])
    with months:
        after = progress_months.later(known.as_of)
        if after:
            st.info(t("progress.later", count=after, day=progress.day(known.as_of, t)))
        progress_months.grid(known.as_of, known.estimated)
    with districts:
        st.html(f'<div class="note">{t("progress.districts_note")}</div>')
        own = [s for s in known.standings if s.place != city_code(plan)]
        if own:
            st.html(progress_districts.table_html(plan, own, t, prior, learned))
        else:
            st.html(f'<div class="sentence">{t("progress.no_districts")}</div>')
    with how:
        st.html(f'<div class="note">{t("progress.how_note")}</div>')
        if learned is not None:
            st.html(progress_how.method_html(plan, learned, t))
            if learned.checks:
                st.html(progress_how.checks_html(plan, learned, t))
