"""Undo, redo and history: nothing is lost, a drag is one step, what comes back is the same bits."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

import model
from model.history import LIMIT, TOGETHER, History, Step
from pages.views.history import entry, literal
from pages.views.texts import LANGUAGES, texts
from tests.conftest import scenario_held

APP = Path(__file__).resolve().parents[1] / "app.py"


@pytest.fixture
def start(plan):
    scenario = plan.scenarios["plan"]
    return History(Step(scenario, scenario, "history.began", "plan", 0.0))


def moved(history, lever, value, at, district=None, **how):
    scenario = history.present.scenario.with_lever(lever, value, district=district)
    return history.put(replace(history.present, scenario=scenario, said="", at=at, **how))


def values(history, lever="completions"):
    return [step.scenario.value(lever) for step in history.steps]


def test_undo_and_redo_walk_the_same_way(start):
    history = start
    for k in range(5):
        history = moved(history, "completions", 220 + k, at=10.0 * k)
    assert values(history) == [215, 220, 221, 222, 223, 224]
    back = history.undo().undo()
    assert back.present.scenario.value("completions") == 222
    assert back.redo().redo() == history
    assert history.go(0).present == start.present and history.go(0).go(5) == history
    assert start.undo() == start and history.redo() == history


def test_a_new_step_ends_what_was_undone(start):
    history = moved(moved(start, "completions", 220, 10), "completions", 230, 20).undo()
    history = moved(history, "rd_intensity", 2.3, 30)
    assert not history.future and values(history) == [215, 220, 220]


def test_two_hundred_steps_are_kept_and_keep_their_numbers(start):
    assert LIMIT >= 50
    history = start
    for k in range(LIMIT + 30):
        history = moved(history, "completions", 200 + k % 2, at=10.0 * k)
    assert len(history.past) == LIMIT and history.dropped == 30
    for _ in range(LIMIT):
        history = history.undo()
    assert not history.past and len(history.future) == LIMIT


def test_a_drag_is_one_step(start):
    history = start
    for k in range(8):
        history = moved(history, "completions", 216 + k, at=10 + 0.9 * TOGETHER * k)
    assert values(history) == [215, 223]
    assert history.previous() == start.present.scenario


@pytest.mark.parametrize(
    ("lever", "value", "later"),
    [("completions", 230, 1.1 * TOGETHER), ("rd_intensity", 2.4, 0.1), ("completions", 230, -5)],
)
def test_a_pause_another_lever_or_a_clock_put_back_begin_a_step(start, lever, value, later):
    history = moved(start, "completions", 220, at=100)
    assert len(moved(history, lever, value, at=100 + later).past) == 2


def test_several_levers_moved_at_once_are_no_drag(start):
    history = start
    for k in range(2):
        scenario = history.present.scenario.with_lever("completions", 220 + k)
        scenario = scenario.with_lever("rd_intensity", 2.3 + k / 10)
        history = history.put(
            replace(history.present, scenario=scenario, said="", at=10.0 + k / 10)
        )
    assert values(history) == [215, 220, 221]


def test_two_districts_are_two_steps(start):
    history = moved(start, "investment_growth", 13, 10, district="gongyi")
    history = moved(history, "investment_growth", 14, 10.1, district="gongyi")
    assert len(history.past) == 1
    assert len(moved(history, "investment_growth", 13, 10.2, district="xinmi").past) == 2


def test_a_drag_that_ends_where_it_began_leaves_nothing(start):
    history = moved(moved(start, "completions", 220, 10), "completions", 215, 10.5)
    assert history == start
    assert start.put(replace(start.present, at=99.0)) is start


def test_saving_is_known_to_every_step_of_the_record(start, plan):
    history = moved(start, "completions", 220, 10)
    saved = replace(history.present.scenario, name_zh="甲", name_en="甲")
    history = moved(history.kept("r", 1, saved), "completions", 230, 20)
    assert not history.saved and history.undo().saved
    again = history.kept("r", 2, history.present.scenario)
    assert [step.revision for step in again.steps] == [0, 2, 2]
    assert again.saved and not again.undo().saved
    assert {step.record for step in again.forgotten("r").steps} == {""}


@given(data=st.data())
def test_after_any_undo_the_result_is_that_of_a_fresh_run(plan, data):
    """Bit for bit: a scenario of the history is rebuilt from its values and run again."""
    scenario = plan.scenarios["plan"]
    history = History(Step(scenario, scenario))
    levers = st.sampled_from(plan.levers)
    for k, lever in enumerate(data.draw(st.lists(levers, min_size=1, max_size=6))):
        history = moved(history, lever.id, data.draw(st.floats(lever.minimum, lever.maximum)), k)
    history = history.go(data.draw(st.integers(0, history.position)))
    present = history.present.scenario
    fresh = model.scenario.from_dict(plan.desk, present.to_dict())
    assert fresh == present


def test_an_undone_scenario_runs_to_the_same_bits(plan, start):
    history = moved(moved(start, "completions", 230, 10), "new_firms", 400, 20)
    undone = model.simulate(plan, history.undo().present.scenario)
    fresh = model.simulate(plan, plan.scenarios["plan"].with_lever("completions", 230))
    for code in ("iva_growth", "mva_growth", "industrial_investment", "energy_intensity_fall"):
        assert np.array_equal(undone.indicator(code), fresh.indicator(code))


# In words


def test_entries_are_named_by_what_changed(plan, start):
    zh, en = texts("zh"), texts("en")
    history = moved(start, "upgrade_investment_growth", 12, 10)
    assert entry(plan, history, 1, zh) == "技改投资增速 20% → 12%"
    history = moved(history, "new_firms", 45, 20, district="gongyi")
    assert entry(plan, history, 2, zh) == "小升规入库企业（巩义市） 40户 → 45户"
    assert entry(plan, history, 0, zh) == "打开 文件目标"
    assert entry(plan, history, 0, en).endswith("Plan targets")
    both = history.present.scenario.with_lever("completions", 220).with_lever("rd_intensity", 2.4)
    history = history.put(replace(history.present, scenario=both, at=30.0))
    assert entry(plan, history, 3, zh).endswith("另改 1 项")


def test_every_way_to_name_a_step_has_words(plan, start):
    for language in LANGUAGES:
        t = texts(language)
        for said in ("status_quo", "plan", "restored_saved", "assumptions_reset", "loaded"):
            history = start.put(
                replace(start.present, scenario=plan.scenarios["status_quo"],
                        said=f"history.{said}", name="status_quo")
            )  # fmt: skip
            assert entry(plan, history, 1, t)


def test_a_name_cannot_bring_markup_of_its_own():
    assert literal("[a](b) **c** <i>") == r"\[a\]\(b\) \*\*c\*\* \<i\>"
    assert literal("1. 甲 1.5") == r"1\. 甲 1.5"  # no list begins


# On screen


def opened(page="levers", **parameters):
    at = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in parameters.items():
        at.query_params[name] = value
    at.run()
    at.switch_page(f"pages/{page}.py").run()
    return at


def test_a_move_is_undone_and_redone_on_any_page(plan):
    at = opened(lang="zh")
    before = scenario_held(at)
    at.slider(key="slide_completions").set_value(240.0).run()
    at.switch_page("pages/overview.py").run()
    at.button(key="undo").click().run()
    assert scenario_held(at) == before
    at.button(key="undo").click().run()  # nothing is left to undo
    assert scenario_held(at) == before
    at.button(key="redo").click().run()
    assert scenario_held(at).value("completions") == 240
    at.button(key="redo").click().run()
    assert scenario_held(at).value("completions") == 240 and not at.exception


def test_both_resets_can_be_undone(plan):
    at = opened(lang="zh")
    at.slider(key="slide_completions").set_value(240.0).run().run()
    moved_to = scenario_held(at)
    at.button(key="reset").click().run()
    assert scenario_held(at) == plan.scenarios["status_quo"]
    assert len(at.session_state["history"].past) == 2
    at.button(key="reset_saved").click().run()
    assert scenario_held(at) == plan.scenarios["plan"]
    at.button(key="undo").click().run()
    at.button(key="undo").click().run()
    assert scenario_held(at) == moved_to
