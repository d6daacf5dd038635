"""No words for readers stand in the code of the pages: they come from data/interface."""

import ast
import re
from pathlib import Path

import pytest

from pages.views.texts import LANGUAGES, texts
from tests.test_layers import WORDS

ROOT = Path(__file__).resolve().parents[1]
FILES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]

SHOWN = {
    "badge", "button", "caption", "checkbox", "data_editor", "download_button", "error",
    "expander", "file_field", "file_uploader", "form_submit_button", "header", "info",
    "link_button",
    "markdown", "metric", "multiselect", "number_input", "page_link", "pills", "popover",
    "progress", "radio", "segmented_control", "select_slider", "selectbox", "slider", "spinner",
    "status", "subheader", "success", "tabs", "text", "text_area", "text_input", "title", "toast",
    "toggle", "warning", "write",
}  # fmt: skip
"""Calls of Streamlit whose first argument, or label, a reader sees."""

LABELS = {"label", "help", "placeholder", "caption", "page_title", "alt", "text"}
"""Arguments that a reader sees, whatever the call."""

UNREAD = {
    "ModelError", "ValueError", "TypeError", "KeyError", "RuntimeError", "Fault", "event",
    "failure", "compile", "sub", "search", "fullmatch", "match", "getLogger", "Path",
}  # fmt: skip
"""Calls whose strings go to developers or to machines, not to the screen."""

EXCEPTIONS = {
    "Regular": "a weight of the font, in the name of its file",
    "Bold": "a weight of the font, in the name of its file",
    "NotoSansSC-\0.\0": "the name of a font file",
    "Noto Sans SC Local, Microsoft YaHei, PingFang SC, Noto Sans CJK SC, sans-serif": "fonts",
    "Consolas": "a font",
    "Noto Sans SC": "a font",
    "Notice": "the name of a class, in __all__",
    "PageUp": "the name of a key for the browser",
    "PageDown": "the name of a key for the browser",
    "Esc": "the name of a key, the same in both languages",
    "False": "the name of a value, in a pattern of settings",
    "None": "what a spreadsheet library calls an empty cell",
    "Normal": "a style of Word documents, by the name that the format gives it",
    "Title": "a style of Word documents, and a field of PNG files, by that name",
    "Heading 1": "a style of Word documents",
    "Heading 2": "a style of Word documents",
    "Table Grid": "a style of Word documents",
    "Description": "a field of PNG files",
    "pd.DataFrame | dict[str, list]": "a type",
    "Return": "how docstrings begin",
    "equation \0": "the section of a text in the interface files",
    "per year": "a unit of the tables, put into words by quantity.toml",
    "per month": "a unit of the tables, put into words by quantity.toml",
    "亿元 per year": "a unit of the tables, put into words by quantity.toml",
    "亿元/firm": "a unit of the tables, put into words by quantity.toml",
    "% of plan": "a unit of the tables, put into words by common.toml",
    "base cell": "what a parameter applies to, as the table says it",
    "annex 1": "a clause of the register, as the table says it",
    "tiles quiet": "two classes of the style sheet",
    "%s is not used": "a line of the log",
    "scene %s": "a line for the log",
    "wait \0": "who waits for a piece of work: a thread",
    "General": "a number format of spreadsheets, by that name",
    "background-color: \0": "a style",
    "**\0**  \n:small[\0\0]": "markup",
}
"""Strings that look like words for a reader and are none, each with the reason."""

PROGRAMS = {
    "snippet.py": "writes a Python program; its words are Python",
    "headers.py": "speaks to browsers; its words are those of the protocol",
}
"""Files whose strings are a program, each with the reason."""


def spoken(text: str) -> str:
    """Return what is left of a string when markup, style and placeholders are taken away."""
    text = re.sub(r"<(style|script)\b.*?(</\1>|$)", " ", text, flags=re.S)
    text = re.sub(r"<[^>]*(>|$)", " ", text)  # a tag may go on in the next string
    text = re.sub(r"^[^<>]*\">", " ", text)
    return re.sub(r"&\w+;", " ", text)


def literals(tree: ast.AST):
    """Give every string of a file that is no docstring, formatted ones in one piece."""
    skipped = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            skipped |= {id(x.value) for x in body if isinstance(x, ast.Expr)}
        if isinstance(node, ast.Call) and name_of(node.func) in UNREAD:
            skipped |= {id(x) for part in (*node.args, *node.keywords) for x in ast.walk(part)}
        if isinstance(node, ast.Assert) and node.msg is not None:
            skipped |= {id(x) for x in ast.walk(node.msg)}
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [x.value if isinstance(x, ast.Constant) else "\0" for x in node.values]
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


MACHINE = (
    r"[a-z0-9_.\-:/#%|*+?=&,@~^\[\]()!]*",  # a key, a path, a class: one lower-case word
    r"#[0-9A-Fa-f]{6}",  # a colour
    r"\w+:[QNOT]",  # a field of a chart
    r"[a-z]+:?[a-z]*(?:[A-Z][a-z]*)+[0-9]*",  # a property in camel case
    r"\w+\.[a-z]+(?:[A-Z][a-z]*)+",  # an option of Streamlit
    r"[A-Z]+(?:_[A-Z]+)+",  # the name of a setting
    r"[\w./-]+\.(?:py|csv|xml|png|woff2|otf|css)",  # a file
    r"[A-Z0-9]{2,}",  # an acronym of a format or a protocol
    r"[a-z]{2}-[A-Z]{2}|[A-Z][a-z]+-[A-Z][a-z]+",  # a locale; a header of HTTP
    r"Ctrl\+[A-Z]",  # keys, the same in both languages
    r":\w+(?:/\w+:|\[.*\])",  # Streamlit's icons and sizes
)


def code(text: str) -> bool:
    """Whether a string is a key, a path, a style, an expression: something for a machine."""
    if any(re.fullmatch(pattern, text) for pattern in MACHINE):
        return True  # labels, which may be one word, are looked at apart
    return bool(re.search(r"datum\.|[{};$\\]|=>|==|\w+\(|\w=|::|//|--|\bvar\b", text))


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]{2,}", text)


def is_prose(text: str) -> bool:
    left = spoken(text).strip()
    if code(left.replace("\0", "x")) or left in EXCEPTIONS:
        return False
    return bool(words(left.replace("\0", " ")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_words_for_readers_stand_in_the_code(path):
    if path.name in PROGRAMS:
        return
    tree = ast.parse(path.read_text("utf-8"))
    found = [(line, text) for line, text in literals(tree) if is_prose(text)]
    assert not found, "words belong into data/interface; what is none goes to EXCEPTIONS, with why"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_chinese_stands_in_the_code_but_units(path):
    units = set(re.findall(r"[\u3400-\u9fff]+", " ".join(WORDS)))
    for line, text in literals(ast.parse(path.read_text("utf-8"))):
        assert set(re.findall(r"[\u3400-\u9fff]+", text)) <= units, (line, text)
        if text != "，":  # what a person may have typed between two figures
            assert not re.search(r"[\u3001\u3002\uff08-\uff0c\uff1a\uff1b]", text), (line, text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_label_is_a_literal(path):
    """What Streamlit shows as a label has no letters of its own, not even one word."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        seen = [x.value for x in node.keywords if x.arg in LABELS]
        of = node.func.value if isinstance(node.func, ast.Attribute) else None
        if isinstance(of, ast.Name) and of.id == "st" and name_of(node.func) in SHOWN:
            seen += node.args[:1]
        for value in seen:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                if re.fullmatch(r"\w+:[QNOT]", value.value):
                    continue  # a field of a chart
                assert not words(spoken(value.value)), (node.lineno, value.value)


def test_every_exception_is_still_needed():
    strings = {
        spoken(text).strip()
        for path in FILES
        for _, text in literals(ast.parse(path.read_text("utf-8")))
    }
    assert not set(EXCEPTIONS) - strings


@pytest.mark.parametrize(
    "text",
    [
        "Save scenario", "Saved", "<b>Forecast</b>", '<div class="note">No data yet</div>',
        "3 draws", "\0 of \0 targets", "Page not found.",
    ],
)  # fmt: skip
def test_words_for_readers_are_recognised(text):
    assert is_prose(text)


@pytest.mark.parametrize(
    "text",
    [
        "levers.intro", "upgrade_share", '<div class="note">', '" style="width:\0%">', "text/csv",
        "datum.value > 0 ? 'top' : 'bottom'", "#1B5E9E", "2020-04", "&nbsp;", "<td>\0</td>",
        "@font-face{font-family:\"\0\";}",
    ],
)  # fmt: skip
def test_code_is_not_taken_for_words(text):
    assert not is_prose(text)


def raised():
    """Give the code of every ModelError that the model raises in so many words, and its place."""
    for path in sorted((ROOT / "model").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ModelError":
                codes = [word.value for word in node.keywords if word.arg == "code"]
                code = codes[0] if codes else None
                if code is None or isinstance(code, ast.Constant):
                    yield f"{path.name}:{node.lineno}", code and code.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_of_the_model_has_a_sentence(language):
    t, found = texts(language), dict(raised())
    assert len(found) > 50
    mute = {
        place: code
        for place, code in found.items()
        if not (code and (f"error.{code}" in t or f"fault.{code}" in t))
    }
    assert not mute
