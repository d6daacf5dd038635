"""The page that says why: its sentences, its tables, its charts and its controls."""

import io
import json
import re
from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import model
from pages.parts import results, waiting
from pages.parts import why as parts
from pages.views import tables, why, why_charts, why_sources
from pages.views.texts import LANGUAGES, texts

APP = Path(__file__).resolve().parents[1] / "app.py"
NUMBER = re.compile(r"\d[\d,]*\.\d+")


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    monkeypatch.setattr(results, "DRAWS", 64)
    monkeypatch.setattr(results, "QUIET", 0.0)
    monkeypatch.setattr(parts, "DRAWS", 16)


@pytest.fixture(scope="module")
def runs(plan):
    return {
        name: model.coalitions(plan, plan.scenarios[name])
        for name in ("plan", "ambitious", "plan_no_covid")
    }


def told(plan, runs, name, indicator, year, t, **place):
    found = runs[name].attribution(indicator, year, **place)
    reference = t.of(plan.scenarios["status_quo"])
    return found, why.explained(plan, found, None, reference, t)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["plan", "ambitious", "plan_no_covid"])
@pytest.mark.parametrize("indicator", why.INDICATORS)
def test_every_number_of_the_sentence_stands_in_the_table(plan, runs, language, name, indicator):
    t = texts(language)
    for year in plan.years:
        for place in ({}, {"district": "gongyi"}, {"district": "airport"}):
            found, shown = told(plan, runs, name, indicator, year, t, **place)
            said = why.sentence(plan, shown, year, t)
            table = why.table_html(shown, found.interaction, t)
            assert len(NUMBER.findall(said)) >= 3
            assert set(NUMBER.findall(said)) <= set(NUMBER.findall(table)), said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_account_in_words_stands_in_its_table(plan, language):
    t = texts(language)
    for year in plan.years:
        for since in (year - 1, 2019):
            account, before = (
                model.growth_accounting(
                    plan, model.simulate(plan, plan.scenarios[name]), year, since=since
                )
                for name in ("plan", "status_quo")
            )
            said = why_sources.sentence(account, before, "X", "Y", "Z", t)
            table = why_sources.table_html(account, before, "Z", t)
            assert len(NUMBER.findall(said)) == 5
            assert set(NUMBER.findall(said)) <= set(NUMBER.findall(table)), said


def test_the_waterfall_ends_where_the_scenario_stands(plan, runs):
    t = texts("zh")
    for indicator in why.INDICATORS:
        _, shown = told(plan, runs, "ambitious", indicator, 2021, t)
        rows = why_charts.waterfall_tables(shown, t)["rows"]
        bars = rows[rows["kind"] != "total"]
        assert bars["end"].iloc[-1] == pytest.approx(rows["end"].iloc[-1], abs=1e-9)
        assert (bars["start"].iloc[1:].to_numpy() == bars["end"].iloc[:-1].to_numpy()).all()
        sizes = (bars["end"] - bars["start"]).abs().iloc[1:]
        assert sizes.is_monotonic_decreasing


def test_the_target_is_drawn_where_there_is_one(plan, runs):
    t = texts("zh")
    cases = (("iva_growth", {}, [7.0]), ("mva_growth", {}, [8.0]), ("industrial_va", {}, []),
             ("industrial_investment", {}, [700.0]), ("energy_intensity_fall", {}, [4.0]),
             ("iva_growth", {"district": "gongyi"}, [7.5]),
             ("mva_growth", {"district": "gongyi"}, [9.0]))  # fmt: skip
    for indicator, place, expected in cases:
        _, shown = told(plan, runs, "plan", indicator, 2020, t, **place)
        drawn = why_charts.waterfall_tables(shown, t)["target"]["value"]
        assert drawn == pytest.approx(expected)
        _, shown = told(plan, runs, "plan", indicator, 2021, t, **place)
        assert why_charts.waterfall_tables(shown, t)["target"]["value"] == []


def test_growth_starts_at_zero_and_money_does_not_pretend_to(plan, runs):
    t = texts("zh")
    for indicator, start in (("iva_growth", 0.0), ("industrial_va", None)):
        _, shown = told(plan, runs, "plan", indicator, 2020, t)
        totals = why_charts.waterfall_tables(shown, t)["totals"]
        expected = totals["end"] if start is None else 0.0 * totals["end"]
        assert (totals["start"] == expected).all()


def test_the_download_holds_all_digits_and_adds_up(plan, runs):
    t = texts("en")
    found, shown = told(plan, runs, "plan", "iva_growth", 2020, t)
    file = io.BytesIO(tables.csv(why.download(shown, found.interaction, t)))
    table = pd.read_csv(file, encoding="utf-8-sig")
    # The parts of a rate are points; the two rates between which they lie are per cent.
    assert list(table["unit"]) == ["%", *["pp"] * (len(table) - 3), "%", "pp"]
    values = dict(zip(table["part"], table["contribution"], strict=True))
    total, joint = values.pop(t("why.here")), values.pop(t("why.interaction"))
    assert sum(values.values()) == pytest.approx(total, abs=1e-9)
    assert joint == pytest.approx(100 * found.interaction, abs=1e-9)


def test_the_heat_table_shows_the_city_as_the_sum_of_its_places(plan, runs):
    t = texts("zh")
    table = runs["plan"].by_place("iva_growth", 2020)
    shown = why.scale(plan, "iva_growth", t)
    cells = why_charts.heat_tables(plan, table, shown, "district", "x", t)["cells"]
    found = runs["plan"].attribution("iva_growth", 2020)
    city = cells[cells["place"] == t("why.city")].set_index("across")["label"]
    assert city[0] == shown.part(found.reference) and city.iloc[-1] == shown.part(found.scenario)
    assert len(cells) == 17 * 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_are_the_same_for_every_scenario(language):
    t = texts(language)
    for indicator in why.INDICATORS:
        one, other = (json.dumps(why_charts.waterfall.__wrapped__(t, indicator)) for _ in range(2))
        assert one == other
    assert why_charts.sources(t) is why_charts.sources(t)


def test_the_error_of_the_ranges_is_never_understated():
    t = texts("en")
    for error, said in ((0.0, "than 0 "), (3.1e-5, "than 0.0001 "), (0.002, "than 0.01 ")):
        assert said in why.method(error, 16, t)


# On the page


def opened(language="zh", **state):
    at = AppTest.from_file(str(APP), default_timeout=60)
    at.query_params["lang"] = language
    at.run()
    at.switch_page("pages/why.py").run()
    for key, value in state.items():
        at.session_state[key] = value
    return at.run() if state else at


def shown(at):
    return "\n".join(element.body for element in at.get("html"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["levers", "sources", "places"])
@pytest.mark.parametrize("indicator", why.INDICATORS)
def test_every_question_is_answered_for_every_figure(language, view, indicator):
    at = opened(language, why_view=view, why_indicator=indicator, why_year=2021)
    assert not at.exception and not at.error
    refused = view == "places" and indicator == "energy_intensity_fall"
    assert len(at.get("vega_lite_chart")) == (0 if refused else 1)
    assert len(at.info) == refused


def test_the_page_shows_the_numbers_of_the_model(plan):
    found = model.attribute(plan, plan.scenarios["plan"], "iva_growth", 2021, district="gongyi")
    at = opened(why_place="gongyi", why_year=2021)
    body, t = shown(at), texts("zh")
    scale = why.scale(plan, "iva_growth", t)
    for share in found.shares:
        assert scale.part(share.value) in body
    assert scale.whole(found.scenario, t) in body


def test_an_industry_gives_way_where_the_figure_knows_none():
    at = opened(why_place="pharma")
    assert at.selectbox(key="why_place").value == "pharma"
    at.selectbox(key="why_indicator").set_value("industrial_investment").run()
    assert not at.exception
    assert at.selectbox(key="why_place").value == "city"


def test_the_same_scenario_has_nothing_to_explain(plan):
    at = opened(why_reference="plan")
    assert texts("zh")("why.nothing") in at.info[0].value


def test_ranges_follow_when_asked_and_can_be_stopped(plan):
    at = opened()
    t = texts("zh")
    at.toggle(key="why_ranges").set_value(True).run()
    key = plan.scenarios["plan"], plan.scenarios["status_quo"]
    work = parts.maker(plan)
    job = work.ask(key) if work.get(key) is None else None
    if job is not None:
        job.future.result()
    at.run()
    frame = work.get(key).to_frame("iva_growth", 2020).set_index("part")
    scale = why.scale(plan, "iva_growth", t)
    assert scale.part(frame.loc["S", "low"]) in shown(at)
    at.toggle(key="why_ranges").set_value(False).run()
    assert not at.exception


def test_a_page_looks_by_itself_where_no_browser_can_be_told(plan, monkeypatch):
    monkeypatch.setattr(waiting, "_component", lambda: None)
    parts._maker.clear()
    at = opened()
    at.toggle(key="why_ranges").set_value(True).run()
    assert not at.exception
    assert at.get("progress")[0].proto.text == texts("zh")("why.progress")
    at.button(key="why_stop").click().run()
    assert not at.exception and not at.get("progress")


def test_a_stopped_job_leaves_nothing_behind(plan):
    parts._maker.clear()
    work = parts.maker(plan)
    key = plan.scenarios["ambitious"], plan.scenarios["status_quo"]
    job = work.ask(key)
    work.drop(key)
    wait([job.future])
    assert work.get(key) is None
    again = work.ask(key)
    assert again is not job
    again.future.result()
    assert work.get(key).draws == parts.DRAWS


def test_the_target_of_a_figure_is_the_one_that_a_forecast_is_held_against(plan):
    """A register may name the same indicator before, in a target that is only tracked."""
    aim = plan.aim("iva_growth")
    tracked = replace(aim, id="T00", kind="tracked", value=99.0)
    before = replace(plan, targets=(tracked, *plan.targets))
    found = why.goal(before, "iva_growth", plan.years[0], "city", texts("zh"))
    assert found == why.goal(plan, "iva_growth", plan.years[0], "city", texts("zh"))
    assert found[0] == pytest.approx(aim.value / 100)
