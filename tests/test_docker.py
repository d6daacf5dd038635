"""The image: what it must be is read off the Dockerfile; what it holds suffices to run.

``python -m tests.image`` builds and runs it.
"""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import PROJECT, free_port, wait_until_healthy
from tests.test_operations import asked

FILE = PROJECT / "Dockerfile"


def steps():
    """The instructions of the Dockerfile, continued lines joined and comments dropped."""
    text = re.sub(r"^\s*#.*\n", "", FILE.read_text("utf-8"), flags=re.M).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def named(name):
    return [rest for step, rest in steps() if step == name]


@pytest.mark.skipif(sys.platform == "win32", reason="the linter is not made for Windows")
def test_the_linter_finds_nothing(need, tmp_path):
    def found(file):
        done = subprocess.run([need("hadolint"), file], capture_output=True, text=True)
        return done.returncode, done.stdout

    assert found(FILE) == (0, "")
    loose = tmp_path / "Dockerfile"
    loose.write_text(FILE.read_text("utf-8").replace("python:3.11-slim", "python"), "utf-8")
    assert "DL3006" in found(loose)[1]  # it looks


def test_the_base_is_named_and_small():
    assert named("FROM") == ["python:3.11-slim"]


def test_the_program_runs_as_nobody_in_particular():
    order = [step for step, _ in steps()]
    (user,) = named("USER")
    assert user.split(":")[0] not in ("root", "0") and order.index("USER") < order.index("CMD")
    assert order[order.index("USER") :].count("RUN") == 0
    assert not any("chown" in rest or "--chown" in rest for rest in named("COPY"))


def test_what_is_installed_is_pinned_by_hash_and_leaves_no_cache():
    (install,) = [rest for rest in named("RUN") if "pip install" in rest]
    for flag in ("--no-cache-dir", "--require-hashes", "--only-binary=:all:"):
        assert flag in install
    listed = (PROJECT / ".ci" / "server.txt").read_text("utf-8")
    pins = re.findall(r"^([a-z0-9-]+)==(\S+)", listed, re.M)
    assert {"streamlit", "authlib", "psycopg-binary"} <= {name for name, _ in pins}
    assert listed.count("--hash=sha256:") >= len(pins) > 40
    run = re.findall(r"^([a-z0-9-]+)==(\S+)", (PROJECT / "requirements.txt").read_text(), re.M)
    assert set(run) <= set(pins)  # the same versions as without a server


def test_the_server_is_watched_and_keeps_its_library_outside():
    (check,) = named("HEALTHCHECK")
    assert "127.0.0.1:8501/health" in check
    (volume,) = named("VOLUME")
    assert any(f"SIMULATOR_LIBRARY={volume}/" in rest for rest in named("ENV"))
    assert not re.search(r"password|secret|token", " ".join(named("ENV")), re.I)


def copied(folder):
    for rest in named("COPY"):
        *sources, target = rest.split()
        for source in sources:
            here = PROJECT / source
            there = folder / target / ("" if here.is_dir() else here.name)
            there = folder / target if target == source else there
            there.parent.mkdir(parents=True, exist_ok=True)
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(here, there, ignore=ignore) if here.is_dir() else shutil.copy(
                here, there
            )


def test_nothing_is_sent_to_the_builder_but_what_is_copied():
    lines = (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    assert lines[0] == "*"
    wanted = {source for rest in named("COPY") for source in rest.split()[:-1]}
    assert {line[1:] for line in lines if line.startswith("!")} == wanted
    assert {"**/*.sqlite*", "**/secrets.toml"} <= set(lines)


@pytest.mark.skipif(sys.platform == "win32", reason="the image is one of Linux")
def test_what_the_image_holds_suffices_and_is_not_written_to(tmp_path):
    folder, library = tmp_path / "simulator", tmp_path / "library"
    folder.mkdir()
    library.mkdir()
    copied(folder)
    before = sorted(folder.rglob("*"))
    port = free_port()
    command = json.loads(named("CMD")[0])
    command = [sys.executable if part == "python" else part for part in command]
    command = [part.replace("8501", str(port)) for part in command]
    settings = {"HOME": str(library), "SIMULATOR_LIBRARY": str(library / "library.sqlite"),
                "SIMULATOR_LOG": "json", "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
    keep = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    record = tmp_path / "server.txt"
    with record.open("wb") as output:
        server = subprocess.Popen(command, cwd=folder, env=keep | settings, stdout=output,
                                  stderr=output)  # fmt: skip
    try:
        wait_until_healthy(server, f"http://127.0.0.1:{port}", record)
        status, found = asked(f"http://127.0.0.1:{port}/health")
        assert status == 200 and found["status"] == "ok"
    finally:
        server.terminate()
        server.wait(20)
    assert sorted(folder.rglob("*")) == before
