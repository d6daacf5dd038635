"""The words of the interface, from data/interface; records bring their own two names.

What a text says about the plan stands as ``{plan.year}``, ``{plan.city}`` and so on, filled from
the plan's own folder; words that hold for one plan alone stand in its folder ``interface``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model import ModelError
from model.plan import chosen, find
from model.sent_text import shown
from pages.views import reasons
from pages.views.plan_words import plan_words

FOLDER = Path(__file__).resolve().parents[2] / "data" / "interface"
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text of one language; ``texts("overview.title")`` returns one, filled in."""

    language: str
    folder: str
    entries: tuple[tuple[str, str], ...]

    def __call__(self, key: str, **values: object) -> str:
        text = _entries(self.language, self.folder)[key]
        return text.format(**values) if values else text

    def __contains__(self, key: str) -> bool:
        return key in _entries(self.language, self.folder)

    def of(self, record: object, field: str = "name") -> str:
        """Return the field of a record that is written in this language."""
        return getattr(record, f"{field}_{self.language}")

    def unit(self, unit: str) -> str:
        """Return a unit of the data tables in this language."""
        key = f"unit.{unit}"
        return self(key) if key in self else unit

    def status(self, word: str) -> str:
        """Return a status word of the data tables in this language."""
        key = f"status_word.{word}"
        return self(key) if key in self else word

    def error(self, code: str, details: dict) -> str:
        """Return the sentence for a ModelError, in this language."""
        key = f"fault.{code}" if code.startswith("cell_") else f"error.{code}"
        if key not in self:
            return self("error.other", code=code)
        named = {"name", "given", "low", "high", "unit", "kind", "suggestion", "count", "known"}
        named |= {"reason"}
        known = dict.fromkeys(named, "") | dict(details)
        for item in ("low", "high", "given"):
            if isinstance(known[item], float):
                known[item] = f"{known[item]:g}"
            elif isinstance(known[item], str):  # from outside: of any length, and any characters
                known[item] = shown(known[item])
        known["unit"] = self.unit(str(known["unit"]))
        known["reason"] = reasons.said(str(known["reason"]), self)
        known["kind"] = reasons.kind(str(known["kind"]), self)
        known["suggestion"] = reasons.suggestion(str(known["suggestion"]), self)
        return self(key, **known)


def texts(language: str, plan: str = "") -> Texts:
    """Return the texts of one language about a plan: that of the setting unless another is named.

    A plan that cannot be found or read leaves its words out; the page that says so needs texts too.
    """
    try:
        folder = _folder(plan or chosen())
    except ModelError:
        folder = ""
    return _texts(language, folder)


@cache  # a page asks for its texts at every line; what is not found is looked for again
def _folder(plan: str) -> str:
    return str(find(plan).resolve())


@cache
def _texts(language: str, folder: str) -> Texts:
    return Texts(language, folder, tuple(sorted(_entries(language, folder).items())))


@cache
def _entries(language: str, folder: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        for name, text in _read(path).items():
            if name in found:
                raise ValueError(f"{path.name}: the text {name} is written twice.")
            found[name] = text
    own = Path(folder) / "interface" / f"{language}.toml"
    if folder and own.is_file():
        found |= _read(own)
    words = plan_words(Path(folder) if folder else None, language, found)
    return {name: _WORD.sub(lambda m: words.get(m[1], ""), text) for name, text in found.items()}


_WORD = re.compile(r"\{plan\.(\w+)\}")


def _read(path: Path) -> dict[str, str]:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {f"{section}.{key}": text for section, table in tables.items()
            for key, text in table.items()}  # fmt: skip
