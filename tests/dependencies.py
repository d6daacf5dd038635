"""Hold the pinned dependencies against a database of known vulnerabilities.

``python -m tests.dependencies`` runs pip-audit over the three files of pins; install it anywhere
(``pip install pip-audit``), put it on PATH or name it in $PIP_AUDIT.  It needs a network: without
one pip-audit skips every package and calls that a success, so here a package that was not looked up
is a failure.  Date and result go into ``tests/dependencies_record.toml``, which is committed.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PINS = ("requirements.txt", ".ci/server.txt", "tests/requirements.txt")
RECORD = PROJECT / "tests" / "dependencies_record.toml"


def audited(program: str, pins: str) -> tuple[int, list[str], list[str]]:
    """Return how many packages were looked up, what is known against them, and what was skipped."""
    command = [program, "-r", str(PROJECT / pins), "--require-hashes", "--disable-pip"]
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


def main() -> int:
    """Audit every file of pins and write the record: 0 sound, 1 something known, 2 not audited."""
    program = os.environ.get("PIP_AUDIT") or shutil.which("pip-audit")
    if program is None:
        print("pip-audit is missing: pip install pip-audit, or name it in $PIP_AUDIT.")
        return 2
    lines = ["# Written by: python -m tests.dependencies", f"date = {datetime.date.today()}"]
    worst = 0
    for pins in PINS:
        count, known, skipped = audited(program, pins)
        result = "known vulnerabilities" if known else "not audited" if skipped else "sound"
        worst = max(worst, {"sound": 0, "not audited": 2, "known vulnerabilities": 1}[result])
        print(f"{pins}: {count} looked up, {len(known)} with something known, "
              f"{len(skipped)} not looked up: {result}")  # fmt: skip
        for line in known:
            print(f"  {line}")
        lines += ["", f'["{pins}"]', f'result = "{result}"', f"looked_up = {count}",
                  f"not_looked_up = {len(skipped)}", f"known = {json.dumps(known)}"]  # fmt: skip
    if worst == 2:
        print("The database cannot be reached from here; run this where there is a network.")
    RECORD.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return worst


if __name__ == "__main__":
    sys.exit(main())
