"""Prepare the project's own Python environment, with nothing but Python and its pip.

``python3 app.py`` and ``python3 tests`` come through here first.  The environment lies in
``.venv`` beside the project, or where SIMULATOR_VENV says.  This file keeps to the standard
library and to the syntax of Python 3.8, so that an old Python can still be told what is missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
RUN = PROJECT / "requirements.txt"
TEST = PROJECT / "tests" / "requirements.txt"

OLDEST_PYTHON = (3, 11)
STAMP = "simulator.json"
PIP_LINES_SHOWN = 12

SIDE_BY_SIDE = ("-n=auto", "--maxprocesses=4", "--dist=loadfile", "--no-loadscope-reorder")
"""Options of pytest when all tests run: each worker has a server, a browser and a library.

The order is kept, for it puts the slowest first: at the end no worker waits long for another.
"""


def say(chinese: str, english: str) -> None:
    print(f"{chinese} / {english}", file=sys.stderr, flush=True)


def stop(chinese: str, english: str):
    """End the command with one line that says what is wrong and what to do."""
    say(chinese, english)
    raise SystemExit(1)


def check_python(version: Sequence[int] = sys.version_info) -> None:
    """Stop unless this Python is new enough and can make environments."""
    oldest = ".".join(map(str, OLDEST_PYTHON))
    if tuple(version[:2]) < OLDEST_PYTHON:
        given = ".".join(map(str, version[:2]))
        stop(
            f"需要 Python {oldest} 或更新版本，现在是 {given}。请安装后用 python{oldest} 再试。",
            f"Python {oldest} or newer is needed, this is {given}. "
            f"Install it and run the same command with python{oldest}.",
        )
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        stop(
            "这个 Python 缺少 venv 模块。Debian、Ubuntu 请执行：sudo apt install python3-venv",
            "This Python lacks its venv module. On Debian or Ubuntu: sudo apt install python3-venv",
        )


def venv_folder() -> Path:
    return Path(os.environ.get("SIMULATOR_VENV") or PROJECT / ".venv").expanduser().absolute()


def venv_python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def this_python() -> str:
    """Name what an environment depends on: it serves no other Python or machine."""
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{sys.implementation.name} {version} {sys.platform} {platform.machine()}"


def fingerprints(requirements: Sequence[Path]) -> dict:
    """Return the sha256 of each requirements file, by its path within the project."""
    return {
        Path(os.path.relpath(file, PROJECT)).as_posix(): hashlib.sha256(
            file.read_bytes()
        ).hexdigest()
        for file in requirements
    }


def read_stamp(folder: Path) -> dict:
    """Return what is installed, file by file; nothing if the environment cannot be used."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        usable = stamp["python"] == this_python() and venv_python(folder).exists()
        return dict(stamp["installed"]) if usable else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_stamp(folder: Path, installed: dict) -> None:
    """Record what is installed; an empty record says: unfinished, build again."""
    stamp = json.dumps({"python": this_python(), "installed": installed}, indent=1)
    (folder / STAMP).write_text(stamp + "\n", encoding="utf-8")


def ensure(requirements: Sequence[Path]) -> Path:
    """Return the Python of an environment in which these requirements files are installed."""
    check_python()
    folder, wanted = venv_folder(), fingerprints(requirements)
    if not wanted.items() <= read_stamp(folder).items():
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with one_at_a_time(folder.with_name(folder.name + ".lock")):
                # Another command may have done the work while this one waited.
                if not wanted.items() <= read_stamp(folder).items():
                    build(folder, requirements, wanted)
        except OSError as error:
            stop(
                f"无法在 {folder} 准备运行环境：{error}。可用环境变量 SIMULATOR_VENV 换一个位置。",
                f"The environment cannot be prepared in {folder}: {error}. "
                "Set SIMULATOR_VENV to put it elsewhere.",
            )
    return venv_python(folder)


def build(folder: Path, requirements: Sequence[Path], wanted: dict) -> None:
    """Make the environment if there is no usable one, and install the requirements."""
    installed = read_stamp(folder)
    if not installed:
        clear(folder)
        say(f"正在建立运行环境 {folder} …", f"Making the environment {folder} ...")
        folder.mkdir(exist_ok=True)
        write_stamp(folder, {})
        # Outside any environment that is active now, which may be the very one to replace.
        base = getattr(sys, "_base_executable", None) or sys.executable
        succeed(folder, [base, "-I", "-m", "venv", str(folder)])
    say(
        "正在安装依赖，首次约需一分钟 …",
        "Installing what the simulator needs; about a minute the first time ...",
    )
    write_stamp(folder, {})
    command = [str(venv_python(folder)), "-I", "-m", "pip", "install", "--require-hashes"]
    command += ["--only-binary=:all:", "--disable-pip-version-check", "--no-input"]
    command += ["--progress-bar=off", *(f"--requirement={file}" for file in requirements)]
    try:
        succeed(folder, command)
    except SystemExit:
        # A pip that gave up by itself left the environment as it was; a killed one did not.
        write_stamp(folder, installed)
        raise
    write_stamp(folder, {**installed, **wanted})
    say("运行环境已就绪。", "The environment is ready.")


def clear(folder: Path) -> None:
    """Remove an unusable environment, but never a folder that is somebody else's."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    ours = (folder / STAMP).exists() or folder == PROJECT / ".venv"
    if not ours:
        stop(
            f"SIMULATOR_VENV 指向的 {folder} 不是本程序建立的，未作改动。请指定新的或空的文件夹。",
            f"SIMULATOR_VENV names {folder}, which this project did not make; it was left alone. "
            "Name a new or empty folder.",
        )
    shutil.rmtree(folder.resolve())


def succeed(folder: Path, command: list) -> None:
    """Run a command, showing one passing line of it; if it fails, show its last lines and stop."""
    last: deque = deque(maxlen=PIP_LINES_SHOWN)
    watched = sys.stderr.isatty()
    # A personal pip setting "user = true" would be refused inside an environment.
    settings = {**os.environ, "PIP_USER": "0", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=settings,
    ) as process:
        for line in process.stdout:
            last.append(line.rstrip())
            if watched:
                print(f"\r  {line.strip()[:74]:<74}", end="", file=sys.stderr, flush=True)
    if watched:
        print("\r" + " " * 76 + "\r", end="", file=sys.stderr, flush=True)
    if process.returncode:
        print(*last, sep="\n", file=sys.stderr)
        stop(
            "安装失败，原因见上面几行。请检查网络后重新执行同一命令；有镜像时设 PIP_INDEX_URL，"
            "离线时设 PIP_NO_INDEX=1 和 PIP_FIND_LINKS=安装包所在文件夹。",
            "The installation failed; the lines above say why. Check the network and run the same "
            "command again; set PIP_INDEX_URL to use a mirror, or, without a network, "
            "PIP_NO_INDEX=1 and PIP_FIND_LINKS=the folder that holds the packages.",
        )


@contextlib.contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Hold the lock; the operating system lifts the lock of a process that has died."""
    with lock.open("a+b") as file:
        if not locked(file):
            say(
                "另一个命令正在准备运行环境，请稍候 …",
                "Another command is preparing the environment; waiting ...",
            )
            while not locked(file):
                time.sleep(0.2)
        yield


def locked(file) -> bool:
    """Try to lock an open file; its closing unlocks it."""
    if os.name == "nt":
        import msvcrt

        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks: two commands at once are then the user's care
    return True


def hand_over(command: list):
    """Become the given command, or, where the system cannot, run it and end as it ends."""
    os.environ.setdefault("PYTHONUTF8", "1")  # Windows in Chinese would read files as GBK
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            sys.exit(process.wait())
        except KeyboardInterrupt:
            continue  # the command has received it too and is closing down


def launch_app(arguments: Sequence[str]):
    """Start the simulator; the arguments go to ``streamlit run``."""
    python = str(ensure([RUN]))
    hand_over([python, "-m", "streamlit", "run", str(PROJECT / "app.py"), *arguments])


def launch_tests(arguments: Sequence[str]):
    """Run the tests from the project's folder; the arguments go to pytest.

    Without arguments all run, side by side; a few that are asked for start sooner on their own.
    """
    python = str(ensure([RUN, TEST]))
    os.chdir(PROJECT)
    hand_over([python, "-m", "pytest", *(arguments or SIDE_BY_SIDE)])


if __name__ == "__main__":
    print(ensure([RUN, TEST]))
