"""Numbers with birth certificates: what a number is, where it comes from, how sure it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

STATUSES = (
    "published", "bureau", "derived", "estimated", "assumed", "unverified", "recalled", "judgement",
)  # fmt: skip
"""How a number came to be, from printed in a source that was read to set by judgement.

A figure of the user's own, entered in place of an estimate, is ``bureau``.
"""

ROLES = ("simulated", "observation", "target", "check", "not_simulated")
"""What a parameter is for: an input of the simulation, of the comparison with published figures,
of the reading of targets, a plausibility check, or known but not used (with the reason)."""

PACES = (
    "growth_output", "growth_investment", "flow", "flow_output", "flow_investment",
    "stock", "share", "yearly",
)  # fmt: skip
"""How a target is measured against the calendar: growth of the year by month weights, an amount
that adds up over the year (evenly, or with the season of output or investment), a state of the
moment (stock, share), or a figure that exists for whole years only."""

DISTRIBUTIONS = ("two_piece_normal", "fixed", "table", "check_only")
"""How a parameter is distributed, unless between two ends alike: ``uniform(a,b)``."""
_NUMBER = r"\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*"
_UNIFORM = re.compile(rf"uniform\({_NUMBER},{_NUMBER}\)")


def uniform_ends(distribution: str) -> tuple[float, float] | None:
    """Return the ends of a distribution written ``uniform(a,b)``, None for any other.

    >>> uniform_ends("uniform(0.15,0.75)"), uniform_ends("uniform(1,0)"), uniform_ends("fixed")
    ((0.15, 0.75), None, None)
    """
    found = _UNIFORM.fullmatch(distribution)
    ends = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
    return ends if ends[0] < ends[1] else None


@dataclass(frozen=True, slots=True)
class Source:
    """A text, a paper, or a kind of judgement that numbers rest on."""

    source_id: str
    title: str
    publisher: str
    url: str
    published_on: str
    kind: str
    note: str
    status: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A prior or a fixed coefficient.

    ``low``, ``mid`` and ``high`` are the 5, 50 and 95 % quantiles in ``unit``; a fixed parameter
    has only ``mid``.  ``support_min`` and ``support_max`` are bounds that no draw leaves.
    ``ex_ante`` holds the three quantiles that could be stated when the plan was issued, for rows
    that rest on something published later.
    """

    id: str
    symbol: str
    name: str
    name_zh: str
    unit: str
    low: float | None
    mid: float | None
    high: float | None
    distribution: str
    applies_to: str
    status: str
    source_id: str
    later_information: bool
    ex_ante: tuple[float | None, float | None, float | None]
    ex_ante_source_id: str
    support_min: float | None
    support_max: float | None
    role: str
    role_note: str
    note: str

    @property
    def quantified(self) -> bool:
        """Whether a dimension of the ensemble carries the uncertainty of the parameter.

        The size of a fall belongs to an event, not to a draw: it comes from the stream of events.
        """
        drawn = self.distribution == "two_piece_normal" or uniform_ends(self.distribution)
        return bool(drawn) and self.role == "simulated" and self.id != "jump_size"


@dataclass(frozen=True, slots=True)
class District:
    """A county, county-level city, zone or urban district, with its place on the tile grid."""

    code: str
    name_zh: str
    name_en: str
    type: str
    tile_row: int
    tile_col: int
    main_industries: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry with its concordance to the overlapping statistical classes (weights 0-1)."""

    code: str
    name_zh: str
    name_en: str
    is_manufacturing: bool
    leading_weight: float
    energy_intensive_weight: float
    high_tech_weight: float
    strategic_emerging_weight: float
    weights_status: str
    capital_elasticity_offset: float
    tfp_offset: float
    covid_relative_depth: float
    energy_intensity: float
    energy_intensity_status: str
    source_id: str
    note: str


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """What Annex 1 of the plan asks of one district (growth in per cent, entrants in firms)."""

    district: str
    industrial_va_growth_pct: float
    manufacturing_va_growth_pct: float
    new_above_scale_firms: float
    industrial_investment_growth_pct: float


@dataclass(frozen=True, slots=True)
class Closure:
    """Where a closure lever acts: the industry, the districts and its two coefficients."""

    lever: str
    industry: str
    districts: tuple[str, ...]
    va_parameter: str
    energy_parameter: str
    status: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Control:
    """Interval knowledge about the base year: an indicator and where it should lie."""

    id: str
    indicator: str
    district: str
    industry: str
    low: float | None
    high: float | None
    unit: str
    status: str
    source_id: str
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """The definition card of an indicator (scope, price basis, span, formula).

    ``covers``, ``prices`` and ``sample`` say the same in words that code can compare (see
    `model.definitions`); ``official_prices`` is the price basis of the published figure.
    """

    code: str
    name_zh: str
    name_en: str
    unit: str
    scope_zh: str
    scope_en: str
    basis_zh: str
    basis_en: str
    definition_zh: str
    definition_en: str
    formula: str
    covers: str
    prices: str
    sample: str
    official_prices: str


@dataclass(frozen=True, slots=True)
class Observation:
    """A published, derived or recalled figure with its period and first release."""

    geography: str
    indicator: str
    industry: str
    period_start: str
    period_end: str
    measure: str
    value: float
    unit: str
    price_basis: str
    released_on: str
    status: str
    source_id: str
    note: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a target: the value first published and whether it was met."""

    target_id: str
    value: float | None
    unit: str
    period_start: str
    period_end: str
    met: str
    caveat: str
    status: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Target:
    """One quantified target of the plan, in the plan's own unit and words."""

    id: str
    clause: str
    section: str
    indicator_zh: str
    indicator_en: str
    comparator: str
    value: float
    value_high: float | None
    unit: str
    kind: str
    scope: str
    wording_zh: str
    source_id: str
    status: str
    indicator: str
    lever: str
    tolerance: float
    rule_zh: str
    rule_en: str
    responsible_units: tuple[str, ...]
    text_zh: str
    text_en: str
    pace: str
