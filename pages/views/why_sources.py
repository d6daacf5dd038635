"""Where growth comes from: the growth account of a scenario beside its reference."""

from __future__ import annotations

from html import escape

import model
from model.growth import GROUPS, SOURCES
from pages.views import numbers
from pages.views.frames import Tables, axis_frame, reach
from pages.views.texts import Texts

SHOWN = 5e-5
"""Sources below this in both scenarios, a fraction, are left out of the chart."""


def chart_tables(account: model.GrowthAccount, before: model.GrowthAccount, t: Texts) -> Tables:
    """Return the data sets of `why_charts.sources`: a bar for each source, a tick before."""
    pairs = zip(SOURCES, account.growth[:, 0], before.growth[:, 0], strict=True)
    kept = [(name, 100 * a, 100 * b) for name, a, b in pairs if max(abs(a), abs(b)) >= SHOWN]
    rows = {
        "order": list(range(len(kept))),
        "name": [t(f"why.source_{name}") for name, _, _ in kept],
        "value": [float(a) for _, a, _ in kept],
        "before": [float(b) for _, _, b in kept],
        "sign": ["up" if a >= 0 else "down" for _, a, _ in kept],
        "label": [numbers.plain(a, 2, signed=True) for _, a, _ in kept],
        "beside": [numbers.plain(b, 2, signed=True) for _, _, b in kept],
    }
    values = [*rows["value"], *rows["before"]]
    low, high = min([0.0, *values]), max([0.0, *values])
    ends = reach([low, high + 0.45 * (high - low)], 1.0, (0.0, 1.0))
    return {"rows": rows, "axis": axis_frame(ends)}


def sentence(
    account: model.GrowthAccount,
    before: model.GrowthAccount,
    place: str,
    indicator: str,
    reference: str,
    t: Texts,
) -> str:
    """Return the account in words; every number of it stands in the table."""
    parts = {group: account.part(group) for group in GROUPS}
    first = sorted(parts, key=lambda group: -abs(parts[group]))[:3]
    listed = t("why.and").join(
        t("why.one_share", name=t(f"why.group_{group}"), value=_points(parts[group]))
        for group in first
    )
    return t(
        "why.sources_sentence",
        place=place,
        indicator=indicator,
        reference=reference,
        first=account.years[0] - 1,
        last=account.years[-1],
        total=numbers.percent(account.total[0], 2),
        before=numbers.percent(before.total[0], 2),
        listed=listed,
    )


def table_html(
    account: model.GrowthAccount, before: model.GrowthAccount, reference: str, t: Texts
) -> str:
    """Return the whole account: groups with their sources, scenario, reference, difference."""
    heads = (t("why.column_source"), t("why.here"), reference, t("why.column_difference"))
    body = ""
    for group, names in GROUPS.items():
        if max(abs(one.part(name)) for one in (account, before) for name in names) < SHOWN:
            continue
        body += _line(t(f"why.group_{group}"), account.part(group), before.part(group), "total")
        for name in names:
            pair = account.part(name), before.part(name)
            if max(map(abs, pair)) >= SHOWN:
                body += _line(t(f"why.source_{name}"), *pair, "inside")
    body += _line(t("why.sources_total"), account.total[0], before.total[0], "total")
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    return f'<table class="plain why"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _line(name: str, now: float, before: float, kind: str) -> str:
    cells = [escape(name), *(_points(value) for value in (now, before, now - before))]
    return f'<tr class="{kind}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _points(fraction: float) -> str:
    return numbers.plain(100 * fraction, 2, signed=True)
