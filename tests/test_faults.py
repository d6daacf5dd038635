"""What may go wrong around the simulator: each fault is said, and nothing that was kept is lost."""

import csv
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

import model
from model import document, store
from model.autosave import Autosave
from model.history import History, Step
from model.library import VISITS_ALWAYS, Library, Visit
from model.store import Store
from pages.parts import frame, link, results, session, storage
from pages.views import fonts
from pages.views.texts import LANGUAGES, texts
from tests.conftest import PROJECT, scenario_held
from tests.test_library import refused, scenario, url, worked

__all__ = ["scenario", "url"]


@pytest.fixture(autouse=True)
def own_library(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "DRAWS", 256)
    monkeypatch.setenv("SIMULATOR_LIBRARY", str(tmp_path / "own.sqlite"))
    storage.shelf.clear()
    yield tmp_path / "own.sqlite"
    storage.shelf.clear()


def opened(**parameters):
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in parameters.items():
        at.query_params[name] = value
    return at.run()


def moved(plan):
    return link.encode(plan, plan.scenarios["plan"].with_lever("completions", 240))


def shown(at):
    return "\n".join([e.body for e in at.get("html")] + [e.value for e in at.markdown])


def wait_for(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


# Killed during a save

SAVER = """
import sys, model
from model.library import Library
from model.store import Store
plan = model.load_plan("zhengzhou_2020")
library, start = Library(plan, Store(sys.argv[1])), plan.scenarios["plan"]
record = library.add(start, "one")
print("ready", flush=True)
revision, count = record.revision, 0
while True:
    count += 1
    moved = start.with_lever("completions", 190 + count % 50)
    added = library.add(moved, f"{count}", "x" * 1500)
    revision = library.save(record.id, moved, revision).revision
    print(added.id, revision, 190 + count % 50, flush=True)
"""


def test_killing_a_server_during_a_save_loses_no_save_and_leaves_no_half_of_one(url, plan):
    chance = random.Random(8)
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", SAVER, url], cwd=PROJECT, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
        )  # fmt: skip
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2 + 0.2 * chance.random())
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        lines = [line.split() for line in process.stdout if line.endswith("\n")]
        process.stdout.close()
        library = Library(plan, Store(url))
        records = {record.id: record for record in library.list()}
        assert lines
        for id, _, value in lines:
            assert library.open(id)[1].value("completions") == int(value)
        for id in records:
            _, _, notices = library.open(id)
            assert notices == ()
        one = max(
            (r for r in records.values() if r.name.startswith("one")), key=lambda r: r.created
        )
        assert one.revision - int(lines[-1][1]) in (0, 1)
        library.store.close()


# A full disk

FULL = """
import json, resource, signal, sys, model
from model.autosave import Autosave
from model.history import History, Step
from model.library import Library, Visit
from model.store import Store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
plan = model.load_plan("zhengzhou_2020")
library, start = Library(plan, Store(sys.argv[1])), plan.scenarios["plan"]
kept = library.add(start, "before")
limit = int(sys.argv[2])
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
codes, saved = set(), ["before"]
for k in range(60):
    try:
        saved.append(library.add(start, f"{k}", "x" * 1900).name)
    except model.ModelError as error:
        codes.add(error.code)
autosave = Autosave(lambda: library)
history = History(Step(start, start))
for k in range(60):
    moved = history.present.scenario.with_lever("completions", 190 + k % 50)
    history = history.put(Step(moved, start, at=10.0 * k))
autosave.keep(Visit("a" * 32, "me", history))
autosave.flush(3)
trouble = autosave.trouble.code
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
autosave.retry()
assert autosave.flush(20) and autosave.trouble is None
saved.append(library.add(start, "after").name)
assert Library(plan, Store(sys.argv[1])).resume("a" * 32).history == history
print(trouble, json.dumps(sorted(codes)), json.dumps(saved), sep="|")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a thing of POSIX")
def test_a_disk_that_takes_no_more_is_said_and_nothing_is_lost(tmp_path, plan):
    """The operating system itself refuses to let any file grow, and then lets it again."""
    file = tmp_path / "library.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", FULL, f"sqlite:///{file}", str(160 * 1024)], cwd=PROJECT,
        capture_output=True, text=True, timeout=120,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    trouble, codes, saved = done.stdout.strip().split("|")
    said = {trouble, *json.loads(codes)}
    assert said <= {"library_disk", "library_full"} and json.loads(codes)
    library = Library(plan, Store(f"sqlite:///{file}"))
    assert sorted(record.name for record in library.list()) == sorted(json.loads(saved))
    library.store.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_disk_is_told_on_screen_and_the_work_stays(plan, own_library, language):
    """SQLite itself answers that the disk is full: it may use no page more than it has."""
    at = opened(lang=language, **moved(plan))
    shelf = session.shelf()
    engine = shelf.library().store.engine
    limit = ["PRAGMA max_page_count = 1"]

    def no_more(connection, _record=None):
        connection.execute(limit[0])

    event.listen(engine, "connect", no_more)
    engine.dispose()
    at.button(key="save").click().run()
    at.text_input(key="new_name").set_value("甲" * 80)
    at.text_area(key="new_note").set_value("长" * 2000)
    at.button[-1].click().run()
    assert texts(language).error("library_full", {}) in [element.value for element in at.error]
    assert scenario_held(at).value("completions") == 240 and not at.exception
    limit[0] = "PRAGMA max_page_count = 1000000"
    engine.dispose()
    at.button[-1].click().run()
    assert [record.name for record in shelf.library().list()] == ["甲" * 80]
    assert not at.error and not at.exception


# A database that goes away


def test_a_server_that_goes_away_and_comes_back_gets_what_was_done_meanwhile(plan, postgres):
    name = f"away_{os.getpid()}_{time.monotonic_ns()}"
    admin = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")

    def tell(statement):
        with admin.connect() as connection:
            connection.execute(sa.text(statement))

    tell(f"CREATE DATABASE {name}")
    shelf = storage.Shelf(plan, lambda: postgres.replace("/postgres?", f"/{name}?"))
    start = plan.scenarios["plan"]
    record = shelf.use(lambda library: library.add(start, "甲"))
    history = worked(start, 3)
    shelf.autosave.keep(Visit("a" * 32, "me", history))
    assert shelf.autosave.flush()
    # Away: nobody is let in, and who is in is thrown out.
    tell(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    tell(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    refused("library_unavailable", lambda: shelf.use(lambda library: library.get(record.id)))
    history = history.put(Step(start.with_lever("rd_intensity", 2.3), start, at=500.0))
    shelf.autosave.keep(Visit("a" * 32, "me", history))
    wait_for(lambda: shelf.autosave.trouble is not None)
    assert shelf.trouble().code == "library_unavailable"
    assert shelf.visit("a" * 32, "me").history == history  # held here until then
    tell(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    shelf.retry()
    assert shelf.autosave.flush(20) and shelf.trouble() is None
    assert shelf.use(lambda library: library.resume("a" * 32)).history == history
    assert shelf.use(lambda library: library.open(record.id))[1] == start
    shelf.library().store.close()
    tell(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


def test_work_that_is_just_being_written_is_found(plan, scenario, tmp_path):
    """A page that is refreshed while a slow database takes its time must not start afresh."""
    library = Library(plan, Store(f"sqlite:///{tmp_path}/library.sqlite"))
    under_way, go_on = threading.Event(), threading.Event()

    def find():
        under_way.set()
        assert go_on.wait(20)
        return library

    autosave, visit = Autosave(find), Visit("v", "me", worked(scenario))
    autosave.keep(visit)
    assert under_way.wait(20) and autosave.latest("v") == visit
    go_on.set()
    assert autosave.flush() and autosave.latest("v") is None
    autosave.stop()
    library.store.close()


# A library file that is damaged, moved or deleted


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", ["head", "middle", "end"])
def test_a_damaged_library_is_said_and_left_as_it_is(plan, own_library, language, place):
    library = Library(plan, Store(f"sqlite:///{own_library}"))
    for k in range(30):
        library.add(plan.scenarios["plan"], str(k), "x" * 1500)
    library.store.close()
    content = own_library.read_bytes()
    size = len(content)
    at_byte = {"head": 0, "middle": size // 3 // 4096 * 4096, "end": size // 2}[place]
    wreck = content[:at_byte] + b"\xa5" * (size - at_byte if place != "head" else 4096)
    wreck += content[len(wreck) :]
    own_library.write_bytes(wreck)
    at = opened(lang=language, **moved(plan))
    at.run()
    t = texts(language)
    assert not at.exception
    assert any(t("library.goes_on") in element.value for element in at.warning)
    assert scenario_held(at).value("completions") == 240
    assert own_library.read_bytes() == wreck


@pytest.mark.parametrize("how", ["deleted", "replaced", "overwritten"])
def test_a_file_that_vanishes_while_open_is_noticed_and_written_anew(plan, tmp_path, how):
    file = tmp_path / "library.sqlite"
    shelf = storage.Shelf(plan, lambda: f"sqlite:///{file}")
    start = plan.scenarios["plan"]
    history = worked(start, 3)
    shelf.autosave.keep(Visit("a" * 32, "me", history))
    assert shelf.autosave.flush()
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    if how == "deleted":
        file.unlink()
    elif how == "replaced":
        file.rename(tmp_path / "moved.sqlite")
        Store(f"sqlite:///{file}").close()
    else:
        file.write_bytes(b"something else altogether " * 1000)
    codes = {"overwritten": "library_damaged"}
    refused(
        codes.get(how, "library_unavailable"),
        lambda: shelf.use(lambda library: library.add(start, "甲")),
    )
    if how == "overwritten":
        file.unlink()
    history = history.put(Step(start.with_lever("rd_intensity", 2.3), start, at=500.0))
    shelf.autosave.keep(Visit("a" * 32, "me", history))
    shelf.retry()
    assert shelf.autosave.flush(20)
    shelf.library().store.close()
    again = Library(plan, Store(f"sqlite:///{file}"))
    assert again.resume("a" * 32).history == history
    again.store.close()


# A font, a table


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("loss", ["folder", "file", "empty"])
def test_a_missing_font_is_said_and_no_picture_comes_out_mute(
    plan, tmp_path, monkeypatch, language, loss
):
    folder = tmp_path / "fonts"
    if loss != "folder":
        shutil.copytree(fonts.FOLDER, folder)
    if loss == "file":
        (folder / "NotoSansSC-Bold.otf").unlink()
    elif loss == "empty":
        (folder / "NotoSansSC-Regular.otf").write_bytes(b"")
    monkeypatch.setattr(fonts, "FOLDER", folder)
    at = opened(lang=language)
    assert not at.exception
    lost = {"folder": "NotoSansSC-Regular.woff2", "file": "Bold.otf", "empty": "Regular.otf"}[loss]
    assert any(lost in element.value.replace("\\", "") for element in at.warning)
    refused("font_missing", fonts.check)


def test_with_its_fonts_nothing_is_said():
    assert fonts.missing("woff2") == fonts.missing("otf") == () and not opened(lang="zh").warning


def test_pictures_are_refused_without_letters(plan, tmp_path, monkeypatch):
    from pages.views.export import picture

    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    for draw in (picture.png, picture.svg, picture.pdf):
        refused("font_missing", lambda draw=draw: draw(None, None, None))


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A copy of the data folder with faults, which the app takes for its own."""
    folder = tmp_path / "zhengzhou_2020"
    shutil.copytree(PROJECT / "data" / "zhengzhou_2020", folder)
    levers = folder / "levers.csv"
    sound = levers.read_text("utf-8")
    rows = list(csv.reader(io.StringIO(sound)))
    rows[1][rows[0].index("max")] = "=much <b>"
    rows[2][rows[0].index("min")] = ""
    with levers.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    monkeypatch.setenv("SIMULATOR_PLAN", str(folder))
    session.read_plan.clear()
    frame.warm.clear()
    yield lambda: levers.write_text(sound, "utf-8")
    session.read_plan.clear()
    frame.warm.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_broken_table_gives_the_list_of_faults_and_no_traceback(broken, language):
    at = opened(lang=language)
    t = texts(language)
    assert not at.exception and t("faults.title") in shown(at)
    assert [button.key for button in at.button] == ["again"]
    with pytest.raises(model.DataFaults) as error:
        model.load_plan()
    listed = at.dataframe[0].value
    assert len(listed) == len(error.value.faults) > 1
    assert set(listed.columns) == {t(f"faults.{x}") for x in ("table", "row", "column", "message")}
    assert set(listed[t("faults.table")]) == {"levers.csv"}
    marks = '"=much <b>"' if language == "en" else "“=much <b>”"
    assert marks in "".join(listed[t("faults.message")])
    broken()  # put right again
    at.button(key="again").click().run()
    assert not at.exception and scenario_held(at).id == "plan"


def test_a_data_folder_that_is_not_there_is_said(monkeypatch):
    monkeypatch.setenv("SIMULATOR_PLAN", "atlantis_2020")
    session.read_plan.clear()
    at = opened(lang="zh")
    assert not at.exception and "atlantis_2020" in shown(at)
    session.read_plan.clear()


def test_an_error_that_nobody_foresaw_shows_a_number_and_no_details(monkeypatch, caplog):
    from pages.parts import server

    at = AppTest.from_string(
        "import streamlit as st\nfrom pages.parts import server\n"
        "st.session_state['language'] = 'zh'\nserver.failed(KeyError('机密'))"
    ).run()
    (said,) = [element.value for element in at.error]
    assert "机密" not in said and "KeyError" not in said and not at.exception
    assert server.failed.__doc__


# A clock that is wrong


class Clock:
    def __init__(self, *times):
        self.times = list(times)

    def __call__(self):
        return self.times.pop(0) if len(self.times) > 1 else self.times[0]


YEAR = 365.25 * 86_400


def test_revisions_and_history_keep_their_order_whatever_the_clock_says(url, plan, scenario):
    opened_store = Store(url)
    now = 1_800_000_000.0
    library = Library(plan, opened_store, Clock(now, now - 30 * YEAR, now + 70 * YEAR, 0.0))
    record = library.add(scenario, "甲")
    revisions, times = [record.revision], [record.changed]
    for value in (200, 210, 220):
        changed = scenario.with_lever("completions", value)
        record = library.save(record.id, changed, revisions[-1])
        revisions.append(record.revision)
        times.append(record.changed)
    assert revisions == [1, 2, 3, 4] and times == sorted(times)
    assert library.open(record.id)[1].value("completions") == 220
    refused("library_conflict", lambda: library.save(record.id, scenario, 2))
    history = History(Step(scenario, scenario, at=now))
    steps = [(205, now - 10 * YEAR), (206, now + 50 * YEAR), (207, 0.0), (208, -5.0)]
    for value, at in steps:
        history = history.put(Step(scenario.with_lever("completions", value), scenario, at=at))
    library.keep(Visit("v", "me", history))
    found = library.resume("v").history
    values = [step.scenario.value("completions") for step in found.steps]
    assert values == [231, 205, 206, 207, 208] and found == history
    opened_store.close()


def test_a_clock_in_the_future_deletes_no_work(url, plan, scenario):
    opened_store = Store(url)
    Library(plan, opened_store, lambda: 1e9).keep(Visit("mine", "me", worked(scenario)))
    later = Library(plan, opened_store, lambda: 1e9 + 80 * YEAR)
    assert later.forget_old_visits() == 0
    later.keep(Visit("theirs", "you", worked(scenario)))  # saved under the wrong time
    assert Library(plan, opened_store, lambda: 1e9 + 81 * YEAR).forget_old_visits() == 0
    assert later.resume("mine").history == worked(scenario)
    # Right again: what is old goes when there is more than enough that is newer.
    for k in range(VISITS_ALWAYS):
        Library(plan, opened_store, lambda: 2e9).keep(Visit(str(k), "me", worked(scenario, 1)))
    assert Library(plan, opened_store, lambda: 2e9).forget_old_visits() == 1
    assert later.resume("mine") is None and later.resume("theirs") is not None
    opened_store.close()


@pytest.mark.parametrize("now", [0.0, -1e9, 4e9, 2e11])
def test_a_saved_scenario_from_another_time_is_shown(plan, own_library, now):
    library = Library(plan, Store(f"sqlite:///{own_library}"), lambda: now)
    record = library.add(plan.scenarios["prudent"], "甲")
    library.store.close()
    at = opened(lang="zh")
    at.button(key="library").click().run()
    assert not at.exception and f"open_{record.id}" in [button.key for button in at.button]


# From the future


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_and_a_file_of_a_later_version_open_and_say_what_was_not_used(plan, language):
    later = link.encode(plan, plan.scenarios["prudent"]) | {"v": "7", "d": "2031.2"}
    content = json.loads(later["c"])
    content["l"]["robots"] = 12
    content["z"] = {"new": 1}
    at = opened(lang=language, **(later | {"c": json.dumps(content)}))
    assert not at.exception and not at.error
    said = at.warning[0].value.replace("\\", "")
    for word in ("7", "2031.2", "robots", "z"):
        assert word in said
    assert scenario_held(at) == plan.scenarios["prudent"]
    file = document.content(plan, plan.scenarios["prudent"]) | {"schema": 7, "robots": {"a": 1}}
    found, notices = document.read(plan, document.parse(json.dumps(file)))
    assert found == plan.scenarios["prudent"]
    assert sorted(notice.code for notice in notices) == ["schema", "unknown"]


def test_autosave_goes_on_after_a_failure_that_nobody_foresaw(plan, scenario, tmp_path):
    """Whatever the database throws, the thread lives on and the latest state is written."""
    opened_store, broken = Store(f"sqlite:///{tmp_path}/library.sqlite"), [True]
    library = Library(plan, opened_store)

    def find():
        if broken[0]:
            raise sqlite3.ProgrammingError("misuse")
        return library

    autosave = Autosave(find)
    autosave.keep(Visit("v", "me", worked(scenario)))
    wait_for(lambda: autosave.trouble is not None)
    broken[0] = False
    autosave.retry()
    assert autosave.flush() and library.resume("v").history == worked(scenario)
    autosave.stop()
    assert store.WAIT > 0
