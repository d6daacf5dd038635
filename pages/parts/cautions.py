"""Cautions on the page: at most three, each with a button that mends it in one step."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import streamlit as st

import model
from pages.parts import results, session
from pages.views import cautions as words

KEPT = 64


@lru_cache(maxsize=KEPT)
def _found(scenario: model.Scenario, digest: str) -> tuple[model.Caution, ...]:
    return model.cautions(session.plan(), scenario, results.central(scenario))


def found() -> tuple[model.Caution, ...]:
    """Return the cautions of the scenario of the visit."""
    return _found(session.scenario(), session.plan().digest)


def show() -> None:
    """Draw the cautions there are; nothing otherwise.

    They stand outside what a lever runs: a move is not held up by them, and they follow with the
    chances.  A button looks again at the scenario of its moment, so an old one mends nothing wrong.
    """
    t, plan, all_of_them = session.t(), session.plan(), found()
    if not all_of_them:
        return
    with st.container(key="cautions", gap="small"):
        for caution in all_of_them[: words.SHOWN]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                said = escape(words.sentence(caution, plan, t))
                mark = f'<b class="caution-mark">▲ {escape(t("cautions.word"))}</b>'
                st.html(f'<div class="caution">{mark}{said}</div>')
                st.button(
                    words.remedy(caution, plan, t),
                    key=f"mend_{caution.kind}_{caution.record}",
                    on_click=mend,
                    args=(caution.kind, caution.record),
                    width="content",
                )
        more = len(all_of_them) - words.SHOWN
        if more > 0:
            st.html(f'<div class="note">{escape(t("cautions.more", count=more))}</div>')


def mend(kind: str, record: str) -> None:
    """Put the remedy of a caution, as one step that can be undone."""
    for caution in found():
        if (caution.kind, caution.record) == (kind, record):
            session.adopt(caution.remedy, "history.mended", name=kind)
