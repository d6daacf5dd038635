"""What the pages show of an ensemble, small enough to keep: quantiles and verdicts, no draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import model

PROBABILITIES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
CITY = (
    "iva_growth",
    "mva_growth",
    "industrial_investment",
    "industrial_investment_growth",
    "upgrade_investment",
    "upgrade_investment_growth",
    "energy_intensity_fall",
)
DISTRICT = (
    "iva_growth",
    "mva_growth",
    "industrial_investment",
    "industrial_investment_growth",
    "energy_intensity_fall",
)

DRAWN = ("iva_growth", "industrial_investment", "energy_intensity_fall")
"""Indicators whose first year is kept in every draw, for what it rests on (`model.knowledge`)."""

DISCREPANT = ("iva_growth", "mva_growth")
"""Indicators that carry the discrepancy of the model."""

Array = np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """Quantiles by `PROBABILITIES` and the verdicts on the targets.

    cumulative : (month, probability); city[code] : (year, probability);
    district[code] : (district, year, probability); doubled : the chance of each growth target if
    the discrepancy of the model were twice as large; drawn[code] : (draw,) the first year.
    """

    scenario: model.Scenario
    draws: int
    cumulative: Array
    city: dict[str, Array]
    district: dict[str, Array]
    verdicts: tuple[model.Verdict, ...]
    district_verdicts: tuple[model.DistrictVerdict, ...]
    doubled: dict[str, float]
    drawn: dict[str, Array]

    def verdict(self, target: str) -> model.Verdict:
        """Return the verdict on one target of the register."""
        return next(v for v in self.verdicts if v.target.id == target)

    def of_district(self, code: str) -> model.DistrictVerdict:
        """Return the verdict on one district."""
        return next(v for v in self.district_verdicts if v.district == code)


def summarise(plan: model.Plan, scenario: model.Scenario, fan: model.Fan) -> Summary:
    """Reduce an ensemble to what is shown."""
    months = fan.cumulative_growth("iva_growth")
    cumulative = np.full((len(months), len(PROBABILITIES)), np.nan)
    known = ~np.isnan(months[:, 0])
    cumulative[known] = np.quantile(months[known], PROBABILITIES, axis=-1).T
    return Summary(
        scenario=scenario,
        draws=fan.draws,
        cumulative=cumulative,
        city={code: fan.quantiles(code, PROBABILITIES) for code in CITY},
        district={
            code: np.stack(
                [fan.quantiles(code, PROBABILITIES, district=d.code) for d in plan.districts]
            )
            for code in DISTRICT
        },
        verdicts=tuple(model.assess(plan, scenario, fan)),
        district_verdicts=tuple(model.district_verdicts(plan, scenario, fan)),
        doubled={
            target.id: model.doubled_discrepancy(plan, fan, target.id)[1]
            for target in plan.targets
            if target.kind == "modelled" and target.indicator in DISCREPANT
        },
        drawn={code: fan.indicator(code)[0].astype(np.float32) for code in DRAWN},
    )
