"""Undo, the library, links and crashes in a real browser, by keyboard, in both languages."""

import contextlib
import signal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import TimeoutError

from pages.parts import link
from pages.parts.frame import PAGES
from tests.conftest import free_port, serving

pytestmark = pytest.mark.browser

LEVER = ".st-key-slide_upgrade_investment_growth input.range"
VALUE = LEVER
STEPS = ".st-key-history_steps button"


def move(page, settle, keys=2):
    page.locator(LEVER).focus()
    for _ in range(keys):
        page.keyboard.press("ArrowRight")
    settle(page)


def hold(page, part):
    """Drag the lever to a part of its way and keep hold of it; return the value it stands at."""
    box = page.locator(LEVER).bounding_box()
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.61 * box["width"], height)
    page.mouse.down()
    page.mouse.move(box["x"] + part * box["width"], height, steps=8)
    value = page.input_value(LEVER)
    page.locator(".effects .moved", has_text=f"→ {value}%").wait_for()
    page.wait_for_timeout(1500)  # the work is written a moment after the last step
    return value


def wait_for_value(page, value):
    """Wait until the lever stands there; a run in between may just have begun."""
    from playwright.sync_api import expect

    expect(page.locator(VALUE)).to_have_value(str(value), timeout=15_000)


def picked(page):
    return page.input_value(".st-key-pick_scenario input")


def ready(page, settle):
    """Wait until the first answer is complete, so that no run is under way."""
    page.wait_for_selector(LEVER)
    page.wait_for_selector(".beat:has-text('●')", timeout=30_000)
    settle(page)
    return page


def press(page, settle, key):
    """Press a button as a keyboard does: focus and Enter."""
    page.locator(f".st-key-{key} button").first.focus()
    page.keyboard.press("Enter")
    settle(page)


def query(page):
    return {key: found[0] for key, found in parse_qs(urlsplit(page.url).query).items()}


@pytest.mark.parametrize(
    ("locale", "said"),
    [("zh-CN", "技改投资增速 20% → 22%"), ("en-US", "upgrading investment 20% → 22%")],
)
def test_undo_redo_and_history_by_keyboard_survive_a_refresh(open_page, settle, locale, said):
    page = ready(open_page("levers", locale=locale), settle)
    move(page, settle)
    wait_for_value(page, 22)
    page.keyboard.press("Control+z")
    settle(page)
    wait_for_value(page, 20)
    page.keyboard.press("Control+y")
    settle(page)
    wait_for_value(page, 22)
    page.wait_for_timeout(1500)  # the work is written a moment after the last step
    page.reload()
    settle(page)
    press(page, settle, "history_list")
    page.wait_for_selector(STEPS)
    texts = page.locator(STEPS).all_inner_texts()
    assert len(texts) == 2 and said in texts[0]
    page.locator(STEPS).nth(1).focus()
    page.keyboard.press("Enter")
    settle(page)
    wait_for_value(page, 20)


def test_back_leads_to_the_page_before_however_often_a_lever_was_moved(open_page, settle):
    page = open_page("compare")
    page.locator("header a[href*='levers']").first.click()
    page.wait_for_url("**/levers?**")
    ready(page, settle)
    for value in (21, 22, 23):
        move(page, settle, 1)
        page.wait_for_url(f"**upgrade_investment_growth%22%3A{value}%2C**")
    page.go_back()
    page.wait_for_url("**/compare?**")
    settle(page)
    assert "upgrade_investment_growth%22%3A23%2C" in page.url
    page.go_forward()
    page.wait_for_url("**/levers?**")
    ready(page, settle)
    wait_for_value(page, 23)


def test_fifty_moves_are_undone_and_made_again_to_the_same_bits(open_page, settle, plan):
    """By keyboard alone; moves of two levers in turn, so that each is a step of its own."""
    names = ("upgrade_investment_growth", "investment_growth")
    page, moved = ready(open_page("levers"), settle), [plan.scenarios["plan"]]
    for k in range(50):
        lever = plan.lever(names[k % 2])
        value = round(moved[-1].value(lever.id) + lever.step, 6)
        moved.append(moved[-1].with_lever(lever.id, value))
        page.locator(f".st-key-slide_{lever.id} input.range").focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "said => document.querySelector('.effects .moved')?.innerText.includes(said)",
            arg=f"→ {value:g}%",
        )
    assert scenario_of(page, plan, moved[-1]) == moved[-1]
    page.locator("[data-testid=stTopNavLink]").nth(PAGES.index("solve")).click()
    page.wait_for_selector(".st-key-solve_ask")
    for key, way in (("z", moved[-2::-1]), ("y", moved[1:])):
        for scenario in way:
            page.keyboard.press(f"Control+{key}")
            assert scenario_of(page, plan, scenario) == scenario
    for key, end in (("z", moved[0]), ("y", moved[-1])):  # faster than the page can follow
        for _ in moved[1:]:
            page.keyboard.press(f"Control+{key}")
        assert scenario_of(page, plan, end) == end
    page.locator("[data-testid=stTopNavLink]").nth(PAGES.index("levers")).click()
    ready(page, settle)
    fresh = ready(open_page(f"levers?{urlsplit(page.url).query}"), settle)
    for one in (page, fresh):
        one.wait_for_function(f"document.querySelectorAll('{LINES}').length > 2")
    shown = [
        (one.inner_text(".tiles.central"), one.eval_on_selector_all(LINES, PATHS))
        for one in (page, fresh)
    ]
    assert shown[0] == shown[1] and all(shown[0][1])


LINES = ".st-key-results .mark-line path"
PATHS = "found => found.map(line => line.getAttribute('d').match(/,[\\d.]+/g).join())"
"""Heights of the points: the width of a chart is that of what stands beside it."""


def scenario_of(page, plan, expected):
    """Return what the address holds, once it holds what is expected or has had its time."""
    values = link.encode(plan, expected)
    with contextlib.suppress(TimeoutError):
        page.wait_for_function(
            "c => new URLSearchParams(location.search).get('c') === c",
            arg=values["c"], polling=20, timeout=10_000,
        )  # fmt: skip
    return link.decode(plan, query(page))[0]


@pytest.mark.parametrize(("locale", "own"), [("zh-CN", "加力方案"), ("en-US", "Push harder")])
def test_a_scenario_is_saved_renamed_binned_and_restored_by_keyboard(
    open_page, settle, locale, own
):
    page = ready(open_page("levers", locale=locale), settle)
    move(page, settle)
    page.wait_for_selector(".badge:has-text('●')")  # the frame follows with the chances
    page.keyboard.press("Control+s")
    page.locator(".st-key-new_name input").fill(own)
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=dialog]", state="detached")
    settle(page)
    assert page.locator(".badge:has-text('●')").count() == 0
    assert own in picked(page)

    press(page, settle, "library")
    row = page.locator("[class*=st-key-row_]", has_text=own)
    row.locator("[class*=st-key-rename_] button").focus()
    page.keyboard.press("Enter")
    page.locator("[class*=st-key-name_] input").fill(own + " 2")
    page.keyboard.press("Enter")
    row = page.locator("[class*=st-key-row_]", has_text=own + " 2")
    row.wait_for()
    settle(page)
    row.locator("[class*=st-key-bin_] button").focus()
    page.keyboard.press("Enter")
    row.wait_for(state="detached")
    settle(page)
    page.locator("[role=dialog] [role=radio]").nth(1).click()
    settle(page)
    row.locator("[class*=st-key-restore_] button").focus()
    page.keyboard.press("Enter")
    row.wait_for(state="detached")
    settle(page)
    page.locator("[role=dialog]").press("Escape")
    page.wait_for_selector("[role=dialog]", state="detached")
    settle(page)
    wait_for_value(page, 22)  # what was binned stays on screen


def test_two_people_save_the_same_scenario(open_page, settle):
    """The second is told, sees the difference and keeps both."""
    first = ready(open_page("levers", locale="zh-CN"), settle)
    first.keyboard.press("Control+s")
    first.locator(".st-key-new_name input").fill("共用")
    first.locator(".st-key-new_author input").fill("张三")
    first.keyboard.press("Enter")
    first.wait_for_selector("[role=dialog]", state="detached")
    second = ready(open_page("levers", locale="en-US"), settle)
    press(second, settle, "library")
    row = second.locator("[class*=st-key-row_]", has_text="共用").first
    row.locator("[class*=st-key-open_] button").click()
    second.wait_for_selector("[role=dialog]", state="detached")
    settle(second)
    move(second, settle, keys=3)
    move(first, settle, keys=1)
    first.locator("body").press("Control+s")
    first.wait_for_selector("[data-testid=stToast]")
    second.keyboard.press("Control+s")
    second.wait_for_selector(".st-key-keep_both button")
    said = second.locator("[role=dialog]").inner_text()
    assert "张三" in said and "21% → 23%" in said
    press(second, settle, "keep_both")
    second.wait_for_selector("[role=dialog]", state="detached")
    settle(second)
    assert "共用 (2)" in picked(second)
    wait_for_value(second, 23)
    wait_for_value(first, 21)


@pytest.mark.parametrize("secure", [True, False])
def test_the_link_is_copied_with_and_without_https(browser, app_server, settle, secure):
    context = browser.new_context(base_url=app_server, locale="zh-CN")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    if not secure:  # what a page on a plain http address finds
        page.add_init_script(
            "Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})"
        )
    page.goto("/levers?lang=zh")
    ready(page, settle)
    move(page, settle)
    press(page, settle, "share")
    button = page.locator(".st-key-share_link").get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    page.locator(".st-key-share_link", has_text="已复制").wait_for()
    link = page.locator(".st-key-share_link textarea").input_value()
    page.keyboard.press("Escape")
    settle(page)
    assert link.startswith(app_server + "/levers?") and "w=" not in link.split("?")[1].split("&")
    assert "w" not in parse_qs(urlsplit(link).query)
    page.goto(link)
    settle(page)
    wait_for_value(page, 22)
    context.close()


def test_an_address_passed_on_opens_a_copy(open_page, settle):
    """Somebody else's browser works on a visit of its own, also with the whole address."""
    mine = ready(open_page("levers"), settle)
    move(mine, settle)
    mine.wait_for_timeout(1500)
    theirs = ready(open_page(mine.url.split("/", 3)[3]), settle)
    wait_for_value(theirs, 22)
    assert query(theirs)["w"] != query(mine)["w"]
    move(theirs, settle, keys=5)
    theirs.wait_for_timeout(1500)
    mine.reload()
    settle(mine)
    wait_for_value(mine, 22)
    press(mine, settle, "history_list")
    assert mine.locator(STEPS).count() == 2


def test_killing_the_server_loses_nothing(browser, settle, tmp_path):
    """Killed in the middle of a drag and started again: values and history are there."""
    port, record = free_port(), tmp_path / "server.txt"
    library = {"SIMULATOR_LIBRARY": str(tmp_path / "library.sqlite"), "LEVER_CONTROL": None}
    started = contextlib.ExitStack()

    def start():
        return started.enter_context(serving(record, port=port, **library))

    address, server = start()
    context = browser.new_context(locale="zh-CN", viewport={"width": 1600, "height": 1000})
    try:
        page = context.new_page()
        page.goto(f"{address}/levers")
        ready(page, settle)
        for keys, value in ((2, 22), (1, 23)):
            move(page, settle, keys)
            page.locator(".effects .moved", has_text=f"→ {value}%").wait_for()
            page.wait_for_timeout(1500)  # moves a pause apart are two steps
        dragged = hold(page, 0.8)
        server.send_signal(signal.SIGKILL)  # while the hand is still on the lever
        server.wait(10)
        _, server = start()
        page.mouse.up()
        page.reload()
        settle(page)
        wait_for_value(page, dragged)
        page.locator("body").press("Control+z")
        settle(page)
        wait_for_value(page, 23)
        # The same without a crash: a reload before the hand has let go.
        dragged = hold(page, 0.3)
        page.reload()
        settle(page)
        wait_for_value(page, dragged)
        page.mouse.up()
        page.locator("body").press("Control+z")
        settle(page)
        wait_for_value(page, 23)
        # The page stays open this time: what it had undone before is not undone again.
        server.send_signal(signal.SIGKILL)
        page.wait_for_selector("[role=dialog]")
        # A move that no server heard is taken by the next one.
        page.locator(LEVER).evaluate(
            """range => {
                range.value = 31;
                range.dispatchEvent(new Event('input'));
                range.dispatchEvent(new Event('change'));
            }"""
        )
        start()
        page.wait_for_selector("[role=dialog]", state="detached")
        page.locator(".effects .moved", has_text="→ 31%").wait_for()
        settle(page)
        wait_for_value(page, 31)
        for value in (23, 22):
            page.locator("body").press("Control+z")
            settle(page)
            wait_for_value(page, value)
        # Without the address too: the browser is known again.
        page.wait_for_timeout(1500)
        other = context.new_page()
        other.goto(address)
        settle(other)
        press(other, settle, "take_up")
        # The page is drawn once more when the chances are there.
        other.wait_for_function("!document.querySelector('.beat')?.innerText.includes('◌')")
        settle(other)
        press(other, settle, "history_list")
        other.wait_for_selector(STEPS)
        assert other.locator(STEPS).count() >= 3
    finally:
        context.close()
        started.close()
