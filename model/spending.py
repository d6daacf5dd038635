"""What a run lays down about its investment, for the account that `model.pipeline` makes of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model.rates import Rates
from model.settings import Settings

Array = np.ndarray


class Pipeline(NamedTuple):
    """What a run lays down about its investment.

    spent (kind, month, district, draw) 亿元; opening, for each kind (stage, district, draw) 亿元 in
    progress before the first month; rate (kind, month, draw) part of a stage that moves on in a
    month; scale (district, draw) 亿元 of investment that are one unit of the initial capital stock;
    premium, wear (draw,); elasticity (industry, draw) of output; contract_capital
    (industry, draw) and contract_unit (district, draw) what one unit of completed contracts is
    as capital of a cell, relative to its initial stock, and as money; floored
    (month, district, draw) 亿元 of cuts in contracts that found no new build left to cut;
    signed, converted, additional (draw,) 亿元 of contracts a year beyond the status quo.
    """

    spent: Array
    opening: tuple[Array, ...]
    rate: Array
    scale: Array
    premium: Array
    wear: Array
    elasticity: Array
    contract_capital: Array
    contract_unit: Array
    floored: Array
    signed: Array
    converted: Array
    additional: Array


def laid_down(rates: Rates, chosen: Settings, values: dict[str, Array]) -> Pipeline:
    """Return what a run lays down about its investment, from its rates and parameters."""
    scale = 1.0 / rates.per_yuan
    contract = rates.contract_spending()
    pre = rates.pre_sample
    opening = tuple(work[:, None] * scale for work in (pre.work_new, pre.work_upgrade))
    before = chosen.contracts_before * values["contract_conversion"]
    conversion = np.clip(values["contract_conversion"] + chosen.conversion_shift, 0.0, 1.0)
    converted = chosen.contracts * conversion - before
    made = Pipeline(
        spent=np.stack((rates.own_new, rates.investment_upgrade, contract)),
        opening=(*opening, np.zeros_like(opening[0])),
        rate=np.stack((rates.rate_new, rates.rate_upgrade, rates.rate_new)),
        scale=scale,
        premium=rates.premium,
        wear=rates.wear,
        elasticity=rates.elasticity,
        contract_capital=rates.contract_capital,
        contract_unit=rates.contract_places,
        floored=np.maximum(0.0, -(rates.own_new + contract)),
        signed=chosen.contracts - chosen.contracts_before,
        converted=converted,
        additional=values["contract_additionality"] * converted,
    )
    for part in made[:1] + made[2:]:
        part.flags.writeable = False
    return made
