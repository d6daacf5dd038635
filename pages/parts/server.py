"""What the server does beside the pages: its health, its log, the last save before it stops."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import BaseRoute, Route

import model
from model import allocator, health, logs
from model.store import default_url
from model.version import VERSION
from pages.parts import frame, headers, keeper, names, session, waiting
from pages.views.texts import LANGUAGES, texts

SWITCH = 0.0005
"""Seconds for which one thread keeps the interpreter from another."""

PATIENCE = 8.0
"""Seconds for which a server that is told to stop waits for the library."""


def report() -> dict[str, object]:
    """Return the state of the model and of the library of this process."""
    return health.report(session.shipped, _library)


def _library() -> dict[str, object]:
    # Looked at from outside: an open connection may not see yet what became of its file.
    found = health.library_state(default_url())
    trouble = session.shelf().trouble()
    if trouble is not None:
        raise trouble
    return found


async def answer(request: Request) -> JSONResponse:
    """Answer ``/health``: 503 when the model fails; ``?library=required`` asks for both.

    Without a library the simulator goes on and holds what is not yet written, so that a watchdog
    which restarts it at once would only lose that.
    """
    found = await run_in_threadpool(report)
    strict = request.query_params.get("library") == "required"
    bad = (health.FAILING, health.DEGRADED) if strict else (health.FAILING,)
    status = 503 if found["status"] in bad else 200
    return JSONResponse(found, status, headers={"Cache-Control": "no-store"})


async def first_page(request: Request) -> RedirectResponse:
    """Send the name of the first page to its address, which is that of the app; the rest stays."""
    query = request.url.query
    return RedirectResponse("./" + (f"?{query}" if query else ""), 307)


def middleware() -> list[Middleware]:
    """Return what every answer of the server passes through."""
    return [Middleware(headers.Guarded), Middleware(names.Named)]


def routes() -> list[BaseRoute]:
    """Return the addresses that the server answers beside the pages."""
    first = frame.PAGES[0]
    return [
        Route("/health", answer, methods=["GET"]),
        Route(f"/{first}", first_page, methods=["GET", "HEAD"]),
        waiting.route(),
    ]


@asynccontextmanager
async def life(_app: object) -> AsyncIterator[None]:
    """Begin the log; when the server is told to stop, write what waits to be written."""
    # An answer shares the interpreter with the chances and should not wait long for its turn.
    sys.setswitchinterval(SWITCH)
    allocator.keep()
    try:
        logs.begin()
    except model.ModelError as error:  # a mistake in a setting should not keep everybody out
        logs.begin({})
        logs.failure("log_setting", error)
    logs.event("started", model_version=VERSION)
    waiting.begin()
    yield
    await run_in_threadpool(_end)


def _end() -> None:
    keeper.end()
    try:
        kept = session.shelf().autosave.flush(PATIENCE)
    except model.ModelError:  # no plan, so there was no work
        kept = True
    logs.event("stopped", logging.INFO if kept else logging.WARNING, all_written=kept)


def failed(error: Exception) -> bool:
    """Log an error that no page has foreseen, and say so without its details; for Streamlit."""
    number = secrets.token_hex(3)
    logs.failure("page_failed", error, number=number)
    t = texts(st.session_state.get("language", LANGUAGES[0]))
    st.error(t("app.failed", number=number))
    return True
