"""A few lines of a text protocol with a process on this machine: enough to learn whether it serves."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import anyio
from anyio.abc import SocketStream
from anyio.streams.buffered import BufferedByteReceiveStream

DIALOGUE_WITHIN = 1.0  # seconds for the whole dialogue
LONGEST_LINE = 65536


class SilenceError(Exception):
    """Nobody listens, or the other side hung up or kept silent."""


@dataclass(frozen=True)
class Dialogue:
    """An open connection that is asked and answers in lines."""

    stream: SocketStream
    answers: BufferedByteReceiveStream

    async def ask(self, question: bytes, *, lines: int = 1) -> list[bytes]:
        """Send the question and return this many lines of the answer."""
        await self.stream.send(question)
        return [await self.answers.receive_until(b"\r\n", LONGEST_LINE) for _ in range(lines)]


@contextlib.asynccontextmanager
async def dialogue(port: int) -> AsyncIterator[Dialogue]:
    """Open a dialogue with 127.0.0.1:port. Raise SilenceError when it cannot be held to its end."""
    try:
        with anyio.fail_after(DIALOGUE_WITHIN):
            async with await anyio.connect_tcp("127.0.0.1", port) as stream:
                yield Dialogue(stream, BufferedByteReceiveStream(stream))
    except (OSError, anyio.BrokenResourceError, anyio.IncompleteRead, anyio.DelimiterNotFound) as error:
        raise SilenceError from error
