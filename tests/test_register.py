"""The register against the plan's text: every number is a target or excluded with a reason."""

import re

import pytest

from model import exclusions, numbers
from model.wording import ANYWHERE, bare, places

FULL_COVERAGE = {"T29", "T72"}
"""全覆盖: a target of 100 % written without a numeral."""

ENDS = {"T31", "T32", "T40", "T44", "T58", "T71"}
"""Targets written as a range: two numbers each."""


@pytest.fixture(scope="module")
def found(plan):
    return numbers(plan)


def test_every_number_is_a_target_or_excluded_with_a_reason(found):
    assert len(found) > 150
    assert [(n.place, n.around) for n in found if not n.accounted_for] == []


def test_every_target_stands_in_the_text_once_a_range_with_both_ends(plan, found):
    said = [n.target for n in found if n.target]
    for target in plan.targets:
        times = 0 if target.id in FULL_COVERAGE else 2 if target.id in ENDS else 1
        assert said.count(target.id) == times, target.id


def test_no_exclusion_is_idle(plan, found):
    used = {n.exclusion for n in found}
    assert [e.phrase for e in exclusions(plan) if e not in used] == []


def test_a_phrase_stands_where_the_table_says(plan):
    text = places(plan)
    for item in exclusions(plan):
        where = text.values() if item.place == ANYWHERE else [text[item.place]]
        assert any(bare(item.phrase) in part for part in where), item
        assert item.reason_zh and item.reason_en


def test_all_49_clauses_and_three_closing_sections_were_read(plan):
    read = list(places(plan))
    assert [place for place in read if place.isdigit()] == [str(n) for n in range(1, 50)]
    assert [place for place in read if place.startswith("二(")] == [
        f"二({n})" for n in "一二三四五"
    ]
    assert [p for p in read if p.startswith("三(")] == [f"三({n})" for n in "一二三四五六七八"]
    assert [place for place in read if place.startswith("四(")] == [f"四({n})" for n in "一二三"]


def test_a_number_that_nobody_has_seen_is_found(plan, tmp_path):
    """Eleven new plants in clause 24, where the register has nothing."""
    from model.plan import load_plan
    from tests.test_data import Folder

    folder = Folder(tmp_path / "city")
    folder.edit("plan_zh.txt", "完善网络基础设施", "新建11座、十二个机房，完善网络基础设施")
    missing = [n for n in numbers(load_plan(folder.path)) if not n.accounted_for]
    assert [(n.place, n.text) for n in missing] == [("24", "11"), ("24", "十二")]


def test_a_target_with_another_value_no_longer_accounts_for_its_number(plan, tmp_path):
    from model.plan import load_plan
    from tests.test_data import Folder

    folder = Folder(tmp_path / "city")
    folder.put("targets.csv", folder.row("targets.csv", "T30"), "value", "1200")
    missing = [n for n in numbers(load_plan(folder.path)) if not n.accounted_for]
    assert [(n.place, n.text) for n in missing] == [("19", "1000")]


def test_annex_1_is_the_printed_table(plan):
    """Sixteen rows of four numbers, in the order and with the names of the print."""
    text = (plan.folder / "plan_zh.txt").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line.count("\t") == 4]
    printed = [tuple(map(float, row[1:])) for row in rows if re.match(r"\d", row[1])]
    given = [
        (
            row.industrial_va_growth_pct,
            row.manufacturing_va_growth_pct,
            row.new_above_scale_firms,
            row.industrial_investment_growth_pct,
        )
        for row in plan.annex
    ]
    assert len(printed) == 16 and given == printed
    assert [row[0] for row in rows if re.match(r"\d", row[1])] == [
        d.name_zh for d in plan.districts
    ]
