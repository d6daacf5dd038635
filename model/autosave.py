"""Writes working copies in a thread of its own, so that no move of a lever waits for a disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from model.errors import ModelError
from model.history import History
from model.library import Library, Visit

QUIET = 0.2
"""Seconds without a further step of a visit before it is written; never later than `LATEST`."""

LATEST, RETRY = 1.0, 5.0


class Autosave:
    """Keeps the latest state of each visit until it is written.

    ``library`` returns the open library or raises ModelError; a failure is kept in ``trouble`` and
    tried again, with the latest states, until it succeeds; ``failed`` is told of each.
    """

    def __init__(
        self,
        library: Callable[[], Library],
        failed: Callable[[ModelError], None] = lambda error: None,
    ) -> None:
        self._library, self._failed = library, failed
        self._waiting: dict[str, Visit] = {}
        self._writing: dict[str, Visit] = {}
        self._written: dict[str, History] = {}
        self._change = threading.Condition()
        self._busy = False
        self._stopped = False
        self.trouble: ModelError | None = None
        self._thread: threading.Thread | None = None

    def keep(self, visit: Visit) -> None:
        """Have the present state of a visit written soon."""
        with self._change:
            if self._written.get(visit.id) is visit.history and visit.id not in self._waiting:
                return
            self._waiting[visit.id] = visit
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="autosave")
                self._thread.start()
            self._change.notify_all()

    def resumed(self, visit: Visit) -> None:
        """Take note of what stands in the library already."""
        with self._change:
            self._written[visit.id] = visit.history

    def latest(self, id: str) -> Visit | None:
        """Return a state that is waiting to be written, or just being written."""
        with self._change:
            return self._waiting.get(id) or self._writing.get(id)

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until all is written; return whether it was."""
        with self._change:
            return self._change.wait_for(lambda: not self._waiting and not self._busy, timeout)

    def retry(self) -> None:
        """Try again at once what failed."""
        with self._change:
            self.trouble = None
            self._change.notify_all()

    def stop(self) -> None:
        """Write what is waiting, once, and end the thread."""
        with self._change:
            self._stopped = True
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join(10)

    def _run(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._waiting or self._stopped)
                if not self._waiting:
                    return
                if self.trouble is not None and not self._stopped:
                    self._change.wait_for(lambda: self.trouble is None or self._stopped, RETRY)
                elif not self._stopped:
                    self._wait_for_quiet()
                batch, self._waiting, self._busy = self._waiting, {}, True
                self._writing = batch
                last = self._stopped
            self._write(batch)
            with self._change:
                self._busy, self._writing = False, {}
                self._change.notify_all()
                if last:
                    return

    def _wait_for_quiet(self) -> None:
        latest = time.monotonic() + LATEST
        while (left := latest - time.monotonic()) > 0 and not self._stopped:
            if not self._change.wait(min(QUIET, left)):
                return

    def _write(self, batch: dict[str, Visit]) -> None:
        for number, visit in enumerate(batch.values()):
            try:
                self._library().keep(visit, self._written.get(visit.id))
            except Exception as error:  # whatever it is, this thread must live on to try again
                left, trouble = list(batch.values())[number:], _known(error)
                self._failed(trouble)
                with self._change:
                    self.trouble = trouble
                    for unwritten in left:
                        self._waiting.setdefault(unwritten.id, unwritten)
                return
            with self._change:
                self._written[visit.id] = visit.history
                self.trouble = None
                while len(self._written) > 1000:
                    self._written.pop(next(iter(self._written)))


def _known(error: Exception) -> ModelError:
    if isinstance(error, ModelError):
        return error
    reason = f"{type(error).__name__}: {error}"[:200]
    return ModelError(
        f"The library cannot be used: {reason}", code="library_unavailable", reason=reason
    )
