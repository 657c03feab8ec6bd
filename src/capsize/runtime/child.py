"""What a place has started for a stack: a process, a container, a command run beside one."""

from __future__ import annotations

import signal
from abc import ABC, abstractmethod

import anyio


class Child(ABC):
    """Something that runs, with a ``pid``, or has ended, with a ``code``: its exit code, negative for a signal.

    ``stop_signal`` is the signal by which it wants to be asked to end. One that ``dumps`` says where it is on SIGUSR1.
    """

    dumps = True

    def __init__(self, stop_signal: str = "SIGKILL") -> None:
        self.stop_signal = stop_signal
        self.pid: int | None = None
        self.code: int | None = None
        self.why = ""  # what is known of its end beside its code
        self.ended = anyio.Event()

    @abstractmethod
    def signal(self, number: int, *, group: bool = False) -> None:
        """Send a signal, to all of its processes if asked; a child that has ended takes none."""

    @abstractmethod
    async def hit(self, number: int) -> None:
        """Send a signal to all of it, and wait until it is delivered."""

    async def wait(self) -> int:
        """Wait for the end and return the exit code."""
        await self.ended.wait()
        return -1 if self.code is None else self.code

    async def stop(self, number: int, grace: float) -> bool:
        """Ask it to end; after ``grace`` seconds end it. Return whether it ended when asked."""
        self.signal(number)
        with anyio.move_on_after(grace):
            await self.ended.wait()
            return True
        self.signal(signal.SIGKILL, group=True)
        with anyio.move_on_after(5):
            await self.ended.wait()
        return False


def ending(code: int) -> str:
    """Say how a child ended."""
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
