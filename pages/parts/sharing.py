"""Sharing a city target out on the page: total, bounds, table, Annex 1 for download."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
import streamlit as st

import model
from pages.parts import chart, export, results, session, sheet
from pages.views import sharing, tables
from pages.views.export import annex
from pages.views.frames import short_name
from pages.views.history import literal

DRAWS = 2048
"""Draws behind the expectations of districts: their means move by less than a tenth beyond."""


@lru_cache(maxsize=2)
def _fan(scenario: model.Scenario, digest: str) -> model.Fan:
    return model.ensemble(session.plan(), scenario, draws=DRAWS, seed=results.SEED)


def show() -> None:
    """Draw the question, the answer and the table to take away."""
    t, plan, scenario = session.t(), session.plan(), session.scenario()
    possible = [code for code in sharing.INDICATORS if plan.aim(code)]
    left, right = st.columns([0.29, 0.71], gap="large")
    with left:
        indicator = st.segmented_control(
            t("sharing.indicator"),
            possible,
            default=possible[0],
            format_func=lambda code: t(f"sharing.{code}"),
            key="sharing_indicator",
            required=True,
        )
        target = plan.aim(indicator)
        total = st.number_input(
            t("sharing.total"), value=float(target.value), step=0.1, format="%.1f",
            key=f"sharing_total_{indicator}",
        )  # fmt: skip
        least, most = _bounds(indicator)
    with right:
        try:
            with st.spinner(t("app.working")):
                fan = _fan(scenario, plan.digest)
            found = model.share_target(plan, fan, total / 100, indicator, minimum=least,
                                       maximum=most)  # fmt: skip
        except model.ModelError as error:
            st.error(literal(sharing.refusal(error, plan, t)))
            return
        st.html(f'<div class="sentence">{sharing.sentence(found, plan, t)}</div>')
        data = sharing.share_tables(found, plan, t)
        chart.show(
            sharing.shares(t, bool(plan.annex), len(plan.districts)),
            data,
            key="sharing",
            alt=t("sharing.chart_alt"),
        )
        st.html(f'<div class="note">{sharing.arithmetic(found, t)}</div>')
        sheet.show(sharing.table(found, plan, t), "sharing_table")
        st.html(f'<div class="note">{t("sharing.about")}</div>')
        _save(found)


def _save(found: model.Sharing) -> None:
    """Offer Annex 1 with the shares, as the plan prints it, and as a bare table."""
    t, plan = session.t(), session.plan()
    origin, name = export.stamped(session.scenario()), t("sharing.annex_title")
    rows = sharing.annex(found, plan, t)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            t("sharing.save_xlsx"),
            data=lambda: annex.workbook(found, plan, origin, t),
            file_name=f"{name}.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
            key="sharing_save_xlsx",
        )
        st.download_button(
            t("sharing.save"),
            data=lambda: tables.csv(rows, annex.notes(found, origin, t)),
            file_name=f"{name}.csv",
            mime="text/csv",
            on_click="ignore",
            key="sharing_save",
        )


def _bounds(indicator: str) -> tuple[dict[str, float], dict[str, float]]:
    """Let counties and zones set the least and the most they take; empty means none."""
    t, plan = session.t(), session.plan()
    columns = [t("sharing.least"), t("sharing.most")]
    frame = pd.DataFrame({t("districts.district"): [short_name(d, t) for d in plan.districts]})
    for column in columns:
        frame[column] = pd.Series([None] * len(frame), dtype="float64")
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=[t("districts.district")],
        column_config={
            column: st.column_config.NumberColumn(format="%.1f", width=112) for column in columns
        },
        key=f"sharing_bounds_{indicator}_{t.language}",
        height=400,
        placeholder="—",
    )
    least, most = (
        {
            code: float(value) / 100
            for code, value in zip(plan.axes.districts, edited[column], strict=True)
            if pd.notna(value)
        }
        for column in columns
    )
    return least, most
