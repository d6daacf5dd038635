"""Build the image without Docker, run it, and stop it: ``sudo python -m tests.image``.

Buildah carries out the Dockerfile without a daemon (``apt-get install buildah debootstrap``).
Where the base image cannot be fetched, a Debian 12, which has the same Python, goes under its name;
the certificates of this machine are lent to the build and are not in the image.  The server then
runs as process 1, with the user, the variables and the command of the image: it must be healthy by
the image's own check, answer a session, be told to stop just after a move, and have written it.
What was seen goes into ``tests/image_record.toml``, which is committed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import model
from tests.conftest import PROJECT, free_port, wait_until_healthy
from tests.load import LEVER, Session

RECORD = PROJECT / "tests" / "image_record.toml"
BASE, NAME = "docker.io/library/python:3.11-slim", "localhost/simulator"
CERTIFICATES = "/etc/ssl/certs"
PLACES = 'mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; mount -t tmpfs none "$0/tmp"'


class Buildah:
    """Buildah with a store of its own."""

    def __init__(self, folder: Path) -> None:
        self.start = ["buildah", "--root", str(folder / "store"), "--runroot", str(folder / "run")]
        self.start += ["--storage-driver", "vfs"]

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run([*self.start, *arguments], stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"buildah {arguments[0]} failed; what it says is above.")
        return done.stdout.strip()

    def has(self, image: str) -> bool:
        """Return whether an image can be fetched."""
        done = subprocess.run([*self.start, "pull", "--quiet", image], capture_output=True)
        return done.returncode == 0


def stand_in(buildah: Buildah, folder: Path) -> None:
    """Make a Debian 12 with the commands of the base image, under its name."""
    root = folder / "debian"
    wanted = ["--variant=minbase", "--include=python3,python3-pip,ca-certificates"]
    subprocess.run(["debootstrap", *wanted, "bookworm", root], check=True, stdout=sys.stderr)
    for marker in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
        marker.unlink()
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    container = buildah("from", "scratch")
    buildah("add", "--quiet", container, str(root), "/")
    buildah("config", "--env", f"PATH={os.defpath}:/usr/local/bin:/usr/sbin:/sbin", container)
    buildah("commit", "--quiet", container, BASE)


@contextlib.contextmanager
def running(command: Sequence[str], record: Path) -> Iterator[tuple[subprocess.Popen, int]]:
    """Run a command as process 1 of a space of its own; give its parent and its number here."""
    with record.open("wb") as output:
        parent = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", *command],
            stdout=output, stderr=output,
        )  # fmt: skip
    try:
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
        while parent.poll() is None and not children.read_text().strip():
            time.sleep(0.05)
        yield parent, int(children.read_text())
    finally:
        parent.kill()
        parent.wait()


async def moved(address: str, one: int) -> float:
    """Move a lever, tell the server to stop as soon as it has answered; return what was chosen."""
    plan = model.load_plan("zhengzhou_2020")
    async with Session(address, plan.scenarios["plan"], plan) as session:
        await session.open()
        await session.moves(1, 2, 0.1, random.Random(1))
        os.kill(one, signal.SIGTERM)
        if session.seen.errors or not session.seen.answers:
            sys.exit(f"The session met with: {session.seen.errors}")
        return session.scenario.value(LEVER)


def looked_at(root: Path, config: dict, record: Path) -> dict[str, object]:
    """Run what the image holds, in the way the image says; return what was seen."""
    port = str(free_port())
    user = ["chroot", f"--userspec={config['User']}", str(root)]
    within = [*user, "/usr/bin/env", "-i", *config["Env"], "sh", "-c", 'cd "$0" && exec "$@"',
              config["WorkingDir"]]  # fmt: skip
    command, check = ([part.replace("8501", port) for part in parts]
                      for parts in (config["Cmd"], config["Healthcheck"]["Test"][1:]))  # fmt: skip
    address, began = f"http://127.0.0.1:{port}", time.monotonic()
    server = ["sh", "-c", f'{PLACES}; exec "$@"', str(root), *within, *command]
    with running(server, record) as (parent, one):
        wait_until_healthy(parent, address, record)
        started = time.monotonic() - began
        subprocess.run([*within, *check], check=True)
        value = asyncio.run(moved(address, one))
        told = time.monotonic()
        parent.wait(30)
    events = [json.loads(line) for line in record.read_text().splitlines() if line[:1] == "{"]
    (place,) = (v.partition("=")[2] for v in config["Env"] if v.startswith("SIMULATOR_LIBRARY="))
    with contextlib.closing(sqlite3.connect(root / place[1:])) as library:
        (kept,) = library.execute("SELECT content FROM steps ORDER BY number DESC").fetchone()
    return {
        "healthy": True,
        "seconds_to_start": round(started, 1),
        "seconds_to_stop": round(time.monotonic() - told, 1),
        "all_written": events[-1].get("event") == "stopped" and events[-1]["all_written"],
        "last_move_kept": json.loads(kept)["levers"][LEVER] == value,
    }


def main() -> int:
    """Build, run, stop, and write the record: 0 when all is as it must be."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--packages", choices=("server", "cluster"), default="server")
    given = parser.parse_args()
    missing = [x for x in ("buildah", "debootstrap", "unshare", "chroot") if not shutil.which(x)]
    if missing or os.geteuid():
        print(f"This asks for root and for buildah and debootstrap; missing: {missing or 'root'}.")
        return 2
    with tempfile.TemporaryDirectory(prefix="image-") as name:
        folder = Path(name)
        buildah = Buildah(folder)
        fetched = buildah.has(BASE)
        if not fetched:
            stand_in(buildah, folder)
        began = time.monotonic()
        buildah("build", "--isolation", "chroot", "--format", "docker", "--pull-never",
                "--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro", "--tag", NAME,
                "--build-arg", f"PACKAGES={given.packages}", str(PROJECT))  # fmt: skip
        seconds = time.monotonic() - began
        config = json.loads(buildah("inspect", "--type", "image", NAME))["Docker"]["config"]
        root = Path(buildah("mount", buildah("from", "--pull-never", NAME)))
        seen = looked_at(root, config, folder / "server.txt")
    base = BASE if fetched else "a Debian 12 under its name: the base image could not be fetched"
    facts = {"packages": given.packages, "base": base, "seconds_to_build": round(seconds)} | seen
    lines = ["# Written by: sudo python -m tests.image", f"date = {datetime.date.today()}"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in facts.items()]
    print("\n".join(lines))
    RECORD.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0 if seen["all_written"] and seen["last_move_kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
