"""The definition cards of what a page shows, and where the plan's own figure is another one."""

from __future__ import annotations

import model
from model.targets import differs
from pages.views.texts import Texts


def card(plan: model.Plan, code: str, t: Texts) -> str:
    """Return the card of an indicator as Markdown, with what sets the plan's target apart."""
    record = plan.indicator(code)
    fields = {field: t.of(record, field) for field in ("name", "scope", "basis", "definition")}
    said = [t("definition.card", **fields)]
    said += [against(plan, x, t) for x in plan.targets if x.kind == "modelled"
             and x.indicator == code][:1]  # fmt: skip
    return "  \n".join(said)


def against(plan: model.Plan, target: model.sources.Target, t: Texts) -> str:
    """Return in a line whether the target is defined as the forecast that it is held against."""
    words = differs(plan, target)
    if not words:
        return f"＝ {t('definition.same')}"
    return " ".join(f"≠ {t(f'definition.differs_{word}')}" for word in words)
