"""What waits in a stack's brokers: for each stream's bookmark what is under it, in flight, and delivered again.

A stream whose name begins with DEAD holds dead letters: it is one queue, whoever takes from it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capsize.runtime.control.instance import Instance

FRESH = 0.5  # seconds for which a reading serves everybody


@dataclass(frozen=True)
class Queue:
    """A bookmark in a stream, or a stream without one. ``waiting`` was not delivered yet; ``in_flight`` was, and is
    neither acknowledged nor given up; ``redelivered`` of those were delivered before.
    """

    stream: str
    name: str
    waiting: int
    in_flight: int = 0
    redelivered: int = 0
    dead: bool = False


class Queues:
    """The queues of a stack, as they were read last."""

    def __init__(self) -> None:
        self.now: list[Queue] = []
        self._read_at = float("-inf")

    async def read(self, instances: Iterable[Instance]) -> None:
        """Ask the brokers among the instances, unless they were asked just now."""
        if time.monotonic() - self._read_at < FRESH:
            return
        self._read_at = time.monotonic()
        brokers = [instance.plan.queues for instance in instances if instance.ready and instance.plan.queues]
        self.now = [queue for ask in brokers for queue in await ask()]


def queues_of(stream: Mapping[str, Any], bookmarks: Iterable[Mapping[str, Any]]) -> list[Queue]:
    """Read JetStream's description of a stream and of its consumers."""
    name, held = stream["config"]["name"], stream["state"]["messages"]
    if name.upper().startswith("DEAD"):
        return [Queue(name, "", held, dead=True)]
    found = [
        Queue(name, one["name"], one["num_pending"], one["num_ack_pending"], one["num_redelivered"])
        for one in bookmarks
    ]
    return found or [Queue(name, "", held)]
