"""By which names the server may be called, and whose pages may open a session.

The owner of another site can let a name of theirs lead to this machine, so that a browser takes
their page and this server for one.  Without a sign-in, which knows its own address, the server
answers to the names that nobody else can own, and to those that it was told.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.parts import access
from pages.views.texts import LANGUAGES, texts

WATCHED = ("/health", "/_stcore/health")
"""What a watchdog asks, by whatever name; it tells nothing of anybody."""

HERE = {"localhost", "127.0.0.1"}


def _name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return "?."  # no name, and known to nobody


def _told() -> set[str]:
    """Return the names in the settings."""
    options = ("browser.serverAddress", "server.address")
    sites = st.get_option("server.corsAllowedOrigins") or ()
    return {
        *(str(st.get_option(option) or "").lower() for option in options),
        *(_name(site.partition("://")[2] or site) for site in sites),
    }


def strange(host: str) -> bool:
    """Whether this may be a name that somebody else has let lead here."""
    name = _name(host)
    if "." not in name or name.endswith(".localhost") or name in _told():
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return not access.asked()
    return False


def elsewhere(origin: str | None, host: str) -> bool:
    """Whether a page of another site opens the connection.

    Streamlit would find that out too, but asks a server outside for its own address first.
    """
    if origin is None:
        return False
    site = origin.partition("://")[2]
    return site != host and _name(site) not in HERE | _told()


class Named:
    """The application, which answers to its own names and to its own pages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"] in WATCHED:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host, session = headers.get("host", ""), scope["type"] == "websocket"
        refused = strange(host)
        if session and (refused or elsewhere(headers.get("origin"), host)):
            await send({"type": "websocket.close", "code": 1008})
        elif refused:
            said = "\n".join(texts(language)("names.strange") for language in LANGUAGES)
            await PlainTextResponse(said, 403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)
