"""The page of the progress: both languages, the day, the switch, the grid, the forecast."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from model.standing import published
from pages.parts import live, progress, progress_learn, results
from pages.parts.progress_months import BASE, OWN, apply
from pages.views import progress as view
from pages.views import progress_table
from pages.views.texts import LANGUAGES, texts

APP = Path(__file__).resolve().parents[1] / "app.py"
ZH = texts("zh")
APRIL = "指标,截至月份,数值\n规上工业增加值增速,4月,-6.6"


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    monkeypatch.setattr(results, "DRAWS", 512)
    monkeypatch.setattr(live, "PATIENCE", 60.0)
    monkeypatch.setattr(progress, "PATIENCE", 60.0)


def opened(language="zh", **state):
    at = AppTest.from_file(str(APP), default_timeout=90)
    at.query_params["lang"] = language
    at.query_params["s"] = "plan"
    at.run()
    for name, value in state.items():
        at.session_state[name] = value
    at.switch_page("pages/progress.py").run()
    assert not at.exception
    return at


def shown(at):
    return "\n".join(element.body for element in at.get("html"))


def pasted(at, content):
    at.session_state["progress_pasted"] = content
    at.run()
    at.button(key="progress_take").click().run()
    assert not at.exception
    return at


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_with_the_published_months(plan, language):
    at, t = opened(language), texts(language)
    body = shown(at)
    assert view.day("2020-12-31", t) in body and "5.2%" in body
    assert t("progress.learned") in body and not at.error
    rows = at.session_state[BASE][1]
    listed = [progress_table.row_of(k) for k in published(plan, "2020-12-31")]
    assert rows == listed


def test_a_later_figure_is_not_on_an_earlier_page(plan):
    at = opened(progress_as_of="2020-04-30")
    body = shown(at)
    assert "−10.3%" in body and "5.2%" not in body
    assert {row["period_end"] for row in at.session_state[BASE][1]} == {"2020-02", "2020-03"}


def test_without_inferred_dates_nothing_is_known_in_april():
    at = opened(progress_as_of="2020-04-30")
    at.toggle(key="progress_estimated").set_value(False).run()
    assert "还没有公布数" in shown(at) and ZH("progress.basis_inferred") not in shown(at)


def test_pasted_months_count_and_can_be_taken_back():
    at = pasted(opened(progress_as_of="2020-05-31"),
                APRIL)  # fmt: skip
    assert "累计下降<b>6.6%</b>" in shown(at)
    assert len(at.session_state[OWN]) == 1
    at.button(key="progress_reset").click().run()
    assert "累计下降<b>10.3%</b>" in shown(at)


def test_one_fault_keeps_the_whole_table_out():
    at = pasted(opened(progress_as_of="2020-05-31"),
                f"{APRIL}\n规上工业增加值增速,5月,多")  # fmt: skip
    assert len(at.error) == 1
    assert "第 3 行" in at.error[0].value and ZH("progress.grid_value") in at.error[0].value
    assert "累计下降<b>10.3%</b>" in shown(at)


def test_a_figure_of_later_release_is_said_to_wait():
    at = pasted(opened(progress_as_of="2020-04-30"),
                APRIL)  # fmt: skip
    assert any("1 个" in info.value for info in at.info)
    assert "累计下降<b>10.3%</b>" in shown(at)


def test_the_months_of_a_district_narrow_its_own_forecast_and_have_a_chart():
    at = pasted(opened(progress_as_of="2020-07-31"),
                "地区,指标,截至月份,数值\n巩义市,规上工业增加值增速,6月,1.2")  # fmt: skip
    body = shown(at)
    assert "巩义" in body and "1.2%" in body and ZH("progress.column_year_end") in body
    assert ZH("progress.why_district_month") not in body
    at.selectbox(key="progress_place").select("gongyi").run()
    assert not at.exception
    body = shown(at)
    assert "巩义市规上工业增加值" in body and ZH("progress.annex_aim", value="7.5%") in body


def test_a_contradiction_takes_the_place_of_the_chart():
    at = pasted(opened(progress_as_of="2020-05-31"),
                "指标,截至月份,数值\n规上工业增加值增速,4月,45")  # fmt: skip
    assert "数据与推演相矛盾" in shown(at) and "+45.0%" in shown(at)
    assert not at.get("vega_lite_chart")
    at.checkbox(key="progress_leave_out").check().run()
    assert at.get("vega_lite_chart") and "撇开：" in shown(at)


def test_edits_of_the_grid_are_cells_rows_and_deletions():
    base = [{"value": "1"}, {"value": "2"}, {"value": "3"}]
    edits = {"edited_rows": {1: {"value": "5"}}, "added_rows": [{"value": "7"}],
             "deleted_rows": [0]}  # fmt: skip
    assert [row["value"] for row in apply(base, edits)] == ["5", "3", "7"]


def test_stopping_leaves_the_forecast_without_the_figures(monkeypatch):
    progress_learn._learner.clear()
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    at = opened(progress_stopped=True)
    assert ZH("progress.stopped") in shown(at)
    assert ZH("progress.learned") not in shown(at)
    monkeypatch.setattr(progress, "PATIENCE", 60.0)
    at.button(key="progress_again").click().run()
    assert ZH("progress.learned") in shown(at)
