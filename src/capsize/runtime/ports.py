"""Ports of a stack: always asked for, and kept so that nobody takes one before its service binds it."""

from __future__ import annotations

import socket
import sys

LOOPBACK = "127.0.0.1"
Address = tuple[str, int]  # host and port


class Ports:
    """Reserve ports of 127.0.0.1 and keep them until ``close``.

    A socket that is bound with SO_REUSEADDR but does not listen keeps its port from all who ask for one (0) and lets
    a server that sets SO_REUSEADDR, as servers do, bind that very port. macOS refuses the second bind, so there the
    port is let go at once.
    """

    def __init__(self) -> None:
        self._held: dict[int, socket.socket] = {}

    def reserve(self) -> int:
        """Return a free port that is now ours."""
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((LOOPBACK, 0))
        port: int = holder.getsockname()[1]
        if sys.platform == "linux":
            self._held[port] = holder
        else:
            holder.close()
        return port

    def release(self, port: int) -> None:
        """Give one port back."""
        holder = self._held.pop(port, None)
        if holder:
            holder.close()

    def close(self) -> None:
        """Give all ports back."""
        for port in list(self._held):
            self.release(port)
