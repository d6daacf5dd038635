"""Why something failed, as the system or a library says it, in the language of the reader."""

from __future__ import annotations

from typing import Protocol


class _Texts(Protocol):
    def __call__(self, key: str, **values: object) -> str: ...

    def __contains__(self, key: str) -> bool: ...

    @property
    def entries(self) -> tuple[tuple[str, str], ...]: ...


def said(reason: str, t: _Texts) -> str:
    """Return a reason in words of this language; one that is not known is quoted as it came.

    The texts of the section ``reason`` are named by what the message holds, in small letters; the
    longest that fits is taken.
    """
    words = " ".join(str(reason).split())
    if not words:
        return ""
    known = [key.partition(".")[2] for key, _ in t.entries if key.startswith("reason.")]
    fitting = [name for name in known if name in words.lower()]
    if fitting:
        return t(f"reason.{max(fitting, key=len)}")
    return t("reason_other.quoted", words=words)


def kind(word: str, t: _Texts) -> str:
    """Return what kind of thing a name stands for, in words of this language."""
    key = f"kind_word.{word}"
    return t(key) if key in t else word


def suggestion(name: str, t: _Texts) -> str:
    """Return the nearest name that exists, as a question; empty without one."""
    return t("reason_other.suggestion", name=name) if name else ""
