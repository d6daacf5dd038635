"""The pages 目标台账 and 体检: what a visitor enters, keeps and is told."""

from tests.test_pages import few_draws, opened, shown  # noqa: F401


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
