"""What a lever card says."""

from __future__ import annotations

import re
from html import escape

import model
from model.desk import Assumption, Lever
from pages.views import numbers
from pages.views.clauses import clauses, unit_name
from pages.views.texts import Texts

_BOLD = re.compile(r"\*\*(.+?)\*\*")


def groups(plan: model.Plan) -> dict[str, tuple[Lever, ...]]:
    """Return the levers by group, in the order of the table."""
    found: dict[str, list] = {}
    for lever in plan.levers:
        found.setdefault(lever.group, []).append(lever)
    return {group: tuple(levers) for group, levers in found.items()}


def group_label(levers: tuple | None, changed: frozenset[str], t: Texts) -> str:
    """Return the name of a group with the count of its levers that were moved."""
    if levers is None:
        return t("levers.all_groups")
    name = t.of(levers[0], "group")
    count = sum(lever.id in changed for lever in levers)
    return t("levers.group_changed", name=name, count=count) if count else name


def step_format(step: float) -> str:
    """Return the format of a value that moves in these steps."""
    decimals = 2 if step < 0.1 else 1 if step < 1 else 0
    return f"%.{decimals}f"


def head_html(lever: Lever, t: Texts, value: float | None = None) -> str:
    """Return name and unit, and of a value the band and what was changed."""
    said = ""
    if value is not None:
        band, moved = lever.band(value), changed(lever, value, t)
        said += f'<span class="band">{escape(t.of(band))}</span>' if band else ""
        said += f'<span class="moved">{escape(moved)}</span>' if moved else ""
    unit = escape(t.unit(lever.unit))
    return (
        f'<div class="lever-head"><b>{escape(capital(t.of(lever)))}</b>'
        f'<span class="unit">{unit}</span>{said}</div>'
    )


def changed(record: Lever | Assumption, value: float, t: Texts) -> str:
    """Return what a lever was and is, or the default of an assumption; nothing if it is that."""
    start = baseline(record)
    return "" if value == start else changed_words(record, t).format(value=numbers.short(value))


def baseline(record: Lever | Assumption) -> float:
    """Return the value of a lever in the status quo, or the default of an assumption."""
    return record.status_quo if isinstance(record, Lever) else record.default


def changed_words(record: Lever | Assumption, t: Texts) -> str:
    """Return the same with ``{value}`` for the value."""
    start = numbers.short(baseline(record))
    if isinstance(record, Lever):
        return t("levers.changed", status_quo=start, value="{value}")
    return t("levers.default", value=start)


def capital(text: str) -> str:
    """Return a name as it opens a line."""
    return text[:1].upper() + text[1:]


def foot_html(lever: Lever, t: Texts, guided: bool, marked: bool = True) -> str:
    """Return, each if asked for, the two marks under a native slider and the guidance."""
    guidance = f'<div class="guide">{escape(t.of(lever, "guidance"))}</div>' if guided else ""
    return (_marks(lever, t) if marked else "") + guidance


def _marks(lever: Lever, t: Texts) -> str:
    width = lever.maximum - lever.minimum
    shown = [("quo", lever.status_quo, t("levers.status_quo_mark"))]
    if lever.plan_value != lever.status_quo:
        shown.append(("plan", lever.plan_value, t("levers.plan_mark")))
    else:
        shown = [("plan", lever.plan_value, f"{shown[0][2]} = {t('levers.plan_mark')}")]
    places = [100 * (value - lever.minimum) / width for _, value, _ in shown]
    close = len(places) == 2 and abs(places[1] - places[0]) < 22
    parts = []
    for k, ((kind, value, word), place) in enumerate(zip(shown, places, strict=True)):
        side = "left" if place < 8 else "right" if place > 88 else ""
        if close:
            first = places[k] == min(places)
            side = "right" if first and place > 18 else "left" if not first else side
        text = f"{word} {numbers.short(value)}"
        parts.append(f'<i class="{kind} {side}" style="left:{place:.1f}%">{escape(text)}</i>')
    return f'<div class="lever-marks">{"".join(parts)}</div>'


def basis(plan: model.Plan, lever: Lever, t: Texts) -> str:
    """Return clause, responsible units, channel, status and source as Markdown."""
    profile = f"profile.{lever.time_profile}"
    channel = lever.channel_zh if t.language == "zh" else lever.channel
    note = lever.note_zh if t.language == "zh" else lever.note
    names = [unit_name(unit, t) for unit in lever.responsible_units]
    lines = [
        t.of(lever, "guidance"),
        t("levers.clause", clause=clauses(lever.clause, t)),
        t("levers.units", units=t("brief.unit_list").join(names)),
        t("levers.channel", channel=channel),
        t("levers.profile", profile=t(profile) if profile in t else lever.time_profile),
        t(
            "levers.sources",
            status_quo_status=t.status(lever.status_quo_status),
            plan_status=t.status(lever.plan_status),
        ),
    ]
    lines[4:4] = [_reach(lever, t), _bands(lever, t), *_belongs(plan, lever, t)]
    source = next((x for x in plan.sources if x.source_id == lever.source_id), None)
    if source:
        lines.append(t("levers.source", title=source.title))
    if note:
        lines.append(t("levers.note", note=note))
    return "\n\n".join(lines)


def grid_note(lever: Lever, t: Texts) -> str:
    """Return how the grid of the districts is filled in, and within which range."""
    return t(
        "levers.grid_note",
        low=numbers.short(lever.minimum),
        high=numbers.short(lever.maximum),
        unit=t.unit(lever.unit),
    )


def basis_html(plan: model.Plan, lever: Lever, t: Texts) -> str:
    """Return the same as a text that the keyboard can reach, for it may have to be scrolled."""
    parts = [_BOLD.sub(r"<b>\1</b>", escape(line)) for line in basis(plan, lever, t).split("\n\n")]
    name = escape(t.of(lever))
    body = "".join(f"<p>{part}</p>" for part in parts)
    return f'<div class="basis" role="group" tabindex="0" aria-label="{name}">{body}</div>'


def _reach(lever: Lever, t: Texts) -> str:
    """Return range and step of a lever, its two marks, and whether districts may differ."""
    return t(
        "levers.reach_district" if lever.by_district else "levers.reach",
        low=numbers.short(lever.minimum),
        high=numbers.short(lever.maximum),
        unit=t.unit(lever.unit),
        step=numbers.short(lever.step),
        status_quo=numbers.short(lever.status_quo),
        plan=numbers.short(lever.plan_value),
    )


def _bands(lever: Lever, t: Texts) -> str:
    """Return the named bands of a lever with their ranges."""
    named = []
    for band in lever.bands:
        low, high = numbers.short(band.low), numbers.short(band.high)
        named.append(f"{t.of(band)} {t('number.range', low=low, high=high)}")
    return t("levers.bands", bands=t("levers.band_and").join(named))


def _belongs(plan: model.Plan, lever: Lever, t: Texts) -> list[str]:
    """Return the group of a lever, whether it is a special action, and the target it sets."""
    kind = "levers.action" if lever.special_action else "levers.in_group"
    lines = [t(kind, group=t.of(lever, "group"))]
    if lever.target:
        target = plan.target(lever.target)
        lines.append(t("levers.sets", id=target.id, target=t.of(target, "text")))
    return lines


def assumption_head_html(assumption: Assumption, t: Texts, value: float | None = None) -> str:
    """Return name and unit, and of a changed value the default."""
    moved = changed(assumption, value, t) if value is not None else ""
    said = f'<span class="moved">{escape(moved)}</span>' if moved else ""
    return (
        f'<div class="lever-head"><b>{escape(capital(t.of(assumption)))}</b>'
        f'<span class="unit">{escape(t.unit(assumption.unit))}</span>{said}</div>'
    )
