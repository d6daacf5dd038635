"""Checked tables to records and arrays (no checks here: a table that arrives is sound)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from model import sources as kinds
from model.axes import Axes, month_codes
from model.base import Base
from model.desk import Assumption, Band, Desk, Lever, month_position
from model.tables import number, rows, words

Array = np.ndarray

_WEAKNESS = (
    "published", "bureau", "derived", "estimated", "recalled", "unverified", "judgement", "assumed",
)  # fmt: skip


def axes(facts: Mapping[str, object], frames: Mapping[str, pd.DataFrame]) -> Axes:
    """Return the axes of the plan; the plan acts from ``start_month`` on."""
    months = month_codes(str(facts["first_month"]), int(facts["months"]))
    return Axes(
        months=months,
        districts=tuple(frames["districts"]["district"]),
        industries=tuple(frames["industries"]["industry"]),
        start=months.index(str(facts["start_month"])),
    )


def districts(frame: pd.DataFrame) -> tuple[kinds.District, ...]:
    """Return the districts in the order of the table."""
    return tuple(
        kinds.District(
            code=row["district"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            type=row["type"],
            tile_row=int(row["tile_row"]),
            tile_col=int(row["tile_col"]),
            main_industries=words(row["main_industries"]),
            status=row["status"],
        )
        for row in rows(frame)
    )


def industries(frame: pd.DataFrame) -> tuple[kinds.Industry, ...]:
    """Return the industries in the order of the table."""
    return tuple(
        kinds.Industry(
            code=row["industry"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            is_manufacturing=row["is_manufacturing"] == "1",
            leading_weight=float(row["leading_weight"]),
            energy_intensive_weight=float(row["energy_intensive_weight"]),
            high_tech_weight=float(row["high_tech_weight"]),
            strategic_emerging_weight=float(row["strategic_emerging_weight"]),
            weights_status=row["weights_status"],
            capital_elasticity_offset=float(row["capital_elasticity_offset"]),
            tfp_offset=float(row["tfp_offset"]),
            covid_relative_depth=float(row["covid_relative_depth"] or 1.0),
            energy_intensity=float(row["energy_intensity_central"]),
            energy_intensity_status=row["energy_intensity_status"],
            source_id=row["source_id"],
            note=row["note"],
        )
        for row in rows(frame)
    )


def centred(given: tuple[kinds.Industry, ...], value_added: Array) -> tuple[kinds.Industry, ...]:
    """Return the industries with offsets whose value-added-weighted mean is zero.

    City means then are exactly what the parameter table says.
    """
    weights = value_added.sum(axis=0) / value_added.sum()
    capital = float(weights @ [i.capital_elasticity_offset for i in given])
    tfp = float(weights @ [i.tfp_offset for i in given])
    return tuple(
        replace(
            industry,
            capital_elasticity_offset=industry.capital_elasticity_offset - capital,
            tfp_offset=industry.tfp_offset - tfp,
        )
        for industry in given
    )


def bands(frame: pd.DataFrame, axes_: Axes, indicator: str) -> Array:
    """Return low, central and high of one base indicator, shape (district, 3)."""
    chosen = {row["district"]: row for row in rows(frame[frame["indicator"] == indicator])}
    found = np.empty((len(axes_.districts), 3))
    for position, code in enumerate(axes_.districts):
        row = chosen[code]
        central = float(row["central"])
        low, high = number(row["low"]), number(row["high"])
        found[position] = (
            central if low is None else low,
            central,
            central if high is None else high,
        )
    return found


def base_status(frame: pd.DataFrame, axes_: Axes, indicator: str) -> list[str]:
    """Return the status word of one base indicator for each district."""
    chosen = frame[frame["indicator"] == indicator].set_index("district")["status"]
    return [str(chosen[code]) for code in axes_.districts]


def mix(frame: pd.DataFrame, axes_: Axes) -> tuple[Array, Array]:
    """Return industry shares (fractions) and their status, both (district, industry)."""
    table = frame.set_index(["district", "industry"])
    shape = (len(axes_.districts), len(axes_.industries))
    share, status = np.empty(shape), np.empty(shape, dtype="<U10")
    for d, district in enumerate(axes_.districts):
        for i, industry in enumerate(axes_.industries):
            row = table.loc[(district, industry)]
            share[d, i] = float(row["share_pct"]) / 100
            status[d, i] = row["status"]
    return share, status


def weaker(row_status: list[str], cell_status: Array) -> Array:
    """Return for each cell the weaker status of its district total and its share."""
    found = cell_status.copy()
    for d, status in enumerate(row_status):
        for i in range(cell_status.shape[1]):
            found[d, i] = max(status, cell_status[d, i], key=_WEAKNESS.index)
    return found


def annex(frame: pd.DataFrame, axes_: Axes) -> tuple[kinds.AnnexRow, ...]:
    """Return Annex 1 in the order of the districts, whatever that of the table."""
    columns = [column for column in kinds.AnnexRow.__slots__ if column != "district"]
    found = [
        kinds.AnnexRow(row["district"], *(float(row[column]) for column in columns))
        for row in rows(frame)
    ]
    return tuple(sorted(found, key=lambda row: axes_.districts.index(row.district)))


def targets(frame: pd.DataFrame) -> tuple[kinds.Target, ...]:
    """Return the target register."""
    numbers = {"value", "value_high", "tolerance"}
    found = []
    for row in rows(frame):
        cells = {name: row[name] for name in kinds.Target.__slots__ if name not in numbers}
        cells["responsible_units"] = words(row["responsible_units"])
        found.append(
            kinds.Target(
                **cells,
                value=float(row["value"]),
                value_high=number(row["value_high"]),
                tolerance=number(row["tolerance"]) or 0.0,
            )
        )
    return tuple(found)


def parameters(frame: pd.DataFrame) -> tuple[kinds.Parameter, ...]:
    """Return the parameter records."""
    return tuple(
        kinds.Parameter(
            id=row["id"],
            symbol=row["symbol"],
            name=row["name"],
            name_zh=row["name_zh"],
            unit=row["unit"],
            low=number(row["p05"]),
            mid=number(row["p50"]),
            high=number(row["p95"]),
            distribution=row["distribution"],
            applies_to=row["applies_to"],
            status=row["status"],
            source_id=row["source_id"],
            later_information=row["later_information"] == "1",
            ex_ante=(
                number(row["p05_ex_ante"]),
                number(row["p50_ex_ante"]),
                number(row["p95_ex_ante"]),
            ),
            ex_ante_source_id=row["ex_ante_source_id"],
            support_min=number(row["support_min"]),
            support_max=number(row["support_max"]),
            role=row["role"],
            role_note=row["role_note"],
            note=row["note"],
        )
        for row in rows(frame)
    )


def closures(frame: pd.DataFrame) -> tuple[kinds.Closure, ...]:
    """Return where the closure levers act."""
    return tuple(
        kinds.Closure(
            lever=row["lever"],
            industry=row["industry"],
            districts=words(row["districts"]),
            va_parameter=row["va_parameter"],
            energy_parameter=row["energy_parameter"],
            status=row["status"],
            source_id=row["source_id"],
        )
        for row in rows(frame)
    )


def controls(frame: pd.DataFrame) -> tuple[kinds.Control, ...]:
    """Return the interval knowledge about the base year."""
    found = []
    for row in rows(frame):
        cells = {name: row[name] for name in kinds.Control.__slots__}
        cells.update(low=number(row["low"]), high=number(row["high"]))
        found.append(kinds.Control(**cells))
    return tuple(found)


def indicators(frame: pd.DataFrame) -> tuple[kinds.Indicator, ...]:
    """Return the definition cards."""
    names = kinds.Indicator.__slots__
    return tuple(kinds.Indicator(**{name: row[name] for name in names}) for row in rows(frame))


def observations(frame: pd.DataFrame) -> tuple[kinds.Observation, ...]:
    """Return the published, derived and recalled figures."""
    names = kinds.Observation.__slots__
    return tuple(
        kinds.Observation(**({name: row[name] for name in names} | {"value": float(row["value"])}))
        for row in rows(frame)
    )


def outcomes(frame: pd.DataFrame) -> tuple[kinds.Outcome, ...]:
    """Return what became of the targets."""
    found = []
    for row in rows(frame):
        cells = {name: row[name] for name in kinds.Outcome.__slots__ if name != "caveat"}
        cells["value"] = number(row["value"])
        found.append(kinds.Outcome(**cells, caveat=row["definition_caveat"]))
    return tuple(found)


def sources(frame: pd.DataFrame) -> tuple[kinds.Source, ...]:
    """Return the sources."""
    names = kinds.Source.__slots__
    return tuple(kinds.Source(**{name: row[name] for name in names}) for row in rows(frame))


def desk(
    frames: Mapping[str, pd.DataFrame],
    axes_: Axes,
    annex_: tuple[kinds.AnnexRow, ...],
    base: Base,
) -> Desk:
    """Return the levers and assumptions with the district weights of their city figures."""
    levers_ = _levers(frames["levers"], frames["lever_bands"])
    by_district = {row.district: row for row in annex_}
    weights = []
    for lever in levers_:
        if not lever.by_district:
            continue
        if lever.is_growth:
            share = base.investment / base.investment.sum()
        elif not annex_:
            share = base.firms / base.firms.sum()
        else:
            column = [getattr(by_district[code], lever.district_column) for code in axes_.districts]
            share = np.array(column) / sum(column)
        weights.append((lever.id, tuple(float(w) for w in share)))
    return Desk(axes_, levers_, _assumptions(frames["assumptions"], axes_), tuple(weights))


def _levers(frame: pd.DataFrame, band_frame: pd.DataFrame) -> tuple[Lever, ...]:
    found = []
    for row in rows(frame):
        mine = [band for band in rows(band_frame) if band["lever"] == row["lever"]]
        mine.sort(key=lambda band: float(band["band"]))
        renamed = {"id": "lever", "minimum": "min", "maximum": "max", "plan_value": "plan"}
        cells: dict[str, object] = {
            name: row[renamed.get(name, name)] for name in Lever.__slots__ if name != "bands"
        }
        for name in ("minimum", "maximum", "step", "status_quo", "plan_value"):
            cells[name] = float(str(cells[name]))
        cells["responsible_units"] = words(row["responsible_units"])
        cells["bands"] = tuple(
            Band(float(b["low"]), float(b["high"]), b["name_zh"], b["name_en"]) for b in mine
        )
        found.append(Lever(**cells))  # type: ignore[arg-type]
    return tuple(found)


def _assumptions(frame: pd.DataFrame, axes_: Axes) -> tuple[Assumption, ...]:
    def read(row: dict[str, str], name: str) -> float:
        if row["unit"] == "month" and not row[name].replace(".", "", 1).isdigit():
            return month_position(row[name], axes_, row["assumption"])
        return float(row[name])

    return tuple(
        Assumption(
            id=row["assumption"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            unit=row["unit"],
            minimum=read(row, "min"),
            maximum=read(row, "max"),
            step=float(row["step"]),
            default=read(row, "default"),
            parameter=row["parameter"],
            moves=row["moves"],
            status=row["default_status"],
            source_id=row["source_id"],
            note=row["note"],
            note_zh=row["note_zh"],
        )
        for row in rows(frame)
    )
