"""Text on its way into a spreadsheet, and a file on its way to the disk."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

import pandas as pd

from model.errors import ModelError

STARTERS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What may begin a formula, also in full width, which some spreadsheets take for the same."""


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay as they are.

    A carriage return becomes a line feed: Python writes it into CSV without quotation marks, and
    what follows would begin a row of its own.

    >>> harmless("=1+1"), harmless("-1.5"), harmless(-1.5), harmless("a\\r=1")
    ("'=1+1", '-1.5', -1.5, 'a\\n=1')
    """
    if not isinstance(cell, str):
        return cell
    begins = cell.lstrip(" ").startswith(STARTERS)
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    if begins:
        with contextlib.suppress(ValueError):
            float(cell.replace(",", ""))
            return cell
        return "'" + cell
    return cell


def sheet(frame: pd.DataFrame, line_end: str = "\n") -> str:
    """Return a table as CSV in which no cell and no heading can be taken for a formula."""
    guarded = frame.map(harmless)
    guarded.columns = [harmless(name) for name in guarded.columns]
    return guarded.to_csv(index=False, lineterminator=line_end)


def writable(target: Path) -> None:
    """Refuse at once what `write_whole` could not write after the work is done."""
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with tempfile.NamedTemporaryFile("wb", dir=target.parent):
            pass
    except OSError as error:
        raise _unwritable(target, error) from error


def _unwritable(target: Path, error: OSError) -> ModelError:
    return ModelError(
        f"{target} cannot be written: {error.strerror}.", code="unwritable", name=str(target)
    )


def write_whole(target: Path, content: bytes) -> None:
    """Write a file whole or not at all; what stood there before stays until then.

    Raises
    ------
    ModelError
        ``unwritable``, with nothing left behind.
    """
    kept = ""
    try:
        with tempfile.NamedTemporaryFile("wb", dir=target.parent, delete=False) as file:
            kept = file.name
            file.write(content)
        os.replace(kept, target)
    except OSError as error:
        if kept:
            with contextlib.suppress(OSError):
                os.unlink(kept)
        raise _unwritable(target, error) from error
