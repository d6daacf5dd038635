"""The database of the library: where it is, how it is opened, and what is said when it fails.

Any URL of SQLAlchemy will do; SQLite in the user's own data folder is the default.  Opening brings
the tables up to date and refuses a library that a later version of this program has made.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, exc

from model import logs
from model.errors import ModelError
from model.masking import SECRET, masked

SETTING = "SIMULATOR_LIBRARY"
MIGRATIONS = Path(__file__).resolve().parent / "migrations"
WAIT = 3
"""Seconds to wait for a lock or for a server."""

_HEAD = b"SQLite format 3\0"
_LOCK_NUMBER = 202_019  # any number, the same in all programs that migrate one PostgreSQL database


def default_url(environment: Mapping[str, str] = os.environ) -> str:
    """Return the URL that the setting names, or that of a file in the user's data folder.

    The setting holds a URL, or the path of an SQLite file.
    """
    given = environment.get(SETTING, "").strip()
    if given:
        return given if "://" in given else _sqlite_url(Path(given).expanduser())
    return _sqlite_url(_data_folder(environment) / "manufacturing-simulator" / "library.sqlite")


def _data_folder(environment: Mapping[str, str]) -> Path:
    home = Path.home()
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")


def _sqlite_url(path: Path) -> str:
    url = sa.URL.create("sqlite", database=str(path.absolute()))
    return url.render_as_string(hide_password=False)


def sqlite_file(url: str) -> Path | None:
    """Return the file that a URL of SQLite names; None for a server and for a passing library."""
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite" or _passing(parsed.database):
        return None
    return Path(str(parsed.database))


def _passing(database: str | None) -> bool:
    return not database or database == ":memory:" or database.startswith("file:")


@dataclass
class _Watched:
    """A file of this process, open as long as a store uses it."""

    file: int
    stores: int = 0


_WATCHED: dict[tuple[int, int], _Watched] = {}
"""The files that are looked at, by device and inode.

POSIX drops every lock that a process holds on a file as soon as the process closes any handle of
it.  SQLite would then believe itself alone: a second program takes the write-ahead log away, and
what is saved here afterwards is lost.  So a file is opened once and stays open.
"""
_WATCHING = threading.RLock()


def _watch(path: Path, place: tuple[int, int]) -> None:
    with _WATCHING:
        if place not in _WATCHED:
            _WATCHED[place] = _Watched(os.open(path, os.O_RDONLY))
        _WATCHED[place].stores += 1


def _head_of(place: tuple[int, int]) -> bytes:
    with _WATCHING:
        file = _WATCHED[place].file
        os.lseek(file, 0, os.SEEK_SET)
        return os.read(file, len(_HEAD))


def _leave(place: tuple[int, int] | None) -> None:
    with _WATCHING:
        found = _WATCHED.get(place) if place else None
        if found is None:
            return
        found.stores -= 1
        if not found.stores:
            os.close(found.file)
            del _WATCHED[place]


class Store:
    """An open database with up-to-date tables.

    Raises
    ------
    ModelError
        ``library_unavailable``, ``library_locked``, ``library_damaged``, ``library_full`` or
        ``library_future``; the message and ``reason`` say what the database said.
    """

    def __init__(self, url: str, upgrade: bool = True) -> None:
        parsed = _parsed(url)
        self._hide = secrets_of(parsed)
        with translated(self._hide):
            self.is_sqlite = parsed.get_backend_name() == "sqlite"
            self.place = masked(parsed.render_as_string(hide_password=True), self._hide)
            if self.is_sqlite:
                self.place = parsed.database or ":memory:"
                _make_folder(self.place)
                arguments = {"timeout": WAIT, "check_same_thread": False}
            else:
                arguments = {"connect_timeout": WAIT} if _postgres(parsed) else {}
            self.engine = sa.create_engine(
                parsed,
                connect_args=arguments,
                pool_pre_ping=not self.is_sqlite,
                hide_parameters=True,  # what people save does not belong in a log
            )
            if self.is_sqlite:
                event.listen(self.engine, "connect", _prepare_sqlite)
                event.listen(self.engine, "begin", _begin_sqlite)
        self._file = sqlite_file(url)
        self._known: tuple[int, int] | None = None
        try:
            if upgrade:
                self._upgrade()
                logs.event("library_opened", kind=self.engine.dialect.name)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()
        _leave(self._known)
        self._known = None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state of the database."""
        with translated(self._hide), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection whose changes are made together or not at all."""
        with translated(self._hide), self.engine.connect() as connection:
            self._look_at_file()
            connection = connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def _look_at_file(self) -> None:
        """Raise ModelError when the file that is open is no longer the one of its name.

        SQLite would go on writing to a file that was deleted, replaced or overwritten by something
        else, and nobody would see any of it again.
        """
        if self._file is None:
            return
        try:
            found = self._file.stat()
            place = found.st_dev, found.st_ino
            with _WATCHING:
                if self._known is None:
                    _watch(self._file, place)
                    self._known = place
            same = place == self._known
            head = _head_of(place) if same else b""
        except OSError:
            same, head = False, b""
        if not same:
            raise _said("library_unavailable", "the file was moved, deleted or replaced")
        if head not in (b"", _HEAD):
            raise _said("library_damaged", "file is not a database")

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state of the database for as long as it reads."""
        level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with translated(self._hide), self.engine.connect() as connection:
            connection = connection.execution_options(**level)
            with connection.begin():
                yield connection

    def probe(self) -> dict[str, object]:
        """Return version and kind of a database that can be read and written now; write nothing."""
        scripts = ScriptDirectory.from_config(_config())
        with self.writing() as connection:
            found = _revision(connection, scripts)
            kind = connection.dialect.name
        head = scripts.get_current_head()
        return {"kind": kind, "tables": found or "none", "current": found == head}

    def _upgrade(self) -> None:
        config = _config()
        scripts = ScriptDirectory.from_config(config)
        with self.reading() as connection:
            if _revision(connection, scripts) == scripts.get_current_head():
                return
        with self.writing() as connection:
            if not self.is_sqlite and connection.dialect.name == "postgresql":
                lock = sa.func.pg_advisory_xact_lock(_LOCK_NUMBER)
                connection.execute(sa.select(lock))
            if _revision(connection, scripts) == scripts.get_current_head():
                return  # another program was faster
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _revision(connection: sa.Connection, scripts: ScriptDirectory) -> str | None:
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise ModelError(
            f"The library has tables of version {found}; this program knows {max(known)}.",
            code="library_future",
            given=found,
            high=max(known),
        )
    return found


def _postgres(url: sa.URL) -> bool:
    return url.get_backend_name() == "postgresql"


def _make_folder(database: str) -> None:
    if _passing(database):
        return
    folder = Path(database).parent
    if not folder.is_dir():
        # What people save is theirs: others on this machine need not read it.
        folder.mkdir(parents=True, mode=0o700)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A reader that turns writer can fail at once; a writer from the start waits for its turn.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def translated(hide: Collection[str] = ()) -> Iterator[None]:
    """Turn what a database raises into a ModelError with a code that has a text.

    The message of a driver may repeat the URL: what it names is masked, and the driver's own error
    is not handed on, so that no trace of a log can print it.
    """
    try:
        yield
    except (exc.SQLAlchemyError, sqlite3.Error, OSError, ImportError) as error:
        cause = getattr(error, "orig", None) or error
        reason = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
        reason = masked(reason, hide)[:200]
        raise _said(_code(reason), reason) from (None if hide else error)


def secrets_of(url: sa.URL) -> tuple[str, ...]:
    """Return what in a URL must be shown to nobody, as it is and as a URL writes it."""
    found = {url.password or ""}
    for name, values in url.normalized_query.items():
        if SECRET.search(name):
            found |= set(values)
    found |= {quote(text, safe=safe) for text in found for safe in ("", "/", " +")}
    return tuple(sorted(filter(None, found), key=len, reverse=True))


def _parsed(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except (exc.ArgumentError, ValueError):
        # What cannot be parsed may hold a password anywhere: nothing of it is repeated.
        reason = "the setting is not a database URL"
    raise _said("library_unavailable", reason)


def _said(code: str, reason: str) -> ModelError:
    return ModelError(f"The library cannot be used: {reason}", code=code, reason=reason)


def _code(reason: str) -> str:
    words = reason.lower()
    if "locked" in words or "lock timeout" in words or "busy" in words:
        return "library_locked"
    if "not a database" in words or "malformed" in words or "no such table" in words:
        return "library_damaged"
    if "full" in words or "no space" in words:
        return "library_full"
    if "disk i/o" in words or "input/output" in words or "quota" in words:
        return "library_disk"
    return "library_unavailable"
