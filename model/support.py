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


@dataclass(frozen=True, slots=True)
class Support:
    """What the record says of the forecasts behind one target.

    ``word`` is ``held`` (at least `model.scores.CASES_FOR_COVERAGE` cases, and better than every
    other forecaster on the questions both answered), ``few`` (fewer cases), ``loses`` (another was
    better, ``against``) or ``none`` (nothing was published to hold it against).  ``crps`` and
    ``crps_against`` are the mean scores against the best other one, in points.
    """

    word: str
    cases: int = 0
    against: str = ""
    crps: float | None = None
    crps_against: float | None = None

    @property
    def held(self) -> bool:
        """Whether the probability may stand as it is."""
        return self.word == "held"


def support(plan: Plan) -> Mapping[str, Support]:
    """Return the support of every target with a forecast, by its id.

    The record scores forecasts, not the levers: even where it holds, it says nothing about what a
    measure would do.  Its origins overlap, so the cases are not independent.

    >>> import model
    >>> model.support(model.load_plan("zhengzhou_2020"))["T13"].word
    'none'
    """
    modelled = [target for target in plan.targets if target.kind == "modelled"]
    there = record.path(plan)
    rows = _standing(plan, there.stat().st_mtime_ns) if there.is_file() else None
    return {target.id: _of(target.indicator, rows) for target in modelled}


@lru_cache(maxsize=4)
def _standing(plan: Plan, changed: int) -> pd.DataFrame:
    """Return the standing of the city in the committed record, as the file was at a time."""
    return record.standing(record.read(plan), city_code(plan))


def _of(indicator: str, rows: pd.DataFrame | None) -> Support:
    series = _SERIES.get(indicator)
    if rows is None or series is None or not len(rows):
        return Support("none")
    own = rows[rows["indicator"] == series]
    if not len(own):
        return Support("none")
    # The hardest of them: the one with the lowest score of its own.
    worst = own.loc[(own["crps_against"] / own["crps"]).idxmin()]
    cases = int(own["cases"].max())
    word = "held" if cases >= CASES_FOR_COVERAGE else "few"
    if bool(own["loses"].any()):
        word = "loses"
    return Support(word, cases, str(worst["against"]), float(worst["crps"]),
                   float(worst["crps_against"]))  # fmt: skip
