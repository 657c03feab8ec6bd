"""The feed: one daemon thread that looks at a stack four times a second and hands on what changed."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capsize.session.running import RunningStack

Snapshot = Mapping[str, Any]
PERIOD = 0.25  # seconds between two looks
LINES = 60  # of a log that somebody reads beside it
BEAT = 1.0  # seconds after which an unchanged picture is sent all the same, as a sign of life


class Feed(threading.Thread):
    """Look and hand on until the stack is down, gone, or ``stop`` is called. ``show`` is called in this thread."""

    def __init__(self, stack: weakref.ref[RunningStack], show: Callable[[Snapshot], None]) -> None:
        super().__init__(name="capsize-board", daemon=True)
        self._stack, self._show = stack, show
        self._woken, self._over = threading.Event(), False
        self._last: Snapshot = {"state": "down"}
        self._sent_at = float("-inf")

    def run(self) -> None:
        while not self._over:
            snapshot = self._look()
            if self._is_news(snapshot):
                self._send(snapshot)
            if snapshot["state"] == "down":
                return
            self._woken.wait(PERIOD)

    def wake(self) -> None:
        """Look now, and send whatever is seen."""
        self._sent_at = float("-inf")
        self._woken.set()

    def stop(self) -> None:
        self._over = True
        self._woken.set()

    def _look(self) -> Snapshot:
        self._woken.clear()
        stack = self._stack()
        try:
            return stack.snapshot() if stack else {**self._last, "state": "down"}
        except Exception as error:  # a stack that is going down under us; the next look sees it down
            return {**self._last, "state": f"not to be seen: {error}"}

    def _is_news(self, snapshot: Snapshot) -> bool:
        return is_news(snapshot, self._last, self._sent_at)

    def _send(self, snapshot: Snapshot) -> None:
        self._last, self._sent_at = snapshot, time.monotonic()
        self._show(snapshot)


def is_news(snapshot: Snapshot, last: Snapshot, sent_at: float) -> bool:
    """Say whether a picture is to be sent: it shows something else than the last one, or that one is a beat old."""
    return _still(snapshot) != _still(last) or time.monotonic() - sent_at >= BEAT


def _still(snapshot: Snapshot) -> dict[str, Any]:
    """The picture without its clock."""
    return {name: value for name, value in snapshot.items() if name != "seconds"}
