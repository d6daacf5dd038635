"""A city target shared out: each district's share beside Annex 1 and what the model expects."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import altair as alt
import pandas as pd

import model
from model.sharing import DistrictShare
from pages.views import numbers
from pages.views.drawing import finish, reach, tall
from pages.views.frames import Tables, axis_frame, short_name
from pages.views.frames import reach as ends_of
from pages.views.texts import Texts
from pages.views.theme import BANDS, BLUE, INK, ORANGE, QUIET

INDICATORS = ("iva_growth", "mva_growth")


def chance(row: DistrictShare) -> float:
    """Return how likely a district makes its share, from the model's mean and deviation."""
    return 1 - NormalDist(row.expected, row.deviation).cdf(row.share)


def sentence(found: model.Sharing, plan: model.Plan, t: Texts) -> str:
    """Return what Annex 1 adds up to, and who would give and take most."""
    if found.annex_total is None:
        return t("sharing.sentence_alone", total=numbers.percent(found.total))
    names = {d.code: t.of(d) for d in plan.districts}
    order = sorted(found.rows, key=lambda row: row.share - row.annex)
    gives, takes = order[0], order[-1]
    return t(
        "sharing.sentence",
        total=numbers.percent(found.total),
        annex=numbers.percent(found.annex_total, 2),
        rate=_rate(found, 2),
        less=names[gives.district],
        less_by=numbers.points(gives.share - gives.annex, t),
        more=names[takes.district],
        more_by=numbers.points(takes.share - takes.annex, t),
    )


def refusal(error: model.ModelError, plan: model.Plan, t: Texts) -> str:
    """Return why a total cannot be shared out, with districts by name and growth in per cent."""
    details = dict(error.details)
    details |= {k: f"{100 * details[k]:.1f}" for k in ("low", "high") if k in details}
    if "places" in details:
        names = {d.code: t.of(d) for d in plan.districts}
        listed = str(details["places"]).split()
        details["places"] = t("brief.unit_list").join(names[code] for code in listed)
    return t.error(error.code, details)


def _rate(found: model.Sharing, digits: int) -> str:
    """Return Annex 1 over the city's figure; nothing can be said against zero or a fall."""
    return numbers.plain(1 + found.mark_up, digits) if found.total > 0 else "—"


def arithmetic(found: model.Sharing, t: Texts) -> str:
    """Return how the shares and Annex 1 add up with the same weights."""
    shares = sum(row.weight * row.share for row in found.rows)
    rounded = sum(row.weight * round(row.share, 3) for row in found.rows)
    if found.annex_total is None:
        return t("sharing.arithmetic_alone", shares=numbers.percent(shares, 2),
                 rounded=numbers.percent(rounded, 2))  # fmt: skip
    return t(
        "sharing.arithmetic",
        annex=numbers.percent(found.annex_total, 2),
        total=numbers.percent(found.total, 2),
        rate=_rate(found, 3),
        shares=numbers.percent(shares, 2),
        rounded=numbers.percent(rounded, 2),
    )


def table(found: model.Sharing, plan: model.Plan, t: Texts) -> pd.DataFrame:
    """Return one row a district, as texts."""
    names = {d.code: t.of(d) for d in plan.districts}
    rows = [
        (
            names[row.district] + (f"　{t('sharing.at_bound')}" if row.at_bound else ""),
            numbers.percent(row.weight),
            "" if row.annex is None else numbers.percent(row.annex),
            numbers.percent(row.share),
            "" if row.annex is None else numbers.points(row.share - row.annex, t),
            numbers.percent(row.expected),
            numbers.plain(row.strain, 1, signed=True),
            numbers.chance_both(chance(row), t),
        )
        for row in found.rows
    ]
    columns = ("district", "weight", "annex", "share", "change", "expected", "strain", "chance")
    frame = pd.DataFrame(rows, columns=[t(f"sharing.column_{name}") for name in columns])
    without = [t("sharing.column_annex"), t("sharing.column_change")]
    return frame.drop(columns=without) if found.annex_total is None else frame


def annex(found: model.Sharing, plan: model.Plan, t: Texts) -> pd.DataFrame:
    """Return the plan's own Annex 1 with the column of the shared target replaced."""
    shares = {row.district: round(100 * row.share, 1) for row in found.rows}
    names = {d.code: t.of(d) for d in plan.districts}
    rows = []
    if not plan.annex:
        only = [(names[code], share) for code, share in shares.items()]
        return pd.DataFrame(
            only, columns=[t("sharing.annex_district"), t(f"sharing.{found.indicator}")]
        )
    for row in plan.annex:
        iva, mva = row.industrial_va_growth_pct, row.manufacturing_va_growth_pct
        if found.indicator == "iva_growth":
            iva = shares[row.district]
        else:
            mva = shares[row.district]
        rows.append(
            (names[row.district], iva, mva, numbers.whole(row.new_above_scale_firms),
             row.industrial_investment_growth_pct)
        )  # fmt: skip
    columns = ("district", "iva", "mva", "firms", "investment")
    return pd.DataFrame(rows, columns=[t(f"sharing.annex_{name}") for name in columns])


@cache
def shares(t: Texts, asked: bool = True, count: int = 16) -> dict:
    """Each district: what the model expects with its range, Annex 1 today, the share."""
    rows, axis = alt.NamedData(name="rows"), alt.NamedData(name="axis")
    y = alt.Y(
        "name:N",
        sort=alt.EncodingSortField("order", op="min"),
        axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=190, labelColor=INK),
    )
    x_axis = alt.Axis(
        title=None, format=",~f", domain=False, ticks=False, orient="top", tickCount=7
    )
    x = alt.X("share:Q", axis=x_axis, scale=alt.Scale(nice=False, zero=True))
    band = (
        alt.Chart(rows)
        .mark_bar(height=9, cornerRadius=4, color=BANDS["80"])
        .encode(x=alt.X("low:Q", axis=x_axis), x2="high:Q", y=y)
    )
    zero = alt.Chart(axis).mark_rule(color="#9AA5AF").encode(x="zero:Q")
    today = (
        alt.Chart(rows)
        .mark_tick(color=ORANGE, thickness=2.5, opacity=1, height=18)
        .encode(x="annex:Q", y=y)
    )
    own = alt.Chart(rows).mark_point(filled=True, size=85, opacity=1, color=BLUE).encode(x=x, y=y)
    label = (
        alt.Chart(rows)
        .mark_text(align="right", fontSize=12, color=QUIET)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )
    marks = (today, own) if asked else (own,)
    chart = alt.layer(reach(axis, channel="x"), band, zero, *marks, label)
    words = "" if asked else "_alone"
    title, subtitle = (t(f"sharing.chart_{part}{words}") for part in ("title", "subtitle"))
    return finish(chart, title, subtitle, tall(count, 500))


def _label(row: DistrictShare) -> str:
    said = numbers.plain(100 * row.share)
    if row.annex is None:
        return said
    return f"{said} ({numbers.plain(100 * (row.share - row.annex), signed=True)})"


def share_tables(found: model.Sharing, plan: model.Plan, t: Texts) -> Tables:
    """Return the data sets of `shares`."""
    by_code = {d.code: d for d in plan.districts}
    frame = pd.DataFrame(
        [
            {
                "name": short_name(by_code[row.district], t),
                "order": k,
                "low": 100 * (row.expected - 1.645 * row.deviation),
                "high": 100 * (row.expected + 1.645 * row.deviation),
                "annex": None if row.annex is None else 100 * row.annex,
                "share": 100 * row.share,
                "label": _label(row),
            }
            for k, row in enumerate(found.rows)
        ]
    )
    shown = ("low", "high", "share") if found.annex_total is None else (
        "low", "high", "annex", "share")  # fmt: skip
    ends = [value for name in shown for value in frame[name]]
    low, high = ends_of(ends, 5, (-5, 15))
    return {"rows": frame, "axis": axis_frame((low, high + 0.22 * (high - low)))}
