"""A circuit breaker: after some failures in a row it is open, and for a while no call should go out."""

from __future__ import annotations

import time


class Breaker:
    """Opens after ``failures`` in a row, for ``seconds``; then one call may go out, and its result decides."""

    def __init__(self, *, failures: int, seconds: float) -> None:
        self.failures, self.seconds = failures, seconds
        self._in_a_row, self._until = 0, 0.0

    @property
    def is_open(self) -> bool:
        """Return whether no call should go out. When the time is up, the first to ask may try; the others wait."""
        if self._in_a_row < self.failures:
            return False
        if time.monotonic() < self._until:
            return True
        self._until = time.monotonic() + self.seconds
        return False

    def heard(self, well: bool) -> None:
        """Take in whether a call succeeded."""
        self._in_a_row = 0 if well else self._in_a_row + 1
        if self._in_a_row == self.failures:
            self._until = time.monotonic() + self.seconds
