"""Two clicks from a tile to its formula and parameters; a browser that is late with a field."""

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


def test_a_field_that_comes_late_does_not_change_the_scenario(browser, app_server, settle):
    """The list of scenarios is drawn only after a second run of the page, as on a slow line."""
    context = browser.new_context(base_url=app_server, locale="zh-CN")
    page = context.new_page()
    held = []

    def hold(route):
        if "Selectbox" in route.request.url and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/static/js/*", hold)
    page.goto("/method")
    tabs = page.get_by_role("tab")
    tabs.nth(1).click()  # a run before the list is there
    page.locator(".katex").nth(2).wait_for()
    assert held, "the list is no longer a file of its own; hold back what draws it"
    held[0].continue_()
    page.locator(".st-key-pick_scenario input").wait_for()
    tabs.nth(4).click()  # what the list now holds goes to the server with the next run
    settle(page)
    assert "s=plan" in page.url
    assert "文件目标" in page.locator(".st-key-pick_scenario").inner_html()
    context.close()
