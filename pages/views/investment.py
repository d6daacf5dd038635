"""The investment page: from spending to capacity, what it yields, and the projects behind it."""

from __future__ import annotations

import numpy as np
import pandas as pd

import model
from model.pipeline import FLOWS as PARTS
from model.pipeline import KINDS, Projects
from pages.views import numbers
from pages.views.frames import Tables, axis_frame, reach, short_name
from pages.views.summary import PROBABILITIES, Summary
from pages.views.targets import of_indicators
from pages.views.texts import Texts

FLOWS = ("spent", "progress", "completed")
KERNELS = ("upgrade", "new")
SPENT_IN = 6
"""Position within the year of the month whose yuan is followed: July, in the middle of it."""

LAST = 48
LABELLED = {"upgrade": 84.0, "new": 38.0}
"""Heights of the curves' names, clear of each other."""


def money(value: float, t: Texts) -> str:
    """Return 亿元 as a figure in the unit of the language, to about ten million yuan."""
    return numbers.plain(value * float(t("number.money_factor")), 1 if t.language == "zh" else 2)


def kinds(plan: model.Plan) -> tuple[str, ...]:
    """Return the kinds of investment that a plan knows: contracts only where a lever sets them."""
    return KINDS if plan.has_lever("contracts_signed") else KINDS[:-1]


def flow(
    account: model.InvestmentAccount,
    usual: model.InvestmentAccount | None,
    name: str,
    t: Texts,
    known: tuple[str, ...] = KINDS,
) -> Tables:
    """Return the data sets of `investment_charts.flow`: one part of the account by month."""
    column = "closing" if name == "progress" else name
    factor = float(t("number.money_factor"))
    months = range(len(account.axes.months))
    paths = factor * getattr(account, column).sum(axis=2)[: len(known), ..., 0]
    frame = pd.DataFrame(
        {
            "month": [month for _ in known for month in months],
            "kind": [kind for kind in known for _ in months],
            "order": [k for k, _ in enumerate(known) for _ in months],
            "value": paths.ravel(),
        }
    )
    total = paths.sum(axis=0)
    marks = pd.DataFrame({"month": list(months), "value": [None] * len(total)}, dtype=float)
    if usual is not None:
        marks["value"] = factor * getattr(usual, column).sum(axis=(0, 2))[..., 0]
    ends = paths[:, -1].cumsum() - paths[:, -1] / 2
    labels = pd.DataFrame(
        {
            "month": float(months[-1]),
            "at": _apart(list(ends), 0.085 * max(total)),
            "kind": list(known),
            "label": [t(f"investment.kind_{kind}") for kind in known],
        }
    )
    step = 20 if name != "progress" else 200
    low, high = reach([*total, *marks["value"].dropna()], step * factor, (0, step * factor))
    return {"rows": frame, "usual": marks, "labels": labels, "axis": axis_frame((low, high))}


def _apart(values: list[float], least: float) -> list[float]:
    """Return heights that keep a distance upwards; the values come in rising order."""
    placed: list[float] = []
    for value in values:
        placed.append(max(value, placed[-1] + least) if placed else value)
    return placed


def kernels(
    account: model.InvestmentAccount,
    usual: model.InvestmentAccount | None,
    year: int,
    t: Texts,
) -> Tables:
    """Return the data sets of `investment_charts.kernels`."""
    month = 12 * account.axes.years.index(year) + SPENT_IN
    rows, means = [], []
    for series, found in (("scenario", account), ("status_quo", usual)):
        if found is None:
            continue
        for kind in KERNELS:
            share = found.kernel(kind, month, LAST + 1)[:, 0]
            rows += [
                {"month": k, "value": 100 * float(v), "series": f"{kind} {series}"}
                for k, v in enumerate(share)
            ]
            if series == "scenario":
                mean = float(found.mean_gestation(kind, month)[0])
                means.append(
                    {
                        "month": mean,
                        "value": float(np.interp(mean, range(LAST + 1), 100 * share)),
                        "beside": float(np.interp(LABELLED[kind], 100 * share, range(LAST + 1))),
                        "at": LABELLED[kind],
                        "kind": kind,
                        "label": t(
                            "investment.kernel_label",
                            name=t(f"investment.kind_{kind}"),
                            months=numbers.plain(mean, 1),
                        ),
                    }
                )
    return {"rows": pd.DataFrame(rows), "means": pd.DataFrame(means)}


def output(plan: model.Plan, now: np.ndarray, usual: np.ndarray | None, t: Texts) -> Tables:
    """Return the data sets of `investment_charts.output` from `city_output`."""
    factor = float(t("number.money_factor"))
    rows = []
    for s, spent in enumerate(plan.years):
        for y, year in enumerate(plan.years):
            if y < s:
                continue
            label = money(now[s, y], t)
            if usual is not None:
                label = t("energy.beside", value=label, other=money(usual[s, y], t))
            rows.append(
                {
                    "group": t("investment.spending_of", year=spent),
                    "year": str(year),
                    "order": 10 * s + y,
                    "name": t("investment.output_row", spent=spent, year=year),
                    "value": factor * float(now[s, y]),
                    "label": label,
                }
            )
    frame = pd.DataFrame(rows)
    high = reach(frame["value"], 20 * factor, (0, 20 * factor))[1]
    wide = 0.55 if usual is not None else 0.2
    return {"rows": frame, "axis": axis_frame((0, high * (1 + wide)))}


def city_output(run: model.Outcomes) -> np.ndarray:
    """Return the value added from each year's spending by year, 亿元, (spent, year)."""
    return model.output_of_spending(run).sum(axis=(2, 3))[..., 0]


def districts(plan: model.Plan, summary: Summary, year: int, t: Texts) -> Tables:
    """Return the data sets of `investment_charts.districts`: growth against Annex 1."""
    y = plan.years.index(year)
    found = 100 * summary.district["industrial_investment_growth"][:, y]
    spent = summary.district["industrial_investment"][:, y, PROBABILITIES.index(0.5)]
    low, mid, high = (found[:, PROBABILITIES.index(p)] for p in (0.05, 0.5, 0.95))
    asked = year == plan.years[0]
    asked = asked and bool(plan.annex)
    goals: list[float | None] = [None] * len(plan.districts)
    if asked:
        goals = [row.industrial_investment_growth_pct for row in plan.annex]
    frame = pd.DataFrame(
        {
            "name": [short_name(d, t) for d in plan.districts],
            "low": low,
            "median": mid,
            "high": high,
            "target": pd.array(goals, dtype="float64") if asked else [float("nan")] * len(mid),
            "met": [
                "none" if goal is None else "yes" if m >= goal else "no"
                for m, goal in zip(mid, goals, strict=True)
            ],
            "label": [
                t("investment.district_label", growth=numbers.plain(g, 1), money=money(m, t))
                for g, m in zip(mid, spent, strict=True)
            ],
            "spent": spent,
        }
    ).sort_values("spent", ascending=False)
    frame["order"] = range(len(frame))
    frame = frame.drop(columns="spent")
    ends = reach([*low, *high, *(g for g in goals if g is not None)], 5, (-10, 20))
    return {"rows": frame, "axis": axis_frame((ends[0], ends[1] + 0.4 * (ends[1] - ends[0])))}


def table(
    account: model.InvestmentAccount,
    usual: model.InvestmentAccount,
    year: int,
    t: Texts,
    known: tuple[str, ...] = KINDS,
) -> pd.DataFrame:
    """Return the account of a year as a table of texts; the sentence takes its numbers here."""
    y = account.axes.years.index(year)
    month = 12 * y + SPENT_IN
    rows = {}
    for name in PARTS:
        mine, other = (found.by_year(name)[:, y].sum(axis=1)[:, 0] for found in (account, usual))
        cells = [*mine, mine.sum(), other.sum()]
        rows[t(f"investment.row_{name}")] = [money(float(value), t) for value in cells]
    done = [
        _share(found.cohorts[y + 1][:, 12 * y : 12 * y + 12], found.by_year("spent")[:, y])
        for found in (account, usual)
    ]
    rows[t("investment.row_share")] = [*done[0], done[1][-1]]
    means = [
        [numbers.plain(float(found.mean_gestation(kind, month)[0])) for kind in KINDS]
        for found in (account, usual)
    ]
    rows[t("investment.row_mean")] = [*means[0], "", ""]
    names = [t(f"investment.kind_{kind}") for kind in KINDS]
    columns = [*names, t("investment.total"), t("investment.usual")]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    frame = frame.drop(
        columns=[t(f"investment.kind_{kind}") for kind in KINDS if kind not in known]
    )
    return frame.rename_axis(t("investment.item_money")).reset_index()


def _share(done: np.ndarray, spent: np.ndarray) -> list[str]:
    """Return the share of a year's spending completed within it, by kind and in total."""
    pairs = list(zip(done.sum(axis=(1, 2))[:, 0], spent.sum(axis=1)[:, 0], strict=True))
    pairs.append(tuple(map(sum, zip(*pairs, strict=True))))
    return [numbers.percent(d / s) if s else "" for d, s in pairs]


def output_table(plan: model.Plan, now: np.ndarray, usual: np.ndarray, t: Texts) -> pd.DataFrame:
    """Return the value added from each year's spending as a table of texts."""
    columns: dict[str, list[str]] = {
        t("investment.item"): [t("investment.spending_of", year=year) for year in plan.years]
    }
    for y, year in enumerate(plan.years):
        columns[t("chart.year", year=year)] = [
            "" if y < s else money(now[s, y], t) for s in range(len(plan.years))
        ]
        columns[t("investment.usual_year", year=year)] = [
            "" if y < s else money(usual[s, y], t) for s in range(len(plan.years))
        ]
    return pd.DataFrame(columns)


def tiles(plan: model.Plan) -> tuple[str, ...]:
    """Return the targets that stand above the page."""
    return of_indicators(
        plan, "industrial_investment", "upgrade_investment_growth", "upgrade_share"
    )  # fmt: skip


def projects(plan: model.Plan, scenario: model.Scenario, t: Texts) -> pd.DataFrame | None:
    """Return the project counts beside the plan and the status quo; None where none are counted."""
    if "projects" not in plan.facts or not plan.has_lever("completions"):
        return None
    chosen = {
        "scenario": scenario,
        "plan": model.load_scenario(plan, "plan"),
        "status_quo": model.load_scenario(plan, "status_quo"),
    }
    found = {name: model.projects(plan, one) for name, one in chosen.items()}
    columns = {t("investment.item"): [t(f"investment.project_{name}") for name in Projects._fields]}
    for name, counts in found.items():
        cells = [numbers.plain(value, 0) for value in counts[:-1]]
        columns[t(f"investment.of_{name}")] = [*cells, numbers.plain(counts.months)]
    return pd.DataFrame(columns)


def contracts(account: model.InvestmentAccount, t: Texts) -> pd.DataFrame:
    """Return what contracts beyond the status quo become, by year."""
    place = KINDS.index("contract")
    spent, done = (
        account.by_year(name)[place].sum(axis=1)[:, 0] for name in ("spent", "completed")
    )
    columns = {
        t("investment.item"): [
            t(f"investment.contract_{name}")
            for name in ("signed", "converted", "additional", "spent", "completed")
        ]
    }
    yearly = [float(part[0]) for part in (account.signed, account.converted, account.additional)]
    for y, year in enumerate(account.axes.years):
        cells = [*yearly, float(spent[y]), float(done[y])]
        columns[t("chart.year", year=year)] = [money(value, t) for value in cells]
    return pd.DataFrame(columns)


def sentence(
    plan: model.Plan,
    account: model.InvestmentAccount,
    yields: np.ndarray,
    year: int,
    t: Texts,
) -> str:
    """Return where the money of a year is at its end; numbers as in the tables."""
    y = plan.years.index(year)
    spent, completed, closing = (
        float(account.by_year(name)[:, y].sum()) for name in ("spent", "completed", "closing")
    )
    own = _share(account.cohorts[y + 1][:, 12 * y : 12 * y + 12], account.by_year("spent")[:, y])
    month = 12 * y + SPENT_IN
    quick, slow = (numbers.plain(float(account.mean_gestation(kind, month)[0])) for kind in KERNELS)
    parts = [
        t("investment.said", year=year, spent=money(spent, t), completed=money(completed, t),
          share=own[-1], closing=money(closing, t)),
        t("investment.said_when", upgrade=quick, new=slow),
        t("investment.said_output", year=year, first=money(yields[y, y], t),
          last=money(yields[y, -1], t), final=plan.years[-1])
        if y < len(plan.years) - 1 else
        t("investment.said_output_last", year=year, first=money(yields[y, y], t)),
    ]  # fmt: skip
    return t("energy.space").join(parts)


def details(account: model.InvestmentAccount) -> pd.DataFrame:
    """Return the account by month, kind and district, for a file."""
    return account.to_frame(by=("month", "kind", "district"))


def notes(run: model.Outcomes, t: Texts) -> str:
    """Return what to keep in mind, and cuts that found nothing to cut."""
    lost = float(run.pipeline.floored.sum())
    more = t("energy.space") + t("investment.floored", value=money(lost, t)) if lost else ""
    return t("investment.note") + more
