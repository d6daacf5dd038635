"""The energy and investment pages in a real browser: the year moves marks, charts stay."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("name", "chart", "mark"),
    [
        ("energy", "energy_steps", ".mark-rect path"),
        ("investment", "investment_kernel", ".mark-symbol path"),
    ],
)
def test_another_year_moves_the_marks_and_keeps_the_chart(open_page, settle, name, chart, mark):
    page = open_page(name)
    place = f".st-key-chart_{chart}"
    page.wait_for_selector(f"{place} {mark}", timeout=30_000)
    settle(page)
    drawn = marks(page, f"{place} {mark}")
    page.evaluate(f"document.querySelector('{place} svg').dataset.mine = 'yes'")
    page.locator(f".st-key-{name}_year button").nth(1).click()
    page.wait_for_function(
        "([place, old]) => [...document.querySelectorAll(place)]"
        ".map(e => e.getAttribute('d') + e.getAttribute('transform')).join() !== old",
        arg=[f"{place} {mark}", drawn],
    )
    settle(page)
    assert page.get_attribute(f"{place} svg", "data-mine") == "yes"
    page.locator(f".st-key-{name}_compare label").first.click()
    settle(page)
    assert page.get_attribute(f"{place} svg", "data-mine") == "yes"
    assert page.locator("[data-testid=stException]").count() == 0


def marks(page, place):
    return page.eval_on_selector_all(
        place,
        "found => found.map(e => e.getAttribute('d') + e.getAttribute('transform')).join()",
    )
