"""Every interaction of the lever desk, driven by hand and keyboard in Chromium, in each language.

One walk a language drives what stands in `DRIVEN`; the walk fails when one of them was left out,
and when the page shows a control that neither `DRIVEN` nor `ELSEWHERE` knows.

===============================  ===========================================================
interaction                      where
===============================  ===========================================================
group, all groups, sort, target  test_the_desk_from_end_to_end (`levers`)
slider by keys, typed value,     `levers`; every key, drag, range and garbage in test_live
range and garbage refused
basis of a lever, definitions    `levers`; the way to each formula in test_method
third chart                      `levers`
district grid, typed and pasted  `districts`
assumptions, month, reset        `assumptions`
both resets, plan, presets       `scenarios`
undo, redo, history, text undo   `history`; after a refresh in test_state
save as, save, note, unsaved     `library`
search, rename, duplicate, open  `library`
bin, restore, empty the bin      `library`
download, upload, refused file   `files`
overwrite, take theirs           `conflicts`; keep both with two browsers in test_state
link copied and opened           `sharing`; without https in test_state
damaged link, notice understood  `sharing`
caution mended                   `scenarios`; and undone in test_cautions
language                         `languages`
refresh and kill in mid-drag     test_state
axe with everything open         `accessible`, after each part of the walk
charts of the page as files      test_saving
take up or leave earlier work    test_state, test_library_page
library that fails, retry        test_library_page
sign out                         test_sign_in
===============================  ===========================================================
"""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from model.library import Library
from model.store import Store, default_url
from pages.views.texts import texts

pytestmark = pytest.mark.browser

CALM = ".beat:has-text('●')"
UPGRADE, INVEST = "upgrade_investment_growth", "investment_growth"

DRIVEN = {
    "lever_group", "power_target", "power_year", "power_sort", "slide_*", "basis_*", "definitions",
    "third", "open_*", "districts_*", "open_assumptions", "slide_anchor_firm_stop_start",
    "reset_assumptions", "reset", "reset_saved", "load_plan", "pick_scenario", "mend_*", "undo",
    "redo", "history_list", "step_*", "save", "new_name", "new_note", "new_author", "library",
    "library_part", "library_search", "rename_*", "name_*", "note_*", "duplicate_*", "bin_*",
    "restore_*", "delete_all", "empty_bin", "download_*", "upload_*", "overwrite", "take_theirs",
    "share", "share_link", "notices_read", "pick_language",
}  # fmt: skip
ELSEWHERE = {"definitions_*", "page_menu", "keep_both", "take_up", "leave", "retry", "sign_out"}
FOUND_BY_TEXT = {
    "FormSubmitter-*",
    "save_as",
    "rename_form_*",
    "records",
    "link_notices",
    "chart_*",
}
"""Forms, lists, notes and the tools of a chart, whose buttons have no name of their own."""

SHOWN = """
() => [...document.querySelectorAll('button, input, textarea, summary, canvas, [role=slider]')]
    .map(found => found.closest('[class*=st-key-]'))
    .filter(found => found && found.closest('[data-testid=stApp], [role=dialog]'))
    .map(found => [...found.classList].find(name => name.startsWith('st-key-')).slice(7))
"""


class Walk:
    """A browser on the lever page, and what was driven on it."""

    def __init__(self, page, settle, plan, language) -> None:
        self.page, self.settle, self.plan, self.t = page, settle, plan, texts(language)
        self.driven, self.shown = set(), set()

    def at(self, key):
        """Return the place of a control, which counts as driven from now on."""
        self.driven.add(key)
        return self.page.locator(f".st-key-{key}")

    def like(self, start, within=""):
        """Return the places of controls whose names begin alike."""
        self.driven.add(f"{start}*")
        return self.page.locator(f"{within} [class*='st-key-{start}']")

    def press(self, key):
        """Press a button by keyboard."""
        button = self.at(key).get_by_role("button").first
        button.focus()
        self.page.keyboard.press("Enter")
        self.look()

    def look(self):
        """Wait until the run has ended, and take note of the controls that are there."""
        self.settle(self.page, timeout=90_000)
        self.shown |= set(self.page.evaluate(SHOWN))

    def calm(self):
        """Wait until the chances are those of the scenario."""
        self.page.wait_for_selector(CALM, timeout=90_000)
        self.look()

    def value(self, lever):
        return float(self.page.input_value(f".st-key-slide_{lever} input.range"))

    def stands_at(self, lever, value):
        """Wait until a lever stands at a value."""
        expect(self.page.locator(f".st-key-slide_{lever} input.range")).to_have_value(
            f"{value:g}", timeout=60_000
        )

    def type(self, lever, text):
        """Type a value into the field of a lever."""
        self.driven.add("slide_*")
        self.page.locator(f".st-key-slide_{lever} input.typed").fill(text)
        self.page.keyboard.press("Enter")

    def accessible(self):
        """Assert that axe finds no serious fault on what is open now.

        The toast is Streamlit's own: it is a dialog to axe, and cannot be given a name.
        """
        found = Axe().run(self.page, context={"exclude": [[".stToast"]]}).response["violations"]
        faults = [
            (fault["id"], fault["help"], [node["target"] for node in fault["nodes"]])
            for fault in found
            if fault["impact"] in ("serious", "critical")
        ]
        assert not faults, faults

    def closed(self):
        """Close the dialog."""
        self.page.keyboard.press("Escape")
        self.page.wait_for_selector("[role=dialog]", state="detached")
        self.look()

    def left_out(self, names):
        """Return the names of controls that no pattern knows."""
        patterns = [re.escape(p).replace(r"\*", ".*") for p in DRIVEN | ELSEWHERE | FOUND_BY_TEXT]
        # Whatever stands in a card or a row has the name of a control inside it.
        patterns += ["card_.*", "head_.*", "row_.*", "acts_.*", "frame", "results", "save_.*"]
        known = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
        return {name for name in names if not known.fullmatch(name)}


@pytest.fixture
def shelf(plan):
    """The same library as the app's, for whoever else works with it."""
    return Library(plan, Store(default_url()))


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh"), ("en-US", "en")])
def test_the_desk_from_end_to_end(open_page, settle, plan, shelf, tmp_path, locale, language):
    page = open_page("levers?s=plan", locale=locale)
    page.set_default_timeout(90_000)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    walk = Walk(page, settle, plan, language)
    walk.calm()
    levers(walk)
    districts(walk)
    assumptions(walk)
    scenarios(walk)
    history(walk)
    library(walk, shelf, tmp_path)
    conflicts(walk, shelf)
    sharing(walk)
    languages(walk)
    assert walk.driven == DRIVEN
    assert not walk.left_out(walk.shown)


def levers(walk):
    page, t = walk.page, walk.t
    walk.at("lever_group").locator("button").first.click()
    page.wait_for_function(
        "n => document.querySelectorAll(\"[class*='st-key-head_']\").length === n",
        arg=len(walk.plan.levers),
        timeout=60_000,
    )
    walk.look()
    walk.at("power_sort").locator("label").first.click()
    page.wait_for_function(
        "() => document.querySelector('[class*=st-key-card_]').className.includes('recovered_loss')"
    )
    walk.look()
    walk.at("power_sort").locator("label").first.click()
    for key, position in (("power_target", 1), ("power_year", 1)):
        walk.at(key).locator("input").first.click()
        page.locator("[role=option]").nth(position).click()
        walk.look()
    assert str(walk.plan.years[1]) in page.locator(".power[title]").first.get_attribute("title")
    walk.at("lever_group").locator("button").nth(2).click()
    walk.look()
    lever = walk.plan.lever(UPGRADE)
    walk.like("basis_").filter(visible=True).nth(1).get_by_role("button").click()
    walk.look()
    said = page.locator("[data-testid=stPopoverBody]").inner_text()
    assert t.of(lever, "guidance") in said and lever.clause.split(";")[-1].strip() in said
    walk.accessible()
    page.keyboard.press("Escape")
    for given in ("900", "一二"):
        walk.type(UPGRADE, given)
        refusal = page.locator(f".st-key-slide_{UPGRADE} [role=alert]")
        refusal.wait_for()
        assert given in refusal.inner_text() and "50" in refusal.inner_text()
    walk.type(UPGRADE, "２５")  # full-width digits, as a Chinese keyboard gives
    walk.stands_at(UPGRADE, 25)
    page.locator(f".st-key-slide_{UPGRADE} input.range").focus()
    page.keyboard.press("ArrowRight")
    walk.stands_at(UPGRADE, 26)
    expect(page.locator(".effects .moved")).to_contain_text("→ 26%", timeout=60_000)
    spoken = page.get_attribute(f".st-key-slide_{UPGRADE} input.range", "aria-valuetext")
    assert spoken.startswith(f"26 {t.unit('%')}, ")
    walk.calm()
    walk.at("third").locator("button").nth(1).click()
    page.wait_for_selector(".st-key-chart_years_energy_intensity_fall svg")
    walk.press("definitions")
    said = page.locator("[role=dialog]").inner_text()
    assert t("definition.differs_nominal") in said
    walk.accessible()
    walk.closed()


def districts(walk):
    page, t = walk.page, walk.t
    walk.driven.add("open_*")
    page.locator(f".st-key-open_{INVEST} summary").click()
    grid = walk.like(f"districts_{INVEST}").locator("[data-testid=stDataFrame]")
    walk.driven.discard(f"districts_{INVEST}*")
    walk.driven.add("districts_*")
    grid.wait_for()
    walk.look()
    walk.accessible()
    before = walk.value(INVEST)
    page.evaluate("navigator.clipboard.writeText('99\\n12\\n-70')")
    alert = page.locator(f".st-key-card_{INVEST} [data-testid=stAlert]")
    choose(page, grid)
    page.keyboard.press("Control+v")
    alert.wait_for()
    walk.look()
    names = [t.of(walk.plan.districts[k]) for k in (0, 2)]
    assert all(name in alert.inner_text() for name in names)  # both faults, and nothing taken
    assert walk.value(INVEST) == before
    choose(page, grid)
    page.keyboard.press("Enter")
    cell = page.locator("#portal input")
    cell.wait_for()
    cell.fill("30")
    page.keyboard.press("Enter")
    alert.wait_for(state="detached")
    page.wait_for_function(
        "([place, name]) => document.querySelector(place).innerText.includes(name)",
        arg=[".effects .moved", names[0]],
    )
    assert walk.value(INVEST) > before  # the city figure follows by the weight of the district
    page.locator(f".st-key-open_{INVEST} summary").click()
    walk.calm()


def choose(page, grid):
    """Choose the first value of a grid."""
    page.wait_for_timeout(800)  # the grid is drawn on a canvas, which tells nobody when
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 52)
    page.wait_for_timeout(300)


def assumptions(walk):
    page = walk.page
    box = walk.at("open_assumptions")
    box.locator("summary").click()
    page.locator(".st-key-slide_covid_loss").wait_for()
    walk.look()
    walk.type("covid_loss", "30")
    page.locator(".badge.warn").wait_for(timeout=60_000)
    month = (
        walk.at("slide_anchor_firm_stop_start").locator("input[type=range], [role=slider]").first
    )
    month.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.badge.warn').innerText.includes('2')")
    walk.calm()
    # The box stays open while its count changes, or the slider would leave the hand.
    assert page.locator(".st-key-slide_covid_loss").is_visible()
    walk.accessible()
    walk.press("reset_assumptions")
    walk.stands_at("covid_loss", 27)
    page.locator(".badge.warn").wait_for(state="detached")
    box.locator("summary").click()
    walk.look()


def scenarios(walk):
    t = walk.t
    for key, value in (("reset", 2), ("load_plan", 20)):
        walk.press(key)
        walk.stands_at(UPGRADE, value)
    walk.calm()
    walk.like("mend_").first.get_by_role("button").click()
    walk.stands_at(UPGRADE, 23)
    walk.press("reset_saved")
    walk.stands_at(UPGRADE, 20)
    for name in ("ambitious", "replay_2020", "plan_no_covid", "prudent", "status_quo", "plan"):
        scenario = walk.plan.scenarios[name]
        pick(walk, t.of(scenario))
        walk.stands_at(UPGRADE, scenario.value(UPGRADE))
    walk.calm()


def pick(walk, name):
    """Choose a scenario by its name; the list stays open when the frame is drawn anew."""
    option = walk.page.locator("[role=option]", has_text=re.compile(rf"^{re.escape(name)}$"))
    walk.at("pick_scenario").locator("input").first.click()
    option.first.click()
    walk.look()


def history(walk):
    page = walk.page
    walk.type(UPGRADE, "31")
    walk.stands_at(UPGRADE, 31)
    walk.calm()
    walk.press("undo")
    walk.stands_at(UPGRADE, 20)
    walk.press("redo")
    walk.stands_at(UPGRADE, 31)
    # In a text that is being edited the keys belong to the text.
    field = page.locator(f".st-key-slide_{UPGRADE} input.typed")
    field.click()
    page.keyboard.press("End")
    page.keyboard.type("7")
    page.keyboard.press("Control+z")
    assert field.input_value() == "31"
    page.keyboard.press("Escape")
    walk.stands_at(UPGRADE, 31)
    page.keyboard.press("Control+z")
    walk.stands_at(UPGRADE, 20)
    walk.calm()
    walk.press("history_list")
    steps = walk.like("step_").get_by_role("button")
    assert steps.count() >= 2
    walk.accessible()
    steps.filter(has_text="→ 31%").first.click()
    walk.stands_at(UPGRADE, 31)
    page.keyboard.press("Escape")
    walk.calm()


def library(walk, shelf, tmp_path):
    page, t = walk.page, walk.t
    own = f"加力 {t.language}"
    page.locator(".badge.on", has_text="●").wait_for()
    page.keyboard.press("Control+s")
    name = walk.at("new_name").locator("input")
    name.fill(own)
    walk.at("new_note").locator("textarea").fill("逐条 · <b>note</b>")
    walk.at("new_author").locator("input").fill("张三")
    walk.look()
    walk.accessible()
    name.press("Enter")
    page.wait_for_selector("[role=dialog]", state="detached")
    walk.look()
    assert page.locator(".badge.on", has_text="●").count() == 0
    walk.type(UPGRADE, "28")
    page.locator(".badge.on", has_text="●").wait_for(timeout=60_000)
    walk.press("save")
    page.locator(".badge.on", has_text="●").wait_for(state="detached")
    saved = record(shelf, own)
    assert shelf.open(saved.id)[1].value(UPGRADE) == 28
    assert (saved.note, saved.author) == ("逐条 · <b>note</b>", "张三")

    walk.press("library")
    search = walk.at("library_search").locator("input")
    search.fill("no such scenario")
    search.press("Enter")
    page.locator("[role=dialog]", has_text=t("library.empty")).wait_for()
    search.fill("张三")
    search.press("Enter")
    row = page.locator(f".st-key-row_{saved.id}")
    row.wait_for()
    assert "<b>note</b>" in row.inner_text()  # a note is text, whatever it holds
    walk.look()
    walk.accessible()
    walk.like("rename_", "[role=dialog]").first.get_by_role("button").click()
    walk.like("name_", "[role=dialog]").locator("input").fill(own + " 2")
    walk.like("note_", "[role=dialog]").locator("textarea").fill("改过")
    walk.look()
    page.get_by_role("button", name=t("library.rename_now")).click()
    row.filter(has_text=own + " 2").wait_for()
    assert shelf.get(saved.id).note == "改过"
    walk.like("duplicate_", f".st-key-row_{saved.id}").get_by_role("button").click()
    page.locator("[class*=st-key-row_]", has_text=own + " 2").nth(1).wait_for()
    copy = next(r for r in shelf.list("张三") if r.id != saved.id and r.name.startswith(own))
    page.locator(f".st-key-open_{copy.id} button").click()
    page.wait_for_selector("[role=dialog]", state="detached")
    walk.look()
    walk.press("library")
    for gone in (copy.id, saved.id):
        walk.like("bin_", f".st-key-row_{gone}").get_by_role("button").click()
        page.locator(f".st-key-row_{gone}").wait_for(state="detached")
    walk.stands_at(UPGRADE, 28)  # what is on screen stays
    walk.at("library_part").get_by_role("radio").nth(1).click()
    page.locator(f".st-key-row_{saved.id}").wait_for()
    walk.look()
    walk.like("restore_", f".st-key-row_{saved.id}").get_by_role("button").click()
    page.locator(f".st-key-row_{saved.id}").wait_for(state="detached")
    walk.press("delete_all")
    walk.at("empty_bin").get_by_role("button").click()
    page.locator("[role=dialog]", has_text=t("library.empty_bin")).wait_for()
    assert not shelf.list(binned=True) and shelf.get(saved.id).name == own + " 2"
    files(walk, tmp_path)
    walk.press("library")
    walk.at("library_part").get_by_role("radio").first.click()
    page.locator(f".st-key-open_{saved.id} button").click()
    page.wait_for_selector("[role=dialog]", state="detached")
    walk.calm()


def record(shelf, name):
    """Return the saved scenario of this name."""
    return next(found for found in shelf.list() if found.name == name)


def files(walk, tmp_path):
    page, t = walk.page, walk.t
    walk.at("library_part").get_by_role("radio").nth(2).click()
    walk.look()
    walk.accessible()
    found = {}
    for kind in ("toml", "json"):
        button = walk.like("download_").filter(has_text=kind.upper()).first
        with page.expect_download() as download:
            button.get_by_role("button").click()
        found[kind] = tmp_path / f"scenario.{kind}"
        download.value.save_as(found[kind])
    content = json.loads(found["json"].read_text("utf-8"))
    assert content["levers"][UPGRADE] == 28
    content["levers"][UPGRADE] = 33
    content["levers"]["no_such_lever"] = 1
    changed, broken = tmp_path / "改过.json", tmp_path / "broken.json"
    changed.write_text(json.dumps(content), "utf-8")
    broken.write_text("{" * 50, "utf-8")
    walk.like("upload_").locator("input[type=file]").set_input_files(broken)
    refused = page.locator("[role=dialog] [data-testid=stAlert]")
    refused.wait_for()
    assert t.error("document_unreadable", {"name": "broken.json"}) in refused.inner_text()
    walk.like("upload_").locator("input[type=file]").set_input_files(changed)
    page.wait_for_selector("[role=dialog]", state="detached", timeout=60_000)
    walk.stands_at(UPGRADE, 33)
    notice = page.locator(".st-key-link_notices")
    notice.wait_for()  # what was not understood is said, the rest is used
    assert "no_such_lever" in notice.inner_text()
    walk.press("notices_read")
    notice.wait_for(state="detached")


def conflicts(walk, shelf):
    """Another person saves the same scenario; neither loses unasked."""
    page = walk.page
    for choice, mine, kept in (("overwrite", 35, 35), ("take_theirs", 37, 36)):
        saved = record(shelf, f"加力 {walk.t.language} 2")
        walk.type(UPGRADE, str(mine))
        walk.stands_at(UPGRADE, mine)
        walk.calm()
        theirs = shelf.open(saved.id)[1].with_lever(UPGRADE, mine - 1)
        shelf.save(saved.id, theirs, saved.revision, "李四")
        walk.press("save")
        dialog = page.locator("[role=dialog]")
        dialog.filter(has_text="李四").wait_for()
        assert f"{mine - 1}% → {mine}%" in dialog.inner_text()
        walk.accessible()
        walk.press(choice)
        page.wait_for_selector("[role=dialog]", state="detached")
        walk.stands_at(UPGRADE, kept)
        assert shelf.open(saved.id)[1].value(UPGRADE) == kept


def sharing(walk):
    page, t = walk.page, walk.t
    walk.calm()
    walk.press("share")
    walk.at("share_link").get_by_role("button").click()
    page.locator(".st-key-share_link", has_text=t("share.done")).wait_for()
    walk.accessible()
    link = page.locator(".st-key-share_link textarea").input_value()
    assert page.evaluate("navigator.clipboard.readText()") == link
    walk.closed()
    values = json.loads(parse_qs(urlsplit(link).query)["c"][0])
    assert values["l"][UPGRADE] == 36
    values["l"][UPGRADE] = 400
    hostile = json.dumps(values).replace('"k"', '"<img src=x onerror=alert(1)>"')
    page.goto(f"/levers?s=plan&lang={t.language}&v=9&c={hostile}")
    walk.settle(page, timeout=90_000)
    notice = page.locator(".st-key-link_notices").inner_text()
    assert "400" in notice and "onerror" in notice and "9" in notice
    assert page.locator("img[src=x]").count() == 0
    walk.calm()
    walk.stands_at(UPGRADE, 20)
    page.goto(link)
    walk.settle(page, timeout=90_000)
    walk.calm()
    walk.stands_at(UPGRADE, 36)


def languages(walk):
    page, other = walk.page, {"zh": "en", "en": "zh"}[walk.t.language]
    walk.at("pick_language").locator("button").nth(1 if other == "en" else 0).click()
    title = texts(other)("levers.reset")
    page.locator(".st-key-reset", has_text=title).wait_for(timeout=60_000)
    year = texts(other)("chart.year", year=walk.plan.years[0])
    expect(page.locator(".st-key-power_year input").first).to_have_value(year, timeout=60_000)
    walk.stands_at(UPGRADE, 36)
    walk.calm()
