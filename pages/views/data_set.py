"""What the data behind a page or a file are called."""

from __future__ import annotations

from html import escape

import model
from pages.views.texts import Texts


def version(plan: model.Plan, t: Texts) -> str:
    """Return the version of the data, with the name of the data set if there is one."""
    chosen = plan.data_set
    if chosen is None:
        return plan.version
    return t("data_set.version", version=plan.version, name=name(chosen, t))


def name(chosen: model.DataSet, t: Texts) -> str:
    """Return what a data set is called."""
    return chosen.name or t("data_set.unnamed", id=chosen.id)


def badge_html(plan: model.Plan, kept: bool, t: Texts) -> str:
    """Return the badge that names the data set on every page; nothing for the shipped data."""
    chosen = plan.data_set
    if chosen is None:
        return ""
    key = "data_set.badge" if kept else "data_set.badge_unsaved"
    said = t(key, name=name(chosen, t))
    about = t("data_set.badge_about", count=len(chosen.replacements), version=plan.version)
    return f'<span class="badge own" title="{escape(about)}">{escape(said)}</span>'
