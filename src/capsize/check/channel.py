"""The wire from a check's process to the one that asked for it: one JSON object a line, over a socket pair.

Only the two of them hold it. A learner's service runs below the nursery, which does not inherit it, so nothing that a
service prints, writes or exits with can pass for a verdict.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Any, cast


class Reporter:
    """The check's end. When the other end is gone, nobody waits for a verdict, and the process group ends."""

    def __init__(self, number: int) -> None:
        os.set_inheritable(number, False)
        self.wire = socket.socket(fileno=number)
        threading.Thread(target=self._watch, name="capsize-asker", daemon=True).start()

    def tell(self, **words: Any) -> None:
        self.wire.sendall(json.dumps(words).encode() + b"\n")

    def _watch(self) -> None:
        if not self.wire.recv(1):
            os.killpg(0, signal.SIGKILL)


def hear(wire: socket.socket) -> Iterator[dict[str, Any]]:
    """Yield what the check tells until its process ends. Raises TimeoutError by the wire's own timeout."""
    rest = b""
    while data := wire.recv(65536):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield cast(dict[str, Any], json.loads(line))
