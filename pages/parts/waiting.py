"""Wait in the browser for work that a thread does: no run of the page until it has ended.

A fragment that looks again and again is a run each time, and after every run the browser draws the
whole page anew, also under a hand that moves a lever.  So the browser asks the server once, at an
address of its own, and the server answers when the work has ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.parts import own_component
from pages.parts.keeper import Work

GRACE = 1.0
"""Seconds after which work that was stopped wakes the page.

Work is stopped when a newer scenario takes its place; the page that waited for it is about to ask
for the newer one, and must not be run as a whole under the hand that moves.
"""

LONGEST = 20.0
"""Seconds for which a question stays open; proxies end one that takes longer than a minute."""

STEP, LOOK = 0.01, 0.25
"""Progress that is told, and the seconds between looks at it; without a browser that can ask, the
page looks by itself as often."""

LEAVE, PATIENCE = 0.025, 1.0
"""Seconds: two rounds in which Streamlit sends what was drawn; how long a run waits for them."""

WIDTH = 340
"""Pixels of the words with their bar."""

KEPT = 1024
"""Tickets that a process remembers; whoever holds an older one is told to look."""

HELD = "tickets"

NOT_YET, COME = 202, 200

_work: OrderedDict[str, Work] = OrderedDict()
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def begin() -> None:
    """Take note of the loop that sends to the browsers; called on it, once a process."""
    global _loop
    _loop = asyncio.get_running_loop()


def sent() -> None:
    """Wait until what was drawn so far has left for the browser."""
    if _loop is not None and _loop.is_running():
        with contextlib.suppress(TimeoutError, RuntimeError):  # it is ending, or has no time
            asyncio.run_coroutine_threadsafe(asyncio.sleep(LEAVE), _loop).result(PATIENCE)


def route() -> Route:
    """Return the address at which browsers ask."""
    return Route(f"{_folder()}/{{ticket}}", _answer, methods=["GET"])


def until(
    work: Work | None,
    name: str = "chances",
    words: str = "",
    come: Callable[[], None] = st.rerun,
) -> None:
    """Have the whole page run again when the work has ended, however it ends; None: wait for none.

    ``come`` says what else is to run.

    Where it is given words, it says them beside a bar that follows the progress.  Where a page may
    move without being drawn anew, it stays on it in either case.
    """
    if (component := _component()) is None:
        if work is not None:
            st.fragment(_look, run_every=LOOK)(work, words)
        return
    url = f"{_folder()}/{_ticket(work, name)}" if work is not None else _forget(name)
    room = {"height": "content", "width": WIDTH} if words else {"height": 0}
    data = {"url": url, "words": words}
    component(key=f"{name}_waiting", data=data, on_come_change=come, **room)


def _look(work: Work, words: str) -> None:
    if work.future.done():
        st.rerun(scope="app")
    if words:
        st.progress(min(1.0, work.done or 0.0), words)


@cache
def _component() -> Callable | None:
    return own_component.load(Path(__file__).with_suffix(""))


def _folder() -> str:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/come" if base else "/come"


def _ticket(work: Work, key: str) -> str:
    """Return the ticket of this visit for a piece of work; the same one as long as it waits."""
    tickets = st.session_state.setdefault(HELD, {})
    held, ticket = tickets.get(key, (None, ""))
    if held is not work:
        _forget(key)
        ticket = secrets.token_urlsafe(16)
        with _lock:
            _work[ticket] = work
            while len(_work) > KEPT:
                _work.popitem(last=False)
        tickets[key] = work, ticket
    return ticket


def _forget(key: str) -> str:
    _, ticket = st.session_state.get(HELD, {}).pop(key, (None, ""))
    with _lock:
        _work.pop(ticket, None)
    return ""


async def _answer(request: Request) -> Response:
    """Answer when the work has ended or gone on since ``seen``, or after as long as may be."""
    with _lock:
        work = _work.get(request.path_params["ticket"])
    try:
        seen = float(request.query_params.get("seen", "inf"))
    except ValueError:
        seen = math.inf
    done = work is None or await _ended(work, seen)
    if work is not None and done and _stopped(work.future):
        await asyncio.sleep(GRACE)
    content = {} if done else {"done": work.done}
    return JSONResponse(content, COME if done else NOT_YET, headers={"Cache-Control": "no-store"})


def _stopped(work: Future) -> bool:
    return work.cancelled() or getattr(work.exception(), "code", "") == "stopped"


async def _ended(work: Work, seen: float) -> bool:
    """Return whether the work has ended; False too when it has gone on since ``seen``."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def tell(_: Future) -> None:
        with contextlib.suppress(RuntimeError):  # the server has stopped meanwhile
            loop.call_soon_threadsafe(ended.set)

    # Not wrapped: a question that is given up must not take the work with it.
    work.future.add_done_callback(tell)
    until, pause = loop.time() + LONGEST, LOOK if seen < math.inf else LONGEST
    while not ended.is_set() and loop.time() < until:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), pause)
        if (work.done or 0.0) >= seen + STEP:
            break
    return ended.is_set()
