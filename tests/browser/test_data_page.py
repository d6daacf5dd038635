"""The data desk in a real browser: files as offices send them, the grid, saving, the way back."""

import csv
import io

import pytest
import xlsxwriter

from pages.views.texts import texts

pytestmark = pytest.mark.browser

GONGYI = "district_base|gongyi|industrial_va|central"
SHARE = "industry_mix|airport|electronics|share_pct"
HEADS = ["编号", "项目", "新值", "低值", "高值", "来源"]
FILLED = [[GONGYI, "巩义", "１，２５０．５ 亿元", "", "", "市统计局"],
          [SHARE, "港区", "80％", "—", "不适用", ""]]  # fmt: skip
UPLOAD = "[class*=st-key-desk_upload_] input[type=file]"


def as_csv(rows, encoding):
    text = io.StringIO()
    csv.writer(text).writerows([HEADS, *rows])
    return text.getvalue().encode(encoding)


def with_merged_heads():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet, share = book.add_worksheet("基年数"), book.add_format({"num_format": "0.0%"})
        sheet.merge_range("A1:F1", "请各单位填报")
        sheet.merge_range("A2:A3", "编号")
        sheet.merge_range("B2:B3", "项目")
        sheet.merge_range("C2:E2", "填报数")
        sheet.merge_range("F2:F3", "来源")
        sheet.write_row("C3", ["新值", "低值", "高值"])
        sheet.write_row("A4", [GONGYI, "巩义", 1250.5, None, None, "市统计局"])
        sheet.write_row("A5", [SHARE, "港区"])
        sheet.write_number("C5", 0.8, share)
    return content.getvalue()


def tab(page, settle, place):
    page.locator("[data-testid=stTab]").nth(place).click()
    settle(page, timeout=60_000)


def sent(page, settle, name, content):
    """Send a file; return what the page says of it."""
    kind = "application/octet-stream"
    page.locator(UPLOAD).set_input_files([{"name": name, "mimeType": kind, "buffer": content}])
    page.wait_for_selector(f"[data-testid=stAlert]:has-text('{name}') >> visible=true",
                           timeout=60_000)  # fmt: skip
    settle(page, timeout=60_000)
    return page.locator(f"[data-testid=stAlert]:has-text('{name}')").first.inner_text()


def typed_into_the_first_line(page, settle, text):
    """Type a new value; the grid is a picture that takes no keys until it is drawn."""
    for _ in range(6):
        grid = page.locator("[data-testid=stDataFrame]:has(canvas) >> visible=true").first
        box = grid.bounding_box()
        page.mouse.click(box["x"] + 450, box["y"] + 54)
        page.keyboard.press("Enter")
        page.keyboard.insert_text(text)
        page.keyboard.press("Enter")
        settle(page, timeout=60_000)
        if page.locator(".st-key-desk_save_now button").count():
            return
    pytest.fail("The grid took no figure.")


def test_files_as_offices_send_them_are_read_or_refused_in_words(open_page, settle):
    t, page = texts("zh"), open_page("data", width=1366, height=900)
    tab(page, settle, 1)
    good = {
        "甲.csv": as_csv(FILLED, "utf-8"), "乙.csv": as_csv(FILLED, "utf-8-sig"),
        "丙.csv": as_csv(FILLED, "gb18030"), "丁.xlsx": with_merged_heads(),
    }  # fmt: skip
    for name, content in good.items():
        assert t("desk.took", name=name, count=2) == sent(page, settle, name, content)
    bad = {
        "空.csv": (b"", "upload_empty"),
        "程序.xlsx": (b"MZ\x90\x00" + b"\0" * 4096, "upload_unreadable"),
        "旧.xls": (b"\xd0\xcf\x11\xe0" + b"\0" * 4096, "upload_old_excel"),
        "大.csv": (b"a," * (3 << 20), "upload_too_large"),
        "别的.csv": ("年份,数\n2019,1\n".encode("gb18030"), "upload_foreign"),
    }
    for name, (content, code) in bad.items():
        reason = t.error(code, {"given": 6, "high": 4})
        assert reason in sent(page, settle, name, content), name
    rows = [[GONGYI, "", "约214", "", "", ""], [SHARE, "", "180", "", "", ""], ["x|y", "", 1]]
    name, content = "错.csv", as_csv(rows, "gb18030")
    assert t("desk.refused_file", name=name, count=3) in sent(page, settle, name, content)
    assert page.locator(".st-key-desk_faults").count() == 1
    # Nothing of the refused files came into the draft that the good ones left.
    changed = page.locator(".st-key-desk_preview").inner_text()
    assert "替换 2 个" in changed
    assert page.locator("[data-testid=stException]").count() == 0


@pytest.mark.parametrize("locale, language", [("zh-CN", "zh"), ("en-US", "en")])
def test_a_figure_typed_into_the_grid_is_kept_used_shared_and_taken_back(
    open_page, settle, locale, language
):
    t, page = texts(language), open_page("data", locale=locale, width=1366, height=768)
    tab(page, settle, 1)
    typed_into_the_first_line(page, settle, "３００" if language == "zh" else "301")
    assert page.locator("table.desk tbody tr").count() == 5
    name = f"局供 {language}"
    page.locator(".st-key-desk_name input").fill(name)
    page.locator(".st-key-desk_save_now button").first.click()
    page.wait_for_selector(f".badge.own:has-text('{name}')", timeout=60_000)
    settle(page, timeout=60_000)
    link = page.url
    assert "%2B" in link.partition("&d=")[2][:12]
    page.reload()
    page.wait_for_selector(f".badge.own:has-text('{name}')", timeout=60_000)
    other = open_page(link[link.index("?") :], locale=locale, width=1366, height=768)
    other.wait_for_selector(f".badge.own:has-text('{name}')", timeout=60_000)
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")
    settle(page, timeout=60_000)
    page.locator(".st-key-desk_back button").first.click()
    page.wait_for_selector(".badge.own", state="detached", timeout=60_000)
    page.locator(".st-key-undo button").first.click()
    page.wait_for_selector(f".badge.own:has-text('{name}')", timeout=60_000)
    assert t("desk.in_use_set", name=name, count=1).split("<b>")[0][:4] in page.inner_text("body")
    assert page.locator("[data-testid=stException]").count() == 0
