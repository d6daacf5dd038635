"""Whether the track record supports the probability of a target, and by how many cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from model import record
from model.observe import SHARES, UPGRADE_SHARE, city_code
from model.plan import Plan
from model.scores import CASES_FOR_COVERAGE

_SERIES = {
    "iva_growth": "industrial_va_growth",
    "mva_growth": "manufacturing_va_growth",
    "industrial_investment": "industrial_investment_growth",
    "industrial_investment_growth": "industrial_investment_growth",
    "upgrade_investment_growth": "tech_upgrade_investment_growth",
    "upgrade_share": UPGRADE_SHARE,
} | {ours: published for published, ours in SHARES.items()}
"""The published series that tells whether an indicator was forecast well."""

LEVEL = 0.80
"""Intervals by which a forecaster is found to be too sure of itself."""


@dataclass(frozen=True, slots=True)
class Support:
    """What the record says of the forecasts behind one target.

    ``word`` is ``held`` (at least `model.scores.CASES_FOR_COVERAGE` cases, and better than every
    other forecaster on the questions both answered), ``few`` (fewer cases), ``loses`` (another was
    better, ``against``), ``narrow`` (better than all, but its 80 % intervals held so rarely,
    ``inside``, that its chances are too sure) or ``none`` (nothing was published).  ``crps`` and
    ``crps_against`` are the mean scores against the best other one, in points; without another one
    ``against`` is empty, and the word is never ``held``.
    """

    word: str
    cases: int = 0
    against: str = ""
    crps: float | None = None
    crps_against: float | None = None
    inside: float | None = None

    @property
    def held(self) -> bool:
        """Whether the probability may stand as it is."""
        return self.word == "held"


def support(plan: Plan, learned: bool = False) -> Mapping[str, Support]:
    """Return the support of every target with a forecast, by its id.

    A forecast that learned the figures of its day is judged by the record of those that did, every
    other one by the record of the model without figures, which then has only simple rivals.

    The record scores forecasts, not the levers: even where it holds, it says nothing about what a
    measure would do.  Its origins overlap, so the cases are not independent.

    >>> from model.plan import load_plan
    >>> support(load_plan("zhengzhou_2020"))["T13"].word
    'none'
    """
    modelled = [target for target in plan.targets if target.kind == "modelled"]
    there = record.path(plan)
    if not there.is_file():
        return {target.id: Support("none") for target in modelled}
    rows, cases, inside = _standing(plan, learned, there.stat().st_mtime_ns)
    return {target.id: _of(target.indicator, rows, cases, inside) for target in modelled}


@lru_cache(maxsize=4)
def _standing(
    plan: Plan, learned: bool, changed: int
) -> tuple[pd.DataFrame, Mapping[str, int], Mapping[str, float]]:
    """Return the standing of the city, and by series its cases and how often 80 % held.

    All as the file was at a time.
    """
    found = record.read(plan)
    found = found[found["place"] == city_code(plan)]
    if not learned:
        found = found[found["forecaster"] != record.MODEL]
    forecaster = record.MODEL if learned else record.PRIOR
    own = found[found["forecaster"] == forecaster]
    held = own.assign(held=own["inside_80"].astype(bool)).groupby("indicator")["held"].mean()
    cases = own["indicator"].value_counts()
    standing = record.standing(found, forecaster=forecaster)
    return standing, cases.to_dict(), held.to_dict()


def too_narrow(inside: float, cases: int) -> bool:
    """Return whether 80 % intervals held less often than chance explains, two deviations down.

    >>> too_narrow(0.75, 24), too_narrow(0.42, 24)
    (False, True)
    """
    return inside < LEVEL - 2 * (LEVEL * (1 - LEVEL) / cases) ** 0.5


def _of(
    indicator: str, rows: pd.DataFrame, cases: Mapping[str, int], inside: Mapping[str, float]
) -> Support:
    series = _SERIES.get(indicator, "")
    answered = cases.get(series, 0)
    if not answered:
        return Support("none")
    rivals = rows[rows["indicator"] == series] if len(rows) else rows
    word = "held" if answered >= CASES_FOR_COVERAGE and len(rivals) else "few"
    if not len(rivals):
        return Support(word, answered)
    # The hardest of them: the one with the lowest score of its own.
    worst = rivals.loc[(rivals["crps_against"] / rivals["crps"]).idxmin()]
    if bool(worst["loses"]):
        word, answered = "loses", int(worst["cases"])
    elif word == "held" and too_narrow(inside[series], answered):
        word = "narrow"
    return Support(word, answered, str(worst["against"]), float(worst["crps"]),
                   float(worst["crps_against"]), inside[series])  # fmt: skip
