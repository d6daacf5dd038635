"""What it would take: answers as cards, and what stands in the way when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import model
from model.solve import Reached
from model.surrogate import REALISTIC, unit_step
from pages.views import numbers
from pages.views.clauses import clauses, unit_name
from pages.views.levers import capital
from pages.views.targets import definition_mark, short_name, thin_support
from pages.views.texts import Texts

CHANCES = (0.5, 0.7, 0.9)


def targets(plan: model.Plan) -> tuple[model.Target, ...]:
    """Return the targets that can be asked for."""
    return tuple(target for target in plan.targets if target.kind == "modelled")


def sentence(
    answers: Sequence[model.Answer], plan: model.Plan, t: Texts, *, more: bool = False
) -> str:
    """Return the finding: how many ways there are, or what cannot be met and its best value.

    ``more`` says that other ways are still being looked for.
    """
    first = answers[0]
    if first.feasible and not first.moves:
        return t("solve.already")
    if first.feasible:
        if more:
            return t("solve.first_way")
        return t("solve.one_way") if len(answers) == 1 else t("solve.ways", count=len(answers))
    lines = [t("solve.impossible")]
    for reached in first.reached:
        if not reached.met:
            target = reached.goal.target
            lines.append(
                t(
                    "solve.binding",
                    name=short_name(target, t),
                    wanted=numbers.exact(reached.goal.value, target.unit, t),
                    best=numbers.in_unit(best(reached), target.unit, t, 2),
                )
            )
    if len(first.at_limit) > 3:
        lines.append(t("solve.limits_many", count=len(first.at_limit)))
    elif first.at_limit:
        names = t("export.and").join(capital(t.of(plan.lever(x))) for x in first.at_limit)
        lines.append(t("solve.limits", names=names))
    return t("solve.between").join(lines)


def best(reached: Reached) -> float:
    """Return the best value of a goal within the limits, in the unit of its target."""
    return reached.value if reached.best is None else reached.best


def relaxed(reached: Reached) -> float:
    """Return the nearest value that can be reached, rounded to a tenth towards the easy side."""
    least = reached.goal.target.comparator == "about_at_most"
    tenths = 10 * best(reached) + (0.5 if least else -0.5)
    return round(tenths) / 10


def card_html(
    answer: model.Answer, start: model.Scenario, state: str, plan: model.Plan, t: Texts
) -> str:
    """Return one answer: what moves and how hard, what every target comes to, what is exhausted.

    ``state`` is verified, verifying or unproved (the proof was stopped).
    """
    said = t(f"solve.{state}", draws=numbers.plain(answer.draws, 0))
    spared = capital(t.of(plan.lever(answer.without))) if answer.without else ""
    kind = t(f"solve.kind_{answer.kind if answer.feasible else 'nearest'}", name=spared)
    rows = "".join(_move(m, answer, plan, t) for m in ranked(answer, plan))
    empty = f'<p class="note">{escape(t("solve.nothing"))}</p>' if not rows else ""
    goals = "".join(_goal(reached, t) for reached in answer.reached)
    return (
        f'<div class="answer"><div class="answer-head"><b>{escape(kind)}</b>'
        f'<span class="chip wait">{escape(said)}</span></div>'
        f'<ul class="goals">{goals}</ul>{empty}<table class="plain moves"><tbody>{rows}</tbody>'
        "</table></div>"
    )


def ranked(answer: model.Answer, plan: model.Plan) -> list[tuple[str, float, float]]:
    """Return the moves of an answer, the hardest first."""
    return sorted(
        answer.moves, key=lambda m: -abs(m[2] - m[1]) / unit_step(plan.lever(m[0]))
    )  # fmt: skip


def _move(
    move: tuple[str, float, float], answer: model.Answer, plan: model.Plan, t: Texts
) -> str:  # fmt: skip
    name, before, after = move
    lever = plan.lever(name)
    effort = (after - lever.status_quo) / unit_step(lever)
    direction = lever.plan_value - lever.status_quo
    part = effort if direction >= 0 else -effort
    mark = f' <span class="at-limit">{escape(t("solve.at_limit"))}</span>' if (
        name in answer.at_limit
    ) else ""  # fmt: skip
    units = t("brief.unit_list").join(unit_name(x, t) for x in lever.responsible_units[:2])
    more = t("solve.and_more") if len(lever.responsible_units) > 2 else ""
    about = f"{clauses(lever.clause, t)} · {units}{more}"
    width = min(100.0, max(0.0, 100 * part / REALISTIC))
    old, new = (numbers.setting(round(x, 2), lever.unit, t) for x in (before, after))
    return (
        f"<tr><td><b>{escape(capital(t.of(lever)))}</b>{mark}<br>"
        f"{escape(old)} → <b>{escape(new)}</b><br>"
        f'<span class="effort"><i style="width:{width:.0f}%"></i></span> '
        f"<small>{escape(t('solve.effort', share=numbers.percent(part, 0)))}</small><br>"
        f"<small>{escape(about)}</small></td></tr>"
    )


def _goal(reached: Reached, t: Texts) -> str:
    target = reached.goal.target
    icon = "▲" if reached.met else "▼"
    kind = "met" if reached.met else "missed"
    said = t(
        "solve.goal",
        name=short_name(target, t),
        value=numbers.in_unit(reached.value, target.unit, t, 2 if target.unit == "%" else None),
        wanted=numbers.exact(reached.goal.value, target.unit, t)
        + definition_mark(reached.differs, t),
        chance=numbers.chance_both(reached.probability, t, bool(thin_support(reached.support, t))),
    )
    return f'<li class="{kind}">{icon} {escape(said)}</li>'
