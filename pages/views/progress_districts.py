"""Districts within the year: each figure beside Annex 1, what is left to do, and the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import model
from model.observe import city_code
from model.standing import Standing
from pages.views import numbers, register
from pages.views.progress import (
    basis_mark,
    growth_left,
    indicator,
    moved_chance,
    place,
    rate,
    through,
)
from pages.views.progress_learned import Forecast, Learned
from pages.views.texts import Texts


def table_html(
    plan: model.Plan,
    found: Sequence[Standing],
    t: Texts,
    prior: Forecast | None = None,
    learned: Learned | None = None,
) -> str:
    """Return the districts with a figure beside Annex 1, what is left to do, and the forecast."""
    own = [s for s in found if s.place != city_code(plan)]
    head = "".join(
        f'<th scope="col">{escape(t(name))}</th>'
        for name in (
            *(f"progress.column_{name}" for name in
              ("district", "annex", "status", "actual", "left", "year_end")),
            "districts.column_chance",  # for which no record says whether it holds
        )
    )  # fmt: skip
    after = learned.forecast if learned else None
    rows = []
    for s in own:
        held = s.pace
        aim = escape(t("progress.annex_target", name=indicator(s.target, t), value=f"{s.aim:g}%"))
        actual = f"<b>{escape(rate(held.actual))}</b>"
        months = escape(through(s.figure.observation.period_end, t))
        actual += f"<small>{months}{basis_mark(s.figure, t)}</small>"
        todo = "—"
        if held.needed is not None:
            todo, *more = map(escape, growth_left(held, t))
            todo += f"<small>{more[0]}</small>" if more else ""
        rows.append(
            f'<tr><th scope="row"><b>{escape(place(s.place, plan, t))}</b></th><td>{aim}</td>'
            f"<td>{register.chip(held.status, t)}</td><td>{actual}</td><td>{todo}</td>"
            f"<td>{_year_end(prior, after, (s.place, s.target), t)}</td>"
            f"<td>{_district_chance(prior, after, (s.place, s.target), t)}</td></tr>"
        )
    return (
        f'<table class="stands"><caption>{escape(t("progress.districts"))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _year_end(
    prior: Forecast | None, after: Forecast | None, key: tuple[str, str], t: Texts
) -> str:  # fmt: skip
    """Return the forecast of a district's year with its range, before and after learning."""
    lines = []
    for name, forecast in (("before", prior), ("after", after)):
        if forecast is not None and key in forecast.growth:
            low, _, middle, _, high = 100 * forecast.growth[key][-1]
            said = t(f"progress.end_{name}", value=numbers.plain(middle), low=numbers.plain(low),
                     high=numbers.plain(high))  # fmt: skip
            bold = f"<b>{escape(said)}</b>" if name == "after" else escape(said)
            lines.append(bold)
    return "<br>".join(lines) or "—"


def _district_chance(
    prior: Forecast | None, after: Forecast | None, key: tuple[str, str], t: Texts
) -> str:  # fmt: skip
    if prior is None or key not in prior.chances:
        return "—"
    return moved_chance(prior.chances[key], after.chances.get(key) if after else None, t)
