"""The register of targets as rows, counts and the particulars of one target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import model
from pages.views import numbers
from pages.views.clauses import place_name
from pages.views.levers import capital
from pages.views.targets import chance_html, definition_mark, gap_text, target_value, words_html
from pages.views.texts import Texts
from pages.views.theme import BLUE, ORANGE, STATUS

KINDS = ("modelled", "lever", "tracked")

PACE = {
    "done": ("●", BLUE, "#E6EFF8"),
    "ahead": ("▲", BLUE, "#E6EFF8"),
    "short": ("◇", "#4A5560", "#ECEFF2"),
    "behind": ("▼", ORANGE, "#FCF1E8"),
    "missed": ("×", ORANGE, "#FCF1E8"),
}
"""For each state within the year: icon, colour of the words, colour behind them."""

Actuals = Mapping[str, tuple[float, int]]
"""Target to its actual in the target's unit and the last month of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A target of the register with what is known of it now."""

    target: model.Target
    verdict: model.Verdict
    pace: model.Pace | None

    @property
    def status(self) -> str:
        """The chance of a forecast, set by the user, or the pace of what is tracked."""
        if self.target.kind == "tracked" and self.pace:
            return self.pace.status
        return self.verdict.status


def rows(plan: model.Plan, verdicts: Sequence[model.Verdict], actuals: Actuals) -> tuple[Row, ...]:
    """Return every target in the order of its clause in the plan."""
    found = []
    for verdict in verdicts:
        id = verdict.target.id
        held = model.pace(plan, id, *actuals[id]) if id in actuals else None
        found.append(Row(verdict.target, verdict, held))
    return tuple(sorted(found, key=lambda row: _place(row.target.clause)))


def _place(clause: str) -> int:
    """Return where a clause stands among its section; what is not numbered opens it."""
    return int(clause) if clause.isdigit() else 0


def sections(plan: model.Plan) -> tuple[str, ...]:
    """Return the sections of the register in the order of the plan."""
    order = dict.fromkeys(target.section for target in plan.targets)
    rank = {code: k for k, code in enumerate(SECTION_ORDER)}
    return tuple(sorted(order, key=lambda code: rank.get(code, len(rank))))


SECTION_ORDER = (
    "goals", "stabilise", "leading_industries", "projects", "attraction", "digital",
    "enterprises", "innovation", "factors",
)  # fmt: skip
"""As the plan numbers them; a section that is not named here comes last."""


def section_name(code: str, t: Texts) -> str:
    """Return the name of a section, its code where no text names it."""
    key = f"register.section_{code}"
    return t(key) if key in t else code


def units(plan: model.Plan) -> tuple[str, ...]:
    """Return the responsible units, those with most targets first."""
    counts = Counter(unit for target in plan.targets for unit in target.responsible_units)
    return tuple(unit for unit, _ in counts.most_common())


def status_word(status: str, t: Texts) -> str:
    """Return the word of a status."""
    return t(f"pace.{status}") if status in PACE else t(f"status.{status}")


def chosen(
    found: Sequence[Row],
    *,
    section: str | None = None,
    unit: str | None = None,
    status: str | None = None,
    search: str = "",
) -> tuple[Row, ...]:
    """Return the rows of a section, of a unit, with a status (or of a kind), that hold a word."""
    word = search.strip().lower()

    def fits(row: Row) -> bool:
        x = row.target
        text = " ".join(
            (x.id, x.clause, x.indicator_zh, x.indicator_en, x.text_zh, x.text_en, x.rule_zh)
        )
        return (
            (section is None or x.section == section)
            and (unit is None or unit in x.responsible_units)
            and (status is None or status in (row.status, x.kind))
            and word in text.lower()
        )

    return tuple(row for row in found if fits(row))


def summary(found: Sequence[Row], t: Texts) -> str:
    """Return how many targets there are of each kind and how they stand."""
    kinds = Counter(row.target.kind for row in found)
    likely = Counter(row.status for row in found if row.target.kind == "modelled")
    met = sum(r.target.kind == "lever" and r.verdict.gap >= 0 for r in found)
    filled = [row for row in found if row.target.kind == "tracked" and row.pace]
    states = Counter(row.status for row in filled)
    parts = [
        t(
            "register.summary_modelled",
            count=kinds["modelled"],
            **{name: likely[name] for name in ("likely", "open", "unlikely")},
        ),
        t("register.summary_lever", count=kinds["lever"], met=met),
        t("register.summary_tracked", count=kinds["tracked"], filled=len(filled)),
    ]
    text = t("register.summary", count=len(found), parts=t("register.joined").join(parts))
    if filled:
        listed = [
            t("register.state", word=status_word(name, t), count=states[name])
            for name in PACE
            if states[name]
        ]
        text += t("register.summary_filled", states=t("register.comma").join(listed))
    return text


# The table


def table_html(found: Sequence[Row], plan: model.Plan, selected: str, t: Texts) -> str:
    """Return the rows as a table grouped by section; each row carries the id that a click gives."""
    head = "".join(
        f'<th scope="col" class="{name}">{escape(t(f"register.column_{name}"))}</th>'
        for name in ("name", "goal", "value", "gap", "chance", "status")
    )
    body = []
    for code in sections(plan):
        mine = [row for row in found if row.target.section == code]
        if not mine:
            continue
        title = t("register.section_title", name=section_name(code, t), count=len(mine))
        body.append(
            f'<tbody><tr class="section"><th colspan="6" scope="rowgroup">{escape(title)}</th></tr>'
            + "".join(_row_html(row, row.target.id == selected, t) for row in mine)
            + "</tbody>"
        )
    caption = escape(t("register.caption"))
    return (
        f'<table class="register"><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead>{''.join(body)}</table>"
    )


def _row_html(row: Row, selected: bool, t: Texts) -> str:
    x, v = row.target, row.verdict
    value, note = figure(row, t)
    if v.probability is None:
        chance = escape(part_done(row, t))
    else:
        chance = f"{chance_html(v, t)}<small>{words_html(v, t)}</small>"
    name = capital(t.of(x, "indicator"))
    mark = ' aria-current="true"' if selected else ""
    return (
        f'<tr data-id="{x.id}" class="{"chosen" if selected else ""}">'
        f'<td class="name"><button type="button" data-id="{x.id}"{mark}>'
        f"{escape(name)}&ensp;<i>{escape(clause(x, t))}</i></button></td>"
        f'<td class="goal">{escape(goal(x, t) + definition_mark(v.differs, t))}</td>'
        f'<td class="value">{escape(value)}{f"<small>{escape(note)}</small>" if note else ""}</td>'
        f'<td class="gap">{escape(gap(row, t))}</td>'
        f'<td class="chance">{chance}</td>'
        f'<td class="status">{chip(row.status, t)}</td></tr>'
    )


def clause(target: model.Target, t: Texts) -> str:
    """Return where a target stands: 第11条, clause 11; the goals by section."""
    return place_name(target.clause, t)


def goal(target: model.Target, t: Texts) -> str:
    """Return what a target asks for; a range names its unit once."""
    if target.comparator == "range":
        ends = numbers.short(target.value), numbers.short(target.value_high)
        value = t("register.range", low=ends[0], high=ends[1])
        return t("number.with_unit", value=value, unit=t.unit(target.unit))
    return target_value(target, t)


def figure(row: Row, t: Texts) -> tuple[str, str]:
    """Return the figure of a row and the word for what it is: forecast, setting or actual."""
    x, v = row.target, row.verdict
    if x.kind == "modelled":
        return numbers.in_unit(v.forecast, x.unit, t), ""
    if x.kind == "lever":
        return numbers.exact(v.forecast, x.unit, t), ""
    if row.pace:
        month = t(f"month.{row.pace.through}")
        return numbers.exact(row.pace.actual, x.unit, t), t("register.through", month=month)
    return "—", ""


def gap(row: Row, t: Texts) -> str:
    """Return how far above or below its target a figure lies; a dash where it is unknown."""
    x, value = row.target, row.verdict.gap
    if value is None and row.pace:
        value = row.pace.actual - x.value
        value = -value if x.comparator == "about_at_most" else value
    return "—" if value is None else gap_text(x, value, t)


def part_done(row: Row, t: Texts) -> str:
    """Return how much of a tracked target is done, by the calendar where it has a pace."""
    held = row.pace
    if held is None or held.done is None:
        return "—"
    return t("register.part", done=numbers.percent(held.done, 0))


def chip(status: str, t: Texts) -> str:
    """Return a status as icon and word."""
    icon, ink, behind = PACE.get(status) or STATUS[status]
    word = escape(status_word(status, t))
    return f'<span class="chip" style="color:{ink};background:{behind}">{icon} {word}</span>'
