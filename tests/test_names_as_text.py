"""What people call a scenario, a note or a data set stands on every page as they typed it."""

from dataclasses import replace
from html import escape

import pytest
from streamlit.testing.v1 import AppTest

import model
from model.data_library import DataLibrary
from model.library import Library
from model.replacements import DataSet, Replacement
from model.store import Store
from pages.parts import link
from pages.parts.frame import PAGES
from pages.parts.meeting import Meeting
from pages.views.history import literal
from pages.views.meeting import VIEWS, Scene
from tests.conftest import PROJECT, scenario_held, texts_of

MARK = "囧"
HOSTILE = f"<i>**$:red[{MARK}]$**</i>"
"""HTML, emphasis, a formula and a colour around one letter: whatever takes effect would show."""

PLAIN = {
    ("selectbox", "options"), ("selectbox", "raw_value"), ("multiselect", "options"),
    ("multiselect", "raw_values"), ("text_input", "default"), ("text_input", "value"),
    ("text_area", "default"), ("text_area", "value"), ("code", "code_text"),
}  # fmt: skip
"""Fields that a browser shows as they are."""


@pytest.fixture
def visit(plan, few_draws, own_library):
    """A visit whose scenario, saved scenario and data set all have the hostile name."""
    few_draws(64)
    store = Store(f"sqlite:///{own_library}")
    figure = Replacement("district_base|gongyi|industrial_va|central", 400, source=HOSTILE)
    own = model.with_replacements(plan, (figure,), HOSTILE)
    moved = own.scenarios["plan"].with_lever("recovered_loss", 80).with_lever("completions", 231)
    moved = replace(moved, name_zh=HOSTILE, name_en=HOSTILE)
    DataLibrary(plan.id, store).save(DataSet(HOSTILE, (figure,)), HOSTILE)
    saved = [Library(plan, store).add(moved, name, HOSTILE, HOSTILE).id
             for name in (HOSTILE, f"{HOSTILE} 2")]  # fmt: skip
    store.close()
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=90)
    for name, value in (link.encode(own, moved) | {"lang": "zh"}).items():
        at.query_params[name] = value
    at.session_state["compared"] = ["current", *saved]
    return at.run()


def taken_otherwise(at):
    """Return the texts of a page that do not show the name as typed, and how many have it."""
    wrong, seen = [], 0
    for node in at._tree:
        kind = node.type
        for path, text in texts_of(getattr(node, "proto", None)):
            if MARK not in text or (kind, path[-1]) in PLAIN:
                continue
            seen += 1
            safe = escape(HOSTILE) if kind == "html" else literal(HOSTILE)
            if text.count(safe) != text.count(MARK):
                wrong.append((kind, path, text))
    return wrong, seen


def test_a_name_is_never_markup(visit):
    found, seen = {}, {}

    def look(where):
        assert not visit.exception, where
        wrong, seen[where] = taken_otherwise(visit)
        if wrong:
            found[where] = wrong

    def press(start):
        next(b for b in visit.button if (b.key or "").startswith(start)).click().run()

    def turn(name, value, where):
        visit.session_state[name] = value
        visit.run()
        look(where)

    def go(page, where):
        visit.switch_page(f"pages/{page}.py").run()
        look(where)

    for page in PAGES:
        go(page, page)
    press("delete_now_")
    look("a data set deleted")
    press("desk_restore")
    turn("desk_sets_refused", ("data_set_gone", {"name": HOSTILE}), "a data set refused")
    press("library")
    look("library")
    press("open_")
    look("opened")
    press("undo")
    turn("history_list", True, "history")
    press("save")
    look("save")
    turn("dialog", "share", "share")
    turn("dialog", "library", "library again")
    press("rename_")
    look("rename")
    turn("renaming", None, "not renamed")
    press("bin_")
    visit.session_state["dialog"] = "library"
    turn("library_part", "bin", "bin")
    turn("dialog", None, "closed")
    visit.query_params["indicator"] = HOSTILE
    go("method", "an address that names no indicator")
    now = scenario_held(visit)
    scenes = tuple(Scene("copy", view, HOSTILE) for view in VIEWS)
    visit.session_state["meeting"] = wall = Meeting(scenes, now, now)
    for wall.at, view in enumerate(VIEWS):
        go("meeting", f"wall: {view}")
    assert not found
    assert all(seen.values())
