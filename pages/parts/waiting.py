"""Wait in the browser for work that a thread does: no run of the page until it has ended.

A fragment that looks again and again is a run each time, and after every run the browser draws the
whole page anew, also under a hand that moves a lever.  So the browser asks the server once, at an
address of its own, and the server answers when the work has ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import threading
from collections import OrderedDict
from concurrent.futures import Future
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FILE = Path(__file__).with_suffix("") / "waiting.js"

GRACE = 1.0
"""Seconds after which work that was stopped wakes the page.

Work is stopped when a newer scenario takes its place; the page that waited for it is about to ask
for the newer one, and must not be run as a whole under the hand that moves.
"""

LONGEST = 20.0
"""Seconds for which a question stays open; proxies end one that takes longer than a minute."""

KEPT = 1024
"""Tickets that a process remembers; whoever holds an older one is told to look."""

HELD = "ticket"

NOT_YET, COME = 202, 200

_work: OrderedDict[str, Future] = OrderedDict()
_lock = threading.Lock()


def route() -> Route:
    """Return the address at which browsers ask."""
    return Route(f"{_folder()}/{{ticket}}", _answer, methods=["GET"])


def until(work: Future | None) -> None:
    """Have the whole page run again when the work has ended, however it ends; None: wait for none.

    It stays on the page in either case, so that it need not be drawn anew at every move.
    """
    if (component := _component()) is None:
        return
    url = f"{_folder()}/{_ticket(work)}" if work is not None else _forget()
    component(key="waiting", data={"url": url}, height=0, on_come_change=st.rerun)


def possible() -> bool:
    """Whether browsers can wait; if not, the page has to look by itself."""
    return _component() is not None


@cache
def _component():
    try:
        return st.components.v2.component("waiting", js=FILE.read_text(encoding="utf-8"))
    except Exception:  # whatever is wrong with it, the page must work
        logging.getLogger(__name__).warning("pages look for their chances", exc_info=True)
        return None


def _folder() -> str:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/come" if base else "/come"


def _ticket(work: Future) -> str:
    """Return the ticket of this visit for a piece of work; the same one as long as it waits."""
    held, ticket = st.session_state.get(HELD, (None, ""))
    if held is not work:
        _forget()
        ticket = secrets.token_urlsafe(16)
        with _lock:
            _work[ticket] = work
            while len(_work) > KEPT:
                _work.popitem(last=False)
        st.session_state[HELD] = work, ticket
    return ticket


def _forget() -> str:
    _, ticket = st.session_state.pop(HELD, (None, ""))
    with _lock:
        _work.pop(ticket, None)
    return ""


async def _answer(request: Request) -> Response:
    """Answer when the work has ended, or that it has not for as long as a question may last."""
    with _lock:
        work = _work.get(request.path_params["ticket"])
    done = work is None or await _ended(work)
    if work is not None and done and _stopped(work):
        await asyncio.sleep(GRACE)
    return Response(status_code=COME if done else NOT_YET, headers={"Cache-Control": "no-store"})


def _stopped(work: Future) -> bool:
    return work.cancelled() or getattr(work.exception(), "code", "") == "stopped"


async def _ended(work: Future) -> bool:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def tell(_: Future) -> None:
        with contextlib.suppress(RuntimeError):  # the server has stopped meanwhile
            loop.call_soon_threadsafe(ended.set)

    # Not wrapped: a question that is given up must not take the work with it.
    work.add_done_callback(tell)
    try:
        await asyncio.wait_for(ended.wait(), LONGEST)
    except TimeoutError:
        return False
    return True
