"""The complete link to what is on screen, and a button that copies it also without https."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from pages.parts import link, session

_LOCAL = ("localhost", "127.0.0.1", "::1", "[::1]")
_HTML = """
<textarea readonly rows="3"></textarea>
<button type="button"></button><span role="status"></span>
"""
_CSS = """
textarea { box-sizing: border-box; width: 100%; font: .85rem ui-monospace, Consolas, monospace;
  border: 1px solid #9AA5AF; border-radius: 6px; padding: .4rem; color: #17212B; resize: vertical; }
button { font: inherit; margin-top: .5rem; padding: .4rem 1.1rem; border-radius: 6px; border: 0;
  background: #1B5E9E; color: #fff; cursor: pointer; }
button:focus-visible, textarea:focus-visible { outline: 3px solid #7FB2E5; outline-offset: 1px; }
span { margin-left: .8rem; color: #17212B; font-size: .9rem; }
"""
# navigator.clipboard exists on https and localhost only; on a plain http address the old command
# does, and where that is refused too, the link stands selected for Ctrl+C.
_SCRIPT = """
export default function ({ data, parentElement }) {
    const field = parentElement.querySelector("textarea");
    const button = parentElement.querySelector("button");
    const said = parentElement.querySelector("span");
    field.value = data.link;
    field.setAttribute("aria-label", data.label);
    button.textContent = data.copy;
    field.onfocus = () => field.select();
    button.onclick = async () => {
        let done = false;
        try {
            await navigator.clipboard.writeText(data.link);
            done = true;
        } catch {
            field.focus();
            field.select();
            try { done = document.execCommand("copy"); } catch { done = false; }
        }
        if (!done) { field.focus(); field.select(); }
        said.textContent = done ? data.done : data.by_hand;
    };
}
"""


def address() -> str:
    """Return the link to this page with this scenario; not the visit, which is this browser's."""
    parts = urlsplit(str(st.context.url or ""))
    query = urlencode(link.encode(session.plan(), session.scenario()))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def show() -> None:
    """Draw the link and its button."""
    t, complete = session.t(), address()
    st.markdown(t("share.explained"))
    draw = st.components.v2.component("share_link", html=_HTML, css=_CSS, js=_SCRIPT)
    draw(
        data={
            "link": complete,
            "label": t("share.field"),
            "copy": t("share.copy"),
            "done": t("share.done"),
            "by_hand": t("share.by_hand"),
        },
        key="share_link",
    )
    if urlsplit(complete).hostname in _LOCAL:
        st.caption(t("share.local"))
