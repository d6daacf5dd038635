"""The results of the built-in scenarios are those that were last reviewed."""

import math

import pytest

from model import load_plan
from tests import expected

PLAN = load_plan("zhengzhou_2020")
TWO_DRAWS = 2 / expected.DRAWS + 1e-9


def same(column: str, found: str, reviewed: str) -> bool:
    """Compare two cells; on another machine a draw may fall on the other side of a target."""
    if "" in (found, reviewed):
        return found == reviewed
    try:
        one, other = float(found), float(reviewed)
    except ValueError:
        return found == reviewed
    margin = TWO_DRAWS if column.startswith("probability") else 1e-12
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=margin)


def test_a_file_is_kept_for_every_scenario_and_no_other():
    kept = {path.name for path in expected.FOLDER.glob("*.csv")}
    assert kept == set(expected.names(PLAN)), expected.REMEDY


@pytest.mark.parametrize("file", expected.names(PLAN))
def test_the_results_are_those_that_were_reviewed(plan, file):
    found, reviewed = expected.made(plan, file), expected.read(file)
    assert [row[0] for row in found] == [row[0] for row in reviewed], expected.REMEDY
    changed = [
        f"{' '.join(new[:2])} {column}: {old[place]} is now {new[place]}"
        for new, old in zip(found, reviewed, strict=True)
        for place, column in enumerate(found[0])
        if not same(column, new[place], old[place])
    ]
    assert not changed, "\n".join([*changed[:20], expected.REMEDY])
