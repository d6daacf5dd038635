"""Two clicks from a tile to its formula and parameters, and the address of the first page."""

import pytest


@pytest.mark.parametrize(
    ("locale", "opens", "leads", "said"),
    [
        ("zh-CN", "口径与公式", "公式与参数", ("用到的参数", "判断", "可比口径增速")),
        ("en-US", "Definitions and formulas", "Formula and parameters",
         ("Parameters that enter", "judgement", "Growth on the comparable basis")),
    ],
)  # fmt: skip
def test_two_clicks_lead_from_the_tiles_to_the_formula(
    open_page, settle, locale, opens, leads, said
):
    page = open_page("overview?lang=" + locale[:2], locale=locale)
    # The name of the first page leads to the app itself, with what the address held.
    assert page.url.split("?")[0].endswith("/")
    assert f"lang={locale[:2]}" in page.url
    assert page.get_by_role("dialog").count() == 0
    page.get_by_role("button", name=opens).first.click()
    page.locator(".st-key-definitions_mva_growth button", has_text=leads).click()
    settle(page)
    assert page.url.split("?")[0].endswith("/method")
    assert "indicator=mva_growth" in page.url
    text = page.locator("[data-testid=stMain]").inner_text()
    for words in said:
        assert words in text
    page.locator(".katex").first.wait_for()
    page.reload()  # the address keeps the indicator
    settle(page)
    assert "indicator=mva_growth" in page.url
    assert page.locator("[data-testid=stException]").count() == 0
