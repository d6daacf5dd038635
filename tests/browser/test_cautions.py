"""Cautions in a real browser: read, mended by a click, taken back by undo."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_a_caution_is_mended_and_the_remedy_undone(open_page, locale):
    page = open_page("levers?s=plan", locale=locale)
    button = ".st-key-mend_short_upgrade_investment_growth button"
    page.wait_for_selector(button, timeout=60_000)
    page.locator(button).click()
    page.wait_for_selector(button, state="detached", timeout=60_000)
    page.wait_for_selector(".st-key-undo button:enabled", timeout=60_000)
    page.keyboard.press("Control+z")
    page.wait_for_selector(button, timeout=60_000)
