"""What a result rests on is said on the overview, on exports and beside the data."""

import datetime
import time

import pytest

import model
from model.knowledge import knowledge
from pages.parts import knowledge as block
from pages.parts import link, results
from pages.views import knowledge as views
from pages.views.export import stamp
from pages.views.texts import LANGUAGES, texts
from tests.test_pages import opened, quick, shown  # noqa: F401


@pytest.fixture
def nothing_kept():
    """Other tests leave ensembles of another size in the caches of the process."""
    results._beats.clear()
    block._made_for.clear()
    yield
    results._beats.clear()
    block._made_for.clear()


@pytest.fixture(scope="module", params=LANGUAGES)
def t(request):
    return texts(request.param)


@pytest.fixture(scope="module")
def fan(plan):
    return model.ensemble(plan, plan.scenarios["plan"], draws=2048)


@pytest.fixture(scope="module")
def growth(plan, fan):
    return knowledge(plan, fan.scenario, fan.indicator("iva_growth")[0])


def test_no_base_weight_is_published_and_the_sentence_says_so(plan, t):
    said = views.weights_sentence(plan, t)
    assert t("knowledge.weights_none") in said
    assert "74%" in said and "26%" in said  # estimated and assumed; derived (README)


def test_a_figure_of_the_bureau_moves_the_sentence(plan, t):
    mine = model.with_replacements(
        plan,
        [
            model.Replacement("district_base|airport|industrial_va|central", 380.0),
            *(
                model.Replacement(
                    f"industry_mix|airport|{i.code}|share_pct",
                    91.0 if i.code == "electronics" else 1.0,
                )
                for i in plan.industries
            ),
        ],
    )
    assert views.weight_groups(plan)["firm"] == 0
    assert views.weight_groups(mine)["firm"] == pytest.approx(380 / mine.base.value_added.sum())
    assert t("knowledge.weights_none") not in views.weights_sentence(mine, t)


def test_every_export_says_what_its_weights_rest_on(plan, t):
    scenario = plan.scenarios["plan"]
    found = stamp.stamp(
        plan, scenario, 8192, datetime.date(2020, 4, 30), link.encode(plan, scenario), t
    )
    assert views.weights_sentence(plan, t) in found.lines(t)[-1]


def test_the_parts_of_the_variance_that_are_named_add_up(growth):
    assert sum(views.variance_groups(growth).values()) == pytest.approx(1.0, abs=0.02)


def test_the_table_names_cells_in_words_and_hides_what_is_below_the_error(plan, growth, t):
    html = views.worth_html(plan, growth, "iva_growth", t)
    first = plan.parameter("pre_sample_capital_growth")
    name = first.name_zh if t.language == "zh" else first.name
    assert name.lower() in html.lower()
    assert "|" not in html
    assert html.count("<tr>") == 1 + min(3, len(growth.worth))


def test_cells_of_every_table_have_a_name(plan, t):
    ids = (
        "district_base|airport|industrial_va|central",
        "district_base|gongyi|industrial_investment|central",
        "industry_mix|gongyi|aluminium|share_pct",
        "industries|aluminium|energy_intensity_central",
    )
    names = {views.cell_name(plan, model.cells.by_id(plan)[one], t) for one in ids}
    assert len(names) == len(ids)
    assert not any("|" in name or "_" in name for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_the_block_when_it_is_worked_out(language, monkeypatch, nothing_kept):
    monkeypatch.setattr(results, "DRAWS", 2048)
    t = texts(language)
    at = opened("data", lang=language)
    deadline = time.monotonic() + 120
    while t("knowledge.worth") not in shown(at) and time.monotonic() < deadline:
        time.sleep(0.3)
        at.run()
    assert not at.exception
    said = shown(at)
    assert t("knowledge.worth") in said
    assert "table" in said and t("knowledge.bar_variance") in said


def test_too_few_draws_are_said_and_not_waited_for(nothing_kept):
    t = texts("zh")
    at = opened("data", lang="zh")
    deadline = time.monotonic() + 120
    while "抽样 256 次太少" not in shown(at) and time.monotonic() < deadline:
        time.sleep(0.2)
        at.run()
    assert "抽样 256 次太少" in shown(at)
    assert t("knowledge.worth") not in shown(at)
