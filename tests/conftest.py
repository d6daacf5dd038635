"""What tests share: programs that may be missing, the running app, the browser.

A test that needs a program calls ``need("chromium")`` (a fixture) or skips with a reason that
begins "needs PROGRAM".  Such skips are summed up at the end of the run; with REQUIRE_ALL_TESTS=1,
as in .ci/run, they fail it.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

PROJECT = Path(__file__).resolve().parent.parent
PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "hadolint": (str(Path(sys.executable).with_name("hadolint")), "hadolint"),
    "libreoffice": ("libreoffice", "soffice"),
    "nginx": ("nginx", "/usr/sbin/nginx"),
    "postgres": ("postgres", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/postgres")))),
}
APP_START_SECONDS = 60
QUIET_MILLISECONDS, PATIENCE_MILLISECONDS = 100, 5_000

# Tests without a browser move the native sliders; the app under browser tests has its own.
os.environ["LEVER_CONTROL"] = "native"

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


# Programs that may be missing

skipped_for = pytest.StashKey[Counter]()


def find_program(program: str) -> str | None:
    """Return the path of a program: from the variable of its name ($CHROMIUM), or from PATH."""
    own = os.environ.get(program.upper())
    names = (own,) if own else PROGRAMS.get(program, (program,))
    return next(filter(None, map(shutil.which, names)), None)


def missing_program(report) -> str | None:
    """Return the program for whose lack a test, or a file of tests, was skipped."""
    if not report.skipped or not isinstance(report.longrepr, tuple):
        return None
    reason = report.longrepr[2].removeprefix("Skipped: ")
    if reason.startswith("needs "):
        return reason.removeprefix("needs ").split(":")[0].split(";")[0].strip()
    if reason.startswith("could not import "):
        return reason.removeprefix("could not import ").split(":")[0].strip("'")
    return None


class MissingPrograms:
    """Counts the skips for each missing program, tells of them, and fails a strict run."""

    def __init__(self) -> None:
        self.skips: Counter = Counter()
        self.strict = os.environ.get("REQUIRE_ALL_TESTS") == "1"

    def pytest_runtest_logreport(self, report) -> None:
        if program := missing_program(report):
            self.skips[program] += 1

    pytest_collectreport = pytest_runtest_logreport

    def pytest_sessionfinish(self, session) -> None:
        if self.skips and self.strict and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter) -> None:
        if not self.skips:
            return
        tale = ", ".join(f"{program} ({count})" for program, count in sorted(self.skips.items()))
        if self.strict:
            terminalreporter.write_line(
                f"FAILED: REQUIRE_ALL_TESTS=1, yet tests were skipped for lack of: {tale}", red=True
            )
        else:
            terminalreporter.write_line(f"Tests skipped for lack of: {tale}", yellow=True)


def pytest_configure(config) -> None:
    config.pluginmanager.register(MissingPrograms(), "missing-programs")
    # Tests save into a library of their own, never into the one of whoever runs them.
    folder = tempfile.mkdtemp(prefix="library-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["SIMULATOR_LIBRARY"] = str(Path(folder) / "library.sqlite")


def pytest_collection_modifyitems(items) -> None:
    # Files with a browser are the slowest: begun last, one would keep a worker busy alone.
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(scope="module", autouse=True)
def fresh_results() -> None:
    """Let no file of tests see the chances of another, which may have had fewer draws."""
    made = sys.modules.get("pages.parts.results")
    if made is not None:
        made._beats.clear()


@pytest.fixture(scope="session")
def need() -> Callable[[str], str]:
    """Give the function that finds a program, or skips the test."""

    def find_or_skip(program: str) -> str:
        path = find_program(program)
        if path is None:
            pytest.skip(f"needs {program}: install it, or name it in ${program.upper()}")
        return path

    return find_or_skip


@pytest.fixture(scope="session")
def chromium(need) -> str:
    """Give the path of Chromium."""
    return need("chromium")


# The running app


FEWER_DRAWS = """
import sys
from streamlit.web.cli import main
from pages.parts import results
results.DRAWS = 2048
sys.argv = ["streamlit", "run", *sys.argv[1:]]
main()
"""


@pytest.fixture(scope="session")
def app_server(tmp_path_factory) -> Iterator[str]:
    """Give the address of the app, started once for all tests.

    Its chances come of 2,048 draws, which a hand cannot tell from 8,192 and two cores can; the
    servers of the tests without a network, of replicas and of the load make them all.
    """
    record, fewer = tmp_path_factory.mktemp("app") / "server.txt", ("-c", FEWER_DRAWS)
    with serving(record, streamlit=fewer, LEVER_CONTROL="live") as (address, _):
        yield address


@contextlib.contextmanager
def serving(
    record: Path,
    *options: str,
    script: str = "app.py",
    port: int | None = None,
    streamlit: Sequence[str] = ("-m", "streamlit", "run"),
    **settings: str | None,
) -> Iterator[tuple[str, subprocess.Popen]]:
    """Run a Streamlit script; give its address and its process.

    Its errors go to the end of a file, what it prints to one beside it that ends in ``.out``;
    settings are variables of its environment, None takes one away.  Its coverage is not measured:
    it answers sooner, and the model has tests of its own.
    """
    port = port or free_port()
    address = f"http://localhost:{port}"
    command = [sys.executable, *streamlit, str(PROJECT / script), "--server.port", str(port)]
    command += ["--server.fileWatcherType", "none", *options]
    given = os.environ | {"COVERAGE_PROCESS_START": None} | settings
    with record.open("ab") as errors, record.with_suffix(".out").open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env={name: value for name, value in given.items() if value is not None},
        )
    try:
        wait_until_healthy(process, address, record)
        yield address, process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def texts_of(message, path=()):
    """Yield every text of a message to the browser, with the fields that lead to it."""
    for field, value in message.ListFields() if hasattr(message, "ListFields") else ():
        for one in value if field.is_repeated else [value]:
            if isinstance(one, str):
                yield (*path, field.name), one
            else:
                yield from texts_of(one, (*path, field.name))


def scenario_held(page):
    """Return the scenario that a page under test is on."""
    return page.session_state["history"].present.scenario


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def wait_until_healthy(server: subprocess.Popen, address: str, record: Path) -> None:
    deadline = time.monotonic() + APP_START_SECONDS
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with direct.open(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    tail = "\n".join(record.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
    pytest.fail(f"The app did not start; it ended with {server.poll()} and said:\n{tail}")


# The browser


@pytest.fixture(scope="session")
def browser(chromium):
    """Give one headless Chromium for all tests."""
    from playwright.sync_api import sync_playwright

    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", *quiet],
        )
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser, app_server, settle):
    """Give the function that opens a page of the app in a fresh session of the browser.

    ``open_page("compare", locale="en-US")`` returns the page when its script has run.
    """
    contexts = []

    def open_settled(path: str = "", *, locale: str = "zh-CN", width: int = 1600, height=1000):
        context = browser.new_context(
            base_url=app_server,
            locale=locale,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"/{path.removeprefix('/')}")
        settle(page)
        return page

    yield open_settled
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def settle() -> Callable:
    """Give the function that waits until the app has finished running.

    It waits for a stretch of quiet, for just after a click the run has not begun yet.  What was
    sent and has no answer is not quiet: a busy server begins late.
    """
    watch = """
        () => {
            window.lastBusy = undefined;
            if (window.lastSent) return;
            window.lastSent = window.lastHeard = -Infinity;
            const heard = new WeakSet(), send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (...what) {
                window.lastSent = performance.now();
                if (!heard.has(this)) {
                    heard.add(this);
                    this.addEventListener("message", () => (window.lastHeard = performance.now()));
                }
                return send.apply(this, what);
            };
        }
    """
    finished = """
        ([quiet, patience]) => {
            const app = document.querySelector(
                '[data-testid=stApp][data-test-connection-state=CONNECTED]' +
                '[data-test-script-state=notRunning]');
            const now = performance.now();
            const waits = lastHeard < lastSent && now - lastSent < patience;
            if (!app || waits) window.lastBusy = now;
            return now - (window.lastBusy ??= now) >= quiet;
        }
    """

    def wait(page, timeout: float = 60_000) -> None:
        page.evaluate(watch)
        times = [QUIET_MILLISECONDS, PATIENCE_MILLISECONDS]
        page.wait_for_function(finished, arg=times, timeout=timeout)

    return wait


@pytest.fixture
def told(capsys) -> Callable[..., tuple[int, str, str]]:
    """Give the function that runs ``python -m model`` here: exit code, output, errors."""
    from model.__main__ import main

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = ended.code
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def own_library(monkeypatch, tmp_path):
    """Give the file of a library that this test alone works with, opened anew."""
    from pages.parts import storage

    monkeypatch.setenv("SIMULATOR_LIBRARY", str(tmp_path / "library.sqlite"))
    storage.shelf.clear()
    yield tmp_path / "library.sqlite"
    storage.shelf.clear()


@pytest.fixture
def few_draws(monkeypatch) -> Callable[[int], None]:
    """Give the function that has pages work with so many draws and wait for them."""
    from pages.parts import live, results

    def work(draws: int) -> None:
        monkeypatch.setattr(results, "DRAWS", draws)
        monkeypatch.setattr(results, "QUIET", 0.0)
        monkeypatch.setattr(live, "PATIENCE", 60.0)

    return work


@pytest.fixture(scope="session")
def plan():
    """The shipped plan, loaded once."""
    import model

    return model.load_plan("zhengzhou_2020")


# A database server


@pytest.fixture(scope="session")
def postgres(need) -> Iterator[str]:
    """Give the URL of a PostgreSQL server that runs as long as the tests, on a socket of its own.

    PostgreSQL refuses to run as root; then it runs as the user postgres, or as nobody.
    """
    programs = Path(need("postgres")).resolve().parent
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a short path: sockets allow 107 characters
    as_user = []
    if os.geteuid() == 0:
        user = next(name for name in ("postgres", "nobody") if _is_user(name))
        shutil.chown(folder, user)
        as_user = ["setpriv", f"--reuid={user}", "--clear-groups", "--"]

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*as_user, str(programs / program), "-D", str(folder / "data"), *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=(folder / "log.txt").open("ab"),
            stderr=subprocess.STDOUT,
            timeout=60,
        )
        assert done.returncode == 0, (folder / "log.txt").read_text("utf-8", "replace")

    run("initdb", "-A", "trust", "-U", "tests", "-E", "UTF8", "--locale=C", "--no-sync")
    run("pg_ctl", "-w", "-o", f"-k {folder} -c listen_addresses='' -c fsync=off", "start")
    yield f"postgresql+psycopg://tests@/postgres?host={folder}"
    run("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _is_user(name: str) -> bool:
    import pwd

    return any(entry.pw_name == name for entry in pwd.getpwall())
