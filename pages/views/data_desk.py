"""Every input of the plan as a row that can be read: what it is, its range, status and source."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import pandas as pd

import model
from model.cells import MEASURES, Cell, by_id, cells, keys_of
from model.observe import city_code
from model.replacements import BUREAU
from pages.views import tables
from pages.views.levers import capital
from pages.views.texts import Texts

STATUSES = (
    "published", BUREAU, "derived", "estimated", "judgement", "assumed", "recalled", "unverified",
    "missing",
)  # fmt: skip
"""Status words, the firmest first."""

MARKS = {"published": "■", BUREAU: "◆", "derived": "●", "missing": "×"}
MARK = "○"
"""Of a status without a mark of its own: nobody has measured the figure."""

SOFT = ("estimated", "judgement", "assumed", "recalled", "unverified")
_TINTS = {"soft": "#FBF3EA", BUREAU: "#E6EFF8"}
_INK = "#7A3A10"
_KEPT = 8

CITY = "city"
"""Stands for everything that belongs to no single district."""

COLUMNS = ("table", "item", "value", "low", "high", "unit", "status", "why_not", "source")
_CLASSES = ("capacity_utilisation_change", "capacity_utilisation", "employment_share_of_industry",
            "va_growth")  # fmt: skip

_FIRST = r"[\uff0c,\uff1b;]"
"""What ends the first part of a note, in either language."""


@dataclass(frozen=True, slots=True)
class Line:
    """A cell in words; ``district`` is a code or `CITY`."""

    cell: Cell
    item: str
    district: str
    status: str
    source: str
    why_not: str

    @property
    def mark(self) -> str:
        """The mark of the status."""
        return MARKS.get(self.status, MARK)

    def status_text(self, t: Texts) -> str:
        """The mark and the word of the status."""
        return f"{self.mark} {t.status(self.status)}"


@lru_cache(maxsize=_KEPT)
def lines(plan: model.Plan, t: Texts) -> tuple[Line, ...]:
    """Return every number of the tables in words, in the order of the tables."""
    own = {x.cell: x for x in plan.data_set.replacements} if plan.data_set else {}
    titles = {source.source_id: _title(source, t) for source in plan.sources}
    found = []
    for one in cells(plan):
        new = own.get(one.id)
        source = titles.get(one.source_id, one.source_id)
        if new is not None:
            source = new.source or titles.get(BUREAU, "")
        found.append(
            Line(
                one,
                item(plan, one, t),
                _district(plan, one),
                BUREAU if new is not None else one.status,
                source,
                t(f"desk.locked_{one.locked}") if one.locked else "",
            )
        )
    return tuple(found)


def _title(source: model.sources.Source, t: Texts) -> str:
    """Return the title of a source; what is no document is named in the reader's language."""
    key = f"desk.source_{source.source_id}"
    return t(key) if key in t else source.title


@lru_cache(maxsize=_KEPT)
def by_cell(plan: model.Plan, t: Texts) -> Mapping[str, Line]:
    """Return the lines by the ids of their cells."""
    return {line.cell.id: line for line in lines(plan, t)}


def item(plan: model.Plan, one: Cell, t: Texts) -> str:
    """Return what a cell holds, in words."""
    districts = {d.code: t.of(d) for d in plan.districts}
    industries = {i.code: t.of(i) for i in plan.industries}
    join = t("desk.join")
    match one.table:
        case "district_base":
            return join.join((districts[one.key[0]], t(f"desk.base_{one.key[1]}")))
        case "industry_mix":
            return join.join((districts[one.key[0]], t("desk.share", name=industries[one.key[1]])))
        case "annex1":
            return join.join((districts[one.key[0]], t(f"desk.annex_{one.column}")))
        case "industries":
            return join.join((industries[one.key[0]], t(f"desk.industry_{one.column}")))
        case "parameters":
            parameter = plan.parameter(one.key[0])
            return capital(parameter.name_zh if t.language == "zh" else parameter.name)
        case "levers" | "assumptions":
            records = plan.levers if one.table == "levers" else plan.assumptions
            record = next(x for x in records if x.id == one.key[0])
            return join.join((capital(t.of(record)), t(f"desk.mark_{one.column}")))
        case "targets" | "outcomes":
            name = capital(t.of(plan.target(one.key[0]), "indicator"))
            return f"{one.key[0]} {name}"
        case "controls":
            check = next(x.control for x in plan.base.controls if x.control.id == one.key[0])
            return f"{check.id} {re.split(_FIRST, t.of(check, 'note'))[0]}"
        case "observations":
            return _observed(plan, one, t)
    return " ".join(one.key)


def _observed(plan: model.Plan, one: Cell, t: Texts) -> str:
    row = dict(zip(keys_of("observations"), one.key, strict=True))
    places = {d.code: t.of(d) for d in plan.districts} | {city_code(plan): t("observed_place.city")}
    key = f"observed_place.{row['geography']}"
    place = places.get(row["geography"]) or (t(key) if key in t else row["geography"])
    start, end = row["period_start"], row["period_end"]
    period = start if start == end else f"{start} — {end}"
    known = {i.code: t.of(i) for i in plan.industries}
    parts = [place, _indicator(row["indicator"], t)]
    parts += [known[row["industry"]]] if row["industry"] in known else []
    measure = f"observed_measure.{row['measure']}"
    return t("desk.join").join((*parts, period, t(measure) if measure in t else row["measure"]))


def _indicator(code: str, t: Texts) -> str:
    if f"observed.{code}" in t:
        return t(f"observed.{code}")
    for kind in _CLASSES:
        name = f"observed_class.{code.removeprefix(f'{kind}_')}"
        if code.startswith(f"{kind}_") and name in t:
            return capital(t(f"observed_of.{kind}", name=t(name)))
    return code


def _district(plan: model.Plan, one: Cell) -> str:
    known = set(plan.axes.districts)
    return next((part for part in one.key if part in known), CITY)


def chosen(
    found: tuple[Line, ...], statuses: Collection[str], table: str | None, district: str | None,
    text: str,
) -> tuple[Line, ...]:  # fmt: skip
    """Return the lines that fit every filter; an empty filter lets everything through.

    Every word of ``text`` must stand somewhere in the line.
    """
    words = text.casefold().split()
    return tuple(
        line
        for line in found
        if (not statuses or line.status in statuses)
        and (not table or line.cell.table == table)
        and (not district or line.district == district)
        and all(word in f"{line.item} {line.source} {line.cell.id}".casefold() for word in words)
    )


def counts(found: tuple[Line, ...]) -> dict[str, int]:
    """Return how many lines have each status, the firmest first."""
    all_of_them = {word: sum(line.status == word for line in found) for word in STATUSES}
    return {word: count for word, count in all_of_them.items() if count}


def counts_html(found: tuple[Line, ...], t: Texts) -> str:
    """Return the share of every status as a bar, with words: firm, worked out, only estimated."""
    by_status, total = counts(found), len(found)
    firm = sum(by_status.get(word, 0) for word in ("published", BUREAU))
    soft = sum(by_status.get(word, 0) for word in SOFT)
    said = t("desk.counts", total=f"{total:,}", firm=firm, soft=soft,
             derived=by_status.get("derived", 0), missing=by_status.get("missing", 0))  # fmt: skip
    parts = "".join(
        f'<i class="{_kind(word)}" style="flex:{count}" '
        f'title="{escape(t.status(word))} {count}"></i>'
        for word, count in by_status.items()
    )
    return f'<div class="sentence desk">{escape(said)}</div><div class="desk-bar">{parts}</div>'


def _kind(status: str) -> str:
    return "soft" if status in SOFT else status


def table(found: tuple[Line, ...], t: Texts) -> pd.io.formats.style.Styler:
    """Return the lines as a table in which an estimate looks like one."""
    frame = pd.DataFrame(
        {
            "table": [tables.title(line.cell.table, t) for line in found],
            "item": [line.item for line in found],
            "value": pd.Series([line.cell.value for line in found], dtype="float64"),
            "low": pd.Series([line.cell.low for line in found], dtype="float64"),
            "high": pd.Series([line.cell.high for line in found], dtype="float64"),
            "unit": [t.unit(line.cell.unit) for line in found],
            "status": [line.status_text(t) for line in found],
            "why_not": [line.why_not or t("desk.replaceable") for line in found],
            "source": [line.source for line in found],
        }
    )
    return styled(frame, [line.status for line in found], ("value", "low", "high", "status"))


def styled(
    frame: pd.DataFrame, statuses: list[str], columns: Collection[str]
) -> pd.io.formats.style.Styler:
    """Return a frame whose cells show how firm they are; ``columns`` carry the tint."""
    looks = [_look(status) for status in statuses]
    names = [name for name in frame.columns if name in columns]

    def tint(_: pd.DataFrame) -> pd.DataFrame:
        styles = pd.DataFrame("", index=frame.index, columns=frame.columns)
        for name in names:
            styles[name] = looks
        return styles

    return frame.style.apply(tint, axis=None)


def _look(status: str) -> str:
    if status in SOFT:
        return f"background-color: {_TINTS['soft']}; color: {_INK}"
    return f"background-color: {_TINTS[BUREAU]}" if status == BUREAU else ""


def table_names(found: tuple[Line, ...]) -> tuple[str, ...]:
    """Return the tables that the lines come from, in order."""
    return tuple(name for name in MEASURES if any(line.cell.table == name for line in found))


def replaceable(plan: model.Plan, t: Texts) -> tuple[Line, ...]:
    """Return the lines of the shipped plan whose figures can be replaced."""
    return tuple(line for line in lines(plan.shipped or plan, t) if not line.cell.locked)


def figure(value: float | None) -> str:
    """Return a number as the tables hold it; nothing for none."""
    return "" if value is None else f"{value:.12g}"


def cell_of(plan: model.Plan, id: str) -> Cell | None:
    """Return a cell of the plan, None when there is none of this id."""
    return by_id(plan).get(id)
