"""A table on the page whose rows can be chosen by mouse or keyboard; tells only the row's id."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

# Rows carry data-id; the choice is shown at once, before the answer of the server.
_SCRIPT = """
export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".pick-list");
  if (!root) {
    root = document.createElement("div");
    root.className = "pick-list";
    parentElement.appendChild(root);
  }
  if (root.dataset.html !== data.html) {
    const held = root.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    root.innerHTML = data.html;
    root.dataset.html = data.html;
    if (held) root.querySelector(`button[data-id="${held}"]`)?.focus();
  }
  const choose = (id) => {
    root.querySelectorAll("tr.chosen").forEach((row) => row.classList.remove("chosen"));
    root.querySelector(`tr[data-id="${id}"]`)?.classList.add("chosen");
    setTriggerValue("chosen", id);
  };
  root.onclick = (event) => {
    const row = event.target.closest("[data-id]");
    if (row) choose(row.dataset.id);
  };
  root.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [...root.querySelectorAll("button[data-id]")];
    const next = all[all.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    choose(next.dataset.id);
  };
}
"""


def show(html: str, *, key: str, store: str) -> None:
    """Draw a table; the id of a row that is chosen goes into the session under ``store``."""

    def chosen() -> None:
        id = st.session_state[key].chosen
        if id:
            st.session_state[store] = id

    draw = st.components.v2.component("pick_list", js=_SCRIPT, isolate_styles=False)
    draw(key=key, data={"html": html}, on_chosen_change=chosen)


def style() -> None:
    """Send the style sheet of the lists and of what stands beside them."""
    sheet = (Path(__file__).parent / "register.css").read_text(encoding="utf-8")
    st.html(f"<style>{sheet}</style>")
