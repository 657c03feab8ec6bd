"""The door of a pod: TLS for an app that knows only HTTP. ``own/certificate.py`` is the learner's own file.

What it decrypts it hands to $APP_URL, byte by byte. The folder $PAIR is filled before the learner's function begins, as
a Secret's volume is before its container.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from shop.core.logging_setup import own_traceback, to_stdout

log = logging.getLogger("shop.door")
FILES = ("tls.crt", "tls.key")
LOOK = 0.02  # seconds between two looks for the first pair
AT_ONCE = 65536  # bytes


class Door:
    """A listener for TLS. A connection keeps what it was greeted with."""

    def __init__(self, app: str) -> None:
        self._app = urlsplit(app)
        self._shown: ssl.SSLContext | None = None
        self._front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._front.sni_callback = self._greet  # asked for each connection, with a name or without

    def show(self, context: ssl.SSLContext) -> None:
        """Greet each connection that begins from now on by ``context``."""
        self._shown = context

    async def open(self, host: str, port: int) -> None:
        """Take connections from now on; as long as nothing is shown, they are turned away."""
        await asyncio.start_server(self._serve, host, port, ssl=self._front)

    def _greet(self, connection: ssl.SSLObject, _name: str | None, _front: ssl.SSLContext) -> int | None:
        if self._shown is None:
            return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        connection.context = self._shown
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            inner, outer = await asyncio.open_connection(self._app.hostname, self._app.port)
            await asyncio.gather(_carry(reader, outer), _carry(inner, writer))
        writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry what comes until nothing more does, and close the other end."""
    with suppress(OSError):
        while data := await reader.read(AT_ONCE):
            writer.write(data)
            await writer.drain()
    writer.close()


async def serve(keep: Callable[[Path, Door], Awaitable[None]]) -> None:
    """Serve for ever, and run ``keep`` beside it once there is a pair. What it raises is raised."""
    folder, door = Path(os.environ["PAIR"]), Door(os.environ["APP_URL"])
    await door.open(os.environ.get("HOST", "0.0.0.0"), int(os.environ["PORT"]))
    while not all((folder / name).exists() for name in FILES):
        await asyncio.sleep(LOOK)
    await keep(folder, door)
    await asyncio.Event().wait()


def main() -> int:
    """Serve; return 1 where the learner's function failed."""
    to_stdout()
    try:
        from own import certificate  # type: ignore[import-not-found]

        asyncio.run(serve(_kept(certificate)))
    except Exception as error:
        log.error("the door is closed\n%s", own_traceback(error))
    return 1


def _kept(certificate: Any) -> Callable[[Path, Door], Awaitable[None]]:
    return certificate.keep  # type: ignore[no-any-return]


if __name__ == "__main__":
    sys.exit(main())
