"""What an analyst is promised of the command line."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys

import pytest

import model
from model.__main__ import _text as text_of
from model.__main__ import main
from model.data_library import DataLibrary
from model.replacements import DataSet
from model.store import Store
from tests.conftest import PROJECT

BOARD = (
    "id",
    "name",
    "unit",
    "comparator",
    "target",
    "forecast",
    "low",
    "high",
    "gap",
    "probability",
    "status",
)


def printed(capsys, *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_check_says_what_the_folder_holds_and_which_controls_are_missed(capsys):
    text = printed(capsys, "check")
    assert "16 districts x 10 industries x 36 months" in text
    assert "78 targets" in text
    assert text.count("MISSED") == 2


def test_check_fails_when_a_prior_changed_after_the_record_was_run(plan, tmp_path, capsys):
    assert "track record: of these numbers" in printed(capsys, "check")
    folder = tmp_path / "changed"
    shutil.copytree(plan.folder, folder)
    table = folder / "parameters.csv"
    rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8"))))
    column = rows[0].index("p50")
    row = next(r for r in rows[1:] if r[0] == "model_discrepancy_sd")
    row[column] = "0.55"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    table.write_text(text.getvalue(), encoding="utf-8")
    assert main(["check", "--plan", str(folder)]) == 1
    assert "STALE" in capsys.readouterr().out


def test_the_board_lists_every_target_once_in_order(capsys):
    rows = json.loads(printed(capsys, "board", "--draws", "64", "--format", "json"))
    assert [row["id"] for row in rows] == [f"T{k:02d}" for k in range(1, 79)]
    assert tuple(rows[0])[: len(BOARD)] == BOARD


def test_the_board_says_what_has_to_be_said_beside_a_chance(capsys, plan):
    """Whether the record carries it, of what else the target is a figure, and until when."""
    day = "2020-06-30"
    rows = list(csv.DictReader(io.StringIO(
        printed(capsys, "board", "--draws", "64", "--as-of", day, "--format", "csv"))))  # fmt: skip
    carried, by_id = model.support(plan, learned=True), {row["id"]: row for row in rows}
    assert {row["as_of"] for row in rows} == {day}
    for target in (x for x in plan.targets if x.kind == "modelled"):
        assert by_id[target.id]["support"] == carried[target.id].word
    assert by_id["T04"]["differs"] == "nominal" and by_id["T01"]["differs"] == ""


def test_the_board_is_the_same_in_every_format(capsys):
    arguments = "board", "--draws", "64", "--scenario", "status_quo", "--format"
    as_json = json.loads(printed(capsys, *arguments, "json"))
    as_csv = list(csv.DictReader(io.StringIO(printed(capsys, *arguments, "csv"))))
    for one, other in zip(as_json, as_csv, strict=True):
        assert one["id"] == other["id"]
        forecast = one["forecast"]
        assert other["forecast"] == "" if forecast is None else float(other["forecast"]) == forecast


def test_the_board_shows_the_forecast_of_the_library(capsys, plan):
    rows = json.loads(printed(capsys, "board", "--draws", "128", "--seed", "5", "--format", "json"))
    scenario = plan.scenarios["plan"]
    fan = model.ensemble(plan, scenario, 128, 5)
    expected = {v.target.id: v.forecast for v in model.assess(plan, scenario, fan)}
    assert {row["id"]: row["forecast"] for row in rows} == expected


def test_paths_add_up_whatever_they_are_broken_down_by(capsys):
    def total(by: str) -> float:
        rows = csv.DictReader(io.StringIO(printed(capsys, "simulate", "--by", by)))
        return sum(float(row["value_added"]) for row in rows)

    whole = total("month,district,industry")
    for by in ("month", "district", "industry", "district,month"):
        assert total(by) == pytest.approx(whole, rel=1e-12)


def test_a_scenario_file_gives_what_the_built_in_scenario_gives(capsys, plan, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(plan.scenarios["plan"].to_dict()), encoding="utf-8")
    arguments = "simulate", "--by", "month", "--scenario"
    assert printed(capsys, *arguments, str(path)) == printed(capsys, *arguments, "plan")


WRONG = {
    "no command": [],
    "unknown command": ["guess"],
    "unknown scenario": ["board", "--scenario", "plam"],
    "missing file": ["simulate", "--scenario", "nowhere.toml"],
    "no draws": ["board", "--draws", "0"],
    "draws in words": ["board", "--draws", "many"],
    "negative seed": ["board", "--draws", "8", "--seed", "-1"],
    "unknown axis": ["simulate", "--by", "month,weather"],
    "unknown format": ["board", "--format", "pdf"],
    "unknown plan": ["check", "--plan", "atlantis"],
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_argument_ends_with_two_and_one_line(told, arguments):
    code, out, errors = told(*arguments)
    assert (code, out) == (2, "")
    assert len(errors.strip().splitlines()) == 1


def test_a_scenario_file_with_many_faults_is_refused_with_all_of_them(told, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text("[levers]\ncompletions = 999\ncloud = 5\n[assumptions]\ncovid_loss = 'x'\n")
    code, _, errors = told("simulate", "--scenario", path)
    assert code == 2
    for word in ("completions", "[180, 250]", "'cloud'", "covid_loss"):
        assert word in errors


def test_a_faulty_plan_folder_is_refused_with_its_faults(plan, tmp_path, capsys):
    folder = tmp_path / "broken"
    shutil.copytree(plan.folder, folder)
    table = folder / "levers.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("亿元", "yuan"), encoding="utf-8")
    assert main(["check", "--plan", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "levers.csv\n" in said and "unit, row" in said and "'yuan' is not accepted" in said


def test_a_reader_that_stops_early_sees_no_error():
    command = f"{sys.executable} -m model simulate | head -1"
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        command, shell=True, cwd=PROJECT, capture_output=True, text=True, env=environment
    )
    assert done.stdout.startswith("month,district,industry")
    assert done.stderr == ""


def test_the_audit_prints_arithmetic_for_every_check(capsys, plan):
    rows = json.loads(printed(capsys, "audit", "--format", "json"))
    assert len(rows) == len(model.audit(plan))
    assert all(row["arithmetic"] and row["sentence"] for row in rows)


def test_an_input_of_the_audit_can_be_replaced(capsys, plan):
    rows = json.loads(
        printed(capsys, "audit", "--format", "json", "--input", "target_iva_growth=8.6")
    )
    assert rows[0]["verdict"] == "conflict" and rows[0]["target"] == 8.6


@pytest.mark.parametrize("given", ["target_iva_growth", "target_iva_growth=much", "luck=1"])
def test_a_wrong_input_of_the_audit_is_one_line(capsys, given):
    assert main(["audit", "--input", given]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_inputs_of_the_audit_can_be_listed(capsys, plan):
    rows = json.loads(printed(capsys, "audit", "--inputs", "--format", "json"))
    assert {"name", "value", "unit", "source", "low", "high"} == set(rows[0])
    assert {row["name"] for row in rows} == {i.name for f in model.audit(plan) for i in f.inputs}


@pytest.fixture
def own_figures(plan, tmp_path, monkeypatch):
    """A library in which the bureau keeps two data sets; the figures of the first."""
    url = f"sqlite:///{tmp_path / 'own.sqlite'}"
    monkeypatch.setenv("SIMULATOR_LIBRARY", url)
    store = Store(url)
    kept = DataLibrary(plan.id, store)
    figures = (model.Replacement("district_base|gongyi|industrial_va|central", 250.0),)
    kept.save(DataSet("统计局年报", figures))
    kept.save(DataSet("草稿", (model.Replacement("parameters|depreciation|p50", 0.1),)))
    store.close()
    return figures


def test_a_command_runs_on_the_figures_that_somebody_keeps(capsys, plan, own_figures):
    own = model.with_replacements(plan, own_figures, "统计局年报")
    call = "simulate", "--by", "district", "--data-set"
    lines = list(csv.DictReader(io.StringIO(printed(capsys, *call, "统计局年报"))))
    made = {row["district"]: float(row["value_added"]) for row in lines}
    frame = model.simulate(own, model.load_scenario(own, "plan")).to_frame(["district"])
    expected = frame.set_index("district")["value_added"]
    assert made == pytest.approx(expected.to_dict(), rel=1e-6)
    assert printed(capsys, *call, own.data_set.id) == printed(capsys, *call, own.data_set.name)
    board = "board", "--draws", "64", "--format", "json", "--data-set", "统计局年报"
    assert {row["data_version"] for row in json.loads(printed(capsys, *board))} == {own.version}
    audited = json.loads(printed(capsys, "audit", "--format", "json", *call[-1:], "统计局年报"))
    assert audited != json.loads(printed(capsys, "audit", "--format", "json"))


def test_a_data_set_that_is_not_there_is_refused_with_those_that_are(
    capsys, own_figures, tmp_path, monkeypatch
):
    assert main(["board", "--data-set", "年报"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "统计局年报" in said and "草稿" in said
    monkeypatch.setenv("SIMULATOR_LIBRARY", str(tmp_path / "nowhere.sqlite"))
    assert main(["solve", "--data-set", "年报"]) == 2
    assert "holds none" in capsys.readouterr().err
    assert not (tmp_path / "nowhere.sqlite").exists()  # asking makes no library


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "--target", "T01=3", "--target", "T01=5"),
        ("audit", "--input", "target_iva_growth=6", "--input", "target_iva_growth=7"),
    ],
)
def test_a_number_given_twice_is_refused_rather_than_one_of_them_taken(arguments, told):
    code, printed_, errors = told(*arguments)
    assert code == 2 and not printed_ and "given twice" in errors


def test_the_record_refuses_a_file_that_cannot_be_written_before_it_runs(told, tmp_path):
    """The example has nothing to run, which would be said otherwise."""
    code, _, errors = told("record", "--plan", "example_2023", "--out", tmp_path)
    assert code == 2 and "cannot be written" in errors


def test_a_gap_that_rounds_to_nothing_has_no_sign():
    assert [text_of("gap", x) for x in (-0.04, 0.04, -0.06)] == ["0.0", "0.0", "-0.1"]
    assert text_of("forecast", -0.04) == "0.0"
