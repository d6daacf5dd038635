"""A table of scenarios runs as its rows would one by one, or is refused with all its faults."""

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import model
from model.scenario_table import MOST_ROWS, read_table, template

ROOT = Path(__file__).resolve().parent.parent


def table(*lines):
    return "\n".join(lines).encode()


def refused(plan, content):
    with pytest.raises(model.DataFaults) as error:
        read_table(plan, content)
    return [(fault.row, fault.column, fault.code) for fault in error.value.faults]


def test_the_template_comes_back_as_the_built_in_scenarios(plan):
    content = template(plan).to_csv(index=False).encode("utf-8-sig")
    found = {scenario.id: scenario for scenario in read_table(plan, content)}
    assert list(found) == list(plan.scenario_names)
    for name in ("status_quo", "plan", "plan_no_covid", "replay_2020"):
        assert found[name] == plan.scenarios[name], name


def test_a_row_moves_what_it_names_and_nothing_else(plan):
    content = table(
        "name,start,upgrade_investment_growth,new_firms@gongyi,covid_loss",
        "技改,plan,25,,",
        "巩义,plan,,40,",
        "疫情,,,,30",
    )
    moved, district, deeper = read_table(plan, content)
    start = plan.scenarios["plan"]
    assert moved == start.with_lever("upgrade_investment_growth", 25)
    assert district == start.with_lever("new_firms", 40, district="gongyi")
    assert deeper == plan.scenarios["status_quo"].with_assumption("covid_loss", 30)
    assert [s.id for s in (moved, district, deeper)] == ["技改", "巩义", "疫情"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("cell", ["1200", "1,200", "１２００", " 1200 ", '"1，200"'])
def test_numbers_as_offices_write_them(plan, encoding, cell):
    cell = f'"{cell}"' if "," in cell and '"' not in cell else cell
    content = f"name,contracts_signed\n签约,{cell}\n".encode(encoding)
    assert read_table(plan, content)[0].value("contracts_signed") == 1200


def test_all_faults_are_told_at_once_by_row_and_column(plan):
    content = table(
        "name,start,investment_growth,investmnt_growth,cloud_coverage",
        "a,plan,99,1,much",
        "a,nowhere,1,,",
        ",plan,,,50",
    )
    assert refused(plan, content) == [
        (1, "investmnt_growth", "unknown"),
        (2, "investment_growth", "outside"),
        (2, "cloud_coverage", "cell_not_a_number"),
        (3, "start", "unknown"),
        (3, "name", "duplicate"),
        (4, "name", "empty"),
    ]


def test_a_column_stands_once_and_a_district_is_one_of_the_plan(plan):
    content = table("name,completions,completions,completions@gongyi,investment_growth@atlantis",
                    "a,1_000,,,")  # fmt: skip
    assert refused(plan, content) == [
        (1, "completions", "duplicate"),
        (1, "completions@gongyi", "unknown"),
        (1, "investment_growth@atlantis", "unknown"),
    ]
    assert refused(plan, table("name,completions", "a,1_000")) == [
        (2, "completions", "cell_not_a_number")
    ]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00\x00", b"PK\x03\x04zip", b"a,b\n1,2\n", b"\0" * 100, b'name\n"'],
)
def test_what_is_no_table_of_scenarios_is_refused(plan, content):
    with pytest.raises(model.ModelError) as error:
        read_table(plan, content)
    assert error.value.code in {"no_table", "empty_batch", "data_faults"}


def test_more_than_two_hundred_scenarios_are_refused(plan):
    lines = ["name", *(f"s{k}" for k in range(MOST_ROWS + 1))]
    with pytest.raises(model.ModelError) as error:
        read_table(plan, table(*lines))
    assert error.value.code == "too_many_scenarios"
    assert len(read_table(plan, table(*lines[:-1]))) == MOST_ROWS


@given(content=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_no_file_makes_the_reader_fail_in_another_way(plan, content):
    try:
        read_table(plan, b"name,start,cloud_coverage\n" + content)
    except model.ModelError:
        return


def test_a_row_gives_what_its_scenario_gives_alone(plan):
    scenarios = [plan.scenarios["prudent"], plan.scenarios["plan"]]
    steps = []
    found = model.run_table(plan, scenarios, draws=128, progress=lambda *at: steps.append(at))
    assert steps == [(0, 2), (1, 2), (2, 2)]
    for row, scenario in zip(found.to_dict("records"), scenarios, strict=True):
        fan = model.ensemble(plan, scenario, draws=128)
        for verdict in model.assess(plan, scenario, fan):
            if verdict.probability is None:
                assert verdict.target.id not in row
                continue
            assert row[verdict.target.id] == verdict.forecast
            assert row[f"{verdict.target.id}_probability"] == verdict.probability


def test_work_that_is_stopped_says_so(plan):
    with pytest.raises(model.ModelError) as error:
        model.run_table(plan, [plan.scenarios["plan"]], draws=512, stopped=lambda: True)
    assert error.value.code == "stopped"


def test_the_command_writes_a_table_that_excel_opens(told, tmp_path):
    source, out = tmp_path / "情景.csv", tmp_path / "结果.csv"
    source.write_text("name,start\n甲,plan\n乙,prudent\n", encoding="gb18030")
    code, _, errors = told("batch", source, "--out", out, "--draws", 64)
    assert code == 0, errors
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert list(pd.read_csv(io.BytesIO(out.read_bytes()))["name"]) == ["甲", "乙"]


def test_no_name_becomes_a_formula(told, tmp_path):
    source, out = tmp_path / "s.csv", tmp_path / "out.csv"
    source.write_text('name\n"=HYPERLINK(""x"")"\n', encoding="utf-8")
    assert told("batch", source, "--out", out, "--draws", 64)[0] == 0
    assert pd.read_csv(out)["name"][0].startswith("'=")


def test_the_command_leaves_no_half_written_file(told, tmp_path):
    source, out = tmp_path / "s.csv", tmp_path / "out.csv"
    source.write_text("name,start\na,nowhere\n", encoding="utf-8")
    code, _, errors = told("batch", source, "--out", out, "--draws", 64)
    assert code == 1
    assert "row 2, column start" in errors
    assert list(tmp_path.iterdir()) == [source]
    code, _, errors = told("batch", tmp_path / "none.csv")
    assert code == 2 and errors.count("\n") == 1


def test_a_file_that_cannot_be_written_is_refused_before_the_runs(told, tmp_path):
    source = tmp_path / "s.csv"
    source.write_text("name,start\na,plan\n", encoding="utf-8")
    for target in (tmp_path, tmp_path / "none" / "out.csv"):
        # The runs would refuse 0 draws.
        code, _, errors = told("batch", source, "--out", target, "--draws", 0)
        assert code == 2 and "cannot be written" in errors
    assert list(tmp_path.iterdir()) == [source]
