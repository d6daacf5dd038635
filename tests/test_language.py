"""Whoever changes the language reads everything in it, also what was said or chosen before."""

import datetime
import re

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import data_draft, link
from pages.parts.meeting import Meeting
from pages.views import meeting
from pages.views.data_template import FILLED
from pages.views.meeting import COPY, Scene
from pages.views.texts import texts
from tests.conftest import PROJECT, scenario_held, texts_of


@pytest.fixture
def visit(plan, few_draws, own_library):
    """A visit in Chinese that has followed a caution."""
    few_draws(64)
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    moved = plan.scenarios["plan"].with_lever("recovered_loss", 80)
    for name, value in (link.encode(plan, moved) | {"lang": "zh"}).items():
        at.query_params[name] = value
    at.run().switch_page("pages/levers.py").run()
    next(b for b in at.button if (b.key or "").startswith("mend_capped")).click().run()
    return at


def chinese(at, plan):
    """Return what a page says in Chinese, but for the way back and the number of the document."""
    found = [text for node in at._tree for _, text in texts_of(getattr(node, "proto", None))]
    found += [frame.value.to_string() for frame in at.dataframe]
    known = (texts("zh")("language.zh"), plan.facts["document_no"])
    for word in known:
        found = [text.replace(word, "") for text in found]
    return [text for text in found if re.search("[\u4e00-\u9fff]", text)]


def test_what_was_said_in_chinese_is_read_in_english(visit, plan):
    visit.session_state["history_list"] = True
    visit.switch_page("pages/progress.py").run()
    table = "指标\t截至月份\t数值\n规上工业增加值增速\t4月\t6,1"
    visit.text_area(key="progress_pasted").set_value(table).run()
    visit.button(key="progress_take").click().run()
    assert visit.error
    start = scenario_held(visit)
    wall = Meeting(meeting.usual(), start, start.with_lever("completions", 240))
    said = datetime.datetime(2020, 6, 1), 1, meeting.QUESTIONS[0], "Yes."
    wall.log = (meeting.Decision(*said, wall.copy, 3.0),)
    visit.session_state["meeting"] = wall
    visit.session_state["scenes"] = scenes = (*wall.scenes, Scene(COPY, "fan", "Shall we?"))
    visit.session_state["language"] = "en"
    visit.run()
    assert visit.error and not chinese(visit, plan)
    for page in ("briefing", "meeting"):
        visit.switch_page(f"pages/{page}.py").run()
        assert not visit.exception and not chinese(visit, plan), page
    assert visit.session_state["scenes"] == scenes


def test_a_name_that_is_proposed_is_proposed_anew(visit):
    cell = "district_base|gongyi|industrial_va|central"
    typed = dict.fromkeys(FILLED, "") | {"value": "400"}
    visit.session_state[data_draft.DRAFTS] = {"": {cell: typed}}
    visit.switch_page("pages/data.py").run()
    before = visit.text_input(key="desk_name").value
    visit.session_state["language"] = "en"
    visit.run()
    after = visit.text_input(key="desk_name").value
    assert before != after and not re.search("[\u4e00-\u9fff]", after)
