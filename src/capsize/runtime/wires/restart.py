"""What carries the wires is started again whenever it ends, after ever longer waits where it ends at once."""

from __future__ import annotations

import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

import anyio

from capsize.errors import CapsizeError
from capsize.runtime.child import Child, ending

FIRST, LONGEST = 0.5, 10.0  # seconds of the second wait and at most; the first start is tried at once
STEADY = 10.0  # seconds of a run after which the row of waits begins again

Tell = Callable[[str, str], object]


class Restarted(ABC):
    """A process that ``keep`` starts again until it is let go. ``up`` is set while it serves.

    ``starts`` counts its lives; ``why`` says how the last one ended.
    """

    def __init__(self) -> None:
        self.up, self.is_wanted = anyio.Event(), True
        self.starts, self.why = 0, ""
        self.child: Child
        self._wait = 0.0

    @abstractmethod
    async def launch(self) -> Child:
        """Start the process."""

    @abstractmethod
    async def serves(self) -> None:
        """Wait until it serves. Raise CapsizeError if it does not, or ends before."""

    async def start(self) -> None:
        """Start it and wait until it serves. Raise CapsizeError with its last words if it does not."""
        self.starts += 1
        self.child = await self.launch()
        await self.serves()
        self.up.set()

    async def keep(self, tell: Tell) -> None:
        """Start it again whenever it ends; ``tell`` takes what happened, and why. Ends with the stack's spawner."""
        await self.up.wait()
        while True:
            began = time.monotonic()
            code = await self.child.wait()
            if self.child.code is None or not self.is_wanted:
                return
            self.up, self.why = anyio.Event(), ending(code)
            tell("crashed", self.why)
            if time.monotonic() - began > STEADY:
                self._wait = 0.0
            await self._come_back(tell)

    async def _come_back(self, tell: Tell) -> None:
        since = time.monotonic()
        while self.is_wanted and not self.up.is_set():
            await anyio.sleep(self._wait)
            self._wait = min(self._wait * 2 or FIRST, LONGEST)
            try:
                await self.start()
            except CapsizeError as error:
                tell("did not start", "; ".join([error.what, *error.evidence[-1:]]))
        if not self.is_wanted:
            self.child.signal(signal.SIGKILL, group=True)  # it was let go while it started
            return
        tell("ready", f"again, after {time.monotonic() - since:.1f} s")
