"""Two servers behind a proxy with session affinity, on one PostgreSQL library: one simulator."""

import contextlib
import json
import os
import signal
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from model import document
from model.library import Library
from model.store import Store
from pages.views.texts import texts
from tests.affinity_proxy import COOKIE, Proxy, nginx
from tests.conftest import find_program
from tests.load import servers

LEVER = ".st-key-slide_upgrade_investment_growth input.range"
WAIT = 120_000


@pytest.fixture
def shared(postgres):
    """The URL of an empty database of its own."""
    name = f"replicas_{os.getpid()}_{time.monotonic_ns()}"
    engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        yield postgres.replace("/postgres?", f"/{name}?")
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def replicas(shared, tmp_path):
    """The address of two servers and their process ids: behind nginx where there is one."""
    found = find_program("nginx")
    with servers(2, shared) as running, contextlib.ExitStack() as stack:
        ports = [urlsplit(address).port for address, _ in running]
        if found:
            address = stack.enter_context(nginx(found, ports, tmp_path))
        else:
            address = stack.enter_context(Proxy(ports)).address
        yield address, dict(zip("ab", (pid for _, pid in running), strict=True))


@pytest.fixture
def visitors(browser, replicas, settle):
    """Two people, each in a browser of their own, on the lever page of one address."""
    address, _ = replicas
    contexts = [
        browser.new_context(base_url=address, locale="zh-CN", accept_downloads=True,
                            viewport={"width": 1600, "height": 1000})
        for _ in range(2)
    ]  # fmt: skip
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.goto("/levers")
        while page is pages[1] and replica(page) == replica(pages[0]):  # the other server
            page.context.clear_cookies(name=COOKIE)
            page.goto("/levers")
        page.wait_for_selector(LEVER, timeout=2 * WAIT)
        settle(page, WAIT)
    yield pages
    for context in contexts:
        context.close()


def replica(page):
    """Return the letter of the server that a visitor is led to."""
    return next(c["value"] for c in page.context.cookies() if c["name"] == COOKIE)


def move(page, settle, key="ArrowRight"):
    """Move the lever one step and return its value once the address holds it."""
    lever = page.locator(LEVER)
    before = page.url
    lever.press(key)
    page.wait_for_function("url => location.href !== url", arg=before, timeout=WAIT)
    settle(page, WAIT)
    return float(lever.input_value())


def shows(page, wanted):
    """Wait until the lever of a page stands at a value."""
    expect(page.locator(LEVER)).to_have_value(f"{wanted:g}", timeout=WAIT)


def value(scenario):
    return scenario.value("upgrade_investment_growth")


def press(page, key):
    page.locator(f".st-key-{key} button").first.click()


@pytest.mark.browser
def test_two_servers_on_one_library_are_one_simulator(plan, shared, replicas, visitors, settle):
    (_, pids), (li, wang) = replicas, visitors
    t = texts("zh")
    library = Library(plan, Store(shared))
    assert {replica(li), replica(wang)} == {"a", "b"}

    # What one saves, the other finds and opens.
    first = move(li, settle)
    press(li, "save")
    li.locator(".st-key-new_name input").fill("共用")
    li.get_by_role("button", name=t("library.save"), exact=True).last.click()
    li.get_by_role("dialog").wait_for(state="hidden", timeout=WAIT)
    (record,) = library.list()
    assert value(library.open(record.id)[1]) == first
    press(wang, "library")
    settle(wang, WAIT)
    wang.locator(f".st-key-open_{record.id} button").click(timeout=WAIT)
    shows(wang, first)
    settle(wang, WAIT)

    # Who saves second is told, across the servers, and chooses.
    second = move(wang, settle)
    press(wang, "save")
    settle(wang, WAIT)
    assert value(library.open(record.id)[1]) == second
    mine = move(li, settle, "ArrowLeft")
    press(li, "save")
    li.locator(".st-key-take_theirs button").click(timeout=WAIT)
    li.get_by_role("dialog").wait_for(state="hidden", timeout=WAIT)
    settle(li, WAIT)
    assert mine != second
    shows(li, second)
    settle(li, WAIT)

    # Files go up and come down.
    press(li, "library")
    li.get_by_text(t("library.part_files")).click(timeout=WAIT)
    with li.expect_download(timeout=WAIT) as coming:
        li.locator(".st-key-download_json button").click(timeout=WAIT)
    content = coming.value.path().read_bytes()
    assert value(document.read(plan, document.parse(content.decode()))[0]) == second
    sent = json.loads(document.to_json(plan, plan.scenarios["prudent"]))
    li.locator("input[type=file]").set_input_files(
        {"name": "稳健.json", "mimeType": "application/json", "buffer": json.dumps(sent).encode()}
    )
    li.get_by_role("dialog").wait_for(state="hidden", timeout=WAIT)
    shows(li, value(plan.scenarios["prudent"]))

    # One server dies; its visitor goes on at the other, with the work and its history.
    last = move(li, settle)
    visit = parse_qs(urlsplit(li.url).query)["w"][0]
    deadline = time.monotonic() + 60
    while value(library.resume(visit).history.present.scenario) != last:
        assert time.monotonic() < deadline, "the step was not written"
        time.sleep(0.05)
    os.kill(pids[replica(li)], signal.SIGKILL)
    li.wait_for_selector("[data-test-connection-state=CONNECTED]", state="detached", timeout=WAIT)
    li.wait_for_selector("[data-test-connection-state=CONNECTED]", timeout=WAIT)
    settle(li, WAIT)
    shows(li, last)
    press(li, "undo")
    shows(li, value(plan.scenarios["prudent"]))
    shows(wang, second)
    library.store.close()
