"""The comparison says what differs, on axes that do not depend on what is compared."""

import json
import re

import pytest

import model
from pages.views import compare, numbers
from pages.views.summary import summarise
from pages.views.texts import LANGUAGES, texts


@pytest.fixture(scope="module")
def chosen(plan):
    names = ("status_quo", "prudent", "plan", "plan_no_covid")
    return [plan.scenarios[name] for name in names]


@pytest.fixture(scope="module")
def summaries(plan, chosen):
    return [summarise(plan, s, model.ensemble(plan, s, draws=128)) for s in chosen]


def test_only_levers_that_differ_come_first(plan):
    one = plan.scenarios["plan"]
    other = one.with_lever("cloud_coverage", 60).with_assumption("covid_loss", 10)
    assert compare.differing(plan, [one, other]) == ("cloud_coverage", "covid_loss")
    assert compare.differing(plan, [one, one]) == ()
    apart = one.with_lever("new_firms", 30, district="gongyi")
    back = apart.with_lever("new_firms", one.district_values("new_firms")[0], district="gongyi")
    assert "new_firms" in compare.differing(plan, [one, apart])
    assert back.value("new_firms") == pytest.approx(one.value("new_firms"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_name_every_lever_and_every_forecast_once(plan, chosen, summaries, language):
    t = texts(language)
    names = [t.of(scenario) for scenario in chosen]
    levers = compare.levers_html(plan, chosen, names, t)
    assert levers.count('scope="row"') == len(plan.levers) + len(plan.assumptions)
    outcomes = compare.outcomes_html(summaries, names, t)
    modelled = [v for v in summaries[0].verdicts if v.probability is not None]
    assert outcomes.count('scope="row"') == len(modelled)
    for summary in summaries:
        verdict = summary.verdict("T04")
        assert numbers.in_unit(verdict.forecast, "亿元", t) in outcomes


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_are_the_same_whatever_is_compared(plan, summaries, chosen, language):
    t = texts(language)
    names = [t.of(scenario) for scenario in chosen]
    specs = json.dumps([compare.path(t), compare.bridge(t), compare.ranges(t, "iva_growth")])
    assert not any(re.search(rf'"{re.escape(name)}', specs) for name in names)
    calm = compare.path_tables(plan, summaries[:2], names[:2], t)
    full = compare.path_tables(plan, summaries[1:3], names[1:3], t)
    assert calm["axis"] == full["axis"] and calm["target"] == full["target"]


def test_the_bars_of_a_difference_join_and_add_up(plan, chosen):
    runs = model.coalitions(plan, chosen[2], reference=chosen[0])
    parts = runs.attribution("iva_growth", 2020)
    rows = compare.bridge_tables(parts, texts("zh"))["rows"]
    whole = 100 * (parts.scenario - parts.reference)
    for end, start in zip(rows["end"][:-2], rows["start"][1:-1], strict=True):
        assert start == end
    assert rows["start"][0] == rows["start"][-1] == 0
    assert rows["end"][-2] == pytest.approx(whole, abs=1e-9)
    assert rows["end"][-1] == pytest.approx(whole, abs=1e-9)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_sentence_is_a_bar(plan, chosen, language):
    t = texts(language)
    parts = model.coalitions(plan, chosen[3], reference=chosen[0]).attribution("iva_growth", 2020)
    said = compare.sentence(parts, "A", "B", t)
    labels = compare.bridge_tables(parts, t)["rows"]["label"]
    for number in re.findall(r"[+−]?\d+\.\d+", said):
        assert number in labels, number
