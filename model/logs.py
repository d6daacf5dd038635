"""What happened, as lines of text or of JSON: events with facts, never what people typed or saved.

``SIMULATOR_LOG=json`` writes one JSON object a line, ``text`` the same for the eye; without it only
warnings are written.  A fact is a number or a short code: anything else is replaced on its way in,
so that no scenario, name or password can get into a log by carelessness.
"""

from __future__ import annotations

import datetime
import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import IO

from model.errors import ModelError
from model.masking import masked

SETTING = "SIMULATOR_LOG"
FORMS = ("", "text", "json")
LOGGER = logging.getLogger("simulator")
FOREIGN = ("streamlit", "uvicorn")
"""Loggers of the libraries that speak while a server runs."""

LONGEST, FRAMES = 300, 12
_CODE = re.compile(r"[A-Za-z0-9_.:+/-]{0,64}")
_PROJECT = Path(__file__).resolve().parents[1]
_user: ContextVar[str] = ContextVar("user", default="")


def begin(environment: Mapping[str, str] = os.environ, stream: IO[str] | None = None) -> str:
    """Write as the setting says from now on; return the form.

    Raises
    ------
    ModelError
        ``log_setting`` for a form that does not exist.
    """
    form = environment.get(SETTING, "").strip().lower()
    if form not in FORMS:
        raise ModelError(
            f"{SETTING}={form[:20]!r} is not a form of the log; use json, text or nothing.",
            code="log_setting",
            given=form[:20],
        )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    LOGGER.handlers = [handler]
    LOGGER.setLevel(logging.INFO if form else logging.WARNING)
    LOGGER.propagate = False
    if form == "json":
        take_over(handler)
    return form


def take_over(handler: logging.Handler) -> None:
    """Have the libraries write through this handler, so that every line has the same form."""
    for name, logger in list(logging.root.manager.loggerDict.items()):
        ours = name.partition(".")[0] in FOREIGN
        if ours and isinstance(logger, logging.Logger) and logger.handlers:
            logger.handlers = [handler]
    logging.root.handlers = [handler]


def whose(mark: str) -> None:
    """Say who acts in this thread from now on: a mark that names nobody, or nothing."""
    _user.set(mark)


def event(name: str, /, level: int = logging.INFO, **facts: object) -> None:
    """Write that something happened, with its facts: numbers and short codes."""
    if LOGGER.isEnabledFor(level):
        LOGGER.log(level, name, extra={"facts": _facts(facts)})


def failure(name: str, error: BaseException, /, **facts: object) -> None:
    """Write that something failed: the kind of error and where, and of its words the harmless."""
    told = _facts(facts | {"error": type(error).__name__})
    if isinstance(error, ModelError):
        told["code"] = _fact(error.code)  # its sentence may repeat what a user typed
    else:
        told["said"] = masked(" ".join(str(error).split()))[:LONGEST]
    told["where"] = _where(error)
    LOGGER.error(name, extra={"facts": told})


def _facts(facts: Mapping[str, object]) -> dict[str, object]:
    user = _user.get()
    return {name: _fact(value) for name, value in facts.items()} | ({"user": user} if user else {})


def _fact(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 3) if abs(value) < 1e15 else str(value)
    text = str(value)
    return text if _CODE.fullmatch(text) else "(withheld)"


def _where(error: BaseException) -> list[str]:
    """Return the places in this project, or the last ones, that an error came through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_PROJECT)] or frames
    return [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in list(own)[-FRAMES:]
    ]


def _short(file: str) -> str:
    path = Path(file)
    return path.relative_to(_PROJECT).as_posix() if path.is_relative_to(_PROJECT) else path.name


def _time(record: logging.LogRecord) -> str:
    moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _content(record: logging.LogRecord) -> dict[str, object]:
    """Return a record as one flat table: that of a library by its sentence, freed of passwords."""
    found: dict[str, object] = {"time": _time(record), "level": record.levelname.lower()}
    facts = getattr(record, "facts", None)
    if facts is not None:
        return found | {"event": record.getMessage()} | facts
    said = masked(" ".join(record.getMessage().split()))[:LONGEST]
    found |= {"event": "library_said", "logger": record.name, "said": said}
    if record.exc_info and record.exc_info[1]:
        found |= {"error": type(record.exc_info[1]).__name__, "where": _where(record.exc_info[1])}
    return found


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_content(record), ensure_ascii=False)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        content = _content(record)
        head = (content.pop(name) for name in ("time", "level", "event"))
        return " ".join([*map(str, head), *_pairs(content.items())])


def _pairs(items: Iterable[tuple[str, object]]) -> Iterable[str]:
    for name, value in items:
        yield f"{name}={' < '.join(reversed(value)) if isinstance(value, list) else value}"
