"""Heavy work on a real Dask cluster: the same bits as here, whatever becomes of its workers."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pandas as pd
import pytest

import model
from model import dask_cluster, executor, health, record
from model.ex_ante import ex_ante
from model.replacements import Replacement
from pages.views.texts import LANGUAGES, texts
from tests.benchmark import kept_arrays
from tests.conftest import PROJECT, free_port
from tests.test_data_desk import GONGYI
from tests.test_environment import pins

WORKERS = 3
START = 120


@pytest.fixture
def alone(monkeypatch):
    """No cluster is set."""
    monkeypatch.delenv(executor.SETTING, raising=False)


def bits(fan):
    return {name: array.tobytes() for name, array in kept_arrays(fan)}


# Without a cluster


def test_the_work_is_done_here_unless_a_cluster_is_named(monkeypatch):
    for given in ("", " ", "local"):
        monkeypatch.setenv(executor.SETTING, given)
        assert executor.cluster() == ""
    monkeypatch.setenv(executor.SETTING, "dask://10.0.0.7:8786")
    assert executor.cluster() == "tcp://10.0.0.7:8786"
    with executor.here():
        assert executor.cluster() == ""
    monkeypatch.setenv(executor.SETTING, "dask+tls://[::1]:8786")
    assert executor.cluster() == "tls://[::1]:8786"
    monkeypatch.setenv(executor.SETTING, "dask:///shared/scheduler.json")
    assert executor.cluster() == "/shared/scheduler.json"


@pytest.mark.parametrize(
    "given",
    ["dask", "tcp://a:1", "dask://host", "dask://host:port", "dask://a:99999999", "dask://a:1/x",
     "dask://user:secret@a:1", "dask:///scheduler.txt", "dask+tls:///s.json", "http://[::1"],
)  # fmt: skip
def test_a_setting_that_is_not_understood_is_said_without_repeating_it(given, monkeypatch):
    monkeypatch.setenv(executor.SETTING, given)
    with pytest.raises(model.ModelError) as error:
        executor.cluster()
    assert error.value.code == "executor_setting" and "secret" not in str(error.value)


def test_dask_is_not_loaded_unless_a_cluster_is_named():
    code = (
        "import sys, model; from model import health, record; plan = model.load_plan();"
        "model.run_table(plan, [plan.scenarios['plan']], draws=8);"
        "print([name for name in sys.modules if name.split('.')[0] in ('dask', 'distributed')])"
    )
    environment = {key: value for key, value in os.environ.items() if key != executor.SETTING}
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, check=True,
                          capture_output=True, text=True)  # fmt: skip
    assert done.stdout.strip() == "[]"


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("draws, chunk", [(1300, 128), (1500, 100), (700, 512), (1100, 4096)])
def test_an_ensemble_cut_for_workers_is_the_same_to_the_bit(plan, draws, chunk):
    """The pieces that workers take are whole chunks of the ensemble as it is run here."""
    from model.simulate import PIECE, piece
    from model.tally import Tally

    scenario = plan.scenarios["plan"]
    tally = Tally(plan, draws)
    size = max(1, PIECE // chunk) * chunk
    for start in range(0, draws, size):
        stop = min(start + size, draws)
        tally.put(slice(start, stop), piece(plan, scenario, start, stop, draws, 1, chunk))
    fan = model.Fan(plan, scenario, tally.totals())
    assert bits(fan) == bits(model.ensemble(plan, scenario, draws, chunk=chunk))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_of_a_cluster_is_said_in_the_readers_language(language):
    told = set()
    for name in ("executor", "dask_cluster"):
        source = (PROJECT / "model" / f"{name}.py").read_text(encoding="utf-8")
        told |= set(re.findall(r'code="(executor_\w+)"', source))
        told |= {f"executor_{kind}" for kind in re.findall(r'_mismatch\("(\w+)"', source)}
    assert len(told) == 8
    for code in told:
        said = texts(language).error(code, {"name": "A", "given": "B", "known": "C"})
        assert code not in said


def test_the_packages_of_the_cluster_are_those_of_the_server_and_dask():
    files = ".ci/server.txt", ".ci/cluster.txt", "tests/requirements.txt"
    server, cluster, test = (pins(PROJECT / name) for name in files)
    for name, pin in server.items():
        assert cluster[name].group() == pin.group(), name
    for name in ("dask", "distributed"):
        assert name not in server and test[name].group() == cluster[name].group()
    assert "://" not in (PROJECT / ".ci/cluster.txt").read_text(encoding="utf-8")


@pytest.mark.usefixtures("alone")
def test_a_scheduler_that_is_not_there_keeps_nobody_waiting(plan, monkeypatch, caplog):
    """A table is refused in words; an ensemble, a second's work, is done here and logged."""
    pytest.importorskip("distributed")
    scenario = plan.scenarios["plan"]
    wanted = bits(model.ensemble(plan, scenario, 600))
    monkeypatch.setenv(executor.SETTING, f"dask://127.0.0.1:{free_port()}")
    monkeypatch.setattr("model.dask_cluster.CONNECT", 0.5)
    with pytest.raises(model.ModelError) as error:
        model.run_table(plan, [scenario], draws=8)
    assert error.value.code == "executor_unreachable"
    assert bits(model.ensemble(plan, scenario, 600)) == wanted
    assert "executor_failed" in caplog.text
    found = health.report(lambda: plan, dict)
    assert found["status"] == "degraded" and found["executor"]["code"] == "executor_unreachable"
    monkeypatch.setenv(executor.SETTING, "dask:///nowhere/scheduler.json")
    with pytest.raises(model.ModelError, match="cannot be reached"):
        model.run_table(plan, [scenario], draws=8)


def test_a_worker_makes_the_plan_that_is_asked_for_or_says_what_differs(plan):
    own = model.with_replacements(plan, [Replacement(GONGYI, 250, 240, 260, "统计局")], "自有")
    for asked in (plan, ex_ante(plan), own):
        made = dask_cluster.recipe(asked)
        assert dask_cluster.content(dask_cluster.planned(made)) == made.content
    made = dask_cluster.recipe(plan)
    for wrong in ({"digest": "other"}, {"content": "other"}, {"folder": "atlantis"}):
        with pytest.raises(model.ModelError, match="other data of the plan") as error:
            dask_cluster.planned(replace(made, **wrong))
        assert error.value.code == "executor_data"


def test_what_a_cluster_fails_with_is_told_and_a_fault_of_the_program_is_not_hidden():
    distributed = pytest.importorskip("distributed")
    killed = dask_cluster._said("here", distributed.KilledWorker("x", None, []))
    lost = dask_cluster._said("here", distributed.comm.CommClosedError("x"))
    assert (killed.code, lost.code) == ("executor_killed", "executor_lost")
    own = ZeroDivisionError()
    assert dask_cluster._said("here", own) is own


# With one


class Cluster:
    """A scheduler and workers as the README starts them, each a process of its own."""

    def __init__(self, folder):
        self.file, self.folder = folder / "scheduler.json", folder
        self.workers = []
        self.scheduler = self.start("dask_scheduler", "--port", "0", "--host", "127.0.0.1",
                                    "--scheduler-file", self.file, "--no-dashboard")  # fmt: skip

    def start(self, command, *arguments, cwd=PROJECT):
        environment = dict(
            os.environ, PYTHONPATH=".", DASK_DISTRIBUTED__LOGGING__DISTRIBUTED="error"
        )
        with (self.folder / "log.txt").open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{command}", *map(str, arguments)],
                cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip

    def add(self, count=1, cwd=PROJECT):
        for _ in range(count):
            self.workers.append(
                self.start("dask_worker", "--scheduler-file", self.file, "--nthreads", 1,
                           "--no-nanny", "--no-dashboard", "--host", "127.0.0.1",
                           "--local-directory", self.folder / "scratch", cwd=cwd)
            )  # fmt: skip

    def wait(self, count):
        from distributed import Client

        end = time.monotonic() + START
        while not self.file.exists() and time.monotonic() < end:
            time.sleep(0.1)
        with Client(scheduler_file=str(self.file), timeout=START, set_as_default=False) as client:
            while len(client.nthreads()) != count:
                assert time.monotonic() < end, (self.folder / "log.txt").read_text()[-2000:]
                time.sleep(0.1)

    def end(self):
        for process in (*self.workers, self.scheduler):
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    pytest.importorskip("distributed")
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    started.add(WORKERS)
    started.wait(WORKERS)
    yield started
    started.end()


@pytest.fixture
def on_cluster(cluster, monkeypatch):
    missing = WORKERS - sum(worker.poll() is None for worker in cluster.workers)
    cluster.add(missing)
    cluster.wait(WORKERS)
    monkeypatch.setenv(executor.SETTING, f"dask://{cluster.file}")
    return cluster


def both(work):
    """What work gives on the cluster, and here."""
    there = work()
    with executor.here():
        return there, work()


def test_the_cluster_gives_the_same_bits(plan, on_cluster):
    """For the shipped plan, one without later information, and one with figures of one's own."""
    assert health.report(lambda: plan, dict)["executor"]["workers"] == WORKERS
    scenario = plan.scenarios["plan"].with_lever("investment_growth", 15, district="gongyi")
    own = model.with_replacements(plan, [Replacement(GONGYI, 250, 240, 260, "统计局")], "自有")
    for chosen in (plan, ex_ante(plan), own):
        there, here = both(lambda chosen=chosen: model.ensemble(chosen, scenario, 1300, chunk=128))
        assert bits(there) == bits(here)
    there, here = both(lambda: model.run_table(own, [scenario, plan.scenarios["prudent"]], 64))
    pd.testing.assert_frame_equal(there, here, check_exact=True)


def test_a_backtest_on_the_cluster_gives_the_same_forecasts(plan, on_cluster):
    items = [("2020-04-14", 64, 1)]
    there, here = both(lambda: executor.each(plan, record.part, items))
    for one, other in zip(there, here, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), check_exact=True)


def test_a_worker_killed_in_the_middle_loses_nothing(plan, on_cluster):
    scenarios = [plan.scenarios["plan"].with_lever("investment_growth", g) for g in range(1, 9)]
    steps = []

    def progress(done, whole):
        steps.append((done, whole))
        if done == 2:
            on_cluster.workers.pop().send_signal(signal.SIGKILL)

    there = model.run_table(plan, scenarios, draws=256, progress=progress)
    assert steps == [(done, 8) for done in range(9)]
    with executor.here():
        here = model.run_table(plan, scenarios, draws=256)
    pd.testing.assert_frame_equal(there, here, check_exact=True)
    victim = on_cluster.workers.pop()
    timer = threading.Timer(0.3, victim.send_signal, (signal.SIGKILL,))
    timer.start()
    there, here = both(lambda: model.ensemble(plan, scenarios[0], 4096))
    timer.join()
    assert victim.wait(10) == -signal.SIGKILL and bits(there) == bits(here)


def test_work_on_the_cluster_can_be_stopped_and_the_next_goes_on(plan, on_cluster):
    scenarios = [plan.scenarios["plan"].with_lever("investment_growth", g) for g in range(1, 41)]
    done = []
    with pytest.raises(model.ModelError) as error:
        model.run_table(plan, scenarios, draws=512, progress=lambda k, _: done.append(k),
                        stopped=lambda: len(done) > 2)  # fmt: skip
    assert error.value.code == "stopped" and len(done) < 10
    with pytest.raises(model.ModelError) as error:
        model.ensemble(plan, scenarios[0], 8192, stopped=lambda: True)
    assert error.value.code == "stopped"
    assert len(model.run_table(plan, scenarios[:2], draws=64)) == 2


def test_a_worker_of_another_make_does_no_work(plan, on_cluster, tmp_path):
    """One with other data refuses in words; one without the simulator leaves its work to others."""
    scenarios = [plan.scenarios["plan"]] * 12
    other, empty = tmp_path / "other", tmp_path / "empty"
    empty.mkdir()
    for part in ("model", "data"):
        skip = shutil.ignore_patterns("__pycache__", "fonts")
        shutil.copytree(PROJECT / part, other / part, ignore=skip)
    with (other / "data" / plan.id / "plan.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    on_cluster.add(cwd=other)
    on_cluster.wait(WORKERS + 1)
    with pytest.raises(model.ModelError, match="same data, on every worker") as error:
        model.run_table(plan, scenarios, draws=64)
    assert error.value.code == "executor_data"
    there, here = both(lambda: model.ensemble(plan, scenarios[0], 4096, chunk=128))
    assert bits(there) == bits(here)
    on_cluster.workers.pop().kill()
    on_cluster.wait(WORKERS)
    on_cluster.add(cwd=empty)
    on_cluster.wait(WORKERS + 1)
    there, here = both(lambda: model.run_table(plan, scenarios, draws=64))
    pd.testing.assert_frame_equal(there, here, check_exact=True)
    on_cluster.workers.pop().kill()
    on_cluster.wait(WORKERS)
    made = dask_cluster.recipe(plan)
    with pytest.raises(model.ModelError, match="simulator 9") as error:
        dask_cluster.planned(replace(made, versions=("simulator 9", *made.versions[1:])))
    assert error.value.code == "executor_version"


def test_the_loss_of_all_workers_and_of_the_scheduler_is_said(plan, on_cluster, monkeypatch):
    scenarios = [plan.scenarios["plan"]] * 30
    monkeypatch.setattr("model.dask_cluster.PATIENCE", 1.0)

    def lose(processes, pause=0.0):
        def progress(done, _whole):
            if done == 1:
                time.sleep(pause)
                for process in processes:
                    process.kill()

        with pytest.raises(model.ModelError) as error:
            model.run_table(plan, scenarios, draws=512, progress=progress)
        return error.value.code

    # By then they hold results that nobody has fetched: those are lost with them.
    assert lose(on_cluster.workers, pause=1.0) == "executor_no_workers"
    found = health.report(lambda: plan, dict)
    assert found["status"] == "degraded" and found["executor"]["code"] == "executor_no_workers"
    for worker in on_cluster.workers:
        worker.wait()
    on_cluster.workers.clear()
    on_cluster.add(1)
    on_cluster.wait(1)
    assert lose([on_cluster.scheduler]) == "executor_lost"


# On the page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_that_the_cluster_failed_and_works_the_table_out_itself(
    language, monkeypatch, plan
):
    from streamlit.testing.v1 import AppTest

    from pages.parts import compare, results
    from pages.views.history import literal

    monkeypatch.setattr(results, "DRAWS", 128)
    monkeypatch.setattr(compare, "BATCH_DRAWS", 64)
    monkeypatch.setenv(executor.SETTING, "dask:///nowhere/scheduler.json")
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120)
    at.query_params["lang"] = language
    at.run().switch_page("pages/compare.py").run()
    content = "name,start\n甲,plan\n乙,prudent\n".encode()
    at.get("file_uploader")[0].set_value(("情景.csv", content, "text/csv"))
    at.run()
    assert not at.exception
    said = texts(language).error("executor_unreachable", {"name": "/nowhere/scheduler.json"})
    assert any(literal(said) in warning.value for warning in at.warning)
    shown = at.dataframe[-1].value
    with executor.here():
        wanted = model.run_table(plan, [plan.scenarios["plan"], plan.scenarios["prudent"]], 64)
    assert list(shown["name"]) == ["甲", "乙"] and list(shown["T01"]) == list(wanted["T01"])
