"""The data desk on screen: whose numbers a visit shows, what is replaced and taken back."""

import csv
import datetime
import io
import re
import subprocess
import sys
import time

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

import model
from model import cells, document, upload
from model.data_library import DataLibrary
from model.history import History, Step
from model.library import Library, Visit
from model.replacements import DataSet, Replacement
from model.store import Store
from pages.parts import link, storage
from pages.views import data_desk, data_template, numbers
from pages.views.export import seal, snippet
from pages.views.export.stamp import stamp
from pages.views.summary import summarise
from pages.views.targets import chance_both
from pages.views.texts import LANGUAGES, texts
from tests.conftest import PROJECT, scenario_held

GONGYI = "district_base|gongyi|industrial_va|central"
SHARE = "industry_mix|airport|electronics|share_pct"
ELASTICITY = "parameters|capital_elasticity|p50"
DRAWS = 256
ONE = DataSet("局供", (Replacement(GONGYI, 400), Replacement(ELASTICITY, 0.4, source="市统计局")))
TWO = DataSet("县区", (Replacement(SHARE, 60), Replacement(ELASTICITY, 0.6, 0.55, 0.65)))


@pytest.fixture(autouse=True)
def quick(few_draws, own_library):
    """A library of its own for each test, and few draws."""
    few_draws(DRAWS)


@pytest.fixture
def saved(plan, own_library):
    """Both data sets stand in the library."""
    library = DataLibrary(plan.id, Store(f"sqlite:///{own_library}"))
    for chosen in (ONE, TWO):
        library.save(chosen, "张三")
    return library


def opened(page="data", lang="zh", **parameters):
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=90)
    for name, value in (parameters | {"lang": lang}).items():
        at.query_params[name] = value
    at.run()
    if page != "overview":
        at.switch_page(f"pages/{page}.py").run()
    return at


def with_set(plan, chosen):
    return model.with_replacements(plan, chosen.replacements, chosen.name)


def linked(plan, chosen, scenario="plan"):
    own = with_set(plan, chosen)
    return link.encode(own, own.scenarios[scenario])


def shown(at):
    found = [element.body for element in at.get("html")]
    return "\n".join([*found, *(element.value for element in at.markdown)])


def plan_of(at):
    """The plan with a data set that a visit runs on; None for the shipped one."""
    found = at.session_state["plan"]
    return found if found.data_set else None


def typed(at, **figures):
    """Type new values beside cells, as the grid hands them on."""
    found = dict.fromkeys(data_template.FILLED, "")
    texts_ = {cell: found | given for cell, given in figures.items()}
    at.session_state["desk_drafts"] = {"": texts_}
    return at.run()


def headline(plan):
    """The forecast of growth that the overview shows for the scenario of the plan."""
    scenario = plan.scenarios["plan"]
    summary = summarise(plan, scenario, model.ensemble(plan, scenario, draws=DRAWS))
    verdict = summary.verdict("T01")
    return numbers.in_unit(verdict.forecast, "%", texts("zh")), verdict


# Whose numbers a visit shows


def test_two_visits_with_different_data_sets_never_see_each_others_numbers(plan, saved):
    plans = {"": plan, ONE.id: with_set(plan, ONE), TWO.id: with_set(plan, TWO)}
    visits = {"": opened("overview")}
    for chosen in (ONE, TWO):
        visits[chosen.id] = opened("overview", **linked(plan, chosen))
    tiles = {id: headline(own)[0] for id, own in plans.items()}
    assert len(set(tiles.values())) == 3  # the sets do move the headline
    for _ in range(2):  # turn about, so that each runs after the others
        for id, at in visits.items():
            at.switch_page("pages/overview.py").run()
            page = shown(at)
            assert not at.exception and scenario_held(at) == plan.scenarios["plan"]
            assert f">{tiles[id]}<" in page
            assert plans[id].version in page
            for other, name in (("", ""), (ONE.id, ONE.name), (TWO.id, TWO.name)):
                assert not other or (f"数据集：{name}<" in page) == (other == id)
            at.switch_page("pages/levers.py").run()
            assert f">{tiles[id]}<" in shown(at)


def test_every_page_runs_on_a_data_set_and_names_it(plan, saved):
    from pages.parts.frame import PAGES

    at = opened("overview", **linked(plan, ONE))
    for page in PAGES:
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception and not at.error, page
        assert "数据集：局供" in shown(at)
        assert at.query_params["d"] == f"{plan.version}+{ONE.id}"


def test_the_plan_of_a_visit_is_looked_up_not_made(plan, saved):
    """What is held is handed out: the same object at every call of every run."""
    at = opened("levers", **linked(plan, ONE))
    before = plan_of(at)
    at.slider(key="slide_completions").set_value(230).run()
    assert plan_of(at) is before and before.data_set == ONE


def test_a_draft_is_no_data_set_until_it_is_used(plan, saved):
    at = opened()
    at = typed(at, **{GONGYI: {"value": "２５０亿元"}})
    assert not at.exception and "数据集：" not in shown(at)
    assert at.query_params["d"] == plan.version


# Links, refreshes, steps and saved scenarios


def test_a_refresh_and_a_restart_keep_the_data_set(plan, own_library, saved):
    scenario = plan.scenarios["plan"].with_lever("completions", 222)
    steps = Step(plan.scenarios["plan"], scenario), Step(scenario, scenario, data=ONE.id)
    history = History(steps[1], steps[:1])
    library = Library(plan, Store(f"sqlite:///{own_library}"))
    library.keep(Visit("v" * 32, "me", history))
    again = library.resume("v" * 32)
    assert [step.data for step in again.history.steps] == ["", ONE.id]
    at = opened("overview", **linked(plan, ONE))
    assert plan_of(at).data_set == ONE
    assert at.session_state["history"].present.data == ONE.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_to_a_set_that_is_not_here_says_so_and_opens_on_the_shipped_data(plan, language):
    at = opened("overview", lang=language, **linked(plan, ONE, "prudent"))
    assert not at.exception
    assert scenario_held(at) == plan.scenarios["prudent"]
    warned = "".join(element.value for element in at.warning)
    assert ONE.id in warned and texts(language)("data_set.badge", name="").strip() not in shown(at)
    assert at.query_params["d"] == plan.version


def test_a_plus_sign_that_a_mail_program_took_for_a_space_does_not_lose_the_set(plan, saved):
    parameters = linked(plan, ONE)
    at = opened("overview", **(parameters | {"d": parameters["d"].replace("+", " ")}))
    assert plan_of(at).data_set == ONE and not at.warning


def test_a_switch_is_one_step_that_is_undone_and_done_again(plan, saved):
    at = opened()
    at.selectbox(key="desk_pick").set_value(ONE.id).run()
    assert plan_of(at).data_set == ONE
    assert scenario_held(at).desk is plan_of(at).desk
    at.button(key="undo").click().run()
    assert plan_of(at) is None and "数据集：" not in shown(at)
    at.button(key="redo").click().run()
    assert plan_of(at).data_set == ONE
    at.button(key="desk_back").click().run()
    assert plan_of(at) is None
    at.button(key="undo").click().run()
    assert plan_of(at).data_set == ONE
    assert scenario_held(at) == plan.scenarios["plan"] and not at.exception


def test_a_saved_scenario_opened_under_other_data_says_so(plan, own_library, saved):
    library = Library(plan, Store(f"sqlite:///{own_library}"))
    wanted = plan.scenarios["prudent"].with_lever("completions", 222)
    record = library.add(wanted, "我的", data=ONE.id)
    copy = library.duplicate(record.id)
    for id in (record.id, copy.id):
        at = opened("overview")
        at.selectbox(key="pick_scenario").set_value(id).run()
        warned = "".join(element.value for element in at.warning)
        assert "局供" in warned and "内置数据" in warned
        assert scenario_held(at) == wanted
    at = opened("overview", **linked(plan, ONE))
    at.selectbox(key="pick_scenario").set_value(record.id).run()
    assert not at.warning and scenario_held(at) == wanted


def test_a_scenario_that_is_saved_names_the_data_it_was_made_with(plan, own_library, saved):
    at = opened("overview", **linked(plan, ONE))
    at.button(key="save").click().run()
    at.text_input(key="new_name").set_value("加力")
    at.button[-1].click().run()
    record = Library(plan, Store(f"sqlite:///{own_library}")).list()[0]
    content = Library(plan, Store(f"sqlite:///{own_library}")).get(record.id).content
    assert document.parse(content)["data_version"] == f"{plan.version}+{ONE.id}"


# What leaves the house


def test_a_file_brings_its_figures_to_a_library_that_does_not_have_them(plan):
    own = with_set(plan, ONE)
    parameters = link.encode(own, own.scenarios["prudent"]) | link.carry(own)
    again = seal.decode(seal.code(parameters))
    assert link.carried(again) == ONE
    at = AppTest.from_function(_restores)
    at.session_state["given"] = again
    at.run()
    assert not at.exception
    assert plan_of(at).data_set == ONE
    assert plan_of(at).digest == own.digest
    assert scenario_held(at) == plan.scenarios["prudent"]


def _restores():
    import streamlit as st

    from pages.parts import session

    session.begin()
    session.open_link(st.session_state["given"], "history.restored")


def test_a_file_whose_figures_were_tampered_with_is_not_believed(plan):
    own = with_set(plan, ONE)
    parameters = link.encode(own, own.scenarios["plan"]) | link.carry(own)
    assert link.carried(parameters | {"r": parameters["r"].replace("400", "500")}) is None
    assert link.carried(parameters | {"r": "[[["}) is None


def test_a_whole_template_of_figures_fits_into_a_restore_code(plan):
    every = tuple(
        Replacement(one.id, one.value, source="市统计局2019年年报")
        for one in cells.cells(plan)
        if not one.locked
    )
    own = DataSet("全部", every)
    parameters = link.encode(plan, plan.scenarios["plan"]) | {
        "d": f"{plan.version}+{own.id}", "r": model.replacements.to_json(every), "rn": "全部",
    }  # fmt: skip
    assert seal.fits(parameters)
    assert link.carried(seal.decode(seal.code(parameters))) == DataSet(
        "全部", model.replacements.in_order(every)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_that_cannot_hold_the_figures_says_so(plan, language):
    t, own = texts(language), with_set(plan, ONE)
    link_of = link.encode(own, own.scenarios["plan"])
    day = datetime.date(2020, 6, 30)
    whole = stamp(own, own.scenarios["plan"], 64, day, link_of | link.carry(own), t)
    without = stamp(own, own.scenarios["plan"], 64, day, link_of, t)
    said = t("export.left_out", name=ONE.name)
    assert said in without.lines(t) and said not in whole.lines(t)
    assert not stamp(plan, plan.scenarios["plan"], 64, day, link_of, t).left_out


def test_the_program_beside_a_result_carries_the_figures(plan, tmp_path):
    quoted = DataSet("局'供\"", (*ONE.replacements[1:], Replacement(GONGYI, 400, source="'\\\"")))
    own = with_set(plan, quoted)
    scenario = own.scenarios["plan"].with_lever("investment_growth", 20, district="airport")
    program = tmp_path / "again.py"
    program.write_text(snippet.snippet(own, scenario, 128, 1), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, program], cwd=PROJECT, check=True, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), "LANG": "C.UTF-8"}, timeout=120,
    )  # fmt: skip
    fan = model.ensemble(own, scenario, draws=128, seed=1)
    wanted = {v.target.id: v.forecast for v in model.assess(own, scenario, fan)}
    found = {line.split()[0]: float(line.split()[1]) for line in done.stdout.splitlines()}
    assert found and all(abs(found[id] - wanted[id]) <= 1e-9 for id in found)


# What a planner sees of the inputs


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_input_has_words_a_unit_a_status_and_a_source(plan, language):
    t = texts(language)
    lines = data_desk.lines(plan, t)
    assert len(lines) == len(cells.cells(plan))
    assert sum(data_desk.counts(lines).values()) == len(lines)
    for line in lines:
        assert line.item and not re.search(r"[a-z]_[a-z]", line.item), line.item
        assert t.status(line.status) != line.status or language == "en"
        assert line.source and line.cell.unit
        assert bool(line.why_not) == bool(line.cell.locked)
        if language == "zh":
            assert re.search("[\u4e00-\u9fff]", line.item), line.item
            assert not re.search("[A-Za-z]{4,}", t.unit(line.cell.unit)), line.cell.unit


def test_a_figure_of_the_users_own_shows_its_source_and_no_longer_looks_estimated(plan):
    line = data_desk.by_cell(with_set(plan, ONE), texts("zh"))[ELASTICITY]
    assert (line.cell.value, line.status, line.source) == (0.4, "bureau", "市统计局")
    assert line.mark != data_desk.by_cell(plan, texts("zh"))[ELASTICITY].mark


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_filters_narrow_the_list_by_status_table_district_and_text(plan, language):
    t, at = texts(language), opened(lang=language)
    lines = data_desk.lines(plan, t)

    def said(count):
        return t("desk.shown", shown=f"{count:,}", total=f"{len(lines):,}") in shown(at)

    assert said(len(lines))
    at.selectbox(key="desk_inputs_district").set_value("gongyi").run()
    mine = [line for line in lines if line.district == "gongyi"]
    assert said(len(mine)) and 20 < len(mine) < len(lines) / 4
    at.selectbox(key="desk_inputs_table").set_value("industry_mix").run()
    assert said(len(plan.industries))
    at.button_group(key="desk_inputs_status").set_value(["derived"]).run()
    count = sum(line.cell.table == "industry_mix" and line.status == "derived" for line in mine)
    assert count and said(count)
    at.text_input(key="desk_inputs_text").set_value("没有这种输入").run()
    assert at.info[0].value == t("desk.none_found") and not at.exception


# Replacing


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_shows_what_it_changes_and_is_kept_under_its_name(plan, saved, language):
    t, at = texts(language), opened(lang=language)
    new = model.with_replacements(plan, [Replacement(ELASTICITY, 0.45), Replacement(SHARE, 70)])
    at = typed(at, **{ELASTICITY: {"value": "45%"}, SHARE: {"value": "７０％"}})
    scenario = plan.scenarios["plan"]
    before, after = (
        100 * model.simulate(x, scenario).indicator("iva_growth")[0, 0] for x in (plan, new)
    )
    assert f"{numbers.plain(before, 2)}% → {numbers.plain(after, 2)}%" in shown(at)
    follows = len(model.datasets.changes(plan, new)) - 2
    assert follows and t("desk.changes", replaced=2, reverted=0, follows=follows) in shown(at)
    end = time.monotonic() + 60
    while t("desk.verdicts_waiting") in shown(at) and time.monotonic() < end:
        at.run()
    chances = [chance_both(headline(x)[1], t) for x in (plan, new)]
    assert " → ".join(chances).replace("<", "&lt;") in shown(at)
    at.text_input(key="desk_name").set_value("四月填报")
    at.button(key="desk_save_now").click().run()
    assert not at.exception and at.success[0].value == t("desk.saved", name="四月填报")
    assert plan_of(at).digest == new.digest
    assert "四月填报" in {one.name for one in saved.list()}
    assert t("desk.unchanged") in shown(at)


def test_a_corrected_set_can_take_the_place_of_its_earlier_version(plan, saved):
    at = opened("overview", **linked(plan, ONE))
    at.switch_page("pages/data.py").run()
    drafts = {ONE.id: {ELASTICITY: {"value": "0.41", "low": "", "high": "", "source": "统计局"}}}
    at.session_state["desk_drafts"] = drafts
    at.run()
    assert at.text_input(key="desk_name").value == "局供"
    at.checkbox(key="desk_replace_old").check()
    at.button(key="desk_save_now").click().run()
    names = {one.name: one.open() for one in saved.list()}
    assert set(names) == {"局供", "县区"}
    assert names["局供"].replacements == (Replacement(ELASTICITY, 0.41, source="统计局"),)
    # The cell that was left out of the draft holds the shipped figure again.
    assert cells.cell(plan_of(at), GONGYI).value == cells.cell(plan, GONGYI).value


def test_an_empty_draft_leads_back_to_the_shipped_data(plan, saved):
    at = opened("overview", **linked(plan, ONE))
    at.switch_page("pages/data.py").run()
    at.session_state["desk_drafts"] = {ONE.id: {}}
    at.run()
    at.button(key="desk_shipped_again").click().run()
    assert plan_of(at) is None and not at.exception


def faults_of(at) -> str:
    """Return the table of what is wrong with the grid."""
    return next(x.body for x in at.get("html") if 'id="desk_grid_faults"' in x.body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_of_a_draft_is_said_in_the_readers_language(plan, language):
    t, at = texts(language), opened(lang=language)
    mix = "industry_mix|airport|pharma|share_pct"
    at = typed(
        at,
        **{
            GONGYI: {"value": "约214", "low": "3%"},
            ELASTICITY: {"value": "7"},
            SHARE: {"low": "1"},
            "parameters|depreciation|p50": {"value": "0.1"},
            mix: {"value": "1,23"},
        },
    )
    faults = faults_of(at)
    assert faults.count("<tr>") == 1 + 6 and not at.exception
    assert "约214" in faults and "1,23" in faults and t("fault.locked_published") in faults
    assert data_desk.by_cell(plan, t)[mix].item in faults
    at = typed(at, **{SHARE: {"value": "80"}, mix: {"value": "40"}})
    faults = faults_of(at)
    assert faults.count("<tr>") == 1 + 1 and t("fault.no_room", total="120") in faults
    at.button(key="desk_discard").click().run()
    assert not at.error


def test_every_fault_that_replacing_can_bring_has_words(plan):
    """Codes are read from the places that raise them; a new one needs a text in both languages."""
    source = "".join(
        (PROJECT / "model" / f"{name}.py").read_text("utf-8")
        for name in ("cells", "datasets", "upload", "cell_text", "sent_file")
    )
    faults = set(re.findall(r'say\("([a-z_]+)"', source))
    faults |= set(re.findall(r'code="(cell_[a-z_]+)"', source))
    faults |= {"cell_twice", "range_without_value", "no_room", "city_total", "no_result"}
    faults |= {f"locked_{x}" for x in ("published", "scenario", "computed", "unused", "plan")}
    errors = set(re.findall(r'code="(upload_[a-z_]+)"', source))
    assert len(faults) > 16 and len(errors) == 8
    for language in LANGUAGES:
        t = texts(language)
        assert {f for f in faults if f"fault.{f}" not in t} == set()
        assert {e for e in errors if f"error.{e}" not in t} == set()


# The template


def test_the_template_asks_for_what_is_taken(plan):
    """A figure that is divided by must be above 0; a count may be 0."""
    t = texts("zh")
    allowed = {
        line.cell.id: data_template.allowed(plan, line, t)
        for line in data_desk.replaceable(plan, t)
    }
    for name, said in (("industrial_va", "> 0"), ("industrial_investment", "> 0"),
                       ("above_scale_firms", "≥ 0")):  # fmt: skip
        assert allowed[f"district_base|gongyi|{name}|central"] == said
    assert allowed["industries|vehicles|energy_intensity_central"] == "0 < x ≤ 50"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["workbook", "csv"])
def test_the_template_comes_back_as_it_was_filled_in(plan, language, kind):
    t, make = texts(language), getattr(data_template, kind)
    with pytest.raises(model.ModelError) as error:
        upload.read(plan, make(plan, t), data_template.words())
    assert error.value.code == "upload_nothing"
    own = with_set(plan, TWO)
    found = upload.read(plan, make(own, t), data_template.words())
    assert set(found.replacements) == set(TWO.replacements)


def test_the_template_lists_every_cell_that_can_be_replaced_with_value_unit_and_range(plan):
    book = openpyxl.load_workbook(io.BytesIO(data_template.workbook(plan, texts("zh"))))
    listed = {}
    for sheet in book.worksheets[1:]:
        rows = list(sheet.iter_rows(values_only=True))
        heads = dict(zip(rows[0], range(len(rows[0])), strict=True))
        listed |= {row[heads["编号"]]: row[heads["内置值"]] for row in rows[1:]}
        assert all(row[heads["单位"]] and row[heads["可填范围"]] for row in rows[1:])
    assert listed == {one.id: one.value for one in cells.cells(plan) if not one.locked}


def test_a_range_that_may_be_entered_is_the_range_that_is_accepted(plan):
    for line in data_desk.replaceable(plan, texts("zh")):
        low, high = cells.bounds(plan, line.cell)
        for value in (low - 1, high + 1):
            if abs(value) < float("inf"):
                found = cells.check(plan, [Replacement(line.cell.id, value)])
                assert "out_of_range" in {fault.code for fault in found}


def test_an_exported_workbook_lists_the_figures_so_that_the_desk_reads_them(plan):
    frame = data_template.replaced(with_set(plan, TWO), texts("zh"))
    text = io.StringIO()
    filled = frame.astype(object).where(frame.notna(), "")
    csv.writer(text).writerows([frame.columns, *filled.values])
    found = upload.read(plan, text.getvalue().encode("gb18030"), data_template.words())
    assert set(found.replacements) == set(TWO.replacements)
    assert not len(data_template.replaced(plan, texts("zh")))


# The saved sets


def test_a_set_is_renamed_deleted_and_brought_back(plan, saved):
    at = opened("overview", **linked(plan, ONE))
    at.switch_page("pages/data.py").run()
    at.text_input(key=f"new_name_{ONE.id}").set_value("统计局年报").run()
    at.button(key=f"rename_now_{ONE.id}").click().run()
    assert saved.get(ONE.id).name == "统计局年报" and "数据集：统计局年报" in shown(at)
    assert {one.author for one in saved.list()} == {"张三"}  # whose it was, whoever names it
    at.button(key=f"delete_now_{ONE.id}").click().run()
    assert saved.get(ONE.id) is None and not at.exception
    # The visit goes on with it, and says that it is saved nowhere.
    assert "数据集：统计局年报（未保存）" in shown(at)
    at.button(key="desk_restore").click().run()
    assert saved.get(ONE.id).replacements == with_set(plan, ONE).data_set.replacements
    assert {one.author for one in saved.list()} == {"张三"}
    assert "（未保存）" not in shown(at)


def test_a_set_that_another_deleted_meanwhile_is_said(plan, saved):
    at = opened()
    saved.delete(TWO.id)
    at.selectbox(key="desk_pick").set_value(TWO.id).run()
    assert not at.exception and plan_of(at) is None
    assert any(TWO.id in element.value for element in at.error)


def test_a_viewer_uses_sets_and_drafts_but_saves_nothing(plan, saved):
    now = {"is_logged_in": True, "email": "zhang@plan.gov.cn", "email_verified": True,
           "name": "张", "iss": "https://login", "sub": "1", "iat": time.time(),
           "exp": time.time() + 3600}  # fmt: skip
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=90)
    at.secrets = {"auth": {"client_id": "x"}, "access": {"viewers": ["zhang@plan.gov.cn"]}}
    at.user = now
    at.query_params["lang"] = "zh"
    at.run().switch_page("pages/data.py").run()
    at.selectbox(key="desk_pick").set_value(ONE.id).run()
    assert plan_of(at).data_set == ONE
    at.button(key="desk_back").click().run()
    at = typed(at, **{ELASTICITY: {"value": "0.45"}})
    assert at.button(key="desk_save_now").disabled
    at.button(key="desk_use_only").click().run()
    assert not at.exception and len(saved.list()) == 2
    assert plan_of(at).data_set.replacements == (Replacement(ELASTICITY, 0.45),)
    assert "（未保存）" in shown(at)


def test_a_set_that_is_only_in_use_can_be_saved_later(plan, saved):
    at = typed(opened(), **{ELASTICITY: {"value": "0.45"}})
    at.button(key="desk_use_only").click().run()
    assert len(saved.list()) == 2 and texts("zh")("desk.not_kept") in shown(at)
    at.text_input(key="desk_name").set_value("四月")
    at.button(key="desk_save_now").click().run()
    assert not at.exception and "四月" in {one.name for one in saved.list()}
    assert "（未保存）" not in shown(at) and "数据集：四月" in shown(at)


def test_a_library_that_does_not_answer_leaves_the_desk_working(plan, monkeypatch, tmp_path):
    monkeypatch.setenv("SIMULATOR_LIBRARY", str(tmp_path))  # a folder is no database
    storage.shelf.clear()
    at = opened()
    assert not at.exception
    at = typed(at, **{ELASTICITY: {"value": "0.45"}})
    at.button(key="desk_save_now").click().run()
    assert not at.exception and at.error and plan_of(at) is None
    at.button(key="desk_use_only").click().run()
    assert plan_of(at).data_set.replacements == (Replacement(ELASTICITY, 0.45),)
