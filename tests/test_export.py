"""What leaves the house: same input same file, no missing glyph, no formula, and it comes back."""

import base64
import binascii
import datetime
import io
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from pypdf import PdfReader

import model
from pages.parts import link
from pages.views import tables
from pages.views.export import brief as briefs
from pages.views.export import paper, picture, seal, slides, snippet, workbook
from pages.views.export import stamp as stamps
from pages.views.summary import summarise
from pages.views.targets import asked, chance_both, chief, target_value, words_text
from pages.views.texts import texts

DAY = datetime.date(2020, 6, 30)
ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "data" / "fonts"
KINDS = ("xlsx", "pptx", "docx", "png")


@pytest.fixture(scope="module")
def scenario(plan):
    moved = plan.scenarios["plan"].with_lever("investment_growth", 15, district="gongyi")
    return moved.with_assumption("covid_loss", 0.8)


@pytest.fixture(scope="module")
def summaries(plan, scenario):
    chosen = {"scenario": scenario} | {n: plan.scenarios[n] for n in ("status_quo", "plan")}
    return {
        name: summarise(plan, one, model.ensemble(plan, one, draws=256))
        for name, one in chosen.items()
    }


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request, plan, scenario, summaries):
    """The content of a briefing and its files, in one language."""
    t = texts(request.param)
    stamp = stamps.stamp(plan, scenario, 256, DAY, link.encode(plan, scenario), t)
    run, parts = model.simulate(plan, scenario), model.attribute(plan, scenario)
    content = briefs.brief(plan, summaries, run, parts, stamp, t)
    return t, content, build(content, summaries, t)


def build(content, summaries, t):
    return {
        "xlsx": workbook.workbook(content, t),
        "pptx": slides.slides(content, summaries["scenario"], t),
        "docx": paper.paper(content, t),
        "png": picture.png(content.exhibits[0], content.stamp, t, ppi=100),
    }


def members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8", "ignore") for name in archive.namelist()}


def said(content):
    """Return the visible text of an office file."""
    parts = [t for name, t in members(content).items() if name.endswith(".xml")]
    return " ".join(re.sub(r"<[^>]*>", " ", part) for part in parts)


# Promises of every file


def test_the_same_content_gives_the_same_bytes(made, summaries):
    t, content, files = made
    for kind, again in build(content, summaries, t).items():
        assert again == files[kind], kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_gives_the_scenario_back(made, plan, scenario, kind):
    parameters = seal.read(made[2][kind])
    restored, notices = link.decode(plan, parameters)
    assert restored == scenario
    assert notices == ()


@pytest.mark.parametrize("kind", ["xlsx", "pptx", "docx"])
def test_a_file_says_where_it_comes_from(made, plan, kind):
    t, content, files = made
    text = re.sub(r"\s+", "", said(files[kind]))
    for line in content.stamp.lines(t):
        assert re.sub(r"\s+", "", line.replace("&", "&amp;")) in text
    assert plan.version in text and "2020" in text


def test_a_chance_that_the_record_does_not_carry_is_marked_in_every_file(made, summaries, plan):
    t, content, files = made
    shown = {kind: re.sub(r"\s+", "", said(files[kind])) for kind in ("xlsx", "pptx", "docx")}
    verdicts = [summaries["scenario"].verdict(name) for name in content.opening]
    assert not any(verdict.supported for verdict in verdicts)
    for verdict in verdicts:
        marked = re.sub(r"\s+", "", chance_both(verdict, t)).replace("<", "&lt;")
        assert all(marked in text for text in shown.values()), verdict.target.id
    first = words_text(summaries["scenario"].verdict(plan.aim("iva_growth").id), t)
    assert first in content.conclusion[0] and first in content.exhibits[0].finding


def test_a_target_at_other_prices_than_the_forecast_is_marked_in_every_file(made, plan, summaries):
    t, _, files = made
    nominal = summaries["scenario"].verdict(plan.aim("industrial_investment").id)
    assert nominal.differs
    marked = asked(nominal, t)
    assert marked != target_value(nominal.target, t)
    for kind in ("xlsx", "pptx", "docx"):
        assert re.sub(r"\s+", "", marked) in re.sub(r"\s+", "", said(files[kind])), kind


def test_the_numbers_of_a_chart_say_where_they_come_from_below_the_table(made):
    t, content, _ = made
    exhibit = content.exhibits[0]
    text = tables.csv(exhibit.numbers, content.stamp.lines(t)).decode("utf-8-sig")
    table, notes = text.split("\r\n\r\n")
    assert len(table.split("\r\n")) == len(exhibit.numbers) + 1
    assert [row.strip('"') for row in notes.split("\r\n")[:-1]] == list(content.stamp.lines(t))


def test_a_changed_assumption_is_in_the_footnote(made, plan):
    t, content, _ = made
    changed = plan.desk.assumption("covid_loss")
    assert t.of(changed) in " ".join(content.stamp.lines(t))


def test_every_character_of_a_file_is_in_the_bundled_font(made):
    known = set(TTFont(FONTS / "NotoSansSC-Regular.otf").getBestCmap()) | {9, 10, 13}
    for kind in ("xlsx", "pptx", "docx"):
        missing = sorted({c for c in said(made[2][kind]) if ord(c) not in known})
        assert not missing, (kind, missing)


def test_no_text_can_start_a_formula(plan, scenario, summaries):
    t = texts("zh")
    evil = replace(scenario, name_zh='=HYPERLINK("x")')
    stamp = stamps.stamp(plan, evil, 256, DAY, link.encode(plan, evil), t)
    run, parts = model.simulate(plan, evil), model.attribute(plan, evil)
    named = summaries | {"scenario": replace(summaries["scenario"], scenario=evil)}
    content = briefs.brief(plan, named, run, parts, stamp, t)
    sheets = members(workbook.workbook(content, t))
    cells = "".join(text for name, text in sheets.items() if "worksheets/sheet" in name)
    assert "<f>" not in cells and "<f " not in cells
    assert "HYPERLINK" in sheets["xl/sharedStrings.xml"]


# Native charts hold the numbers


def test_the_charts_of_slides_and_sheets_can_be_edited(made):
    _, content, files = made
    for kind, folder in (("xlsx", "xl/charts/chart"), ("pptx", "ppt/charts/chart")):
        charts = [t for name, t in members(files[kind]).items() if name.startswith(folder)]
        assert len(charts) == len(content.exhibits)
    books = [name for name in members(files["pptx"]) if name.endswith(".xlsx")]
    assert len(books) == len(content.exhibits)  # the numbers behind each chart


def test_a_chart_shows_the_target_and_names_its_unit(made):
    _, content, _ = made
    for exhibit in content.exhibits:
        columns = [series.column for series in exhibit.native.series]
        assert set(columns) <= set(exhibit.numbers.columns)
        assert any(re.search("目标|附件|Target|target|Annex", name) for name in columns), exhibit.id
        assert re.search("%|亿元|百分点|bn|points", exhibit.title), exhibit.id


def test_the_parts_of_growth_add_up_in_the_annex(made):
    _, content, _ = made
    points = content.shares.iloc[:, 1]
    assert points.iloc[:-1].sum() == pytest.approx(points.iloc[-1], abs=1e-9)


# Pictures


def test_a_picture_has_three_hundred_dots_an_inch_and_its_footnote(made):
    t, content, _ = made
    drawn = picture.png(content.exhibits[1], content.stamp, t)
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.5)
        assert image.width >= 3000
        assert content.stamp.lines(t)[0] in image.info["Description"]


def test_a_pdf_carries_its_fonts_and_its_words(made):
    t, content, _ = made
    for exhibit in content.exhibits:
        page = PdfReader(io.BytesIO(picture.pdf(exhibit, content.stamp, t))).pages[0]
        fonts = page["/Resources"]["/Font"].values()
        names = {str(font.get_object()["/BaseFont"]) for font in fonts}
        assert names and all("NotoSansSCLocal" in name for name in names), names
        text = re.sub(r"\s", "", page.extract_text())
        assert re.sub(r"\s", "", exhibit.title) in text
        for line in content.stamp.lines(t):
            for row in picture.wrapped(line):
                assert re.sub(r"\s", "", row) in text


@pytest.mark.parametrize("text", ["a" * 300, "word " * 90, "规模以上" * 80, "口径：a b" * 60, ""])
def test_a_wrapped_footnote_loses_nothing(text):
    lines = picture.wrapped(text, 100)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    assert all(workbook.wide(line) <= 100 or " " not in line.strip() for line in lines)


def test_an_svg_holds_text_and_calls_nobody(made):
    t, content, _ = made
    drawn = picture.svg(content.exhibits[0], content.stamp, t).decode()
    assert content.exhibits[0].title in drawn
    assert not re.search(r'(?:href|src)="(?:https?:)?//', drawn)


# What comes back from outside


def refused(content):
    with pytest.raises(model.ModelError) as error:
        seal.read(content)
    return error.value.code


def test_a_foreign_file_is_refused():
    assert refused(b"hello") == "foreign_file"
    assert refused(b"") == "foreign_file"
    assert refused(b"\x89PNG\r\n\x1a\n" + b"\0" * 100) == "foreign_file"
    assert refused(b"PK\x03\x04" + b"\0" * 50) == "foreign_file"


def test_a_picture_without_a_scenario_is_told_apart_from_a_damaged_one(made):
    plain = io.BytesIO()
    Image.new("RGB", (2, 2)).save(plain, "PNG")
    assert refused(plain.getvalue()) == "no_code"
    code = made[1].stamp.code
    for broken in (
        code[:60],
        code[:-4],
        code.replace(code[30], "A" if code[30] != "A" else "B", 1),
    ):
        with pytest.raises(model.ModelError) as error:
            seal.decode(f"… {broken} …")
        assert error.value.code == "damaged_code"


def test_a_code_survives_the_line_breaks_of_an_office_program(made, plan, scenario):
    code = made[1].stamp.code
    with_runs = "<w:t>" + "</w:t><w:t>".join(code[k : k + 40] for k in range(0, len(code), 40))
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr("word/document.xml", with_runs)
    assert link.decode(plan, seal.read(box.getvalue()))[0] == scenario


def test_bombs_are_not_unpacked():
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (seal.LARGEST_PART + 10))
    assert len(box.getvalue()) < 100_000
    assert refused(box.getvalue()) == "file_too_large"
    packed = zlib.compress(b'{"s":"' + b"a" * 10_000_000 + b'"}', 9)
    body = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    with pytest.raises(model.ModelError) as error:
        seal.decode(f"{seal.MARK}.{body}.{binascii.crc32(packed):08x}")
    assert error.value.code == "damaged_code"


# The program beside a result


def scenarios_with_a_history(plan):
    plain = plan.scenarios["plan"]
    moved = plain.with_lever("upgrade_investment_growth", 12.5).with_assumption("covid_loss", 20)
    district = moved.with_lever("investment_growth", 20, district="airport")
    # Written in full, with its name: what ends a string in Python must not end the program.
    district = replace(district, name_zh='方案"甲"', name_en="C:\\new'", note_zh='一\n"""二')
    carried = plain.with_lever("investment_growth", 40)  # takes districts beyond the range
    return {"plain": plain, "moved": moved, "district": district, "carried": carried}


@pytest.mark.parametrize("kind", ["plain", "moved", "district", "carried"])
def test_the_program_gives_the_numbers_of_the_screen_again(plan, kind, tmp_path):
    scenario = scenarios_with_a_history(plan)[kind]
    program = tmp_path / "again.py"
    program.write_text(snippet.snippet(plan, scenario, 128, 1), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, program],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    fan = model.ensemble(plan, scenario, draws=128, seed=1)
    verdicts = {v.target.id: v for v in summarise(plan, scenario, fan).verdicts}
    lines = done.stdout.split("\n")[:-1]
    assert [line.split()[0] for line in lines] == list(chief(plan))
    for line in lines:
        name, *figures = line.split()
        verdict = verdicts[name]
        wanted = verdict.forecast, verdict.low, verdict.high, verdict.probability
        assert [float(x) for x in figures] == pytest.approx(wanted, rel=0, abs=1e-9)


# LibreOffice


@pytest.mark.parametrize("kind", ["xlsx", "pptx", "docx"])
def test_libreoffice_draws_every_character(made, need, tmp_path, kind):
    need("libreoffice")
    _, content, files = made
    home = tmp_path / "home"
    (home / ".fonts").mkdir(parents=True)
    for font in FONTS.glob("*.otf"):
        shutil.copy(font, home / ".fonts")
    settings = home / ".config" / "fontconfig"
    settings.mkdir(parents=True)
    alias = (
        '<?xml version="1.0"?><fontconfig><alias binding="same">'
        f"<family>{workbook.OFFICE_FONT}</family>"
        "<prefer><family>Noto Sans SC Local</family></prefer></alias></fontconfig>"
    )
    (settings / "fonts.conf").write_text(alias)
    (tmp_path / f"paper.{kind}").write_bytes(files[kind])
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", f"paper.{kind}"],
        cwd=tmp_path,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        check=True,
        capture_output=True,
        timeout=180,
    )
    pages = PdfReader(tmp_path / "paper.pdf").pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    assert "\ufffd" not in text and "\0" not in text
    lines = content.conclusion if kind != "xlsx" else content.conclusion[:1]
    for line in lines:
        # A page number may stand between two halves of a paragraph; its beginning cannot be split.
        assert re.sub(r"\s", "", line)[:24] in text
