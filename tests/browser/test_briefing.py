"""A file that left the app in one browser brings its scenario back in another."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_an_exported_picture_restores_its_scenario(open_page, settle, tmp_path, locale):
    page = open_page("briefing?s=prudent", locale=locale)
    page.wait_for_selector(".st-key-paper", timeout=60_000)
    page.locator("[data-testid=stTab]").nth(1).click()
    with page.expect_download() as download:
        page.locator(".st-key-exhibit_fan_png button").first.click()
    kept = tmp_path / download.value.suggested_filename
    download.value.save_as(kept)
    other = open_page("briefing?s=status_quo", locale=locale)
    other.wait_for_selector(".st-key-paper", timeout=60_000)
    other.set_input_files("input[type=file]", kept)
    other.wait_for_url("**/briefing?*s=prudent*")


def test_a_foreign_file_is_refused_and_nothing_changes(open_page, settle, tmp_path):
    page = open_page("briefing?s=prudent")
    page.wait_for_selector(".st-key-paper", timeout=60_000)
    foreign = tmp_path / "照片.png"
    foreign.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    page.set_input_files("input[type=file]", foreign)
    page.wait_for_selector("[data-testid=stAlert]:has-text('照片.png')")
    assert "s=prudent" in page.url
