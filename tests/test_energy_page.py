"""The energy and investment pages: one account on charts, in the table and in the sentence."""

import json
import re

import numpy as np
import pandas as pd
import pytest

import model
from pages.views import energy, energy_charts, frames, investment, investment_charts
from pages.views.summary import summarise
from pages.views.texts import LANGUAGES, texts
from tests.test_pages import opened, quick, shown  # noqa: F401

NUMBER = re.compile(r"\d+(?:\.\d+)")
"""Figures with decimals; years, and the plan's own whole numbers, are not the account's."""


@pytest.fixture(scope="module")
def runs(plan):
    return {
        name: model.simulate(plan, model.load_scenario(plan, name))
        for name in ("plan", "status_quo", "replay_2020")
    }


@pytest.fixture(scope="module")
def summaries(plan):
    found = {}
    for name in ("plan", "status_quo"):
        scenario = model.load_scenario(plan, name)
        found[name] = summarise(plan, scenario, model.ensemble(plan, scenario, draws=256))
    return found


def texts_of(frame: pd.DataFrame) -> set[str]:
    return set(NUMBER.findall(" ".join(frame.astype(str).to_numpy().ravel())))


# Energy


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["plan", "status_quo", "replay_2020"])
@pytest.mark.parametrize("year", [2020, 2021, 2022])
def test_every_number_of_the_energy_sentence_stands_in_its_table(plan, runs, name, year, language):
    t = texts(language)
    now, usual = (energy.account(runs[which], year) for which in (name, "status_quo"))
    said = NUMBER.findall(energy.sentence(plan, now, t))
    assert len(said) >= 3
    assert set(said) <= texts_of(energy.table(now, usual, t))


@pytest.mark.parametrize("year", [2020, 2021, 2022])
def test_the_steps_lead_from_zero_to_the_published_rate(plan, runs, year):
    t = texts("zh")
    now = energy.account(runs["plan"], year)
    rows = energy.steps(plan, now, None, t)["rows"]
    inner, total = rows.iloc[:-1], rows.iloc[-1]
    assert inner["from"].iloc[0] == 0
    assert inner["from"].iloc[1:].tolist() == inner["to"].iloc[:-1].tolist()
    assert inner["to"].iloc[-1] == pytest.approx(total["to"], abs=1e-10)
    fall = runs["plan"].indicator("energy_intensity_fall")[year - 2020, 0]
    assert total["to"] == pytest.approx(-100 * fall, abs=1e-10)
    use = energy.use_steps(now, None, t)["rows"]
    grown = runs["plan"].indicator("energy_use_growth")[year - 2020, 0]
    assert use["to"].iloc[-2] == pytest.approx(100 * grown, abs=1e-10)


def test_every_effect_of_the_model_has_its_step(runs):
    change = model.intensity(runs["plan"])
    assert set(energy.EFFECTS) == set(change.effects)


def test_the_target_line_stands_in_the_plans_year_only(plan, runs):
    t = texts("zh")
    for year, expected in ((2020, [-4.0]), (2021, [])):
        now = energy.account(runs["plan"], year)
        assert energy.steps(plan, now, None, t)["target"]["value"] == expected


def test_industries_add_to_the_change_of_the_city(plan, runs):
    rows = energy.industries(plan, runs["plan"], 2020, texts("zh"))["rows"]
    fall = runs["plan"].indicator("energy_intensity_fall")[0, 0]
    assert rows["value"].sum() == pytest.approx(-100 * fall, abs=1e-10)


def test_the_energy_file_adds_to_the_change_and_names_its_status(plan, runs):
    frame = energy.details(plan, runs["plan"])
    fall = runs["plan"].indicator("energy_intensity_fall")[:, 0]
    found = frame.groupby("year")["points"].sum()
    assert found.to_numpy() == pytest.approx(-100 * fall, abs=1e-9)
    assert frame["status"].notna().all()
    assert "published" not in set(frame["status"])


# Investment


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["plan", "status_quo", "replay_2020"])
@pytest.mark.parametrize("year", [2020, 2021, 2022])
def test_every_number_of_the_investment_sentence_stands_in_a_table(
    plan, runs, name, year, language
):
    t = texts(language)
    account, usual = (model.investment_account(runs[which]) for which in (name, "status_quo"))
    yields, others = (investment.city_output(runs[which]) for which in (name, "status_quo"))
    said = NUMBER.findall(investment.sentence(plan, account, yields, year, t))
    assert len(said) >= 6
    tables = (
        investment.table(account, usual, year, t),
        investment.output_table(plan, yields, others, t),
    )
    assert set(said) <= texts_of(tables[0]) | texts_of(tables[1])


def test_the_three_flows_are_the_account(runs):
    t = texts("zh")
    account = model.investment_account(runs["plan"])
    for name, column in (("spent", "spent"), ("progress", "closing"), ("completed", "completed")):
        rows = investment.flow(account, None, name, t)["rows"]
        by_month = rows.groupby("month")["value"].sum().to_numpy()
        expected = getattr(account, column).sum(axis=(0, 2))[:, 0]
        assert by_month == pytest.approx(expected, rel=1e-12)


def test_the_curve_of_a_yuan_rises_to_one(runs):
    account = model.investment_account(runs["plan"])
    found = investment.kernels(account, account, 2020, texts("zh"))
    for _, line in found["rows"].groupby("series"):
        assert line["value"].iloc[0] == 0
        assert (np.diff(line["value"]) >= 0).all()
        assert 95 < line["value"].iloc[-1] <= 100 + 1e-9
    assert (found["means"]["month"] > 0).all()


# Charts


def specs(t):
    return (
        energy_charts.steps(t, "steps"), energy_charts.steps(t, "use", 220),
        energy_charts.districts(t), energy_charts.industries(t),
        *(investment_charts.flow(t, name, 2020, 36) for name in investment.FLOWS),
        investment_charts.kernels(t), investment_charts.output(t), investment_charts.districts(t),
    )  # fmt: skip


def data(plan, run, usual, summary, year, t):
    now, other = energy.account(run, year), energy.account(usual, year)
    account, before = model.investment_account(run), model.investment_account(usual)
    yields, others = investment.city_output(run), investment.city_output(usual)
    return (
        energy.steps(plan, now, other, t), energy.use_steps(now, other, t),
        energy.districts(plan, summary, year, t), energy.industries(plan, run, year, t),
        *(investment.flow(account, before, name, t) for name in investment.FLOWS),
        investment.kernels(account, before, year, t), investment.output(plan, yields, others, t),
        investment.districts(plan, summary, year, t),
    )  # fmt: skip


def fields(part) -> set[str]:
    """Return the fields that a specification reads, by data set."""
    found = set()
    if isinstance(part, dict):
        name = part.get("data", {}).get("name") if isinstance(part.get("data"), dict) else None
        if name:
            read = re.findall(r'"field": "(\w+)"', json.dumps(part.get("encoding", {})))
            found |= {(name, field) for field in read}
        for value in part.values():
            found |= fields(value)
    if isinstance(part, list):
        for value in part:
            found |= fields(value)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("year", [2020, 2022])
def test_every_field_of_the_charts_is_in_the_data_whatever_the_scenario(
    plan, runs, summaries, year, language
):
    t = texts(language)
    before = [json.dumps(spec) for spec in specs(t)]
    for name, summary in summaries.items():
        made = data(plan, runs[name], runs["status_quo"], summary, year, t)
        for spec, tables in zip(specs(t), made, strict=True):
            read = fields(spec)
            assert read
            for table, field in read:
                assert field in pd.DataFrame(tables[table]).columns, (table, field)
            for table in tables.values():
                json.dumps(frames.records(table))
    assert before == [json.dumps(spec) for spec in specs(t)]


# The pages


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_energy_page_follows_the_year_and_says_what_it_rests_on(plan, language):
    at = opened("energy", lang=language)
    t = texts(language)
    run = model.simulate(plan, model.load_scenario(plan, "plan"))
    assert energy.sentence(plan, energy.account(run, 2020), t) in shown(at)
    assert t("energy.note") in shown(at)
    at.session_state["energy_year"] = 2021
    at.session_state["energy_compare"] = True
    at.run()
    assert not at.exception
    assert energy.sentence(plan, energy.account(run, 2021), t) in shown(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_investment_page_follows_the_year_and_the_scenario(plan, language):
    at = opened("investment", lang=language, s="status_quo")
    t = texts(language)
    run = model.simulate(plan, model.load_scenario(plan, "status_quo"))
    account, yields = model.investment_account(run), investment.city_output(run)
    assert investment.sentence(plan, account, yields, 2020, t) in shown(at)
    at.session_state["investment_year"] = 2022
    at.session_state["investment_compare"] = True
    at.run()
    assert not at.exception
    assert investment.sentence(plan, account, yields, 2022, t) in shown(at)
