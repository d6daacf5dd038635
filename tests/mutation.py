"""Change the accounting in every small way and see whether a test notices.

``python -m tests.mutation`` copies the project, changes one operator, number or word at a time in
the modules below (with mutmut, which it installs into an environment of its own) and runs their
tests against each change.  Some 2,000 changes take an hour or more on two cores.  What survives is
printed as a difference; date and score go into ``tests/mutation_record.toml``, which is committed,
with the reasons for what may survive.
``--only 'model.accounts*'`` keeps to a part and leaves the record of the other modules alone;
``--folder PLACE`` works there; begun again without ``--only`` it goes on where it was broken off.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import venv
from collections import Counter
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
RECORD = PROJECT / "tests" / "mutation_record.toml"
MUTMUT = "mutmut==3.8.1"
MODULES = {
    "accounts": "tests/test_accounts.py", "decomposition": "tests/test_decomposition.py",
    "attribution": "tests/test_attribution.py", "growth": "tests/test_growth.py",
    "intensity": "tests/test_decomposition.py",
}  # fmt: skip
"""What is changed, and the tests that state facts about it."""

TESTS = sorted(set(MODULES.values()))
CHOICE = ("-k", "not command_line")
COPIED = ("model", "data", "pages", "tests", "app.py", "pyproject.toml", ".ci", ".streamlit")
WORDS = {0: "survived", 1: "killed", 3: "killed", 33: "no test", -24: "killed", 36: "killed",
         152: "killed", 255: "killed"}  # fmt: skip
"""What an exit code of mutmut means; a change that makes a test run for ever is noticed, too."""


def settings() -> str:
    """Return what mutmut is told, to stand at the end of pyproject.toml."""
    return "\n".join(
        [
            "",
            "[tool.mutmut]",
            'source_paths = ["model"]',
            f"only_mutate = {json.dumps([f'model/{name}.py' for name in MODULES])}",
            f"also_copy = {json.dumps([x for x in COPIED if x not in ('model', 'tests')])}",
            f"pytest_add_cli_args_test_selection = {json.dumps(TESTS)}",
            f"pytest_add_cli_args = {json.dumps(CHOICE)}",
            "",
        ]
    )


def python_with_mutmut(folder: Path) -> str:
    """Return the Python of a new environment that has mutmut beside all that this one has."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    done = subprocess.run([python, "-m", "pip", "install", "-q", MUTMUT])
    if done.returncode:
        sys.exit(f"{MUTMUT} could not be installed; the lines above say why.")
    purelib = ("-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    site = subprocess.run([python, *purelib], capture_output=True, text=True, check=True).stdout
    own = sysconfig.get_path("purelib")
    Path(site.strip(), "simulator.pth").write_text(own + "\n")
    return python


def results(folder: Path) -> dict[str, dict[str, str]]:
    """Return what became of every change that was tried, by module."""
    found = {}
    for name in MODULES:
        file = folder / "mutants" / "model" / f"{name}.py.meta"
        codes = json.loads(file.read_text())["exit_code_by_key"] if file.is_file() else {}
        found[name] = {
            key: WORDS.get(code, "suspicious") for key, code in codes.items() if code is not None
        }
    return {name: tried for name, tried in found.items() if tried}


def tried_again(folder: Path, python: str, found: dict[str, dict[str, str]]) -> None:
    """Try what survived, and is not known to be the same, against all tests of its module.

    Mutmut counts what a fixture of a file calls for the first test of the file alone.
    """
    known = tomllib.loads(RECORD.read_text("utf-8"))["equivalent"]
    for name, tried in found.items():
        for key in (key for key, word in tried.items() if word == "survived" and key not in known):
            done = subprocess.run(
                [python, "-m", "pytest", "-q", "-x", "--no-header", *CHOICE, MODULES[name]],
                cwd=folder / "mutants",
                env={**os.environ, "MUTANT_UNDER_TEST": key},
                stdout=subprocess.DEVNULL,
            )
            tried[key] = "killed" if done.returncode else "survived"


def record(found: dict[str, dict[str, str]]) -> str:
    """Return the record with the modules that were tried now in place of what stood there."""
    old = tomllib.loads(RECORD.read_text("utf-8")) if RECORD.is_file() else {}
    modules = old.get("module", {})
    for name, tried in found.items():
        counts = Counter(tried.values())
        modules[name] = {
            "date": datetime.date.today(),
            "tried": len(tried),
            **{word.replace(" ", "_"): counts[word] for word in ("killed", "survived", "no test")},
            "score": round(counts["killed"] / len(tried), 3),
        }
    lines = ["# Written by: python -m tests.mutation; the reasons under [equivalent] by hand."]
    for name, values in modules.items():
        lines += ["", f"[module.{name}]", *(f"{key} = {value}" for key, value in values.items())]
    lines += ["", "[equivalent]"]
    lines += [f"{json.dumps(key)} = {json.dumps(value)}"
              for key, value in old.get("equivalent", {}).items()]  # fmt: skip
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run the mutations, print what survived and write the record."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="names as mutmut writes them")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", help="where to work, and to go on")
    chosen = parser.parse_args()
    with contextlib.ExitStack() as stack:
        name = chosen.folder or stack.enter_context(tempfile.TemporaryDirectory(prefix="mutation-"))
        folder = Path(name, "project").absolute()
        folder.mkdir(parents=True, exist_ok=True)
        for part in COPIED:
            source = PROJECT / part
            if source.is_dir():
                shutil.copytree(source, folder / part, dirs_exist_ok=True)
            else:
                shutil.copy(source, folder / part)
        with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(settings())
        python = python_with_mutmut(Path(name, "venv").absolute())
        mutmut = [python, "-m", "mutmut"]
        subprocess.run(
            [*mutmut, "run", "--max-children", str(chosen.children), *chosen.only],
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        found = results(folder)
        tried_again(folder, python, found)
        for tried in found.values():
            for key in (key for key, word in tried.items() if word == "survived"):
                subprocess.run([*mutmut, "show", key], cwd=folder)
    if not found:
        print("Nothing was tried.")
        return 2
    RECORD.write_text(record(found), encoding="utf-8")
    for name, tried in found.items():
        print(f"{name:14} {dict(Counter(tried.values()))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
