"""Reads one plan folder, checks everything in it and returns a frozen `Plan`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from model import agreement, checks, optional, possible, records, tables
from model.axes import Axes
from model.base import Base, base_table, check_controls
from model.desk import Assumption, Desk, Lever
from model.errors import DataFaults, Fault, ModelError, in_words, unknown
from model.replacements import DataSet
from model.scenario import Scenario, read_scenario
from model.sources import (
    AnnexRow,
    Closure,
    District,
    Indicator,
    Industry,
    Observation,
    Outcome,
    Parameter,
    Source,
    Target,
)

DATA = Path(__file__).resolve().parent.parent / "data"

DEFAULT = "zhengzhou_2020"
"""The plan that is loaded when nothing else is asked for."""


def chosen() -> str:
    """Return the plan that the setting ``SIMULATOR_PLAN`` names: under ``data/``, or a path."""
    return os.environ.get("SIMULATOR_PLAN", "").strip() or DEFAULT


def find(plan: str | Path) -> Path:
    """Return the folder of a plan, by its name under ``data/`` or by its path.

    Raises
    ------
    ModelError
        When there is no such folder.
    """
    folder = Path(plan)
    if not folder.is_dir():
        folder = DATA / str(plan)
    if not (folder / "plan.toml").is_file():
        known = sorted(path.parent.name for path in DATA.glob("*/plan.toml"))
        raise unknown("plan", str(plan), known)
    return folder


@dataclass(frozen=True, eq=False)
class Plan:
    """One plan: its facts as records, its base year, its levers and built-in scenarios.

    A plan is never changed; ``digest`` identifies the files it was read from and the ``data_set``
    that took the place of some of their cells, if any; ``shipped`` is the plan without it.
    ``annex`` stands in the order of the districts; it is empty where the plan sets them no targets.
    """

    id: str
    version: str
    digest: str
    folder: Path
    facts: Mapping[str, object]
    axes: Axes
    districts: tuple[District, ...]
    industries: tuple[Industry, ...]
    annex: tuple[AnnexRow, ...]
    targets: tuple[Target, ...]
    parameters: tuple[Parameter, ...]
    closures: tuple[Closure, ...]
    indicators: tuple[Indicator, ...]
    observations: tuple[Observation, ...]
    outcomes: tuple[Outcome, ...]
    sources: tuple[Source, ...]
    desk: Desk
    base: Base
    tables: Mapping[str, pd.DataFrame]
    data_set: DataSet | None = None
    shipped: Plan | None = None

    def __repr__(self) -> str:
        months, districts, industries = self.axes.shape
        return (
            f"Plan({self.id!r}, version {self.version}: {districts} districts, {industries} "
            f"industries, {months} months, {len(self.targets)} targets)"
        )

    @property
    def months(self) -> tuple[str, ...]:
        """Month codes of the horizon."""
        return self.axes.months

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years of the horizon."""
        return self.axes.years

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The policy levers, in the order of the table."""
        return self.desk.levers

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The assumptions, in the order of the table."""
        return self.desk.assumptions

    @property
    def base_year(self) -> int:
        """The year that everything is measured against, before the first of the horizon."""
        return self.years[0] - 1

    @cached_property
    def anchor(self) -> tuple[int, int] | None:
        """Positions of the one cell that a single firm makes: district, industry; None without."""
        found = self.facts.get("anchor")
        if not isinstance(found, Mapping):
            return None
        axes = self.axes
        return axes.districts.index(found["district"]), axes.industries.index(found["industry"])

    @property
    def city(self) -> str:
        """The code under which the city's own figures stand."""
        return str(self.facts.get("geography") or self.id.split("_")[0])

    def of_base(self, name: str) -> str:
        """Return the id of a parameter of the base year, such as ``industrial_va``."""
        return optional.of_base_year(self.facts)[name]

    def aim(self, indicator: str) -> Target | None:
        """Return the target of the city that a forecast of an indicator is held against, if any."""
        return next(
            (t for t in self.targets if t.kind == "modelled" and t.indicator == indicator), None
        )

    def has_lever(self, name: str) -> bool:
        """Whether the plan has a lever of this name."""
        return any(lever.id == name for lever in self.desk.levers)

    def lever(self, name: str) -> Lever:
        """Return one lever."""
        return self.desk.lever(name)

    def target(self, id: str) -> Target:
        """Return one target of the register, T01 and so on."""
        return _pick("target", id, self.targets, lambda target: target.id)

    def parameter(self, id: str) -> Parameter:
        """Return one parameter record."""
        if id not in self._parameters:
            raise unknown("parameter", id, self._parameters)
        return self._parameters[id]

    @cached_property
    def parameter_ids(self) -> frozenset[str]:
        """Ids of the parameters that the plan states."""
        return frozenset(self._parameters)

    @cached_property
    def _parameters(self) -> dict[str, Parameter]:
        return {parameter.id: parameter for parameter in self.parameters}

    def source(self, id: str) -> Source:
        """Return one source record."""
        return _pick("source", id, self.sources, lambda source: source.source_id)

    def indicator(self, code: str) -> Indicator:
        """Return the definition card of an indicator."""
        return _pick("indicator", code, self.indicators, lambda indicator: indicator.code)

    def table(self, name: str) -> pd.DataFrame:
        """Return a copy of one table as text, as it stands in the file."""
        if name not in self.tables:
            raise unknown("table", name, self.tables)
        return self.tables[name].copy()

    @cached_property
    def scenarios(self) -> Mapping[str, Scenario]:
        """The built-in scenarios by name, the status quo first."""
        files = sorted((self.folder / "scenarios").glob("*.toml"))
        found = {path.stem: read_scenario(self.desk, path) for path in files}
        order = [str(name) for name in self.facts.get("scenario_order", ())]
        names = [name for name in order if name in found]
        names += [name for name in found if name not in names]
        return MappingProxyType({name: found[name] for name in names})

    @property
    def scenario_names(self) -> tuple[str, ...]:
        """Names of the built-in scenarios."""
        return tuple(self.scenarios)


def _pick(kind, id, records_, key):
    for record in records_:
        if key(record) == id:
            return record
    raise unknown(kind, id, [key(record) for record in records_])


def load_plan(plan: str | Path | None = None) -> Plan:
    """Load and check a plan folder, by its name under ``data/`` or by its path (see `chosen`).

    Raises
    ------
    DataFaults
        With every fault of every table; nothing is loaded.
    ModelError
        When there is no such folder.

    >>> plan = load_plan("zhengzhou_2020")
    >>> len(plan.targets), len(plan.districts), plan.target("T01").value
    (78, 16, 7.0)
    """
    folder = find(plan or chosen())
    facts, faults = checks.read_facts(folder / "plan.toml")
    frames, found = tables.read_tables(folder)
    faults += found
    faulty = {fault.table.removesuffix(".csv") for fault in faults}
    faults += checks.cross_check(frames, facts, faulty)
    if faults:
        raise DataFaults(folder.name, faults)
    loaded = _assemble(folder, facts, frames)
    _check_scenarios(loaded)
    if not possible.gives_results(loaded):
        message = "a run gives no number for some indicator; look for zeros and misplaced units"
        raise DataFaults(folder.name, [Fault("", 0, "", "no_result", message)])
    return loaded


def with_tables(
    plan: Plan, frames: dict[str, pd.DataFrame], digest: str, version: str, data_set: DataSet
) -> Plan:
    """Return a plan made of other tables, checked like files; DataFaults with every fault."""
    faults = [fault for name in frames for fault in tables.check_table(name, frames[name], frames)]
    faulty = {fault.table.removesuffix(".csv") for fault in faults}
    faults += checks.cross_check(frames, dict(plan.facts), faulty)
    if faults:
        raise DataFaults(plan.folder.name, faults)
    loaded = replace(
        _assemble(plan.folder, dict(plan.facts), frames),
        digest=digest,
        version=version,
        data_set=data_set,
        shipped=plan.shipped or plan,
    )
    _check_scenarios(loaded)
    return loaded


def _check_scenarios(loaded: Plan) -> None:
    folder = loaded.folder / "scenarios"
    faults = [
        Fault(f"scenarios/{name}.toml", 0, "", "file_missing", "the file is missing")
        for name in checks.SCENARIOS
        if not (folder / f"{name}.toml").is_file()
    ]
    faults += [
        Fault(f"scenarios/{path.name}", 0, "", one.code, str(one), in_words(one.details))
        for path, error in _scenario_errors(loaded)
        for one in error.details.get("faults", (error,))
    ]
    if faults:
        raise DataFaults(loaded.folder.name, faults)


def _scenario_errors(loaded: Plan) -> Iterator[tuple[Path, ModelError]]:
    for path in sorted((loaded.folder / "scenarios").glob("*.toml")):
        try:
            found = read_scenario(loaded.desk, path)
            if loaded.shipped is None:  # other figures weigh the districts otherwise
                agreement.check(loaded, found)
        except ModelError as error:
            yield path, error


def _assemble(folder: Path, facts: dict[str, object], frames: dict[str, pd.DataFrame]) -> Plan:
    axes = records.axes(facts, frames)
    industries = records.industries(frames["industries"])
    bands = records.bands(frames["district_base"], axes, "industrial_va")
    investment = records.bands(frames["district_base"], axes, "industrial_investment")
    mix, mix_status = records.mix(frames["industry_mix"], axes)
    value_added = base_table(bands[:, 1, None], mix[:, :, None])[:, :, 0]
    row_status = records.base_status(frames["district_base"], axes, "industrial_va")
    base = Base(
        axes=axes,
        value_added=_locked(value_added),
        status=_locked(records.weaker(row_status, mix_status)),
        mix_status=_locked(mix_status),
        value_added_band=_locked(bands),
        value_added_status=tuple(row_status),
        investment_band=_locked(investment),
        firms=_locked(records.bands(frames["district_base"], axes, "above_scale_firms")[:, 1]),
        controls=check_controls(
            records.controls(frames["controls"]), axes, value_added, industries
        ),
    )
    industries = records.centred(industries, value_added)
    annex = records.annex(frames["annex1"], axes)
    desk = records.desk(frames, axes, annex, base)
    return Plan(
        id=str(facts["id"]),
        version=str(facts["data_version"]),
        digest=folder_digest(folder),
        folder=folder,
        facts=MappingProxyType(facts),
        axes=axes,
        districts=records.districts(frames["districts"]),
        industries=industries,
        annex=annex,
        targets=records.targets(frames["targets"]),
        parameters=records.parameters(frames["parameters"]),
        closures=records.closures(frames["closures"]),
        indicators=records.indicators(frames["indicators"]),
        observations=records.observations(frames["observations"]),
        outcomes=records.outcomes(frames["outcomes"]),
        sources=records.sources(frames["sources"]),
        desk=desk,
        base=base,
        tables=MappingProxyType(frames),
    )


def load_scenario(plan: Plan, scenario: str | Path) -> Scenario:
    """Return a built-in scenario by name, or read one from a TOML or JSON file.

    >>> plan = load_plan("zhengzhou_2020")
    >>> load_scenario(plan, "plan").value("upgrade_investment_growth")
    20.0
    """
    name = str(scenario)
    if name in plan.scenarios:
        return plan.scenarios[name]
    path = Path(name)
    if path.is_file():
        return agreement.check(plan, read_scenario(plan.desk, path))
    if path.suffix:
        raise ModelError(f"There is no file {name}.", code="no_file", name=name)
    raise unknown("scenario", name, plan.scenario_names)


def folder_digest(folder: Path) -> str:
    """Return a short sha256 over the names and contents of the plan's files."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".csv", ".toml"):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _locked(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array
