"""A library put into one file, and taken back out of it: whole, or not at all.

The file is itself an SQLite library, so that it can be looked into with common tools, opened by the
simulator, and restored into a library of another kind (SQLite to PostgreSQL and back).
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from model.errors import ModelError
from model.store import Store, sqlite_file, translated

TABLES = ("scenarios", "visits", "steps", "data_sets")
ROWS = 500
"""Rows that are copied at a time."""

WAIT = 10.0
"""Seconds for which a copy waits for a library that others are writing to."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: how much of each, the file it lies in, and where the old library went."""

    file: Path
    scenarios: int
    visits: int
    aside: Path | None = None


def back_up(url: str, file: Path) -> Copied:
    """Copy the library at a URL to a file, while others go on using it.

    An existing file is replaced only when the new copy is complete and sound.

    Raises
    ------
    ModelError
        ``library_gone`` when there is no library, ``backup_damaged`` when its file is damaged,
        ``unwritable`` when the copy cannot be written, and all of `Store`.
    """
    source = sqlite_file(url)
    if source is not None and not source.exists():
        raise ModelError(f"There is no library at {source}.", code="library_gone", name=str(source))
    with _new_file(file) as copy:
        if source is None:
            _export(url, copy)
        else:
            _copy(source, copy)
        counts = check(copy, source or file)
    return Copied(file, *counts)


def restore(url: str, file: Path) -> Copied:
    """Put what a backup holds in place of the library at a URL; the old one is kept aside.

    The backup is checked, and brought up to date in a copy, before anything is touched; then the
    library changes in one transaction, so that those who have it open see all or nothing.

    Raises
    ------
    ModelError
        ``unreadable``, ``backup_damaged`` or ``library_future`` for the backup; ``unwritable`` when
        the old library cannot be kept; all of `Store`.  The library is then as it was.
    """
    with tempfile.TemporaryDirectory(prefix="library-") as folder:
        copy = Path(folder) / "library.sqlite"
        try:
            shutil.copyfile(file, copy)
        except OSError as error:
            raise _unreadable(file, error) from error
        check(copy, file)
        Store(_url(copy)).close()  # brings the tables up to date
        counts = check(copy, file)
        target = sqlite_file(url)
        if target is not None:
            aside = _replace(target, copy)
        else:
            aside = _beside(file)
            back_up(url, aside)
            _import(copy, url)
    return Copied(file, *counts, aside=aside)


def check(file: Path, name: Path | None = None) -> tuple[int, int]:
    """Return how many scenarios and working copies a library file holds, looked through whole.

    ``name`` is what the file is called in errors, where it is a copy.

    Raises
    ------
    ModelError
        ``backup_damaged``, with the first thing that is wrong, or ``library_future``.
    """
    name = name or file
    try:
        with contextlib.closing(_open(file)) as connection:
            sound = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if sound != "ok":
                raise _damaged(name, sound)
            found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            if "alembic_version" not in found or "scenarios" not in found:
                raise _damaged(name, "it is no library")
            count = "SELECT count(*) FROM {}".format
            counts = [
                connection.execute(count(table)).fetchone()[0] if table in found else 0
                for table in TABLES[:2]
            ]
    except sqlite3.Error as error:
        raise _damaged(name, str(error)) from error
    store = Store(_url(file), upgrade=False)
    try:
        store.probe()  # refuses what a later version has made
    finally:
        store.close()
    return counts[0], counts[1]


def _open(file: Path) -> sqlite3.Connection:
    """Open a file that must be there; SQLite would make one that is not."""
    if not file.is_file():
        raise ModelError(f"{file} cannot be read: no such file.", code="unreadable", name=str(file))
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=WAIT)


def _copy(source: Path, target: Path) -> None:
    """Copy a file of SQLite page by page, as of one moment, over what the target holds."""
    with (
        _told(source),
        contextlib.closing(_open(source)) as old,
        contextlib.closing(sqlite3.connect(target, timeout=WAIT)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it


@contextlib.contextmanager
def _told(file: Path) -> Iterator[None]:
    """Name the file when it turns out to be damaged; other errors are told as everywhere."""
    try:
        with translated():
            yield
    except ModelError as error:
        if error.code == "library_damaged":
            raise _damaged(file, str(error.details["reason"])) from error
        raise


def _replace(target: Path, copy: Path) -> Path | None:
    """Put a sound copy in place of a library file; return where the old one is, if there was one.

    A sound old file is overwritten through SQLite, in one transaction, for others may have it open.
    A damaged one is moved aside, with what lies beside it.
    """
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _new_file(target) as new:
            shutil.copyfile(copy, new)
        return None
    aside = _beside(target)
    try:
        check(target)
        back_up(_url(target), aside)
    except ModelError as error:
        if error.code != "backup_damaged":
            raise
        aside.unlink(missing_ok=True)
        _move_aside(target, aside)
        with _new_file(target) as new:
            shutil.copyfile(copy, new)
        return aside
    with (
        translated(),
        contextlib.closing(sqlite3.connect(copy)) as new,
        contextlib.closing(_open(target)) as old,
    ):
        new.backup(old)
    return aside


def _move_aside(target: Path, aside: Path) -> None:
    try:
        for ending in ("-wal", "-shm", ""):
            part = target.with_name(target.name + ending)
            if part.exists():
                part.replace(aside.with_name(aside.name + ending))
    except OSError as error:
        raise _unwritable(aside, error) from error


def _beside(file: Path) -> Path:
    """Return a free name beside a file that says what it is and when."""
    now = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    name = f"{file.stem}.before-restore-{now}"
    names = itertools.chain([name], (f"{name}-{count}" for count in itertools.count(2)))
    places = (file.with_name(f"{free}.sqlite") for free in names)
    return next(place for place in places if not place.exists())


@contextlib.contextmanager
def _new_file(file: Path) -> Iterator[Path]:
    """Give a passing name beside a file; what was written there takes its place when all went well.

    Readable by its owner alone, and on the disk before it has its name.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.absolute().parent)
        os.close(handle)
    except OSError as error:
        raise _unwritable(file, error) from error
    passing = Path(name)
    try:
        yield passing
        with passing.open("rb+") as written:
            os.fsync(written.fileno())
        os.replace(passing, file)
    except OSError as error:
        raise _unwritable(file, error) from error
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            passing.with_name(passing.name + ending).unlink(missing_ok=True)


# Libraries that are no file


def _tables(connection: sa.Connection) -> list[sa.Table]:
    found = sa.MetaData()
    found.reflect(connection, only=TABLES)
    return [found.tables[name] for name in TABLES]


def _export(url: str, copy: Path) -> None:
    """Write the rows of a library, as of one moment, to a new file of SQLite."""
    source, target = Store(url), Store(_url(copy))
    try:
        with source.snapshot() as old, target.writing() as new:
            _pour(old, new)
    finally:
        source.close()
        target.close()
    with contextlib.closing(_open(copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it


def _import(copy: Path, url: str) -> None:
    """Replace the rows of a library by those of a file, in one transaction."""
    source, target = Store(_url(copy)), Store(url)
    try:
        with source.reading() as old, target.writing() as new:
            for table in reversed(_tables(new)):
                new.execute(sa.delete(table))
            _pour(old, new)
    finally:
        source.close()
        target.close()


def _pour(old: sa.Connection, new: sa.Connection) -> None:
    for source, target in zip(_tables(old), _tables(new), strict=True):
        names = [column.name for column in source.columns if column.name in target.columns]
        rows = old.execute(sa.select(*(source.c[name] for name in names))).mappings()
        for part in rows.partitions(ROWS):
            new.execute(sa.insert(target), [dict(row) for row in part])


def _url(file: Path) -> str:
    return sa.URL.create("sqlite", database=str(file.absolute())).render_as_string()


def _damaged(file: Path, reason: str) -> ModelError:
    said = " ".join(reason.split())[:200]
    return ModelError(
        f"{file} is damaged or no library ({said}); nothing was changed.",
        code="backup_damaged",
        name=str(file),
        reason=said,
    )


def _unreadable(file: Path, error: OSError) -> ModelError:
    return ModelError(
        f"{file} cannot be read: {error.strerror}.", code="unreadable", name=str(file)
    )


def _unwritable(file: Path, error: OSError) -> ModelError:
    return ModelError(
        f"{file} cannot be written: {error.strerror}.", code="unwritable", name=str(file)
    )
