"""Figures of the user's own: what they change, what follows, and how a filled file is read."""

import csv
import io
import math
import random
import tracemalloc
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

import model
from model import cells, datasets, draws, sent_file, upload
from model.cell_text import number
from model.data_library import DataLibrary
from model.errors import DataFaults, ModelError
from model.replacements import DataSet, Replacement, from_json, to_json
from model.store import Store

GONGYI = "district_base|gongyi|industrial_va|central"
SHARE = "industry_mix|airport|electronics|share_pct"
SHOCK = "parameters|industry_shock_sd_electronics|p50"
CITY = "parameters|industrial_va_2019|p50"
WORDS = upload.Words(
    {
        "编号": "cell",
        "id": "cell",
        "新值": "value",
        "低值": "low",
        "高值": "high",
        "来源": "source",
    },
    ("不适用", "无"),
    {"亿元": ("亿",)},
)


def column(plan, code):
    return plan.axes.industries.index(code)


def row(plan, code):
    return plan.axes.districts.index(code)


def codes(error):
    return {fault.code for fault in error.value.faults}


# What a replacement changes


def test_every_number_of_the_tables_is_a_cell_with_a_name_of_its_own(plan):
    found = cells.cells(plan)
    assert len({one.id for one in found}) == len(found)
    filled = {"district_base": "central", "industry_mix": "share_pct", "observations": "value"}
    for table, name in filled.items():
        mine = [one.value for one in found if one.table == table and one.column == name]
        assert mine == [float(x) for x in plan.tables[table][name]]


def test_a_replaced_cell_is_what_the_model_runs_on(plan):
    own = model.with_replacements(plan, [Replacement(GONGYI, 250)], "统计局")
    assert own.base.value_added[row(plan, "gongyi")].sum() == pytest.approx(250)
    others = np.arange(len(plan.districts)) != row(plan, "gongyi")
    assert own.base.value_added[others] == pytest.approx(plan.base.value_added[others])
    found = cells.cell(own, GONGYI)
    assert (found.value, found.low, found.high, found.status) == (250, None, None, "bureau")
    assert own.source("bureau").title == "统计局"
    # An exact figure has no band left.
    assert np.ptp(own.base.value_added_band[row(plan, "gongyi")]) == 0


def test_the_shipped_plan_stays_as_it_was(plan):
    before = plan.base.value_added.copy()
    own = model.with_replacements(plan, [Replacement(GONGYI, 250)])
    assert (plan.base.value_added == before).all() and plan.data_set is None
    assert own.digest != plan.digest and own.version.startswith(f"{plan.version}+")
    assert own.shipped is plan
    assert model.with_replacements(own, []) is plan


def test_the_name_tells_no_figures_apart_and_the_figures_do(plan):
    one, two = (model.with_replacements(plan, [Replacement(GONGYI, x)]) for x in (250, 251))
    again = model.with_replacements(plan, [Replacement(GONGYI, 250)], "别名")
    assert one.digest != two.digest
    assert one.digest == again.digest and one.version == again.version


def test_the_other_shares_of_a_district_make_room_in_proportion(plan):
    own = model.with_replacements(plan, [Replacement(SHARE, 80)])
    place = row(plan, "airport")
    before, after = (x.base.value_added[place] for x in (plan, own))
    before, after = before / before.sum(), after / after.sum()
    k = column(plan, "electronics")
    assert after[k] == pytest.approx(0.8)
    rest = [i for i in range(len(before)) if i != k and before[i]]
    assert after[rest] / before[rest] == pytest.approx(0.2 / (1 - before[k]))
    assert own.base.value_added.sum() == pytest.approx(plan.base.value_added.sum())


def test_the_districts_add_up_to_a_city_total_that_is_given(plan):
    own = model.with_replacements(
        plan, [Replacement(CITY, 2100, 2050, 2150), Replacement(GONGYI, 250)]
    )
    assert own.base.value_added.sum() == pytest.approx(2100)
    assert own.base.value_added[row(plan, "gongyi")].sum() == pytest.approx(250)
    others = np.arange(len(plan.districts)) != row(plan, "gongyi")
    ratio = own.base.value_added[others].sum(axis=1) / plan.base.value_added[others].sum(axis=1)
    assert np.ptp(ratio) < 1e-9


def test_a_city_total_beside_all_its_districts_is_their_sum(plan):
    names = [f"district_base|{code}|industrial_va|central" for code in plan.axes.districts]
    whole = [Replacement(name, cells.cell(plan, name).value) for name in names]
    total = sum(one.value for one in whole)
    own = model.with_replacements(plan, [*whole, Replacement(CITY, total)])
    assert own.base.value_added == pytest.approx(plan.base.value_added, rel=1e-6)
    with pytest.raises(DataFaults) as error:
        model.with_replacements(plan, [*whole, Replacement(CITY, total + 100)])
    assert codes(error) == {"city_total"}


def test_the_city_total_follows_the_districts(plan):
    own = model.with_replacements(plan, [Replacement(GONGYI, 250)])
    ratio = own.base.value_added.sum() / plan.base.value_added.sum()
    for name in ("low", "mid", "high"):
        mine, shipped = (getattr(x.parameter("industrial_va_2019"), name) for x in (own, plan))
        assert mine / shipped == pytest.approx(ratio)


def test_rows_that_are_computed_are_computed_again(plan):
    own = model.with_replacements(plan, [Replacement(GONGYI, 250), Replacement(SHARE, 80)])
    shares = [one for one in cells.cells(own) if one.key[-1] == "industrial_va_share"]
    assert sum(one.value for one in shares) == pytest.approx(100, abs=0.1)
    assert shares[row(own, "gongyi")].value == pytest.approx(100 * 250 / 1935.7, abs=0.01)
    made = cells.cell(own, "district_base|airport|manufacturing_share|central").value
    outside = [k for k, i in enumerate(own.industries) if not i.is_manufacturing]
    mine = own.base.value_added[row(own, "airport")]
    assert made == pytest.approx(100 - 100 * mine[outside].sum() / mine.sum(), abs=0.05)


def test_a_row_whose_status_speaks_for_four_cells_turns_when_all_are_replaced(plan):
    weights = ("leading", "energy_intensive", "high_tech", "strategic_emerging")
    new = [Replacement(f"industries|vehicles|{name}_weight", 0.5) for name in weights]
    half = model.with_replacements(plan, new[:2])
    assert cells.cell(half, new[0].cell).status == "estimated"
    assert cells.cell(half, new[0].cell).value == 0.5
    assert cells.cell(model.with_replacements(plan, new), new[0].cell).status == "bureau"


def test_an_exact_parameter_has_no_spread_left(plan):
    own = model.with_replacements(plan, [Replacement("parameters|capital_elasticity|p50", 0.5)])
    scenario = plan.scenarios["plan"]
    before, after = (draws.drawn(x, scenario, 0, 128, 128, 1).values for x in (plan, own))
    assert np.ptp(before["capital_elasticity"]) > 0.1
    assert (after["capital_elasticity"] == 0.5).all()
    parameter = own.parameter("capital_elasticity")
    assert parameter.low == parameter.mid == parameter.high == 0.5


@pytest.mark.parametrize(
    "replacements, found",
    [
        ([Replacement(GONGYI, -1)], {"out_of_range"}),
        ([Replacement(GONGYI, 0)], {"not_positive"}),
        ([Replacement("district_base|gongyi|industrial_investment|central", 0)], {"not_positive"}),
        ([Replacement("industries|vehicles|energy_intensity_central", 0)], {"not_positive"}),
        ([Replacement("parameters|employment_trend|p50", 1e6)], {"no_result"}),
        ([Replacement("parameters|tech_upgrade_share_2019|p50", 0)], {"no_result"}),
        ([Replacement(GONGYI, 250, 260, 270)], {"not_ordered"}),
        ([Replacement(GONGYI, 250, 240)], {"half_range"}),
        ([Replacement(SHARE, 80, 70, 90)], {"no_range_here"}),
        ([Replacement(SHOCK, 0.07, 0.06, 0.08)], {"no_range_here"}),
        ([Replacement("parameters|gestation_stages_new|p50", 2.5)], {"not_whole"}),
        ([Replacement("nonsense", 1)], {"no_cell"}),
        ([Replacement("parameters|tfp_residual|p50", 0.03)], {"locked_scenario"}),
        ([Replacement("levers|completions|plan", 200)], {"locked_scenario"}),
        ([Replacement("targets|T01|value", 5)], {"locked_plan"}),
        ([Replacement("parameters|substitution_elasticity|p50", 0.7)], {"locked_unused"}),
        ([Replacement("parameters|depreciation|p50", 0.1)], {"locked_published"}),
        ([Replacement("district_base|gongyi|manufacturing_share|central", 90)],
         {"locked_computed"}),
        ([Replacement(SHARE, 80), Replacement("industry_mix|airport|pharma|share_pct", 40)],
         {"no_room"}),
        ([Replacement(CITY, 200), Replacement(GONGYI, 250)], {"city_total"}),
        ([Replacement("nonsense", 1), Replacement(GONGYI, -1), Replacement(SHARE, 180)],
         {"no_cell", "out_of_range"}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_as_a_whole(plan, replacements, found):
    with pytest.raises(DataFaults) as error:
        model.with_replacements(plan, replacements)
    assert codes(error) == found


def test_changes_list_what_was_replaced_and_what_follows(plan):
    own = model.with_replacements(plan, [Replacement(SHARE, 80)])
    found = {change.after.id: change for change in datasets.changes(plan, own)}
    assert found[SHARE].replaced and found[SHARE].before.value == 97
    follower = found["industry_mix|airport|pharma|share_pct"]
    assert not follower.replaced and follower.after.status == follower.before.status
    assert not any("gongyi|pharma" in cell for cell in found)


# What is kept


def test_a_data_set_comes_back_from_text_and_from_the_library(plan, tmp_path):
    chosen = DataSet("局供", (Replacement(SHARE, 80, source="市统计局"), Replacement(GONGYI, 0.1)))
    assert set(from_json(to_json(chosen.replacements))) == set(chosen.replacements)
    library = DataLibrary(plan.id, Store(f"sqlite:///{tmp_path}/a.sqlite"))
    assert library.list() == () and library.get(chosen.id) is None
    library.save(chosen)
    again = library.get(chosen.id)
    assert again.id == chosen.id and again.name == "局供"
    assert set(again.replacements) == set(chosen.replacements)
    other = library.save(DataSet("局供", (Replacement(GONGYI, 3),)))
    assert other.name == "局供 (2)"
    assert {one.name for one in library.list()} == {"局供", "局供 (2)"}
    assert library.save(DataSet("改名", chosen.replacements)).name == "改名"
    assert library.get(chosen.id).name == "改名" and len(library.list()) == 2
    assert library.delete(chosen.id) and library.get(chosen.id) is None
    with pytest.raises(ModelError) as error:
        library.save(DataSet(" ", chosen.replacements))
    assert error.value.code == "data_set_nameless"


@pytest.mark.parametrize("text", ["", "[", "{}", "[[1]]", '[["a","b",null,null,""]]', "[1,2]"])
def test_a_damaged_data_set_is_said(text):
    if text == "{}":
        assert from_json(text) == ()
        return
    with pytest.raises(ModelError) as error:
        from_json(text)
    assert error.value.code == "data_set_damaged"


# Numbers as offices write them


@pytest.mark.parametrize(
    "text, unit, value",
    [
        ("214.4", "亿元", 214.4),
        ("２１４．４", "亿元", 214.4),
        ("1,234,567.8", "亿元", 1234567.8),
        ("１，２３４", "亿元", 1234),
        ("1 234", "亿元", 1234),
        ("1\u00a0234", "亿元", 1234),
        ("214.4亿元", "亿元", 214.4),
        ("12.3%", "%", 12.3),
        ("１２．３％", "%", 12.3),
        ("12.3", "%", 12.3),
        ("12.3%", "fraction", 0.123),
        ("−3.5", "%", -3.5),
        ("－3.5", "%", -3.5),
        ("—3.5", "%", -3.5),
        ("+3.5", "%", 3.5),
        ("'007", "firms", 7),
        ("1e3", "亿元", 1000),
        ("  5 ", "亿元", 5),
        (".5", "亿元", 0.5),
        (7, "亿元", 7),
    ],
)
def test_a_number_is_read_as_it_is_meant(text, unit, value):
    assert number(text, unit) == value


@pytest.mark.parametrize("text", ["", " ", "　", "—", "——", "－", "-", "…", "/", "N/A", "不适用"])
def test_a_dash_is_no_figure(text):
    assert number(text, "亿元", none=("不适用",)) is None


def test_a_number_that_a_sheet_shows_as_per_cent_is_one():
    assert number(0.123, "%", percent=True) == 12.3
    assert number(0.123, "fraction", percent=True) == 0.123
    assert number(0.123, "%") == 0.123


@pytest.mark.parametrize(
    "text, unit, code",
    [
        ("约214", "亿元", "cell_not_a_number"),
        ("12.3%", "亿元", "cell_percent"),
        ("1,23", "亿元", "cell_grouping"),
        ("1.234,5", "亿元", "cell_grouping"),
        ("214万元", "亿元", "cell_not_a_number"),
        ("12 3", "亿元", "cell_not_a_number"),
        ("1e999", "亿元", "cell_infinite"),
        ("inf", "亿元", "cell_not_a_number"),
        ("nan", "亿元", "cell_not_a_number"),
        (float("nan"), "亿元", "cell_infinite"),
        (True, "亿元", "cell_truth"),
        ("#REF!", "亿元", "cell_not_a_number"),
        ("=A1*2", "亿元", "cell_not_a_number"),
    ],
)
def test_what_is_no_number_is_said(text, unit, code):
    with pytest.raises(ModelError) as error:
        number(text, unit)
    assert error.value.code == code


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_every_way_to_write_a_number_reads_the_same(value):
    value = round(value, 4)
    plain = f"{value:.4f}"
    wide = plain.translate({ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789.-"})
    ways = (plain, f"{value:,.4f}", wide, plain.replace("-", "−"), f" {plain} 亿元", repr(value))
    assert {number(way, "亿元") for way in ways} == {value}


@example(text=1.7e308, unit="%", percent=True)  # a hundred times as much is no number any more
@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.dates()),
       st.sampled_from(["亿元", "%", "fraction", ""]), st.booleans())  # fmt: skip
def test_any_cell_gives_a_number_nothing_or_a_fault(text, unit, percent):
    try:
        found = number(text, unit, percent)
    except ModelError:
        return
    assert found is None or math.isfinite(found)


# Filled templates

HEADER = ["编号", "项目", "新值", "低值", "高值", "来源"]


def as_csv(rows, encoding="utf-8-sig", delimiter=",", header=HEADER):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def as_xlsx(fill):
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    fill(book)
    book.close()
    return content.getvalue()


ROWS = [
    [GONGYI, "巩义市增加值", "２５０亿元", "", "", "市统计局"],
    [SHARE, "航空港区电子信息", "80％", "—", "不适用", ""],
    ["district_base|xinmi|industrial_va|central", "未填", "", "", "", ""],
]
WANTED = {Replacement(GONGYI, 250, source="市统计局"), Replacement(SHARE, 80)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_text_file_is_read_in_every_encoding_of_an_office(plan, encoding, delimiter):
    found = upload.read(plan, as_csv(ROWS, encoding, delimiter), WORDS)
    assert set(found.replacements) == WANTED


def test_a_workbook_with_merged_headings_per_cent_formats_and_titles_is_read(plan):
    def fill(book):
        sheet = book.add_worksheet("基年数")
        share = book.add_format({"num_format": "0.0%"})
        sheet.merge_range("A1:F1", "请各单位填报")
        sheet.merge_range("A3:A4", "编号")
        sheet.merge_range("B3:B4", "项目")
        sheet.merge_range("C3:E3", "填报数")
        sheet.merge_range("F3:F4", "来源")
        sheet.write_row("C4", ["新值", "低值", "高值"])
        sheet.write_row("A6", [GONGYI, "巩义", 250, None, None, "市统计局"])
        sheet.write_row("A7", [SHARE, "港区"])
        sheet.write_number("C7", 0.8, share)
        book.add_worksheet("说明").write("A1", "无需填写")

    found = upload.read(plan, as_xlsx(fill), WORDS)
    assert set(found.replacements) == WANTED
    assert found.places[SHARE] == ("基年数", 7)


def test_a_formula_counts_with_its_value_and_is_refused_without(plan):
    def fill(value):
        def write(book):
            sheet = book.add_worksheet("表")
            sheet.write_row("A1", HEADER)
            sheet.write("A2", GONGYI)
            sheet.write_formula("C2", "=125*2", None, value)

        return write

    found = upload.read(plan, as_xlsx(fill(250)), WORDS)
    assert found.replacements[0].value == 250
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append([GONGYI, "", "=125*2"])
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(DataFaults) as error:
        upload.read(plan, content.getvalue(), WORDS)
    assert codes(error) == {"cell_not_a_number"}


def test_all_faults_are_told_by_sheet_row_and_column(plan):
    rows = [
        [GONGYI, "", "约250", "低", "", ""],
        [SHARE, "", "180", "", "", ""],
        ["没有这一格", "", "1", "", "", ""],
        ["targets|T01|value", "", "5", "", "", ""],
        ["district_base|xinmi|industrial_va|central", "", "", "3", "", ""],
        [SHARE, "", "70", "", "", ""],
        ["", "", "12", "", "", ""],
    ]
    with pytest.raises(DataFaults) as error:
        upload.read(plan, as_csv(rows), WORDS)
    told = {(fault.row, fault.column, fault.code) for fault in error.value.faults}
    assert told == {
        (2, "新值", "cell_not_a_number"), (2, "低值", "cell_not_a_number"),
        (3, "新值", "out_of_range"), (4, "编号", "no_cell"), (5, "编号", "locked_plan"),
        (6, "新值", "range_without_value"), (7, "编号", "cell_twice"), (8, "编号", "no_cell"),
    }  # fmt: skip
    assert {fault.table for fault in error.value.faults} == {"CSV"}


def test_a_fault_of_the_plan_as_a_whole_names_the_row_of_the_file(plan):
    rows = [[SHARE, "", "80", "", "", ""],
            ["industry_mix|airport|pharma|share_pct", "", "40", "", "", ""]]  # fmt: skip
    reading = upload.read(plan, as_csv(rows), WORDS)
    with pytest.raises(DataFaults) as error:
        model.with_replacements(plan, reading.replacements)
    fault = upload.placed(plan, error.value, reading).faults[0]
    assert (fault.table, fault.row, fault.column) == ("CSV", 2, "新值")
    elsewhere = DataFaults("", [replace(fault, table="levers.csv", row=7)])
    assert upload.placed(plan, elsewhere, reading).faults == elsewhere.faults


def book(sheets):
    """Return a workbook of these sheets, each a list of rows; None hides one."""
    made = openpyxl.Workbook(write_only=True)
    for rows in sheets:
        sheet = made.create_sheet()
        sheet.sheet_state = "visible" if rows is not None else "hidden"
        for row in rows or [["hidden"]]:
            sheet.append(row)
    made.save(kept := io.BytesIO())
    return kept.getvalue()


def test_a_hidden_sheet_is_not_read_and_no_workbook_is_endless(plan):
    (seen,) = sent_file.opened(book([[["a", 1]], None]))
    ((_, cells),) = seen[1]
    assert [cell.value for cell in cells[:2]] == ["a", 1]
    rows = sent_file.MOST_ROWS + 1
    for sheets in ([[["a"]]] * (sent_file.MOST_SHEETS + 1), [[["a"]] * rows]):
        assert refused(plan, book(sheets)) == "upload_too_many"


def refused(plan, content):
    with pytest.raises(ModelError) as error:
        upload.read(plan, content, WORDS)
    return error.value.code


def zipped(parts, level=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", level) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_what_is_no_template_is_refused_with_a_reason(plan):
    assert refused(plan, b"") == "upload_empty"
    assert refused(plan, b"a" * (upload.LARGEST + 1)) == "upload_too_large"
    assert refused(plan, b"\xd0\xcf\x11\xe0" + b"\0" * 600) == "upload_old_excel"
    assert refused(plan, b"PK\x03\x04 nothing more") == "upload_unreadable"
    assert refused(plan, b"\x89PNG\r\n\x1a\n\x00\x00\x00") == "upload_unreadable"
    assert refused(plan, b"a,b\r\n1,2\r\n") == "upload_foreign"
    assert refused(plan, as_csv([[GONGYI, "", "", "", "", ""]])) == "upload_nothing"
    assert refused(plan, zipped({"a.txt": "b"})) == "upload_unreadable"
    assert refused(plan, as_csv([["x"] * 6] * 20_000)) == "upload_too_many"


def test_a_bomb_does_not_go_off(plan):
    zeros = b"\0" * (sent_file.LARGEST_INSIDE + 1)
    assert refused(plan, zipped({"xl/worksheets/sheet1.xml": zeros})) == "upload_bomb"
    good = as_xlsx(lambda book: book.add_worksheet().write_row("A1", HEADER))
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    head, body = sheet.split("<worksheet", 1)
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    parts["xl/worksheets/sheet1.xml"] = f"{head}{laughs}<worksheet{body}"
    assert refused(plan, zipped(parts)) == "upload_bomb"
    # A range that spans the whole sheet, and a cell at its far end.
    merged = sheet.replace("</sheetData>", "</sheetData><mergeCells count='1'>"
                           "<mergeCell ref='A1:XFD1048576'/></mergeCells>")  # fmt: skip
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    for text in (merged, sheet.replace("</sheetData>", far)):
        parts["xl/worksheets/sheet1.xml"] = text
        tracemalloc.start()
        assert refused(plan, zipped(parts)) in ("upload_nothing", "upload_too_many")
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert held < 1 << 24  # the sheet names 17 billion cells; none of them was laid out


def spoilt(content, seed):
    """Return a file with some bytes changed, cut off or doubled."""
    dice, data = random.Random(seed), bytearray(content)
    for _ in range(dice.randint(1, 12)):
        place = dice.randrange(len(data))
        match dice.randrange(3):
            case 0:
                data[place] = dice.randrange(256)
            case 1:
                del data[place : place + dice.randint(1, 40)]
            case _:
                data[place:place] = data[place : place + dice.randint(1, 40)]
    return bytes(data)


def accepts(plan, content):
    """Whether a file is read; anything but a ModelError escapes."""
    try:
        found = upload.read(plan, content, WORDS)
    except ModelError:
        return False
    assert found.replacements and all(math.isfinite(x.value) for x in found.replacements)
    return True


@settings(max_examples=60)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(plan, content):
    accepts(plan, content)
    accepts(plan, b"PK\x03\x04" + content)
    accepts(plan, as_csv(ROWS) + content)


def test_a_spoilt_file_is_read_or_refused(plan):
    def fill(book):
        sheet = book.add_worksheet("表")
        for k, line in enumerate([HEADER, *ROWS]):
            sheet.write_row(k, 0, line)

    whole = as_xlsx(fill)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert accepts(plan, whole)
    for seed in range(60):
        accepts(plan, spoilt(whole, seed))
        accepts(plan, spoilt(as_csv(ROWS, "gb18030"), seed))
        # Inside the archive, past its check sums.
        name = sorted(parts)[seed % len(parts)]
        accepts(plan, zipped(parts | {name: spoilt(parts[name], seed)}))
