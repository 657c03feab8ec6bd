"""A sidecar's question to its control plane, as Envoy asks it (xDS): which version it has, and of what. And news."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """Who asks, for which ``kind`` (routes, endpoints) and names, and the version that is in force there; "" for none.

    A sidecar asks again whenever it has been answered. An answer that it refuses leaves the version as it was.
    """

    caller: str
    kind: str
    names: tuple[str, ...]
    version: str

    @property
    def who(self) -> tuple[str, str, tuple[str, ...]]:
        """The one that asks for these things: a sidecar asks for each kind, and each cluster's endpoints, apart."""
        return self.caller, self.kind, self.names

    @property
    def name(self) -> str:
        """What people call that: "orders routes"."""
        return f"{self.caller} {self.kind}"


class News:
    """A bell: some wait until something has happened, others ring when it may have."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def tell(self) -> None:
        """Wake all that wait."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, happened: Callable[[], bool], seconds: float) -> None:
        """Wait until something has happened, but only so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not happened():
                    await self._rung.wait()
