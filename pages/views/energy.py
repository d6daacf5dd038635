"""The energy page: effects of the decomposition as steps, places, table and sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import model
from model.targets import differs
from pages.views import numbers
from pages.views.frames import Tables, axis_frame, reach, short_name
from pages.views.summary import PROBABILITIES, Summary
from pages.views.targets import of_indicators, target_label, target_value
from pages.views.texts import Texts

EFFECTS = (
    "industry_structure", "district_structure", "autonomous", "technique", "rebound",
    "utilisation", "closures", "months",
)  # fmt: skip
STRUCTURE = ("industry_structure", "district_structure")


def tiles(plan: model.Plan) -> tuple[str, ...]:
    """Return the targets that stand above the page."""
    return of_indicators(plan, "energy_intensity_fall", "energy_intensive_share")


@dataclass(frozen=True, slots=True)
class Account:
    """One year of a run in per cent and points of the year before: effects, total, energy use.

    ``points`` of intensity and ``use`` of energy use by effect, ``index`` of intensity; the
    points add to ``change``, those of use with ``activity`` to ``use_change``.
    """

    year: int
    points: dict[str, float]
    index: dict[str, float]
    use: dict[str, float]
    change: float
    activity: float
    use_change: float


def account(run: model.Outcomes, year: int) -> Account:
    """Return the effects of one year of a central run."""
    change = model.intensity(run, year - 1, year)
    use = model.energy_use(run, year - 1, year)
    found, total = (
        100 * part.contributions[0].sum(axis=(1, 2))[:, 0] / part.before[0, 0]
        for part in (change, use)
    )
    indices = change.indices[0, :, 0]
    return Account(
        year=year,
        points=dict(zip(change.effects, map(float, found), strict=True)),
        index=dict(zip(change.effects, map(float, indices), strict=True)),
        use=dict(zip(use.effects[1:], map(float, total[1:]), strict=True)),
        change=100 * float((change.after / change.before)[0, 0] - 1),
        activity=float(total[0]),
        use_change=100 * float((use.after / use.before)[0, 0] - 1),
    )


def steps(plan: model.Plan, now: Account, other: Account | None, t: Texts) -> Tables:
    """Return the data sets of `energy_charts.steps` for intensity."""
    values = [(name, now.points[name], other and other.points[name]) for name in EFFECTS]
    target, goal = plan.aim("energy_intensity_fall"), []
    if target and now.year == plan.years[0]:
        goal = [(-target.value, target_label(target, t, differs(plan, target)))]
    return _steps(values, now.change, other and other.change, goal, t)


def use_steps(now: Account, other: Account | None, t: Texts) -> Tables:
    """Return the data sets of `energy_charts.steps` for energy use."""

    def three(x: Account) -> tuple[float, float, float]:
        structure = sum(x.use[name] for name in STRUCTURE)
        inside = sum(value for name, value in x.use.items() if name not in STRUCTURE)
        return x.activity, structure, inside

    mine, others = three(now), three(other) if other else (None,) * 3
    names = ("activity", "structure", "inside")
    values = list(zip(names, mine, others, strict=True))
    return _steps(values, now.use_change, other and other.use_change, [], t)


def _steps(
    values: list[tuple[str, float, float | None]],
    total: float,
    other: float | None,
    goal: list[tuple[float, str]],
    t: Texts,
) -> Tables:
    rows, at = [], 0.0
    for name, value, beside in [*values, ("total", total, other)]:
        start = 0.0 if name == "total" else at
        at = start + value
        label = numbers.plain(value, 2, signed=True)
        if beside is not None:
            label = t("energy.beside", value=label, other=numbers.plain(beside, 2, signed=True))
        kind = "total" if name == "total" else "fall" if value < 0 else "rise"
        rows.append({"name": t(f"energy.effect_{name}"), "order": len(rows), "from": start,
                     "to": at, "kind": kind, "label": label})  # fmt: skip
    frame = pd.DataFrame(rows)
    ends = [*frame["from"], *frame["to"], *(value for value, _ in goal)]
    low, high = reach(ends, 1, (-5, 1))
    return {
        "rows": frame,
        "target": {"value": [v for v, _ in goal], "label": [name for _, name in goal]},
        # The figures stand at the right edge: leave them a third of the width.
        "axis": axis_frame((low, high + (0.5 if other is not None else 0.3) * (high - low))),
    }


def districts(plan: model.Plan, summary: Summary, year: int, t: Texts) -> Tables:
    """Return the data sets of `energy_charts.districts`: the range of each district's fall."""
    y = plan.years.index(year)
    found = 100 * summary.district["energy_intensity_fall"][:, y]
    low, mid, high = (found[:, PROBABILITIES.index(p)] for p in (0.05, 0.5, 0.95))
    target = plan.aim("energy_intensity_fall")
    asked = target is not None and year == plan.years[0]
    frame = pd.DataFrame(
        {
            "name": [short_name(d, t) for d in plan.districts],
            "low": low,
            "median": mid,
            "high": high,
            "met": [("yes" if m >= target.value else "no") if asked else "none" for m in mid],
            "label": [numbers.plain(m, 1, signed=False) for m in mid],
        }
    ).sort_values("median", ascending=False)
    frame["order"] = range(len(frame))
    ends = reach([*low, *high], 2, (-2, 8))
    return {
        "rows": frame,
        "target": {
            "value": [target.value] if asked else [],
            "label": [target_label(target, t, differs(plan, target))] if asked else [],
        },
        "axis": axis_frame((ends[0], ends[1] + 0.14 * (ends[1] - ends[0]))),
    }


def industries(plan: model.Plan, run: model.Outcomes, year: int, t: Texts) -> Tables:
    """Return the data sets of `energy_charts.industries`: points of the city's change."""
    change = model.intensity(run, year - 1, year)
    cells = 100 * change.contributions[0, :, :, :, 0].sum(axis=1) / change.before[0, 0]
    inside = cells[len(STRUCTURE) :].sum(axis=0)
    structure = cells[: len(STRUCTURE)].sum(axis=0)
    y = plan.years.index(year)
    own = [100 * run.indicator("energy_intensity_fall", industry=i.code)[y, 0]
           for i in plan.industries]  # fmt: skip
    names = [t.of(industry) for industry in plan.industries]
    frame = pd.DataFrame(
        {
            "name": names * 2,
            "part": ["structure"] * len(names) + ["inside"] * len(names),
            "value": [*structure, *inside],
        }
    )
    order = np.argsort(structure + inside).argsort().tolist()
    frame["order"] = [*order, *order]
    labels = pd.DataFrame(
        {
            "name": names,
            "order": order,
            "label": [
                t("energy.industry_label", points=numbers.plain(s + i, 2, signed=True),
                  fall=numbers.plain(f, 1))
                for s, i, f in zip(structure, inside, own, strict=True)
            ],
        }
    )  # fmt: skip
    low = min(0.0, float((np.minimum(structure, 0) + np.minimum(inside, 0)).min()))
    high = max(0.0, float((np.maximum(structure, 0) + np.maximum(inside, 0)).max()))
    ends = reach([low, high], 0.5, (-1, 0.5))
    return {
        "rows": frame,
        "labels": labels,
        "axis": axis_frame((ends[0], ends[1] + 0.4 * (ends[1] - ends[0]))),
    }


def table(now: Account, usual: Account, t: Texts) -> pd.DataFrame:
    """Return the account as a table of texts; every number of the sentence stands in it."""
    rows = [("activity", None, None, None, now.activity)]
    rows += [
        (name, now.points[name], now.index[name], usual.points[name], now.use[name])
        for name in EFFECTS
    ]
    product = float(np.prod(list(now.index.values())))
    rows.append(("total", now.change, product, usual.change, now.use_change))

    def said(value: float | None, digits: int = 2, signed: bool = True) -> str:
        return "" if value is None else numbers.plain(value, digits, signed)

    columns = {
        "effect": [t(f"energy.effect_{row[0]}") for row in rows],
        "points": [said(row[1]) for row in rows],
        "index": [said(row[2], 4, signed=False) for row in rows],
        "usual": [said(row[3]) for row in rows],
        "use": [said(row[4]) for row in rows],
    }
    return pd.DataFrame({t(f"energy.column_{name}"): cells for name, cells in columns.items()})


def sentence(plan: model.Plan, now: Account, t: Texts) -> str:
    """Return through what intensity falls, in words and the numbers of the table."""
    order = sorted(EFFECTS, key=now.points.__getitem__)
    down = [name for name in order if now.points[name] < 0][:2]
    up = [name for name in reversed(order) if now.points[name] > 0.005][:1]

    def named(name: str) -> str:
        value = numbers.plain(now.points[name], 2, signed=True)
        return t("energy.named", name=t(f"energy.effect_{name}"), value=value)

    aim, key = plan.aim("energy_intensity_fall"), "energy.said_alone"
    if aim is not None:
        key = "energy.said_plain"
        if now.year == plan.years[0]:
            key = "energy.said_met" if -now.change >= aim.value else "energy.said_missed"
    target = "" if aim is None else target_value(aim, t)
    change = numbers.plain(now.change, 2, signed=True)
    parts = [t(key, year=now.year, value=change, target=target)]
    if down:
        parts.append(t("energy.said_down", names=t("energy.and").join(map(named, down))))
    if up:
        parts.append(t("energy.said_up", names=named(up[0])))
    parts.append(
        t(
            "energy.said_use",
            value=numbers.plain(now.use_change, 2, signed=True),
            activity=numbers.plain(now.activity, 2, signed=True),
        )
    )
    return t("energy.space").join(parts)


def details(plan: model.Plan, run: model.Outcomes) -> pd.DataFrame:
    """Return all contributions in tidy form, for a file: points of the year before."""
    change = model.intensity(run)
    frame = change.to_frame(by=("year", "effect", "district", "industry"))
    before = dict(zip(change.years, change.before[:, 0], strict=True))
    frame["points"] = 100 * frame["contribution"] / frame["year"].map(before)
    known = plan.table("industries").set_index("industry")["energy_intensity_status"]
    frame["status"] = frame["industry"].map(known)
    return frame


def closures(plan: model.Plan, scenario: model.Scenario, t: Texts) -> str:
    """Return the closures that the scenario sets, with the plan's own figures."""
    if not plan.closures:
        return t("plan.nothing_closures")
    items = []
    for row in plan.closures:
        lever = plan.lever(row.lever)
        given, asked = (
            numbers.exact(value, lever.unit, t)
            for value in (scenario.value(lever.id), lever.plan_value)
        )
        items.append(t("energy.closure", name=t.of(lever), value=given, plan=asked))
    return t("energy.closures", list=t("energy.semicolon").join(items))
