"""No page has a serious fault of access of our own making, in either language."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from pages.parts.frame import PAGES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh-CN"), ("en-US", "en")])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_fault_of_access(open_page, settle, name, locale, language):
    page = open_page("" if name == PAGES[0] else name, locale=locale)
    page.wait_for_function("language => document.documentElement.lang === language", arg=language)
    page.wait_for_selector(".brand")
    page.wait_for_function("!document.querySelector('.beat')?.innerText.includes('◌')")
    settle(page)
    faults = [
        (fault["id"], fault["help"], [node["target"] for node in fault["nodes"]])
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert not faults
