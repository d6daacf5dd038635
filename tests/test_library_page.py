"""The library on screen: saving, conflicts, files, and a library that does not answer."""

import pytest
from streamlit.testing.v1 import AppTest

import model
from model.history import Step
from model.library import Library
from model.store import Store
from pages.parts import library as screen
from pages.parts import link, results, session, storage
from pages.views import library as words
from pages.views import reasons
from pages.views.texts import LANGUAGES, texts
from tests.conftest import PROJECT, scenario_held


@pytest.fixture(autouse=True)
def own_library(monkeypatch, tmp_path):
    """A library of its own for each test, opened anew."""
    monkeypatch.setattr(results, "DRAWS", 256)
    monkeypatch.setenv("SIMULATOR_LIBRARY", str(tmp_path / "library.sqlite"))
    storage.shelf.clear()
    yield tmp_path / "library.sqlite"
    storage.shelf.clear()


def opened(page="overview", **parameters):
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in parameters.items():
        at.query_params[name] = value
    at.run()
    if page != "overview":
        at.switch_page(f"pages/{page}.py").run()
    return at


def library(plan, file):
    return Library(plan, Store(f"sqlite:///{file}"))


def moved(plan, **levers):
    scenario = plan.scenarios["plan"]
    for name, value in levers.items():
        scenario = scenario.with_lever(name, value)
    return link.encode(plan, scenario)


@pytest.mark.parametrize("language", LANGUAGES)
def test_saving_asks_for_a_name_once_and_then_saves(plan, own_library, language):
    at = opened(lang=language, **moved(plan, completions=240))
    assert texts(language)("library.unsaved") in "".join(e.body for e in at.get("html"))
    at.button(key="save").click().run()
    at.text_input(key="new_name").set_value("加力")
    at.button[-1].click().run()
    assert not at.exception
    records = library(plan, own_library).list()
    assert [record.name for record in records] == ["加力"]
    assert at.session_state["history"].present.record == records[0].id
    assert texts(language)("library.unsaved") not in "".join(e.body for e in at.get("html"))


def test_a_saved_scenario_is_picked_like_a_built_in_one(plan, own_library):
    wanted = plan.scenarios["prudent"].with_lever("completions", 222)
    record = library(plan, own_library).add(wanted, "我的")
    at = opened(lang="zh")
    at.selectbox(key="pick_scenario").set_value(record.id).run()
    assert scenario_held(at) == wanted
    assert scenario_held(at).name_zh == "我的" and not at.exception
    at.button(key="undo").click().run()
    assert scenario_held(at) == plan.scenarios["plan"]


def test_an_echo_of_the_picker_is_no_choice(plan, monkeypatch):
    """A message sent before the browser learnt of an undo still names the scenario undone."""
    at = opened(lang="zh", **moved(plan, completions=240))
    before = scenario_held(at)
    at.selectbox(key="pick_scenario").set_value("ambitious").run()
    at.button(key="undo").click().run()
    at.selectbox(key="pick_scenario").set_value("ambitious").run()
    assert scenario_held(at) == before and at.session_state["history"].future
    monkeypatch.setattr(screen, "ECHO", 0.0)
    at.selectbox(key="pick_scenario").set_value("ambitious").run()
    assert scenario_held(at) == plan.scenarios["ambitious"]


def test_what_another_saved_meanwhile_is_not_overwritten(plan, own_library):
    shared = library(plan, own_library)
    record = shared.add(plan.scenarios["plan"], "共用", author="张三")
    at = opened(lang="zh")
    at.selectbox(key="pick_scenario").set_value(record.id).run()
    theirs = plan.scenarios["plan"].with_lever("completions", 200)
    shared.save(record.id, theirs, 1, "李四")
    mine = scenario_held(at).with_lever("rd_intensity", 2.3)
    history = at.session_state["history"]
    step = Step(mine, history.present.opened, at=5.0, record=record.id, revision=1)
    at.session_state["history"] = history.put(step)
    at.button(key="save").click().run()
    assert shared.open(record.id)[1] == theirs
    assert any("李四" in element.value for element in at.markdown)
    at.button(key="keep_both").click().run()
    assert {shared.open(r.id)[1] for r in shared.list()} == {theirs, mine}
    assert not at.exception


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["no database", "future", "nowhere"])
def test_without_a_library_the_app_goes_on_and_says_so(
    plan, own_library, monkeypatch, language, kind
):
    if kind == "no database":
        own_library.write_text("something else " * 1000, "utf-8")
    elif kind == "future":
        shared = library(plan, own_library)
        with shared.store.writing() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        shared.store.close()
    else:
        monkeypatch.setenv("SIMULATOR_LIBRARY", "/proc/none/library.sqlite")
    at = opened(lang=language, **moved(plan, completions=240))
    at.run()
    assert not at.exception
    assert any(texts(language)("library.goes_on") in element.value for element in at.warning)
    assert scenario_held(at).value("completions") == 240
    at.button(key="save").click().run()
    at.text_input(key="new_name").set_value("x")
    at.button[-1].click().run()
    assert at.error and not at.exception
    assert scenario_held(at).value("completions") == 240


def test_a_library_that_comes_back_is_used_again(plan, own_library):
    own_library.write_text("something else " * 1000, "utf-8")
    at = opened(lang="zh")
    at.run()
    assert at.warning
    own_library.unlink()
    at.button(key="retry").click().run()
    assert not at.warning and not at.exception


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("code", "details"),
    [
        ("library_conflict", {"name": "甲"}),
        ("library_locked", {"reason": "locked"}),
        ("library_unavailable", {"reason": "no route"}),
        ("library_damaged", {"reason": "malformed"}),
        ("library_full", {"reason": "full"}),
        ("library_future", {"given": "9", "high": "2"}),
        ("library_gone", {"name": "甲"}),
        ("library_builtin", {"name": "plan"}),
        ("library_nameless", {}),
        ("document_unreadable", {"name": "a.toml"}),
        ("document_foreign", {"name": "a.toml"}),
        ("document_too_large", {"given": 3, "high": 2}),
    ],
)
def test_every_failure_has_words(language, code, details):
    said = texts(language).error(code, details)
    assert code not in said
    # What a database says of a lock or a full disk adds nothing for the reader.
    told = {} if code in ("library_locked", "library_full") else dict(details)
    if "reason" in told:
        told["reason"] = reasons.said(told["reason"], texts(language))
    assert all(str(value) in said for value in told.values())


def test_a_second_tab_of_a_visit_gets_a_copy(plan, monkeypatch):
    shelf = storage.Shelf(plan, lambda: "sqlite://")
    tab = ["one"]
    monkeypatch.setattr(storage, "_session_id", lambda: tab[0])
    monkeypatch.setattr(storage, "_is_open", lambda session: session == "one")
    assert shelf.claim("v") and shelf.claim("v")
    tab[0] = "two"
    assert not shelf.claim("v") and shelf.claim("w")
    monkeypatch.setattr(storage, "_is_open", lambda session: False)
    assert shelf.claim("v")  # the first tab was closed or refreshed


def test_work_belongs_to_the_browser_that_did_it(plan, own_library):
    shelf = storage.Shelf(plan, lambda: f"sqlite:///{own_library}")
    visit, scenario = storage.token(), plan.scenarios["plan"]
    history = model.history.History(Step(scenario, scenario)).put(
        Step(scenario.with_lever("completions", 240), scenario, at=9.0)
    )
    mine, theirs = storage.owner("a" * 32), storage.owner("b" * 32)
    shelf.autosave.keep(model.library.Visit(visit, mine, history))
    assert shelf.autosave.flush()
    again = storage.Shelf(plan, lambda: f"sqlite:///{own_library}")
    assert again.visit(visit, mine).history == history
    assert again.visit(visit, theirs) is None
    assert again.visit("../" + visit, mine) is None and again.visit("", mine) is None
    assert plan.id == session.shipped().id


def test_names_of_files_are_safe():
    assert words.file_name('a/b\\c:"d"\u202e') == "a b c d"
    assert words.file_name("...") == "scenario"
