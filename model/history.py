"""What was done in a visit, one step an action: a frozen value that undo and redo walk along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from model.scenario import Scenario

LIMIT = 200
"""Steps that can be undone."""

TOGETHER = 1.0
"""Seconds within which moves of one lever are one step: a drag, a held key."""


@dataclass(frozen=True, slots=True)
class Step:
    """A scenario and how it came about.

    ``said`` and ``name`` are the key of the text that names the step and what fills it; without
    them the values that changed do.  ``record`` and ``revision`` tell the saved scenario that was
    open (none: ""), and ``opened`` what was last loaded or saved.  ``at`` is in Unix seconds.
    ``data`` is the id of the data set in place of cells of the plan (none: "").
    """

    scenario: Scenario
    opened: Scenario
    said: str = ""
    name: str = ""
    at: float = 0.0
    record: str = ""
    revision: int = 0
    data: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The steps before, the present one and the steps that were undone, oldest first.

    ``dropped`` counts the steps that were too old to keep, so that a step keeps its number.
    """

    present: Step
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()
    dropped: int = 0

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, oldest first."""
        return (*self.past, self.present, *self.future)

    @property
    def position(self) -> int:
        """The place of the present step among `steps`."""
        return len(self.past)

    @property
    def saved(self) -> bool:
        """Whether the present values are those that were last loaded or saved."""
        return self.present.scenario == self.present.opened

    def previous(self) -> Scenario | None:
        """Return the scenario before the last step; a drag is one step."""
        return self.past[-1].scenario if self.past else None

    def put(self, step: Step) -> History:
        """Return the history after one action; what had been undone is gone.

        A step that changes nothing is none, and moves of one lever within `TOGETHER` seconds of
        each other are one step, which disappears when it ends where it began.
        """
        if _alike(step, self.present):
            return self
        if not self._continues(step):
            past = (*self.past, self.present)
            dropped = max(len(past) - LIMIT, 0)
            return History(step, past[dropped:], (), self.dropped + dropped)
        if _alike(step, self.past[-1]):
            return History(self.past[-1], self.past[:-1], (), self.dropped)
        return History(step, self.past, (), self.dropped)

    def undo(self) -> History:
        """Return the history one step back; itself when there is none."""
        return self.go(self.position - 1) if self.past else self

    def redo(self) -> History:
        """Return the history one step on; itself when there is none."""
        return self.go(self.position + 1) if self.future else self

    def go(self, position: int) -> History:
        """Return the history with the step at ``position`` of `steps` as the present one."""
        steps = self.steps
        position = min(max(position, 0), len(steps) - 1)
        past, future = steps[:position], steps[position + 1 :]
        return History(steps[position], past, future, self.dropped)

    def kept(self, record: str, revision: int, saved: Scenario) -> History:
        """Return the history after the present scenario was saved as ``record``.

        Every step that worked on this record knows the new revision, name and last saved state, so
        that saving after an undo is no conflict with oneself.
        """

        def known(step: Step) -> Step:
            if step.record != record:
                return step
            return replace(
                step, opened=saved, revision=revision, scenario=_named(step.scenario, saved)
            )

        named = _named(self.present.scenario, saved)
        present = replace(
            self.present, scenario=named, opened=saved, record=record, revision=revision
        )
        return self._each(known, present)

    def forgotten(self, record: str) -> History:
        """Return the history after a saved scenario was thrown away: its steps stay, unsaved."""

        def known(step: Step) -> Step:
            return replace(step, record="", revision=0) if step.record == record else step

        return self._each(known, known(self.present))

    def _each(self, change: Callable[[Step], Step], present: Step) -> History:
        past, future = tuple(map(change, self.past)), tuple(map(change, self.future))
        return replace(self, past=past, present=present, future=future)

    def _continues(self, step: Step) -> bool:
        """Whether a step goes on moving what the present one moved."""
        now = self.present
        if not self.past or self.future or step.said or now.said:
            return False
        if step.record != now.record or not 0 <= step.at - now.at < TOGETHER:
            return False
        return moved(step, now) == moved(now, self.past[-1])


def moved(step: Step, before: Step) -> tuple:
    """Return what a step moved: the one lever or assumption, and the district if it was one."""
    changes = step.scenario.changes(before.scenario)
    names = {(change.kind, change.name) for change in changes}
    districts = {change.district for change in changes if change.district}
    if len(names) != 1:
        return (step,)  # several at once are never a drag
    return (*names, *(districts if len(districts) == 1 else ()))


def _named(scenario: Scenario, model: Scenario) -> Scenario:
    return replace(
        scenario,
        name_zh=model.name_zh,
        name_en=model.name_en,
        note_zh=model.note_zh,
        note_en=model.note_en,
    )


def _alike(one: Step, other: Step) -> bool:
    same = one.scenario == other.scenario and one.scenario.id == other.scenario.id
    same = same and one.data == other.data
    return same and one.record == other.record and one.scenario.name_zh == other.scenario.name_zh
