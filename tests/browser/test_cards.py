"""The lever desk in a real browser: what a move did, lever power, the list of duties."""

import pytest

pytestmark = pytest.mark.browser

LEVER = ".st-key-slide_upgrade_investment_growth"


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_a_move_is_told_with_its_effects_and_undone(open_page, settle, locale):
    page = open_page("levers", locale=locale)
    page.wait_for_selector(f"{LEVER} input[type=range]")
    settle(page, timeout=60_000)
    assert page.locator(".effects .effect").count() == 0
    page.locator(f"{LEVER} input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".effects .effect")
    assert "20% → 21%" in page.inner_text(".effects .moved")
    assert page.locator(".effects .effect").count() <= 5
    height = page.locator(".effects").bounding_box()["height"]
    page.keyboard.press("ArrowRight")
    settle(page, timeout=60_000)
    assert page.locator(".effects").bounding_box()["height"] == height
    assert page.locator(".power").count() >= 3


def test_cards_are_sorted_by_what_a_step_does(open_page, settle):
    page = open_page("levers")
    page.wait_for_selector(".power")
    page.locator(".st-key-lever_group button").first.click()
    settle(page, timeout=60_000)
    page.locator(".st-key-power_sort label").first.click()
    page.wait_for_function(
        "() => document.querySelector('[class*=st-key-card_]').className.includes('recovered_loss')"
    )


def test_the_basis_of_a_lever_names_clause_units_and_source(open_page, settle):
    page = open_page("levers", locale="en-US")
    page.wait_for_selector(".st-key-basis_completions button")
    page.locator(".st-key-basis_completions button").first.click()
    page.wait_for_selector("text=Responsible units")
    page.wait_for_selector("text=/lause 11/")


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_list_of_duties_opens_by_unit(open_page, settle, locale):
    page = open_page("briefing", locale=locale)
    page.wait_for_selector(".st-key-paper", timeout=60_000)
    page.locator("[data-testid=stTab]").nth(3).click()
    page.wait_for_selector("table.duties th[scope=row]", state="visible")
