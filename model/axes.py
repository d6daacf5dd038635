"""The four axes, in the one order every array keeps: month, district, industry, draw.

The draw axis is last and always there; a single run has one draw.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MONTHS_PER_YEAR = 12

MONTH, DISTRICT, INDUSTRY, DRAW = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Axes:
    """Codes along each axis.

    ``months`` are written ``2020-01``; ``start`` is the position of the first month in which the
    plan can act, the one in which it was issued or the next.
    """

    months: tuple[str, ...]
    districts: tuple[str, ...]
    industries: tuple[str, ...]
    start: int

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years covered, in order."""
        return tuple(dict.fromkeys(int(month[:4]) for month in self.months))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Lengths of (month, district, industry)."""
        return len(self.months), len(self.districts), len(self.industries)


def month_codes(first: str, count: int) -> tuple[str, ...]:
    """Return ``count`` month codes from ``first``.

    >>> month_codes("2020-11", 3)
    ('2020-11', '2020-12', '2021-01')
    """
    year, month = (int(part) for part in first.split("-"))
    positions = range(year * 12 + month - 1, year * 12 + month - 1 + count)
    return tuple(f"{position // 12}-{position % 12 + 1:02d}" for position in positions)


def ramp(months: int, start: int) -> np.ndarray:
    """Return the share of a gradual measure in force in each month, shape (month,).

    It grows in equal steps from the month in which the plan starts to December of that year and
    stays complete afterwards.
    """
    last = start // MONTHS_PER_YEAR * MONTHS_PER_YEAR + MONTHS_PER_YEAR - 1
    return np.clip((np.arange(months) - start + 1) / (last - start + 1), 0.0, 1.0)


def years_in_force(months: int, start: int) -> np.ndarray:
    """Return the years a measure has been in force by the end of each month, shape (month,)."""
    return np.maximum(0, np.arange(months) - start + 1) / MONTHS_PER_YEAR


def phased(months: int, start: int, length: int) -> np.ndarray:
    """Return the share of a measure's full effect reached in each month, shape (month,).

    What is adopted in a month (see `ramp`) takes effect in equal steps over the next ``length``
    months.
    """
    adopted = np.diff(ramp(months, start), prepend=0.0)
    effect = np.minimum(1.0, np.arange(1, months + 1) / length)
    return np.convolve(adopted, effect)[:months]
