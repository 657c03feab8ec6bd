"""A circuit breaker: after so many failures in a row it is open, and who asks it calls nobody for a while."""

from __future__ import annotations

import time


class Breaker:
    """Opens after ``failures`` in a row, for ``seconds``; then one may try, and what that one hears decides."""

    def __init__(self, *, failures: int, seconds: float) -> None:
        self.failures, self.seconds = failures, seconds
        self._in_a_row, self._until = 0, 0.0

    @property
    def is_open(self) -> bool:
        """Say whether to call nobody. Where the time is up, the first who asks may try, and the others wait on."""
        if self._in_a_row < self.failures:
            return False
        if time.monotonic() < self._until:
            return True
        self._until = time.monotonic() + self.seconds
        return False

    def heard(self, well: bool) -> None:
        """Hear how a call went."""
        self._in_a_row = 0 if well else self._in_a_row + 1
        if self._in_a_row == self.failures:
            self._until = time.monotonic() + self.seconds
