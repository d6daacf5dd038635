"""How long a lever takes to move the charts: ``python -m tests.latency``.

Starts the app and the smallest app that has a slider and a chart (tests/smallest_app.py), opens
both in Chromium and moves a lever of each in turn.  A move lasts from the key press, or the
release of the mouse, to the frame painted after the last chart has changed.  The machine's load is
in both, so that the ratio is the figure to go by.

The second beat is timed too: from the last move to the frame in which tiles, line of state and
lever power are those of the new scenario, its chances of 8,192 draws included.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import PROJECT, find_program, serving

GOALS = {
    "median": 120.0,
    "p95": 200.0,
    "ratio": 2.5,
    "frames": 12.0,
    "freeze": 150.0,
    "second": 1500.0,
}
CALM = 150
"""Milliseconds without a changed chart after which a move is over."""

HOOK = """
() => {
    const seen = window.seen = {changes: [], drawn: [], made: 0, old: 0, answers: [], start: 0};
    const painted = then => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => then(performance.now());
        channel.port2.postMessage(0);
    });
    let waiting = false;
    const changed = () => {
        seen.changes.push(performance.now());
        if (waiting) return;
        waiting = true;
        painted(now => { waiting = false; seen.drawn.push(now); });
    };
    const inChart = node => node.parentElement?.closest?.('[data-testid=stVegaLiteChart]')
        || node.closest?.('[data-testid=stVegaLiteChart]');
    new MutationObserver(found => {
        if (!found.some(m => inChart(m.target))) return;
        for (const m of found)
            for (const node of m.addedNodes)
                if (inChart(m.target) && (node.tagName === 'svg' || node.tagName === 'CANVAS'))
                    seen.made += 1;
        changed();
    }).observe(document.body, {subtree: true, childList: true, attributes: true,
                               characterData: true, attributeFilter: ['d', 'transform']});
    // Whoever puts a new chart in the place of another makes a new view.
    seen.views = () => [...document.querySelectorAll('[data-testid=stVegaLiteChart] svg')];
    seen.kept = seen.views();
    seen.calm = quiet => seen.changes.length > 0
        && performance.now() - Math.max(seen.changes.at(-1), seen.start) > quiet
        && seen.drawn.length > 0 && seen.drawn.at(-1) >= seen.changes.at(-1);
    seen.begin = () => { seen.changes = []; seen.drawn = []; seen.start = performance.now(); };
    // The second beat: the line says that the chances are those of the scenario, and is painted.
    const settled = text => text?.trim().startsWith('●');
    const state = () => document.querySelector('.beat')?.innerText;
    let was = settled(state());
    new MutationObserver(() => {
        const now = settled(state());
        if (now && !was) painted(at => {
            seen.second = at;
            const marks = [...document.querySelectorAll('.tiles.central .whose:last-child')];
            seen.misnamed = marks.filter(mark => !settled(mark.innerText)).length;
        });
        was = now;
    }).observe(document.body, {subtree: true, childList: true, characterData: true});
    for (const kind of ['keydown', 'pointerup'])
        window.addEventListener(kind, () => { seen.start = performance.now(); }, true);
}
"""


@contextlib.contextmanager
def served(script: str) -> Iterator[str]:
    """Run a Streamlit script with the settings of the app; give its address."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "server.txt"
        with serving(record, script=script, LEVER_CONTROL="live", PYTHONPATH=str(PROJECT)) as (
            address,
            _,
        ):
            yield address


class Bench:
    """One of the two pages, with its lever."""

    def __init__(self, browser, address: str, lever: str, charts: int) -> None:
        context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
        self.page, self.lever = context.new_page(), lever
        self.page.goto(address)
        place = "[data-testid=stVegaLiteChart] svg"
        self.page.wait_for_function(
            f"document.querySelectorAll('{place}').length === {charts}", timeout=60_000
        )
        self.calm()
        self.page.evaluate(HOOK)
        self.page.locator(lever).focus()

    def calm(self) -> None:
        """Wait until the page has nothing left to do."""
        if self.page.locator(".st-key-results").count():
            self.page.wait_for_selector(".beat:has-text('●')", timeout=60_000)
        self.page.wait_for_timeout(300)

    def press(self, key: str) -> float:
        """Press a key; return the milliseconds to the paint of the last chart of the first beat."""
        self.page.evaluate("window.seen.begin()")
        self.page.keyboard.press(key)
        self.page.wait_for_function(
            "q => window.seen.calm(q)", arg=CALM, polling=20, timeout=20_000
        )
        return self.page.evaluate(
            "() => window.seen.drawn.find(t => t >= window.seen.changes.at(-1)) - window.seen.start"
        )

    def second(self, key: str) -> tuple[float, int]:
        """Press a key; return the milliseconds to the second beat, and tiles that it left behind.

        A tile is left behind when its chance names another scenario than the line of state does.
        """
        self.page.evaluate("window.seen.begin(); window.seen.second = 0")
        self.page.keyboard.press(key)
        # Cards with their lever power come last: the run has ended and a frame was painted since.
        self.page.wait_for_function(
            "window.seen.second > 0 && document.querySelector('[data-testid=stApp]')"
            ".dataset.testScriptState === 'notRunning'",
            polling="raf",
            timeout=60_000,
        )
        seen = self.page.evaluate("[performance.now() - window.seen.start, window.seen.misnamed]")
        return float(seen[0]), int(seen[1])

    def remade(self) -> int:
        """Return how many charts were made anew since the hook was set."""
        return self.page.evaluate(
            "() => { const now = window.seen.views();"
            " return window.seen.kept.filter(v => !now.includes(v)).length + window.seen.made; }"
        )


def hold(bench: Bench, presses: int, rate: float = 30.0) -> dict[str, float]:
    """Hold an arrow key down; return frames a second, the longest freeze and the settling, ms."""
    page = bench.page
    bench.calm()
    page.evaluate("window.seen.begin()")
    began = time.monotonic()
    for k in range(presses):
        page.keyboard.down("ArrowLeft")
        wait = began + (k + 1) / rate - time.monotonic()
        page.wait_for_timeout(max(0.0, 1000 * wait))
    end = page.evaluate("performance.now()")
    page.keyboard.up("ArrowLeft")
    page.wait_for_timeout(800)  # longer than any freeze, which would pass for calm
    page.wait_for_function("q => window.seen.calm(q)", arg=2 * CALM, polling=20, timeout=20_000)
    drawn = page.evaluate("window.seen.drawn")
    within = [t for t in drawn if t <= end]
    gaps = [b - a for a, b in itertools.pairwise(within)]
    took = (within[-1] - within[0]) / 1000 if len(within) > 1 else float("nan")
    return {
        "frames": len(gaps) / took,
        "freeze": max(gaps, default=float("nan")),
        "settle": max(drawn[-1] - end, 0.0),
    }


def drag(bench: Bench, seconds: float) -> dict[str, float]:
    """Drag the lever to and fro; return answers a second, the release and older answers, count."""
    page = bench.page
    bench.calm()
    box = page.locator(bench.lever).bounding_box()
    height = box["y"] + box["height"] / 2
    middle, half = box["x"] + box["width"] / 2, box["width"] * 0.35
    page.evaluate(
        """lever => {
            const seen = window.seen, place = '.tiles.central .tile:nth-child(3) .big';
            seen.answers = []; seen.begin();
            const tile = () => Number.parseFloat(document.querySelector(place).innerText);
            let last = tile();
            new MutationObserver(() => {
                const now = tile();
                if (now !== last) { last = now; seen.answers.push([performance.now(), now]); }
            }).observe(document.querySelector('.st-key-results'),
                       {subtree: true, childList: true, characterData: true});
        }""",
        bench.lever,
    )
    page.mouse.move(middle, height)
    page.mouse.down()
    began = time.monotonic()
    # One way only: a figure that goes back is then an older answer over a newer one.
    while (part := (time.monotonic() - began) / seconds) < 1:
        page.mouse.move(middle + half * (2 * part - 1), height)
        page.wait_for_timeout(8)
    took = time.monotonic() - began
    page.evaluate("window.seen.begin()")
    during = page.evaluate("window.seen.answers.length")
    page.mouse.up()
    page.wait_for_timeout(800)
    answers = [value for _, value in page.evaluate("window.seen.answers")][1:]
    older = sum(b < a for a, b in itertools.pairwise(answers))
    after = page.evaluate(
        "() => window.seen.drawn.length ? window.seen.drawn.at(-1) - window.seen.start : 0"
    )
    return {"answers": during / took, "older": older, "release": after}


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def measure(moves: int) -> dict:
    """Return all figures, in ms where nothing else is said."""
    from playwright.sync_api import sync_playwright

    lever = ".st-key-slide_upgrade_investment_growth input.range"
    with (
        served("app.py") as app,
        served("tests/smallest_app.py") as small,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=find_program("chromium"), args=["--no-sandbox"]
        )
        desk = Bench(browser, f"{app}/levers?lang=zh", lever, 3)
        least = Bench(browser, small, ".st-key-value input[type=range]", 1)
        benches = {"app": desk, "smallest": least}
        times: dict[str, list[float]] = {name: [] for name in benches}
        for k in range(-4, moves):
            for name, bench in benches.items():
                bench.page.bring_to_front()
                taken = bench.press("ArrowRight" if (k // 8) % 2 else "ArrowLeft")
                if k >= 0:
                    times[name].append(taken)
        desk.page.bring_to_front()
        held, dragged = hold(desk, 60), drag(desk, 3.0)
        beats = [desk.second("ArrowLeft") for _ in range(max(3, moves // 5))]
        remade = desk.remade()
        browser.close()
    found = {
        name: {"median": statistics.median(values), "p95": p95(values)}
        for name, values in times.items()
    }
    ratio = found["app"]["median"] / found["smallest"]["median"]
    taken = [beat for beat, _ in beats]
    found["second"] = {
        "median": statistics.median(taken), "p95": p95(taken), "misnamed": sum(n for _, n in beats),
    }  # fmt: skip
    return {**found, "ratio": ratio, "held": held, "drag": dragged, "remade": remade}


def report(found: dict) -> str:
    """Return the figures as lines, each beside its goal."""
    app, small, held, dragged = (found[k] for k in ("app", "smallest", "held", "drag"))
    second, goal = found["second"], f"≤ {GOALS['second']:.0f}"
    lines = [
        ("key press to last chart painted, median, ms", app["median"], f"≤ {GOALS['median']:.0f}"),
        ("key press to last chart painted, p95, ms", app["p95"], f"≤ {GOALS['p95']:.0f}"),
        ("the smallest app, median, ms", small["median"], ""),
        ("the smallest app, p95, ms", small["p95"], ""),
        ("ratio of the medians", found["ratio"], f"≤ {GOALS['ratio']}"),
        ("held key at 30/s: frames a second", held["frames"], f"≥ {GOALS['frames']:.0f}"),
        ("held key: longest freeze, ms", held["freeze"], f"≤ {GOALS['freeze']:.0f}"),
        ("held key: settled after the last press, ms", held["settle"], ""),
        ("drag: answers a second", dragged["answers"], ""),
        ("drag: release to last chart painted, ms", dragged["release"], ""),
        ("drag: older answers over newer ones", dragged["older"], "0"),
        ("last move to the chances painted, median, ms", second["median"], goal),
        ("last move to the chances painted, p95, ms", second["p95"], ""),
        ("tiles that name another scenario by then", second["misnamed"], "0"),
        ("charts made anew", found["remade"], "0"),
    ]
    return "\n".join(f"{name:<48}{value:>9.1f}  {goal}" for name, value, goal in lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--moves", type=int, default=50)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = parser.parse_args()
    found = measure(given.moves)
    print(json.dumps(found, indent=1) if given.json else report(found))


if __name__ == "__main__":
    main()
