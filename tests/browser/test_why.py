"""The page that says why, in a real browser."""

import pytest

pytestmark = pytest.mark.browser

CHART = ".st-key-chart_why_iva_growth svg"


def test_ranges_arrive_with_progress_and_draw_whiskers(open_page, settle):
    page = open_page("why")
    page.wait_for_selector(CHART)
    settle(page)
    before = page.inner_text("table.why")
    assert "90%" not in before
    page.locator(".st-key-why_ranges label").first.click()
    page.wait_for_selector(".st-key-why_progress")
    page.wait_for_selector(".st-key-why_progress", state="detached", timeout=60_000)
    page.wait_for_function(
        "old => document.querySelector('table.why').innerText !== old", arg=before
    )
    settle(page)
    assert "90%" in page.inner_text("table.why")
    assert page.locator(f"{CHART} .mark-rule line").count() > 12


def test_each_question_has_its_chart(open_page, settle):
    page = open_page("why")
    page.wait_for_selector(CHART)
    for number, chart in ((1, "why_sources"), (2, "why_district_iva_growth")):
        page.locator(".st-key-why_view button").nth(number).click()
        page.wait_for_selector(f".st-key-chart_{chart} svg")
        settle(page)
