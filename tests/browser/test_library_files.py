"""Files that a stranger may drop on the library: each is refused in words, and changes nothing."""

import json
import re

import pytest
from playwright.sync_api import expect

from model import document, sent_text
from model.library import Library
from model.store import Store, default_url
from pages.views.texts import texts
from tests import hostile

pytestmark = pytest.mark.browser

LEVER = ".st-key-slide_upgrade_investment_growth input.range"
SAID = "[role=dialog] [data-testid=stAlert]"
HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\x00-\x08]")

LETTERS = "abcdefghij"
UNFOLDING = "<!DOCTYPE a [" + "".join(
    f'<!ENTITY {name} "{inner * 10}">'
    for name, inner in zip(LETTERS, ["x", *(f"&{c};" for c in LETTERS)], strict=False)
)
BAD = {
    "炸弹.json": (hostile.zipped({"a": bytes(30_000_000)}), "document_unreadable"),
    "实体.toml": (f"{UNFOLDING}]><a>&j;</a>".encode(), "document_unreadable"),
    "乱码.toml": (bytes(range(128, 256)) * 9, "document_unreadable"),
    "深.json": (b'{"a":' * 30_000, "document_unreadable"),
    "长名.toml": (b"a" + b".a" * 90_000 + b"=1", "document_unreadable"),
    "说明.json": ("各区县已报。".encode("gb18030"), "document_unreadable"),
    "\u202enosj.exe\u2066.json": (b"{", "document_unreadable"),
    "![x](http:evil)<b>.json": (b"{", "document_unreadable"),
    "空.json": (b"", "document_foreign"),
    "别的.json": (b'{"a": 1, "levers": 1e400}', "document_foreign"),
    "外地.json": (b'{"plan": "\\u202eluoyang", "levers": {}}', "other_plan"),
    "长.json": (b'{"levers": "' + b"a" * 300_000 + b'"}', "document_too_large"),
}


def send(page, name, content):
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator("[role=dialog] input[type=file]").set_input_files([file])


def open_files(page):
    page.locator(".st-key-library button").first.click()
    page.locator(".st-key-library_part").get_by_role("radio").nth(2).click()
    page.wait_for_selector("[role=dialog] input[type=file]", state="attached")


def test_whatever_is_dropped_on_the_library_is_refused_in_words_and_changes_nothing(
    open_page, settle, plan, tmp_path
):
    t, page = texts("zh"), open_page("levers?s=plan", width=1366, height=768)
    page.wait_for_selector(LEVER)
    shelf, address = Library(plan, Store(default_url())), page.url
    saved = [record.id for record in shelf.list()]
    open_files(page)
    details = {"given": "�luoyang", "known": plan.id}
    for name, (content, code) in BAD.items():
        if code == "document_too_large":
            details = {"given": len(content), "high": sent_text.LARGEST}
        send(page, name, content)
        words = t.error(code, details | {"name": document.clean(name)})
        page.locator(SAID).filter(has_text=words).wait_for()
        assert not HIDDEN.search(page.locator(SAID).inner_text()), name
        settle(page)
    for name, size in (("大.json", 200 << 20), ("程序.exe", 9)):
        file = tmp_path / name
        with file.open("wb") as sparse:
            sparse.truncate(size)
        page.locator("[role=dialog] input[type=file]").set_input_files(file)
        page.locator("[data-testid=stFileChip]").filter(has_text=name).wait_for()
    left_out = "e => getComputedStyle(e, '::after').content"
    said = page.locator("[role=dialog] [data-testid=stFileUploader]").evaluate(left_out)
    assert json.loads(said) == t("streamlit.left_out", kinds="TOML、JSON", most=1)
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.url == address and [record.id for record in shelf.list()] == saved

    # Of a scenario what can be used is used, and the rest is said.
    written = document.to_json(plan, plan.scenarios["plan"].with_lever("new_firms", 300))
    content = json.loads(written) | {"name_zh": "\u202egnp.exe\x07"}
    content["levers"] |= {"upgrade_investment_growth": 1e400, "rd_intensity": float("nan")}
    send(page, "无穷.json", json.dumps(content).encode())
    page.wait_for_selector("[role=dialog]", state="detached")
    told = page.locator(".st-key-link_notices").inner_text()
    assert "技改投资增速 = inf 超出范围" in told and "研发投入强度 = nan 不是数字" in told
    expect(page.locator(LEVER)).to_have_value("20", timeout=30_000)
    assert not HIDDEN.search(page.inner_text("body"))
    open_files(page)
    moved = plan.scenarios["plan"].with_lever("upgrade_investment_growth", 28)
    send(page, "国标.toml", document.to_toml(plan, moved).encode("gb18030"))
    expect(page.locator(LEVER)).to_have_value("28", timeout=30_000)
    assert page.locator(".st-key-link_notices").count() == 0
    assert [record.id for record in shelf.list()] == saved
    shelf.store.close()
