"""The register against the plan's text: every number is a target or excluded with a reason."""

import re
import types

import pytest

import model
from model import exclusions, numbers
from model.wording import ANYWHERE, bare, places
from pages.views import numbers as said_numbers
from pages.views import register, targets
from pages.views import register_actuals as actuals
from pages.views import register_detail as detail
from pages.views.export import brief
from pages.views.texts import LANGUAGES, texts

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


def test_the_responsible_units_are_those_printed_under_the_clause(plan):
    text = places(plan)
    for target in plan.targets:
        printed = re.search(r"责任单位[：:](.*)$", text[target.clause])
        named = re.split(r"[、，](?![^（]*）)", printed[1]) if printed else []
        assert list(target.responsible_units) == named, target.id


# The register on the page


@pytest.fixture(scope="module")
def verdicts(plan):
    scenario = plan.scenarios["plan"]
    return model.assess(plan, scenario, model.ensemble(plan, scenario, 256))


@pytest.fixture(scope="module", params=LANGUAGES)
def t(request):
    return texts(request.param)


def test_every_target_has_a_row_in_its_section(plan, verdicts, t):
    html = register.table_html(register.rows(plan, verdicts, {}), plan, "T05", t)
    assert sorted(re.findall(r'<tr data-id="(T\d\d)"', html)) == [x.id for x in plan.targets]
    assert html.count('scope="rowgroup"') == len(register.sections(plan)) == 9
    assert html.count("aria-current") == 1


def test_clauses_stand_in_their_order(plan, verdicts):
    found = [
        r.target.clause for r in register.rows(plan, verdicts, {}) if r.target.clause.isdigit()
    ]
    assert found == sorted(found, key=int)


def test_the_summary_counts_every_target_once(plan, verdicts):
    """Of 78: 11 with an indicator, 9 with a lever, the rest tracked."""
    said = register.summary(register.rows(plan, verdicts, {}), texts("zh"))
    kinds = [sum(x.kind == kind for x in plan.targets) for kind in register.KINDS]
    assert kinds == [11, 9, 58] and sum(kinds) == 78
    for text in ("78项", "可推演 11", "自行设定 9", "跟踪实绩 58（已填 0）"):
        assert text in said


def test_an_actual_gives_a_tracked_target_its_status(plan, verdicts):
    found = {r.target.id: r for r in register.rows(plan, verdicts, {"T23": (216, 12)})}
    assert found["T23"].status == "done"
    assert found["T24"].status == "tracked"
    assert "216" in register.figure(found["T23"], texts("zh"))[0]
    assert "6个" in register.gap(found["T23"], texts("zh"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_register_detail_and_paper_say_the_same_of_a_gap_and_of_a_setting(plan, verdicts, language):
    """Also where less is better, and of a lever, which stands as it was set."""
    t = texts(language)
    board = brief.board(plan, types.SimpleNamespace(verdicts=verdicts), t)
    lines = {told[1]: told for told in board.itertuples()}
    for row in register.rows(plan, verdicts, {}):
        verdict, told = row.verdict, lines[row.target.id]
        if verdict.gap is None:
            continue
        said = targets.gap_text(row.target, verdict.gap, t)
        assert register.gap(row, t) == told[7] == said
        if round(verdict.gap, 1):
            higher = verdict.forecast > row.target.value
            word = "above" if higher else "below"
            assert t(f"target.gap_{word}", gap="@").split("@")[0] in said, row.target.id
            assert t(f"target.gap_{word}", gap="@").split("@")[1] in said, row.target.id
        if row.target.kind == "lever":
            exact = said_numbers.exact(verdict.forecast, row.target.unit, t)
            assert register.figure(row, t)[0] == told[5] == exact


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"section": "goals"}, [f"T{n:02d}" for n in range(1, 14)]),
        ({"unit": "市审计局"}, ["T57"]),
        ({"search": "刚玉"}, ["T17"]),
        ({"search": "CLOUD"}, ["T28", "T29"]),
        ({"status": "lever", "section": "factors"}, ["T63"]),
        ({"section": "goals", "search": "刚玉"}, []),
    ],
)
def test_filters_leave_what_fits(plan, verdicts, asked, expected):
    found = register.chosen(register.rows(plan, verdicts, {}), **asked)
    assert sorted(row.target.id for row in found) == expected


def test_units_come_by_the_number_of_their_targets(plan):
    units = register.units(plan)
    counts = [sum(unit in x.responsible_units for x in plan.targets) for unit in units]
    assert counts == sorted(counts, reverse=True)
    assert len(set(units)) == len(units)


def test_the_levers_named_are_those_that_move_most(plan, verdicts, t):
    rows = {r.target.id: r for r in register.rows(plan, verdicts, {})}
    power = model.lever_power(plan, plan.scenarios["plan"])
    for id in ("T01", "T05", "T13", "T19"):
        effects = power.effects(plan.target(id).indicator, 2020)
        named = detail.movers(rows[id], effects)
        rest = [abs(e.change) for e in effects if e not in named]
        assert 1 <= len(named) <= 3
        assert min(abs(e.change) for e in named) >= max(rest)
        for effect in named:
            helps = effect.change > 0 if id != "T19" else effect.change < 0
            assert ("▲" if helps else "▼") in detail.mover_html(plan, rows[id], effect, t)


def test_every_target_can_be_shown_with_any_actual(plan, verdicts, t):
    for x in plan.targets:
        for value, month in ((x.value, 6), (x.value, 12), (0.5 * x.value, 7), (0.5 * x.value, 12)):
            row = next(
                r for r in register.rows(plan, verdicts, {x.id: (value, month)}) if r.target is x
            )
            html = detail.head_html(row, t) + detail.expected_html(row, t)
            html += detail.pace_html(row, t) + detail.outcome_html(plan, row, t)
            assert "{" not in html and "None" not in html


def test_pace_is_said_with_its_arithmetic(plan, verdicts):
    """91 of 100 by October: 91.0 % against 83.3 %, 7.7 points ahead, 4.5 a month left."""
    rows = register.rows(plan, verdicts, {"T06": (91, 10)})
    html = detail.pace_html(next(r for r in rows if r.target.id == "T06"), texts("zh"))
    for text in ("91.0%", "83.3%", "+7.7个百分点", "4.5个"):
        assert text in html


def test_investment_is_said_by_its_season_and_by_the_calendar(plan, verdicts):
    """105 of 700 by March is 15 %; 14 % is usual by season, 25 % by months."""
    rows = register.rows(plan, verdicts, {"T04": (105, 3)})
    html = detail.pace_html(next(r for r in rows if r.target.id == "T04"), texts("zh"))
    for text in ("15.0%", "14.0%", "25.0%"):
        assert text in html


def test_the_page_says_how_many_numbers_the_text_has(plan, t):
    said = detail.completeness(plan, t)
    found = numbers(plan)
    for count in (len(found), len(exclusions(plan)), 64):
        assert str(count) in said
    table = detail.exclusions_html(plan, t)
    assert not re.search(r"<tr><td>[一二三四]\(", table)
    assert table.count("<tr>") == 1 + len(exclusions(plan))


# Actuals as a file


def test_actuals_return_from_their_file(plan):
    given = {"T01": (-10.3, 3), "T06": (182.0, 11), "T59": (0.1, 1)}
    read, refused = actuals.from_csv(plan, actuals.to_csv(plan, given), texts("zh"))
    assert read == given and refused == []


def test_a_file_names_every_target_once(plan):
    lines = actuals.to_csv(plan, {}).decode("utf-8-sig").splitlines()
    assert len(lines) == 79 and lines[0].startswith("id,actual,month")


def test_rows_that_cannot_be_are_refused_one_by_one(plan, t):
    content = "id,actual,month\nT06,91,10\nT99,5,6\nT22,140,6\nT07,many,6\nT01,5,1\nT08,30,\n"
    read, refused = actuals.from_csv(plan, content.encode(), t)
    assert read == {"T06": (91, 10), "T08": (30, 12)}
    assert len(refused) == 4
    assert [re.search(r"\d+", line).group() for line in refused] == ["3", "4", "5", "6"]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", "编号,数".encode("gbk"), b"\x00\xff"])
def test_a_file_of_another_kind_is_refused_whole(plan, t, content):
    read, refused = actuals.from_csv(plan, content, t)
    assert read == {} and len(refused) == 1


def test_published_actuals_are_those_of_the_outcomes(plan):
    found = actuals.published(plan)
    assert found["T01"] == (6.1, 12) and found["T06"] == (182, 11)
    assert set(found) == {o.target_id for o in plan.outcomes if o.value is not None}
    for id, (value, month) in found.items():
        model.pace(plan, id, value, month)
