"""What a stranger may send: spoilt copies of good files, numbers and names that should not be.

Strategies for hypothesis.  Used by tests/test_bad_input.py and, for as long as one likes, by
``python -m tests.fuzz``.
"""

from __future__ import annotations

import io
import zipfile

from hypothesis import strategies as st

NUMBERS = st.one_of(
    st.floats(),
    st.integers(-(10**400), 10**400),
    st.integers(-100, 3000),
    st.sampled_from([0.0, -0.0, 1e308, -1e308, 5e-324, float("nan"), float("inf"), True, False]),
)
TRICKS = st.sampled_from(
    [
        "../../etc/passwd", "..\\..\\boot.ini", "/dev/zero", "C:\\CON", "NUL.toml", "a\x00b",
        "\u202egnp.exe", "\u2066x\u2069", "\u200b", "\ufeff", "\ud800", "\x1b[2J", "\r\n", "\t",
        "=HYPERLINK(\"x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "＝1+1", "%s%n{0}{name}",
        "<script>alert(1)</script>", "![x](//evil.example/x.png)", "[x](javascript:alert(1))",
        "$\\LaTeX$", ":material/home:", "'; DROP TABLE scenario; --", "a" * 5000, "长" * 500, "",
        "NaN", "Infinity", "1e999", "-0", "１２３", "1_000", "0x10", "九", "٣", "²",
    ]
)  # fmt: skip
WORDS = st.one_of(TRICKS, st.text(max_size=40))
VALUES = st.recursive(
    st.one_of(NUMBERS, WORDS, st.none()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


class Good:
    """A good file; hypothesis prints what it draws from, and a whole file would take minutes."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __repr__(self) -> str:
        return f"Good({len(self.content)} bytes)"


def spoilt(content: bytes, inserts: tuple[bytes, ...] = ()) -> st.SearchStrategy[bytes]:
    """Give copies with bytes changed, cut out, doubled or put in."""
    return _spoilt(Good(content), inserts)


@st.composite
def _spoilt(draw, good: Good, inserts: tuple[bytes, ...]) -> bytes:
    data = bytearray(good.content)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(len(data) - 1, 0)))
        match draw(st.sampled_from(["byte", "cut", "end", "double", "put"])):
            case "byte":
                data[place : place + 1] = bytes([draw(st.integers(0, 255))])
            case "cut":
                del data[place : place + draw(st.integers(1, 60))]
            case "end":
                del data[place:]
            case "double":
                data[place:place] = data[place : place + draw(st.integers(1, 60))]
            case "put":
                more = draw(st.one_of(st.binary(max_size=12), WORDS.map(_bytes)))
                data[place:place] = draw(st.sampled_from([more, *inserts]))
    return bytes(data)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def zipped(parts: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of these parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", packing) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return kept.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    """Return what an archive holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def spoilt_inside(content: bytes) -> st.SearchStrategy[bytes]:
    """Give archives one of whose parts is spoilt, past its check sums; packed in any way."""
    return _spoilt_inside(Good(content))


@st.composite
def _spoilt_inside(draw, good: Good) -> bytes:
    found = parts(good.content)
    name = draw(st.sampled_from(sorted(found)))
    found[name] = draw(spoilt(found[name], (b"<!DOCTYPE x>", b"<f>1+1</f>", b"&#x202e;")))
    if draw(st.integers(0, 9)) == 0:
        found[draw(WORDS.filter(lambda text: text.isprintable() and text))] = b"x"
    packing = st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA])
    return zipped(found, draw(packing))


def csv_text(rows: list[list[str]]) -> bytes:
    """Return rows as they come from a spreadsheet, quoted where they must be."""
    cells = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows]
    return "\r\n".join(",".join(row) for row in cells).encode("utf-8", "surrogatepass")


def drops() -> dict[str, bytes]:
    """Give what may be dropped on any field for files: its name tells what is wrong with it."""
    formula = '=HYPERLINK("http://evil.example")'
    numbers = f"name,start,cloud_coverage\n{formula},plan,NaN\n乙,plan,1e999\n"
    return {
        "乱码.csv": bytes(range(128, 256)) * 9,
        "公式.csv": numbers.encode("gb18030"),
        "炸弹.csv": zipped({"xl/workbook.xml": bytes(30_000_000)}),
    }
