"""What cannot be asked is refused by name, with what was given and what would do."""

from dataclasses import replace

import numpy as np
import pytest

import model
from model import (
    benchmarks,
    cells,
    new_plan,
    outcomes,
    pipeline,
    scenario_table,
    sensitivity,
    sharing,
    standing,
    weights,
    wording,
)
from model.audit import inputs
from model.audit_inputs import Book
from model.errors import DataFaults, Fault
from model.plan_commands import lacking
from model.scenario import from_dict
from model.simulate import batch, piece

PLAN = model.load_plan("zhengzhou_2020")
QUO = PLAN.scenarios["status_quo"]
FAN = model.ensemble(PLAN, QUO, draws=16)
RUN = model.simulate(PLAN, QUO)
BARE = replace(PLAN, facts={k: v for k, v in PLAN.facts.items() if k not in ("text", "projects")})
ALL_LEVERS = [lever.id for lever in PLAN.levers]
EVEN, WIDE = np.full(2, 0.5), np.ones(2)
NO_TIME = benchmarks.History("x", (), np.empty(0), None)


def with_check(name):
    """Return the plan with one more row in its table of checks."""
    rows = PLAN.table("audit")
    rows.loc[len(rows)] = rows.loc[0].to_dict() | {"id": name}
    return replace(PLAN, tables={**PLAN.tables, "audit": rows})


UNKNOWN = {
    "parameter": lambda name: PLAN.parameter(name),
    "table": lambda name: PLAN.table(name),
    "indicator": outcomes.places,
    "indicator with cumulative growth": FAN.cumulative_growth,
    "structure share": FAN.base_share,
    "axis": lambda name: RUN.to_frame([name]),
    "month": lambda name: pipeline.investment_account(RUN).kernel("new", name),
    "indicator that can be shared out": lambda name: sharing.share_target(PLAN, FAN, 0.07, name),
    "district": lambda name: sharing.share_target(PLAN, FAN, 0.07, minimum={name: 0.0}),
    "indicator of the annex": lambda name: standing.annex_target(PLAN, "gongyi", name),
    "method": lambda name: model.assimilate(FAN, (), name),
    "aim": lambda name: model.solve(PLAN, QUO, {"T05": 15}, least=name),
    "check of the audit": lambda name: model.audit(with_check(name)),
    "input of the audit": lambda name: Book({}, PLAN, {})[name],
    "benchmark": lambda name: benchmarks.paths(PLAN, name, NO_TIME, NO_TIME, 1, 1),
}


def refused(work, *arguments):
    with pytest.raises(model.ModelError) as error:
        work(*arguments)
    return error.value


@pytest.mark.parametrize("kind", UNKNOWN)
def test_a_name_that_does_not_exist_is_repeated_beside_those_that_do(kind):
    given = 99 if kind == "month" else "happiness"
    error = refused(UNKNOWN[kind], given)
    assert error.code == "unknown"
    assert f"{str(given)!r} is not a known {kind}" in str(error) and "Known: " in str(error)


IMPOSSIBLE = {
    "bounds_crossed": lambda _: sharing.share_out(0.0, EVEN, WIDE, WIDE, WIDE, -WIDE),
    "few_draws": lambda _: model.assimilate(FAN, ()),
    "no_discrepancy": lambda _: sensitivity.doubled_discrepancy(PLAN, FAN, "T05"),
    "empty_batch": lambda _: batch(PLAN, ()),
    "all_locked": lambda _: model.solve(PLAN, QUO, {"T05": 15}, locked=ALL_LEVERS),
    "outside": lambda _: QUO.with_lever("completions", 10**400),
    "scenario_faults": lambda _: from_dict(PLAN.desk, {"levers": 5}),
    "no_cell": lambda _: cells.cell(PLAN, "district_base|atlantis"),
    "no_text": lambda _: wording.numbers(BARE),
    "no_projects": lambda _: pipeline.projects(BARE, QUO),
    "bad_name": lambda at: new_plan.write("luoyang", parent=at, industries=["steel", "steel"]),
    "bad_horizon": lambda at: new_plan.write("luoyang", parent=at, year=1066),
    "unwritable": lambda at: new_plan.write("luoyang", parent=at / "file"),
    "file_too_large": lambda _: scenario_table.read_table(
        PLAN, bytes(scenario_table.LARGEST + 1), "a.csv"
    ),
}


@pytest.mark.parametrize("code", IMPOSSIBLE)
def test_what_cannot_be_is_refused_in_words(code, tmp_path):
    (tmp_path / "file").write_text("in the way of a folder")
    assert refused(IMPOSSIBLE[code], tmp_path).code == code
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_the_number_of_points_of_a_sobol_index_is_a_power_of_two():
    error = refused(lambda: model.sobol(PLAN, QUO, "iva_growth", points=100))
    assert error.code == "not_a_power" and error.details["given"] == 100


@pytest.mark.parametrize(
    "work",
    [
        lambda: piece(PLAN, QUO, 0, 8, 8, 1, 8, stopped=lambda: True),
        lambda: model.solve(PLAN, QUO, {"T05": 15}, stopped=lambda: True),
    ],
)
def test_work_that_is_stopped_says_that_it_was(work):
    assert refused(work).code == "stopped"


def test_with_few_draws_or_none_learned_nothing_is_claimed():
    """Ten equal weights have no tail to smooth; without figures nothing is implausible."""
    found, shape = weights.psis(np.zeros(10))
    assert found.tolist() == [0.1] * 10 and shape == np.inf
    assert model.history_match(FAN, ()) == ((), 1.0)


def test_a_complaint_of_many_rows_names_a_dozen_and_says_how_many_there_are():
    faults = [Fault("levers.csv", row, "unit", "missing_cell", "the cell is empty")
              for row in range(2, 22)]  # fmt: skip
    (line,) = [x for x in lacking(DataFaults("plan", faults)).splitlines() if "unit" in x]
    assert "2, 3, 4" in line and "13" in line and "14" not in line and "20" in line


def test_figures_that_were_not_published_are_no_input_of_the_audit():
    with_them = {item.name for item in inputs(PLAN)}
    without = {item.name for item in inputs(replace(PLAN, observations=()))}
    assert with_them - without == set(PLAN.facts["audit"])
