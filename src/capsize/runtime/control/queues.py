"""The queues of a stack's brokers, read at most twice a second whoever asks."""

from __future__ import annotations

import time
from collections.abc import Iterable

from capsize.runtime.control.instance import Instance
from capsize.runtime.queues import Queue

FRESH = 0.5  # seconds for which a reading serves everybody


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
