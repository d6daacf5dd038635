"""Text on its way into a spreadsheet."""

from __future__ import annotations

STARTERS = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay as they are."""
    if not isinstance(cell, str) or not cell.lstrip(" ").startswith(STARTERS):
        return cell
    try:
        float(cell.replace(",", ""))
    except ValueError:
        return "'" + cell
    return cell
