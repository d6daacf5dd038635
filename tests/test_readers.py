"""Every table that somebody sends is read alike: the same numbers, the same ways to save a file."""

import re

import pytest

import model
from model.replacements import Replacement, from_json, to_json
from model.scenario_table import read_table
from model.sent_text import clean
from pages.views import progress_table
from pages.views import register_actuals as actuals
from pages.views.texts import LANGUAGES, texts


def in_months(plan, cell):
    content = f'指标\t截至月份\t数值\n签约项目（个）\t6月\t"{cell}"\n'
    rows, _ = progress_table.read(plan, content.encode())
    [figure] = model.entered(plan, rows)
    return figure.observation.value


def in_scenarios(plan, cell):
    [scenario] = read_table(plan, f'name,contracts_signed\na,"{cell}"\n'.encode())
    return scenario.value("contracts_signed")


def in_actuals(plan, cell):
    read, refused = actuals.from_csv(
        plan, f'id,actual,month\nT06,"{cell}",6\n'.encode(), texts("zh")
    )
    if refused:
        raise model.ModelError("; ".join(refused), code="refused")
    return read["T06"][0]


READERS = [in_months, in_scenarios, in_actuals]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("cell", ["1200", "1,200", "１，２００", "1 200", "1200.0"])
def test_a_number_means_the_same_in_every_table(plan, reader, cell):
    assert reader(plan, cell) == 1200


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("cell", ["1200,5", "1，2", "1_200", "12%", "约1200", "1,20,0"])
def test_what_may_mean_two_things_is_refused_by_every_table(plan, reader, cell):
    """A decimal comma is not a thousands separator, and a count has no per cent."""
    with pytest.raises(model.ModelError):
        reader(plan, cell)


def test_a_per_cent_sign_stands_where_the_unit_is_per_cent(plan):
    [scenario] = read_table(plan, b"name,rd_intensity\na,2.5%\n")
    read, refused = actuals.from_csv(plan, b"id,actual,month\nT01,6.1%,12\n", texts("zh"))
    assert scenario.value("rd_intensity") == 2.5
    assert read == {"T01": (6.1, 12)} and not refused


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_number_is_said_with_the_remedy(plan, language):
    t = texts(language)
    _, [said] = actuals.from_csv(plan, 'id,actual,month\nT01,"6，1",12\n'.encode(), t)
    assert t.error("cell_grouping", {"given": "6，1"}) in said
    rows, lines = progress_table.read(
        plan, "指标,截至月份,数值\n规上工业增加值增速,6月,6，1".encode()
    )
    with pytest.raises(model.DataFaults) as faults:
        model.entered(plan, rows)
    assert t.error("cell_grouping", {"given": "6,1"}) in progress_table.fault_lines(
        faults.value, lines, t
    )[0]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_tables_survive_the_ways_in_which_a_spreadsheet_saves_them(plan, encoding, mark):
    """Chinese Excel saves CSV as GB18030 and "Unicode text" as UTF-16 with tabs."""
    given = {"T01": (-10.3, 3), "T06": (182.0, 11)}
    content = actuals.to_csv(plan, given).decode("utf-8-sig").replace(",", mark)
    assert actuals.from_csv(plan, content.encode(encoding), texts("zh")) == (given, [])
    content = f"name{mark}start{mark}completions\r\n加力{mark}plan{mark}240\r\n"
    [scenario] = read_table(plan, content.encode(encoding))
    assert (scenario.id, scenario.value("completions")) == ("加力", 240)


def test_names_and_notes_hold_only_what_an_office_file_can_hold():
    """XML 1.0 names the characters that it takes; files of Word and Excel are XML."""
    everything = "".join(map(chr, range(0x110000)))
    for lines in (False, True):
        kept = clean(everything, len(everything), lines=lines)
        assert not re.search("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", kept)
        assert {"甲", "𠮷", "é"} <= set(kept)


@pytest.mark.parametrize("source", ["局\uffff", "局\x00", "局\u202e"])
def test_a_source_that_no_office_file_can_hold_comes_from_no_template(source):
    with pytest.raises(model.ModelError) as error:
        from_json(to_json((Replacement("a|b", 1.0, source=source),)))
    assert error.value.code == "data_set_damaged"
