"""A plan folder that was refused, as a list that whoever keeps the data can work through."""

from __future__ import annotations

from html import escape

import pandas as pd

import model
from model.errors import Fault
from pages.views import reasons
from pages.views.texts import Texts


def sentence(error: model.ModelError, t: Texts) -> str:
    """Return what is wrong as a whole, as HTML."""
    if isinstance(error, model.DataFaults):
        return escape(t("faults.count", count=len(error.faults)))
    if f"error.{error.code}" in t:
        return escape(t.error(error.code, dict(error.details)))
    return escape(t("faults.other", reason=reasons.said(str(error), t)))


def table(error: model.ModelError, t: Texts) -> pd.DataFrame | None:
    """Return one row a fault: table, row, column, what is wrong; None when nothing is listed."""
    if not isinstance(error, model.DataFaults):
        return None
    return pd.DataFrame(
        {
            "table": [fault.table for fault in error.faults],
            "row": [str(fault.row) if fault.row else "" for fault in error.faults],
            "column": [fault.column for fault in error.faults],
            "message": [said(fault, t) for fault in error.faults],
        }
    )


def said(fault: Fault, t: Texts) -> str:
    """Return what is wrong in the words of this language; as the program says it without any."""
    details = dict(fault.details)
    if "reason" in details:
        details["reason"] = reasons.said(details["reason"], t)
    try:
        if f"fault.{fault.code}" in t:
            return t(f"fault.{fault.code}", **details)
    except KeyError:  # a check of several cells may bring other details
        return fault.message
    return t.error(fault.code, dict(fault.details)) if f"error.{fault.code}" in t else fault.message
