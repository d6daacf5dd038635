"""The plan as it could be written when it was issued: priors without later information."""

from __future__ import annotations

from dataclasses import replace

from model.plan import Plan
from model.sources import Parameter, uniform_ends

WIDER = 1.5
"""Factor on the half-widths of a prior that rests on later information and has no other."""


def ex_ante(plan: Plan) -> Plan:
    """Return the plan with the priors that could be stated on the day of its issue.

    Rows with later information use their ex-ante quantiles; where there are none, the same centre
    with half-widths `WIDER` times as wide.  The relative depth of the shutdown by industry, a table
    worked out from the first half of the year, becomes one for all.  What cannot be undone: the
    base rests in part on later texts, and every prior was written after the outcome was known.

    >>> import model
    >>> plan = ex_ante(model.load_plan("zhengzhou_2020"))
    >>> prior = plan.parameter("tech_upgrade_share_2019")
    >>> prior.low, prior.mid, prior.high
    (0.35, 0.47, 0.55)
    """
    return replace(
        plan,
        parameters=tuple(map(_earlier, plan.parameters)),
        industries=tuple(replace(i, covid_relative_depth=1.0) for i in plan.industries),
    )


def _earlier(prior: Parameter) -> Parameter:
    if not prior.later_information or not prior.quantified:
        return prior
    low, mid, high = prior.ex_ante
    if low is not None and mid is not None and high is not None:
        return replace(prior, low=low, mid=mid, high=high)
    if ends := uniform_ends(prior.distribution):
        middle, half = sum(ends) / 2, WIDER * (ends[1] - ends[0]) / 2
        return replace(prior, distribution=f"uniform({middle - half!r},{middle + half!r})")
    assert prior.low is not None and prior.mid is not None and prior.high is not None
    return replace(
        prior,
        low=prior.mid - WIDER * (prior.mid - prior.low),
        high=prior.mid + WIDER * (prior.high - prior.mid),
    )
