"""How many people one server carries: ``python -m tests.load --sessions 1 4 8 16 --moves 30``.

Real sessions over Streamlit's own protocol, each with a scenario of its own, move a lever of the
lever page about once a second, and after every few moves rest until the chances are there.  Timed
are the two beats: from the move to the finished answer, and from the last move of a row to the
finished chances.  Afterwards every answer is held against `model.simulate` of the scenario of its
own session, to the bit, and a sample of the chances against `model.ensemble`: nobody may see
another's.  The clients share the machine with the server; their part of the processor is shown.

``--processes P`` starts P servers on one library and spreads the sessions over them, as a proxy
with session affinity would.  ``--moves 1000 --sessions 1`` also tells how memory grows.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import httpx
import numpy as np
import pyarrow as pa
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

import model
from pages.parts import link
from pages.parts.waiting import NOT_YET
from pages.views.summary import summarise
from pages.views.texts import texts
from tests.conftest import serving

LEVER = "upgrade_investment_growth"
MINE = "covid_loss"
"""The assumption that tells the sessions apart."""

PATIENCE = 120.0
KNEE = 1.0
"""Seconds: within which 95 % of the answers have come as long as the server is not overloaded."""

SAMPLE = 3
"""Chances that are worked out again, a second each."""
WARM = 200
"""Moves after which memory has to be level: caches and the history of a visit are then full."""

MIB = 1024


@dataclass
class Seen:
    """What one session saw: times in seconds, and every answer with the scenario it belongs to."""

    first: list[float] = field(default_factory=list)
    second: list[float] = field(default_factory=list)
    answers: list[tuple[model.Scenario, np.ndarray]] = field(default_factory=list)
    chances: list[tuple[model.Scenario, np.ndarray]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Session:
    """One visit to the lever page, as a browser holds it."""

    def __init__(self, address: str, scenario: model.Scenario, plan: model.Plan) -> None:
        self.address, self.scenario, self.plan = address, scenario, plan
        self.query = urlencode(link.encode(plan, scenario) | {"lang": "zh"})
        self.done_words = texts("zh")("beat.done")
        self.seen = Seen()
        self.page = self.hand = self.fragment = ""  # page, widget that takes moves, its fragment
        self.session, self.taken, self.fresh, self.move = "", 0, False, None
        self.lines = self.bands = np.empty(0)
        self.question, self.asking = "", None  # where the chances are asked for, and who asks
        self.finished = asyncio.Condition()

    async def __aenter__(self) -> Session:
        self.socket = await websockets.connect(
            f"{self.address.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers={"Cookie": f"simulator_browser={secrets.token_hex(16)}"},
            max_size=None,
            open_timeout=PATIENCE,
            proxy=None,
        )
        self.reader = asyncio.create_task(self.read())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in filter(None, (self.reader, self.asking)):
            task.cancel()
        await self.socket.close()

    async def send(self, fragment: str = "") -> None:
        message = BackMsg()
        run = message.rerun_script
        run.query_string = self.query
        run.page_name, run.page_script_hash = "" if self.page else "levers", self.page
        run.fragment_id = fragment
        run.context_info.locale, run.context_info.timezone = "zh-CN", "Asia/Shanghai"
        run.context_info.url = f"{self.address}/levers"
        if self.move is not None:
            state = run.widget_states.widgets.add()
            told = {"token": self.session, "open": {LEVER: self.move}}
            state.id, state.json_value = self.hand, json.dumps({"told": told})
        with contextlib.suppress(websockets.ConnectionClosed):
            await self.socket.send(message.SerializeToString())

    async def read(self) -> None:
        try:
            async for content in self.socket:
                message = ForwardMsg.FromString(content)
                kind = message.WhichOneof("type")
                if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                    self.take(message.delta.new_element, message.delta.fragment_id)
                elif kind == "navigation":
                    self.page = message.navigation.page_script_hash
                elif kind == "script_finished":
                    async with self.finished:
                        self.finished.notify_all()
        except websockets.ConnectionClosed:
            self.seen.errors.append("the connection was closed")
        except Exception as error:  # told in the table, beside the others
            self.seen.errors.append(f"{type(error).__name__}: {error}")

    def take(self, element, fragment: str) -> None:
        """Take note of an element that matters here."""
        kind = element.WhichOneof("type")
        if kind == "bidi_component" and element.bidi_component.id.endswith("-moves"):
            self.hand, self.fragment = element.bidi_component.id, fragment
            held = json.loads(element.bidi_component.json)
            self.session, self.taken = held["token"], held["taken"].get(LEVER, 0)
        elif kind == "bidi_component" and element.bidi_component.id.endswith("waiting"):
            self.ask(json.loads(element.bidi_component.json)["url"])
        elif kind == "vega_lite_chart":
            data = {x.name: x.data.data for x in element.vega_lite_chart.datasets}
            if "lines" in data and "bands" in data:
                lines = pa.ipc.open_stream(data["lines"]).read_all().to_pydict()
                bands = pa.ipc.open_stream(data["bands"]).read_all().to_pydict()
                own = [s == "scenario" for s in lines["series"]]
                self.lines = np.array(lines["value"])[own]
                self.bands = np.array([bands["p05"], bands["p95"]])
                self.fresh = False
        elif kind == "html" and 'class="beat"' in element.html.body:
            self.fresh = self.done_words in element.html.body
        elif kind in ("exception", "alert"):
            said = getattr(element, kind)
            self.seen.errors.append(str(getattr(said, "message", "") or said.body)[:80])

    def ask(self, question: str) -> None:
        """Ask for the chances as the browser does: one question at a time, the newest."""
        if question == self.question:
            return
        self.question = question
        if self.asking is not None:
            self.asking.cancel()
        self.asking = asyncio.create_task(self.wait(question)) if question else None

    async def wait(self, question: str) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            while (await client.get(f"{self.address}{question}")).status_code == NOT_YET:
                pass
        await self.send()

    async def until(self, true) -> bool:
        """Wait for the end of a run at which something is true; False when it does not come."""
        async with self.finished:
            try:
                await asyncio.wait_for(self.finished.wait_for(true), PATIENCE)
            except TimeoutError:
                self.seen.errors.append(f"no answer within {PATIENCE:.0f} s")
                return False
        return True

    async def open(self) -> None:
        """Open the page, and wait for its first answer."""
        await self.send()
        await self.until(lambda: self.hand and self.lines.size)

    async def moves(self, count: int, row: int, think: float, chance: random.Random) -> None:
        """Move the lever to and fro, with time to think between two moves; rest after each row."""
        lever = self.plan.lever(LEVER)
        steps = round((lever.maximum - lever.minimum) / lever.step)
        at = chance.randrange(steps)
        for number in range(count):
            await asyncio.sleep(think * chance.uniform(0.5, 1.5))
            at = (at + chance.randint(1, 9)) % steps
            value = round(lever.minimum + at * lever.step, 6)
            self.scenario = self.scenario.with_lever(LEVER, value)
            n = int(time.time() * 1000)
            began = time.monotonic()
            self.move = {"v": value, "live": False, "n": n}
            await self.send(self.fragment)
            if not await self.until(lambda n=n: self.taken >= n):
                return
            self.seen.first.append(time.monotonic() - began)
            self.seen.answers.append((self.scenario, self.lines))
            if (number + 1) % row == 0:
                if not await self.until(lambda: self.fresh):
                    return
                self.seen.second.append(time.monotonic() - began)
                self.seen.chances.append((self.scenario, self.bands))


# Servers


@contextlib.contextmanager
def servers(count: int, library: str = "") -> Iterator[list[tuple[str, int]]]:
    """Run servers on one library; give address and process id of each."""
    with tempfile.TemporaryDirectory(prefix="load-") as folder, contextlib.ExitStack() as stack:
        kept = library or str(Path(folder) / "library.sqlite")
        found = []
        for number in range(count):
            found.append(stack.enter_context(server(kept, Path(folder) / f"{number}.txt")))
        yield found


@contextlib.contextmanager
def server(library: str, record: Path, **settings: str) -> Iterator[tuple[str, int]]:
    """Run one server; give its address and process id."""
    given = {"SIMULATOR_LIBRARY": library, "LEVER_CONTROL": "live"} | settings
    with serving(record, **given) as (address, process):
        yield address, process.pid


def resident(pid: int) -> float:
    """Return the memory of a process in MiB, nan where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return float("nan")
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return int(lines["VmRSS"].split()[0]) / MIB


def used(pid: int) -> float:
    """Return the seconds of processor that a process has used, nan where nobody tells."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.is_file():
        return float("nan")
    parts = stat.read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


# What is measured


@dataclass(frozen=True)
class Load:
    """What a number of sessions met with."""

    sessions: int
    processes: int
    rate: float
    first: list[float]
    second: list[float]
    errors: list[str]
    foreign: int
    checked: tuple[int, int]
    each: float
    peak: float
    slope: float | None
    server: float
    client: float


async def visit(
    given: argparse.Namespace, sessions: int, running: list[tuple[str, int]], plan: model.Plan
) -> tuple[list[Seen], dict[str, float], list[tuple[int, float]]]:
    """Open all sessions, then let all move; return what they saw and what it cost."""
    pids = [pid for _, pid in running]
    where = itertools.cycle([address for address, _ in running])
    shift = plan.desk.assumption(MINE)
    grid = np.linspace(shift.minimum, shift.maximum, sessions + 2)[1:-1]
    start = plan.scenarios["plan"]
    memory: list[tuple[int, float]] = []
    async with contextlib.AsyncExitStack() as stack:
        for address in {address for address, _ in running}:  # what is loaded late, before
            async with Session(address, start, plan) as first:
                await first.open()
        idle = sum(map(resident, pids))
        opened = []
        for value in grid:
            own = start.with_assumption(MINE, round(float(value), 4))
            opened.append(await stack.enter_async_context(Session(next(where), own, plan)))
            await opened[-1].open()
        grown = sum(map(resident, pids)) - idle
        before, mine, began = sum(map(used, pids)), time.process_time(), time.monotonic()

        async def watch() -> None:
            while True:
                done = sum(len(session.seen.first) for session in opened)
                memory.append((done, sum(map(resident, pids))))
                await asyncio.sleep(0.5)

        watching = asyncio.create_task(watch())
        await asyncio.gather(
            *(
                s.moves(given.moves, given.row, given.think, random.Random(k))
                for k, s in enumerate(opened)
            )
        )
        watching.cancel()
        took = time.monotonic() - began
        cost = {
            "each": grown / sessions,
            "server": (sum(map(used, pids)) - before) / took,
            "client": (time.process_time() - mine) / took,
            "rate": sum(len(session.seen.first) for session in opened) / took,
        }
    return [session.seen for session in opened], cost, memory


def foreign(plan: model.Plan, seen: Sequence[Seen]) -> tuple[int, tuple[int, int]]:
    """Return how many answers are not those of their own scenario, and how many were checked."""
    wrong = 0
    answers = [pair for one in seen for pair in one.answers]
    for scenario, lines in answers:
        run = model.simulate(plan, scenario)
        wrong += not np.array_equal(lines, 100 * run.cumulative_growth("iva_growth")[1:12, 0])
    chances = [one.chances[-1] for one in seen if one.chances][:SAMPLE]
    for scenario, bands in chances:
        fan = model.ensemble(plan, scenario, draws=8192, seed=1, chunk=128)
        months = 100 * summarise(plan, scenario, fan).cumulative[1:12]
        wrong += not np.array_equal(bands, [months[:, 0], months[:, -1]])
    return wrong, (len(answers), len(chances))


def growth(memory: Sequence[tuple[int, float]]) -> float | None:
    """Return by how many MiB memory grows in 1,000 moves once warm; None after too few moves."""
    later = [(done, size) for done, size in memory if done >= WARM]
    if not later or later[-1][0] < 2 * WARM:
        return None
    done, size = np.array(later).T
    return 1000 * float(np.polyfit(done, size, 1)[0])


def measure(given: argparse.Namespace, sessions: int) -> Load:
    """Run one load against fresh servers."""
    plan = model.load_plan("zhengzhou_2020")
    with servers(given.processes, given.library) as running:
        seen, cost, memory = asyncio.run(visit(given, sessions, running, plan))
    wrong, checked = foreign(plan, seen)
    return Load(
        sessions, given.processes, cost["rate"],
        [x for one in seen for x in one.first], [x for one in seen for x in one.second],
        [x for one in seen for x in one.errors], wrong, checked,
        cost["each"], max(size for _, size in memory), growth(memory),
        cost["server"], cost["client"],
    )  # fmt: skip


def quantile(values: Sequence[float], part: int) -> float:
    """Return the 50th or 95th percentile of times, in ms."""
    if len(values) < 2:
        return 1000 * values[0] if values else float("nan")
    return 1000 * statistics.quantiles(values, n=20, method="inclusive")[part * 20 // 100 - 1]


HEAD = (
    f"{'sessions':>8} {'servers':>7} {'moves/s':>7} | {'answer p50':>10} {'p95 ms':>7} | "
    f"{'chances p50':>11} {'p95 ms':>7} | {'errors':>6} {'foreign':>7} | "
    f"{'MiB/session':>11} {'MiB peak':>8} | {'CPU server':>10} {'ms/move':>7} {'client':>6}"
)


def line(found: Load) -> str:
    """Return the row of one load."""
    return (
        f"{found.sessions:>8} {found.processes:>7} {found.rate:>7.1f} | "
        f"{quantile(found.first, 50):>10.0f} {quantile(found.first, 95):>7.0f} | "
        f"{quantile(found.second, 50):>11.0f} {quantile(found.second, 95):>7.0f} | "
        f"{len(found.errors):>6} {found.foreign:>7} | "
        f"{found.each:>11.1f} {found.peak:>8.0f} | {found.server:>10.2f} "
        f"{1000 * found.server / found.rate if found.rate else 0:>7.0f} {found.client:>6.2f}"
    )


def main() -> int:
    """Measure and print; 1 when an answer was lost or was another's."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 4, 8, 16])
    parser.add_argument("--moves", type=int, default=30, help="moves of each session")
    parser.add_argument("--row", type=int, default=5, help="moves between two rests")
    parser.add_argument("--processes", type=int, default=1, help="servers on one library")
    parser.add_argument("--think", type=float, default=1.0, help="mean seconds between two moves")
    parser.add_argument("--library", default="", help="URL of a library that the servers share")
    given = parser.parse_args()
    before = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load of the machine before {before:.1f}; a session moves")
    print(f"{given.moves} times and rests after every {given.row}\n{HEAD}", flush=True)
    bad, carried = 0, 0
    for sessions in given.sessions:
        found = measure(given, sessions)
        print(line(found), flush=True)
        for error in sorted(set(found.errors)):
            print(f"  {found.errors.count(error)} x {error}")
        if found.slope is not None:
            print(f"  memory grows by {found.slope:+.1f} MiB in 1,000 moves after the first {WARM}")
        bad += len(found.errors) + found.foreign
        if quantile(found.first, 95) < 1000 * KNEE:
            carried = max(carried, sessions)
    print(f"answers within {KNEE:.0f} s (p95) up to {carried} sessions; {found.checked[0]} answers "
          f"and {found.checked[1]} chances of the last row checked to the bit")  # fmt: skip
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
