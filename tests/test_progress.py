"""Where targets stand on a day, and what the page of the progress says of it."""

import itertools
import math
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import model
from model.assimilate import assimilate_what_fits
from model.ex_ante import ex_ante
from model.standing import (
    ANNEX,
    ahead,
    annex_target,
    district_pace,
    district_weights,
    growth_asked,
    published,
    standings,
    together,
)  # fmt: skip
from pages.views import (
    progress,
    progress_chart,
    progress_districts,
    progress_how,
    progress_learned,
    progress_table,
    targets,
)
from pages.views.texts import LANGUAGES, texts

PLAN = model.load_plan("zhengzhou_2020")


@pytest.fixture(scope="module")
def fan(plan):
    return model.ensemble(ex_ante(plan), plan.scenarios["plan"], draws=512)


@pytest.fixture(scope="module")
def prior(plan, fan):
    return progress_learned.forecast(plan, plan.scenarios["plan"], fan)


@pytest.fixture(scope="module", params=LANGUAGES)
def t(request):
    return texts(request.param)


def row(plan, **cells):
    return progress_table.completed(plan, cells)


def entered(plan, **cells):
    return model.entered(plan, [row(plan, **cells)])


def learned(plan, fan, figures):
    scenario = plan.scenarios["plan"]
    try:
        return progress_learned.learned(plan, scenario, model.assimilate(fan, figures))
    except model.Contradiction as error:
        return progress_learned.refused(error)


# Where the targets stand


@pytest.mark.parametrize("as_of", progress.dates(PLAN))
def test_nothing_is_known_before_its_release(plan, as_of):
    for figure in published(plan, as_of):
        assert figure.known_on <= date.fromisoformat(as_of)
    for figure in published(plan, as_of, estimated_dates=False):
        assert figure.basis != "inferred"


def test_what_is_known_only_grows(plan):
    sets = [set(published(plan, as_of)) for as_of in progress.dates(PLAN)]
    assert all(one <= other for one, other in itertools.pairwise(sets))


def test_the_first_quarter_leaves_the_growth_of_the_closed_form(plan):
    """(1.07 - 0.897 W) / (1 - W) - 1 with the weight W of the first quarter."""
    found = {s.target: s for s in standings(plan, published(plan, "2020-04-30"))}
    held = found["T01"].pace
    weight = held.seasonal
    assert held.actual == -10.3 and held.status == "behind"
    assert held.needed == pytest.approx(100 * ((1.07 - 0.897 * weight) / (1 - weight) - 1))


def test_an_even_course_ends_at_the_target(plan):
    for as_of in ("2020-04-14", "2020-07-31", "2020-12-31"):
        for standing in standings(plan, published(plan, as_of)):
            course = list(ahead(plan, standing))
            if course:
                assert course[0] == pytest.approx((standing.pace.through, standing.pace.actual))
                assert course[-1] == pytest.approx((12, standing.aim))


def test_the_amount_of_investment_is_held_as_growth_on_the_base(plan):
    growth = growth_asked(plan, "T04")
    assert float(plan.base.investment.sum()) * (1 + growth / 100) == pytest.approx(700)
    found = {s.target: s for s in standings(plan, published(plan, "2020-12-31"))}
    assert found["T04"].on_base and found["T04"].aim == growth
    assert found["T04"].pace.status == "ahead"  # 19.2 % against some 13 %


def test_the_latest_month_counts_and_of_two_releases_the_later(plan):
    figures = published(plan, "2020-12-31")
    found = {s.target: s for s in standings(plan, figures)}
    assert found["T01"].figure.observation.period_end == "2020-11"
    assert found["T06"].pace.actual == 182 and found["T06"].pace.status == "done"


def test_a_single_month_gives_no_pace(plan):
    figures = entered(plan, indicator="industrial_va_growth", measure="yoy_month",
                      period_end="2020-05", value="7.5")  # fmt: skip
    assert standings(plan, figures) == ()


def test_only_what_a_target_asks_of_the_first_year_is_held_against_it(plan):
    """Not what Annex 1 does not ask of a district, nor a figure that runs into the next year."""
    (asked,) = entered(plan, indicator="industrial_va_growth", period_end="2020-06", value="5",
                       geography="gongyi")  # fmt: skip
    assert [s.place for s in standings(plan, (asked,))] == ["gongyi"]
    for changes in ({"indicator": "tech_upgrade_investment_growth"}, {"period_end": "2021-06"}):
        other = replace(asked, observation=replace(asked.observation, **changes))
        assert standings(plan, (other,)) == ()
    with pytest.raises(model.ModelError, match="'atlantis' is not a known district"):
        annex_target(plan, "atlantis", "industrial_va_growth")


def test_the_user_figure_takes_the_place_of_the_published_one(plan):
    own = entered(plan, indicator="industrial_va_growth", period_end="2020-03", value="-9.9")
    day = date(2020, 4, 30)
    both = together(published(plan, "2020-04-30"), own, day)
    through_march = [k for k in both if k.observation.indicator == "industrial_va_growth"
                     and k.observation.period_end == "2020-03"]  # fmt: skip
    assert [k.observation.value for k in through_march] == [-9.9]


def test_an_entered_figure_counts_from_its_release_only(plan):
    own = entered(plan, indicator="industrial_va_growth", period_end="2020-05", value="-2")
    assert together((), own, date(2020, 6, 24)) == ()
    assert together((), own, date(2020, 6, 25)) == own


def test_districts_can_be_held_against_the_annex_where_no_target_has_their_pace(plan):
    other = replace(plan, targets=tuple(replace(t, pace="stock") for t in plan.targets))
    for indicator in ANNEX:
        given_ = ("gongyi", indicator, 9, 6)
        assert district_pace(other, *given_) == district_pace(plan, *given_)


@pytest.mark.parametrize("indicator", ANNEX)
def test_a_district_on_its_target_has_only_the_target_left(plan, indicator):
    for annex in plan.annex:
        aim = getattr(annex, ANNEX[indicator])
        held = district_pace(plan, annex.district, indicator, aim, 6)
        assert held.needed == pytest.approx(aim) and held.status == "ahead"


def test_a_district_needs_what_its_own_months_leave(plan):
    held = district_pace(plan, "airport", "industrial_va_growth", -5, 6)
    aim = next(a for a in plan.annex if a.district == "airport").industrial_va_growth_pct
    weight = district_weights(plan, "airport", "industrial_va_growth")[:6].sum()
    assert weight * -5 + (1 - weight) * held.needed == pytest.approx(aim)
    assert district_weights(plan, "airport", "industrial_va_growth").sum() == pytest.approx(1)


def test_a_figure_of_a_district_within_the_year_narrows_its_forecast_and_the_city_s(plan, t):
    own = entered(plan, geography="gongyi", indicator="industrial_va_growth",
                  period_end="2020-06", value="4.2")  # fmt: skip
    scenario = plan.scenarios["plan"]
    places = progress.places(own, plan)
    assert places == ("zhengzhou", "gongyi")
    fan = model.ensemble(ex_ante(plan), scenario, draws=512, follow=places[1:])
    before, after = progress_learned.forecast(plan, scenario, fan), learned(plan, fan, own)
    wide = {}
    for place in places:
        for name, made in (("before", before), ("after", after.forecast)):
            ends = made.growth[place, "industrial_va_growth"][-1]
            wide[place, name] = ends[-1] - ends[0]
    assert wide["gongyi", "after"] < 0.8 * wide["gongyi", "before"]
    assert wide["zhengzhou", "after"] < wide["zhengzhou", "before"]
    (standing,) = standings(plan, own)
    assert standing.place == "gongyi" and standing.aim == 7.5
    table = progress_districts.table_html(plan, [standing], t, before, after)
    chance = after.forecast.chances["gongyi", "industrial_va_growth"]
    assert "4.2%" in table and f"{100 * chance:.0f}%" in table
    said = progress.headline(plan, "industrial_va_growth", "2020-07-31", own, standing, t, "gongyi")
    said += progress.chance_sentence(plan, "industrial_va_growth", before, after, t, "gongyi")
    assert progress.place("gongyi", plan, t) in said and "7.5%" in said
    assert f"{100 * chance:.0f}%" in said
    goal = progress.goal(plan, "industrial_va_growth", t, "gongyi")
    drawn = progress_chart.tables(plan, "industrial_va_growth", before, after, own, standing, goal,
                                  t, "gongyi")  # fmt: skip
    assert goal[1] == 7.5 and drawn["points"]["value"] == [4.2]
    assert drawn["after"]["p95"][-1] - drawn["after"]["p05"][-1] == pytest.approx(
        100 * wide["gongyi", "after"]
    )
    assert math.isnan(progress.goal(plan, "tech_upgrade_investment_growth", t, "gongyi")[1])


def test_a_district_that_is_not_followed_teaches_nothing_and_says_why(plan, fan, t):
    own = entered(plan, geography="gongyi", indicator="industrial_va_growth",
                  period_end="2020-06", value="1.2")  # fmt: skip
    found = learned(plan, fan, own)
    assert found.method == "prior" and found.unused[0][1] == "district_month"
    assert t("progress.why_district_month") in progress_how.method_html(plan, found, t)


# Sentences and tables


def test_the_sentence_says_the_numbers_of_the_table(plan, fan, prior, t):
    figures = published(plan, "2020-04-30")
    found = standings(plan, figures)
    after = learned(plan, fan, figures)
    standing = next(s for s in found if s.target == "T01")
    said = progress.headline(plan, "industrial_va_growth", "2020-04-30", figures, standing, t)
    said += progress.chance_sentence(plan, "industrial_va_growth", prior, after, t)
    table = progress.stands_html(plan, found, prior, after, t)
    first = table[table.index('data-target="T01"') : table.index('data-target="T02"')]
    for number in re.findall(r"<b>[^<]*?([\d.]+%)</b>", said):
        assert number in first
    assert "10.3%" in said and "11.7%" in said


def test_a_chance_that_the_record_does_not_carry_is_called_indicative(plan, fan, prior, t):
    """The record carries the chances of value added and of investment after learning, no other."""
    after = learned(plan, fan, published(plan, "2020-04-30"))
    for series, id in progress.series(plan).items():
        why = targets.thin(after.forecast.verdicts[id], t)
        said = progress.chance_sentence(plan, series, prior, after, t)
        assert (t("progress.chance_thin", why=why) in said) == bool(why)
    assert not targets.thin(after.forecast.verdicts["T01"], t)
    assert not targets.thin(after.forecast.verdicts["T04"], t)
    few = targets.thin(after.forecast.verdicts["T05"], t)
    table = progress.stands_html(
        plan, standings(plan, published(plan, "2020-04-30")), prior, after, t
    )
    held = [v for v in after.forecast.verdicts.values() if v.supported]
    assert len(held) == 2 and few and few in table


def test_every_day_and_series_has_a_sentence(plan, prior, t):
    for as_of in progress.dates(PLAN):
        figures = published(plan, as_of)
        found = {s.target: s for s in standings(plan, figures)}
        for series, id in progress.series(plan).items():
            said = progress.headline(plan, series, as_of, figures, found.get(id), t)
            assert progress.day(as_of, t) in said


def test_an_inferred_day_is_marked(plan, prior, t):
    early = standings(plan, published(plan, "2020-04-30"))
    assert t("progress.basis_inferred") in progress.stands_html(plan, early, prior, None, t)
    assert not standings(plan, published(plan, "2020-04-30", estimated_dates=False))


def test_a_contradiction_is_said_with_its_numbers(plan, fan, t):
    figures = entered(plan, indicator="industrial_va_growth", period_end="2020-04", value="45.3")
    found = learned(plan, fan, figures)
    assert found.contradicted and found.forecast is None
    said = progress.contradiction(plan, found, t)
    worst = found.worst
    assert "+45.3%" in said and f"{worst.implausibility:.1f}" in said
    far = entered(plan, geography="gongyi", indicator="industrial_va_growth", period_end="2020-12",
                  measure="yoy_year", value="90")  # fmt: skip
    said = progress.contradiction(plan, learned(plan, fan, far), t)
    assert progress.place("gongyi", plan, t) in said and "+90.0%" in said


def test_a_series_left_out_is_named(plan, fan, t):
    wrong = entered(plan, indicator="industrial_investment_growth", period_end="2020-04",
                    value="400")  # fmt: skip
    now, left_out = assimilate_what_fits(fan, (*published(plan, "2020-04-14"), *wrong))
    found = progress_learned.learned(plan, plan.scenarios["plan"], now, left_out)
    said = progress_how.method_html(plan, found, t)
    assert progress.indicator("industrial_investment_growth", t) in said


def test_every_figure_that_taught_stands_in_the_checks(plan, fan, t):
    found = learned(plan, fan, published(plan, "2020-09-30"))
    html = progress_how.checks_html(plan, found, t)
    assert html.count('<th scope="row">') == len(found.checks) >= 8


def test_learning_narrows_the_end_of_the_year(plan, fan, prior):
    found = learned(plan, fan, published(plan, "2020-07-31"))
    city = "zhengzhou", "industrial_va_growth"
    before, after = (f.growth[city][-1] for f in (prior, found.forecast))
    assert after[-1] - after[0] < before[-1] - before[0]


# The chart


def test_the_chart_is_the_same_whatever_is_known(plan, fan, prior, t):
    spec = progress_chart.months(t, "industrial_va_growth")
    assert spec is progress_chart.months(t, "industrial_va_growth")
    goal = progress.goal(plan, "industrial_va_growth", t)
    empty = progress_chart.tables(plan, "industrial_va_growth", None, None, (), None, goal, t)
    figures = published(plan, "2020-04-30")
    standing = standings(plan, figures)[0]
    full = progress_chart.tables(plan, "industrial_va_growth", prior, learned(plan, fan, figures),
                                 progress.of_series(figures, plan, "industrial_va_growth"),
                                 standing, goal, t)  # fmt: skip
    assert empty.keys() == full.keys()
    assert {k: set(v) for k, v in empty.items()} == {k: set(v) for k, v in full.items()}
    assert full["points"]["value"] == [-23.0, -10.3]
    assert full["points"]["basis"] == ["inferred", "inferred"]
    low, high = full["axis"]["value"]
    assert low <= np.min(full["before"]["p05"]) and np.max(full["after"]["p95"]) <= high


# The table of months


HEAD = "指标,截至月份,数值\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("written", ["4月", "2020-04", "2020年4月", "202004", "1—4月", "2020/4"])
def test_months_as_offices_write_them(plan, encoding, written):
    content = f"{HEAD}规上工业增加值增速,{written},－6.6%\n".encode(encoding)
    rows, lines = progress_table.read(plan, content)
    (figure,) = model.entered(plan, rows)
    assert lines == [2]
    assert figure.observation.period_end == "2020-04" and figure.observation.value == -6.6
    assert figure.known_on == date(2020, 5, 25) and figure.half_digit == 0.05


def test_cells_copied_from_a_spreadsheet_are_read(plan):
    content = (
        "Place\tIndicator\tThrough month\tValue\nGongyi\tGrowth of industrial value added\t6\t1.2"
    )
    rows, _ = progress_table.read(plan, content.encode())
    assert rows[0]["geography"] == "gongyi" and rows[0]["period_end"] == "2020-06"


def test_all_faults_are_said_at_once_by_row_and_column(plan, t):
    content = (
        "地区,指标,截至月份,数值,发布日期\n"
        "洛阳,规上工业增加值增速,4月,1\n"
        ",规上工业增加值增速,5月,\n"
        ",钢产量,13月,多\n"
        ",规上工业增加值增速,1月,2\n"
        ",签约项目（个）,6月,-3,昨天\n"
        ",规上工业增加值增速,2月,3\n"
        ",规上工业增加值增速,2月,4\n"
    )
    rows, lines = progress_table.read(plan, content.encode())
    assert lines == [2, 4, 5, 6, 7, 8]
    with pytest.raises(model.DataFaults) as faults:
        model.entered(plan, rows)
    said = progress_table.fault_lines(faults.value, lines, t)
    assert len(said) == len(faults.value.faults)
    places = [(lines[f.row - 1], f.column) for f in faults.value.faults]
    assert places == [
        (2, "geography"), (4, "indicator"), (4, "period_end"), (4, "value"), (5, "period_end"),
        (6, "value"), (6, "released_on"), (8, ""),
    ]  # fmt: skip
    assert all(str(line) in text for (line, _), text in zip(places, said, strict=True))


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", "指标,数值\nx,1\n".encode(), b"\xff\xfe\x00\xff"]
)
def test_what_is_no_table_of_months_is_refused(plan, content):
    with pytest.raises(model.ModelError) as error:
        progress_table.read(plan, content)
    assert error.value.code == "no_months"


def test_the_download_is_read_back_as_it_was(plan, t):
    rows = [progress_table.row_of(k) for k in published(plan, "2021-02-28")]
    again, _ = progress_table.read(plan, progress_table.to_csv(rows, t))
    assert len(again) == len(rows) >= 20
    assert all(map(progress_table.same, again, rows))


def test_published_figures_can_be_entered_as_they_stand(plan):
    """What the grid shows is accepted by the engine, so that any row of it can be changed."""
    found = published(plan, "2021-02-28")
    again = model.entered(plan, [progress_table.row_of(k) for k in found])
    assert [k.key for k in again] == [k.key for k in found]
    assert [k.known_on for k in again] == [k.known_on for k in found]
