"""Figures of different definition do not meet: in no sum, no difference, and on no axis."""

import itertools

import numpy as np
import pytest

import model
from model.definitions import Definition, Measured, definition, official, require_alike
from model.targets import MARKED, differs
from pages.views import definitions, frames, targets
from pages.views.texts import LANGUAGES, texts


@pytest.fixture(scope="module")
def run(plan):
    return model.simulate(plan, plan.scenarios["plan"])


def test_figures_meet_exactly_where_unit_scope_prices_and_sample_agree(plan, run):
    for one, other in itertools.product(model.INDICATORS, repeat=2):
        a, b = plan.indicator(one), plan.indicator(other)
        same = all(getattr(a, x) == getattr(b, x) for x in ("unit", "covers", "prices", "sample"))
        if same:
            step = run.measured(one) - run.measured(other)
            assert np.array_equal(step.values, run.indicator(one) - run.indicator(other))
            continue
        for combine in (Measured.__sub__, Measured.__add__, Measured.__lt__, Measured.__ge__):
            with pytest.raises(model.ModelError) as caught:
                combine(run.measured(one), run.measured(other))
            assert caught.value.code == "definitions_differ"


def test_growth_of_industry_is_not_a_kin_of_growth_of_investment(plan):
    """Both are per cent a year; one is at comparable prices over the same firms."""
    growth, spending = (
        definition(plan, code) for code in ("iva_growth", "upgrade_investment_growth")
    )
    assert growth.unit == spending.unit == "%"
    assert growth.differences(spending) == ("covers", "prices", "sample")


def test_a_month_and_a_year_are_two_things(plan):
    spans = [definition(plan, "iva_growth", span) for span in ("year", "cumulative", "month")]
    for one, other in itertools.combinations(spans, 2):
        with pytest.raises(model.ModelError, match="span"):
            require_alike(one, other)
        require_alike(one, other, marked=("span",))


def test_growth_is_not_to_be_had_from_two_levels_of_a_changing_frame(plan, run):
    """The trap of the published totals: firms enter and leave between two years."""
    level = run.measured("industrial_va")
    with pytest.raises(model.ModelError) as caught:
        level.growth_over(level)
    assert caught.value.code == "no_growth_from_levels"
    same = Measured(np.array([110.0]), Definition("亿元", "x", "comparable", "comparable"))
    before = Measured(np.array([100.0]), same.definition)
    assert same.growth_over(before) == pytest.approx(0.1)


def test_levels_add_and_rates_do_not(plan, run):
    spent = [run.measured("industrial_investment", d) for d in plan.axes.districts]
    total = sum(spent[1:], start=spent[0])
    np.testing.assert_allclose(total.values, run.indicator("industrial_investment"), rtol=1e-12)
    with pytest.raises(model.ModelError) as caught:
        run.measured("iva_growth") + run.measured("iva_growth")
    assert caught.value.code == "rates_do_not_add"


def test_a_bare_number_has_no_definition(run):
    with pytest.raises(model.ModelError) as caught:
        run.measured("iva_growth") - 0.07
    assert caught.value.code == "no_definition"


def test_a_forecast_and_its_target_differ_in_nothing_but_what_is_marked(plan):
    for target in plan.targets:
        if target.kind == "modelled":
            ours = definition(plan, target.indicator)
            assert set(ours.differences(official(plan, target))) <= set(MARKED)
    # Investment is published at current prices and simulated at those of 2019.
    assert differs(plan, plan.target("T04")) == differs(plan, plan.target("T05")) == ("nominal",)
    assert differs(plan, plan.target("T01")) == ()
    assert differs(plan, plan.target("T01"), "cumulative") == ("year",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_difference_is_marked_wherever_figure_and_target_stand_together(plan, run, language):
    t = texts(language)
    runs = dict.fromkeys(frames.SERIES, run)
    html = targets.central_tiles_html(plan, run, None, None, "", t)
    assert html.count("≠") == 1 and t("definition.mark_nominal") in html  # upgrading alone
    for code in frames.YEARLY:
        label = frames.years(plan, code, runs, None, t)[0]["target"]["label"][0]
        assert (t("definition.mark_nominal") in label) == bool(differs(plan, plan.aim(code)))
    label = frames.path(plan, runs, None, None, t)[0]["target"]["label"][0]
    assert t("definition.mark_year") in label


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cards_say_scope_prices_and_the_difference_of_every_indicator(plan, language):
    t = texts(language)
    for name in ("T01", "T02", "T05", "T04", "T13"):
        target = plan.target(name)
        card, said = (
            plan.indicator(target.indicator),
            definitions.card(plan, target.indicator, t),
        )
        for field in ("name", "scope", "basis", "definition"):
            assert t.of(card, field) in said
        assert ("≠" in said) == (name in ("T04", "T05"))  # spending, at nominal prices


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "code", ["definitions_differ", "rates_do_not_add", "no_growth_from_levels", "no_definition"]
)
def test_each_refusal_has_a_sentence(language, code):
    t = texts(language)
    assert t.error(code, {}) != t("error.other", code=code)
