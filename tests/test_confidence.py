"""What stands behind a chance, and when it is grey."""

from __future__ import annotations

import re
from concurrent.futures import wait

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import model
from model import record
from model.scores import CASES_FOR_COVERAGE
from model.support import too_narrow
from pages.parts import confidence as parts
from pages.views import confidence as views
from pages.views import confidence_charts, numbers, targets
from pages.views.summary import summarise
from pages.views.texts import texts
from tests.conftest import PROJECT

PLAN = model.load_plan("zhengzhou_2020")
FOUND = record.read(PLAN)
CITY = FOUND[FOUND["place"] == "zhengzhou"]
LANGUAGES = ("zh", "en")


def test_a_target_without_any_published_outcome_has_no_support():
    # No figure of energy per unit of value added or of productivity was published within 2020.
    support = model.support(PLAN)
    assert {id for id, s in support.items() if s.word == "none"} == {"T12", "T13"}


def test_support_needs_twenty_cases_and_no_better_forecaster():
    both = [*model.support(PLAN).items(), *model.support(PLAN, learned=True).items()]
    for id, found in both:
        if found.word == "held":
            assert found.cases >= CASES_FOR_COVERAGE, id
            assert found.crps < found.crps_against, id
        if found.word in ("held", "narrow"):
            assert too_narrow(found.inside, found.cases) == (found.word == "narrow"), id
        if found.word == "few":
            assert found.cases < CASES_FOR_COVERAGE, id
        if found.word == "loses":
            assert found.crps > found.crps_against, id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forecast_too_sure_of_itself_is_not_carried(language):
    """Without figures, no published figure of investment fell in the middle half of its forecast.

    The one that learned, which allows for months that miss their course, is carried.
    """
    rows = CITY[CITY["indicator"] == "industrial_investment_growth"]
    rows = rows[rows["forecaster"] == "model_without_figures"]
    inside = float(rows["inside_80"].astype(bool).mean())
    found = model.support(PLAN)["T04"]
    assert inside < 0.6 and found.word == "narrow" and not found.held
    assert model.support(PLAN, learned=True)["T04"].held
    assert f"{100 * inside:.0f}%" in views.reason(found, texts(language))


def test_a_plan_without_a_record_supports_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    assert {s.word for s in model.support(PLAN).values()} == {"none"}


def test_scores_by_date_compare_the_same_questions():
    for score in views.by_date(FOUND, PLAN, "industrial_va_growth"):
        part = CITY[
            (CITY["indicator"] == "industrial_va_growth") & (CITY["origin"] == score.origin)
        ]
        own = part[part["forecaster"] == "model"].set_index(["period_start", "period_end"])["crps"]
        other = part[part["forecaster"] == score.against]
        other = other.set_index(["period_start", "period_end"])["crps"]
        shared = own.index.intersection(other.index)
        assert score.cases == len(shared)
        assert score.own == pytest.approx(own[shared].mean())
        assert score.other == pytest.approx(other[shared].mean())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lost_day_is_said_with_both_scores(language):
    t = texts(language)
    scores = views.by_date(FOUND, PLAN, "industrial_va_growth")
    lost = [score for score in scores if score.loses]
    assert lost, "the record holds days on which a simple forecaster was better"
    said, table = views.losses(scores, "value added", t), views.by_date_html(scores, t)
    for score in lost:
        assert f"{score.own:.2f}" in said and f"{score.other:.2f}" in said
    assert table.count("▼") == len(lost)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_series_and_the_year_itself_say_where_they_lose(language):
    """Recomputed from the rows: means of a day hide that the year alone was lost."""
    t = texts(language)
    said = views.lost(FOUND, PLAN, t)
    series = list(dict.fromkeys(CITY[CITY["forecaster"] == "model"]["indicator"]))
    assert len(said) == len(series) + 1
    year = CITY[
        (CITY["indicator"] == "industrial_va_growth")
        & (CITY["period_start"] == "2020-01")
        & (CITY["period_end"] == "2020-12")
    ].pivot(index="origin", columns="forecaster", values="crps")
    for origin, row in year.iterrows():
        for name in views.ORDER[1:]:
            if f"{row['model']:.2f}" == f"{row[name]:.2f}":
                continue
            pair = t("confidence.scores", own=f"{row['model']:.2f}", other=f"{row[name]:.2f}")
            line = t("confidence.loss_to", against=t(f"confidence.by_{name}"), pair=pair)
            assert (line in said[1]) == (row[name] < row["model"]), origin
    spending = CITY[CITY["indicator"] == "industrial_investment_growth"]
    table = spending.pivot_table(
        index=["origin", "period_end"], columns="forecaster", values="crps"
    )
    table = table[["model", "carry_forward"]].dropna().groupby("origin").mean()
    beaten = table[table["carry_forward"] < table["model"]]
    lost = {s.origin for s in views.by_date(FOUND, PLAN, "industrial_investment_growth")
            if s.loses and s.against == "carry_forward"}  # fmt: skip
    assert lost == set(beaten.index)
    others = [name for name in series if name != "industrial_va_growth"]
    line = said[2 + others.index("industrial_investment_growth")]
    for _, row in beaten.iterrows():
        assert f"{row['model']:.2f}" in line and f"{row['carry_forward']:.2f}" in line


def test_a_chance_that_learned_nothing_is_judged_by_the_model_that_learned_nothing():
    for learned, forecaster in ((False, record.PRIOR), (True, record.MODEL)):
        pooled = CITY if learned else CITY[CITY["forecaster"] != record.MODEL]
        stood = record.standing(pooled, forecaster=forecaster)
        stood = stood[stood["indicator"] == "industrial_va_growth"]
        found = model.support(PLAN, learned=learned)["T01"]
        assert found.held == (not stood["loses"].any())
        assert found.crps == pytest.approx(
            CITY[(CITY["forecaster"] == forecaster) & (CITY["indicator"] == "industrial_va_growth")]
            ["crps"].mean()
        )  # fmt: skip
    scenario = PLAN.scenarios["plan"]
    fan = model.ensemble(PLAN, scenario, draws=256)
    for learned in (False, True):
        for verdict in model.assess(PLAN, scenario, fan, learned=learned):
            if verdict.support is not None:
                expected = model.support(PLAN, learned=learned)[verdict.target.id]
                assert verdict.support == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_of_intervals_below_twenty_cases(language):
    t = texts(language)
    few = CITY[CITY["forecaster"] == "model"].groupby("indicator").head(CASES_FOR_COVERAGE - 1)
    for line in views.coverage(few, PLAN, t):
        assert "50" not in re.sub(r"\d+ (例|cases)", "", line)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_histogram_stands_only_where_twenty_outcomes_do(language):
    t = texts(language)
    own = CITY[CITY["forecaster"] == "model"]
    cases = own["indicator"].value_counts()
    shown = views.transforms(FOUND, PLAN)
    assert set(shown) == set(cases[cases >= CASES_FOR_COVERAGE].index) != set(cases.index)
    for series, bins in shown.items():
        values = own[own["indicator"] == series]["pit"]
        assert sum(bins) == len(values) and bins[0] == (values < 0.2).sum()
        said = views.leaning(series, bins, t)
        assert str(len(values)) in said and str(bins[0]) in said and str(bins[-1]) in said
        tables = confidence_charts.transform_tables(bins, t)
        assert tables["rows"]["count"] == list(bins)
    assert confidence_charts.transforms(t) is confidence_charts.transforms(t)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_record_says_its_number_of_cases(language):
    t = texts(language)
    own = CITY[CITY["forecaster"] == "model"]
    rivals = CITY[CITY["forecaster"] != "model"]
    key = ["origin", "period_start", "period_end"]
    said = iter(views.lost(FOUND, PLAN, t))
    for series in dict.fromkeys(["industrial_va_growth", *own["indicator"]]):
        asked = own[own["indicator"] == series].set_index(key).index
        answered = rivals[rivals["indicator"] == series].set_index(key).index
        line = next(said)
        cases = len(asked.intersection(answered.unique()))
        assert re.search(rf"\b{cases} (例|cases)", line), line
        if series == "industrial_va_growth":
            assert re.search(r"\b10 (例|cases)", next(said))  # the year itself: one case a day


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_estimate_that_did_not_converge_is_said(language):
    t = texts(language)
    tried = FOUND.dropna(subset=["converged"])
    assert set(tried["forecaster"]) == set(record.ESTIMATED)
    failed = tried[~tried["converged"].astype(bool)]
    assert len(failed), "on the short series of 2018 the search did not always converge"
    [said] = views.unsettled(FOUND, t)
    for name in set(failed["forecaster"]):
        assert t(f"confidence.by_{name}") in said
    settled = FOUND.assign(converged=FOUND["converged"].where(FOUND["converged"].isna(), True))
    assert views.unsettled(settled, t) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_quantified_comes_first(language):
    page = opened(language)
    shown = [element.body for element in page.get("html")]
    first = next(k for k, text in enumerate(shown) if "unknowns" in text)
    table = next(k for k, text in enumerate(shown) if "<table" in text and "chances" in text)
    assert first < table


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_greys_every_chance_that_the_record_does_not_carry(language):
    page = opened(language)
    table = next(e.body for e in page.get("html") if 'class="chances"' in e.body)
    grey = sum(not found.held for found in model.support(PLAN).values())
    assert table.count('<tr class="thin">') == grey


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Wait for the chances instead of showing the central run first."""
    monkeypatch.setattr("pages.parts.live.PATIENCE", 60.0)


def opened(language: str) -> AppTest:
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=90)
    page.query_params["lang"] = language
    page.run()
    page.switch_page("pages/confidence.py").run()
    assert not page.exception
    return page


def test_work_on_the_indices_stops_when_asked():
    parts._shares.clear()
    made = parts._shares(PLAN, PLAN.digest)
    key = (PLAN.scenarios["plan"], "iva_growth")
    work = made.ask(key)
    made.drop(key)
    wait([work.future])
    assert made.get(key) is None


def test_indices_hear_of_every_run_and_can_be_stopped():
    heard = []
    scenario = PLAN.scenarios["plan"]
    model.sobol(PLAN, scenario, "iva_growth", points=32, progress=lambda *x: heard.append(x))
    assert heard[-1][0] == heard[-1][1]
    with pytest.raises(model.ModelError) as stopped:
        model.sobol(PLAN, scenario, "iva_growth", points=32, stopped=lambda: True)
    assert stopped.value.code == "stopped"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_of_the_drivers_names_the_widest_swings(language):
    t = texts(language)
    swings = model.tornado(PLAN, PLAN.scenarios["plan"], "iva_growth")
    said = views.drives(swings, PLAN, "iva_growth", t)
    for swing in swings[: views.NAMED]:
        assert views.parameter_name(PLAN, swing.parameter, t) in said
        assert f"{100 * swing.width:.1f}" in said


def test_twice_the_discrepancy_pulls_the_chance_towards_even():
    scenario = PLAN.scenarios["plan"]
    summary = summarise(PLAN, scenario, model.ensemble(PLAN, scenario, draws=2048))
    assert set(summary.doubled) == {"T01", "T02"}
    for id, doubled in summary.doubled.items():
        strict = summary.verdict(id).probability
        assert abs(doubled - 0.5) <= abs(strict - 0.5) + 0.01


def test_the_record_of_the_shipped_data_is_of_the_present_priors():
    assert not record.stale(PLAN)
    assert isinstance(FOUND, pd.DataFrame)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chance_that_is_not_carried_is_marked_wherever_it_stands(language):
    t = texts(language)
    scenario = PLAN.scenarios["plan"]
    summary = summarise(PLAN, scenario, model.ensemble(PLAN, scenario, draws=256))
    for verdict in summary.verdicts:
        if verdict.probability is None:
            assert verdict.support is None
            continue
        marked = targets.chance_both(verdict, t) != numbers.chance_both(verdict.probability, t)
        assert marked == (not verdict.supported)
        assert ('class="thin"' in targets.chance_html(verdict, t)) == (not verdict.supported)
        assert bool(targets.tile(verdict, t).thin) == (not verdict.supported)
