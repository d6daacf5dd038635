"""The desk in a real browser: what moves, what does not, and what is asked of the network."""

import pytest

pytestmark = pytest.mark.browser

LEVER = ".st-key-slide_upgrade_investment_growth input.range"
LINE = ".st-key-chart_path .mark-line path"
FORECAST = ".tiles.central .tile:nth-child(3) .big"


def test_a_lever_moves_the_number_and_the_line_without_rebuilding_the_chart(open_page, settle):
    page = open_page("levers")
    page.wait_for_selector(LINE)
    page.wait_for_selector(".beat:has-text('●')", timeout=30_000)  # the chances move the number too
    settle(page)
    number, line = page.inner_text(FORECAST), path(page)
    page.evaluate("document.querySelector('.st-key-chart_path svg').dataset.mine = 'yes'")
    page.locator(LEVER).focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "([place, old]) => document.querySelector(place).innerText !== old", arg=[FORECAST, number]
    )
    page.wait_for_function(
        "([place, old]) => [...document.querySelectorAll(place)]"
        ".map(e => e.getAttribute('d')).join() !== old",
        arg=[LINE, line],
    )
    settle(page)
    assert path(page) != line
    assert page.get_attribute(".st-key-chart_path svg", "data-mine") == "yes"


def path(page):
    return page.eval_on_selector_all(LINE, "found => found.map(e => e.getAttribute('d')).join()")


def test_the_chances_arrive_after_a_move(open_page, settle):
    page = open_page("levers")
    page.wait_for_selector(LINE)
    page.locator(LEVER).focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".beat:has-text('◌')")
    page.wait_for_selector(".beat:has-text('●')", timeout=30_000)


def test_an_address_opens_the_same_scenario_and_language(open_page, settle):
    page = open_page("levers")
    page.wait_for_selector(LINE)
    page.locator(LEVER).focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/levers?*upgrade_investment_growth%22%3A19*")
    page.wait_for_selector(".beat:has-text('●')", timeout=30_000)
    number = page.inner_text(FORECAST)
    query = page.url.split("?")[1]
    other = open_page(f"levers?{query}", locale="en-US")
    other.wait_for_selector(FORECAST)
    other.wait_for_selector(".beat:has-text('●')", timeout=30_000)
    assert other.inner_text(FORECAST) == number
    assert other.evaluate("document.documentElement.lang") == "zh-CN"
