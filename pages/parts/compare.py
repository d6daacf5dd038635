"""The comparison on the page: which scenarios, their tables and charts, a table of many."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
import streamlit as st

import model
from model import executor
from model.scenario_table import LARGEST, template
from pages.parts import chart, export, results, session
from pages.parts.file_field import file_field
from pages.views import compare, numbers, quoted, tables
from pages.views.export import table_file
from pages.views.history import literal
from pages.views.summary import Summary
from pages.views.targets import short_name

CURRENT = "current"
FEWEST, MOST = 2, 4
BATCH_DRAWS = 1024
"""Draws of each scenario of an uploaded table; all 8,192 are a matter of the command line."""


def available() -> dict[str, str]:
    """Return what can be compared by name: the present scenario, built-in ones, saved ones."""
    t, plan = session.t(), session.plan()
    found = {CURRENT: t("compare.current", name=t.of(session.scenario()))}
    found |= {name: t.of(plan.scenarios[name]) for name in plan.scenario_names}
    return found | {record.id: record.name for record in session.shelf().records()}


def _scenario(key: str) -> model.Scenario:
    if key == CURRENT:
        return session.scenario()
    plan = session.plan()
    if key in plan.scenarios:
        return plan.scenarios[key]
    return session.shelf().use(lambda library: library.open(key))[1]


def choose() -> tuple[list[model.Scenario], list[str]]:
    """Let the reader choose two to four scenarios; return them with their names."""
    t, known = session.t(), available()
    st.session_state.setdefault("compared", [CURRENT, "status_quo", "plan"])
    # A saved scenario may have gone to the bin since it was chosen.
    st.session_state["compared"] = [key for key in st.session_state["compared"] if key in known]
    chosen = st.multiselect(
        t("compare.choose"),
        list(known),
        format_func=known.get,
        key="compared",
        persist_state="session",
        max_selections=MOST,
        placeholder=t("compare.placeholder"),
    )
    scenarios, names = [], []
    for key in chosen:
        try:
            scenarios.append(_scenario(key))
            names.append(known[key])
        except model.ModelError as error:
            st.warning(literal(t.error(error.code, dict(error.details) | {"name": known[key]})))
    return scenarios, names


def summaries(scenarios: list[model.Scenario]) -> list[Summary]:
    """Return what is known of each scenario, waiting for it."""
    with st.spinner(session.t()("app.working")):
        return [results.chances(scenario) for scenario in scenarios]


def charts(found: list[Summary], names: list[str]) -> None:
    """Draw all scenarios on the same axes."""
    t, plan = session.t(), session.plan()
    data = compare.path_tables(plan, found, names, t)
    chart.show(compare.path(t), data, key="compare_path", alt=t("compare.path_alt"))
    aims = {code: plan.aim(code) for code in compare.RANGES if plan.aim(code)}
    for column, (code, target) in zip(st.columns(len(aims)), aims.items(), strict=True):
        with column:
            data = compare.range_tables(plan, found, names, target.id, t)
            spec, alt = compare.ranges(t, code), t("compare.ranges_alt")
            chart.show(spec, data, key=f"compare_{code}", alt=alt)


@lru_cache(maxsize=16)
def _between(one: model.Scenario, other: model.Scenario, digest: str) -> model.Attribution:
    runs = model.coalitions(session.plan(), other, reference=one)
    return runs.attribution("iva_growth", session.plan().years[0])


def difference(scenarios: list[model.Scenario], names: list[str]) -> None:
    """Draw what makes the difference between two of the scenarios."""
    t, last = session.t(), len(scenarios) - 1
    places = list(range(len(scenarios)))
    with st.container(horizontal=True, gap="medium"):
        one = st.selectbox(t("compare.from"), places, format_func=lambda k: names[k], width=300,
                           key=f"difference_from_{last}")  # fmt: skip
        other = st.selectbox(t("compare.to"), places, index=1, format_func=lambda k: names[k],
                             width=300, key=f"difference_to_{last}")  # fmt: skip
    parts = _between(scenarios[one], scenarios[other], session.plan().digest)
    said = compare.sentence(parts, names[one], names[other], t)
    st.html(f"<div>{quoted.html(said)}</div>")
    data = compare.bridge_tables(parts, t)
    chart.show(compare.bridge(t), data, key="compare_bridge", alt=t("compare.bridge_alt"))
    st.html(f'<div class="note">{t("brief.method")}</div>')


def many() -> None:
    """Take a table of scenarios and give back a table of results."""
    t, plan = session.t(), session.plan()
    st.markdown(t("compare.many_about", count=model.scenario_table.MOST_ROWS))
    st.download_button(
        t("compare.template_save"),
        data=lambda: tables.csv(template(plan)),
        file_name=f"{plan.id}_{t('compare.template')}.csv",
        mime="text/csv",
        on_click="ignore",
        key="table_template",
    )
    given = file_field(t("compare.upload"), "table_of_scenarios", ("csv", "txt"), LARGEST >> 20)
    if given is None:
        st.session_state.pop("table_results", None)
        return
    if st.session_state.get("table_results", ("",))[0] != given.file_id:
        try:
            listed = model.read_table(plan, given.getvalue(), given.name)
        except model.DataFaults as faults:
            _faults(faults)
            return
        except model.ModelError as error:
            st.error(literal(t.error(error.code, dict(error.details) | {"name": given.name})))
            return
        found = _results(listed)
        st.session_state["table_results"] = given.file_id, found
    found = st.session_state["table_results"][1]
    shown = table_file.batch_words(found, t)
    st.dataframe(shown, hide_index=True, column_config=_columns(found), key="table_shown")
    export.table_button(
        t("compare.results_save"),
        lambda: table_file.batch(found, plan, t),
        t("compare.results"),
        key="table_download",
        scenario=False,
        notes=(t("compare.results_draws", draws=numbers.plain(BATCH_DRAWS, 0)),),
        type="primary",
    )


def _columns(found: pd.DataFrame) -> dict:
    """Return the heads of the table in words."""
    t, column = session.t(), st.column_config.NumberColumn
    config: dict = {"name": st.column_config.Column(t("meeting.column_scenario"), pinned=True)}
    for target in session.plan().targets:
        if target.id not in found:
            continue
        name = t("audit.input", name=short_name(target, t), unit=t.unit(target.unit))
        config[target.id] = column(name, format="%.1f")
        for end in ("low", "high"):
            config[f"{target.id}_{end}"] = column(t(f"desk.column_{end}"), format="%.1f")
        config[f"{target.id}_probability"] = column(t("target.chance"), format="percent")
        for name in ("support", "differs"):
            config[f"{target.id}_{name}"] = st.column_config.Column(t(f"table_file.{name}"))
    return config


def _results(listed: tuple[model.Scenario, ...]) -> pd.DataFrame:
    """Return the results of a table, showing how far they are; here if the cluster fails."""
    t, bar = session.t(), st.progress(0.0)

    def run() -> pd.DataFrame:
        return model.run_table(
            session.plan(),
            listed,
            draws=BATCH_DRAWS,
            progress=lambda done, whole: bar.progress(
                done / whole, t("compare.progress", done=done, whole=whole)
            ),
        )

    try:
        found = run()
    except model.ModelError as error:
        if not error.code.startswith(executor.FAILED):
            raise
        reason = t.error(error.code, dict(error.details))
        st.warning(literal(t("executor.here", reason=reason)))
        with executor.here():
            found = run()
    bar.empty()
    return found


def _faults(faults: model.DataFaults) -> None:
    """Say every fault of a table by row and column."""
    t = session.t()
    lines = [
        t(
            "compare.fault",
            row=fault.row,
            column=fault.column or t("compare.whole_row"),
            said=t.error(fault.code, dict(fault.details) | {"name": fault.column}),
        )
        for fault in faults.faults[:20]
    ]
    more = len(faults.faults) - len(lines)
    if more:
        lines.append(t("compare.more_faults", count=more))
    st.error("\n\n".join([t("compare.refused", count=len(faults.faults)), *map(literal, lines)]))
