"""Has memory that large arrays have freed given back to the machine at once.

The C library of Linux raises, as it goes, the size up to which it keeps what is freed.  Ensembles
come and go on many threads, and a server would grow by hundreds of MiB in an hour of moves.
"""

from __future__ import annotations

import ctypes
from functools import cache

LARGE = 1 << 20
"""Bytes: what an ensemble keeps is made of larger arrays, what a month is worked out in of smaller
ones, which are fast only while they are kept."""

_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h


@cache
def give_large_back() -> bool:
    """Fix the size from which memory is given back; False where the C library has no such limit."""
    try:
        return ctypes.CDLL(None).mallopt(_THRESHOLD, LARGE) == 1
    except (OSError, AttributeError, TypeError):
        return False
