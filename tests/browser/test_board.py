"""The register and the audit in a real browser: rows are chosen by mouse and by keyboard."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_a_row_of_the_register_opens_beside_the_list(open_page, settle, locale):
    page = open_page("targets", locale=locale)
    page.wait_for_selector(".pick-list tr[data-id=T05]")
    page.click(".pick-list tr[data-id=T05] td.goal")
    page.wait_for_selector(".detail .place:has-text('T05')")
    settle(page)
    assert page.get_attribute(".pick-list tr[data-id=T05]", "class") == "chosen"
    page.focus(".pick-list button[data-id=T05]")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".detail .place:has-text('T06')")
    settle(page)
    assert page.evaluate("document.activeElement.dataset.id") == "T06"
    assert page.locator("[data-testid=stException]").count() == 0


def test_a_lever_named_by_a_target_opens_among_the_levers(open_page, settle):
    page = open_page("targets")
    page.click(".st-key-to_recovered_loss button")
    page.wait_for_url("**/levers?*")
    page.wait_for_selector(".st-key-card_recovered_loss")
    assert page.locator("[data-testid=stException]").count() == 0


def test_a_check_opens_beside_the_list_and_follows_its_numbers(open_page, settle):
    page = open_page("audit", locale="en-US")
    page.wait_for_selector(".st-key-chart_annex_iva svg")
    page.click(".pick-list tr[data-id=energy_use]")
    page.wait_for_selector(".detail h3:has-text('Growth and unit energy use')")
    settle(page)
    page.fill("input[aria-label^='Target: growth of value added']", "6")
    page.keyboard.press("Enter")
    page.wait_for_selector(".steps b:has-text('1.76')")  # 106 x 0.96 - 100
    settle(page)
    page.click(".st-key-audit_reset button")
    page.wait_for_selector(".steps b:has-text('2.72')")
    assert page.locator("[data-testid=stException]").count() == 0


@pytest.mark.parametrize("path", ["targets", "audit"])
def test_lists_and_particulars_have_no_fault_that_axe_finds(open_page, settle, path):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(path)
    page.wait_for_selector(".pick-list tr.chosen")
    page.wait_for_selector(".detail h3")
    for part in (".pick-list", ".detail"):
        found = Axe().run(page, context=part).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
