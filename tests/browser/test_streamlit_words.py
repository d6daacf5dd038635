"""Words that Streamlit has no setting for reach a reader in the language of the visit."""

import json

import pytest

from pages.parts import streamlit_words
from pages.views.texts import texts
from tests.conftest import PROJECT

ORIGINAL = json.loads((PROJECT / "pages/parts/streamlit_words.json").read_text(encoding="utf-8"))
LAYERS = """[...document.body.children].filter(e => e.id !== 'root' && e.tagName !== 'NOSCRIPT')
    .flatMap(e => [e, ...e.querySelectorAll('*')])
    .flatMap(e => [e.getAttribute('aria-label'), ...[...e.childNodes]
        .filter(n => n.nodeType === Node.TEXT_NODE).map(n => n.nodeValue)]).filter(Boolean)"""


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh"), ("en-US", "en")])
def test_tooltips_menus_and_the_lost_connection_speak_the_readers_language(
    browser, app_server, settle, locale, language
):
    t, connections = texts(language), []

    def connect(socket):
        socket.connect_to_server()
        connections.append(socket)

    page = browser.new_page(locale=locale)
    page.route_web_socket("**/_stcore/stream", connect)
    page.goto(f"{app_server}/data")
    settle(page)
    own = {words: t(f"streamlit.{key}") for words, key in ORIGINAL.items()}
    table = page.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed()
    table.hover()
    bar = page.locator("[data-testid=stElementToolbar]:visible button")
    said = [bar.nth(k).get_attribute("aria-label") for k in range(bar.count())]
    assert own["Download as CSV"] in said and own["Fullscreen"] in said
    bar.nth(said.index(own["Show/hide columns"])).click()
    page.get_by_text(own["Select all"], exact=True).wait_for()
    if language != "en":
        assert not set(page.evaluate(LAYERS)) & set(ORIGINAL)
    page.keyboard.press("Escape")

    page.route("**/_stcore/**", lambda route: route.abort())
    connections.pop().close()
    lost = page.get_by_role("dialog")
    lost.wait_for()
    assert own["Connection error"] in lost.inner_text()
    assert not set(page.evaluate(LAYERS)) & {w for w in ORIGINAL if own[w] != w}
    page.unroute("**/_stcore/**")
    lost.wait_for(state="detached", timeout=60_000)  # it goes on by itself
    page.close()


def test_no_word_of_ours_can_end_the_script_that_holds_it(monkeypatch):
    monkeypatch.setattr(streamlit_words.session, "t", lambda: lambda key: "</script><b>")
    assert "<" not in streamlit_words.script().split("window.ownWords = ")[1].split("\n")[0]
