"""Saved data sets, in the database of the library."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from model import document
from model.errors import ModelError
from model.replacements import DataSet, from_json, in_order, to_json
from model.store import Store

_table = sa.Table(
    "data_sets",
    sa.MetaData(),
    *(sa.Column(name, sa.String) for name in ("id", "plan", "name", "content", "author")),
    *(sa.Column(name, sa.Float) for name in ("created", "changed")),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A saved data set; times in Unix seconds."""

    id: str
    name: str
    author: str
    created: float
    changed: float
    content: str = field(default="", repr=False)

    def open(self) -> DataSet:
        """Return the data set; ModelError ``data_set_damaged``."""
        return DataSet(self.name, from_json(self.content))


class DataLibrary:
    """The saved data sets of one plan in an open `Store`."""

    def __init__(self, plan: str, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._plan, self._store, self._clock = plan, store, clock

    def list(self) -> tuple[Listed, ...]:
        """Return the data sets, the last changed first."""
        query = sa.select(*_own()).where(_table.c.plan == self._plan)
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(_table.c.changed.desc(), _table.c.id))
            return tuple(Listed(**row) for row in rows.mappings())

    def get(self, id: str) -> DataSet | None:
        """Return one data set, None when there is none of this id."""
        query = sa.select(*_own()).where(_table.c.plan == self._plan, _table.c.id == id)
        with self._store.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else Listed(**row).open()

    def save(self, chosen: DataSet, author: str = "") -> DataSet:
        """Keep a data set; one with the same figures gets the new name.

        A name that another set has gets a number.  Without an author, a set that is kept already
        remains that of its own.  ModelError ``data_set_nameless``.
        """
        wanted = document.clean(chosen.name)
        if not wanted:
            raise ModelError("A data set needs a name.", code="data_set_nameless")
        now = self._clock()
        where = (_table.c.plan == self._plan) & (_table.c.id == chosen.id)
        with self._store.writing() as connection:
            others = sa.select(_table.c.name).where(
                _table.c.plan == self._plan, _table.c.id != chosen.id
            )
            name = _free(wanted, set(connection.execute(others).scalars()))
            row = {
                "name": name,
                "content": to_json(chosen.replacements),
                "changed": now,
            }
            by = {"author": document.clean(author)}
            known = row | by if by["author"] else row
            if not connection.execute(sa.update(_table).where(where).values(**known)).rowcount:
                new = {"id": chosen.id, "plan": self._plan, "created": now} | row | by
                connection.execute(sa.insert(_table).values(**new))
        return DataSet(name, in_order(chosen.replacements))

    def delete(self, id: str) -> Listed | None:
        """Delete a data set; return what was there, None when there was none of this id."""
        where = (_table.c.plan == self._plan) & (_table.c.id == id)
        with self._store.writing() as connection:
            row = connection.execute(sa.select(*_own()).where(where)).mappings().first()
            connection.execute(sa.delete(_table).where(where))
        return None if row is None else Listed(**row)


def _own() -> list[sa.Column]:
    return [column for column in _table.c if column.name != "plan"]


def _free(wanted: str, taken: set[str]) -> str:
    name, count = wanted, 1
    while name in taken:
        count += 1
        tail = f" ({count})"
        name = wanted[: document.LONGEST_NAME - len(tail)] + tail
    return name
