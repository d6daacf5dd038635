"""Sign-in through OpenID Connect: on when secrets.toml has a section [auth], off otherwise."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Mapping

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

import model
from model import logs
from pages.views import access
from pages.views.access import Standing


def standing() -> Standing:
    """Return what the person at this session may do, asked anew at every run and every write."""
    try:
        secrets = _secrets()
    except ValueError as error:
        return Standing(access.BROKEN, reason=str(error))
    if "auth" not in secrets and "access" not in secrets:
        return Standing(access.OFF)
    section = secrets.get("access", {})
    for part, given in (("[auth]", secrets.get("auth")), ("[access]", section)):
        if not isinstance(given, Mapping):
            return Standing(access.BROKEN, reason=part)
    return access.standing(section, st.user.to_dict(), time.time())


def asked() -> bool:
    """Whether a sign-in is asked for; also when the settings for it cannot be read."""
    try:
        return not _secrets().keys().isdisjoint(("auth", "access"))
    except ValueError:
        return True


def _secrets() -> dict:
    """Return the secrets; none without a file, ValueError when there is one that is not read."""
    try:
        return st.secrets.to_dict()
    except StreamlitSecretNotFoundError:
        if any(os.path.exists(path) for path in st.get_option("secrets.files")):
            raise ValueError("secrets.toml") from None
        return {}


def subject() -> str:
    """Return what tells this person from others; nothing when no sign-in is asked for."""
    return standing().subject


def name() -> str:
    """Return what this person is called; nothing when no sign-in is asked for."""
    return standing().name


def writes() -> bool:
    """Whether this person may write to the shared library."""
    return standing().writes


def check_write() -> None:
    """Raise ModelError ``read_only`` unless this person may write to the shared library."""
    found = standing()
    logs.whose(found.mark)
    if not found.writes:
        logs.event("write_refused", logging.WARNING)
        raise model.ModelError(
            f"{found.name or 'This person'} may look, and move levers, but not write to the "
            "library. Ask for the role of an editor.",
            code="read_only",
        )


def sign_in() -> None:
    """Send the browser to the provider; what is missing for that is kept to be said."""
    try:
        st.login()
    except Exception as error:  # of many kinds: Authlib missing, settings missing
        st.session_state["sign_in_failed"] = type(error).__name__


def sign_out() -> None:
    """End the sign-in here and, where it allows that, at the provider."""
    with contextlib.suppress(Exception):  # without Authlib there is nothing to end
        st.logout()
