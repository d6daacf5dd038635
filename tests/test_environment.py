"""The two commands prepare their own environment; none of these tests needs a network."""

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent
SCRIPT = PROJECT / ".ci" / "environment.py"
PINS = [PROJECT / "requirements.txt", PROJECT / "tests" / "requirements.txt"]
CLAUSE = r"[a-z_]+ (?:[!=]=|<) '[A-Za-z0-9.]+'"
PIN = re.compile(
    rf"(?P<name>[a-z0-9-]+)==(?P<version>[0-9a-z.]+)(?P<marker> ; {CLAUSE}(?: and {CLAUSE})*)?"
    r"(?P<hashes>( --hash=sha256:[0-9a-f]{64})+)"
)

specification = importlib.util.spec_from_file_location("environment", SCRIPT)
environment = importlib.util.module_from_spec(specification)
specification.loader.exec_module(environment)


def pins(file: Path) -> dict[str, re.Match]:
    """Return the pinned packages of a file by name; nothing else may stand in it."""
    text = re.sub(r"^#.*\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = [PIN.fullmatch(line) for line in re.sub(r" \\\n +", " ", text).splitlines()]
    assert all(found), f"{file.name} holds a line that is not a pin with hashes"
    return {pin["name"]: pin for pin in found}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An environment of its own, in a path with a space and Chinese characters, off-line."""
    folder = tmp_path / "环 境" / "venv"
    monkeypatch.setenv("SIMULATOR_VENV", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return folder


@pytest.fixture
def requirements(tmp_path) -> Path:
    """A requirements file that asks for nothing."""
    file = tmp_path / "requirements.txt"
    file.write_text("# nothing\n", encoding="utf-8")
    return file


# What is installed


@pytest.mark.parametrize("file", PINS, ids=lambda file: file.parent.name + "/" + file.name)
def test_every_requirement_is_pinned_with_hashes_and_names_no_address(file):
    assert pins(file)
    assert not re.search(r"://|@|--(?!hash=)\S", re.sub(r"^#.*", "", file.read_text(), flags=re.M))
    assert "://" not in file.read_text(encoding="utf-8")


def test_what_the_project_asks_for_is_pinned_as_it_asks():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [project["project"]["dependencies"], project["dependency-groups"]["test"]]
    for wanted, file in zip(asked, PINS, strict=True):
        pinned = pins(file)
        for requirement in map(Requirement, wanted):
            pin = pinned[canonicalize_name(requirement.name)]
            assert pin["version"] in requirement.specifier, requirement


def test_the_tests_run_with_the_versions_that_the_app_runs_with():
    run, test = map(pins, PINS)
    for name in run.keys() & test.keys():
        assert run[name]["version"] == test[name]["version"], name
        assert run[name]["hashes"] == test[name]["hashes"], name


def test_windows_is_spared_what_it_cannot_install():
    assert pins(PINS[0])["uvloop"]["marker"] == " ; sys_platform != 'win32'"


# What is said when it cannot be


@pytest.mark.parametrize("file", ["app.py", "tests/__main__.py", ".ci/environment.py"])
def test_an_old_python_can_read_far_enough_to_be_told(file):
    ast.parse((PROJECT / file).read_text(encoding="utf-8"), feature_version=(3, 8))


def test_an_old_python_is_told_which_one_is_needed(capsys):
    with pytest.raises(SystemExit) as end:
        environment.check_python((3, 9, 2))
    assert end.value.code == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "需要 Python 3.11" in said and "Python 3.11 or newer is needed, this is 3.9" in said


def test_a_python_without_venv_is_told_how_to_get_it(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit):
        environment.check_python()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "缺少 venv" in said and "apt install python3-venv" in said


def test_a_folder_that_is_somebody_elses_is_left_alone(folder, requirements, capsys):
    folder.mkdir(parents=True)
    (folder / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit):
        environment.ensure([requirements])
    assert (folder / "letter.txt").read_text(encoding="utf-8") == "mine"
    assert "did not make" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_named(folder, requirements, capsys):
    folder.parent.write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(SystemExit):
        environment.ensure([requirements])
    said = capsys.readouterr().err
    assert str(folder) in said and "SIMULATOR_VENV" in said


# What is done when it can


def test_an_environment_is_made_once_and_mended_when_needed(folder, requirements, capsys):
    python = environment.ensure([requirements])
    assert python.exists() and python.is_relative_to(folder)
    assert "Making the environment" in capsys.readouterr().err

    stamp = folder / environment.STAMP
    first = stamp.stat().st_mtime_ns
    environment.ensure([requirements])
    assert (stamp.stat().st_mtime_ns, capsys.readouterr().err) == (first, "")

    # A changed file is installed into the same environment.
    (folder / "kept").touch()
    requirements.write_text("# still nothing\n", encoding="utf-8")
    environment.ensure([requirements])
    assert "Making" not in capsys.readouterr().err
    assert (folder / "kept").exists()

    # What pip cannot install is told in its own words, and leaves the rest as it was.
    wish = requirements.with_name("wish.txt")
    wish.write_text(f"no-such-package==1 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        environment.ensure([requirements, wish])
    said = capsys.readouterr().err
    assert "No matching distribution found for no-such-package==1" in said
    assert "安装失败" in said and "PIP_NO_INDEX=1" in said
    environment.ensure([requirements])
    assert capsys.readouterr().err == ""

    # One that was left unfinished, or made by another Python, is made anew.
    environment.write_stamp(folder, {})
    environment.ensure([requirements])
    assert "Making" in capsys.readouterr().err
    assert not (folder / "kept").exists()
    record = json.loads(stamp.read_text(encoding="utf-8"))
    stamp.write_text(json.dumps({**record, "python": "cpython 3.0"}), encoding="utf-8")
    assert environment.read_stamp(folder) == {}


def test_two_commands_at_once_make_one_environment(folder, requirements):
    ensure = (
        "import sys, environment, pathlib; print(environment.ensure([pathlib.Path(sys.argv[1])]))"
    )
    settings = {**os.environ, "PYTHONPATH": str(SCRIPT.parent), "PYTHONIOENCODING": "utf-8"}
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", ensure, str(requirements)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=settings,
        )
        for _ in range(2)
    ]
    said = [command.communicate(timeout=120) for command in commands]
    assert [command.returncode for command in commands] == [0, 0]
    assert said[0][0] == said[1][0]
    assert sum(error.count("Making the environment") for _, error in said) == 1


def test_a_lock_left_by_a_dead_command_holds_nobody_up(folder, requirements):
    folder.parent.mkdir()
    folder.with_name("venv.lock").write_text("left behind", encoding="utf-8")
    with environment.one_at_a_time(folder.with_name("venv.lock")):
        pass
