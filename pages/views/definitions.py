"""The definition cards of what a page shows, and where the plan's own figure is another one."""

from __future__ import annotations

from collections.abc import Sequence

import model
from model.targets import differs
from pages.views.overview import definition
from pages.views.texts import Texts


def shown(plan: model.Plan, targets: Sequence[str]) -> tuple[model.sources.Target, ...]:
    """Return the targets of a page, each indicator once."""
    found = {plan.target(name).indicator: plan.target(name) for name in targets}
    return tuple(found.values())


def cards(plan: model.Plan, targets: Sequence[str], t: Texts) -> str:
    """Return the cards of the indicators of these targets as Markdown."""
    parts = [t("definition.about")]
    for target in shown(plan, targets):
        parts.append(f"{definition(plan, target.indicator, t)}  \n{against(plan, target, t)}")
    return "\n\n".join([*parts, t("definition.span")])


def against(plan: model.Plan, target: model.sources.Target, t: Texts) -> str:
    """Return in a line whether the target is defined as the forecast that it is held against."""
    words = differs(plan, target)
    if not words:
        return f"＝ {t('definition.same')}"
    return " ".join(f"≠ {t(f'definition.differs_{word}')}" for word in words)
