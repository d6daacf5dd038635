"""The meeting mode on the page: scenes stepped by a clicker, a copy to move, a log to take away."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

import model
from pages.parts import chart, export, results, session, waiting
from pages.views import (
    charts,
    compare,
    data_set,
    district_charts,
    frames,
    meeting,
    numbers,
    quoted,
)
from pages.views.levers import capital, step_format
from pages.views.meeting import Decision, Scene
from pages.views.summary import Summary
from pages.views.targets import words_text

PAGE = "pages/meeting.py"
TALL, HALF = 720, 640
WIDE, NARROW = 1780, 878
"""Widths of a chart on the wall of 1,920 pixels, alone and as one of two."""

_PICTURES, _PAUSE = 16, 0.06
"""Pictures of a replay, and the seconds between them."""


@dataclass(slots=True)
class Meeting:
    """One meeting: where it stands, the copy it moves, what the room said and decided."""

    scenes: tuple[Scene, ...]
    start: model.Scenario
    copy: model.Scenario
    before: model.Scenario | None = None
    at: int = 0
    replaying: int = 0
    dark: bool = False
    guesses: dict[int, float] = field(default_factory=dict)
    revealed: set[int] = field(default_factory=set)
    log: tuple[Decision, ...] = ()

    @property
    def scene(self) -> Scene:
        """The scene on the wall."""
        return self.scenes[self.at]

    def step(self, by: int) -> None:
        """Go on or back; the ends hold."""
        self.at = min(max(self.at + by, 0), len(self.scenes) - 1)

    def replay(self) -> None:
        """Begin to show the last move again."""
        self.replaying = _PICTURES

    def move(self, scenario: model.Scenario) -> None:
        """Move the copy and remember where it stood."""
        if scenario != self.copy:
            self.before, self.copy = self.copy, scenario


def current() -> Meeting | None:
    """Return the meeting of this visit, if one is on."""
    return st.session_state.get("meeting")


# Before and after


def prepare() -> None:
    """Let the reader order the scenes and begin."""
    t, plan = session.t(), session.plan()
    st.markdown(t("meeting.about"))
    key = f"scenes_table_{t.language}"
    held = st.session_state.get("scenes_base")
    if held is None or held[0] != key or key not in st.session_state:
        # A table begins anew, in another language or on another visit to the page.
        held = key, st.session_state.get("scenes", meeting.usual())
        st.session_state["scenes_base"] = held
    edited = st.data_editor(
        meeting.frame_of(held[1], plan, t),
        num_rows="dynamic",
        hide_index=True,
        key=key,
        column_config={
            t("meeting.column_view"): st.column_config.SelectboxColumn(
                options=[t(f"meeting.view_{view}") for view in meeting.VIEWS], required=True
            ),
            t("meeting.column_scenario"): st.column_config.SelectboxColumn(
                options=[
                    meeting.scenario_name(n, plan, t) for n in (meeting.COPY, *plan.scenario_names)
                ],
                required=True,
            ),
            t("meeting.column_question"): st.column_config.TextColumn(width="large"),
        },
    )
    scenes = st.session_state["scenes"] = meeting.scenes_of(edited, plan, t)
    if st.button(t("meeting.begin"), type="primary", key="meeting_begin", disabled=not scenes):
        now = session.scenario()
        st.session_state["meeting"] = Meeting(scenes, now, now)
        st.switch_page(PAGE)
    past = current()
    if past is not None:
        _aftermath(past)


def _aftermath(past: Meeting) -> None:
    t, plan = session.t(), session.plan()
    st.markdown(f"##### {t('meeting.after')}")
    if past.copy != past.start:
        st.markdown(t("meeting.moved", moved=meeting.moved(past.start, past.copy, plan, t)))
        if session.scenario() != past.copy:
            st.button(t("meeting.adopt"), key="meeting_adopt", on_click=session.put,
                      args=(past.copy, "meeting.adopted"))  # fmt: skip
    if past.log:
        frame = meeting.log_frame(past.log, past.start, plan, t)
        st.dataframe(frame, hide_index=True, key="meeting_log")
        export.table_button(
            t("meeting.log_save"),
            lambda: frame,
            t("meeting.log"),
            key="meeting_log_save",
            scenario=False,
        )


# On the wall


def show() -> None:
    """Draw the scene; whatever goes wrong in one, the meeting goes on."""
    now = current()
    if now is None:
        st.switch_page("pages/briefing.py")
        return
    t = session.t()
    st.html(f"<style>{_sheet()}</style>")
    st.html(_fit(), unsafe_allow_javascript=True)
    with st.container(key="wall_dark" if now.dark else "wall_light"):
        st.html(f'<div class="wall-question">{escape(meeting.asked(now.scene.question, t))}</div>')
        try:
            _scene(now)
        except Exception:
            logging.getLogger(__name__).exception("scene %s", now.scene)
            st.html(f'<div class="wall-calm">{t("meeting.cannot")}</div>')
        _foot(now)
    _go_on(now)


@lru_cache(maxsize=1)
def _sheet() -> str:
    return (Path(__file__).parent / "wall.css").read_text(encoding="utf-8")


def _fit() -> str:
    # The wall is laid out for 1,920 × 1,080 and scaled as a whole: nothing scrolls, nothing wraps
    # in another way on the projector than on the desk.
    return (
        "<script>(()=>{const fit=()=>document.documentElement.style.setProperty('--wall',"
        "Math.min(innerWidth/1920,innerHeight/1080));fit();window.onresize=fit})()</script>"
    )


def _scenario(now: Meeting) -> model.Scenario:
    name = now.scene.scenario
    return now.copy if name == meeting.COPY else model.load_scenario(session.plan(), name)


def _summary(scenario: model.Scenario) -> Summary:
    with st.spinner(session.t()("app.working")):
        return results.chances(scenario)


def _scene(now: Meeting) -> None:
    scenario = _scenario(now)
    views: dict[str, Callable[[Meeting, model.Scenario], None]] = {
        "fan": _fan, "lever": _lever, "guess": _guess, "districts": _districts, "why": _why,
        "ranges": _ranges,
    }  # fmt: skip
    views[now.scene.view](now, scenario)


def _chart(spec: dict, data: dict, key: str, alt: str, height: int, width: int = WIDE) -> None:
    # The width is said: measured, it would be that of the wall as scaled, and be scaled again.
    dark = current().dark
    name = f"wall_{key}_{'dark' if dark else 'light'}"
    large = {**meeting.large(spec, height, dark), "width": width}
    chart.show(large, data, key=name, alt=alt, width="content")


def _fan(now: Meeting, scenario: model.Scenario) -> None:
    t, plan = session.t(), session.plan()
    summary = _summary(scenario)
    st.html(meeting.strip_html(session.plan(), summary, t))
    data = frames.fan(plan, summary, t)
    _chart(charts.fan(t, len(session.plan().months)), data, "fan", t("chart.fan.alt"), TALL)


def _districts(now: Meeting, scenario: model.Scenario) -> None:
    t, plan = session.t(), session.plan()
    data = frames.tiles(plan, _summary(scenario), t)
    _chart(district_charts.tiles(t), data, "tiles", t("chart.tiles.alt"), 760)


@lru_cache(maxsize=32)
def _parts(scenario: model.Scenario, digest: str) -> model.Attribution:
    return model.attribute(session.plan(), scenario)


def _why(now: Meeting, scenario: model.Scenario) -> None:
    t, plan = session.t(), session.plan()
    parts = _parts(scenario, plan.digest)
    said = compare.sentence(parts, t.of(plan.scenarios["status_quo"]), t.of(scenario), t)
    st.html(f'<div class="wall-said">{quoted.html(said)}</div>')
    data = compare.bridge_tables(parts, t)
    _chart(compare.bridge(t), data, "bridge", t("compare.bridge_alt"), TALL)


def _ranges(now: Meeting, scenario: model.Scenario) -> None:
    t, plan = session.t(), session.plan()
    own = meeting.scenario_name(now.scene.scenario, plan, t)
    chosen = {t.of(plan.scenarios[n]): plan.scenarios[n] for n in ("status_quo", "plan")}
    chosen[own] = scenario
    found = [_summary(one) for one in chosen.values()]
    names = "".join(
        f'<span><i style="background:{compare.COLOURS[k]}">{compare.LETTERS[k]}</i> '
        f"{escape(name)}</span>"
        for k, name in enumerate(chosen)
    )
    st.html(f'<div class="wall-names">{names}</div>')
    aims = {code: plan.aim(code) for code in compare.RANGES}
    asked = [(code, aim.id) for code, aim in aims.items() if aim is not None]
    for column, (code, target) in zip(st.columns(2), asked, strict=False):
        with column:
            data = compare.range_tables(plan, found, list(chosen), target, t)
            _chart(
                compare.ranges(t, code),
                data,
                f"ranges_{code}",
                t("compare.ranges_alt"),
                HALF,
                NARROW,
            )


def _guess(now: Meeting, scenario: model.Scenario) -> None:
    t = session.t()
    if now.at not in now.revealed:
        with st.form(key=f"guess_{now.at}", border=False), st.container(key="wall_guess"):
            guess = st.number_input(
                t("meeting.guess"), -30.0, 40.0, now.guesses.get(now.at, 5.0), 0.1, "%.1f"
            )
            if st.form_submit_button(t("meeting.reveal"), type="primary"):
                now.guesses[now.at] = float(guess)
                now.revealed.add(now.at)
                st.rerun()
        return
    summary = _summary(scenario)
    said = meeting.guess_sentence(
        now.guesses[now.at], summary.verdict(session.plan().aim("iva_growth").id), t
    )
    st.html(f'<div class="wall-said">{said}</div>')
    data = frames.fan(session.plan(), summary, t)
    _chart(charts.fan(t, len(session.plan().months)), data, "fan", t("chart.fan.alt"), TALL)


def _lever(now: Meeting, scenario: model.Scenario) -> None:
    t, plan = session.t(), session.plan()
    with st.container(key="wall_lever", horizontal=True, vertical_alignment="bottom"):
        lever = st.selectbox(
            t("meeting.lever"), plan.levers, format_func=lambda x: capital(t.of(x)),
            key="wall_which", persist_state="session", width=860,
        )  # fmt: skip
        key = f"wall_value_{lever.id}"
        if st.session_state.get(key) != scenario.value(lever.id):
            st.session_state[key] = float(scenario.value(lever.id))
        st.slider(
            t("meeting.value", unit=t.unit(lever.unit)),
            float(lever.minimum),
            float(lever.maximum),
            step=float(lever.step),
            format=step_format(lever.step),
            key=key,
            on_change=_move,
            args=(now, lever.id, key),
        )
        st.button(t("meeting.replay"), key="wall_replay", disabled=now.before is None,
                  on_click=now.replay)  # fmt: skip
    summary, work = results.chances_soon(now.copy)
    if now.replaying:
        _path(_between(now), None)
    else:
        _path(now.copy, summary)
    _now(now, summary)
    waiting.until(work)


def _now(now: Meeting, summary: Summary | None) -> None:
    """Say the figure at once and what it is worth when that is known; nothing waits or fades."""
    t = session.t()
    if summary is None:
        growth = 100 * float(results.central(now.copy).indicator("iva_growth")[0, 0])
        said = t("meeting.now_soon", value=numbers.in_unit(growth, "%", t))
    else:
        first = summary.verdict(session.plan().aim("iva_growth").id)
        said = t(
            "meeting.now",
            value=numbers.in_unit(first.forecast, "%", t),
            span=numbers.span(first.low, first.high, "%", t),
            words=words_text(first, t),
        )
    st.html(f'<div class="wall-said">{said}</div>')


def _move(now: Meeting, name: str, key: str) -> None:
    now.move(now.copy.with_lever(name, st.session_state[key]))


def _path(scenario: model.Scenario, summary: Summary | None) -> None:
    t, plan = session.t(), session.plan()
    runs = {**results.marks(), "scenario": results.central(scenario)}
    data, _, _ = frames.path(plan, runs, summary, (-30, 15), t)
    _chart(charts.path(t), data, "path", t("chart.path.alt"), 600)


def _between(now: Meeting) -> model.Scenario:
    """Return the copy on its way from where it stood, for one picture of a replay."""
    plan, scenario = session.plan(), now.before
    for change in now.copy.changes(now.before):
        if change.kind == "lever" and not change.district:
            lever = plan.lever(change.name)
            part = 1 - now.replaying / _PICTURES
            value = change.old + (change.new - change.old) * part
            value = min(max(round(value, 9), lever.minimum), lever.maximum)
            scenario = scenario.with_lever(change.name, value)
    return scenario


def _go_on(now: Meeting) -> None:
    """Draw the next picture of a replay; the chart lives on and only its data change."""
    if now.replaying:
        time.sleep(_PAUSE)
        now.replaying -= 1
        st.rerun()


def _foot(now: Meeting) -> None:
    t = session.t()
    with st.container(key="wall_foot", horizontal=True, vertical_alignment="center"):
        place = t("meeting.place", at=now.at + 1, count=len(now.scenes))
        name = meeting.scenario_name(now.scene.scenario, session.plan(), t)
        own = data_set.badge_html(session.plan(), session.data_kept(), t)
        st.html(f'<div class="wall-place">{place} · {escape(name)} {own}</div>')
        st.space("stretch")
        with (
            st.popover(t("meeting.decide"), key="wall_decide"),
            st.form("wall_decision", clear_on_submit=True, border=False),
        ):
            text = st.text_input(t("meeting.decision"), max_chars=200)
            if st.form_submit_button(t("meeting.keep")) and text.strip():
                _decide(now, text.strip())
        st.button(t("meeting.dark"), key="wall_theme", on_click=_toggle, args=(now,))
        st.button(t("meeting.back"), key="wall_back", shortcut="PageUp", on_click=now.step,
                  args=(-1,), disabled=now.at == 0)  # fmt: skip
        st.button(t("meeting.on"), key="wall_on", shortcut="PageDown", on_click=now.step,
                  args=(1,), disabled=now.at == len(now.scenes) - 1, type="primary")  # fmt: skip
        if st.button(t("meeting.leave"), key="wall_leave", shortcut="Esc"):
            st.switch_page("pages/briefing.py")


def _toggle(now: Meeting) -> None:
    now.dark = not now.dark


def _decide(now: Meeting, text: str) -> None:
    growth = 100 * float(results.central(now.copy).indicator("iva_growth")[0, 0])
    said = now.scene.question, text
    now.log += (Decision(datetime.datetime.now(), now.at + 1, *said, now.copy, growth),)
    st.toast(session.t()("meeting.kept"))
