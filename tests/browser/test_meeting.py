"""The meeting mode on a wall: large type, no scroll bar, keys of a clicker, a copy that moves."""

import pytest

pytestmark = pytest.mark.browser

SMALL = """
    () => [...document.querySelectorAll('.st-key-wall_light *, .st-key-wall_dark *')]
        .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
        .filter(e => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden')
        .filter(e => !e.closest('[hidden], [data-testid=stIconMaterial]'))
        .filter(e => !['STYLE', 'SCRIPT', 'OPTION'].includes(e.tagName))
        .filter(e => parseFloat(getComputedStyle(e).fontSize) < 24)
        .map(e => `${e.tagName} ${getComputedStyle(e).fontSize} ${e.textContent.slice(0, 40)}`)
"""
SCROLL = "() => [document.documentElement, document.body].some(e => e.scrollHeight > innerHeight)"


def begun(open_page, settle, **options):
    page = open_page("briefing", **options)
    page.wait_for_selector(".st-key-paper", timeout=60_000)
    page.locator("[data-testid=stTab]").nth(2).click()
    page.locator(".st-key-meeting_begin button").first.click()
    page.wait_for_selector(".wall-question")
    settle(page, timeout=90_000)
    return page


def place(page):
    return page.inner_text(".wall-place").split("·")[0].strip()


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_every_scene_fits_the_wall_in_large_type(open_page, settle, locale):
    page = begun(open_page, settle, locale=locale, width=1920, height=1080)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    assert page.locator("[data-testid=stHeader]").is_hidden()
    for _ in range(6):
        assert page.evaluate(SMALL) == []
        assert not page.evaluate(SCROLL)
        assert page.locator(".wall-calm").count() == 0
        assert page.locator("[data-testid=stVegaLiteChart]").count() <= 2
        before = place(page)
        page.keyboard.press("PageDown")
        settle(page)
    assert place(page) == before  # the last scene holds
    host = page.url.split("/")[2]
    assert all(url.split("/")[2] == host for url in asked if "//" in url), asked
    page.keyboard.press("PageUp")
    settle(page)
    assert place(page) != before


def test_a_meeting_moves_a_copy_and_escape_leaves(open_page, settle):
    page = begun(open_page, settle, width=1366, height=768)
    for _ in range(4):
        page.keyboard.press("PageDown")
        settle(page)
    page.locator(".st-key-wall_lever input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".st-key-wall_replay button:not([disabled])")
    page.keyboard.press("Escape")
    page.wait_for_selector(".st-key-paper", timeout=60_000)
    page.wait_for_url("**/briefing?*recovered_loss%22%3A45*")  # the scenario stayed as it was
    page.locator("[data-testid=stTab]").nth(2).click()
    page.locator(".st-key-meeting_adopt button").first.click()
    page.wait_for_url("**/briefing?*recovered_loss%22%3A50*")


def test_the_answer_is_hidden_until_the_room_has_spoken(open_page, settle):
    page = begun(open_page, settle, width=1920, height=1080)
    page.keyboard.press("PageDown")
    settle(page)
    assert page.locator("[data-testid=stVegaLiteChart]").count() == 0
    page.locator(".st-key-wall_guess input").fill("3")
    page.locator("[data-testid=stFormSubmitButton] button").first.click()
    page.wait_for_selector(".wall-said:has-text('3.0%')")
    page.wait_for_selector("[data-testid=stVegaLiteChart]")
