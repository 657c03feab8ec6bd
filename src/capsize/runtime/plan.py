"""How an instance comes to life in its place, and who says that it is ready."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capsize.runtime.child import Child
from capsize.runtime.queues import Broker

Beside = Callable[[tuple[str, ...], Path, float], Awaitable[Child]]


async def _nothing() -> None:
    """Leave nothing to be done."""


@dataclass(frozen=True)
class Plan:
    """What an instance can be asked for, by its place. ``code`` is the host's folder whose files it runs.

    ``start`` starts it anew, with its words in a log. ``beside`` runs a command where it runs, with a log and the most
    seconds that it may take. ``ready`` is the instance's own say about readiness: backing services have one.
    """

    start: Callable[[Path], Awaitable[Child]]
    beside: Beside
    folder: Path
    code: Path
    ready: Callable[[], Awaitable[bool]] | None = None
    is_contained: bool = False  # its port is published by a proxy, and a command beside it costs
    leave: Callable[[], Awaitable[None]] = _nothing  # takes away what is left of it once it is gone for good
    sweep: Callable[[], None] = lambda: None  # removes what a killed program leaves outside its folder
    tend: Callable[[Callable[[str, str], None]], Coroutine[Any, Any, None]] | None = None  # looks after it as it runs
    queues: Callable[[], Awaitable[Sequence[Broker]]] | None = None  # says what waits in it

    @property
    def eager(self) -> float:
        """Seconds between probes until the first that passes, by Compose's rules."""
        return 0.1 if self.is_contained else 0.02
