"""The relay of a slow TCP wire as a process, started again at the same port with the same delay."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio

from capsize.errors import CapsizeError
from capsize.runtime.child import Child
from capsize.runtime.host.relay import LISTENS
from capsize.runtime.tracebacks import tail
from capsize.runtime.wires.restart import Restarted


class RelayProcess(Restarted):
    """A relay at ``port``; ``words`` say where it leads and how slow that is, ``start`` starts one with its words."""

    def __init__(
        self,
        port: int,
        words: tuple[object, ...],
        folder: Path,
        run: Callable[[tuple[str, ...], Path], Awaitable[Child]],
        patience: float,
    ) -> None:
        super().__init__()
        self.port, self.words, self.run, self.patience = port, tuple(map(str, (port, *words))), run, patience
        self.log = folder / f"relay-{port}.log"

    async def launch(self) -> Child:
        self.log.unlink(missing_ok=True)
        return await self.run(self.words, self.log)

    async def serves(self) -> None:
        with anyio.move_on_after(self.patience):
            while LISTENS not in tail(self.log):
                if self.child.code is not None:
                    raise CapsizeError("the relay of a slow wire ended", evidence=tail(self.log, 5))
                await anyio.sleep(0.01)
            return
        raise CapsizeError("the relay of a slow wire did not listen", evidence=tail(self.log, 5))

    async def stop(self) -> None:
        """End it for good."""
        self.is_wanted = False
        if self.child.code is None:
            await self.child.stop(signal.SIGTERM, 1.0)
