"""Confidence in a real browser: its tabs, and indices that are worked out, stopped and kept."""

import pytest

pytestmark = pytest.mark.browser


def test_the_indices_can_be_stopped_and_worked_out(open_page):
    page = open_page("confidence?s=prudent", locale="en-US")
    page.wait_for_selector("table.chances", timeout=60_000)
    page.locator("[data-testid=stTab]").nth(1).click()
    page.wait_for_selector(".st-key-chart_tornado canvas, .st-key-chart_tornado svg")
    page.locator(".st-key-indices_start button").click()
    page.wait_for_selector(".st-key-indices_stop button", timeout=30_000)
    page.locator(".st-key-indices_stop button").click()
    page.wait_for_selector(".st-key-indices_start button", timeout=30_000)
    page.locator(".st-key-indices_start button").click()
    page.wait_for_selector(".st-key-chart_indices", timeout=120_000)
    page.locator("[data-testid=stTab]").nth(2).click()
    page.wait_for_selector("table.scores td.loses")
    assert page.locator("[data-testid=stException]").count() == 0
