"""Checks that the figures of a plan can be: nothing is divided by zero, nothing known too early."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.errors import Fault, ModelError
from model.tables import fault, number, numbered

if TYPE_CHECKING:
    from model.plan import Plan

ABOVE_ZERO = ("industrial_va", "industrial_investment")
"""Indicators of the base year that growth is computed from, in every district."""

INTENSITY = "energy_intensity_central"
"""The column of every industry that changes of energy are computed from."""


def denominators(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    """Look at what the equations divide by: amounts and firms of the base year, energy."""
    firms, last = 0.0, 0
    for row, cells in numbered(frames["district_base"]):
        central = float(cells["central"])
        if cells["indicator"] in ABOVE_ZERO and central <= 0:
            message = (f"{cells['indicator']} must be above zero, for growth is computed from it; "
                       "enter a very small figure where there is none")  # fmt: skip
            yield fault("district_base", row, "central", "not_positive", message)
        if cells["indicator"] == "above_scale_firms":
            firms, last = firms + central, row
    if last and firms <= 0:
        message = "no district has a firm; enter the firms above designated size of at least one"
        yield fault("district_base", last, "central", "no_firms", message)
    for row, cells in numbered(frames["industries"]):
        if float(cells[INTENSITY]) <= 0:
            message = ("the intensity must be above zero, for changes of energy are computed "
                       "from it; enter a very small figure where there is none")  # fmt: skip
            yield fault("industries", row, INTENSITY, "not_positive", message)


def manufacturing(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    """Look whether every district makes something, for its manufacturing has a growth."""
    made = frames["industries"]
    made = set(made.loc[made["is_manufacturing"] == "1", "industry"])
    frame = frames["industry_mix"]
    shares = frame["share_pct"].astype(float).where(frame["industry"].isin(made), 0.0)
    for district, total in shares.groupby(frame["district"], sort=False).sum().items():
        if total <= 0:
            row = int(frame.index[frame["district"] == district][0]) + 2
            message = (f"{district} has no manufacturing, whose growth would have no base; enter "
                       "a very small share (0.01) of one manufacturing industry")  # fmt: skip
            yield fault(
                "industry_mix", row, "share_pct", "no_manufacturing", message, given=district
            )


RATIOS = ("rd_intensity", "green_upgrade_share")
"""Levers that act by their proportion to the status quo."""

SHIFTED = ("%", "pp", "% a year")
"""Units of assumptions that shift a parameter: points, a hundredth of the parameter's own."""


def levers(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    """Look whether a lever that acts in proportion has something to be a proportion of."""
    for row, cells in numbered(frames["levers"]):
        if cells["lever"] in RATIOS and float(cells["status_quo"]) <= 0:
            message = f"{cells['lever']} acts in proportion to the status quo; enter one above zero"
            yield fault("levers", row, "status_quo", "no_proportion", message)


def assumptions(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    """Look whether an assumption can move its parameter in the way it says."""
    parameters = frames["parameters"].set_index("id")["distribution"]
    for row, cells in numbered(frames["assumptions"]):
        moves, default, unit = cells["moves"], cells["default"], cells["unit"]
        if moves == "event":
            continue
        if moves == "scale" and number(default) == 0:
            message = "an assumption that scales needs a default other than zero; or let it shift"
            yield fault("assumptions", row, "default", "scale_of_zero", message)
        if moves == "shift" and unit not in SHIFTED:
            known = ", ".join(SHIFTED)
            message = f"an assumption that shifts is in points, {known}; given {unit}"
            yield fault("assumptions", row, "unit", "shift_unit", message, given=unit, known=known)
        if parameters[cells["parameter"]] in ("fixed", "table", "check_only"):
            message = f"{cells['parameter']} has no range, so the assumption would do nothing"
            yield fault("assumptions", row, "parameter", "no_range", message,
                        given=cells["parameter"])  # fmt: skip


def released(frames: dict[str, pd.DataFrame], facts: dict[str, object]) -> Iterator[Fault]:
    """Look whether a figure was released after its period was over."""
    from model.observe import day

    for row, cells in numbered(frames["observations"]):
        for column in ("period_end", "released_on"):
            try:
                day(cells[column] or "2000", name=column)
            except ModelError as error:
                given = cells[column]
                yield fault("observations", row, column, "not_a_date", str(error), given=given)
                break
        else:
            given, end = cells["released_on"], day(cells["period_end"] or "2000")
            if given and day(given) < end:
                message = f"{given} is before the end of the period; accepted: from {end} on"
                yield fault("observations", row, "released_on", "early_release", message,
                            given=given, low=end)  # fmt: skip


CHECKS = (
    (denominators, ("district_base", "industries")),
    (manufacturing, ("industry_mix", "industries")),
    (levers, ("levers",)),
    (assumptions, ("assumptions", "parameters")),
    (released, ("observations",)),
)
"""Each check with the tables it reads."""


def gives_results(plan: Plan) -> bool:
    """Return whether a run gives numbers everywhere; figures may be sound alone, not together."""
    from model.outcomes import INDICATORS, places
    from model.simulate import simulate

    with np.errstate(all="ignore"):
        run = simulate(plan, next(iter(plan.scenarios.values())))
        return all(
            np.isfinite(run.indicator(code, district)).all()
            for code in INDICATORS
            for district in (None, *(plan.axes.districts if places(code) != "city" else ()))
        )
