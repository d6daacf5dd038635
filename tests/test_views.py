"""How results look: numbers, sentences, charts and links, without Streamlit."""

import ast
import contextlib
import json
import re
import tomllib
from pathlib import Path

import altair
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from hypothesis import assume, given
from hypothesis import strategies as st

import model
from pages.parts import link
from pages.views import (
    charts,
    district_charts,
    districts,
    drawing,
    fonts,
    frames,
    method,
    numbers,
    overview,
    tables,
    targets,
)
from pages.views.export import exhibit
from pages.views.summary import PROBABILITIES, summarise
from pages.views.texts import FOLDER, LANGUAGES, texts

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path for path in (ROOT / "pages").glob("*.py") if path.name != "__init__.py")


@pytest.fixture(scope="module", params=LANGUAGES)
def t(request):
    return texts(request.param)


@pytest.fixture(scope="module")
def summaries(plan):
    """Two scenarios that differ in everything that is drawn."""
    found = {}
    for name in ("plan", "status_quo"):
        scenario = model.load_scenario(plan, name)
        fan = model.ensemble(plan, scenario, draws=256)
        found[name] = summarise(plan, scenario, fan)
    return found


@pytest.fixture(scope="module")
def runs(plan):
    names = ("status_quo", "plan", "ambitious")
    return {name: model.simulate(plan, model.load_scenario(plan, name)) for name in names}


# Words


CHINESE_ONLY = "equations.toml"
"""The English of the equations is their docstrings (tests/test_method.py)."""


def test_both_languages_have_the_same_keys():
    files = [sorted(path.name for path in (FOLDER / name).glob("*.toml")) for name in LANGUAGES]
    files[0].remove(CHINESE_ONLY)
    assert files[0] == files[1]
    for file in files[0]:
        both = [tomllib.loads((FOLDER / name / file).read_text("utf-8")) for name in LANGUAGES]
        keys = [{f"{a}.{b}" for a, part in table.items() for b in part} for table in both]
        assert keys[0] == keys[1], file


def test_both_languages_fill_in_the_same_values():
    zh, en = (dict(texts(name).entries) for name in LANGUAGES)

    def fields(text):
        return {part.split("}")[0] for part in text.split("{")[1:]}

    aside = tomllib.loads((FOLDER / "zh" / CHINESE_ONLY).read_text("utf-8"))
    both = [
        key for key in zh if key.partition(".")[0] not in {part.split(".")[0] for part in aside}
    ]
    different = [key for key in both if fields(zh[key]) != fields(en[key])]
    allowed = {"number.month", "comparator.range"}
    assert set(different) <= allowed, different


def test_pages_hold_no_chinese_and_no_numpy_and_stay_thin():
    for path in [ROOT / "app.py", *PAGES]:
        source = path.read_text("utf-8")
        lines = source.splitlines()
        assert len(lines) <= 80, path
        tree = ast.parse(source)
        literals = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
        literals = [v for v in literals if isinstance(v, str) and v != ast.get_docstring(tree)]
        assert not any("\u4e00" <= c <= "\u9fff" for v in literals for c in v), path
        assert not {"numpy", "altair"} & imported(tree), path


def test_views_know_nothing_of_streamlit():
    for path in (ROOT / "pages" / "views").glob("*.py"):
        assert "streamlit" not in imported(ast.parse(path.read_text("utf-8"))), path
        assert not any(
            name.startswith("pages.parts") for name in whole(ast.parse(path.read_text("utf-8")))
        )


def test_no_page_draws_a_built_in_chart():
    slow = {"line_chart", "area_chart", "bar_chart", "scatter_chart", "altair_chart", "map"}
    for path in (ROOT / "pages").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        called = {n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call)
                  and isinstance(n.func, ast.Attribute)
                  and isinstance(n.func.value, ast.Name) and n.func.value.id == "st"}  # fmt: skip
        assert not called & slow, path


def whole(tree):
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def imported(tree):
    return {name.split(".")[0] for name in whole(tree)}


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_font_has_every_character_that_is_shown(weight):
    font = TTFont(ROOT / "data" / "fonts" / f"NotoSansSC-{weight}.otf")
    known = set(font.getBestCmap())
    plans = [ROOT / "data" / name for name in ("zhengzhou_2020", "example_2023")]
    own = [path for plan in plans for path in (*plan.rglob("*.csv"), *plan.rglob("*.toml"))]
    for path in [*FOLDER.rglob("*.toml"), *own]:
        used = set(path.read_text("utf-8-sig")) - set("\n\r\t")
        missing = sorted(c for c in used if ord(c) not in known)
        assert not missing, (path.name, missing)


def test_browser_and_export_use_the_same_font_files():
    for weight in ("Regular", "Bold"):
        files = [ROOT / "data" / "fonts" / f"NotoSansSC-{weight}.{e}" for e in ("otf", "woff2")]
        first, second = (set(TTFont(file).getBestCmap()) for file in files)
        assert first == second


# Numbers


def test_a_minus_is_a_minus_and_zero_has_no_sign():
    assert numbers.plain(-4.06) == "−4.1"
    assert numbers.plain(-0.04, signed=True) == "0.0"
    assert numbers.short(-0.0) == numbers.short(-0.001) == "0" and numbers.short(-0.01) == "−0.01"
    assert numbers.plain(1234.5, 0) == "1,234"
    assert numbers.percent(0.0714, signed=True) == "+7.1%"


def test_units_follow_the_language():
    zh, en = texts("zh"), texts("en")
    assert numbers.in_unit(703.2, "亿元", zh) == "703亿元"
    assert numbers.in_unit(703.2, "亿元", en) == "CNY 70.3 bn"
    assert numbers.gap(-1.5, "%", zh) == "−1.5个百分点"
    assert numbers.gap(-1.5, "%", en) == "−1.5 pp"
    assert numbers.gap(-5, "万吨", zh) == "−5万吨"
    assert numbers.gap(-5, "万吨", en) == "−50 kt"
    # A gap is as fine as the amount beside it; a change that stands alone as one of its size.
    assert numbers.gap(-0.7, "亿元", zh, 8.3) == "−0.7亿元"
    assert numbers.gap(-3.6, "亿元", zh, 696.4) == "−4亿元"
    assert numbers.gap(0.34, "亿元", zh) == "+0.3亿元"


def test_a_chance_is_never_called_certain():
    assert numbers.chance(0.0) == "<1%" and numbers.chance(1.0) == ">99%"
    assert numbers.chance_words(0.31, texts("zh")) == "约三成"
    assert numbers.chance_words(0.31, texts("en")) == "about 3 in 10"


# Charts


def source(spec, layer):
    return layer.get("data", spec.get("data"))["name"]


def drawn(plan, summary, runs, t):
    """Every chart of the pages: name, specification, data."""
    three = {"status_quo": runs["status_quo"], "plan": runs["plan"]}
    three["scenario"] = runs["plan" if summary.scenario.id == "plan" else "ambitious"]
    yield "fan", charts.fan(t, 36), frames.fan(plan, summary, t)
    yield "path", charts.path(t), frames.path(plan, three, summary, None, t)[0]
    for code in frames.YEARLY:
        yield code, charts.years(t, code), frames.years(plan, code, three, None, t)[0]
    yield "tiles", district_charts.tiles(t), frames.tiles(plan, summary, t)
    for indicator in districts.INDICATORS:
        rows = districts.rows(plan, summary, indicator, "annex")
        data = districts.chart_tables(rows, indicator, t)
        yield f"district_{indicator}", district_charts.districts(t, indicator), data
    shares = districts.contributions(plan, three["scenario"])
    yield (
        "contributions",
        district_charts.contributions(t),
        districts.contribution_tables(plan, shares, t),
    )
    yield "one_district", district_charts.one_district(t), districts.one(plan, summary, "gongyi", t)


def test_a_specification_does_not_depend_on_the_scenario(plan, summaries, runs, t):
    one, other = (
        {name: json.dumps(spec, sort_keys=True) for name, spec, _ in drawn(plan, s, runs, t)}
        for s in summaries.values()
    )
    assert one == other


def test_a_chart_leaves_room_for_its_names_and_is_not_made_anew_by_a_move(plan, summaries, runs, t):
    """A chart whose specification changes is drawn from nothing, so the room may not change."""
    rooms = {}
    for summary in summaries.values():
        for name, spec, data in drawn(plan, summary, runs, t):
            roomy = drawing.fitted(spec, data)
            rooms.setdefault(name, set()).add(json.dumps(roomy, sort_keys=True))
            axes = [layer["encoding"].get("y", {}) for layer in roomy["layer"]]
            for y in (y for y in axes if y.get("field") == "name" and y.get("axis")):
                names = pd.DataFrame(data["rows"])["name"]
                least = max(fonts.width(one, 13) for one in names)
                assert y["axis"]["minExtent"] >= min(least, y["axis"]["labelLimit"]) + 6, name
    assert {name for name, found in rooms.items() if len(found) > 1} == set()


def test_a_text_is_measured_letter_by_letter():
    assert fonts.width("区县", 13) == pytest.approx(26, abs=1)  # a Chinese letter is square
    assert 0 < fonts.width("ill", 13) < fonts.width("mow", 13) < 39


def test_a_figure_lies_above_or_below_its_target_whichever_is_good(plan, t):
    share, intensive = (next(x for x in plan.targets if x.comparator == word)
                        for word in ("at_least", "about_at_most"))  # fmt: skip
    above, below, level = (
        (t(f"target.gap_{word}", gap="@").split("@") if word != "none" else t("target.gap_none"))
        for word in ("above", "below", "none")
    )
    assert all(part in targets.gap_text(share, 1.44, t) for part in above)
    assert all(part in targets.gap_text(share, -1.44, t) for part in below)
    assert all(part in targets.gap_text(intensive, 1.44, t) for part in below)  # less is better
    assert targets.gap_text(share, 0.004, t) == targets.gap_text(intensive, -0.004, t) == level
    assert "+" not in targets.gap_text(share, 1.44, t)


def test_columns_of_figures_are_told_from_columns_of_words():
    frame = pd.DataFrame(
        {"a": ["1", "2"], "b": ["−1.2%", ""], "c": ["<1%", "x"], "d": ["3 m", "+4"]}
    )
    assert tables.figures(frame) == ("b", "d")


def test_every_data_set_of_a_specification_is_sent_with_its_fields(plan, summaries, runs, t):
    for name, spec, data in drawn(plan, summaries["plan"], runs, t):
        for layer in spec["layer"]:
            table = data[source(spec, layer)]
            for channel in layer["encoding"].values():
                if isinstance(channel, dict) and "field" in channel:
                    assert channel["field"] in table, (name, channel)
                    assert (
                        channel.get("type")
                        or channel is layer["encoding"].get("x2")
                        or (channel is layer["encoding"].get("y2"))
                    ), (name, channel)


def read_of(plan, summary, runs, t):
    """The numbers of every chart as they are saved."""
    for name, spec, data in drawn(plan, summary, runs, t):
        id = name.replace("district_", "districts_") if name != "one_district" else name
        yield name, exhibit.plain(id, spec, data, "", plan, t).told


def test_the_saved_numbers_of_the_fan_are_those_of_the_model_also_beyond_its_frame(
    plan, summaries, runs, t
):
    """The rebound after the stop of production is cut off for the eye, not in the file."""
    summary = summaries["plan"]
    fan = dict(read_of(plan, summary, runs, t))["fan"]
    after = 1 + next(k for k, month in enumerate(plan.months) if month == "2021-01")
    assert 100 * summary.cumulative[after, PROBABILITIES.index(0.5)] > frames.FAN_REACH[1]
    rows = fan[fan.iloc[:, 0] == numbers.joined_month(plan.months[after], t)]
    assert len(rows) == 1
    found = rows.filter(regex=r"%.*%|^中位数|^Median").iloc[0].to_numpy(float)
    assert sorted(found) == pytest.approx(100 * summary.cumulative[after], abs=1e-4)


def test_saved_numbers_are_in_words_with_their_unit_and_hold_nothing_that_only_draws(
    plan, summaries, runs, t
):
    units = ("%", "亿元", "CNY bn", "个百分点", "points", t.unit("户"))
    for name, told in read_of(plan, summaries["plan"], runs, t):
        assert len(told), name
        for column in told.columns:
            assert not re.fullmatch(r"[a-z_0-9]+", column), (name, column)
            if told[column].dtype.kind in "fi":
                assert any(unit in column for unit in units), (name, column)
            else:
                codes = [x for x in told[column].dropna() if re.fullmatch(r"[a-z]+_[a-z]+", x)]
                assert not codes, (name, column, codes)


def test_every_chart_draws_its_target(plan, summaries, runs, t):
    for name, spec, data in drawn(plan, summaries["plan"], runs, t):
        fields = {
            (source(spec, layer), channel.get("field"))
            for layer in spec["layer"]
            for channel in layer["encoding"].values()
            if isinstance(channel, dict)
        }
        if "target" in data:
            assert ("target", "value") in fields and len(data["target"]["value"]) == 1, name
        else:
            wanted = {("rows", "target"), ("rows", "asked"), ("tiles", "target")}
            assert fields & wanted, name


def test_the_target_line_stands_at_the_target(plan, summaries, runs, t):
    found = {name: data for name, _, data in drawn(plan, summaries["plan"], runs, t)}
    assert found["fan"]["target"]["value"][0] == plan.target("T01").value
    money = float(t("number.money_factor"))
    goal = found["industrial_investment"]["target"]["value"][0]
    assert goal == pytest.approx(money * plan.target("T04").value)
    assert found["energy_intensity_fall"]["target"]["value"][0] == plan.target("T13").value


def test_bars_start_at_zero(t):
    for spec in (charts.years(t, "iva_growth"), district_charts.contributions(t)):
        bars = [la for la in spec["layer"] if la["mark"].get("type") == "bar"]
        assert all(bar["encoding"]["x"]["scale"]["zero"] for bar in bars)


def test_an_axis_grows_and_says_so_but_never_shrinks():
    axis, grew = frames.widened(None, (0, 10))
    assert (axis, grew) == ((0, 10), False)
    axis, grew = frames.widened(axis, (0, 15))
    assert (axis, grew) == ((0, 15), True)
    axis, grew = frames.widened(axis, (0, 5))
    assert (axis, grew) == ((0, 15), False)


@pytest.mark.parametrize("code", frames.YEARLY)
def test_no_axis_moves_under_the_hand_and_what_it_does_not_reach_is_marked(plan, runs, t, code):
    """Then, when the hand lets go, the axis is widened once and reaches everything."""
    three = dict.fromkeys(frames.SERIES, runs["ambitious"])
    value = frames.years(plan, code, three, None, t)[0]["bars"]["value"][0]
    held = (0.0, 0.6 * value)
    tables, axis, grew = frames.years(plan, code, three, held, t, moving=True)
    assert (axis, grew) == (held, False)
    assert tables["axis"]["value"] == list(held)
    assert max(tables["bars"]["value"]) <= held[1]
    assert tables["beyond"]["right"][0] == t("axis.right")
    tables, axis, grew = frames.years(plan, code, three, held, t, moving=False)
    assert grew and axis[1] > value and tables["bars"]["value"][0] == value
    assert not any(tables["beyond"]["right"])


def test_the_path_stays_on_its_axis_while_a_hand_is_moving(plan, summaries, runs, t):
    three = dict.fromkeys(frames.SERIES, runs["ambitious"])
    held = (-10.0, 0.0)
    tables, axis, grew = frames.path(plan, three, summaries["plan"], held, t, moving=True)
    assert (axis, grew) == (held, False)
    every = [*tables["lines"]["value"], *tables["bands"]["p05"], *tables["bands"]["p95"]]
    assert held[0] <= min(every) and max(every) <= held[1]
    assert tables["beyond"]["left"] == [t("axis.below")]  # January and February stood at -23 %
    assert tables["beyond"]["at"] == [held[0]]
    free = frames.path(plan, three, summaries["plan"], held, t)
    assert free[2] and not any(free[0]["beyond"][side][0] for side in ("left", "right"))


def test_the_axis_is_widened_once_for_the_band_that_is_awaited(plan, summaries, runs, t):
    """What a release asks for already holds the chances that come a beat later."""
    calm = model.load_scenario(plan, "plan").with_assumption("covid_loss", 0)
    after = model.simulate(plan, calm)
    three = {"status_quo": runs["status_quo"], "plan": runs["plan"], "scenario": after}
    own = {"summarised": runs["plan"]}
    fan = summarise(plan, calm, model.ensemble(plan, calm, draws=512))
    _, axis, _ = frames.path(plan, three | own, summaries["plan"], None, t)
    _, same, grew = frames.path(plan, three | {"summarised": after}, fan, axis, t)
    assert (same, grew) == (axis, False)


def test_altair_accepts_every_specification(plan, summaries, runs, t):
    for _, spec, _ in drawn(plan, summaries["plan"], runs, t):
        altair.Chart.from_dict({k: v for k, v in spec.items() if k != "config"})


# Sentences and tables


def test_the_headline_holds_the_numbers_of_the_verdict(plan, summaries, t):
    sentence = overview.sentence(summaries["plan"], t)
    verdict = summaries["plan"].verdict("T01")
    assert numbers.plain(verdict.forecast) + "%" in sentence
    assert numbers.chance_words(verdict.probability, t) in sentence
    assert t.of(model.load_scenario(plan, "plan")) in sentence


def test_a_tile_has_icon_word_and_chance(summaries, t):
    tile = targets.tile(summaries["plan"].verdict("T01"), t)
    html = targets.tiles_html((tile,), t)
    assert tile.chance in html and t(f"status.{tile.status}") in html


def test_contributions_add_up_to_the_growth_of_the_city(plan, runs):
    for run in runs.values():
        total = districts.contributions(plan, run)["contribution"].sum()
        assert total == pytest.approx(100 * run.indicator("iva_growth")[0, 0], abs=1e-9)


def test_weights_times_annex_exceed_the_target_of_the_city(plan, runs):
    """The plan's own audit: Annex 1 adds up to 7.75-8.55 whatever the weights."""
    asked = districts.contributions(plan, runs["plan"])["asked"].sum()
    assert 7.75 <= asked <= 8.55


def test_a_cell_cannot_become_a_formula_but_a_number_stays_a_number():
    import pandas as pd

    frame = pd.DataFrame({"a": ["=1+1", "-3.5", "@x", "+cmd", "-x", "plain"]})
    text = tables.csv(frame).decode("utf-8-sig")
    assert text.split("\r\n")[1:7] == ["'=1+1", "-3.5", "'@x", "'+cmd", "'-x", "plain"]
    assert tables.csv(frame).startswith(b"\xef\xbb\xbf")


def test_every_table_and_status_has_a_name(plan, t):
    for name, frame in plan.tables.items():
        assert f"table.{name}" in t
        for status in tables.statuses(frame):
            assert f"status_word.{status}" in t, (name, status)


def test_every_unit_has_a_name(plan, t):
    units = {r.unit for r in (*plan.levers, *plan.assumptions)}
    assert not [unit for unit in units if f"unit.{unit}" not in t]


def test_equations_are_found_in_the_modules():
    found = [item for name in method.MODULES for item in method.equations(name)]
    assert len(found) >= 12
    assert all("math::" not in item.words for item in found)


def test_a_docstring_is_split_into_formula_and_words():
    text = r"""Return a.

    .. math:: a = b

    Words of :math:`b`.

    Parameters
    ----------
    b : no
    """
    import inspect

    item = method.equation("x", inspect.cleandoc(text))
    assert item.formulas == ("a = b",)
    assert item.words == "Words of $b$."


# Links


@pytest.fixture(scope="module")
def desk(plan):
    return plan


@given(data=st.data())
def test_a_link_returns_the_scenario_it_was_made_of(desk, data):
    scenario = model.load_scenario(desk, data.draw(st.sampled_from(desk.scenario_names)))
    for lever in data.draw(st.lists(st.sampled_from(desk.levers), max_size=5)):
        value = data.draw(st.floats(lever.minimum, lever.maximum))
        code = data.draw(st.sampled_from([None, *desk.axes.districts]))
        district = code if lever.by_district else None
        # One district may be so high that the city figure would leave its range: refused as it is.
        with contextlib.suppress(model.ModelError):
            scenario = scenario.with_lever(lever.id, value, district=district)
    for assumption in data.draw(st.lists(st.sampled_from(desk.assumptions), max_size=3)):
        limits = assumption.minimum, assumption.maximum
        if assumption.unit == "month":
            value = float(data.draw(st.integers(int(limits[0]), int(limits[1]))))
        else:
            value = data.draw(st.floats(*limits))
        scenario = scenario.with_assumption(assumption.id, value)
    # A district move can push the city past its range and a city move a district: no link then.
    for name, rows in scenario.districts:
        lever = desk.lever(name)
        assume(all(lever.minimum <= v <= lever.maximum for v in (scenario.value(name), *rows)))
    read, notices = link.decode(desk, link.encode(desk, scenario))
    assert read == scenario and read.id == scenario.id
    assert notices == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["l", "d", "a", "investment_growth", "new_firms", "gongyi", "covid_loss"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(content=JSON, name=st.text(max_size=8), version=st.text(max_size=4))
def test_no_link_raises(desk, content, name, version):
    for text in (json.dumps(content), str(content)):
        scenario, notices = link.decode(desk, {"s": name, "v": version, "d": "?", "c": text})
        assert isinstance(scenario, model.Scenario)
        assert notices


def test_what_a_link_cannot_say_is_said(plan):
    parameters = link.encode(plan, model.load_scenario(plan, "plan"))
    content = json.loads(parameters["c"])
    content["l"] |= {"investment_growth": 900, "nonsense": 1}
    del content["l"]["completions"]
    content["a"]["covid_loss"] = "much"
    parameters |= {"c": json.dumps(content), "d": "1999.1", "v": "0"}
    scenario, notices = link.decode(plan, parameters)
    codes = [notice.code for notice in notices]
    assert sorted(codes) == sorted(
        ["schema", "version", "unknown", "outside", "missing", "not_a_number"]
    )
    assert scenario == model.load_scenario(plan, "plan")
    for language in LANGUAGES:
        for notice in notices:
            assert texts(language)(f"link.{notice.code}", **dict(notice.details))


def test_errors_of_the_model_are_translated(plan, t):
    scenario = model.load_scenario(plan, "plan")
    with pytest.raises(model.ModelError) as caught:
        scenario.with_lever("investment_growth", 900)
    said = t.error(caught.value.code, caught.value.details)
    assert "900" in said and "-20" in said and "40" in said
