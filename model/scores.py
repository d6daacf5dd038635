"""How good a forecast was: CRPS, coverage, PIT and skill, with the number of cases beside them.

References
----------
Gneiting, Balabdaoui & Raftery (2007); Zamo & Naveau (2018) for the fair ensemble CRPS.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.errors import ModelError

Array = np.ndarray

LEVELS = (0.50, 0.80, 0.95)
"""Central intervals whose coverage is counted."""
CASES_FOR_COVERAGE = 20
"""Cases below which no coverage or calibration is claimed."""
BINS = 5
"""Bins of the histogram of the transforms: four cases or more in each of a perfect forecast."""


def crps(samples: Array, outcome: float) -> float:
    r"""Return the fair CRPS of an ensemble, in the unit of the outcome; smaller is better.

    .. math:: \frac1S\sum_i|x_i-y| - \frac{1}{S(S-1)}\sum_i (2i-S-1)\,x_{(i)}

    The second term divides by S(S-1), so the expectation does not depend on the ensemble size.
    A single draw scores its absolute error.

    >>> crps(np.array([1.0, 3.0]), 2.0)  # mean distance 1, less half the mean difference 2
    0.0
    """
    ordered = np.sort(np.asarray(samples, dtype=float))
    size = ordered.size
    if not size or not (np.isfinite(ordered).all() and math.isfinite(outcome)):
        raise ModelError("A score needs finite draws and an outcome.", code="not_a_number",
                         given=outcome)  # fmt: skip
    distance = float(np.abs(ordered - outcome).mean())
    if size == 1:
        return distance
    rank = 2 * np.arange(1, size + 1) - size - 1
    return distance - float(rank @ ordered) / (size * (size - 1))


def crps_normal(mean: float, sd: float, outcome: float) -> float:
    r"""Return the CRPS of a normal forecast in closed form.

    .. math:: \sigma\left[z(2\Phi(z)-1) + 2\varphi(z) - \pi^{-1/2}\right]

    >>> round(crps_normal(0.0, 1.0, 0.0), 6)  # (sqrt 2 - 1) / sqrt pi
    0.233695
    """
    z = (outcome - mean) / sd
    below = 0.5 * math.erfc(-z / math.sqrt(2))
    density = math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return sd * (z * (2 * below - 1) + 2 * density - 1 / math.sqrt(math.pi))


def pit(samples: Array, outcome: float, ties: float = 0.5) -> float:
    """Return the probability integral transform.

    ``ties`` is the part of the draws equal to the outcome that counts as below it: drawn uniformly
    from 0 to 1 it makes the transform of a perfect forecast uniform also where draws repeat.
    """
    samples = np.asarray(samples, dtype=float)
    return float((samples < outcome).mean() + ties * (samples == outcome).mean())


def within(samples: Array, outcome: float, level: float) -> bool:
    """Return whether the outcome lies in the central interval of a level."""
    low, high = np.quantile(samples, (0.5 - level / 2, 0.5 + level / 2))
    return bool(low <= outcome <= high)


def skill(score: float, reference: float) -> float | None:
    """Return 1 - score / reference: positive when better; None against a perfect reference."""
    return None if reference == 0 else 1 - score / reference


def pit_counts(values: Sequence[float], bins: int = BINS) -> tuple[int, ...] | None:
    """Return how many transforms fall in each of equal bins, None below `CASES_FOR_COVERAGE`.

    >>> pit_counts([0.1] * 12 + [0.95] * 8)
    (12, 0, 0, 0, 8)
    >>> pit_counts([0.5] * 19) is None
    True
    """
    if len(values) < CASES_FOR_COVERAGE:
        return None
    counts, _ = np.histogram(values, bins=bins, range=(0.0, 1.0))
    return tuple(counts.tolist())


@dataclass(frozen=True, slots=True)
class Case:
    """One forecast held against its outcome, in the unit of the outcome."""

    crps: float
    error: float
    pit: float
    inside: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Scores over cases.  ``coverage`` by level is None below `CASES_FOR_COVERAGE` cases.

    ``uniformity`` is the p-value of the Cramer-von Mises test of the PIT against uniform, under
    the same condition; it presumes independent cases.
    """

    cases: int
    crps: float
    bias: float
    mean_absolute_error: float
    coverage: tuple[float, ...] | None
    uniformity: float | None


def case(samples: Array, outcome: float, ties: float = 0.5) -> Case:
    """Hold one forecast against its outcome; the error is median less outcome, ties as in `pit`."""
    samples = np.asarray(samples, dtype=float)
    score = crps(samples, outcome)
    error = float(np.median(samples)) - outcome
    inside = tuple(within(samples, outcome, level) for level in LEVELS)
    return Case(score, error, pit(samples, outcome, ties), inside)


def summary(cases: Sequence[Case]) -> Summary:
    """Return scores over cases, and of their calibration only what their number allows."""
    if not cases:
        raise ModelError("There is no case to score.", code="no_cases")
    error = np.array([c.error for c in cases])
    coverage = uniformity = None
    if len(cases) >= CASES_FOR_COVERAGE:
        from scipy.stats import cramervonmises

        coverage = tuple(np.array([c.inside for c in cases]).mean(axis=0).tolist())
        uniformity = float(cramervonmises([c.pit for c in cases], "uniform").pvalue)
    return Summary(
        cases=len(cases),
        crps=float(np.mean([c.crps for c in cases])),
        bias=float(error.mean()),
        mean_absolute_error=float(np.abs(error).mean()),
        coverage=coverage,
        uniformity=uniformity,
    )
