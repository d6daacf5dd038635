"""A target shared out on the page: totals, who gives and takes, and Annex 1 to take away."""

import io
import json
from datetime import date

import openpyxl
import pytest

import model
from pages.views import sharing, tables
from pages.views.export import annex
from pages.views.export import stamp as stamps
from pages.views.texts import LANGUAGES, texts
from tests.conftest import PROJECT


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


def test_a_target_of_manufacturing_is_weighed_by_manufacturing(plan):
    fan = model.ensemble(plan, plan.scenarios["plan"], draws=16)
    shared = model.share_target(plan, fan, 0.07, "mva_growth")
    makes = [industry.is_manufacturing for industry in plan.industries]
    base = plan.base.value_added[:, makes].sum(axis=1)
    assert [row.weight for row in shared.rows] == pytest.approx(base / base.sum())
    assert sum(row.weight * row.share for row in shared.rows) == pytest.approx(0.07)
    assert shared.to_frame()["district"].tolist() == list(plan.axes.districts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_bounds_that_allow_no_sharing_are_refused_with_names_and_the_way_out(plan, language):
    fan, t = model.ensemble(plan, plan.scenarios["plan"], draws=64), texts(language)
    names = {d.code: t.of(d) for d in plan.districts}
    with pytest.raises(model.ModelError) as crossed:
        model.share_target(plan, fan, 0.07, minimum={"gongyi": 0.09, "erqi": 0.5},
                           maximum={"gongyi": 0.08})  # fmt: skip
    said = sharing.refusal(crossed.value, plan, t)
    assert names["gongyi"] in said and names["erqi"] in said and "40.0%" in said
    with pytest.raises(model.ModelError) as narrow:
        model.share_target(plan, fan, 0.07, minimum=dict.fromkeys(plan.axes.districts, 0.08))
    assert "8.0%" in sharing.refusal(narrow.value, plan, t)  # the least that these minima allow


def test_the_mark_up_is_annex_over_the_city_target(found):
    weights = {row.district: row.weight for row in found.rows}
    assert sum(weights.values()) == pytest.approx(1)
    by_hand = sum(row.weight * row.annex for row in found.rows)
    assert found.annex_total == pytest.approx(by_hand)
    assert 1 + found.mark_up == pytest.approx(by_hand / 0.07)
    assert "1.2" in sharing.arithmetic(found, texts("zh"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_against_zero_growth_no_mark_up_is_claimed(plan, language):
    fan = model.ensemble(plan, plan.scenarios["plan"], draws=64)
    flat, t = model.share_target(plan, fan, 0.0), texts(language)
    for said in (sharing.sentence(flat, plan, t), sharing.arithmetic(flat, t)):
        assert "nan" not in said and "—" in said


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
def test_the_workbook_is_annex_1_with_the_shares_and_its_origin(plan, found, language):
    t, scenario = texts(language), plan.scenarios["plan"]
    stamp = stamps.stamp(plan, scenario, 256, date(2020, 4, 14), {"c": "1"}, t)
    content = annex.workbook(found, plan, stamp, t)
    assert content == annex.workbook(found, plan, stamp, t)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(min_row=3, max_row=19, max_col=5, values_only=True))
    assert list(rows[0]) == list(sharing.annex(found, plan, t).columns)
    for cells, share, was in zip(rows[1:], found.rows, plan.annex, strict=True):
        assert cells[1] == round(100 * share.share, 1)
        assert cells[2:] == (was.manufacturing_va_growth_pct, was.new_above_scale_firms,
                             was.industrial_investment_growth_pct)  # fmt: skip
    below = " ".join(str(row[0]) for row in sheet.iter_rows(min_row=20, values_only=True))
    assert t.of(scenario) in below and plan.version in below and "7.00%" in below


def test_the_annex_has_the_columns_and_the_title_of_the_plan(plan, found):
    """Word for word as the plan prints them, spaces of its line breaks aside."""
    printed = (PROJECT / "data/zhengzhou_2020/plan_zh.txt").read_text("utf-8").replace(" ", "")
    t = texts("zh")
    for name in sharing.annex(found, plan, t).columns:
        assert name in printed
    title = t("sharing.annex_heading", year=plan.years[0]).partition("表")[0]
    assert f"{title}表" in printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chart_is_constant(plan, found, language):
    t = texts(language)
    spec = json.dumps(sharing.shares(t))
    data = sharing.share_tables(found, plan, t)
    assert len(data["rows"]) == len(plan.districts)
    assert spec == json.dumps(sharing.shares(t))
    assert "7.0" not in spec
