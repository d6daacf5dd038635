"""The progress in a real browser: another day by the keyboard, months pasted, faults at once."""

import pytest

from tests import hostile

pytestmark = pytest.mark.browser

DAY = ".sentence b"


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_another_day_is_chosen_by_the_keyboard(open_page, settle, locale):
    page = open_page("progress", locale=locale)
    page.wait_for_selector(DAY, timeout=60_000)
    before = page.locator(DAY).first.inner_text()
    page.locator(".st-key-progress_as_of :is([role=slider], input[type=range])").press("Home")
    page.wait_for_function(
        "before => document.querySelector('.sentence b').innerText !== before", arg=before
    )
    assert "14" in page.locator(DAY).first.inner_text()
    settle(page)
    # On the day of the plan's issue nothing of the second quarter was known.
    table = page.locator("table").first.inner_text()
    assert "5.2%" not in table
    page.wait_for_selector(
        ".st-key-chart_progress_months canvas, .st-key-chart_progress_months svg"
    )
    assert page.locator("[data-testid=stException]").count() == 0


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_a_wrong_file_is_refused_with_its_faults_and_changes_nothing(open_page, settle, locale):
    page = open_page("progress", locale=locale)
    page.wait_for_selector(DAY, timeout=60_000)
    settle(page)
    before = page.locator(DAY).first.inner_text()
    page.locator(".st-key-progress_import button").first.click()
    page.locator(".st-key-progress_upload input[type=file]").set_input_files(
        {
            "name": "months.csv",
            "mimeType": "text/csv",
            "buffer": "地区,指标\n月球,增速\n".encode("gb18030"),
        }
    )
    page.wait_for_selector("[data-testid=stAlert]", timeout=30_000)
    if locale == "zh-CN":
        refused(page, settle, ".st-key-progress_upload")
        assert page.locator("[data-testid=stAlert]").count()
    assert page.locator(DAY).first.inner_text() == before
    assert page.locator("[data-testid=stException]").count() == 0
    if locale == "zh-CN":  # the other field for files of the follow-up: actuals of the register
        page.goto("/targets")
        settle(page, timeout=60_000)
        page.locator(".st-key-open_actuals summary, summary:has-text('实绩')").first.click()
        refused(page, settle, ".st-key-actuals_upload")
        said = page.locator("[data-testid=stAlert] >> visible=true").all_inner_texts()
        assert said and "读入" not in "".join(said), said


def refused(page, settle, field):
    """Drop on a field what no field takes; the page stands and shows no failure."""
    for name, content in hostile.drops().items():
        file = {"name": name, "mimeType": "text/csv", "buffer": content}
        page.locator(f"{field} input[type=file]").set_input_files([file])
        page.wait_for_selector(f"[data-testid=stFileChipName]:has-text('{name}')")
        settle(page, timeout=60_000)
        assert page.locator("[data-testid=stException]").count() == 0, name
