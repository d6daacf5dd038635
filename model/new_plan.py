"""An empty plan folder for another city: every table with its header, and a guide to fill it in.

The generic priors are copied from the plan that ships, each marked as not yet checked; those that
rest on a text about that city come without a number, so that `check` asks for one.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from model import checks, optional
from model.errors import ModelError
from model.plan import DATA, DEFAULT, find
from model.sources import STATUSES
from model.streams import SPENDING
from model.tables import SCHEMA, Column, read_tables

TEMPLATE = DATA / "new_plan"
MARK = "copied, not checked for this city: "
"""How the note of a copied row begins."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
PROFILES = SCHEMA["levers"][1]["time_profile"].of

_GENERIC = ("paper", "judgement")
"""Kinds of sources that say something about other cities, too."""

_APART = ("recovered_loss",)
"""Levers whose parameters describe one epidemic."""

_NUMBERS = ("p05", "p50", "p95", "p05_ex_ante", "p50_ex_ante", "p95_ex_ante")


def write(
    name: str,
    *,
    parent: Path = DATA,
    year: int = 2023,
    years: int = 2,
    districts: Sequence[str] = (),
    industries: Sequence[str] = (),
) -> Path:
    """Write an empty, documented plan folder and return where it is.

    Parameters
    ----------
    name : str
        Name of the folder and id of the plan: small letters, digits and underscores.
    parent : Path
        Folder to write into; plans under ``data/`` are found by their name.
    year, years : int
        First year of the plan and length of the horizon.
    districts, industries : sequence of str, optional
        Codes to begin the rows of the tables with.

    Raises
    ------
    ModelError
        When the name or a code cannot be used, the horizon cannot be, or the folder exists.
    """
    wrong = [given for given in (name, *districts, *industries) if not NAME.fullmatch(given)]
    if wrong:
        raise ModelError(
            f"{', '.join(map(repr, wrong))} cannot be a name; use small letters, digits and "
            "underscores, a letter first, such as luoyang_2021.",
            code="bad_name",
            given=", ".join(wrong),
        )
    for codes in (districts, industries):
        if len(set(codes)) < len(codes):
            raise ModelError(f"A code stands twice: {', '.join(codes)}.", code="bad_name",
                             given=", ".join(codes))  # fmt: skip
    if not (1990 <= year <= 2100 and 1 <= years <= 10):
        raise ModelError(
            f"{years} years from {year}; accepted: 1 to 10 years, the first from 1990 to 2100.",
            code="bad_horizon",
        )
    folder = parent / name
    if folder.exists():
        raise ModelError(
            f"{folder} exists already and is left as it is; choose another name or remove it.",
            code="exists",
            name=str(folder),
        )
    facts: dict[str, object] = {
        "id": name, "year": year, "base_year": year - 1, "months": 12 * years,
    }  # fmt: skip
    # Elsewhere first, so that a full disk leaves no half of a folder that "exists already".
    begun = folder.with_name(f".{name}.{os.getpid()}")
    try:
        (begun / "scenarios").mkdir(parents=True)
        for file, text in _files(facts, districts, industries, folder).items():
            (begun / file).write_text(text, encoding="utf-8", newline="\n")
        begun.rename(folder)
    except OSError as error:
        shutil.rmtree(begun, ignore_errors=True)
        raise ModelError(
            f"{folder} cannot be written: {error.strerror}.", code="unwritable", name=str(folder)
        ) from error
    return folder


def _files(
    facts: dict[str, object], districts: Sequence[str], industries: Sequence[str], folder: Path
) -> dict[str, str]:
    """Return the text of every file of a new folder by its name."""
    shipped, _ = read_tables(find(DEFAULT))
    frames = {name: pd.DataFrame(columns=list(SCHEMA[name][1]), dtype=str) for name in SCHEMA}
    frames["parameters"] = _parameters(shipped, facts)
    frames["sources"] = _sources(shipped["sources"], frames["parameters"])
    frames["indicators"] = _indicators(
        shipped["indicators"], facts, _origin_years(shipped["parameters"])
    )
    units = tuple(zip(checks.NEEDED_BASE, _UNITS, strict=True))
    begun = {
        "districts": [{"district": code} for code in districts],
        "industries": [{"industry": code} for code in industries],
        "district_base": [{"district": code, "indicator": indicator, "unit": unit}
                          for code in districts for indicator, unit in units],
        "industry_mix": [{"district": d, "industry": i} for d in districts for i in industries],
    }  # fmt: skip
    for name, rows in begun.items():
        frames[name] = pd.DataFrame(rows, columns=list(SCHEMA[name][1]), dtype=object)
    found = {
        "plan.toml": _filled(_template("plan_template.toml"), facts),
        "README.md": guide(facts, folder),
    }
    for name, frame in frames.items():
        text = io.StringIO()
        frame.fillna("").to_csv(text, index=False, lineterminator="\n")
        found[f"{name}.csv"] = text.getvalue()
    for name in checks.SCENARIOS:
        found[f"scenarios/{name}.toml"] = (TEMPLATE / f"{name}.scenario.toml").read_text(
            encoding="utf-8"
        )
    return found


_UNITS = ("亿元", "亿元", "firms")


def _filled(text: str, values: dict[str, object]) -> str:
    """Return a text with ``{name}`` replaced by the values that are given."""
    return re.sub(r"\{(\w+)\}", lambda m: str(values.get(m[1], m[0])), text)


def _parameters(shipped: dict[str, pd.DataFrame], facts: dict[str, object]) -> pd.DataFrame:
    """Return the rows that the equations need, generic numbers copied and marked."""
    frame = shipped["parameters"][list(SCHEMA["parameters"][1])].copy()
    kinds = shipped["sources"].set_index("source_id")["kind"]
    origin = _origin_years(frame)
    first = int(str(facts["year"]))
    demand = frame[frame["id"] == f"demand_{origin + 2}"]
    frame["id"] = frame["id"].str.replace(f"_{origin}$", f"_{facts['base_year']}", regex=True)
    levers = {
        x for lever, names in checks.NEEDED_WITH.items() if lever not in _APART for x in names
    }
    wanted = {*checks.REQUIRED, *levers, *SPENDING, "exit_base_removal", "discrepancy_common"}
    wanted |= set(optional.of_base_year(facts).values())
    wanted |= {name for name in frame["id"] if name.startswith("correlation_")}
    frame = frame[frame["id"].isin(wanted)]
    years = range(first, first + int(str(facts["months"])) // 12)
    frame = pd.concat([frame, *(demand.assign(id=f"demand_{year}") for year in years)])
    for name in ("name", "name_zh"):
        for shift in (0, 1):
            frame[name] = frame[name].str.replace(str(origin + shift), str(first - 1 + shift))
    demanded = frame["id"].str.startswith("demand_2")
    # Demand of the first year acts from March; the row of the second year has the wider words.
    for name in ("name", "name_zh"):
        words = shipped["parameters"].set_index("id").loc[f"demand_{origin + 1}", name]
        frame.loc[frame["id"] == f"demand_{first}", name] = words
    for name in ("name", "name_zh"):
        frame.loc[demanded, name] = [
            re.sub(r"\d{4}", code[-4:], said)
            for said, code in zip(frame.loc[demanded, name], frame.loc[demanded, "id"], strict=True)
        ]
    frame = _reworded(frame, [])
    own = ~frame["source_id"].map(kinds).isin(_GENERIC)
    frame["note"] = MARK + frame["note"]
    frame.loc[own, "note"] = "to be filled in for this city"
    frame.loc[own, [*_NUMBERS, "status", "source_id", "ex_ante_source_id"]] = ""
    for name in (*_NUMBERS[3:], "ex_ante_source_id"):
        frame[name] = ""
    return frame.assign(later_information="0").reset_index(drop=True)


def _origin_years(frame: pd.DataFrame) -> int:
    """Return the base year of the plan that the rows come from."""
    return int(next(x for x in frame["id"] if x.startswith("industrial_va_"))[-4:])


def _sources(shipped: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    used = set(parameters["source_id"]) | {"judgement"}
    kept = shipped[shipped["source_id"].isin(used)][list(SCHEMA["sources"][1])]
    row = dict.fromkeys(kept.columns, "") | {"source_id": "plan", "kind": "official"}
    return pd.concat([pd.DataFrame([row]), kept], ignore_index=True)


def _indicators(shipped: pd.DataFrame, facts: dict[str, object], origin: int) -> pd.DataFrame:
    changed = [(str(origin), str(facts["base_year"]))]
    return _reworded(shipped[list(SCHEMA["indicators"][1])].copy(), changed)


def _reworded(frame: pd.DataFrame, changed: list[tuple[str, str]]) -> pd.DataFrame:
    """Return texts without the words that hold for the plan they come from alone."""
    for old, new in [*changed, *((row["from"], row["to"]) for row in _rows("words.csv"))]:
        frame = frame.apply(lambda cells, old=old, new=new: cells.str.replace(old, new))
    return frame


# The guide


def guide(facts: dict[str, object], folder: Path) -> str:
    """Return the README of a new folder: what goes into every column, in both languages."""
    words = {(row["table"], row["column"]): row for row in _rows("columns.csv")}
    tables = [_table(name, words) for name in SCHEMA]
    levers = [
        f"| `{row['lever']}` | {row['unit']} | {row['zh']} · {row['en']} | "
        f"{' '.join(f'`{name}`' for name in checks.NEEDED_WITH.get(row['lever'], ()))} |"
        for row in _rows("levers.csv")
    ]
    try:
        path = folder.relative_to(DATA).as_posix()
    except ValueError:
        path = str(folder)
    needed = ", ".join(f"`{n}.csv`" for n in SCHEMA if n not in optional.TABLES)
    return _filled(
        _template("guide.md"),
        {
            "id": facts["id"],
            "path": path,
            "origin": DEFAULT,
            "mark": MARK.strip(),
            "needed": needed,
            "optional": ", ".join(f"`{n}.csv`" for n in optional.TABLES),
            "levers": "\n".join(levers),
            "profiles": ", ".join(f"`{name}`" for name in PROFILES),
            "statuses": ", ".join(f"`{word}`" for word in STATUSES if word != "bureau"),
            "tables": "\n".join(tables),
        },
    )


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_template(name))))


def _template(name: str) -> str:
    return (TEMPLATE / name).read_text(encoding="utf-8")


def _table(name: str, words: dict[tuple[str, str], dict[str, str]]) -> str:
    keys, columns = SCHEMA[name]
    rows = []
    for column, rule in columns.items():
        row = words[name, column]
        needed = "✓" if rule.required else ""
        cells = (f"`{column}`", needed, _accepted(rule), row["zh"], row["en"])
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    said = words[name, ""] | {"name": name, "rows": "\n".join(rows)}
    return _filled(_template("table.md"), said | {"keys": ", ".join(f"`{k}`" for k in keys) or "–"})


def _accepted(rule: Column) -> str:
    """Return what a cell may hold, as the check reads it."""
    if rule.kind == "choice":
        return " ".join(f"`{word}`" for word in rule.of) if len(rule.of) < 12 else "…"
    if rule.kind in ("code", "codes"):
        return f"{rule.of}.csv" + (" ;" if rule.kind == "codes" else "")
    if rule.kind == "flag":
        return "`0` `1`"
    if rule.kind == "number":
        ends = [f"{end:g}" if abs(end) < 1e308 else "" for end in (rule.low, rule.high)]
        return " … ".join(ends) if any(ends) else "number"
    return "text"
