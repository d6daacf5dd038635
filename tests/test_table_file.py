"""Tables as files: figures as numbers with their unit, words of the language, and the origin."""

import ast
import datetime
import re
from pathlib import Path

import pytest

import model
from pages.views.export import stamp, table_file
from pages.views.texts import LANGUAGES, texts

PAGES = Path(__file__).resolve().parents[1] / "pages"

READ_BACK = {"template"}
"""Functions whose CSV is filled in and read again, so that nothing may stand below the table."""

UNITS = ("%", "亿元", "CNY", "个百分点", "points", "tce", "吨", "0—1", "0 to 1", "户", "家", "个")


@pytest.fixture(scope="module", params=LANGUAGES)
def t(request):
    return texts(request.param)


def saved(plan, t):
    scenario = plan.scenarios["plan"]
    run = model.simulate(plan, scenario)
    yield "energy", table_file.energy_parts(plan, run, t)
    yield "investment", table_file.investment_account(plan, model.investment_account(run), t)
    yield "duties", table_file.duty_list(plan, scenario, None, True, t)
    both = [plan.scenarios["status_quo"], scenario]
    yield "batch", table_file.batch(model.run_table(plan, both, draws=64), plan, t)


def test_figures_are_numbers_with_their_unit_and_codes_are_words(plan, t):
    for name, frame in saved(plan, t):
        assert len(frame), name
        beside = t("table_file.unit") in frame
        for column in frame:
            assert not re.fullmatch(r"[a-z_]+", column), (name, column)
            if frame[column].dtype.kind == "f":
                assert beside or any(unit in column for unit in UNITS), (name, column)
            elif frame[column].dtype.kind == "O":
                codes = [x for x in frame[column] if re.fullmatch(r"[a-z]+_[a-z_]+", str(x))]
                assert not codes or column == t("meeting.column_scenario"), (name, column, codes)


def test_the_duties_in_the_file_are_those_of_the_page_as_numbers(plan, t):
    found = dict(saved(plan, t))["duties"]
    lever = plan.lever("upgrade_investment_growth")
    rows = found[found[t("table_file.clause")].notna()]
    assert rows[t("table_file.value")].dtype.kind == "f"
    assert lever.plan_value in set(rows[t("table_file.plan")])
    assert (rows[t("table_file.effort")] == 100).all()  # the scenario is the plan


def test_a_batch_says_beside_its_chances_whether_the_record_carries_them(plan, t):
    frame = dict(saved(plan, t))["batch"]
    for id, found in model.support(plan).items():
        (column,) = [name for name in frame if name.startswith(f"{id}_support")]
        assert set(frame[column]) == {t(f"table_file.support_{found.word}")}
    (column,) = [name for name in frame if name.startswith("T04_differs")]
    assert set(frame[column]) == {t("definition.mark_nominal")}


def test_the_footnote_of_a_table_names_city_day_and_data(plan, t):
    (line,) = stamp.data_lines(plan, datetime.date(2020, 6, 30), t)
    for part in (plan.facts[f"city_{t.language}"], plan.version, "2020", "30"):
        assert part in line


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.py")), ids=lambda path: path.stem)
def test_no_table_leaves_without_its_origin(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = isinstance(node, ast.Call) and ast.unparse(node.func) == "tables.csv"
        if called and len(node.args) < 2:
            (held,) = node.args
            name = ast.unparse(held.func) if isinstance(held, ast.Call) else ""
            assert name in READ_BACK or path.stem == "data_template", ast.unparse(node)
