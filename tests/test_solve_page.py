"""The reverse question on the page: an answer with its proof, or what stands in the way."""

import json
import re
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import model
from model.surrogate import REALISTIC, unit_step
from pages.parts import solve as parts
from pages.views import numbers, solve
from pages.views.texts import LANGUAGES, texts
from tests.conftest import scenario_held

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def start(plan):
    return plan.scenarios["status_quo"]


@pytest.fixture(scope="module")
def ways(plan, start):
    return model.alternatives(plan, start, {"T01": 2.0, "T05": 12.0}, draws=256)


@pytest.fixture(scope="module")
def none(plan, start):
    return model.alternatives(plan, start, {"T01": 9.0}, draws=256)


def test_there_are_two_different_ways_and_both_reach(ways):
    assert len(ways) >= 2
    assert all(answer.feasible for answer in ways)
    assert len({answer.scenario for answer in ways}) == len(ways)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_shows_every_move_with_unit_and_every_goal(plan, start, ways, language):
    t = texts(language)
    for answer in ways:
        html = solve.card_html(answer, start, "verified", plan, t)
        assert html.count("<tr>") == len(answer.moves)
        for name, _, after in answer.moves:
            assert numbers.setting(round(after, 2), plan.lever(name).unit, t).split("'")[0] in html
        assert html.count('class="met"') == 2
        for reached in answer.reached:  # none of which the record carries; one target is nominal
            assert numbers.chance_both(reached.probability, t, indicative=True) in html
        assert html.count(t("definition.mark_nominal")) == 1
        assert t("solve.verified", draws="256") in html
        assert t("solve.verifying") in solve.card_html(answer, start, "verifying", plan, t)
        assert t("solve.unproved") in solve.card_html(answer, start, "unproved", plan, t)


def test_the_hardest_move_comes_first(plan, ways):
    for answer in ways:
        steps = [abs(b - a) / unit_step(plan.lever(n)) for n, a, b in solve.ranked(answer, plan)]
        assert steps == sorted(steps, reverse=True)
        assert max(steps) <= REALISTIC + 1e-6


def test_one_way_is_called_the_only_one(plan, start):
    """Only the upgrading lever moves upgrading investment."""
    only = model.alternatives(plan, start, {"T05": 15.0}, draws=256)
    assert [[name for name, _, _ in way.moves] for way in only] == [["upgrade_investment_growth"]]
    for language in LANGUAGES:
        t = texts(language)
        assert solve.sentence(only, plan, t) == t("solve.one_way")
        assert solve.sentence(only, plan, t, more=True) == t("solve.first_way")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_says_the_target_and_the_best_value(plan, none, language):
    t = texts(language)
    assert not none[0].feasible
    said = solve.sentence(none, plan, t)
    reached = none[0].reached[0]
    assert numbers.in_unit(solve.best(reached), "%", t, 2) in said
    assert "9" in said


def test_a_relaxed_target_can_be_reached(plan, start, none):
    value = solve.relaxed(none[0].reached[0])
    assert value <= solve.best(none[0].reached[0])
    assert re.fullmatch(r"-?\d+\.\d", str(value))
    again = model.solve(plan, start, {"T01": value}, draws=256)
    assert again.feasible


def test_an_easy_question_needs_no_move(plan):
    easy = model.alternatives(plan, plan.scenarios["plan"], {"T04": 500.0}, draws=256)
    assert easy[0].moves == ()
    assert solve.sentence(easy, plan, texts("zh")) == texts("zh")("solve.already")


# The command


SOLVE = ("solve", "--draws", 128)


def test_the_command_prints_an_answer_and_its_exit_code_tells(told):
    question = ("--target", "T05=12", "--lock", "recovered_loss", "--format", "json")
    code, out, errors = told(*SOLVE, *question)
    assert code == 0, errors
    answer = json.loads(out)
    assert answer["feasible"] and answer["targets"][0]["met"]
    assert (answer["targets"][0]["support"], answer["targets"][0]["differs"]) == ("few", "nominal")
    assert "recovered_loss" not in {move["lever"] for move in answer["moves"]}
    code, out, _ = told(*SOLVE, "--target", "T01=30")
    assert code == 3
    assert "MISSED" in out and "at most" in out


@pytest.mark.parametrize(
    "arguments", [[], ["--target", "T01=much"], ["--target", "T99"], ["--target", "T01",
                  "--lock", "nothing"], ["--target", "T01", "--probability", "2"]]
)  # fmt: skip
def test_a_wrong_question_is_told_in_one_line(told, arguments):
    code, out, errors = told(*SOLVE, *arguments)
    assert (code, out) == (2, "")
    assert errors.count("\n") == 1


# The page


def shown(page):
    return "\n".join(element.body for element in page.get("html"))


def asked(monkeypatch, draws):
    monkeypatch.setattr(parts, "QUICK", 64)
    monkeypatch.setattr(parts, "ALL_DRAWS", draws)
    parts._solver.clear()
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    page.query_params["lang"], page.query_params["s"] = "zh", "status_quo"
    page.run()
    page.switch_page("pages/solve.py").run()
    page.number_input(key="solve_value_T01").set_value(2.0).run()
    page.button(key="solve_ask").click().run()
    assert not page.exception
    return page


def test_the_first_answer_stands_while_the_proof_can_be_stopped_and_taken_up(monkeypatch):
    t = texts("zh")
    page = asked(monkeypatch, 1 << 16)
    assert t("solve.verifying") in shown(page) and page.button(key="solve_adopt_0")
    page.button(key="solve_stop").click().run()
    assert t("solve.stopped") in shown(page) and t("solve.unproved") in shown(page)
    monkeypatch.setattr(parts, "ALL_DRAWS", 128)
    page.button(key="solve_again").click().run()
    for _ in range(300):
        if t("solve.verified", draws="128") in shown(page):
            break
        time.sleep(0.2)
        page.run()
    assert t("solve.verified", draws="128") in shown(page)
    assert t("solve.stopped") not in shown(page) and t("solve.verifying") not in shown(page)


def test_an_answer_is_adopted_as_one_step_and_undone(monkeypatch):
    page = asked(monkeypatch, 128)
    before, steps = (
        scenario_held(page),
        len(page.session_state["history"].past),
    )
    page.button(key="solve_adopt_0").click().run()
    assert not page.exception
    moved = scenario_held(page)
    assert len(moved.changes(before)) > 1
    assert len(page.session_state["history"].past) == steps + 1
    page.button(key="undo").click().run()
    assert scenario_held(page) == before
