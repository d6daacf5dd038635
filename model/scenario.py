"""The scenario: a frozen value of all levers and assumptions, in the plan's own units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from model.desk import DECIMALS, Desk, Lever, month_position
from model.errors import ModelError, outside, unknown
from model.sent_text import LONGEST_NOTE, clean, parse, shown

Pattern = tuple[float, tuple[float, ...]]
"""A city figure with the district values at it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A lever or assumption that differs between two scenarios (district None: the city value)."""

    kind: str
    name: str
    district: str | None
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """An immutable set of levers and assumptions.

    ``districts`` keeps the district values as moved by the city, also beyond the range of the
    lever, so that moving the city there and back changes nothing; `district_values` holds them
    within it, and that is what is run.  ``patterns`` keeps, for counts that the city has moved, the
    city and district values they are scaled from, which rounding or a city figure of 0 would lose;
    it is no part of the value and not written down.

    Two scenarios with the same values are equal and hash alike whatever their names, so results
    can be kept under a scenario; equal scenarios give equal bits.
    """

    values: tuple[tuple[str, float], ...]
    districts: tuple[tuple[str, tuple[float, ...]], ...]
    assumptions: tuple[tuple[str, float], ...]
    id: str = field(default="", compare=False)
    name_zh: str = field(default="", compare=False)
    name_en: str = field(default="", compare=False)
    note_zh: str = field(default="", compare=False)
    note_en: str = field(default="", compare=False)
    desk: Desk = field(default=None, compare=False, repr=False)  # type: ignore[assignment]
    patterns: tuple[tuple[str, Pattern], ...] = field(default=(), compare=False, repr=False)

    def value(self, lever: str) -> float:
        """Return the city value of a lever, in its own unit."""
        self.desk.lever(lever)
        return dict(self.values)[lever]

    def district_values(self, lever: str) -> tuple[float, ...]:
        """Return the value of a lever in every district, in the order of the plan."""
        found = dict(self.districts).get(lever)
        if found is None:
            return (self.value(lever),) * len(self.desk.axes.districts)
        known = self.desk.lever(lever)
        return tuple(min(max(value, known.minimum), known.maximum) for value in found)

    def assumption(self, name: str) -> float:
        """Return the value of an assumption (a stop month as its position in the horizon)."""
        self.desk.assumption(name)
        return dict(self.assumptions)[name]

    def with_lever(self, name: str, value: float, district: str | None = None) -> Scenario:
        """Return a copy with one lever moved, for the city or for one district.

        A city move shifts all districts by the same points (growth) or in proportion (counts); a
        district move changes that district and the city figure by its weight.

        Raises
        ------
        ModelError
            When the lever, the district or the value is not one the plan knows.
        """
        lever = self.desk.lever(name)
        number = _checked(name, value, lever.minimum, lever.maximum, lever.unit, "levers.csv")
        city, rows, patterns = self.value(name), dict(self.districts), dict(self.patterns)
        if district is None:
            if lever.by_district:
                pattern = None if lever.is_growth else self._pattern(lever)
                rows[name] = self._moved_districts(lever, number, pattern)
                if pattern:
                    patterns[name] = pattern
            city = number
        else:
            position = self._district_position(lever, district)
            shown = self.district_values(name)
            # Moving a district settles what city moves have carried beyond the range.
            new = (*shown[:position], number, *shown[position + 1 :])
            weights = self.desk.district_weights(name) if lever.is_growth else (1.0,) * len(new)
            steps = zip(weights, new, rows[name], strict=True)
            city = round(city + sum(w * (to - was) for w, to, was in steps), DECIMALS)
            low, high = lever.minimum, lever.maximum
            city = _checked(f"the city figure of {name}", city, low, high, lever.unit, "levers.csv")
            rows[name] = new
        values = tuple((key, city if key == name else v) for key, v in self.values)
        kept = tuple(patterns.items())
        return replace(self, values=values, districts=tuple(rows.items()), patterns=kept)

    def with_district(
        self, name: str, value: float, district: str, carried: bool = False
    ) -> Scenario:
        """Return a copy with one district value as a file states it; the city figure stays.

        ``carried`` allows a value that a city move has carried beyond the range.
        """
        lever = self.desk.lever(name)
        position = self._district_position(lever, district)
        span = lever.maximum - lever.minimum if carried else 0.0
        low, high = lever.minimum - span, lever.maximum + span
        number = _checked(f"{name} in {district}", value, low, high, lever.unit, "levers.csv")
        rows = dict(self.districts)
        rows[name] = (*rows[name][:position], number, *rows[name][position + 1 :])
        return replace(self, districts=tuple(rows.items()))

    def _moved_districts(
        self, lever: Lever, city: float, pattern: Pattern | None
    ) -> tuple[float, ...]:
        if lever.is_growth:
            old_city, old = self.value(lever.id), dict(self.districts)[lever.id]
            return tuple(round(value + (city - old_city), DECIMALS) for value in old)
        return _scaled(pattern, city) if pattern else self.desk.spread(lever, city)

    def _pattern(self, lever: Lever) -> Pattern | None:
        """Return the city and district values that a count is scaled from; None: the usual ones."""
        city, rows = self.value(lever.id), dict(self.districts)[lever.id]
        kept = dict(self.patterns).get(lever.id)
        if kept and _scaled(kept, city) == rows:
            return kept
        usual = city == 0 or self.desk.spread(lever, city) == rows
        return None if usual else (city, rows)

    def _district_position(self, lever: Lever, district: str) -> int:
        if not lever.by_district:
            raise ModelError(
                f"{lever.id} has no district values; move it for the city.",
                code="no_district_values",
                name=lever.id,
            )
        codes = self.desk.axes.districts
        if district not in codes:
            raise unknown("district", district, codes)
        return codes.index(district)

    def _carried(self) -> dict[str, dict[str, float]]:
        """Return the district values that a city move has carried beyond the range."""
        codes, found = self.desk.axes.districts, {}
        for name, rows in self.districts:
            pairs = zip(codes, rows, self.district_values(name), strict=True)
            beyond = {code: kept for code, kept, shown in pairs if kept != shown}
            if beyond:
                found[name] = beyond
        return found

    def with_assumption(self, name: str, value: float) -> Scenario:
        """Return a copy with one assumption changed (a stop month as position or ``2020-10``)."""
        assumption = self.desk.assumption(name)
        if assumption.unit == "month" and isinstance(value, str):
            value = month_position(value, self.desk.axes, name)
        number = _checked(
            name, value, assumption.minimum, assumption.maximum, assumption.unit, "assumptions.csv"
        )
        pairs = tuple((key, number if key == name else v) for key, v in self.assumptions)
        return replace(self, assumptions=pairs)

    def on(self, desk: Desk) -> Scenario:
        """Return the scenario on other figures; a count spread as usual is spread by these."""
        rows = dict(self.districts)
        for lever in desk.levers:
            if lever.by_district and not lever.is_growth:
                city = self.value(lever.id)
                if rows[lever.id] == self.desk.spread(lever, city):
                    rows[lever.id] = desk.spread(lever, city)
        return replace(self, districts=tuple(rows.items()), desk=desk)

    def renamed(self, id: str, name_zh: str = "", name_en: str = "") -> Scenario:
        """Return a copy under another name."""
        return replace(self, id=id, name_zh=name_zh or id, name_en=name_en or name_zh or id)

    def changes(self, other: Scenario) -> tuple[Change, ...]:
        """Return what differs from ``other``, which holds the old values."""
        found = [
            Change("lever", name, None, old, new)
            for (name, new), (_, old) in zip(self.values, other.values, strict=True)
            if new != old
        ]
        for name, _ in self.districts:
            codes = self.desk.axes.districts
            pairs = zip(codes, other.district_values(name), self.district_values(name), strict=True)
            found += [Change("lever", name, d, old, new) for d, old, new in pairs if old != new]
        for (name, new), (_, old) in zip(self.assumptions, other.assumptions, strict=True):
            if new != old:
                found.append(Change("assumption", name, None, old, new))
        return tuple(found)

    def changed_assumptions(self) -> tuple[str, ...]:
        """Return the assumptions that are not at their default."""
        defaults = {assumption.id: assumption.default for assumption in self.desk.assumptions}
        return tuple(name for name, value in self.assumptions if value != defaults[name])

    def to_dict(self) -> dict[str, object]:
        """Return every value explicitly, ready for JSON or TOML."""
        codes = self.desk.axes.districts
        months = {a.id for a in self.desk.assumptions if a.unit == "month"}
        return {
            "id": self.id,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "note_zh": self.note_zh,
            "note_en": self.note_en,
            "levers": dict(self.values),
            "districts": {
                name: dict(zip(codes, self.district_values(name), strict=True))
                for name, _ in self.districts
            },
            "carried": self._carried(),
            "assumptions": {
                name: self.desk.axes.months[int(value)] if name in months else value
                for name, value in self.assumptions
            },
        }


def _scaled(pattern: Pattern, city: float) -> tuple[float, ...]:
    """Return the district counts of a pattern at another city figure."""
    old, rows = pattern
    if city == old:
        return rows
    return tuple(round(value * (city / old), DECIMALS) for value in rows)


_SECTIONS = ("levers", "districts", "carried", "assumptions")


def _checked(name: str, value: object, low: float, high: float, unit: str, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ModelError(
            f"{name} = {shown(value)!r} is not a number; one from {low:g} to {high:g} {unit} is.",
            code="not_a_number",
            name=name,
            given=shown(value),
        )
    try:
        number = float(value)
    except OverflowError:  # an integer beyond all floats
        number = float("inf")
    if not low <= number <= high:  # also refuses NaN
        raise outside(name, number, low, high, unit, where)
    return round(number, DECIMALS)


def status_quo(desk: Desk) -> Scenario:
    """Return the scenario without the plan: every lever at its status quo."""
    return Scenario(
        values=tuple((lever.id, lever.status_quo) for lever in desk.levers),
        districts=tuple(
            (lever.id, desk.spread(lever, lever.status_quo))
            for lever in desk.levers
            if lever.by_district
        ),
        assumptions=tuple((a.id, a.default) for a in desk.assumptions),
        id="status_quo",
        desk=desk,
    )


def from_dict(desk: Desk, content: Mapping[str, object], default_id: str = "") -> Scenario:
    """Return the scenario written in ``content``; levers it leaves out keep the status quo.

    With ``start = "plan"`` they stand at the plan's value instead.

    Raises
    ------
    ModelError
        With every fault of the content in one message.
    """
    faults: list[str] = []
    scenario = status_quo(desk)
    known = set(_SECTIONS)
    texts = {"id", "name_zh", "name_en", "note_zh", "note_en", "schema", "plan"}
    texts |= {"model_version", "data_version", "start"}
    if content.get("start", "status_quo") not in ("status_quo", "plan"):
        faults.append(str(unknown("start", str(content["start"]), ("status_quo", "plan"))))
    elif content.get("start") == "plan":
        for lever in desk.levers:
            scenario = scenario.with_lever(lever.id, lever.plan_value)
    for key in content:
        if key not in known | texts:
            faults.append(unknown("part of a scenario", key, known | texts))
    sections = {key: content.get(key, {}) for key in _SECTIONS}
    for key, section in sections.items():
        if not isinstance(section, Mapping):
            faults.append(_no_section(key))
            sections[key] = {}
    for name, value in sections["levers"].items():
        scenario = _attempt(faults, scenario, scenario.with_lever, name, value)
    for section in ("districts", "carried"):
        for name, row in sections[section].items():
            if not isinstance(row, Mapping):
                faults.append(_no_section(f"{section}.{shown(name)}"))
                continue
            # Some districts only, or no city figure: they move on top of the city, as on screen.
            whole = name in sections["levers"] and set(desk.axes.districts) <= set(row)
            for district, value in row.items():
                if section == "districts" and not whole:
                    scenario = _attempt(
                        faults, scenario, scenario.with_lever, name, value, district
                    )
                    continue
                given = name, value, district, section == "carried"
                scenario = _attempt(faults, scenario, scenario.with_district, *given)
    for name, value in sections["assumptions"].items():
        scenario = _attempt(faults, scenario, scenario.with_assumption, name, value)
    if faults:
        raise not_loaded(faults)
    name = clean(content.get("id") or default_id)
    return replace(
        scenario,
        id=name,
        name_zh=clean(content.get("name_zh") or name),
        name_en=clean(content.get("name_en") or name),
        note_zh=clean(content.get("note_zh") or "", LONGEST_NOTE),
        note_en=clean(content.get("note_en") or "", LONGEST_NOTE),
    )


def not_loaded(faults: Sequence[ModelError]) -> ModelError:
    """Return one error with every fault of a scenario."""
    listed = "\n".join(f"  {fault}" for fault in faults)
    return ModelError(
        f"The scenario has {len(faults)} fault(s); it was not loaded.\n{listed}",
        code="scenario_faults",
        count=len(faults),
        faults=tuple(faults),
    )


def _no_section(name: str) -> ModelError:
    message = f"{name} must be a table of names and values."
    return ModelError(message, code="no_section", name=name)


def _attempt(faults: list[ModelError], scenario: Scenario, move, *arguments: object) -> Scenario:
    try:
        return move(*arguments)
    except ModelError as error:
        faults.append(error)
        return scenario


def read_scenario(desk: Desk, path: Path) -> Scenario:
    """Read a scenario from a TOML or JSON file; ModelError says what is wrong with it."""
    try:
        content = parse(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{path.name} cannot be read as a scenario ({error}). "
            "A scenario is a TOML or JSON file with the tables levers, districts, assumptions.",
            code="unreadable_scenario",
            name=path.name,
        ) from error
    return from_dict(desk, content, default_id=path.stem)
