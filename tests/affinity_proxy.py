"""A proxy with session affinity, as small as can be: what nginx or Traefik do before replicas.

A visitor without a cookie goes to the next server in turn and is given its letter in a cookie;
with one, to that server, or to another when that one no longer answers.  `nginx` runs the real one
with the configuration of the repository.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.conftest import PROJECT, free_port

COOKIE = "replica"
_MINE = re.compile(rb"(?im)^cookie:.*?\breplica=([a-z])")
_CONNECTION = re.compile(rb"(?im)^connection:[^\r]*\r\n")


class Proxy:
    """Runs in a thread of its own."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = list(ports)
        self._turn = itertools.cycle(range(len(ports)))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        begun = asyncio.start_server(self._visitor, "127.0.0.1", 0, limit=1 << 20)
        self._server = asyncio.run_coroutine_threadsafe(begun, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        self.address = f"http://localhost:{self.port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(10)

    def _end(self) -> None:
        self._server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_later(0.2, self._loop.stop)  # when the cancelled have ended

    async def _visitor(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            known = _MINE.search(head)
            first = known[1][0] - 97 if known else next(self._turn)
            number, there, back = await self._reach(first)
            if b"upgrade: websocket" not in head.lower():
                head = _CONNECTION.sub(b"", head).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
            back.write(head)
            await asyncio.gather(_pass_on(reader, back), self._answer(there, writer, number))
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    async def _answer(self, there: asyncio.StreamReader, writer, number: int) -> None:
        head = await there.readuntil(b"\r\n\r\n")
        given = f"\r\nSet-Cookie: {COOKIE}={chr(97 + number)}; Path=/; SameSite=Lax\r\n".encode()
        writer.write(head.replace(b"\r\n", given, 1))
        await _pass_on(there, writer)

    async def _reach(self, first: int):
        first %= len(self.ports)
        for number in (first, *(k for k in range(len(self.ports)) if k != first)):
            try:
                return number, *await asyncio.open_connection("127.0.0.1", self.ports[number])
            except OSError:
                continue
        raise ConnectionError("no server answers")


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while part := await reader.read(1 << 16):
            writer.write(part)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


NGINX = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/log.txt;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/replicas.conf;
}}
"""


@contextlib.contextmanager
def nginx(program: str, ports: Sequence[int], folder: Path) -> Iterator[str]:
    """Run nginx before two servers, as .ci/nginx.conf says; give its address."""
    own = free_port()
    text = (PROJECT / ".ci" / "nginx.conf").read_text(encoding="utf-8")
    for written, port in ((8500, own), (8501, ports[0]), (8502, ports[1])):
        assert f"127.0.0.1:{written}" in text
        text = text.replace(f"127.0.0.1:{written}", f"127.0.0.1:{port}")
    (folder / "replicas.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder), encoding="utf-8")
    process = subprocess.Popen(
        [program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "log.txt")]
    )
    try:
        yield f"http://localhost:{own}"
    finally:
        process.terminate()
        process.wait(10)
