"""Gives memory that large arrays have freed back to the machine.

The C library of Linux keeps what is freed for later.  Ensembles come and go on many threads, and a
server would grow by hundreds of MiB in an hour of moves; asking for less to be kept would have
every chunk of draws fetch its pages anew, which takes a quarter of its time.
"""

from __future__ import annotations

import ctypes
from functools import cache


@cache
def _trim():
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        return None  # another C library, which has its own way


def give_back() -> bool:
    """Give back what is free; return whether there was any, False where it cannot be asked for."""
    trim = _trim()
    return trim is not None and trim(0) == 1
