"""Saved scenarios and working copies, in a database that many may share.

A saved scenario carries a revision.  Whoever saves says which revision was read; if another has
saved since, nothing is written and the error tells who and when.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from model import document, logs, steps
from model.errors import ModelError
from model.history import History, Step
from model.plan import Plan
from model.replacements import data_set_in
from model.scenario import Scenario
from model.store import Store

VISITS_KEPT = 90 * 86_400.0
"""Seconds for which the working copy of a visit is kept."""

VISITS_ALWAYS = 100
"""Working copies that are kept however old they look."""

_meta = sa.MetaData()
_scenarios = sa.Table(
    "scenarios",
    _meta,
    *(sa.Column(name, sa.String) for name in ("id", "plan", "name", "note", "content")),
    *(sa.Column(name, sa.Float) for name in ("created", "changed")),
    sa.Column("author", sa.String),
    sa.Column("revision", sa.Integer),
    sa.Column("binned", sa.Float),
)
_visits = sa.Table(
    "visits",
    _meta,
    *(sa.Column(name, sa.String) for name in ("id", "owner", "plan")),
    sa.Column("position", sa.Integer),
    sa.Column("changed", sa.Float),
)
_steps = sa.Table(
    "steps",
    _meta,
    sa.Column("visit", sa.String),
    sa.Column("number", sa.Integer),
    *(sa.Column(name, sa.String) for name in ("said", "name", "record", "content", "opened")),
    sa.Column("at", sa.Float),
    sa.Column("revision", sa.Integer),
)


@dataclass(frozen=True, slots=True)
class Record:
    """A saved scenario; times in Unix seconds, ``binned`` None unless it lies in the bin."""

    id: str
    name: str
    note: str
    author: str
    created: float
    changed: float
    revision: int
    binned: float | None
    content: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """The working copy of a visit; ``owner`` is the fingerprint of the browser that made it."""

    id: str
    owner: str
    history: History


class Library:
    """The saved scenarios and working copies of one plan in an open `Store`."""

    def __init__(self, plan: Plan, store: Store, clock: Callable[[], float] = time.time) -> None:
        self.plan, self.store, self._clock = plan, store, clock

    # Saved scenarios

    def list(self, search: str = "", binned: bool = False) -> tuple[Record, ...]:
        """Return the saved scenarios, or those in the bin, the last changed first.

        ``search`` keeps those whose name, note or author holds every one of its words.
        """
        columns = [column for column in _scenarios.c if column.name not in ("content", "plan")]
        query = sa.select(*columns).where(_scenarios.c.plan == self.plan.id)
        where = _scenarios.c.binned.is_not(None) if binned else _scenarios.c.binned.is_(None)
        with self.store.reading() as connection:
            rows = connection.execute(
                query.where(where).order_by(_scenarios.c.changed.desc(), _scenarios.c.id)
            ).mappings()
            records = tuple(Record(**row) for row in rows)
        words = search.casefold().split()
        return tuple(
            record
            for record in records
            if all(word in f"{record.name}\n{record.note}\n{record.author}".casefold()
                   for word in words)
        )  # fmt: skip

    def get(self, id: str) -> Record:
        """Return one saved scenario, also one in the bin; ModelError ``library_gone``."""
        with self.store.reading() as connection:
            return self._found(connection, id)

    def open(
        self, id: str, plan: Plan | None = None
    ) -> tuple[Record, Scenario, tuple[document.Notice, ...]]:
        """Return a saved scenario and what of it this version could not use.

        ``plan`` is the one it will run on, when that is not the shipped one.
        """
        record = self.get(id)
        scenario, notices = document.read(plan or self.plan, document.parse(record.content))
        return record, _named(scenario, record), notices

    def add(
        self, scenario: Scenario, name: str, note: str = "", author: str = "", data: str = ""
    ) -> Record:
        """Save a scenario as a new one; a name that is taken gets a number.

        ``data`` is the id of the data set that it was made with.
        """
        now = self._clock()
        with self.store.writing() as connection:
            record = Record(
                id=uuid.uuid4().hex,
                name=self._free(connection, name),
                note=document.clean(note, document.LONGEST_NOTE, lines=True),
                author=document.clean(author),
                created=now,
                changed=now,
                revision=1,
                binned=None,
            )
            record = replace(record, content=self._content(scenario, record, data))
            row = {name: getattr(record, name) for name in Record.__dataclass_fields__}
            connection.execute(sa.insert(_scenarios).values(plan=self.plan.id, **row))
        logs.event("scenario_added", id=record.id)
        return record

    def save(
        self, id: str, scenario: Scenario, revision: int | None, author: str = "", data: str = ""
    ) -> Record:
        """Save the values of a scenario over those of a saved one.

        ``revision`` is the one that was read; None overwrites whatever is there.

        Raises
        ------
        ModelError
            ``library_conflict`` when another has saved since, with ``name``, ``author`` and
            ``changed``; ``library_gone`` when it is in the bin or was deleted;
            ``library_builtin`` for a built-in scenario.  Nothing is written then.
        """
        return self._change(
            id,
            revision,
            lambda record: replace(
                record,
                content=self._content(scenario, record, data),
                author=document.clean(author) or record.author,
            ),
        )

    def rename(self, id: str, name: str, note: str, revision: int | None = None) -> Record:
        """Give a saved scenario another name and note."""
        with self.store.reading() as connection:
            free = self._free(connection, name, but=id)
        note = document.clean(note, document.LONGEST_NOTE, lines=True)
        return self._change(id, revision, lambda record: replace(record, name=free, note=note))

    def duplicate(self, id: str, name: str = "") -> Record:
        """Save a copy of a saved scenario under a free name."""
        record, scenario, _ = self.open(id)
        data = data_set_in(document.parse(record.content).get("data_version", ""))
        return self.add(scenario, name or record.name, record.note, record.author, data)

    def bin(self, id: str) -> Record:
        """Put a saved scenario in the bin."""
        now = self._clock()
        return self._change(id, None, lambda record: replace(record, binned=now), touch=False)

    def restore(self, id: str) -> Record:
        """Take a scenario out of the bin, under a name that is free."""
        with self.store.reading() as connection:
            record = self._found(connection, id)
            name = self._free(connection, record.name, but=id)
        return self._change(
            id,
            None,
            lambda record: replace(record, binned=None, name=name),
            touch=False,
            binned=True,
        )

    def empty_bin(self, id: str = "") -> int:
        """Delete what is in the bin, or one scenario there, for good; return how many."""
        where = (_scenarios.c.plan == self.plan.id) & _scenarios.c.binned.is_not(None)
        if id:
            where &= _scenarios.c.id == id
        with self.store.writing() as connection:
            count = connection.execute(sa.delete(_scenarios).where(where)).rowcount
        logs.event("bin_emptied", count=count)
        return count

    def free_name(self, name: str) -> str:
        """Return the name, with a number if a saved or built-in scenario has it."""
        with self.store.reading() as connection:
            return self._free(connection, name)

    def _change(
        self,
        id: str,
        revision: int | None,
        change: Callable[[Record], Record],
        touch: bool = True,
        binned: bool = False,
    ) -> Record:
        with self.store.writing() as connection:
            record = self._found(connection, id)
            if (record.binned is not None) != binned:
                raise _gone(record.name)
            if revision is not None and record.revision != revision:
                raise _conflict(record)
            new = change(record)
            new = replace(
                new,
                revision=record.revision + 1,
                changed=max(self._clock(), record.changed) if touch else record.changed,
            )
            row = {name: getattr(new, name) for name in Record.__dataclass_fields__}
            done = connection.execute(
                sa.update(_scenarios)
                .where(_scenarios.c.id == id, _scenarios.c.revision == record.revision)
                .values(**row)
            )
            if done.rowcount != 1:  # between the two statements, on a server without our lock
                raise _conflict(record)
        logs.event("scenario_changed", id=id, revision=new.revision)
        return new

    def _found(self, connection: sa.Connection, id: str) -> Record:
        if id in self.plan.scenarios:
            raise ModelError(
                f"{id} is built in; it can be copied, not changed.",
                code="library_builtin",
                name=id,
            )
        columns = [column for column in _scenarios.c if column.name != "plan"]
        query = sa.select(*columns).where(_scenarios.c.id == id)
        row = connection.execute(query.where(_scenarios.c.plan == self.plan.id)).mappings().first()
        if row is None:
            raise _gone(id)
        return Record(**row)

    def _free(self, connection: sa.Connection, name: str, but: str = "") -> str:
        live = (_scenarios.c.plan == self.plan.id) & _scenarios.c.binned.is_(None)
        query = sa.select(_scenarios.c.name).where(live, _scenarios.c.id != but)
        taken = set(connection.execute(query).scalars())
        for scenario in self.plan.scenarios.values():
            taken |= {scenario.name_zh, scenario.name_en}
        wanted = document.clean(name)
        if not wanted:
            raise ModelError("A scenario needs a name.", code="library_nameless")
        free, count = wanted, 1
        while free in taken:
            count += 1
            tail = f" ({count})"
            free = wanted[: document.LONGEST_NAME - len(tail)] + tail
        return free

    def _content(self, scenario: Scenario, record: Record, data: str) -> str:
        return document.to_json(self.plan, _named(scenario, record), data)

    # Working copies

    def keep(self, visit: Visit, known: History | None = None) -> None:
        """Write the working copy of a visit; only what differs from ``known``, already written."""
        old = {} if known is None else _numbered(known)
        new = _numbered(visit.history)
        written = [number for number, step in new.items() if old.get(number) is not step]
        gone = [number for number in old if number not in new]
        position = visit.history.dropped + visit.history.position
        row = {"owner": visit.owner, "plan": self.plan.id, "position": position,
               "changed": self._clock()}  # fmt: skip
        with self.store.writing() as connection:
            mine = _steps.c.visit == visit.id
            found = connection.execute(
                sa.update(_visits).where(_visits.c.id == visit.id).values(**row)
            )
            if not found.rowcount:
                connection.execute(sa.insert(_visits).values(id=visit.id, **row))
            # What is there may not be what was written: a backup was restored meanwhile.
            there = connection.execute(sa.select(_steps.c.number, _steps.c.at).where(mine))
            if {tuple(row) for row in there} != {(number, old[number].at) for number in old}:
                connection.execute(sa.delete(_steps).where(mine))
                written = list(new)
            doomed = [*gone, *written]
            if doomed:
                connection.execute(sa.delete(_steps).where(mine, _steps.c.number.in_(doomed)))
            if written:
                rows = [
                    steps.to_row(self.plan, new[number], visit.id, number) for number in written
                ]
                connection.execute(sa.insert(_steps), rows)

    def resume(self, id: str) -> Visit | None:
        """Return the working copy of a visit as it was last written, or None."""
        with self.store.reading() as connection:
            found = connection.execute(
                sa.select(_visits).where(_visits.c.id == id, _visits.c.plan == self.plan.id)
            ).first()
            query = sa.select(_steps).where(_steps.c.visit == id).order_by(_steps.c.number)
            rows = connection.execute(query).mappings().all()
        if found is None or not rows:
            return None
        read = {row["number"]: steps.from_row(self.plan, row) for row in rows}
        kept = {number: step for number, step in read.items() if step is not None}
        if not kept:
            return None
        known, numbers = tuple(kept.values()), list(kept)
        before = [place for place, number in enumerate(numbers) if number <= found.position]
        history = History(known[0], (), known[1:], numbers[0]).go(before[-1] if before else 0)
        return Visit(id, found.owner, history)

    def last_visit(self, owner: str) -> tuple[str, float] | None:
        """Return id and time of the last working copy of a browser."""
        query = sa.select(_visits.c.id, _visits.c.changed).where(
            _visits.c.owner == owner, _visits.c.plan == self.plan.id
        )
        with self.store.reading() as connection:
            row = connection.execute(query.order_by(_visits.c.changed.desc())).first()
        return (row.id, row.changed) if row else None

    def forget_old_visits(self) -> int:
        """Delete working copies untouched for `VISITS_KEPT`, never the last; return how many."""
        # A clock that is set wrong makes everything look old: it must not delete everything.
        last = sa.select(_visits.c.id).order_by(_visits.c.changed.desc()).limit(VISITS_ALWAYS)
        old = (_visits.c.changed < self._clock() - VISITS_KEPT) & _visits.c.id.not_in(last)
        with self.store.writing() as connection:
            ids = sa.select(_visits.c.id).where(old)
            connection.execute(sa.delete(_steps).where(_steps.c.visit.in_(ids)))
            return connection.execute(sa.delete(_visits).where(old)).rowcount


def fingerprint(secret: str) -> str:
    """Return what is kept of a browser's secret: enough to know it again, not to be it."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


def _numbered(history: History) -> dict[int, Step]:
    return dict(enumerate(history.steps, start=history.dropped))


def _named(scenario: Scenario, record: Record) -> Scenario:
    names = dict.fromkeys(("name_zh", "name_en"), record.name)
    notes = dict.fromkeys(("note_zh", "note_en"), record.note)
    return replace(scenario, **names, **notes)


def _conflict(record: Record) -> ModelError:
    return ModelError(
        f"{record.name!r} was changed by another since it was opened.",
        code="library_conflict",
        name=record.name,
        id=record.id,
        author=record.author,
        changed=record.changed,
    )


def _gone(name: str) -> ModelError:
    return ModelError(f"{name!r} is no longer in the library.", code="library_gone", name=name)
