"""Every page runs in both languages, shows the model's numbers and says what is wrong."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import model
from pages.parts import link, results
from pages.parts.frame import PAGES
from pages.views import method, numbers
from pages.views.summary import summarise
from pages.views.texts import LANGUAGES, texts
from tests.conftest import scenario_held

APP = Path(__file__).resolve().parents[1] / "app.py"
DRAWS = 256


@pytest.fixture(autouse=True)
def quick(few_draws):
    """Pages wait for an ensemble; a small one tells as much here."""
    few_draws(DRAWS)


def opened(page="overview", **parameters):
    at = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in parameters.items():
        at.query_params[name] = value
    at.run()
    if page != "overview":
        at.switch_page(f"pages/{page}.py").run()
    return at


def shown(at):
    """All texts of a page."""
    found = [element.body for element in at.get("html")]
    found += [element.value for element in at.markdown]
    return "\n".join(found)


def charts(at):
    return at.get("vega_lite_chart")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_and_counts_the_changed_assumptions(plan, page, language):
    t = texts(language)
    at = opened(page, lang=language, **stopped(plan))
    assert not at.exception
    assert not at.error
    assert t("app.name") in shown(at)
    assert t("app.assumed", assumptions=1) in shown(at)


def test_the_overview_shows_the_numbers_of_the_model(plan):
    scenario = model.load_scenario(plan, "plan")
    summary = summarise(plan, scenario, model.ensemble(plan, scenario, draws=DRAWS))
    page = shown(opened(lang="zh"))
    for name in ("T01", "T02", "T05", "T04", "T13", "T10"):
        verdict = summary.verdict(name)
        assert numbers.in_unit(verdict.forecast, verdict.target.unit, texts("zh")) in page
        assert numbers.chance(verdict.probability) in page


def test_a_lever_moves_the_number_at_once(plan):
    """By as much as the central run moves, from the median known before."""
    before = model.load_scenario(plan, "plan")
    known, calm = results.chances(before), model.simulate(plan, before)
    at = opened("levers", lang="zh")
    at.slider(key="slide_upgrade_investment_growth").set_value(45.0).run()
    assert not at.exception
    run = model.simulate(plan, before.with_lever("upgrade_investment_growth", 45))
    for name in ("T01", "T02", "T05"):
        code = plan.target(name).indicator
        change = run.indicator(code)[0, 0] - calm.indicator(code)[0, 0]
        assert numbers.percent(known.verdict(name).forecast / 100 + change) in shown(at)
    assert at.number_input(key="type_upgrade_investment_growth").value == 45
    at.run()  # the frame around levers and answer follows a beat later
    assert texts("zh")("app.changed", levers=1) in shown(at)


def test_the_chances_follow_a_beat_later(plan):
    at = opened("levers", lang="zh")
    at.slider(key="slide_upgrade_investment_growth").set_value(44.0).run()
    moved = scenario_held(at)
    results.chances(moved)
    at.run()
    assert texts("zh")("beat.done") in shown(at)


def test_a_moved_lever_rebuilds_no_chart():
    at = opened("levers", lang="zh")
    before = [json.loads(chart.proto.spec) for chart in charts(at)]
    at.slider(key="slide_investment_growth").set_value(30.0).run()
    after = [json.loads(chart.proto.spec) for chart in charts(at)]
    assert len(after) == 3 and before == after


def test_a_typed_value_outside_the_range_is_refused_with_the_range():
    at = opened("levers", lang="zh")
    before = scenario_held(at)
    at.number_input(key="type_investment_growth").set_value(900.0).run()
    assert not at.exception
    assert "-20" in at.error[0].value and "40" in at.error[0].value
    assert scenario_held(at) == before
    assert at.number_input(key="type_investment_growth").value == before.value("investment_growth")


def test_both_resets_do_what_they_say(plan):
    at = opened("levers", lang="zh")
    at.button(key="reset").click().run()
    assert scenario_held(at) == model.load_scenario(plan, "status_quo")
    at.button(key="load_plan").click().run()
    assert scenario_held(at) == model.load_scenario(plan, "plan")


def test_a_reset_of_levers_leaves_the_assumptions_alone(plan):
    at = opened("levers", lang="zh", **stopped(plan))
    at.button(key="reset").click().run()
    assert scenario_held(at).assumption("covid_loss") == 0


def stopped(plan):
    scenario = model.load_scenario(plan, "plan").with_assumption("covid_loss", 0)
    return link.encode(plan, scenario)


def test_scenario_and_language_survive_a_change_of_page():
    at = opened("levers", lang="zh")
    at.slider(key="slide_completions").set_value(240.0).run().run()
    at.button_group(key="pick_language").set_value("en").run()
    at.switch_page("pages/overview.py").run()
    assert scenario_held(at).value("completions") == 240
    assert at.session_state["language"] == "en"


def test_the_address_holds_the_scenario(plan):
    at = opened("levers", lang="zh")
    at.slider(key="slide_completions").set_value(240.0).run()
    parameters = {key: value[0] if isinstance(value, list) else value
                  for key, value in at.query_params.items()}  # fmt: skip
    read, notices = link.decode(plan, parameters)
    assert read == scenario_held(at) and not notices


@pytest.mark.parametrize("page", ["overview", "levers", "briefing"])
def test_what_was_worked_out_for_somebody_else_bears_no_name_of_theirs(plan, page):
    """Results are kept by values, and the same values may be called otherwise elsewhere."""
    mine = plan.scenarios["plan"].with_lever("recovered_loss", 80)
    theirs = replace(mine, name_zh="不外传的情景", name_en="not to be told")
    assert page == "levers" or theirs.name_zh in shown(opened(page, **link.encode(plan, theirs)))
    opened(page, **link.encode(plan, theirs))
    at = opened(page, **link.encode(plan, mine))
    assert theirs.name_zh not in shown(at)
    for button in [b for b in at.button if (b.key or "").startswith("mend_")][:1]:
        button.click().run()
        assert scenario_held(at) != mine
    assert scenario_held(at).name_zh == mine.name_zh


def test_nonsense_in_the_address_is_said_and_shown():
    at = opened(lang="xx", s="nothing", c="{", v="99")
    assert not at.exception
    assert at.warning and "nothing" in at.warning[0].value


def test_a_scenario_can_be_chosen(plan):
    at = opened(lang="zh")
    at.selectbox(key="pick_scenario").set_value("ambitious").run()
    assert scenario_held(at) == model.load_scenario(plan, "ambitious")


@pytest.mark.parametrize("indicator", ["iva", "mva", "investment", "firms"])
def test_every_indicator_of_the_districts_is_drawn(indicator):
    at = opened("districts", lang="zh")
    at.button_group(key="district_indicator").set_value(indicator).run()
    at.button_group(key="district_sort").set_value("gap").run()
    assert not at.exception and len(charts(at)) == 3


def test_every_module_of_the_method_is_shown():
    zh = texts("zh")
    at = opened("method", lang="zh")
    at.session_state["method_tab"] = zh("method.equations")
    at.run()
    for module in method.MODULES:
        at.button_group(key="method_module").set_value(module).run()
        assert not at.exception
        assert at.latex
        first = method.told(method.equations(module)[0], zh)
        assert first.summary in shown(at)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tab", ["parameters", "measures", "limits"])
def test_every_other_part_of_the_method_is_shown(plan, tab, language):
    t = texts(language)
    at = opened("method", lang=language)
    at.session_state["method_tab"] = t(f"method.{tab}")
    at.run()
    assert not at.exception
    said = shown(at)
    if tab == "limits":
        assert all(line in said for line in method.limits(t))
    elif tab == "measures":
        assert said.count("<tr>") >= 15
    else:
        assert len(at.dataframe[0].value) == len(plan.parameters)


def test_every_table_is_shown(plan):
    at = opened("data", lang="zh")
    for name in plan.tables:
        at.selectbox(key="table").set_value(name).run()
        assert not at.exception
        assert str(len(plan.tables[name])) in shown(at)
