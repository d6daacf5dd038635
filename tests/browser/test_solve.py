"""The reverse question in a real browser: asked, answered, proved, adopted as one step."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_an_answer_is_proved_and_adopted(open_page, settle, locale):
    page = open_page("solve?s=status_quo", locale=locale)
    page.wait_for_selector(".st-key-solve_value_T01 input")
    field = page.locator(".st-key-solve_value_T01 input")
    field.fill("2.5")
    field.press("Enter")
    settle(page, timeout=60_000)
    page.locator(".st-key-solve_ask button").first.click()
    page.wait_for_selector(".answer", timeout=60_000)
    page.wait_for_selector(".answer .chip:has-text('●')", timeout=120_000)
    page.locator(".st-key-solve_adopt_0 button").first.click()
    page.wait_for_url(lambda address: "recovered_loss%22%3A15%2C" not in address, timeout=30_000)


def test_what_cannot_be_offers_to_relax(open_page, settle):
    page = open_page("solve?s=status_quo")
    page.wait_for_selector(".st-key-solve_ask button")
    page.locator(".st-key-solve_ask button").first.click()
    page.wait_for_selector(".st-key-solve_relax_T01 button", timeout=60_000)
    page.locator(".st-key-solve_relax_T01 button").first.click()
    page.wait_for_selector(".goals .met", timeout=60_000)
