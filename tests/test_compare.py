"""The comparison of two versions finds what moved, and nothing where nothing did."""

import csv
import shutil
from pathlib import Path

import pytest

from tests import compare

SCENARIOS = ("--scenarios", "10")


@pytest.fixture
def tree(tmp_path) -> Path:
    """A copy of the model and its data that a test may change."""
    copy = tmp_path / "tree"
    for folder in ("model", "data"):
        shutil.copytree(
            compare.PROJECT / folder,
            copy / folder,
            ignore=shutil.ignore_patterns("__pycache__", "fonts"),
        )
    return copy


def change_median(tree: Path, parameter: str, median: str) -> None:
    table = tree / "data" / compare.PLAN / "parameters.csv"
    with table.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = [row | {"p50": median} if row["id"] == parameter else row for row in reader]
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, reader.fieldnames)
        writer.writeheader()
        writer.writerows(rows)


def worktrees() -> str:
    return compare.git("worktree", "list")


def test_a_version_does_not_differ_from_itself(need, capsys):
    need("git")
    try:
        compare.git("rev-parse", "--verify", "HEAD")
    except compare.CannotCompare:
        pytest.skip("needs git: this tree is not a git checkout")
    before = worktrees()
    with compare.checked_out("HEAD") as here:
        assert compare.main(["HEAD", "--tree", str(here), *SCENARIOS]) == 0
    assert "no difference" in capsys.readouterr().out
    assert worktrees() == before


def test_a_changed_parameter_shows_in_the_indicators_that_it_moves_and_in_no_other(
    tree, tmp_path, capsys
):
    change_median(tree, "autonomous_efficiency", "0.03")
    found = tmp_path / "moved.csv"
    assert compare.main(["--against", str(tree), "--out", str(found), *SCENARIOS]) == 0
    assert "10 of 10 scenarios differ" in capsys.readouterr().out
    moved = {line.split(",")[2] for line in found.read_text(encoding="utf-8").splitlines()[1:]}
    assert moved == {"energy_intensity_fall", "energy_use_growth"}


def test_a_lever_that_only_one_version_knows_is_told_and_left_out():
    card = {"range": [0.0, 1.0], "by_district": False, "whole": False}
    rest = {"assumptions": {}, "districts": ["a", "b", "c"], "indicators": {}, "years": [2020]}
    old = {"levers": {"kept": card, "dropped": card}} | rest
    new = {"levers": {"kept": card | {"range": [0.5, 2.0]}, "added": card}} | rest
    common, notes = compare.common_ground(old, new)
    assert list(common["levers"]) == ["kept"]
    assert common["levers"]["kept"]["range"] == (0.5, 1.0)
    assert "lever added: only in this version, left out" in notes
    assert "lever dropped: only in the earlier version, left out" in notes


def test_a_version_that_does_not_run_is_named(tree, capsys):
    (tree / "model" / "march.py").write_text("raise ImportError('unfinished')\n")
    assert compare.main(["--against", str(tree), *SCENARIOS]) == 1
    assert "does not run here: ImportError: unfinished" in capsys.readouterr().err
