"""The plan with figures of the user's own: which cells can be replaced, and what follows.

A replaced cell is marked ``bureau`` and counts as firmly as a published one.  Three things follow
from replacements, so that the tables stay consistent: the shares of a district that were not
replaced make room in proportion; the districts add up to the city; and the columns of
``district_base`` that are computed from others are computed again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from model import tables
from model.cells import COMPUTED, MEASURES, REPLACEABLE, Cell, by_id, cell, cells, check, measure_of
from model.errors import DataFaults, Fault
from model.plan import Plan, with_tables
from model.possible import gives_results
from model.replacements import BUREAU, DataSet, Replacement, in_order, version_with

KEPT = 6
"""Plans with a data set that a process holds."""

CITY = ("industrial_va", "industrial_investment")
"""District figures whose city total is a parameter of the base year."""


def with_replacements(plan: Plan, replacements: Iterable[Replacement], name: str = "") -> Plan:
    """Return the shipped plan with figures of the user's own, checked as a whole.

    Parameters
    ----------
    plan : Plan
        The shipped plan, or one with replacements; these give way to the new ones.
    replacements : iterable of Replacement
        None at all gives the shipped plan.
    name : str
        What the data set is called.

    Raises
    ------
    DataFaults
        With every fault: of single replacements (``row`` is their place, from 1), or, when each is
        sound, of the tables that they lead to.  Nothing is changed then.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> cell = "district_base|gongyi|industrial_va|central"
    >>> own = model.with_replacements(plan, [model.Replacement(cell, 250)])
    >>> row = plan.axes.districts.index("gongyi")
    >>> round(float(own.base.value_added[row].sum()), 6)
    250.0
    """
    return _with_data_set(plan.shipped or plan, DataSet(name, in_order(tuple(replacements))))


@lru_cache(maxsize=KEPT)
def _with_data_set(plan: Plan, chosen: DataSet) -> Plan:
    if not chosen.replacements:
        return plan
    faults = check(plan, chosen.replacements)
    if faults:
        raise DataFaults(chosen.name or plan.id, faults)
    frames = {name: plan.table(name) for name in plan.tables}
    for table in REPLACEABLE:
        mine = [new for new in chosen.replacements if new.table == table]
        _enter(plan, frames[table], mine)
    faults = _follow(plan, frames, {new.cell: new for new in chosen.replacements})
    if faults:
        raise DataFaults(chosen.name or plan.id, faults)
    frames["sources"] = _with_source(frames["sources"], chosen)
    digest = hashlib.sha256(f"{plan.digest}{chosen.id}".encode()).hexdigest()[:16]
    made = with_tables(plan, frames, digest, version_with(plan.version, chosen.id), chosen)
    if not gives_results(made):
        message = "with these figures the model gives no result: they are far from any it knows"
        raise DataFaults(chosen.name or plan.id, [Fault("", 0, "", "no_result", message)])
    return made


def text(value: float) -> str:
    """Return a number as a cell of a table holds it."""
    return f"{value:.12g}"


def _enter(plan: Plan, frame: pd.DataFrame, replacements: list[Replacement]) -> None:
    """Write the replacements of one table; a status follows once all it speaks for is replaced."""
    taken: dict[tuple[int, str], set[str]] = {}
    for new in replacements:
        old = cell(plan, new.cell)
        measure, line = measure_of(old), old.row - 2
        frame.loc[line, measure.value] = text(new.value)
        if measure.low:
            exact = old.table == "parameters" and frame.loc[line, "distribution"] != "fixed"
            for column, value in ((measure.low, new.low), (measure.high, new.high)):
                # A prior without a width still needs its quantiles.
                blank = text(new.value) if exact or old.table == "industries" else ""
                frame.loc[line, column] = blank if value is None else text(value)
        taken.setdefault((line, measure.status), set()).add(measure.value)
    for (line, status), columns in taken.items():
        table = replacements[0].table
        spoken_for = {x.value for x in MEASURES[table] if x.status == status}
        if columns >= spoken_for:
            frame.loc[line, status] = BUREAU
            source = next(x.source for x in MEASURES[table] if x.status == status)
            if table != "observations" and (table != "industries" or source != "source_id"):
                frame.loc[line, source] = BUREAU


def _with_source(frame: pd.DataFrame, chosen: DataSet) -> pd.DataFrame:
    row = dict.fromkeys(frame.columns, "") | {
        "source_id": BUREAU, "title": chosen.name or chosen.id, "kind": "user data",
        "status": "read",
        "note": "; ".join(dict.fromkeys(x.source for x in chosen.replacements if x.source)),
    }  # fmt: skip
    return pd.concat([frame, pd.DataFrame([row])], ignore_index=True)


def _follow(
    plan: Plan, frames: Mapping[str, pd.DataFrame], new: Mapping[str, Replacement]
) -> list[Fault]:
    """Make what was not replaced consistent with what was; return why that cannot be."""
    faults = _make_room(frames["industry_mix"], new)
    for indicator in CITY:
        faults += _add_up(plan, frames, new, indicator, plan.of_base(indicator))
    if not faults:
        _compute(plan, frames)
    return faults


def _make_room(frame: pd.DataFrame, new: Mapping[str, Replacement]) -> list[Fault]:
    """Have the shares of a district that were not replaced make room in proportion."""
    faults = []
    given = pd.Series(
        [f"industry_mix|{d}|{i}|share_pct" in new
         for d, i in zip(frame["district"], frame["industry"], strict=True)],
        index=frame.index,
    )  # fmt: skip
    for district, rows in frame.groupby("district", sort=False).groups.items():
        mine = given[rows]
        if not mine.any():
            continue
        shares = frame.loc[rows, "share_pct"].astype(float)
        fixed, rest = shares[mine].sum(), shares[~mine].sum()
        if abs(fixed + rest - 100) < 1e-9:
            continue
        place = int(rows[mine][0]) + 2
        if fixed > 100 + 1e-9 or rest <= 0:
            message = f"the shares given for {district} add to {fixed:g}; the rest cannot make room"
            faults.append(tables.fault("industry_mix", place, "share_pct", "no_room", message,
                                       given=district, total=f"{fixed:g}"))  # fmt: skip
            continue
        scaled = shares[~mine] * max(0.0, 100 - fixed) / rest
        frame.loc[scaled.index, "share_pct"] = [text(share) for share in scaled]
    return faults


def _add_up(
    plan: Plan, frames: Mapping[str, pd.DataFrame], new: Mapping[str, Replacement],
    indicator: str, parameter: str,
) -> list[Fault]:  # fmt: skip
    """Have the districts add up to a city total that was given, or the total follow them."""
    base, priors = frames["district_base"], frames["parameters"]
    rows = base.index[base["indicator"] == indicator]
    mine = pd.Series(
        [f"district_base|{d}|{indicator}|central" in new for d in base.loc[rows, "district"]], rows
    )
    total = new.get(f"parameters|{parameter}|p50")
    if total is None and not mine.any():
        return []
    central = base.loc[rows, "central"].astype(float)
    fixed, rest = central[mine].sum(), central[~mine].sum()
    if total is None:
        line = priors.index[priors["id"] == parameter][0]
        before = sum(float(x.value or 0) for x in cells(plan) if x.table == "district_base"
                     and x.key[1] == indicator)  # fmt: skip
        factor = central.sum() / before
        for column in ("p05", "p50", "p95", "support_min", "support_max"):
            if priors.loc[line, column]:
                priors.loc[line, column] = text(float(priors.loc[line, column]) * factor)
        return []
    if rest <= 0 or total.value <= fixed:
        if abs(total.value - fixed) <= 5e-4 * fixed and rest <= 0:
            return []
        place = int(priors.index[priors["id"] == parameter][0]) + 2
        message = f"the districts given add to {fixed:g}, the city to {total.value:g}"
        return [tables.fault("parameters", place, "p50", "city_total", message,
                             given=f"{fixed:g}", total=f"{total.value:g}")]  # fmt: skip
    factor = (total.value - fixed) / rest
    for column in ("low", "central", "high"):
        for line in mine.index[~mine]:
            if base.loc[line, column]:
                base.loc[line, column] = text(float(base.loc[line, column]) * factor)
    return []


def _compute(plan: Plan, frames: Mapping[str, pd.DataFrame]) -> None:
    """Compute the rows of ``district_base`` that follow from others, where these have changed."""
    base = frames["district_base"]
    for (name, before), now in zip(_computed(plan.tables), _computed(frames), strict=True):
        for line in base.index[base["indicator"] == name]:
            district = base.loc[line, "district"]
            if abs(now[1][district] - before[district]) > 1e-9:
                base.loc[line, "central"] = text(round(now[1][district], 2))


def _computed(frames: Mapping[str, pd.DataFrame]) -> tuple[tuple[str, pd.Series], ...]:
    """Return the computed figures by district, per cent, in the order of `COMPUTED`."""
    base, mix = frames["district_base"], frames["industry_mix"]
    value_added = base[base["indicator"] == "industrial_va"].set_index("district")["central"]
    value_added = value_added.astype(float)
    made = frames["industries"].set_index("industry")["is_manufacturing"]
    outside = mix["share_pct"].astype(float).where(mix["industry"].map(made) != "1", 0.0)
    found = 100 * value_added / value_added.sum(), 100 - outside.groupby(mix["district"]).sum()
    return tuple(zip(COMPUTED, found, strict=True))


@dataclass(frozen=True, slots=True)
class Change:
    """A cell of the plan before and after; ``replaced`` tells replaced cells from what follows."""

    before: Cell
    after: Cell
    replaced: bool


def changes(before: Plan, after: Plan) -> tuple[Change, ...]:
    """Return every number that differs between two states of one plan."""
    old = by_id(before)
    given = {new.cell for new in after.data_set.replacements} if after.data_set else set()
    return tuple(
        Change(old[one.id], one, one.id in given)
        for one in cells(after)
        if one.id in old and _figures(old[one.id]) != _figures(one)
    )


def _figures(one: Cell) -> tuple[object, ...]:
    return one.value, one.low, one.high, one.status
