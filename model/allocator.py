"""Has the C library keep the memory of large arrays while they are needed, and give it back after.

Left to itself glibc returns much of what an array frees to the machine, which hands it out again
page by page at a third of the time of an ensemble on two threads; and what it does keep, on many
threads, lets a server grow by hundreds of MiB in an hour of moves.  So it is told to keep all, in
one place, and then asked to give back what is free.  Other C libraries have their own way.
"""

from __future__ import annotations

import ctypes
from functools import cache

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENAS = -1, -2, -3, -8
_KEPT, _STEP = 1 << 30, 16 << 20
"""Bytes below which nothing is returned unasked, and by which the memory of a process grows."""


@cache
def _library():
    try:
        library = ctypes.CDLL(None)
        return library if library.malloc_trim and library.mallopt else None
    except (OSError, AttributeError, TypeError):
        return None


@cache
def keep() -> bool:
    """Have freed memory kept until it is given back; return False where it cannot be asked for.

    It holds for the whole process, and for arenas only if no other thread has used memory yet.
    """
    library = _library()
    wishes = ((_TRIM_THRESHOLD, _KEPT), (_MMAP_THRESHOLD, _KEPT), (_TOP_PAD, _STEP), (_ARENAS, 1))
    return library is not None and all([library.mallopt(*wish) == 1 for wish in wishes])


def give_back() -> bool:
    """Give back what is free; return whether there was any, False where it cannot be asked for."""
    library = _library()
    return library is not None and library.malloc_trim(0) == 1
