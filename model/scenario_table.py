"""Many scenarios as the rows of a table, and what becomes of each as another table.

A row starts from a built-in scenario (column ``start``) and moves what its other cells name: a
lever (``investment_growth``), a lever of one district (``investment_growth@gongyi``) or an
assumption (``covid_loss``).  An empty cell leaves things as they are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from model import cell_text, executor
from model.desk import month_position
from model.errors import DataFaults, Fault, ModelError, unknown
from model.plan import Plan
from model.scenario import Scenario
from model.sent_text import LONGEST_NAME, clean, decoded, table
from model.simulate import DRAWS, SEED, ensemble
from model.targets import assess

MOST_ROWS, LARGEST = 200, 4 << 20
"""Scenarios in one table, and bytes of its file."""

NAME, START = "name", "start"
_EMPTY = {"", "-", "—", "–"}


def template(plan: Plan) -> pd.DataFrame:
    """Return the built-in scenarios as a table that `read_table` takes back."""
    rows = []
    for scenario in plan.scenarios.values():
        values = {lever.id: scenario.value(lever.id) for lever in plan.levers}
        changed = {name: _said(plan, name, scenario.assumption(name))
                   for name in scenario.changed_assumptions()}  # fmt: skip
        rows.append({NAME: scenario.id, START: scenario.id} | values | changed)
    known = [NAME, START, *(x.id for x in (*plan.levers, *plan.assumptions))]
    return pd.DataFrame(rows).reindex(columns=known)


def read_table(plan: Plan, content: bytes, file: str = "table") -> tuple[Scenario, ...]:
    """Return the scenarios of a CSV file in UTF-8 or GB18030, named by their column ``name``.

    Numbers are read as `cell_text.number` reads them: full-width digits, commas before groups of
    three, per cent signs where the unit is per cent.

    Raises
    ------
    DataFaults
        Every fault of the table, by row (the header is row 1) and column; nothing is returned.
    ModelError
        When the file as a whole cannot be a table of scenarios.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> csv = b"name,start,upgrade_investment_growth\\nbolder,plan,30\\n"
    >>> [one] = model.read_table(plan, csv)
    >>> one.id, one.value("upgrade_investment_growth")
    ('bolder', 30.0)
    """
    rows = _rows(content, file)
    header = [cell.strip() for cell in rows[0]]
    most = _most_columns(plan)
    if len(header) > most:
        raise ModelError(
            f"{file} has {len(header)} columns; there are {most} that can be moved.",
            code="too_many_columns",
            name=file,
            given=len(header),
            high=most,
        )
    faults = _header_faults(plan, header, file)
    if len(rows) - 1 > MOST_ROWS:
        raise ModelError(
            f"{file} holds {len(rows) - 1} scenarios; up to {MOST_ROWS} are run at once.",
            code="too_many_scenarios",
            name=file,
            given=len(rows) - 1,
            high=MOST_ROWS,
        )
    found: list[Scenario] = []
    names: set[str] = set()
    for number, cells in enumerate(rows[1:], 2):
        if len(cells) > len(header):
            faults.append(_fault(file, number, "", "columns", given=len(cells), high=len(header)))
            continue
        given = dict(zip(header, cells, strict=False))
        scenario = _row(plan, given, file, number, faults)
        if scenario.id in names:
            faults.append(_fault(file, number, NAME, "duplicate", given=scenario.id))
        names.add(scenario.id)
        found.append(scenario)
    if faults:
        raise DataFaults(file, faults)
    if not found:
        raise ModelError(f"{file} holds no scenario.", code="empty_batch", name=file)
    return tuple(found)


def _rows(content: bytes, file: str) -> list[list[str]]:
    if len(content) > LARGEST:
        raise ModelError(
            f"{file} has {len(content) >> 20} MiB; up to {LARGEST >> 20} are read.",
            code="file_too_large",
            name=file,
            given=len(content) >> 20,
            high=LARGEST >> 20,
        )
    rows = [row for row in table(decoded(content) or "") if any(cell.strip() for cell in row)]
    if not rows or NAME not in [cell.strip() for cell in rows[0]]:
        raise ModelError(
            f"{file} is not a table of scenarios: a CSV file in UTF-8 or GB18030 whose first row "
            f"names its columns, {NAME!r} among them.",
            code="no_table",
            name=file,
        )
    return rows


def _most_columns(plan: Plan) -> int:
    """Return how many columns a table has that moves everything in every district."""
    by_district = sum(lever.by_district for lever in plan.levers) * len(plan.districts)
    return 2 + len(plan.levers) + len(plan.assumptions) + by_district


def _header_faults(plan: Plan, header: Sequence[str], file: str) -> list[Fault]:
    faults = []
    known = {NAME, START, *(x.id for x in (*plan.levers, *plan.assumptions))}
    for position, column in enumerate(header):
        lever, _, district = column.partition("@")
        if column in header[:position]:
            faults.append(_fault(file, 1, column, "duplicate", given=column))
        elif district:
            by_district = {x.id for x in plan.levers if x.by_district}
            if lever not in by_district or district not in plan.axes.districts:
                faults.append(_unknown(file, 1, column, "column", column, by_district))
        elif column not in known:
            faults.append(_unknown(file, 1, column, "column", column, known))
    return faults


def _row(
    plan: Plan, given: dict[str, str], file: str, number: int, faults: list[Fault]
) -> Scenario:  # fmt: skip
    start = given.get(START, "").strip() or "status_quo"
    if start not in plan.scenario_names:
        faults.append(_unknown(file, number, START, "scenario", start, plan.scenario_names))
        start = "status_quo"
    scenario = plan.scenarios[start]
    levers = {lever.id: lever.unit for lever in plan.levers}
    units = levers | {x.id: x.unit for x in plan.assumptions}
    # City values before those of districts, or the second would be moved by the first.
    for column in sorted(given, key=lambda name: "@" in name):
        text = unicodedata.normalize("NFKC", given[column]).strip()
        name, _, district = column.partition("@")
        if column in (NAME, START) or text in _EMPTY or name not in units:
            continue
        try:
            if units[name] == "month":
                value = month_position(text, plan.axes, name)
            else:
                value = cell_text.number(given[column], units[name])
            if value is None:
                continue
            if name in levers:
                scenario = scenario.with_lever(name, value, district=district or None)
            else:
                scenario = scenario.with_assumption(name, value)
        except ModelError as error:
            details = tuple((key, str(value)) for key, value in error.details.items())
            faults.append(Fault(file, number, column, error.code, str(error), details))
    name = clean(given.get(NAME, ""), LONGEST_NAME)
    if not name:
        faults.append(_fault(file, number, NAME, "empty"))
    return replace(scenario, id=name, name_zh=name, name_en=name, note_zh="", note_en="")


def _said(plan: Plan, name: str, value: float) -> float | str:
    month = plan.desk.assumption(name).unit == "month"
    return plan.months[int(value)] if month else value


def _fault(file: str, row: int, column: str, code: str, **details: object) -> Fault:
    messages = {
        "columns": "the row has {given} cells, the header {high}.",
        "duplicate": "{given!r} stands there twice; names must differ.",
        "empty": "the scenario has no name.",
    }
    said = tuple((key, str(value)) for key, value in details.items())
    return Fault(file, row, column, code, messages[code].format(**details), said)


def _unknown(
    file: str, row: int, column: str, kind: str, given: str, known: Sequence[str]
) -> Fault:  # fmt: skip
    error = unknown(kind, given, known)
    details = tuple((key, str(value)) for key, value in error.details.items())
    return Fault(file, row, column, error.code, str(error), details)


def run_table(
    plan: Plan,
    scenarios: Sequence[Scenario],
    draws: int = DRAWS,
    seed: int = SEED,
    *,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] | None = None,
) -> pd.DataFrame:
    """Return one row a scenario: forecast, 5 % and 95 % point and probability of every target.

    Columns are ``name`` and, for each target with a forecast, ``T01``, ``T01_low``, ``T01_high``,
    ``T01_probability``, in the unit of the target, with what has to be said beside them:
    ``T01_support``, what the track record says of the chance (see `model.support.Support`: only
    ``held`` carries it), and ``T01_differs``, in what the target is another figure.  The draws are
    the same in every row, so that differences between rows are due to the scenarios alone.

    Parameters
    ----------
    progress : callable, optional
        Called with the number of scenarios done and of all, before the first and after each.
    stopped : callable, optional
        Asked often; when it answers True the work ends with a ModelError ``stopped``.

    >>> import model
    >>> plan = model.load_plan("zhengzhou_2020")
    >>> two = [plan.scenarios["status_quo"], plan.scenarios["plan"]]
    >>> table = model.run_table(plan, two, draws=64)
    >>> bool(table.loc[1, "T04"] > table.loc[0, "T04"])
    True
    """
    items = [(scenario, draws, seed) for scenario in scenarios]
    return pd.DataFrame(executor.each(plan, table_row, items, progress=progress, stopped=stopped))


def table_row(
    plan: Plan,
    scenario: Scenario,
    draws: int,
    seed: int,
    *,
    stopped: Callable[[], bool] | None = None,
) -> dict[str, object]:
    """Return the row of one scenario; a part for a worker."""
    fan = ensemble(plan, scenario, draws, seed, stopped=stopped)
    row: dict[str, object] = {NAME: scenario.id}
    for verdict in assess(plan, scenario, fan):
        if verdict.probability is None:
            continue
        id = verdict.target.id
        row |= {
            id: verdict.forecast,
            f"{id}_low": verdict.low,
            f"{id}_high": verdict.high,
            f"{id}_probability": verdict.probability,
            f"{id}_support": verdict.support.word if verdict.support else None,
            f"{id}_differs": " ".join(verdict.differs) or None,
        }
    return row
