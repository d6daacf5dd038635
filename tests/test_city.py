"""Another city: a folder with the same tables runs without a line of code."""

import ast
import csv
import io
import re
import resource
import shutil
import tomllib
import zipfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import model
from model import checks, document, new_plan
from model.__main__ import main
from model.knowledge import facts
from model.lineage import lineage
from model.plan import find
from model.tables import SCHEMA
from pages.parts import link, progress
from pages.parts.frame import PAGES, WALLS
from pages.views import districts, investment
from pages.views.export import brief as briefs
from pages.views.export import paper, slides, workbook
from pages.views.export.stamp import stamp
from pages.views.summary import summarise
from pages.views.texts import FOLDER, LANGUAGES, texts

PROJECT = Path(__file__).resolve().parents[1]
EXAMPLE = "example_2023"
ELSEWHERE = re.compile(
    r"郑州|航空港|附件1|疫情|河南|富士康|六大|Zhengzhou|Annex 1|epidemic|COVID|Airport|Henan"
    r"|(?<!\d)20(?:19|20|21)(?!\d)"
)
"""What only Zhengzhou's plan of 2020 has."""


@pytest.fixture(scope="module")
def city():
    return model.load_plan(EXAMPLE)


@pytest.fixture
def at_work(monkeypatch):
    """The app and the command line at work on the other city."""
    monkeypatch.setenv("SIMULATOR_PLAN", EXAMPLE)


# The example


def test_the_example_calls_itself_invented(city):
    assert "虚构" in city.facts["city_zh"] and "fictitious" in city.facts["city_en"]
    assert [source.status for source in city.sources] == ["judgement"]
    assert "invented" in city.sources[0].note and "编造" in city.sources[0].title
    for name, frame in city.tables.items():
        for column in frame.columns[frame.columns.str.endswith("status")]:
            words = set(frame[column]) - {""}
            assert name == "sources" or words <= {"assumed"}, (name, column)


def test_the_example_is_another_kind_of_city(city, plan):
    assert city.axes.shape == (24, 3, 4) and city.months[city.axes.start] == "2023-03"
    assert city.anchor is None and not city.annex and not city.closures
    assert "covid_utilisation_loss" not in city.parameter_ids
    # Its codes mean other things, so that a page that took T04 for investment would be found out.
    assert city.aim("upgrade_investment_growth").id != plan.aim("upgrade_investment_growth").id


def test_what_a_plan_lacks_leaves_output_at_the_closed_form(city):
    """No stop, so output is never below capacity and nothing is recouped."""
    run = model.simulate(city, city.scenarios["plan"])
    assert (run.utilisation == 1.0).all()
    account = model.growth_accounting(city, run, 2023).to_frame()
    lost = account[account["source"].isin(("covid_loss", "recoupment", "closures"))]
    assert (lost.select_dtypes("number").abs() < 1e-12).all(axis=None)


def test_every_lever_of_the_example_moves_something(city):
    start = city.scenarios["status_quo"]
    base = model.simulate(city, start)
    for lever in city.levers:
        moved = model.simulate(city, start.with_lever(lever.id, lever.plan_value))
        assert any(
            (moved.indicator(code) != base.indicator(code)).any()
            for code in ("iva_growth", "energy_intensity_fall", "industrial_investment")
        ), lever.id


def test_the_status_quo_stays_it_when_a_data_set_spreads_entrants_otherwise(city):
    """New firms follow the firms of the base year here: with other firms, other districts."""
    cell = "district_base|jia|above_scale_firms|central"
    own = model.with_replacements(city, [model.Replacement(cell, 900)])
    for name in city.scenarios:
        assert city.scenarios[name] != own.scenarios[name]
        assert city.scenarios[name].on(own.desk) == own.scenarios[name]
    moved = city.scenarios["plan"].with_lever("new_firms", 10, "jia")
    assert moved.on(own.desk) == moved  # a district's own value is its own


def test_a_target_can_be_shared_out_where_the_plan_sets_districts_none(city):
    fan = model.ensemble(city, city.scenarios["plan"], draws=128)
    found = model.share_target(city, fan, 0.06)
    assert sum(row.weight * row.share for row in found.rows) == pytest.approx(0.06)
    assert found.annex_total is None and all(row.annex is None for row in found.rows)


# The app


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_runs_on_the_other_city_and_says_nothing_of_zhengzhou(
    at_work, monkeypatch, few_draws, language, city
):
    few_draws(256)
    monkeypatch.setattr(progress, "PATIENCE", 60.0)
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120)
    at.query_params["lang"] = language
    at.run()
    t = texts(language)
    for page in (*PAGES, *WALLS):
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception and not at.error, (page, at.exception, at.error)
        said = everything(at)
        assert not ELSEWHERE.findall(said), (page, ELSEWHERE.findall(said))
        if page not in WALLS:
            assert city.facts[f"city_{language}"] in said or page == "audit", page
        if page == "audit":
            assert t("plan.nothing_audit") in said
        if page == "districts":
            assert t("districts.intro_alone") in said
        if page == "investment":
            assert t("plan.nothing_projects") in said and t("plan.nothing_contracts") in said
        if page == "energy":
            assert t("plan.nothing_closures") in said


def everything(at) -> str:
    """Return what a page shows: texts, tables, charts, choices."""
    found = [str(element.body) for element in at.get("html")]
    for kind in ("markdown", "info", "warning", "caption", "title", "subheader"):
        found += [str(element.value) for element in getattr(at, kind)]
    found += [frame.value.to_csv() for frame in at.dataframe]
    found += [chart.proto.spec for chart in at.get("vega_lite_chart")]
    found += [f"{choice.label} {choice.options}" for choice in at.selectbox]
    # The day of the export is today's.
    return "\n".join(found).replace(str(date.today().year), "")


def test_a_link_of_another_plan_is_refused_whole(city, plan):
    parameters = link.encode(plan, plan.scenarios["plan"].with_lever("investment_growth", 33))
    scenario, notices = link.decode(city, parameters)
    assert scenario == city.scenarios["plan"]
    assert [notice.code for notice in notices] == ["plan"]
    for language in LANGUAGES:
        said = texts(language, EXAMPLE)("link.plan", **dict(notices[0].details))
        assert "zhengzhou_2020" in said and EXAMPLE in said


def test_a_file_of_another_plan_is_refused(city, plan):
    text = document.to_json(plan, plan.scenarios["plan"])
    with pytest.raises(model.ModelError) as refused:
        document.read(city, document.parse(text))
    assert refused.value.code == "other_plan"
    for language in LANGUAGES:
        said = texts(language, EXAMPLE).error(refused.value.code, dict(refused.value.details))
        assert "zhengzhou_2020" in said and EXAMPLE in said
    own = document.read(city, document.parse(document.to_json(city, city.scenarios["plan"])))
    assert own == (city.scenarios["plan"], ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_slides_and_workbook_speak_of_the_other_city(city, language):
    t, names = texts(language, EXAMPLE), ("status_quo", "plan")
    summaries = {
        name: summarise(city, city.scenarios[name], model.ensemble(city, city.scenarios[name], 128))
        for name in names
    }
    summaries["scenario"] = summaries["plan"]
    run = model.simulate(city, city.scenarios["plan"])
    parts = model.attribute(city, city.scenarios["plan"], "iva_growth", 2023)
    address = link.encode(city, city.scenarios["plan"])
    made = stamp(city, city.scenarios["plan"], 128, date(2023, 3, 1), address, t)
    content = briefs.brief(city, summaries, run, parts, made, t)
    files = {
        "docx": paper.paper(content, t),
        "pptx": slides.slides(content, summaries["scenario"], t),
        "xlsx": workbook.workbook(content, t),
    }
    for kind, file in files.items():
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            parts_ = [n for n in archive.namelist() if n.endswith(".xml")]
            inside = "".join(archive.read(n).decode("utf-8") for n in parts_)
        words = "".join(re.findall(r">([^<]+)<", inside))
        assert city.facts[f"city_{language}"] in words, kind
        assert not re.search("郑州|Zhengzhou|航空港|附件1", words), kind


# The command line


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["check"], "3 districts x 4 industries x 24 months"),
        (["board", "--draws", "128"], "T10"),
        (["simulate", "--by", "month"], "2024-12"),
        (["why"], "scenario"),
        (["solve", "--target", "T01=5", "--draws", "128"], "T01"),
        (["board", "--as-of", "2023-06-30", "--draws", "128"], "T01"),
        (["audit"], "audit.csv lists no checks"),
        (["scenarios"], "status_quo"),
    ],
)
def test_the_command_line_takes_the_plan_of_the_setting(at_work, capsys, arguments, word):
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert word in printed.out + printed.err
    assert not re.search("zhengzhou|airport|annex", printed.out)


def test_a_city_without_published_figures_has_no_record(at_work, capsys):
    assert main(["record", "--show"]) == 2
    assert "no record of example_2023" in capsys.readouterr().err


def test_a_table_of_scenarios_runs_on_the_other_city(at_work, capsys, tmp_path):
    table = tmp_path / "many.csv"
    table.write_text("name,start,cloud_coverage\na,plan,60\nb,status_quo,90\n", encoding="utf-8")
    assert main(["batch", str(table), "--draws", "64"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["name"] for row in rows] == ["a", "b"] and "T10" not in rows[0]
    assert float(rows[1]["T01"]) > 0


# A new folder


def test_a_new_folder_lists_what_it_lacks_file_by_file(tmp_path, capsys):
    command = ["new-plan", "luoyang_2021", "--into", str(tmp_path), "--year", "2021"]
    assert main([*command, "--years", "3", "--districts", "north", "south"]) == 0
    folder = tmp_path / "luoyang_2021"
    assert main(["check", str(folder)]) == 1
    said = capsys.readouterr().err
    for name in ("plan.toml", "districts.csv", "district_base.csv", "targets.csv", "levers.csv"):
        assert f"\n{name}\n" in said
    assert "city_zh: '<城市名>' still has to be filled in" in said
    assert "name_zh, row 2, 3: the cell is empty" in said
    assert main(["check", str(folder), "--language", "zh"]) == 1
    chinese = capsys.readouterr().err
    assert "“城市名”还没有填写" in chinese and "name_zh，第 2, 3 行：单元格为空" in chinese
    assert "还没有行" in chinese and not re.search("the cell|has no rows", chinese)
    assert "annex1.csv" not in said and "observations.csv" not in said  # may stay empty
    assert main(command) == 2 and "exists already" in capsys.readouterr().err


def test_a_full_disk_leaves_no_half_of_a_folder(tmp_path):
    """Half of one would "exist already" the next time."""
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, most[1]))
    try:
        with pytest.raises(model.ModelError, match="cannot be written"):
            new_plan.write("new", parent=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert not list(tmp_path.iterdir())
    assert new_plan.write("new", parent=tmp_path).is_dir()


@pytest.mark.parametrize("name", ["", "Luoyang", "../up", "洛阳", "a b", "x" * 50])
def test_a_name_that_cannot_be_a_code_is_refused(tmp_path, name):
    with pytest.raises(model.ModelError, match="small letters"):
        new_plan.write(name, parent=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_guide_explains_every_column_in_both_languages(tmp_path):
    guide = (new_plan.write("new", parent=tmp_path) / "README.md").read_text("utf-8")
    for table, (_, columns) in SCHEMA.items():
        part = guide.split(f"### {table}.csv")[1].split("### ")[0]
        rows = [line for line in part.splitlines() if line.startswith("| `")]
        cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
        assert [row[0].strip(" `") for row in cells] == list(columns), table
        assert all(re.search("[一-鿿]|[a-z_]", row[3]) and row[4] for row in cells), table
    for name in checks.LEVERS:
        assert f"| `{name}` |" in guide


def test_copied_priors_keep_their_source_and_say_that_nobody_checked_them(tmp_path, plan):
    folder = new_plan.write("new", parent=tmp_path, year=2021)
    with (folder / "parameters.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert {"industrial_va_2020", "demand_2021", "demand_2022"} <= rows.keys()
    for id, row in rows.items():
        if row["p50"]:
            assert row["note"].startswith(new_plan.MARK), id
            if id in plan.parameter_ids:
                assert row["source_id"] == plan.parameter(id).source_id
        else:
            assert not row["status"] and not row["source_id"], id
    # What rests on a text about the city is for the new city to say.
    assert not rows["industrial_va_2020"]["p50"] and not rows["target_delivery"]["p50"]
    text = "".join(path.read_text("utf-8") for path in folder.glob("*.csv"))
    assert "郑州" not in text.replace(rows["target_delivery"]["name_zh"], "")


def test_a_new_folder_that_is_filled_in_is_a_plan(tmp_path, city):
    """The afternoon, in short: the tables of the example under another name and year."""
    folder = new_plan.write("elsewhere", parent=tmp_path, year=2023)
    for path in city.folder.rglob("*.*"):
        if path.name not in ("plan.toml", "README.md"):
            (folder / path.relative_to(city.folder)).parent.mkdir(exist_ok=True)
            shutil.copy(path, folder / path.relative_to(city.folder))
    facts = (folder / "plan.toml").read_text("utf-8")
    facts = re.sub(r'"<2023-01-01>"', '"2023-01-20"', facts)
    (folder / "plan.toml").write_text(re.sub(r'"<[^"]*>"', '"某市"', facts), "utf-8")
    found = model.load_plan(folder)
    assert found.id == "elsewhere" and found.months[found.axes.start] == "2023-01"
    growth = model.simulate(found, found.scenarios["plan"]).indicator("iva_growth")
    assert 0 < growth[0, 0] < 0.1


FAULTS = [
    ("plan.toml", "base_year = 2022", "base_year = 2019", "base_year", "not_the_year_before"),
    ("plan.toml", '"T05", "T04"]', '"T05", "T09"]', "headline.first", "dangling"),
    ("targets.csv", ",iva_growth,", ",mva_growth,", "indicator", "missing_row"),
    ("levers.csv", "cloud_coverage,", "clouds,", "lever", "unknown_lever"),
    ("parameters.csv", "\nrd_lag,", "\nrd_delay,", "id", "missing_row"),
]


@pytest.mark.parametrize(("file", "old", "new", "column", "code"), FAULTS)
def test_what_another_city_gets_wrong_is_named(tmp_path, city, file, old, new, column, code):
    folder = tmp_path / "city"
    shutil.copytree(city.folder, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(model.DataFaults) as refused:
        model.load_plan(folder)
    assert (file, column, code) in {(f.table, f.column, f.code) for f in refused.value.faults}


def put(folder, name, where, column, value):
    """Write a value into a column of the rows that hold ``where``."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if all(re.fullmatch(wanted, row[key]) for key, wanted in where.items()):
            row[column] = value
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def amount(indicator, district="jia"):
    where = {"indicator": indicator, "district": district}
    return lambda folder: [
        put(folder, "district_base.csv", where, name, "0") for name in ("low", "central", "high")
    ]


def no_energy(folder):
    for name in ("low", "central", "high"):
        put(folder, "industries.csv", {}, f"energy_intensity_{name}", "0")


def nothing_made(folder):
    put(folder, "industry_mix.csv", {"district": "jia"}, "share_pct", "0")
    only = {"district": "jia", "industry": "utilities"}
    put(folder, "industry_mix.csv", only, "share_pct", "100")


def share_of_nothing(folder):
    share = {"lever": "green_upgrade_share"}
    for name in ("min", "status_quo"):
        put(folder, "levers.csv", share, name, "0")
    put(folder, "lever_bands.csv", share | {"band": "1"}, "low", "0")


def demand(column, value):
    return lambda folder: put(
        folder, "assumptions.csv", {"assumption": "demand_2023"}, column, value
    )


def no_months(folder):
    put(folder, "parameters.csv", {"id": r"month_share_all_\d\d"}, "p50", "0")


IMPOSSIBLE = {
    "no investment": (amount("industrial_investment"), "not_positive", "很小的数"),
    "no firms": (amount("above_scale_firms", district=".*"), "no_firms", "至少"),
    "no energy": (no_energy, "not_positive", "很小的数"),
    "nothing made": (nothing_made, "no_manufacturing", "0.01"),
    "a share of nothing": (share_of_nothing, "no_proportion", "实际水平"),
    "a scale of nothing": (demand("moves", "scale"), "scale_of_zero", "shift"),
    "a shift of firms": (demand("unit", "户"), "shift_unit", "% a year"),
    "no effect": (demand("parameter", "gestation_stages_new"), "no_range", "删去"),
    "no months": (no_months, "no_result", "单位"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_a_folder_that_would_give_no_number_is_refused_with_what_to_do(
    tmp_path, city, case, capsys
):
    change, code, advice = IMPOSSIBLE[case]
    folder = tmp_path / "city"
    shutil.copytree(city.folder, folder)
    change(folder)
    with pytest.raises(model.DataFaults) as refused:
        model.load_plan(folder)
    assert {fault.code for fault in refused.value.faults} == {code}
    assert main(["check", str(folder), "--language", "zh"]) == 1
    assert advice in capsys.readouterr().err


def test_a_figure_cannot_have_been_released_before_its_period_was_over(tmp_path, plan):
    folder = tmp_path / "zhengzhou_2020"
    shutil.copytree(plan.folder, folder)
    where = {"period_end": "2020-06", "geography": "zhengzhou"}
    put(folder, "observations.csv", where, "released_on", "2020-06-29")
    with pytest.raises(model.DataFaults) as refused:
        model.load_plan(folder)
    assert {(fault.column, fault.code) for fault in refused.value.faults} == {
        ("released_on", "early_release")
    }
    put(folder, "observations.csv", where, "released_on", "2020-06-30")
    assert model.load_plan(folder)


def test_a_depth_of_the_stop_needs_its_source(tmp_path, city):
    """The columns may be left out; a number in them may not stand without a source."""
    folder = tmp_path / "city"
    shutil.copytree(city.folder, folder)
    path = folder / "industries.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    place = rows[0].index("covid_relative_depth")
    rows[1][place] = "1.5"

    def write(kept):
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([row[k] for k in kept] for row in rows)

    write(range(len(rows[0])))
    with pytest.raises(model.DataFaults) as refused:
        model.load_plan(folder)
    assert {f.column for f in refused.value.faults} == {
        "covid_depth_status", "covid_depth_source_id",
    }  # fmt: skip
    write([k for k, name in enumerate(rows[0]) if not name.startswith("covid")])
    assert model.load_plan(folder).industries == city.industries


def test_a_scenario_may_start_from_the_plan(city):
    from model.scenario import from_dict

    found = from_dict(city.desk, {"start": "plan", "levers": {"cloud_coverage": 50}})
    assert found == city.scenarios["plan"].with_lever("cloud_coverage", 50)
    with pytest.raises(model.ModelError, match="start"):
        from_dict(city.desk, {"start": "best"})


def test_the_annex_may_list_the_districts_in_any_order(tmp_path, plan):
    """A row belongs to the district it names, on every page."""
    folder = tmp_path / "zhengzhou_2020"
    shutil.copytree(plan.folder, folder)
    path = folder / "annex1.csv"
    head, *rows = path.read_text("utf-8-sig").splitlines()
    path.write_text("\n".join([head, *reversed(rows)]) + "\n", "utf-8")
    found, code, t = model.load_plan(folder), plan.axes.districts[0], texts("zh")
    nothing = np.zeros((len(plan.districts), 3, 7))
    names = "iva_growth", "industrial_investment_growth", "industrial_investment"
    summary = SimpleNamespace(district=dict.fromkeys(names, nothing))
    asked = {row.district: row.industrial_va_growth_pct for row in plan.annex}
    assert districts.one(found, summary, code, t)["target"]["value"].tolist() == [asked[code]]
    one, other = (
        investment.districts(p, summary, 2020, t)["rows"].set_index("name")["target"]
        for p in (plan, found)
    )
    assert one.equals(other.reindex(one.index))


def test_the_parameters_of_its_own_years_are_named_for_what_they_are(city):
    """The base year's amounts lie behind investment, and are facts that a bureau can look up."""
    for name in ("industrial_investment", "tech_upgrade_share"):
        id = city.of_base(name)
        assert id.endswith("_2022") and id in facts(city)
        assert id in {p.id for step in lineage(city, "industrial_investment")
                      for p in step.parameters}  # fmt: skip


def test_a_folder_may_bear_another_name_than_its_city(tmp_path, plan):
    folder = tmp_path / "own"
    shutil.copytree(plan.folder, folder)
    text = (folder / "plan.toml").read_text("utf-8")
    text = text.replace('id = "zhengzhou_2020"', 'id = "own"\ngeography = "zhengzhou"', 1)
    (folder / "plan.toml").write_text(text, "utf-8")
    assert model.published_pace(model.load_plan(folder), "T01") == model.published_pace(plan, "T01")


# Nothing about one city outside its folder


def test_words_that_hold_for_one_plan_stand_in_its_folder():
    for path in FOLDER.rglob("*.toml"):
        found = set(ELSEWHERE.findall(path.read_text("utf-8")))
        if path.name == "brief.toml":
            found -= {"Annex 1"}  # of the report itself
        if path.name == "observed.toml":
            found -= {"六大"}  # a class of the national statistics has this in its name
        # A word for the epidemic belongs to a caution that only a plan with one can show.
        assert found <= {"疫情", "epidemic"}, (path.name, found)


@pytest.mark.parametrize("name", ["zhengzhou_2020", EXAMPLE])
def test_the_words_of_a_plan_are_filled_in_and_the_same_in_both_languages(name):
    both = [dict(texts(language, name).entries) for language in LANGUAGES]
    # The words beside equations are English in the docstrings already.
    alike = [{key for key in part if not key.startswith("equation")} for part in both]
    assert alike[0] == alike[1]
    assert not [key for entries in both for key, text in entries.items() if "{plan." in text]
    own = [find(name) / "interface" / f"{language}.toml" for language in LANGUAGES]
    if own[0].is_file():
        keys = [
            {(a, b) for a, part in tomllib.loads(path.read_text("utf-8")).items() for b in part}
            for path in own
        ]
        assert keys[0] == keys[1]


def test_no_code_of_a_plan_stands_in_the_program(plan):
    codes = {*plan.axes.districts, *plan.axes.industries, "zhengzhou", "henan", "china"}
    codes |= {id for id in plan.parameter_ids if re.search(r"20\d\d", id)}
    target = re.compile(r"\bT\d\d\b")
    found = []
    for path in (*(PROJECT / "model").rglob("*.py"), *(PROJECT / "pages").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        words = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in words:
                continue
            text = node.value
            if isinstance(text, str) and (text in codes or target.search(text)):
                found.append((path.name, text))
    # The one example of how a target is written on the command line, and a time of the day.
    assert {text for _, text in found} <= {" is not a number; write T01=7.", "T00:00:00Z"}, found
