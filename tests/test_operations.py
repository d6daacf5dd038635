"""Health, logs, backup and restore: what whoever looks after a running simulator relies on."""

import contextlib
import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import sqlalchemy as sa

import model
from model import backup, document, health, logs, store
from model.__main__ import main
from model.history import History, Step
from model.library import Library, Visit
from model.masking import MASK
from model.store import Store
from tests.conftest import PROJECT, serving
from tests.test_library import refused, scenario, upgraded, url, worked

__all__ = ["scenario", "url"]


@pytest.fixture
def filled(url, plan, scenario):
    """A library with two scenarios, one in the bin, and a working copy."""
    opened = Store(url)
    library = Library(plan, opened)
    library.add(scenario, "技改加力", "只看 Energy\n第二行", "张三")
    library.bin(library.add(scenario.with_lever("rd_intensity", 2.3), "旧").id)
    library.keep(Visit("v" * 32, "me", worked(scenario)))
    yield library
    opened.close()


def rows(url):
    """All rows of a library, as they lie there."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            name: sorted(map(tuple, connection.execute(sa.text(f"SELECT * FROM {name}"))), key=str)
            for name in backup.TABLES
        }
    engine.dispose()
    return found


# Backup and restore


def test_a_backup_brings_everything_back(url, filled, tmp_path, scenario):
    before = rows(url)
    file = tmp_path / "备 份.sqlite"
    done = backup.back_up(url, file)
    assert (done.scenarios, done.visits) == (2, 1)
    filled.empty_bin()
    filled.add(scenario, "后来")
    later = rows(url)
    restored = backup.restore(url, file)
    assert rows(url) == before and (restored.scenarios, restored.visits) == (2, 1)
    # The old one is a library too, and can be taken back in the same way.
    backup.restore(url, restored.aside)
    assert rows(url) == later


def test_an_open_library_goes_on_over_a_restore_and_keeps_new_work_whole(
    url, filled, tmp_path, scenario
):
    file = tmp_path / "b.sqlite"
    backup.back_up(url, file)
    known = worked(scenario, 9)
    filled.keep(Visit("v" * 32, "me", known), worked(scenario))
    backup.restore(url, file)
    moved = known.present.scenario.with_lever("completions", 239)
    latest = known.put(Step(moved, scenario, at=1000.0))
    filled.keep(Visit("v" * 32, "me", latest), known)
    assert filled.resume("v" * 32).history == latest
    assert [record.name for record in filled.list()] == ["技改加力"]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_backup_moves_a_library_from_a_server_to_a_file_and_back(filled, url, tmp_path, plan):
    file, other = tmp_path / "b.sqlite", f"sqlite:///{tmp_path}/other.sqlite"
    backup.back_up(url, file)
    assert backup.restore(other, file).aside is None
    assert rows(other) == rows(url)
    shelf = Library(plan, Store(other))
    shelf.add(plan.scenarios["plan"], "在文件里")
    backup.back_up(other, file)
    backup.restore(url, file)
    assert rows(other) == rows(url)
    shelf.store.close()


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path, plan, scenario):
    """The old library is made by the first migration of all, as the first version left it."""
    old = tmp_path / "old.sqlite"
    engine = upgraded(f"sqlite:///{old}", "0001")
    row = {"id": "a" * 32, "plan": plan.id, "name": "旧", "note": "", "created": 1.0,
           "changed": 2.0, "content": document.to_json(plan, scenario)}  # fmt: skip
    with engine.begin() as connection:
        names = ", ".join(f":{name}" for name in row)
        insert = f"INSERT INTO scenarios ({', '.join(row)}) VALUES ({names})"
        connection.execute(sa.text(insert), row)
    engine.dispose()
    before = old.read_bytes()
    url = f"sqlite:///{tmp_path}/new/library.sqlite"
    assert backup.restore(url, old).scenarios == 1
    library = Library(plan, Store(url))
    assert library.open("a" * 32)[1] == scenario and library.resume("v") is None
    assert old.read_bytes() == before
    library.store.close()


def broken_backups(sound, folder):
    """Files that must be refused, by the reason."""
    content = sound.read_bytes()
    page = 4096
    torn = content[: 2 * page] + b"\xa5" * page + content[3 * page :]
    with sqlite3.connect(folder / "foreign") as connection:
        connection.execute("CREATE TABLE cats (name)")
    connection.close()
    (folder / "future").write_bytes(content)
    with sqlite3.connect(folder / "future") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    return {
        "empty": b"",
        "text": b"notes " * 2000,
        "half": content[: len(content) // 2],
        "torn": torn,
        "foreign": (folder / "foreign").read_bytes(),
        "future": (folder / "future").read_bytes(),
    }


CASES = ("empty", "text", "half", "torn", "foreign", "future", "missing", "folder")


@pytest.mark.parametrize("case", CASES)
def test_a_backup_that_is_damaged_or_newer_changes_nothing(url, filled, tmp_path, case):
    backup.back_up(url, tmp_path / "sound.sqlite")
    folder = tmp_path / "given"
    folder.mkdir()
    given = folder / f"{case}.sqlite"
    if case == "folder":
        given.mkdir()
    elif case != "missing":
        given.write_bytes(broken_backups(tmp_path / "sound.sqlite", tmp_path)[case])
    before, files = rows(url), sorted(tmp_path.rglob("*"))
    with pytest.raises(model.ModelError) as error:
        backup.restore(url, given)
    codes = {"future": "library_future", "missing": "unreadable", "folder": "unreadable"}
    assert error.value.code == codes.get(case, "backup_damaged")
    assert case == "future" or str(given) in str(error.value)
    assert rows(url) == before
    assert [f for f in sorted(tmp_path.rglob("*")) if f not in files] == []
    assert filled.list()[0].name == "技改加力"  # and it goes on


def backed_up(folder, plan, scenario):
    """Return file and URL of a library that holds one scenario, with a backup b.sqlite beside."""
    file = folder / "library.sqlite"
    url = f"sqlite:///{file}"
    library = Library(plan, Store(url))
    library.add(scenario, "甲")
    library.store.close()
    backup.back_up(url, folder / "b.sqlite")
    return file, url


def test_a_damaged_library_is_put_aside_whole_and_the_backup_takes_its_place(
    tmp_path, plan, scenario
):
    file, url = backed_up(tmp_path, plan, scenario)
    wreck = b"\0" * 3000 + file.read_bytes()[3000:]
    file.write_bytes(wreck)
    refused("library_damaged", lambda: Store(url))
    done = backup.restore(url, tmp_path / "b.sqlite")
    assert done.aside.read_bytes() == wreck
    again = Library(plan, Store(url))
    assert [record.name for record in again.list()] == ["甲"]
    again.store.close()


def test_a_library_that_is_damaged_or_of_a_later_version_is_not_copied_over(
    tmp_path, plan, scenario
):
    file, url = backed_up(tmp_path, plan, scenario)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    later = file.read_bytes()
    refused("library_future", lambda: backup.restore(url, tmp_path / "b.sqlite"))
    assert file.read_bytes() == later
    file.write_bytes(b"no library " * 1000)
    refused("backup_damaged", lambda: backup.back_up(url, tmp_path / "c.sqlite"))
    assert not (tmp_path / "c.sqlite").exists()


def test_a_backup_that_fails_leaves_the_one_before(url, filled, tmp_path, monkeypatch):
    file = tmp_path / "b.sqlite"
    backup.back_up(url, file)
    before = file.read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup.os, "fsync", fail)
    error = refused("unwritable", lambda: backup.back_up(url, file))
    assert "No space left" in str(error) and file.read_bytes() == before
    assert [path.name for path in tmp_path.glob(".b.sqlite*")] == []
    missing = tmp_path / "nowhere" / "b.sqlite"
    refused("unwritable", lambda: backup.back_up(url, missing))


def test_a_backup_is_its_owners_alone(url, filled, tmp_path):
    done = backup.back_up(url, tmp_path / "b.sqlite")
    assert done.file.stat().st_mode & 0o077 == 0


def test_a_library_can_be_backed_up_while_people_save(url, plan, scenario, tmp_path):
    """Every copy is one moment: as many scenarios as the counter in the last one says."""
    opened = Store(url)
    library, stop = Library(plan, opened), threading.Event()
    library.add(scenario, "0")

    def work():
        own, count = Library(plan, Store(url)), 0
        while not stop.is_set():
            count += 1
            own.add(scenario, str(count))
        own.store.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for k in range(4):
            done = backup.back_up(url, tmp_path / f"{k}.sqlite")
            copy = Library(plan, Store(f"sqlite:///{done.file}"))
            names = {int(record.name) for record in copy.list()}
            copy.store.close()
            assert names == set(range(done.scenarios)) and names
    finally:
        stop.set()
        worker.join()
    opened.close()


KILLED = """
import sys, model
from pathlib import Path
from model import backup
work = backup.back_up if sys.argv[1] == "backup" else backup.restore
print("ready", flush=True)
while True:
    work(sys.argv[2], Path(sys.argv[3]))
"""


@pytest.mark.parametrize("act", ["backup", "restore"])
def test_killing_a_backup_or_restore_leaves_sound_files(act, tmp_path, plan, scenario):
    url, file = f"sqlite:///{tmp_path}/library.sqlite", tmp_path / "b.sqlite"
    library = Library(plan, Store(url))
    for k in range(40):
        library.add(scenario, str(k), "x" * 1000)
    library.store.close()
    backup.back_up(url, file)
    for pause in (0.01, 0.03, 0.06, 0.1):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, act, url, str(file)], cwd=PROJECT,
            stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(PROJECT)},
        )  # fmt: skip
        process.stdout.readline()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        process.stdout.close()
        assert backup.check(file)[0] == 40
        again = Library(plan, Store(url))
        assert len(again.list()) == 40
        again.store.close()


def command(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_the_commands_say_what_they_did(monkeypatch, tmp_path, plan, scenario, capsys):
    monkeypatch.setenv("SIMULATOR_LIBRARY", str(tmp_path / "library.sqlite"))
    file = tmp_path / "b.sqlite"
    code, _, err = command(capsys, "library", "backup", file)
    assert code == 2 and err.count("\n") == 1 and not file.exists()
    library = Library(plan, Store(f"sqlite:///{tmp_path}/library.sqlite"))
    library.add(scenario, "甲")
    code, out, _ = command(capsys, "library", "backup", file)
    assert code == 0 and "1 scenarios" in out
    code, out, _ = command(capsys, "library", "restore", file)
    aside = Path(re.search(r"kept in (.*)\.\n", out)[1])
    assert code == 0 and aside.is_file()
    assert library.list()[0].name == "甲"
    library.store.close()


# Health


def test_health_looks_at_model_and_library(monkeypatch, tmp_path, capsys, plan):
    file = tmp_path / "library.sqlite"
    monkeypatch.setenv("SIMULATOR_LIBRARY", str(file))
    code, out, _ = command(capsys, "health")
    found = json.loads(out)
    assert code == 0 and found["library"]["state"] == "none yet" and not file.exists()
    Store(f"sqlite:///{file}").close()
    code, out, _ = command(capsys, "health")
    found = json.loads(out)
    assert code == 0 and found["model"]["data_version"] == plan.version
    assert found["library"]["current"] is True and found["status"] == "ok"
    file.write_bytes(b"no library " * 1000)
    code, out, _ = command(capsys, "health")
    found = json.loads(out)
    assert code == 1 and found["status"] == "degraded" and str(tmp_path) not in out
    assert found["library"]["code"] == "library_damaged"
    nowhere = health.report(lambda: 1 / 0, dict)
    assert nowhere["status"] == "failing" and nowhere["model"]["code"] == "ZeroDivisionError"
    code, out, _ = command(capsys, "health", "--plan", tmp_path)
    assert code == 1 and json.loads(out)["status"] == "failing"


def test_health_never_upgrades_a_library(tmp_path):
    url = f"sqlite:///{tmp_path}/library.sqlite"
    upgraded(url, "0001").dispose()
    assert health.library_state(url)["current"] is False
    assert not sa.inspect(sa.create_engine(url)).has_table("visits")


@pytest.fixture
def served(tmp_path):
    """The address of an app with a log of JSON lines, and its process."""
    record, library = tmp_path / "server.txt", tmp_path / "library.sqlite"
    with serving(record, SIMULATOR_LIBRARY=str(library), SIMULATOR_LOG="json") as (address, server):
        yield address, server, record, library


def asked(address):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(address, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_server_answers_for_its_health_and_ends_in_order(served):
    address, server, record, library = served
    status, found = asked(f"{address}/health")
    assert status == 200 and found["status"] == "ok" and found["library"]["state"] == "none yet"
    Store(f"sqlite:///{library}").close()
    assert asked(f"{address}/health")[1]["library"]["current"] is True
    library.write_bytes(b"no library " * 5000)
    for ending in ("-wal", "-shm"):
        library.with_name(library.name + ending).unlink(missing_ok=True)
    deadline = time.monotonic() + 30
    while asked(f"{address}/health")[1]["status"] == "ok" and time.monotonic() < deadline:
        time.sleep(0.2)
    # The simulator goes on without it: nobody should restart it and lose what it holds.
    status, found = asked(f"{address}/health")
    assert status == 200 and found["status"] == "degraded"
    assert asked(f"{address}/health?library=required")[0] == 503
    server.send_signal(signal.SIGTERM)
    assert server.wait(20) is not None
    lines = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
    events = [line["event"] for line in lines]
    assert events[0] == "started" and events[-1] == "stopped"
    assert {"time", "level", "event"} <= set.intersection(*(set(line) for line in lines))


# Logs


def written(work, form="json"):
    stream = io.StringIO()
    logs.begin({"SIMULATOR_LOG": form}, stream)
    try:
        work()
    finally:
        logs.begin({})
    return stream.getvalue()


def test_an_event_is_one_json_line_and_holds_codes_and_numbers_only():
    name, password = "机密方案 <加力>", "postgresql://u:hunter2@h/x"
    text = written(
        lambda: logs.event("saved", id="a" * 32, revision=3, share=0.123456, ok=True, name=name,
                           url=password, more=["甲"])
    )  # fmt: skip
    assert text.count("\n") == 1
    line = json.loads(text)
    assert line["event"] == "saved" and line["revision"] == 3 and line["share"] == 0.123
    assert line["name"] == line["more"] == line["url"] == "(withheld)"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


def test_a_failure_tells_where_but_not_what_was_typed():
    def work():
        try:
            raise model.ModelError(
                "'机密方案' was changed", code="library_conflict", name="机密方案"
            )
        except model.ModelError as error:
            logs.failure("write_failed", error)
        try:
            raise ValueError("bad\nvalue, password=hunter2 at postgresql://u:hunter2@h/x")
        except ValueError as error:
            logs.failure("page_failed", error, number="abc")

    text = written(work)
    one, two = map(json.loads, text.splitlines())
    assert one["code"] == "library_conflict" and "机密" not in text and "hunter2" not in text
    assert two["error"] == "ValueError" and MASK in two["said"]
    assert two["where"][-1].startswith("tests/test_operations.py:")


def test_without_the_setting_only_warnings_are_written():
    assert written(lambda: logs.event("saved"), "") == ""
    assert "event" not in written(lambda: logs.event("slow", 30, seconds=3), "text")
    assert "seconds=3" in written(lambda: logs.event("slow", 30, seconds=3), "")
    refused("log_setting", lambda: logs.begin({"SIMULATOR_LOG": "xml"}))


def test_what_people_save_and_do_is_in_no_line(plan, tmp_path):
    def work():
        opened = Store(f"sqlite:///{tmp_path}/library.sqlite")
        library = Library(plan, opened)
        logs.whose("0123456789ab")
        record = library.add(plan.scenarios["plan"], "机密方案", "机密备注", "张三")
        library.save(record.id, plan.scenarios["prudent"], 1)
        library.rename(record.id, "绝密方案", "")
        library.bin(record.id)
        library.empty_bin()
        with contextlib.suppress(model.ModelError):
            library.open(record.id)
        logs.whose("")
        opened.close()

    text = written(work)
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["event"] for line in lines] == [
        "library_opened", "scenario_added", "scenario_changed", "scenario_changed",
        "scenario_changed", "bin_emptied",
    ]  # fmt: skip
    assert not re.search(r"[\u3400-\u9fff]", text)
    assert all(line["user"] == "0123456789ab" for line in lines[1:])


# Work that was under way


def test_a_server_that_is_told_to_stop_writes_first_what_waits(plan, monkeypatch, tmp_path):
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from pages.parts import server, session, storage

    monkeypatch.setenv("SIMULATOR_LIBRARY", str(tmp_path / "library.sqlite"))
    storage.shelf.clear()
    start = plan.scenarios["plan"]
    history = History(Step(start, start)).put(Step(start.with_lever("completions", 240), start))

    async def life():
        async with server.life(None):
            session.shelf().autosave.keep(Visit("v" * 32, "me", history))

    # In a thread of its own: a browser of the tests keeps an event loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(life())).result()
    library = Library(plan, Store(f"sqlite:///{tmp_path}/library.sqlite"))
    assert library.resume("v" * 32).history.present.scenario.value("completions") == 240
    library.store.close()
    storage.shelf.clear()
    assert store.SETTING == "SIMULATOR_LIBRARY"
