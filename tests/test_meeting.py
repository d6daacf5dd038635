"""What a meeting shows and leaves: scenes survive editing, the log names what moved."""

import datetime
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import results
from pages.parts.meeting import Meeting
from pages.views import charts, compare, district_charts, meeting
from pages.views.texts import LANGUAGES, texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_scenes_come_back_from_their_table(plan, language):
    t = texts(language)
    scenes = meeting.usual()
    assert meeting.scenes_of(meeting.frame_of(scenes, plan, t), plan, t) == scenes


def test_a_row_without_a_view_is_no_scene(plan):
    t = texts("zh")
    frame = meeting.frame_of(meeting.usual(), plan, t)
    frame.loc[len(frame)] = [None, None, None]
    assert len(meeting.scenes_of(frame, plan, t)) == len(meeting.usual())


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_of_a_chart_on_the_wall_is_small(language, dark):
    t = texts(language)
    specs = [charts.fan(t, 36), charts.path(t), compare.bridge(t), compare.ranges(t, "iva_growth"),
             district_charts.tiles(t)]  # fmt: skip
    for spec in specs:
        for size in sizes(meeting.large(spec, 600, dark)):
            assert size >= meeting.SMALLEST


def sizes(node, key=""):
    if isinstance(node, dict):
        for name, item in node.items():
            yield from sizes(item, name)
    elif isinstance(node, list):
        for item in node:
            yield from sizes(item, key)
    elif key.lower().endswith("fontsize"):
        yield node


def test_a_dark_chart_has_no_light_ground(plan):
    spec = json.dumps(meeting.large(charts.fan(texts("zh"), 36), 600, True))
    assert "#FFFFFF" not in spec and '"white"' not in spec
    assert "#10161C" in spec


def test_the_log_says_what_was_moved_and_by_how_much(plan):
    t = texts("zh")
    start = plan.scenarios["plan"]
    after = start.with_lever("upgrade_investment_growth", 25)
    said = meeting.moved(start, after, plan, t)
    assert said == "技改投资增速 20% → 25%"
    at = datetime.datetime(2020, 6, 1, 9, 30)
    line = meeting.Decision(at, 2, "问", "再加五个点", after, 3.0)
    row = meeting.log_frame((line,), start, plan, t).iloc[0]
    assert list(row) == ["2020-06-01 09:30", 2, "问", "再加五个点", said, "3.0%"]


def test_a_guess_is_told_whether_the_model_thinks_it_possible(plan):
    class Verdict:
        forecast, low, high = 3.0, -2.0, 8.0

    t = texts("zh")
    assert "之内" in meeting.guess_sentence(5.0, Verdict, t)
    assert "之外" in meeting.guess_sentence(9.0, Verdict, t)
    assert "+2.0个百分点" in meeting.guess_sentence(5.0, Verdict, t)


def test_a_scene_whose_scenario_cannot_be_loaded_leaves_the_meeting_going(plan, monkeypatch):
    monkeypatch.setattr(results, "DRAWS", 256)
    monkeypatch.setattr(results, "QUIET", 0.0)
    scenes = (meeting.Scene("gone", "fan", "?"), meeting.Scene(meeting.COPY, "why", "!"))
    start = plan.scenarios["plan"]
    at = AppTest.from_file(str(Path(__file__).resolve().parents[1] / "app.py"), default_timeout=60)
    at.query_params["lang"] = "zh"
    at.session_state["meeting"] = Meeting(scenes, start, start)
    at.run()
    at.switch_page("pages/meeting.py").run()
    assert not at.exception and not at.error
    shown = "".join(element.body for element in at.get("html"))
    assert texts("zh")("meeting.cannot") in shown
    at.button(key="wall_on").click().run()
    assert not at.exception
    shown = "".join(element.body for element in at.get("html"))
    assert texts("zh")("meeting.cannot") not in shown
    assert texts("zh")("meeting.place", at=2, count=2) in shown
