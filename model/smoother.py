"""The ensemble smoother: draws moved so that they agree with figures, sums kept.

References
----------
Whitaker & Hamill (2002), the square-root gain; Emerick & Reynolds (2013), multiple data
assimilation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from types import MappingProxyType

import numpy as np

from model.accounts import by_year
from model.axes import MONTHS_PER_YEAR
from model.outcomes import Fan, Totals

Array = np.ndarray


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


def smoothed(
    fan: Fan, says: Callable[[Fan], Array], value: Array, error: Array, steps: int
) -> Totals:
    """Return totals moved in equal steps, the figures compared anew before each.

    ``says`` returns what an ensemble says of the figures, (figure, draw).
    """
    inflated = error * np.sqrt(steps)
    current = fan
    for _ in range(steps):
        said = says(current)
        move = smoothing(said, value, inflated)
        current = Fan(
            plan=fan.plan,
            scenario=fan.scenario,
            totals=_map_relative(
                current.totals, lambda x, s=said, m=move: moved(x, s, inflated, m)
            ),
        )
    rows = [fan.axes.districts.index(code) for code in fan.totals.places]
    return _settled(fan.totals, current.totals, rows)


FLOOR = 0.05
"""Part of itself that a flow keeps at least; small districts of wide draws need it."""


def _settled(before: Totals, after: Totals, rows: list[int]) -> Totals:
    """Return totals without flows near zero or below, the parts fitted to the city's year again.

    The months of the followed districts, in the ``rows`` of all districts, are fitted to their own
    years.

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
    followed = {}
    for name, months in after.followed.items():
        found = np.maximum(months, FLOOR * before.followed[name])
        whole = parts["district"][name][:, rows] / by_year(found)
        followed[name] = found * np.repeat(whole, MONTHS_PER_YEAR, axis=0)
    upgrade = np.clip(after.base_upgrade, FLOOR * before.base_upgrade, levels["base_investment"])
    for array in (*city.values(), *parts["district"].values(), *parts["industry"].values(),
                  *levels.values(), *followed.values(), upgrade):  # fmt: skip
        array.flags.writeable = False
    groups = {
        g: MappingProxyType(flows)
        for g, flows in (("city", city), ("followed", followed), *parts.items())
    }
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


def taken(totals: Totals, index: Array) -> Totals:
    """Return totals of the draws with these numbers."""
    return _mapped(totals, lambda _, array: np.ascontiguousarray(array[..., index]))


def _mapped(totals: Totals, change) -> Totals:
    found: dict[str, object] = {}
    for field in fields(Totals):
        kept = getattr(totals, field.name)
        if isinstance(kept, Mapping):
            new = {name: _frozen(change(name, array)) for name, array in kept.items()}
            found[field.name] = MappingProxyType(new)
        elif isinstance(kept, tuple):
            found[field.name] = kept
        else:
            found[field.name] = _frozen(change(field.name, kept))
    return Totals(**found)


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array
