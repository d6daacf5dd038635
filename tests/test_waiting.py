"""A browser that waits asks once, is told when the work has ended, and takes nothing with it."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.applications import Starlette

from pages.parts import waiting
from pages.parts.keeper import Work


@pytest.fixture
def ask(monkeypatch):
    """Give the function that asks with a ticket and returns the response."""
    monkeypatch.setattr(waiting, "LONGEST", 0.2)
    server = httpx.ASGITransport(Starlette(routes=[waiting.route()]))

    async def answer(ticket: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=server, base_url="http://here") as client:
            return await client.get(f"/come/{ticket}")

    def in_thread(ticket: str) -> httpx.Response:  # a loop of its own, whatever runs in this one
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, answer(ticket)).result()

    return in_thread


@pytest.fixture
def work():
    """A piece of work with the ticket "mine"."""
    found = Work()
    waiting._work["mine"] = found
    yield found
    waiting._work.pop("mine", None)


def test_work_that_goes_on_is_not_yet_there_and_goes_on(ask, work):
    assert ask("mine").status_code == waiting.NOT_YET
    assert not work.future.cancelled()
    work.future.set_result("chances")
    assert ask("mine").status_code == waiting.COME


def test_the_answer_comes_with_the_end_of_the_work(ask, work, monkeypatch):
    monkeypatch.setattr(waiting, "LONGEST", 30.0)
    threading.Timer(0.1, work.future.set_result, ("chances",)).start()
    assert ask("mine").status_code == waiting.COME


@pytest.mark.parametrize("end", [lambda w: w.cancel(), lambda w: w.set_exception(ValueError())])
def test_work_that_was_stopped_or_failed_has_ended_too(ask, work, end):
    end(work.future)
    assert ask("mine").status_code == waiting.COME


def test_who_holds_a_forgotten_ticket_is_told_to_look(ask):
    assert ask("forgotten").status_code == waiting.COME


def test_who_shows_a_bar_is_told_how_far_the_work_is_before_it_ends(ask, work, monkeypatch):
    monkeypatch.setattr(waiting, "LONGEST", 30.0)
    monkeypatch.setattr(waiting, "LOOK", 0.01)
    threading.Timer(0.1, work.tell, (128, 512)).start()
    told = ask("mine?seen=0")
    assert told.status_code == waiting.NOT_YET and told.json() == {"done": 0.25}
    threading.Timer(0.1, work.future.set_result, ("ranges",)).start()
    assert ask("mine?seen=0.25").status_code == waiting.COME
    assert ask("mine?seen=much").status_code == waiting.COME
