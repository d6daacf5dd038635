"""A plan folder with something wrong in it is refused, and every fault is named by its place."""

import csv
import shutil
from pathlib import Path

import pytest

from model import DataFaults, ModelError, ensemble, load_plan
from model.plan import DATA
from pages.views.faults import table as told
from pages.views.texts import LANGUAGES, texts

SHIPPED = DATA / "zhengzhou_2020"


class Folder:
    """A copy of the shipped plan to be broken.  Rows count as in a spreadsheet: the header is 1."""

    def __init__(self, path: Path) -> None:
        shutil.copytree(SHIPPED, path)
        self.path = path

    def read(self, table: str) -> list[list[str]]:
        with (self.path / table).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def write(self, table: str, rows: list[list[str]]) -> None:
        with (self.path / table).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def row(self, table: str, *key: str) -> int:
        """Return the number of the row that begins with these cells."""
        return 1 + next(
            n for n, row in enumerate(self.read(table)) if tuple(row[: len(key)]) == key
        )

    def put(self, table: str, row: int, column: str, value: str) -> None:
        rows = self.read(table)
        rows[row - 1][rows[0].index(column)] = value
        self.write(table, rows)

    def drop(self, table: str, row: int) -> None:
        rows = self.read(table)
        self.write(table, rows[: row - 1] + rows[row:])

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.path / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def faults(self) -> set[tuple[str, int, str, str]]:
        """Return the place and kind of every fault for which the folder is refused."""
        with pytest.raises(DataFaults) as caught:
            load_plan(self.path)
        error = caught.value
        assert "nothing was loaded" in str(error)
        assert all(str(fault) in str(error) for fault in error.faults)
        assert error.details["count"] == len(error.faults)
        for language in LANGUAGES:  # none falls back to the words of the program
            listed = told(error, texts(language))["message"]
            assert language == "en" or not set(listed) & {fault.message for fault in error.faults}
        return {(fault.table, fault.row, fault.column, fault.code) for fault in error.faults}


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path / "city")


def test_a_copy_of_the_shipped_plan_loads(folder, plan):
    assert load_plan(folder.path).digest == plan.digest


def test_any_change_of_a_table_changes_the_digest(folder, plan):
    folder.put("levers.csv", 2, "plan", "46")
    assert load_plan(folder.path).digest != plan.digest


CELLS = [
    ("district_base.csv", 2, "district", "gongi", "dangling"),
    ("district_base.csv", 2, "central", "", "missing_cell"),
    ("district_base.csv", 2, "central", "many", "not_a_number"),
    ("district_base.csv", 2, "central", "-3", "out_of_range"),
    ("district_base.csv", 2, "central", "nan", "out_of_range"),
    ("district_base.csv", 2, "central", "1e999", "out_of_range"),
    ("district_base.csv", 2, "central", "214,4", "not_a_number"),
    ("district_base.csv", 2, "unit", "万元", "unknown_choice"),
    ("district_base.csv", 2, "unit", "firms", "wrong_unit"),
    ("district_base.csv", 2, "source_id", "nobody", "dangling"),
    ("district_base.csv", 2, "status", "certain", "unknown_choice"),
    ("district_base.csv", 2, "low", "900", "not_ordered"),
    ("industry_mix.csv", 3, "share_pct", "120", "out_of_range"),
    ("industry_mix.csv", 7, "industry", "steel", "dangling"),
    ("industries.csv", 4, "is_manufacturing", "yes", "not_a_flag"),
    ("industries.csv", 4, "leading_weight", "1.2", "out_of_range"),
    ("industries.csv", 4, "energy_intensity_low", "9", "not_ordered"),
    ("districts.csv", 5, "main_industries", "coal;steel", "dangling"),
    ("annex1.csv", 9, "new_above_scale_firms", "", "missing_cell"),
    ("targets.csv", 2, "comparator", "roughly", "unknown_choice"),
    ("targets.csv", 2, "tolerance", "", "missing_cell"),
    ("targets.csv", 2, "indicator", "", "missing_cell"),
    ("targets.csv", 2, "indicator", "happiness", "dangling"),
    ("levers.csv", 2, "plan", "90", "not_ordered"),
    ("levers.csv", 2, "step", "0", "out_of_range"),
    ("levers.csv", 2, "target", "T99", "dangling"),
    ("levers.csv", 3, "district_column", "luck", "dangling"),
    ("levers.csv", 2, "max", "90", "bands_gap"),
    ("lever_bands.csv", 3, "lever", "magic", "dangling"),
    ("assumptions.csv", 2, "parameter", "magic", "dangling"),
    ("assumptions.csv", 2, "moves", "nudge", "unknown_choice"),
    ("assumptions.csv", 2, "default", "much", "not_a_number"),
    ("assumptions.csv", 2, "default", "9", "not_ordered"),
    ("parameters.csv", 2, "p05", "0.7", "not_ordered"),
    ("parameters.csv", 2, "p50", "", "missing_cell"),
    ("parameters.csv", 2, "p95", "0.99", "not_ordered"),
    ("parameters.csv", 2, "distribution", "guess", "unknown_choice"),
    ("parameters.csv", 2, "distribution", "fixed(1)", "unknown_choice"),
    ("parameters.csv", 2, "distribution", "uniform", "unknown_choice"),
    ("parameters.csv", 2, "distribution", "uniform(0.6,0.4)", "unknown_choice"),
    ("district_base.csv", 2, "central", "0", "not_positive"),
    ("parameters.csv", 2, "role", "hidden", "unknown_choice"),
    ("parameters.csv", 4, "role_note", "", "missing_cell"),
    ("parameters.csv", 2, "source_id", "", "missing_cell"),
    ("parameters.csv", 2, "later_information", "maybe", "not_a_flag"),
    ("closures.csv", 2, "districts", "gongyi;paris", "dangling"),
    ("closures.csv", 2, "va_parameter", "magic", "dangling"),
    ("observations.csv", 6, "value", "x", "not_a_number"),
    ("outcomes.csv", 2, "target_id", "T99", "dangling"),
    ("outcomes.csv", 2, "met", "perhaps", "unknown_choice"),
    ("sources.csv", 2, "title", "", "missing_cell"),
]
"""What is put into which cell, and the fault that must be reported there."""


@pytest.mark.parametrize(("table", "row", "column", "value", "code"), CELLS)
def test_a_wrong_cell_is_reported_in_its_place(folder, table, row, column, value, code):
    folder.put(table, row, column, value)
    assert (table, row, "lever" if code == "bands_gap" else column, code) in folder.faults()


def test_a_range_without_its_upper_end_is_reported_there(folder):
    folder.put("targets.csv", 2, "comparator", "range")
    assert ("targets.csv", 2, "value_high", "missing_cell") in folder.faults()


def test_a_fault_says_what_was_given_and_what_is_accepted(folder):
    folder.put("industry_mix.csv", 3, "share_pct", "120")
    with pytest.raises(
        DataFaults, match=r"industry_mix.csv, row 3, column share_pct: 120 .* 0 to 100"
    ):
        load_plan(folder.path)


def test_a_mix_that_misses_100_is_reported_with_its_sum(folder):
    row = folder.row("industry_mix.csv", "xingyang", "electronics")
    folder.put("industry_mix.csv", row, "share_pct", "6")
    assert folder.faults() == {("industry_mix.csv", row, "share_pct", "mix_sum")}


def test_a_share_that_is_missing_is_reported(folder):
    folder.drop("industry_mix.csv", folder.row("industry_mix.csv", "gongyi", "vehicles"))
    assert folder.faults() == {("industry_mix.csv", 0, "share_pct", "missing_row")}


def test_a_base_value_that_is_missing_is_reported(folder):
    folder.drop(
        "district_base.csv", folder.row("district_base.csv", "huiji", "industrial_investment")
    )
    assert folder.faults() == {("district_base.csv", 0, "central", "missing_row")}


def test_a_district_without_a_row_in_annex_1_is_reported(folder):
    folder.drop("annex1.csv", folder.row("annex1.csv", "huiji"))
    assert folder.faults() == {("annex1.csv", 0, "district", "missing_row")}


def test_a_key_that_stands_twice_is_reported_where_it_returns(folder):
    rows = folder.read("annex1.csv")
    folder.write("annex1.csv", [*rows, rows[1]])
    assert folder.faults() == {("annex1.csv", len(rows) + 1, "district", "duplicate")}


def test_a_missing_column_is_reported_by_its_name(folder):
    rows = folder.read("closures.csv")
    place = rows[0].index("status")
    folder.write("closures.csv", [row[:place] + row[place + 1 :] for row in rows])
    assert ("closures.csv", 1, "status", "column_missing") in folder.faults()


def test_missing_files_are_reported_together(folder):
    for name in ("annex1.csv", "controls.csv"):
        (folder.path / name).unlink()
    missing = {(name, 0, "", "file_missing") for name in ("annex1.csv", "controls.csv")}
    assert missing <= folder.faults()


@pytest.mark.parametrize("content", ["巩义".encode("gb18030"), b"", b'id,low\n"open,3\n'])
def test_a_file_that_is_no_utf_8_table_is_reported(folder, content):
    (folder.path / "controls.csv").write_bytes(content)
    assert ("controls.csv", 0, "", "unreadable") in folder.faults()


def test_a_byte_order_mark_does_no_harm(folder):
    path = folder.path / "annex1.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(load_plan(folder.path).annex) == 16


def test_spaces_around_a_cell_do_no_harm(folder):
    folder.put("annex1.csv", 2, "industrial_va_growth_pct", " 7.5 ")
    assert load_plan(folder.path).annex[0].industrial_va_growth_pct == 7.5


def test_faults_of_different_tables_are_reported_together(folder):
    wrong = {
        ("district_base.csv", 4, "central"),
        ("levers.csv", 5, "min"),
        ("annex1.csv", 3, "status"),
        ("parameters.csv", 9, "unit"),
        ("parameters.csv", 10, "p50"),
    }
    for place in wrong:
        folder.put(*place, "?")
    assert {fault[:3] for fault in folder.faults()} == wrong


def test_contradictions_between_tables_are_reported_together(folder):
    mix = folder.row("industry_mix.csv", "xingyang", "electronics")
    folder.put("industry_mix.csv", mix, "share_pct", "6")
    folder.put("levers.csv", 2, "max", "70")
    folder.put("parameters.csv", 2, "p05", "0.7")
    found = {fault[:2] for fault in folder.faults()}
    assert found == {("industry_mix.csv", mix), ("levers.csv", 2), ("parameters.csv", 2)}


def test_cells_and_contradictions_are_reported_together(folder):
    folder.put("outcomes.csv", 2, "met", "perhaps")
    mix = folder.row("industry_mix.csv", "xingyang", "electronics")
    folder.put("industry_mix.csv", mix, "share_pct", "6")
    found = {fault[:2] for fault in folder.faults()}
    assert found == {("outcomes.csv", 2), ("industry_mix.csv", mix)}


def test_every_broken_scenario_file_is_reported(folder):
    folder.edit("scenarios/plan.toml", "cloud_coverage = 100", "cloud_coverage = 101")
    folder.edit("scenarios/prudent.toml", "[levers]", "[levres]")
    folder.edit("scenarios/ambitious.toml", "[levers]", "[levers")
    found = {fault[:1] + fault[3:] for fault in folder.faults()}
    wrong = {"plan": "outside", "prudent": "unknown", "ambitious": "unreadable_scenario"}
    assert found == {(f"scenarios/{name}.toml", code) for name, code in wrong.items()}


FACTS = [
    ("months = 36", "months = 30", "months", "out_of_range"),
    ("months = 36", 'months = "many"', "months", "wrong_kind"),
    ('first_month = "2020-01"', 'first_month = "2020-02"', "first_month", "not_january"),
    ('start_month = "2020-04"', 'start_month = "spring"', "start_month", "not_a_month"),
    ('start_month = "2020-04"', 'start_month = "2024-04"', "start_month", "out_of_range"),
    ('district = "airport"', 'district = "harbour"', "anchor.district", "dangling"),
    ("base_year = 2019\n", "", "base_year", "missing_cell"),
    ("[projects]", "[project]", "projects", "missing_cell"),
    ("under_way = 236\n", "", "projects", "missing_cell"),
    ("months = 36", "months = = 36", "", "unreadable_facts"),
    ('signed_projects = "T06"', 'signed_projects = "T99"', "observed.signed_projects", "dangling"),
]


@pytest.mark.parametrize(("old", "new", "column", "code"), FACTS)
def test_a_wrong_fact_of_the_plan_is_reported(folder, old, new, column, code):
    folder.edit("plan.toml", old, new)
    assert {fault[:3] for fault in folder.faults()} == {("plan.toml", 0, column)}
    assert {fault[3] for fault in folder.faults()} == {code}


@pytest.mark.parametrize("name", ["depreciation", "month_share_investment_05", "jump_size"])
def test_a_parameter_without_which_nothing_can_be_computed_is_missed_by_its_name(folder, name):
    folder.drop("parameters.csv", folder.row("parameters.csv", name))
    with pytest.raises(ModelError, match=name):
        plan = load_plan(folder.path)
        ensemble(plan, plan.scenarios["status_quo"], 2)


def test_a_blank_line_does_not_shift_the_rows_that_are_reported(folder):
    rows = folder.read("annex1.csv")
    folder.write("annex1.csv", [*rows[:5], [], *rows[5:]])
    folder.put("annex1.csv", 9, "status", "certain")
    assert ("annex1.csv", 9, "status", "unknown_choice") in folder.faults()


def test_a_row_that_breaks_off_is_reported(folder):
    rows = folder.read("sources.csv")
    rows[3] = rows[3][:1]
    folder.write("sources.csv", rows)
    assert ("sources.csv", 4, "title", "missing_cell") in folder.faults()


def test_a_closure_in_places_of_its_own_is_not_passed_over(folder):
    """The equations know one set of closure cells; another set must be refused, not ignored."""
    folder.put("closures.csv", 4, "districts", "shangjie")
    assert ("closures.csv", 4, "districts") in {fault[:3] for fault in folder.faults()}


def test_a_plan_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(ModelError, match="Did you mean 'zhengzhou_2020'"):
        load_plan("zhengzhou_2021")
