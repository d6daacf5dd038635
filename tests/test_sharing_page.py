"""A target shared out on the page: totals, who gives and takes, and Annex 1 to take away."""

import json

import pytest

import model
from pages.views import sharing, tables
from pages.views.texts import LANGUAGES, texts


@pytest.fixture(scope="module")
def found(plan):
    fan = model.ensemble(plan, plan.scenarios["plan"], draws=256)
    return model.share_target(plan, fan, 0.07)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_names_who_gives_and_who_takes_most(plan, found, language):
    t = texts(language)
    names = {d.code: t.of(d) for d in plan.districts}
    change = {row.district: row.share - row.annex for row in found.rows}
    said = sharing.sentence(found, plan, t)
    assert names[min(change, key=change.get)] in said
    assert names[max(change, key=change.get)] in said


def test_the_mark_up_is_annex_over_the_city_target(found):
    weights = {row.district: row.weight for row in found.rows}
    assert sum(weights.values()) == pytest.approx(1)
    by_hand = sum(row.weight * row.annex for row in found.rows)
    assert found.annex_total == pytest.approx(by_hand)
    assert 1 + found.mark_up == pytest.approx(by_hand / 0.07)
    assert "1.2" in sharing.arithmetic(found, texts("zh"))


def test_a_chance_follows_the_strain(found):
    order = sorted(found.rows, key=lambda row: row.strain)
    chances = [sharing.chance(row) for row in order]
    assert chances == sorted(chances, reverse=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_exported_annex_has_the_plan_s_columns_and_keeps_the_others(plan, found, language):
    t = texts(language)
    annex = sharing.annex(found, plan, t)
    assert annex.shape == (len(plan.districts), 5)
    assert list(annex.iloc[:, 2]) == [row.manufacturing_va_growth_pct for row in plan.annex]
    assert list(annex.iloc[:, 1]) == [round(100 * row.share, 1) for row in found.rows]
    weighted = sum(w.weight * g for w, g in zip(found.rows, annex.iloc[:, 1], strict=True))
    assert weighted == pytest.approx(7.0, abs=0.05)
    assert tables.csv(annex).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chart_is_constant(plan, found, language):
    t = texts(language)
    spec = json.dumps(sharing.shares(t))
    data = sharing.share_tables(found, plan, t)
    assert len(data["rows"]) == len(plan.districts)
    assert spec == json.dumps(sharing.shares(t))
    assert "7.0" not in spec
