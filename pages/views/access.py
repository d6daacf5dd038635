"""Who may come in and who may write, told from the claims of a sign-in and from the settings.

Pure functions.  Whatever is not understood keeps people out: a mistake in the settings must never
open a door.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

OFF, OUT, EXPIRED, BARRED, VIEWER, EDITOR = "off", "out", "expired", "barred", "viewer", "editor"
BROKEN = "broken"

HOURS = 12.0
"""Hours for which a sign-in is good unless the settings say otherwise."""

EARLY = 300.0
"""Seconds by which the clock of whoever signed a token may be ahead of ours."""

KNOWN = ("editors", "viewers", "claim", "editor_claims", "viewer_claims", "hours")


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may do here; ``subject`` tells people apart, ``name`` is what they are called.

    ``kind`` is ``off`` (no sign-in is asked for), ``out`` (not signed in), ``expired``, ``barred``
    (signed in, not on a list), ``broken`` (the settings cannot be used), ``viewer`` or ``editor``.
    """

    kind: str
    name: str = ""
    subject: str = ""
    reason: str = ""

    @property
    def admitted(self) -> bool:
        """Whether this person may see a page."""
        return self.kind in (OFF, VIEWER, EDITOR)

    @property
    def writes(self) -> bool:
        """Whether this person may write to the shared library."""
        return self.kind in (OFF, EDITOR)

    @property
    def mark(self) -> str:
        """A few letters that tell people apart in a log without naming them; none when off."""
        return hashlib.sha256(self.subject.encode("utf-8")).hexdigest()[:12] if self.subject else ""


def standing(settings: Mapping, claims: Mapping, now: float) -> Standing:
    """Return what the person with these claims may do.

    Parameters
    ----------
    settings : mapping
        The section ``[access]``: ``editors`` and ``viewers`` (addresses, ``@domain`` or ``*``),
        ``claim`` with ``editor_claims`` and ``viewer_claims``, ``hours``.
    claims : mapping
        What the provider said, with ``is_logged_in``.
    now : float
        The present time, Unix seconds.
    """
    if claims.get("is_logged_in") is not True:
        return Standing(OUT)
    try:
        lists = {name: _listed(settings, name) for name in KNOWN[:2] + KNOWN[3:5]}
        hours = _hours(settings)
        unknown = sorted(set(settings) - set(KNOWN))
        if unknown:
            raise ValueError(f"[access] {unknown[0]}")
    except ValueError as error:
        return Standing(BROKEN, reason=str(error))
    issued = claims.get("iat")
    # A token without a time of issue, or from the future, is as good as none.
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        return Standing(EXPIRED)
    if not -EARLY <= now - issued <= hours * 3600:
        return Standing(EXPIRED)
    address = _address(claims)
    subject = f"{claims.get('iss', '')} {claims.get('sub', '') or address}".strip()
    name = next((str(claims[key]) for key in ("name", "email") if claims.get(key)), address)
    held = _held(claims, settings.get("claim"))
    for kind, people, groups in (
        (EDITOR, lists["editors"], lists["editor_claims"]),
        (VIEWER, lists["viewers"], lists["viewer_claims"]),
    ):
        if any(_fits(address, pattern) for pattern in people) or held & set(groups):
            return Standing(kind, name, subject)
    anyone = not lists["viewers"] and not lists["viewer_claims"]
    return Standing(VIEWER if anyone else BARRED, name, subject)


def _listed(settings: Mapping, name: str) -> tuple[str, ...]:
    given = settings.get(name, ())
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, list | tuple) or not all(isinstance(x, str) for x in given):
        raise ValueError(f"[access] {name}")
    return tuple(text.strip().casefold() if name in KNOWN[:2] else text for text in given)


def _hours(settings: Mapping) -> float:
    given = settings.get("hours", HOURS)
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= 720:
        raise ValueError("[access] hours")
    return float(given)


def _address(claims: Mapping) -> str:
    """Return the e-mail address, unless the provider says that nobody has checked it."""
    if claims.get("email_verified") in (False, "false", "False"):
        return ""
    return str(claims.get("email") or "").strip().casefold()


def _held(claims: Mapping, claim: object) -> set[str]:
    given = claims.get(claim) if isinstance(claim, str) else None
    if isinstance(given, str):
        return {given}
    return {item for item in given if isinstance(item, str)} if isinstance(given, list) else set()


def _fits(address: str, pattern: str) -> bool:
    if pattern == "*":
        return True
    if pattern.startswith("@"):
        return len(pattern) > 1 and address.endswith(pattern) and address.count("@") == 1
    return bool(pattern) and address == pattern
