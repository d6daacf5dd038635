"""The pages 目标台账 and 体检: what a visitor enters, keeps and is told."""

import pytest

import model
from pages.views.texts import LANGUAGES, texts
from tests.conftest import scenario_held
from tests.test_pages import opened, quick, shown  # noqa: F401


def test_the_register_shows_all_targets_and_one_beside(plan):
    at = opened("targets", lang="zh")
    assert not at.exception
    assert "78项量化目标" in shown(at) and "规模以上工业增加值增长7%左右" in shown(at)
    at.session_state["register_section"] = "all"
    at.session_state["register_chosen"] = "T57"
    at.run()
    assert plan.target("T57").text_zh in shown(at) and "市审计局" in shown(at)


def test_an_actual_is_kept_for_the_visit_and_gives_a_pace():
    at = opened("targets", lang="zh")
    at.session_state["register_chosen"] = "T06"
    at.run()
    at.number_input(key="actual_T06").set_value(91.0).run()
    at.selectbox(key="through_T06").set_value(10).run()
    assert not at.exception and "83.3%" in shown(at)
    at.switch_page("pages/overview.py").run()
    at.switch_page("pages/targets.py").run()
    assert at.session_state["actuals"] == {"T06": (91.0, 10)}
    at.number_input(key="actual_T06").set_value(None).run()
    assert at.session_state["actuals"] == {}


def test_an_actual_that_cannot_be_is_refused_with_the_range():
    at = opened("targets", lang="zh")
    at.session_state["register_chosen"] = "T08"
    at.run()
    at.number_input(key="actual_T08").set_value(130.0).run()
    assert "0" in at.error[0].value and "100" in at.error[0].value
    assert at.session_state["actuals"] == {}


def test_a_target_leads_to_the_lever_that_moves_it():
    at = opened("targets", lang="zh")
    at.button(key="to_recovered_loss").click().run()
    assert not at.exception
    assert at.session_state["lever_group"] == "S"
    assert at.slider(key="slide_recovered_loss").value == 45


def test_published_actuals_can_be_filled_in_and_cleared():
    at = opened("targets", lang="zh")
    at.session_state["open_actuals"] = True
    at.run()
    at.button(key="actuals_fill").click().run()
    assert at.session_state["actuals"]["T23"] == (216.0, 12)
    assert "（已填 6）：已完成 6" in shown(at)
    at.button(key="actuals_forget").click().run()
    assert at.session_state["actuals"] == {}


def test_the_audit_opens_with_its_most_important_check(plan):
    at = opened("audit", lang="zh")
    assert not at.exception
    assert "19项检查" in shown(at) and "7.75%—8.55%" in shown(at)
    assert len(at.get("vega_lite_chart")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_can_be_opened(plan, language):
    at = opened("audit", lang=language)
    for finding in model.audit(plan):
        at.session_state["audit_chosen"] = finding.id
        at.run()
        assert not at.exception and not at.error, finding.id
        assert texts(language).of(finding, "title") in shown(at)


def test_an_input_of_the_audit_can_be_changed_and_reset(plan):
    """8.6 % is above the 8.55 % of Annex 1, and leaves 13.9 % to industry beyond manufacturing."""
    at = opened("audit", lang="zh")
    at.number_input(key="audit_in_target_iva_growth").set_value(8.6).run()
    assert at.session_state["audit_inputs"] == {"target_iva_growth": 8.6}
    assert "不能同时成立 2 项" in shown(at) and "已改 1 项" in shown(at)
    at.button(key="audit_reset").click().run()
    assert at.session_state["audit_inputs"] == {}
    assert "不能同时成立 0 项" in shown(at)
    assert at.number_input(key="audit_in_target_iva_growth").value == 7


def test_bounds_of_weights_that_cannot_add_to_one_are_refused_and_said(plan):
    at = opened("audit", lang="zh")
    at.number_input(key="audit_in_zones_high").set_value(98.0).run()
    assert at.session_state["audit_inputs"] == {"zones_high": 0.98}
    at.number_input(key="audit_in_zones_low").set_value(97.0).run()
    assert "加总为1" in at.error[0].value
    assert at.session_state["audit_inputs"] == {"zones_high": 0.98}
    at.number_input(key="audit_in_zones_low").set_value(170.0).run()
    assert "0 至 100%" in at.error[0].value


def test_changes_of_the_audit_leave_the_scenario_alone():
    at = opened("audit", lang="zh")
    before = scenario_held(at)
    at.number_input(key="audit_in_target_iva_growth").set_value(6.0).run()
    assert scenario_held(at) == before
