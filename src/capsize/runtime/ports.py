"""Ports of a stack: always asked for, and kept so that nobody takes one before its service or after it."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

LOOPBACK = "127.0.0.1"
Address = tuple[str, int]  # host and port

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
LISTEN, EVERYWHERE = "0A", ("0" * 8, "0" * 32)
AT_HOME = ("0100007F", "0000000000000000FFFF00000100007F", *EVERYWHERE)  # 127.0.0.1, as the kernel writes it
FRESH = 0.01  # seconds for which a look at the kernel's table serves everybody


class Ports:
    """Reserve ports of 127.0.0.1 and hold them until ``close``.

    A socket that is bound but does not listen holds its port. Linux lets a second one bind it that has SO_REUSEPORT
    as the holder has, and the same user; and, while the holder has SO_REUSEADDR, any that has that too, whoever's it
    is, as servers have. ``kept`` ports are without it until they are opened for a program, which has to be seen to
    listen before it is trusted. macOS refuses the second bind, so there the port is let go at once.
    """

    def __init__(self, *, kept: bool = False) -> None:
        self.kept = kept and sys.platform == "linux" and TABLES[0].exists()
        self._held: dict[int, socket.socket] = {}
        self._listeners: dict[int, int] = {}
        self._looked_at = float("-inf")

    def reserve(self) -> int:
        """Return a free port that is now ours."""
        holder = socket.socket()
        if sys.platform == "linux":
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind((LOOPBACK, 0))
        port: int = holder.getsockname()[1]
        if sys.platform == "linux":
            self._held[port] = holder
        else:
            holder.close()
        if not self.kept:
            self._let_in(port, True)
        return port

    def lend(self, port: int) -> None:
        """Let a program bind a kept port; anybody's, so look who listens then, and shut it."""
        self._let_in(port, True)

    def take_back(self, port: int) -> None:
        """Let nobody but this user bind a kept port, whether somebody listens there or not."""
        if self.kept:
            self._let_in(port, False)

    def _let_in(self, port: int, everybody: bool) -> None:
        if holder := self._held.get(port):
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(everybody))

    def listener(self, port: int) -> int | None:
        """Return the uid of who listens at a kept port; None where nobody does."""
        if time.monotonic() - self._looked_at > FRESH:
            self._listeners = dict(_listeners())
            self._looked_at = time.monotonic()
        return self._listeners.get(port)

    def release(self, port: int) -> None:
        """Give one port back."""
        holder = self._held.pop(port, None)
        if holder:
            holder.close()

    def close(self) -> None:
        """Give all ports back."""
        for port in list(self._held):
            self.release(port)


def _listeners() -> Iterator[tuple[int, int]]:
    """Yield port and uid of whoever listens at 127.0.0.1. The kernel's table has these lines first."""
    for table in TABLES:
        if not table.exists():
            continue
        with table.open(encoding="ascii") as lines:
            next(lines)
            for line in lines:
                words = line.split()
                if words[3] != LISTEN:
                    break
                host, _, port = words[1].partition(":")
                if host in AT_HOME:
                    yield int(port, 16), int(words[7])
