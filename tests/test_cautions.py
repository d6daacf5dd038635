"""Cautions: each at its bound and not before it, each mended by its remedy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import model
from pages.views import cautions as words
from pages.views.texts import texts
from tests.conftest import scenario_held

APP = Path(__file__).parent.parent / "app.py"
PLAN = model.load_plan("zhengzhou_2020")
STATUS_QUO = PLAN.scenarios["status_quo"]


def kinds(scenario: model.Scenario) -> list[str]:
    return [caution.kind for caution in model.cautions(PLAN, scenario)]


def one(scenario: model.Scenario, kind: str) -> model.Caution:
    (found,) = [c for c in model.cautions(PLAN, scenario) if c.kind == kind]
    return found


def stop(months: int, start: str) -> model.Scenario:
    asked = STATUS_QUO.with_assumption("anchor_firm_stop_months", months)
    return asked.with_assumption("anchor_firm_stop_start", start)


CARRIED = STATUS_QUO.with_lever("investment_growth", 30, "gongyi").with_lever(
    "investment_growth", 38
)
CASES = {
    "capped": STATUS_QUO.with_lever("recovered_loss", 80),
    "nothing_to_recoup": STATUS_QUO.with_assumption("covid_loss", 0).with_lever(
        "recovered_loss", 20
    ),
    "stop_cut": stop(4, "2022-10"),
    "half_epidemic": STATUS_QUO.with_assumption("covid_loss", 0),
    "carried": CARRIED,
    "short": STATUS_QUO.with_lever("upgrade_investment_growth", 20),
    "crowded": STATUS_QUO.with_lever("investment_growth", 3).with_lever(
        "upgrade_investment_growth", 15
    ),
    "beyond": STATUS_QUO.with_lever("investment_growth", 18.3),
    "assumed": STATUS_QUO.with_assumption("demand_2020", -2),
}


@pytest.mark.parametrize("kind", CASES)
def test_the_remedy_mends_what_the_caution_says(kind):
    caution = one(CASES[kind], kind)
    assert kind not in kinds(caution.remedy)


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_caution_is_a_sentence_with_its_numbers(kind, language):
    t = texts(language)
    caution = one(CASES[kind], kind)
    said, button = words.sentence(caution, PLAN, t), words.remedy(caution, PLAN, t)
    assert "{" not in said + button
    assert any(letter.isdigit() for letter in said)


def test_the_status_quo_needs_no_caution():
    assert kinds(STATUS_QUO) == []


def test_spending_delivers_part_of_what_is_meant_so_the_plans_own_lever_misses_its_target():
    # target_delivery is 0.9 at the median: (20 - 2) x 0.9 and the first quarter's gap fall short.
    assert PLAN.parameter("target_delivery").mid < 1
    assert "short" in kinds(PLAN.scenarios["plan"])


@pytest.mark.parametrize(
    ("kind", "inside"),
    [
        ("beyond", STATUS_QUO.with_lever("investment_growth", 18.2)),  # 2 + 1.5 x (12.8 - 2)
        ("stop_cut", stop(3, "2022-10")),
        ("nothing_to_recoup", STATUS_QUO.with_assumption("covid_loss", 0)),
        ("short", STATUS_QUO.with_lever("upgrade_investment_growth", 19)),
        ("crowded", STATUS_QUO.with_lever("upgrade_investment_growth", 15)),
    ],
)
def test_none_speaks_before_its_bound(kind, inside):
    assert kind not in kinds(inside)


@pytest.mark.parametrize("kind", ["capped", "short", "crowded"])
def test_the_remedy_goes_no_further_than_it_must(kind):
    caution = one(CASES[kind], kind)
    lever = PLAN.lever(caution.record)
    step = lever.step if kind == "capped" else -lever.step
    short_of_it = caution.remedy.with_lever(lever.id, round(caution.to + step, 9))
    assert kind in kinds(short_of_it)


def test_no_remedy_is_offered_that_the_lever_does_not_reach():
    low = [replace(p, mid=0.5) if p.id == "utilisation_cap" else p for p in PLAN.parameters]
    high = [replace(t, value=99.0) if t.id == "T05" else t for t in PLAN.targets]
    other = replace(PLAN, parameters=tuple(low), targets=tuple(high))
    for kind in ("capped", "short"):
        assert kind in kinds(CASES[kind])
        assert kind not in {c.kind for c in model.cautions(other, CASES[kind])}


def test_going_back_is_not_going_far():
    lever = PLAN.lever("investment_growth")
    assert "beyond" not in kinds(STATUS_QUO.with_lever(lever.id, lever.minimum))


def test_what_is_settled_at_the_edge_runs_the_same():
    caution = one(CARRIED, "carried")
    before, after = (CARRIED.district_values("investment_growth"),
                     caution.remedy.district_values("investment_growth"))  # fmt: skip
    assert before == after


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_click_mends_and_undo_takes_it_back(language):
    page = AppTest.from_file(APP, default_timeout=60)
    page.query_params["lang"] = language
    page.run()
    page.switch_page("pages/levers.py").run()
    (button,) = [b for b in page.button if b.key and b.key.startswith("mend_short")]
    before = scenario_held(page)
    button.click().run()
    page.run()
    assert not page.exception
    after = scenario_held(page)
    assert after.value("upgrade_investment_growth") > before.value("upgrade_investment_growth")
    assert "short" not in kinds(after)
    assert page.session_state["history"].previous() == before


def test_no_more_than_three_are_shown():
    scenario = CASES["capped"].with_lever("upgrade_investment_growth", 45)
    scenario = scenario.with_assumption("anchor_firm_stop_months", 6)
    scenario = scenario.with_assumption("anchor_firm_stop_start", "2022-12")
    assert len(kinds(scenario)) > words.SHOWN
    page = AppTest.from_file(APP, default_timeout=60)
    page.run()
    history = page.session_state["history"]
    present = replace(history.present, scenario=scenario)
    page.session_state["history"] = replace(history, present=present)
    page.switch_page("pages/levers.py").run()
    assert len([b for b in page.button if b.key and b.key.startswith("mend_")]) == words.SHOWN
