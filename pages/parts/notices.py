"""What must be said above every page: what was not understood, what is not kept, what waits."""

from __future__ import annotations

import streamlit as st

from pages.parts import session
from pages.views import fonts
from pages.views import library as words
from pages.views.history import literal

SHOWN = 6


def show() -> None:
    """Draw the messages there are; none takes room otherwise."""
    _not_understood()
    _not_kept()
    _no_font()
    _unfinished()


def _not_understood() -> None:
    t, notices = session.t(), st.session_state.get("link_notices")
    if not notices:
        return
    lines = [t(f"link.{n.code}", **_named(n.code, dict(n.details))) for n in notices]
    with st.container(key="link_notices"):
        first = "\n".join(f"- {line}" for line in lines[:SHOWN])
        st.warning(f"{t('link.title')}\n\n{first}")
        with st.container(horizontal=True, gap="small"):
            st.button(t("link.understood"), key="notices_read", on_click=_forget, type="tertiary")
            if len(lines) > SHOWN:
                rest = st.expander(t("link.more", count=len(lines) - SHOWN))
                rest.markdown("\n".join(f"- {line}" for line in lines[SHOWN:]))


def _forget() -> None:
    st.session_state["link_notices"] = ()


def _named(code: str, details: dict[str, str]) -> dict[str, str]:
    """Return the details with names in the language of the visit, and no markup in the rest."""
    if code == "data_set":
        details = {key: _data(id) for key, id in details.items()}
    found = {key: literal(text) for key, text in details.items()}
    name = details.get("name", "")
    districts = {d.code: session.t().of(d) for d in session.plan().districts}
    known = [districts.get(part) or session.label(part) for part in name.split(" ")]
    return found | {"name": literal(" ".join(known))}


def _data(id: str) -> str:
    """Return what the data of this id are called: those shipped, a data set by name if known."""
    t, known = session.t(), session.shelf().data_set(id)[0] if id else None
    if known is not None:
        return t("link.data_named", name=known.name)
    return t("link.data_named", name=id) if id else t("link.data_shipped")


def _not_kept() -> None:
    t, trouble = session.t(), session.shelf().trouble()
    if trouble is None:
        return
    with st.container(key="not_kept"):
        said = t.error(trouble.code, dict(trouble.details))
        st.warning(f"{literal(said)} {t('library.goes_on')}")
        st.button(t("library.retry"), key="retry", on_click=session.shelf().retry, type="tertiary")


def _no_font() -> None:
    t, names = session.t(), (*fonts.missing("woff2"), *fonts.missing("otf"))
    if names:
        st.warning(literal(t("fonts.missing", names=", ".join(names))))


def _unfinished() -> None:
    t, found = session.t(), st.session_state.get("unfinished")
    if not found or session.history().past:
        return
    visit, at = found
    with st.container(key="unfinished", horizontal=True, vertical_alignment="center"):
        st.html(f'<span class="note">{t("library.unfinished", when=words.moment(at, t))}</span>')
        st.button(
            t("library.take_up"), key="take_up", on_click=session.take_up, args=(visit,),
            type="tertiary",
        )  # fmt: skip
        st.button(t("library.leave"), key="leave", on_click=_leave, type="tertiary")


def _leave() -> None:
    st.session_state["unfinished"] = None
