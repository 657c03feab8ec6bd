"""What wakes those who wait for something about a stack's instances, instead of looking again and again."""

from __future__ import annotations

from collections.abc import Callable

import anyio


class Changes:
    """The changes of one stack. Whoever changes what others may wait for marks it."""

    def __init__(self) -> None:
        self._next = anyio.Event()

    def mark(self) -> None:
        """Wake everybody who waits: something has changed."""
        due, self._next = self._next, anyio.Event()
        due.set()

    async def until(self, holds: Callable[[], object]) -> None:
        """Return when a condition holds. It is tried now, and after each change; the caller sets the limit."""
        while not holds():
            await self._next.wait()
