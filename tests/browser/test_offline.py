"""Without a network nothing is missing: no request leaves the host, neither browser's nor server's.

One visit a language sees every page, which has to be whole and accessible besides; one more opens
the dialogs, takes the files, begins a meeting and drops what no reader should open.  The server
runs under an audit hook that notes every connection.
"""

import json
import re
import urllib.request
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pages.parts.frame import PAGES
from pages.views.texts import texts
from tests.conftest import serving

pytestmark = pytest.mark.browser

WATCHED = """
import json, sys
notes = sys.argv[1]  # Streamlit makes other arguments of these
def note(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        whom = arguments[event in ("socket.connect", "socket.sendto")]
        with open(notes, "a") as kept:
            kept.write(json.dumps([event, str(whom)]) + "\\n")
sys.addaudithook(note)
import socket
try:  # that the hook hears what it is there for
    socket.getaddrinfo("outside.invalid", 80)
except OSError:
    pass
from streamlit.web.cli import main
sys.argv = ["streamlit", "run", *sys.argv[2:]]
main()
"""
PROBED = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")
HOME = ("localhost", "127.0.0.1", "::1")


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """Give the address of a server of its own, and the file of the connections that it made."""
    folder = tmp_path_factory.mktemp("watched")
    notes, record = folder / "connections.txt", folder / "server.txt"
    with serving(record, streamlit=("-c", WATCHED, str(notes)), LEVER_CONTROL="live",
                 SIMULATOR_LIBRARY=str(folder / "l.sqlite")) as (address, _):  # fmt: skip
        yield address, notes
    assert "Traceback" not in record.read_text("utf-8")


def left(notes):
    """Return the connections that the server made to somebody else."""
    found = [json.loads(line) for line in notes.read_text().splitlines()]
    assert ["socket.getaddrinfo", "outside.invalid"] in found
    strangers = [(event, whom) for event, whom in found if whom != "outside.invalid"]
    return [one for one in strangers if not any(home in one[1] for home in (*HOME, "None"))]


LETTERS = """
    () => document.fonts.ready.then(() => ({
        chinese: document.fonts.check('17px "Noto Sans SC Local"', '郑州制造推演'),
        bold: document.fonts.check('bold 17px "Noto Sans SC Local"', '郑州制造推演'),
        icons: document.fonts.check('20px "Material Symbols Rounded"', 'save'),
        broken: [...document.fonts].filter(f => f.status === 'error').map(f => f.family),
        pictures: [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src),
    }))
"""
DRAWN = """
    () => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
        .every(chart => !chart.getClientRects().length || chart.querySelector('svg, canvas'))
"""
HOSTILE = {
    "bomb.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\0\xea\x60" * 2 + b"\x08" * 9,
    "![x](//outside.invalid/x.png).docx": b"PK\x05\x06" + b"\0" * 18,
    "<img src=x onerror=alert(1)>.pptx": b"PK\x03\x04" + b"\xff" * 60,
}


@pytest.fixture
def visit(browser, watched, settle):
    """Give the function that opens a visit of its own; at its end nobody outside was asked."""
    address, notes = watched
    asked, failed, complaints, contexts = [], [], [], []

    def complained(said):
        known = PROBED.search(said.location.get("url", ""))
        if (said.type == "error" and not known) or "Content Security Policy" in said.text:
            complaints.append(said.text)

    def opened(locale):
        context = browser.new_context(base_url=address, locale=locale, accept_downloads=True,
                                      viewport={"width": 1600, "height": 1000})  # fmt: skip
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.on(
            "requestfailed",  # what is under way when the next page is asked for is called off
            lambda request: (
                failed.append((request.url, request.failure))
                if "ERR_ABORTED" not in str(request.failure)
                else None
            ),
        )
        page.on(
            "response",  # Streamlit finds out by trying whether it lies below the path of a page
            lambda r: (
                failed.append((r.url, r.status))
                if r.status >= 400 and not PROBED.search(r.url)
                else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", complained)
        return page

    yield opened
    for context in contexts:
        context.close()
    hosts = {urlsplit(url.removeprefix("blob:")).hostname for url in asked if "://" in url}
    assert hosts == {"localhost"}
    assert not failed, failed
    assert not complaints, complaints
    assert left(notes) == []


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh-CN"), ("en-US", "en")])
def test_every_page_is_whole_and_accessible(visit, settle, locale, language):
    """Opened by its address in English, by the menu in Chinese: fonts, charts, language and axe."""
    page = visit(locale)
    page.goto("/")
    menu = page.locator("[data-testid=stTopNavLink]")
    for place, name in enumerate(PAGES):
        if place and language == "en":
            page.goto(f"/{name}")
        page.wait_for_selector(".brand")
        if place and language != "en":
            menu.nth(place).click()
        page.wait_for_url(f"**/{name if place else ''}?*")
        page.wait_for_function("!document.querySelector('.beat')?.innerText.includes('◌')")
        settle(page, timeout=90_000)
        page.wait_for_function(DRAWN)
        found = page.evaluate(LETTERS)
        assert found["chinese"] and found["bold"] and found["icons"], (name, found)
        assert not found["broken"] and not found["pictures"], (name, found)
        assert page.evaluate("document.documentElement.lang") == language
        assert menu.count() == len(PAGES) and page.locator(".st-key-frame").count() == 1
        assert not page.locator("[data-testid=stException], [role=dialog]").count()
        faults = [
            (fault["id"], fault["help"], [node["target"] for node in fault["nodes"]])
            for fault in Axe().run(page).response["violations"]
            if fault["impact"] in ("serious", "critical")
        ]
        assert not faults, (name, faults)


def test_dialogs_files_and_the_meeting_are_whole_too(visit, settle):
    page, t = visit("zh-CN"), texts("zh")

    def calm():
        settle(page, timeout=90_000)
        assert page.locator("[data-testid=stException]").count() == 0

    # Dialogs
    page.goto("/levers")
    page.wait_for_selector(".st-key-library button")
    calm()
    for key in ("library", "share"):
        page.locator(f".st-key-{key} button").first.click()
        page.wait_for_selector("[role=dialog]")
        calm()
        page.keyboard.press("Escape")
        page.wait_for_selector("[role=dialog]", state="detached")
        calm()
    # Files
    page.goto("/briefing")
    page.wait_for_selector(".st-key-paper")
    calm()
    for kind in ("docx", "pptx", "xlsx"):
        with page.expect_download() as download:
            page.locator(f".st-key-document_{kind} button").first.click()
        assert download.value.suggested_filename.endswith(f".{kind}")
        assert download.value.path().stat().st_size > 10_000
    # What no reader should open
    for name, content in HOSTILE.items():
        page.locator("[class*=st-key-restore_] input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        said = t.error("foreign_file", {"name": name})[-12:]
        page.wait_for_selector(f"[data-testid=stAlert]:has-text('{said}')")
        calm()
        assert page.locator("[data-testid=stAlert] img").count() == 0
    # The meeting
    page.locator("[data-testid=stTab]").nth(2).click()
    page.locator(".st-key-meeting_begin button").first.click()
    page.wait_for_selector(".wall-question")
    calm()
    page.keyboard.press("PageDown")
    calm()


def test_every_answer_tells_the_browser_what_to_refuse(watched):
    address, _ = watched
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for path in ("/", "/levers", "/health", "/_stcore/health"):
        with direct.open(address + path) as answer:
            said = answer.headers
        assert said["X-Content-Type-Options"] == "nosniff" and said["X-Frame-Options"]
        rules = said["Content-Security-Policy"]
        assert "default-src 'self'" in rules and "frame-ancestors 'self'" in rules
        assert "http:" not in rules and "https:" not in rules and "*" not in rules
    strange = urllib.request.Request(address, headers={"Host": "evil; script-src *"})
    with direct.open(strange) as answer:
        assert "evil" not in answer.headers["Content-Security-Policy"]


def test_a_page_of_another_site_is_refused_without_asking_anybody_outside(watched):
    """Streamlit would ask a server of somebody else's for the public address of this one."""
    address, notes = watched
    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    with (
        pytest.raises(InvalidStatus),
        connect(stream, origin="http://evil.example", subprotocols=["streamlit"], proxy=None),
    ):
        pass
    assert left(notes) == []
