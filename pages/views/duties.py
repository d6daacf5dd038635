"""The list of duties: a scenario by responsible unit, each lever with its clause and its move."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import pandas as pd

import model
from pages.views import numbers
from pages.views.clauses import clauses, unit_name
from pages.views.levers import capital
from pages.views.texts import Texts


def units(plan: model.Plan) -> tuple[str, ...]:
    """Return the units that answer for levers, in the order of the plan."""
    return tuple(dict.fromkeys(unit for x in plan.levers for unit in x.responsible_units))


def frame(
    plan: model.Plan, scenario: model.Scenario, unit: str | None, moved_only: bool, t: Texts
) -> pd.DataFrame:
    """Return one row a unit and lever: what stands in the clause, where the scenario puts it.

    ``unit`` keeps one responsible unit, ``moved_only`` the levers that left the status quo.
    """
    rows = [
        (
            unit_name(name, t),
            capital(t.of(lever)),
            clauses(lever.clause, t),
            numbers.setting(lever.status_quo, lever.unit, t),
            numbers.setting(value, lever.unit, t),
            numbers.setting(lever.plan_value, lever.unit, t),
            effort(lever, value),
        )
        for name, lever, value in chosen(plan, scenario, unit, moved_only)
    ]
    names = ("unit", "lever", "clause", "status_quo", "value", "plan", "effort")
    return pd.DataFrame(rows, columns=[t(f"duties.{name}") for name in names])


def chosen(
    plan: model.Plan, scenario: model.Scenario, unit: str | None, moved_only: bool
) -> Iterator[tuple[str, model.desk.Lever, float]]:
    """Give the unit, the lever and its value of every row, in the order of the list."""
    for name in units(plan) if unit is None else (unit,):
        for lever in plan.levers:
            value = scenario.value(lever.id)
            if name in lever.responsible_units and (value != lever.status_quo or not moved_only):
                yield name, lever, value


def effort_of(lever: model.desk.Lever, value: float) -> float | None:
    """Return how far a value stands on the way from the status quo to the plan, in per cent."""
    span = lever.plan_value - lever.status_quo
    return None if span == 0 else round(100 * (value - lever.status_quo) / span, 6)


def effort(lever: model.desk.Lever, value: float) -> str:
    """Return that as text; a dash where the plan asks for the status quo."""
    found = effort_of(lever, value)
    return "—" if found is None else numbers.plain(found, 0) + "%"


def table_html(table: pd.DataFrame) -> str:
    """Return the list as a table; a unit is named once, at the head of its rows."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    body, last = [], None
    for unit, *cells in table.itertuples(index=False):
        first = f'<th scope="row">{escape(unit)}</th>' if unit != last else "<td></td>"
        last = unit
        body.append(f"<tr>{first}{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>")
    return (
        f'<table class="plain duties"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )
