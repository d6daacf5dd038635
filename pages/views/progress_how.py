"""How the figures of a day were learned, how far that can be trusted, and figure by figure."""

from __future__ import annotations

from html import escape

import model
from model.observe import UPGRADE_SHARE
from pages.views import numbers
from pages.views.progress import basis_mark, day, indicator, period, place
from pages.views.progress_learned import Learned
from pages.views.texts import Texts


def method_html(plan: model.Plan, learned: Learned, t: Texts) -> str:
    """Return how the figures were learned, how far that can be trusted, what was not used."""
    lines = []
    if learned.contradicted:
        lines.append(t("progress.method_none"))
    elif learned.method == "prior":
        lines.append(t("progress.method_prior"))
    else:
        values = {
            "count": len(learned.checks), "steps": learned.steps,
            "k": numbers.plain(learned.pareto_k, 2), "limit": numbers.plain(learned.k_limit, 2),
            "effective": numbers.plain(learned.effective, 0),
        }  # fmt: skip
        lines.append(t(f"progress.method_{learned.method}", **values))
        lines.append(t("progress.method_tail", tail=f"{learned.tail:.2g}"))
    for series in learned.left_out:
        where, _, code = series.partition(":")
        name = indicator(code, t)
        lines.append(t("progress.left_out", place=place(where, plan, t), name=name))
    for reason in dict.fromkeys(reason for _, reason in learned.unused):
        named = dict.fromkeys(
            t("progress.unused_item", place=place(k.observation.geography, plan, t),
              name=indicator(k.observation.indicator, t), months=period(k.observation, t))
            for k, why in learned.unused if why == reason
        )  # fmt: skip
        listed = t("register.comma").join(named)
        lines.append(t("progress.unused", listed=listed, why=t(f"progress.why_{reason}")))
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def checks_html(plan: model.Plan, learned: Learned, t: Texts) -> str:
    """Return every figure beside what the draws said before and after it was known."""
    head = "".join(
        f'<th scope="col">{escape(t(f"progress.column_{name}"))}</th>'
        for name in ("figure", "known", "value", "said", "apart", "after")
    )
    rows = []
    for c in learned.checks:
        o, k = c.figure.observation, c.figure
        name = t("progress.unused_item", place=place(o.geography, plan, t),
                 name=indicator(o.indicator, t), months=period(o, t))  # fmt: skip
        signed = o.indicator != UPGRADE_SHARE and not o.indicator.startswith("share")
        value, said = (numbers.percent(x, 1, signed) for x in (c.value, c.prior_mean))
        after = "—" if c.posterior_mean is None else numbers.percent(c.posterior_mean, 1, signed)
        rows.append(
            f'<tr><th scope="row">{escape(name)}</th>'
            f"<td>{escape(day(k.known_on.isoformat(), t))}{basis_mark(k, t)}</td>"
            f"<td><b>{value}</b></td><td>{said} ± {numbers.plain(100 * c.prior_sd)}</td>"
            f"<td>{numbers.plain(c.implausibility)}</td><td>{after}</td></tr>"
        )
    return (
        f'<table class="stands"><caption>{escape(t("progress.checks"))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
