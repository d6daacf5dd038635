r"""What published figures say about the draws: history matching, weights, ensemble smoother.

The draws are first held against the figures (implausibility).  Where importance weights can carry
the figures they are used, since they hold for any shape of the prior; where they collapse on a few
draws, a deterministic ensemble smoother moves all draws instead.  Figures that contradict the
whole prior are refused: nothing is extrapolated.

References
----------
Vernon, Goldstein & Bower (2010), history matching; Whitaker & Hamill (2002), the square-root gain;
Emerick & Reynolds (2013), multiple data assimilation; Vehtari et al., Pareto smoothed importance
sampling (`model.weights`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from model.accounts import by_year
from model.errors import ModelError, unknown
from model.observe import Known, error_sd, obstacle, predicted
from model.outcomes import Fan, Totals
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
    """
    if method not in ("auto", "weights", "smoother"):
        raise unknown("method", method, ("auto", "weights", "smoother"))
    if fan.draws < FEWEST:
        raise ModelError(f"{fan.draws} draws are too few to learn from; use {FEWEST} or more.",
                         code="draws_outside", given=fan.draws, high=FEWEST)  # fmt: skip
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
        totals = _taken(fan.totals, resampled(weights))
    else:
        chosen = "smoother"
        steps = STEPS if (said.std(axis=1) / error).max() > WIDE else 1
        totals = _smoothed(fan, used, value, error, steps)
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
        reason = obstacle(fan.plan, figure.observation)
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


# Ensemble smoother


def smoothing(said: Array, value: Array, error: Array) -> Array:
    r"""Return by how much each draw moves, in units of covariance with the scaled figures.

    With :math:`\tilde y = y/\sigma` and :math:`S = I + C_{\tilde y\tilde y}`, a state moves by

    .. math:: x \leftarrow x + C_{x\tilde y}\,
              [S^{-1}(\tilde y^o - \bar{\tilde y}) - S^{-1/2}(S^{1/2}+I)^{-1}\tilde y']

    which gives exactly the mean and the covariance of a Kalman update with the sample covariances;
    no figure is perturbed, so nothing depends on further random numbers.

    Parameters
    ----------
    said : (figure, draw)
    value, error : (figure,)

    Returns
    -------
    (figure, draw)
    """
    scaled = said / error[:, None]
    mean = scaled.mean(axis=1, keepdims=True)
    apart = scaled - mean
    root, vectors = np.linalg.eigh(np.eye(len(value)) + apart @ apart.T / (said.shape[1] - 1))
    shift = vectors @ ((vectors.T @ (value / error - mean[:, 0])) / root)
    size = np.sqrt(root)
    shrink = (vectors / (size * (size + 1))) @ vectors.T
    return shift[:, None] - shrink @ apart


def moved(state: Array, said: Array, error: Array, move: Array) -> Array:
    """Return a state (..., draw) after `smoothing`; sums that held in every draw still hold."""
    scaled = said / error[:, None]
    apart = (scaled - scaled.mean(axis=1, keepdims=True)) / (said.shape[1] - 1)
    flat = np.array(state).reshape(-1, state.shape[-1])
    flat += (flat @ apart.T) @ move
    return flat.reshape(state.shape)


def _smoothed(fan: Fan, used: tuple[Known, ...], value: Array, error: Array, steps: int) -> Totals:
    """Return totals moved in equal steps, the figures compared anew before each."""
    inflated = error * np.sqrt(steps)
    current = fan
    for _ in range(steps):
        said = _compare(current, used)[0]
        move = smoothing(said, value, inflated)
        current = Fan(
            plan=fan.plan,
            scenario=fan.scenario,
            totals=_map_relative(
                current.totals, lambda x, s=said, m=move: moved(x, s, inflated, m)
            ),
        )
    return _settled(fan.totals, current.totals)


FLOOR = 0.05
"""Part of itself that a flow keeps at least; small districts of wide draws need it."""


def _settled(before: Totals, after: Totals) -> Totals:
    """Return totals without flows near zero or below, the parts fitted to the city's year again.

    The floor concerns a handful of draws of small districts, and fitting changes them by parts in
    ten thousand.
    """

    def above(name: str, group: str) -> Array:
        found = np.maximum(getattr(after, group)[name], FLOOR * getattr(before, group)[name])
        if group != "city":
            found *= (by_year(city[name]) / found.sum(axis=1))[:, None]
        return found

    city: dict[str, Array] = {}
    for name in after.city:
        city[name] = above(name, "city")
    parts = {g: {n: above(n, g) for n in getattr(after, g)} for g in ("district", "industry")}
    levels = {}
    for name in ("base_investment", "base_industry"):
        found = np.maximum(getattr(after, name), FLOOR * getattr(before, name))
        levels[name] = found * (getattr(after, name).sum(axis=0) / found.sum(axis=0))
    upgrade = np.clip(after.base_upgrade, FLOOR * before.base_upgrade, levels["base_investment"])
    for array in (*city.values(), *parts["district"].values(), *parts["industry"].values(),
                  *levels.values(), upgrade):  # fmt: skip
        array.flags.writeable = False
    groups = {g: MappingProxyType(flows) for g, flows in (("city", city), *parts.items())}
    return replace(after, **groups, **levels, base_upgrade=upgrade)


_SCALE = {
    "value_added": "output", "comparable_base": "output", "manufacturing": "output",
    "manufacturing_base": "output", "energy": "energy", "comparable_energy": "energy",
    "investment": "spending", "upgrade": "spending", "base_investment": "spending",
    "base_upgrade": "spending", "base_industry": "output",
}  # fmt: skip


def _map_relative(totals: Totals, change) -> Totals:
    """Apply a linear change to flows relative to the base year, whose levels change in logs.

    Growth is then nearly linear in the state, and parts still add up to their wholes.
    """
    levels = {
        "output": totals.base_industry.sum(axis=0),
        "spending": totals.base_investment.sum(axis=0),
        "energy": totals.city["comparable_energy"][:12].sum(axis=0),
    }
    after = {name: np.exp(change(np.log(level)[None])[0]) for name, level in levels.items()}

    def relative(name: str, array: Array) -> Array:
        scale = _SCALE.get(name)
        if scale is None:
            return change(array if array.ndim > 1 else array[None]).reshape(array.shape)
        flow = change(array / levels[scale])
        flow *= after[scale]
        return flow

    return _mapped(totals, relative)


def _taken(totals: Totals, index: Array) -> Totals:
    return _mapped(totals, lambda _, array: np.ascontiguousarray(array[..., index]))


def _mapped(totals: Totals, change) -> Totals:
    found: dict[str, object] = {}
    for field in fields(Totals):
        kept = getattr(totals, field.name)
        if isinstance(kept, Mapping):
            new = {name: _frozen(change(name, array)) for name, array in kept.items()}
            found[field.name] = MappingProxyType(new)
        else:
            found[field.name] = _frozen(change(field.name, kept))
    return Totals(**found)


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array
