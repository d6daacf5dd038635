"""Comparing in a real browser: a third scenario joins, a table of scenarios is run or refused."""

import pytest

from tests import hostile

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_comparison_opens_with_lines_and_a_table_of_outcomes(open_page, settle, locale):
    page = open_page("compare?s=prudent", locale=locale)
    page.wait_for_selector(".st-key-chart_compare_path .mark-line path", timeout=60_000)
    assert page.locator(".st-key-chart_compare_path .mark-line path").count() == 3
    page.locator("[data-testid=stTab]").nth(1).click()
    page.wait_for_selector("table.compare td", state="visible")
    assert page.locator("table.compare .letter >> visible=true").count() == 3


def test_a_faulty_table_is_refused_and_a_sound_one_run(open_page, settle, tmp_path):
    page = open_page("compare")
    page.wait_for_selector(".st-key-chart_compare_path svg", timeout=60_000)
    page.locator("[data-testid=stTab]").nth(4).click()
    for name, content in hostile.drops().items():
        file = {"name": name, "mimeType": "text/csv", "buffer": content}
        page.set_input_files("input[type=file]", [file])
        page.wait_for_selector(f"[data-testid=stFileChipName]:has-text('{name}')")
        settle(page)
        said = page.locator("[data-testid=stAlert] >> visible=true").all_inner_texts()
        assert any(name in text or "第 2 行" in text for text in said), (name, said)
        assert page.locator("[data-testid=stException]").count() == 0
    table = tmp_path / "情景.csv"
    table.write_text("name,start,cloud_coverage\n甲,plan,500\n", encoding="gb18030")
    page.set_input_files("input[type=file]", table)
    page.wait_for_selector("[data-testid=stAlert]:has-text('第 2 行')")
    table = tmp_path / "改好.csv"
    table.write_text("name,start,cloud_coverage\n甲,plan,50\n", encoding="gb18030")
    page.set_input_files("input[type=file]", table)
    page.wait_for_selector(".st-key-table_download", timeout=60_000)
