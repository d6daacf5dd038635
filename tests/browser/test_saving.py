"""Every page lets its charts be saved from its foot."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_charts_of_a_page_can_be_saved(open_page, settle, tmp_path, locale):
    page = open_page("districts", locale=locale)
    page.wait_for_selector(".st-key-chart_contributions svg", timeout=60_000)
    settle(page, timeout=60_000)
    page.locator(".st-key-page_menu button").first.click()
    page.wait_for_selector(".st-key-page_charts", timeout=30_000)
    settle(page)
    kinds = {}
    for kind, start in (("png", b"\x89PNG"), ("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbf")):
        with page.expect_download() as download:
            page.locator(f".st-key-save_contributions_{kind} button >> visible=true").first.click()
        path = tmp_path / kind
        download.value.save_as(path)
        kinds[kind] = path.read_bytes().startswith(start)
        assert download.value.suggested_filename.endswith(f".{kind}")
    assert all(kinds.values()), kinds
