"""The library: what is saved comes back, nobody loses work silently, a crash costs nothing.

Every promise is kept on SQLite and on PostgreSQL.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import model
from model import document, sent_text, store
from model.autosave import Autosave
from model.history import History, Step
from model.library import VISITS_KEPT, Library, Visit, fingerprint
from model.store import Store, default_url

PROJECT = Path(__file__).resolve().parents[1]
BACKENDS = ["sqlite", "postgresql"]


@pytest.fixture(params=BACKENDS)
def url(request, tmp_path):
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/情 景/library.sqlite"
        return
    server = request.getfixturevalue("postgres")
    name = f"test_{os.getpid()}_{time.monotonic_ns()}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def shelf(url, plan):
    """A library with a clock that moves a minute a look."""
    opened = Store(url)
    clock = iter(range(1_000_000, 2_000_000, 60))
    yield Library(plan, opened, lambda: float(next(clock)))
    opened.close()


@pytest.fixture
def scenario(plan):
    return plan.scenarios["plan"].with_lever("completions", 231)


def refused(code, work):
    with pytest.raises(model.ModelError) as caught:
        work()
    assert caught.value.code == code
    return caught.value


# Saving


def test_what_is_saved_comes_back_as_it_was(shelf, scenario):
    moved = scenario.with_lever("new_firms", 45.123456789, district="gongyi")
    moved = moved.with_lever("investment_growth", 40).with_assumption("covid_loss", 0.5)
    record = shelf.add(moved, "  技改\u202e加力\n", "两行\n备注", "张三")
    found, again, notices = shelf.open(record.id)
    assert again == moved and notices == ()
    assert again.name_zh == found.name == "技改加力" and found.note == "两行\n备注"
    assert found == record and found.revision == 1 and found.author == "张三"


def test_a_record_is_json_that_a_person_can_read(shelf, scenario, plan):
    content = document.parse(shelf.add(scenario, "甲").content)
    assert content["levers"]["completions"] == 231 and content["name_zh"] == "甲"
    assert content["data_version"] == plan.version and content["model_version"]
    assert content["schema"] == document.SCHEMA and content["plan"] == plan.id


def test_a_name_that_is_taken_gets_a_number(shelf, scenario):
    names = [shelf.add(scenario, "甲").name for _ in range(3)]
    assert names == ["甲", "甲 (2)", "甲 (3)"]
    assert shelf.add(scenario, "文件目标").name == "文件目标 (2)"
    long = shelf.add(scenario, "长" * 200).name, shelf.add(scenario, "长" * 200).name
    assert len(set(long)) == 2 and max(map(len, long)) == document.LONGEST_NAME
    refused("library_nameless", lambda: shelf.add(scenario, " \u200b\n"))


def test_built_in_scenarios_cannot_be_changed_or_deleted(shelf, scenario, plan):
    for name in plan.scenario_names:
        refused("library_builtin", lambda name=name: shelf.save(name, scenario, None))
        refused("library_builtin", lambda name=name: shelf.bin(name))
        refused("library_builtin", lambda name=name: shelf.rename(name, "x", ""))


def test_the_second_to_save_is_told_who_and_when_and_nothing_is_lost(shelf, scenario):
    record = shelf.add(scenario, "甲", author="张三")
    mine, theirs = scenario.with_lever("rd_intensity", 2.3), scenario.with_lever("completions", 200)
    saved = shelf.save(record.id, theirs, 1, "李四")
    error = refused("library_conflict", lambda: shelf.save(record.id, mine, 1, "张三"))
    assert error.details["author"] == "李四" and error.details["changed"] == saved.changed
    assert shelf.open(record.id)[1] == theirs
    copy = shelf.add(mine, record.name)  # keep both
    assert copy.name == "甲 (2)" and shelf.open(copy.id)[1] == mine
    assert shelf.save(record.id, mine, None).revision == 3  # or overwrite, knowingly


def test_of_many_who_save_at_once_one_succeeds_each_time(url, plan, scenario):
    opened = Store(url)
    record = Library(plan, opened).add(scenario, "甲")
    start, done = threading.Barrier(6), []

    def save(k):
        own = Library(plan, Store(url))
        start.wait()
        try:
            own.save(record.id, scenario.with_lever("completions", 200 + k), 1)
            done.append(k)
        except model.ModelError as error:
            assert error.code == "library_conflict"
        own.store.close()

    threads = [threading.Thread(target=save, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert Library(plan, opened).open(record.id)[1].value("completions") == 200 + done[0]
    opened.close()


def test_rename_duplicate_note_and_search(shelf, scenario):
    first, second = shelf.add(scenario, "技改"), shelf.add(scenario, "绿色", "只看 Energy")
    shelf.rename(first.id, "技改加力", "给市长")
    copy = shelf.duplicate(second.id)
    assert copy.name == "绿色 (2)" and copy.note == second.note
    assert [record.name for record in shelf.list()] == ["绿色 (2)", "技改加力", "绿色"]
    assert [record.name for record in shelf.list("energy 绿")] == ["绿色 (2)", "绿色"]
    assert [record.name for record in shelf.list("市长")] == ["技改加力"] and not shelf.list("%")
    refused("library_conflict", lambda: shelf.rename(first.id, "又改", "", revision=1))


def test_the_bin_gives_back_until_it_is_emptied(shelf, scenario):
    record = shelf.add(scenario, "甲")
    shelf.bin(record.id)
    assert not shelf.list() and [r.id for r in shelf.list(binned=True)] == [record.id]
    refused("library_gone", lambda: shelf.save(record.id, scenario, None))
    shelf.add(scenario, "甲")
    assert shelf.restore(record.id).name == "甲 (2)"
    assert shelf.open(record.id)[1] == scenario
    shelf.bin(record.id)
    other = shelf.add(scenario, "乙")
    shelf.bin(other.id)
    assert shelf.empty_bin(other.id) == 1  # one alone; the rest stays in the bin
    assert shelf.empty_bin() == 1 and len(shelf.list()) == 1
    refused("library_gone", lambda: shelf.open(record.id))


def test_text_of_all_kinds_survives(shelf, scenario):
    name, note = "甲'; DROP TABLE scenarios;--", '“引”\t\\ " 😀 漢 \x00'
    record = shelf.add(scenario, name, note)
    assert shelf.get(record.id).name == name
    assert shelf.get(record.id).note == '“引”\\ " 😀 漢'


# Versions


def upgraded(url, revision):
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(store.MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return engine


def test_an_old_library_is_brought_up_to_date_and_keeps_its_scenarios(url, plan, scenario):
    if url.startswith("sqlite"):
        Path(sa.make_url(url).database).parent.mkdir(parents=True)
    engine = upgraded(url, "0001")
    row = {"id": "a" * 32, "plan": plan.id, "name": "旧", "note": "", "created": 1.0,
           "changed": 2.0, "content": document.to_json(plan, scenario)}  # fmt: skip
    with engine.begin() as connection:
        names = ", ".join(f":{name}" for name in row)
        insert = f"INSERT INTO scenarios ({', '.join(row)}) VALUES ({names})"
        connection.execute(sa.text(insert), row)
    assert not sa.inspect(engine).has_table("visits")
    engine.dispose()
    opened = Store(url)
    library = Library(plan, opened)
    assert library.open("a" * 32)[1] == scenario and library.get("a" * 32).revision == 1
    assert library.resume("x") is None
    opened.close()
    Store(url).close()  # a second opening changes nothing


def test_a_library_from_the_future_is_refused(url):
    Store(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert "9999" in str(refused("library_future", lambda: Store(url)))


def test_a_record_of_other_data_opens_and_says_what_it_could_not_use(shelf, scenario, plan):
    record = shelf.add(scenario, "甲")
    old = document.parse(record.content)
    old["data_version"] = "1999.1"
    old["levers"] = {**old["levers"], "steam_engines": 3, "completions": 9999}
    del old["levers"]["rd_intensity"]
    with shelf.store.writing() as connection:
        text = document.json.dumps(old)
        connection.execute(sa.text("UPDATE scenarios SET content = :c"), {"c": text})
    _, found, notices = shelf.open(record.id)
    codes = sorted(notice.code for notice in notices)
    assert codes == ["missing", "outside", "unknown", "version"]
    assert found.value("completions") == plan.scenarios["plan"].value("completions")


def test_scenarios_of_another_plan_are_another_matter(shelf, scenario):
    shelf.add(scenario, "甲")
    with shelf.store.writing() as connection:
        connection.execute(sa.text("UPDATE scenarios SET plan = 'elsewhere'"))
    assert shelf.list() == ()


# Working copies


def worked(scenario, count=5):
    history = History(Step(scenario, scenario, "history.began", "plan", 1.0))
    for k in range(count):
        moved = history.present.scenario.with_lever("completions", 200 + k % 40)
        history = history.put(Step(moved, scenario, at=10.0 * k + 10))
    return history


def test_a_working_copy_comes_back_with_its_history(shelf, scenario):
    history = worked(scenario).undo()
    shelf.keep(Visit("v", "me", history))
    assert shelf.resume("v") == Visit("v", "me", history)
    assert shelf.resume("other") is None


def test_only_what_changed_is_written_and_what_was_dropped_goes(shelf, scenario):
    known = None
    history = worked(scenario, 1)
    for k in range(230):
        moved = history.present.scenario.with_lever("completions", 190 + k % 50)
        history = history.put(Step(moved, scenario, at=100.0 + 10 * k))
        if k % 7 == 0:
            history = history.undo()
        if k % 5 == 0:
            shelf.keep(Visit("v", "me", history), known)
            known = history
    shelf.keep(Visit("v", "me", history), known)
    assert shelf.resume("v").history == history
    with shelf.store.reading() as connection:
        count = connection.execute(sa.text("SELECT count(*) FROM steps")).scalar()
    assert count == len(history.steps)


def test_the_last_visit_of_a_browser_is_found_and_old_ones_go(shelf, scenario, plan, monkeypatch):
    monkeypatch.setattr(model.library, "VISITS_ALWAYS", 0)
    for name in ("a", "b"):
        shelf.keep(Visit(name, "me", worked(scenario)))
    shelf.keep(Visit("c", "you", worked(scenario)))
    assert shelf.last_visit("me")[0] == "b" and shelf.last_visit("nobody") is None
    later = Library(plan, shelf.store, lambda: 3_000_000 + VISITS_KEPT)
    assert later.forget_old_visits() == 3 and shelf.resume("a") is None


def test_a_browser_is_known_by_a_fingerprint_that_does_not_tell_its_secret():
    assert fingerprint("a") == fingerprint("a") != fingerprint("b")
    assert "secret" not in fingerprint("secret")


def test_autosave_that_was_given_nothing_ends_at_once():
    Autosave(lambda: pytest.fail("there is nothing to write")).stop()


def test_autosave_writes_the_latest_state_and_waits_out_a_failure(shelf, scenario):
    broken, failures = [True], []

    def library():
        if broken[0]:
            raise model.ModelError("locked", code="library_locked")
        return shelf

    autosave = Autosave(library, failures.append)
    for count in range(1, 6):
        autosave.keep(Visit("v", "me", worked(scenario, count)))
    deadline = time.monotonic() + 10
    while autosave.trouble is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert autosave.trouble.code == "library_locked" and failures
    assert autosave.latest("v").history == worked(scenario, 5)
    broken[0] = False
    autosave.retry()
    assert autosave.flush() and autosave.trouble is None
    assert shelf.resume("v").history == worked(scenario, 5)
    autosave.stop()


WORKER = """
import sys, time, model
from model.autosave import Autosave
from model.history import History, Step
from model.library import Library, Visit
from model.store import Store
plan = model.load_plan("zhengzhou_2020")
autosave = Autosave(lambda: library)
library = Library(plan, Store(sys.argv[1]))
start = plan.scenarios["plan"]
history = History(Step(start, start, "history.began", "plan", 1.0))
for k in range(100):
    moved = history.present.scenario.with_lever("completions", 200 + k % 40)
    history = history.put(Step(moved, start, at=10.0 * k))
    autosave.keep(Visit("v", "me", history))
    if k % 10 == 9:
        autosave.flush()
        print(len(history.past), flush=True)
time.sleep(60)
"""


def test_killing_the_process_loses_nothing_that_was_kept(url, plan):
    """A process that works and saves is killed outright; another opens what it left."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, url], cwd=PROJECT, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    kept = 0
    for line in process.stdout:
        kept = int(line)
        if kept >= 50:
            break
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    opened = Store(url)
    history = Library(plan, opened).resume("v").history
    assert len(history.past) >= kept >= 50
    # worked() counts levers from 200 like the process did
    assert history.present.scenario.value("completions") == 200 + (len(history.past) - 1) % 40
    opened.close()


# What can go wrong with a file


def test_a_file_that_is_no_library_is_said_and_left_alone(tmp_path):
    file = tmp_path / "library.sqlite"
    file.write_text("not a database, but somebody's notes " * 100, "utf-8")
    before = file.read_bytes()
    refused("library_damaged", lambda: Store(f"sqlite:///{file}"))
    assert file.read_bytes() == before


def test_a_locked_file_is_said_and_works_once_it_is_free(tmp_path, plan, scenario, monkeypatch):
    monkeypatch.setattr(store, "WAIT", 0.1)
    url = f"sqlite:///{tmp_path}/library.sqlite"
    library = Library(plan, Store(url))
    other = sqlite3.connect(tmp_path / "library.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused("library_locked", lambda: library.add(scenario, "甲"))
    assert library.list() == ()  # reading goes on
    other.execute("ROLLBACK")
    assert library.add(scenario, "甲").name == "甲"
    other.close()
    library.store.close()


@pytest.mark.parametrize(
    "url",
    ["sqlite:////proc/none/library.sqlite", "nonsense://x", "not a url://",
     "postgresql+psycopg://nobody@/x?host=/nowhere"],
)  # fmt: skip
def test_a_library_that_cannot_be_reached_is_said(url):
    error = refused("library_unavailable", lambda: Store(url))
    assert error.details["reason"]


def test_a_damaged_record_does_not_take_the_others_along(tmp_path, plan, scenario):
    library = Library(plan, Store(f"sqlite:///{tmp_path}/library.sqlite"))
    broken, sound = library.add(scenario, "坏"), library.add(scenario, "好")
    library.keep(Visit("v", "me", worked(scenario)))
    with library.store.writing() as connection:
        update = "UPDATE scenarios SET content = '{' WHERE id = :id"
        connection.execute(sa.text(update), {"id": broken.id})
        connection.execute(sa.text("UPDATE steps SET content = '[]' WHERE number = 2"))
    refused("document_unreadable", lambda: library.open(broken.id))
    assert library.open(sound.id)[1] == scenario and len(library.list()) == 2
    assert len(library.resume("v").history.steps) == 5
    with library.store.writing() as connection:
        connection.execute(sa.text("UPDATE steps SET content = '[]'"))
    assert library.resume("v") is None
    library.store.close()


def test_the_setting_names_a_file_or_a_url(tmp_path):
    assert default_url({"SIMULATOR_LIBRARY": "postgresql://h/d"}) == "postgresql://h/d"
    named = sa.make_url(default_url({"SIMULATOR_LIBRARY": str(tmp_path / "我的 库.sqlite")}))
    assert named.database == str(tmp_path / "我的 库.sqlite")
    usual = sa.make_url(default_url({"XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": ""}))
    assert not Path(usual.database).is_relative_to(PROJECT)


@pytest.mark.parametrize(("system", "place"), [("win32", "AppData"), ("darwin", "Library")])
def test_on_other_systems_the_library_lies_where_theirs_do(monkeypatch, system, place):
    monkeypatch.setattr("sys.platform", system)
    usual = Path(sa.make_url(default_url({})).database)
    assert place in usual.relative_to(Path.home()).parts


# Files


@pytest.mark.parametrize("write", [document.to_toml, document.to_json])
def test_a_file_gives_the_scenario_back(plan, scenario, write):
    odd = replace(scenario.with_lever("investment_growth", 39.123456789),
                  name_zh='引"号\\', note_zh="一\n二\x7f")  # fmt: skip
    found, notices = document.read(plan, document.parse(write(plan, odd)))
    assert found == odd and notices == () and found.name_zh == odd.name_zh


def test_built_in_files_open_as_files(plan):
    for path in (plan.folder / "scenarios").glob("*.toml"):
        found, _ = document.read(plan, document.parse(path.read_text("utf-8")))
        assert found.id == path.stem


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "document_foreign"),
        ("{", "document_unreadable"),
        ("[1]", "document_foreign"),  # a table of TOML, but no scenario
        ("a = 1", "document_foreign"),
        ("[" * 100_000, "document_unreadable"),
        ("x" * (sent_text.LARGEST + 1), "document_too_large"),
        ('{"levers": 3}', "document_foreign"),
        ('{"x": ' + "9" * 5000 + "}", "document_unreadable"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused(plan, text, code):
    refused(code, lambda: document.read(plan, document.parse(text)))


def test_another_program_that_comes_and_goes_takes_nothing_away(plan, tmp_path):
    """A backup, a second server or a look from the command line, while people go on saving.

    SQLite gives the write-ahead log up when it believes that the last user has left.
    """
    url = f"sqlite:///{tmp_path / 'library.sqlite'}"
    visitor = (
        "import sys, model; from model.library import Library; from model.store import Store; "
        "library = Library(model.load_plan(sys.argv[1]), Store(sys.argv[2])); "
        "print(*sorted(record.name for record in library.list()), sep=','); "
        "library.store.close()"
    )

    def visit():
        command = [sys.executable, "-c", visitor, plan.id, url]
        done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    library = Library(plan, Store(url))
    scenario = plan.scenarios["plan"]
    library.add(scenario, "first")
    library.add(scenario, "second")
    assert visit() == "first,second"
    library.add(scenario, "third")
    assert visit() == "first,second,third"
    library.store.close()
    assert [record.name for record in Library(plan, Store(url)).list()] == [
        "third",
        "second",
        "first",
    ]
