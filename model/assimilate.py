r"""What published figures say about the draws: history matching, weights, ensemble smoother.

The draws are first held against the figures (implausibility).  Where importance weights can carry
the figures they are used, since they hold for any shape of the prior; where they collapse on a few
draws, a deterministic ensemble smoother moves all draws instead.  Figures that contradict the
whole prior are refused: nothing is extrapolated.

References
----------
Vernon, Goldstein & Bower (2010), history matching; Vehtari et al., Pareto smoothed importance
sampling (`model.weights`); the smoother is in `model.smoother`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from model.errors import ModelError, unknown
from model.observe import Known, error_sd, obstacle, predicted
from model.outcomes import Fan
from model.smoother import smoothed, taken
from model.weights import pareto_limit, psis, resampled

Array = np.ndarray

IMPLAUSIBLE = 3.0
"""Standard deviations beyond which a figure contradicts the prior (three-sigma rule)."""
JOINT_TAIL = 1e-4
"""Tail probability of all figures together below which they contradict the prior."""
ENOUGH = 400
"""Effective draws that importance weights must leave."""
STEPS = 4
"""Steps of the smoother where the prior is wide against the figures."""
WIDE = 3.0
"""Prior deviation over error of a figure from which the prior counts as wide."""
FEWEST = 64
"""Draws that an ensemble must have before it can learn."""


@dataclass(frozen=True, slots=True)
class Check:
    """A figure beside what the draws said before it was known; fractions.

    ``implausibility`` is the distance from the prior mean in standard deviations, the error of the
    figure included; ``posterior_mean`` what the draws say afterwards.
    """

    figure: Known
    value: float
    prior_mean: float
    prior_sd: float
    error_sd: float
    implausibility: float
    posterior_mean: float | None = None


class Contradiction(ModelError):
    """The figures contradict the whole prior; ``checks`` holds each of them."""

    def __init__(self, checks: tuple[Check, ...], tail: float) -> None:
        self.checks, self.tail = checks, tail
        worst = max(checks, key=lambda check: check.implausibility)
        o = worst.figure.observation
        super().__init__(
            f"The figures contradict the prior: {o.indicator} of {o.geography} through "
            f"{o.period_end} is {100 * worst.value:.1f} %, the draws say "
            f"{100 * worst.prior_mean:.1f} +- {100 * worst.prior_sd:.1f} % "
            f"({worst.implausibility:.1f} standard deviations; all figures together: tail "
            f"{tail:.2g}). Check the figure or the scenario; nothing was extrapolated.",
            code="evidence_contradicts",
            indicator=o.indicator,
            place=o.geography,
            month=o.period_end,
            value=100 * worst.value,
            mean=100 * worst.prior_mean,
            sd=100 * worst.prior_sd,
            distance=worst.implausibility,
            tail=tail,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Nowcast:
    """An ensemble that has learned, and how.

    ``fan`` answers like any ensemble.  ``method`` is prior (no figure applies), weights or
    smoother; ``tail`` the chi-squared tail probability of all figures under the prior;
    ``pareto_k`` and ``effective`` judge the importance weights, which are trusted below
    ``k_limit`` and from `ENOUGH` effective draws on.  ``unused`` lists the figures that the model
    says nothing about, each with the code of `model.observe.obstacle`.
    """

    fan: Fan
    prior: Fan
    method: str
    steps: int
    checks: tuple[Check, ...]
    tail: float
    pareto_k: float | None
    k_limit: float
    effective: float
    unused: tuple[tuple[Known, str], ...]

    def gain(self, code: str, district: str | None = None) -> Array:
        """Return the part of the prior variance that is gone, by year: 1 - posterior / prior."""
        after, before = (x.indicator(code, district).var(axis=-1) for x in (self.fan, self.prior))
        return 1 - after / before

    def to_frame(self) -> pd.DataFrame:
        """Return the figures used, one a row; rates in per cent."""
        rows = [
            {
                "geography": c.figure.observation.geography,
                "indicator": c.figure.observation.indicator,
                "measure": c.figure.observation.measure,
                "period_end": c.figure.observation.period_end,
                "known_on": c.figure.known_on.isoformat(),
                "basis": c.figure.basis,
                "value": 100 * c.value,
                "prior_mean": 100 * c.prior_mean,
                "prior_sd": 100 * c.prior_sd,
                "error_sd": 100 * c.error_sd,
                "implausibility": c.implausibility,
                "posterior_mean": None if c.posterior_mean is None else 100 * c.posterior_mean,
            }
            for c in self.checks
        ]
        return pd.DataFrame(rows)


def history_match(fan: Fan, figures: Iterable[Known]) -> tuple[tuple[Check, ...], float]:
    """Hold the draws against figures: each on its own, and the tail probability of all together.

    The joint distance is Mahalanobis', so that figures which agree with the prior one by one but
    not with each other are found out too.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> fan = model.ensemble(plan, plan.scenarios["plan"], draws=256)
    >>> checks, tail = model.history_match(fan, model.entered(plan, [
    ...     {"indicator": "industrial_va_growth", "period_end": "2020-06", "value": 0.0}]))
    >>> checks[0].implausibility < 3, tail > 0.01  # the figure is one of those expected
    (True, True)
    """
    from scipy.stats import chi2

    used = tuple(figures)
    if not used:
        return (), 1.0
    said, value, error = _compare(fan, used)
    mean, spread = said.mean(axis=1), said.std(axis=1, ddof=1)
    apart = np.abs(value - mean) / np.hypot(spread, error)
    checks = tuple(
        Check(*row)
        for row in zip(
            used, *(x.tolist() for x in (value, mean, spread, error, apart)), strict=True
        )
    )
    covariance = np.atleast_2d(np.cov(said)) + np.diag(error**2)
    distance = (value - mean) @ np.linalg.solve(covariance, value - mean)
    return checks, float(chi2.sf(distance, len(used)))


def assimilate(fan: Fan, figures: Iterable[Known], method: str = "auto") -> Nowcast:
    """Return an ensemble that has learned published figures.

    Parameters
    ----------
    fan : Fan
        The prior, at least `FEWEST` draws.
    figures : Known
        From `model.known` or `model.entered`; of two releases of one quantity the later counts.
    method : str
        ``weights``, ``smoother``, or ``auto``: weights where they are trustworthy.

    Raises
    ------
    Contradiction
        When a figure lies beyond `IMPLAUSIBLE` standard deviations of the prior, or all together
        beyond `JOINT_TAIL`.

    A figure of a district within the year needs its months: ``ensemble(..., follow=...)``.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> figures = model.entered(plan, [{"geography": "gongyi", "value": 1.2,
    ...     "indicator": "industrial_va_growth", "period_end": "2020-06"}])
    >>> fan = model.ensemble(plan, plan.scenarios["plan"], draws=512, follow=("gongyi",))
    >>> now = model.assimilate(fan, figures)
    >>> bool(now.gain("iva_growth", "gongyi")[0] > now.gain("iva_growth")[0] > 0)
    True
    """
    if method not in ("auto", "weights", "smoother"):
        raise unknown("method", method, ("auto", "weights", "smoother"))
    if fan.draws < FEWEST:
        raise ModelError(f"{fan.draws} draws are too few to learn from; use {FEWEST} or more.",
                         code="few_draws", given=fan.draws, low=FEWEST)  # fmt: skip
    used, unused = _sorted_out(fan, figures)
    limit = pareto_limit(fan.draws)
    if not used:
        return Nowcast(fan, fan, "prior", 0, (), 1.0, None, limit, float(fan.draws), unused)
    checks, tail = history_match(fan, used)
    if tail < JOINT_TAIL or max(check.implausibility for check in checks) > IMPLAUSIBLE:
        raise Contradiction(checks, tail)
    said, value, error = _compare(fan, used)
    misfit = (said - value[:, None]) / error[:, None]
    weights, pareto_k = psis(-0.5 * (misfit**2).sum(axis=0))
    effective = float(1 / (weights**2).sum())
    trusted = pareto_k < limit and effective >= ENOUGH
    if method == "weights" or (method == "auto" and trusted):
        chosen, steps = "weights", 0
        totals = taken(fan.totals, resampled(weights))
    else:
        chosen = "smoother"
        steps = STEPS if (said.std(axis=1) / error).max() > WIDE else 1
        totals = smoothed(fan, lambda now: _compare(now, used)[0], value, error, steps)
    learned = Fan(plan=fan.plan, scenario=fan.scenario, totals=totals)
    after = [float(predicted(learned, f.observation).mean()) for f in used]
    checks = tuple(
        replace(check, posterior_mean=mean) for check, mean in zip(checks, after, strict=True)
    )
    return Nowcast(learned, fan, chosen, steps, checks, tail, pareto_k, limit, effective, unused)


def assimilate_what_fits(
    fan: Fan, figures: Iterable[Known], method: str = "auto"
) -> tuple[Nowcast, tuple[str, ...]]:
    """Return what was learned, and the series left out because they contradict the prior.

    As long as the figures contradict the prior, the series (place and indicator) with the most
    implausible figure is left out whole.  The rule knows nothing of any outcome.
    """
    kept, left_out = tuple(figures), []
    while True:
        try:
            return assimilate(fan, kept, method), tuple(left_out)
        except Contradiction as contradiction:
            worst = max(contradiction.checks, key=lambda check: check.implausibility)
            o = worst.figure.observation
            left_out.append(f"{o.geography}:{o.indicator}")
            kept = tuple(
                k for k in kept
                if (k.observation.geography, k.observation.indicator) != (o.geography, o.indicator)
            )  # fmt: skip


def _sorted_out(
    fan: Fan, figures: Iterable[Known]
) -> tuple[tuple[Known, ...], tuple[tuple[Known, str], ...]]:
    latest: dict[tuple[str, ...], Known] = {}
    unused = []
    for figure in sorted(figures, key=lambda f: (f.known_on, f.basis == "entered")):
        reason = obstacle(fan.plan, figure.observation, fan.totals.places)
        if reason:
            unused.append((figure, reason))
            continue
        if figure.key in latest:
            unused.append((latest[figure.key], "superseded"))
        latest[figure.key] = figure
    return tuple(latest.values()), tuple(unused)


def _compare(fan: Fan, used: tuple[Known, ...]) -> tuple[Array, Array, Array]:
    """Return what the draws say (figure, draw), the figures and their errors; fractions."""
    said = np.stack([predicted(fan, f.observation) for f in used])
    value = np.array([f.observation.value / 100 for f in used])
    return said, value, np.array([error_sd(fan.plan, f) for f in used])
