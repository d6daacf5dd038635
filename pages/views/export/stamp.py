"""What every export says of itself: scenario, date, versions, definitions, sources."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import model
from model.version import VERSION
from pages.views import knowledge, numbers
from pages.views.data_set import name, version
from pages.views.export import seal
from pages.views.texts import Texts

INDICATORS = ("iva_growth", "mva_growth", "industrial_investment", "energy_intensity_fall")
"""Indicators whose definitions stand in every document."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where an export comes from, in the words of its language; ``code`` restores the scenario.

    ``left_out`` names the data set whose figures are too many for the code, if there is one.
    """

    scenario: str
    day: datetime.date
    draws: int
    data: str
    city: str
    document: str
    levers: tuple[tuple[str, str, str, str], ...]
    assumptions: tuple[tuple[str, str, str], ...]
    definitions: tuple[str, ...]
    sources: tuple[str, ...]
    estimated: str
    code: str
    left_out: str = ""

    def lines(self, t: Texts) -> tuple[str, ...]:
        """Return the footnote of a chart, one string a line."""
        changed = t("export.assumptions_none")
        if self.assumptions:
            listed = t("export.and").join(f"{n} {a} → {b}" for n, a, b in self.assumptions)
            changed = t("export.assumptions", listed=listed)
        return (
            t(
                "export.footnote",
                scenario=self.scenario,
                day=day(self.day, t),
                model=VERSION,
                data=self.data,
                draws=numbers.plain(self.draws, 0),
            ),
            t("export.basis") + changed,
            t("export.source", document=self.document) + self.estimated,
            *((t("export.left_out", name=self.left_out),) if self.left_out else ()),
        )


def data_lines(plan: model.Plan, date: datetime.date, t: Texts) -> tuple[str, ...]:
    """Return the footnote of a table of the data, or of several scenarios: city, day, versions."""
    place, when, data = plan.facts[f"city_{t.language}"], day(date, t), version(plan, t)
    return (t("table_file.data", city=place, day=when, model=VERSION, data=data),)


def day(date: datetime.date, t: Texts) -> str:
    """Return a date as the language writes it."""
    month = numbers.month(f"{date.year}-{date.month:02d}", t)
    return t("export.day", month=month, day=date.day, year=date.year)


def stamp(
    plan: model.Plan,
    scenario: model.Scenario,
    draws: int,
    date: datetime.date,
    link: Mapping[str, str],
    t: Texts,
) -> Stamp:
    """Return the stamp of a scenario; ``link`` holds the parameters of its link."""
    sought = {record.source_id for record in (*plan.levers, *plan.targets)}
    base = plan.scenarios["status_quo"]
    return Stamp(
        scenario=t.of(scenario) or t("export.unnamed"),
        day=date,
        draws=draws,
        data=version(plan, t),
        city=plan.facts[f"city_{t.language}"],
        document=plan.facts["document_no"],
        levers=tuple(
            (
                t.of(lever),
                numbers.setting(base.value(lever.id), lever.unit, t),
                numbers.setting(scenario.value(lever.id), lever.unit, t),
                numbers.setting(lever.plan_value, lever.unit, t),
            )
            for lever in plan.levers
        ),
        assumptions=tuple(
            (
                t.of(record),
                _assumed(plan, record, record.default, t),
                _assumed(plan, record, scenario.assumption(record.id), t),
            )
            for record in plan.assumptions
            if scenario.assumption(record.id) != record.default
        ),
        definitions=tuple(
            t(
                "export.definition",
                name=t.of(plan.indicator(code)),
                scope=t.of(plan.indicator(code), "scope"),
                basis=t.of(plan.indicator(code), "basis"),
                definition=t.of(plan.indicator(code), "definition"),
            )
            for code in INDICATORS
        ),
        sources=tuple(_source(s, t) for s in plan.sources if s.source_id in sought),
        estimated=knowledge.weights_sentence(plan, t),
        code=seal.code(link),
        left_out="" if plan.data_set is None or "r" in link else name(plan.data_set, t),
    )


def _assumed(plan: model.Plan, record: model.desk.Assumption, value: float, t: Texts) -> str:
    if record.unit == "month":
        return numbers.month(plan.months[int(value)], t)
    return numbers.exact(value, record.unit, t)


def _source(source: model.Source, t: Texts) -> str:
    if f"desk.source_{source.source_id}" in t:  # a judgement, not a publication
        return t(f"desk.source_{source.source_id}")
    key = "export.one_source" if source.published_on else "export.undated_source"
    if not source.publisher:
        key = "export.bare_source"
    return t(key, title=source.title, publisher=source.publisher, day=source.published_on)
