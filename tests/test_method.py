"""The page of the method tells what runs, in both languages, two clicks from any figure."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

import model
from model.lineage import EQUATIONS, lineage
from model.sensitivity import tornado
from pages.parts.frame import PAGES
from pages.views import lineage as views
from pages.views import method, quantity, reasons
from pages.views.history import literal
from pages.views.texts import FOLDER, LANGUAGES, texts
from tests.test_pages import opened, quick, shown  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]
CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def documented():
    return {x.path: x for module in method.MODULES for x in method.equations(module)}


@pytest.fixture(scope="module")
def translated():
    found = tomllib.loads((FOLDER / "zh" / "equations.toml").read_text("utf-8"))
    words = found.pop("equation_text")
    return {key.removeprefix("equation "): text for key, text in found.items()}, words


@pytest.fixture(scope="module", params=LANGUAGES)
def t(request):
    return texts(request.param)


# The Chinese beside the equations


def test_every_documented_equation_has_its_chinese_and_no_other_has(documented, translated):
    assert set(documented) == set(translated[0])


def test_every_equation_on_the_way_to_an_indicator_is_documented(documented):
    assert {f"model.{name.partition(':')[0]}" for name in EQUATIONS} <= set(documented)


def test_a_docstring_changed_after_its_translation_is_found(documented, translated):
    """When this fails: look whether the Chinese still says the same, then write the new digest."""
    old = {
        path: x.digest
        for path, x in documented.items()
        if x.digest != translated[0][path]["digest"]
    }
    assert not old


def test_the_chinese_is_chinese_and_says_what_the_formula_means(translated):
    for path, text in translated[0].items():
        assert CHINESE.search(text["summary"]) and CHINESE.search(text["words"]), path
        assert text["words"].endswith("。"), path
        assert not re.search(r"[,;](?![^$]*\$[^$]*$)(?=[\u3400-\u9fff])", text["words"]), path


def test_words_inside_formulas_are_translated_too(documented, translated):
    found = {w for x in documented.values() for f in x.formulas for w in method.formula_words(f)}
    letters = {words for words in found if re.search(r"[A-Za-z]{3,}", words)}
    assert letters == set(translated[1])
    zh = texts("zh")
    for item in documented.values():
        for formula in method.told(item, zh).formulas:
            assert not any(re.search("[A-Za-z]{3,}", w) for w in method.formula_words(formula))


def test_english_is_the_docstring(documented):
    en = texts("en")
    assert all(method.told(item, en) is item for item in documented.values())


def test_the_arguments_of_a_docstring_are_told():
    item = method.of_path("model.capital.next_capital")
    assert item.arguments[0] == "`capital` (district, draw) — Stock at the start of the month."
    assert [line.split("`")[1] for line in item.arguments][-1] == "wear"


# From an indicator to its formula and parameters


def test_every_indicator_stands_on_a_page_and_every_page_with_figures_has_its_indicators():
    assert set(model.INDICATORS) == {code for codes in views.ON_PAGE.values() for code in codes}
    assert set(views.ON_PAGE) == set(PAGES) - {"method", "data"}


@pytest.mark.parametrize("code", model.INDICATORS)
def test_an_indicator_shows_its_parameters_as_the_records_have_them(plan, t, code):
    scenario = plan.scenarios["plan"]
    rows = views.lines(plan, code, tornado(plan, scenario, code), t)
    found = dict.fromkeys(p for step in lineage(plan, code) for p in step.parameters)
    assert len({row.name for row in rows}) == len(rows)
    by_id = {row.id: row for row in rows}
    for p in found:
        if p.id.startswith("month_share_"):
            continue
        row = by_id[p.id]
        numbers = tuple(quantity.value(x, p.unit, t) for x in (p.low, p.mid, p.high))
        assert (row.low, row.mid, row.high) == numbers
        assert row.status == t.status(p.status)
        assert row.source
    assert len(rows) <= len(found)


def test_a_judged_number_is_called_a_judgement(plan):
    zh = texts("zh")
    rows = views.lines(plan, "iva_growth", (), zh)
    trend = next(row for row in rows if row.name == plan.parameter("tfp_residual").name_zh)
    assert trend.status == "判断"
    assert "判断" in trend.source


def test_what_moves_an_indicator_most_comes_first(plan, t):
    swings = tornado(plan, plan.scenarios["plan"], "iva_growth")
    rows = views.lines(plan, "iva_growth", swings, t)
    first = plan.parameter(swings[0].parameter)
    assert rows[0].name.lower() == (first.name_zh if t.language == "zh" else first.name).lower()


def test_units_of_parameters_and_cells_are_said_in_words(plan, t):
    units = {p.unit for p in plan.parameters}
    for unit in units:
        said = (
            t(f"quantity_kind.{unit}") if f"quantity_kind.{unit}" in t else quantity.unit(unit, t)
        )
        assert said
        assert t.language == "en" or CHINESE.search(said) or said.startswith("%")


def test_cards_are_written_with_full_width_punctuation(plan):
    for card in plan.indicators:
        for field in ("scope_zh", "basis_zh", "definition_zh"):
            assert not re.search(r"[,;:()]", getattr(card, field)), (card.code, field)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_names_an_indicator(plan, language):
    at = opened("method", lang=language)
    at.query_params["indicator"] = "energy_intensity_fall"
    at.run()
    assert not at.exception
    assert at.selectbox(key="method_indicator").value == "energy_intensity_fall"
    said = shown(at)
    parameter = plan.parameter("technique_elasticity")
    t = texts(language)
    assert quantity.value(parameter.high, parameter.unit, t) in said
    assert texts(language).status(parameter.status) in said
    assert any("E_t" in formula.value for formula in at.latex)


def test_an_address_that_names_no_indicator_is_said():
    at = opened("method", lang="en")
    at.query_params["indicator"] = "no_such_thing"
    at.run()
    assert not at.exception
    assert literal("no_such_thing") in at.warning[0].value
    assert at.selectbox(key="method_indicator").value in model.INDICATORS


# Reasons in the language of the reader


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("unable to open database file", "数据库文件打不开"),
        ("(sqlite3.OperationalError) attempt to write a readonly database", "只读"),
        ("connection to server at \"db\", port 5432 failed: Connection refused", "拒绝连接"),
        ("'utf-8' codec can't decode byte 0xb9 in position 3: invalid start byte", "UTF-8"),
    ],
)  # fmt: skip
def test_a_known_reason_is_said_in_chinese(raw, said):
    zh = texts("zh")
    assert said in reasons.said(raw, zh)
    assert raw not in zh.error("library_unavailable", {"reason": raw})
    assert said in zh.error("library_unavailable", {"reason": raw})


def test_a_reason_nobody_foresaw_is_quoted_as_it_came():
    assert reasons.said("flux capacitor", texts("zh")) == "系统原话：flux capacitor"
    assert reasons.said("", texts("zh")) == ""


def test_every_kind_of_name_that_can_be_unknown_has_a_word_in_chinese():
    zh = texts("zh")
    for path in (ROOT / "model").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "unknown":
                kind = node.args[0]
                if isinstance(kind, ast.Constant):
                    assert CHINESE.search(reasons.kind(kind.value, zh)), (path.name, kind.value)


def test_an_unknown_name_is_refused_in_whole_chinese(plan):
    with pytest.raises(model.ModelError) as caught:
        plan.lever("new_firm")
    said = texts("zh").error(caught.value.code, dict(caught.value.details))
    assert "杠杆" in said and "是不是“new_firms”？" in said
