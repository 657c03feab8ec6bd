"""The queues and the rules of a stack's brokers, read at most twice a second, for all who ask."""

from __future__ import annotations

import time
from collections.abc import Iterable

from capsize.runtime.control.instance import Instance
from capsize.runtime.queues import Queue, Rule

FRESH = 0.5  # seconds for which a reading serves everybody


class Queues:
    """The queues of a stack and the rules of its event buses, as they were read last."""

    def __init__(self) -> None:
        self.now: list[Queue] = []
        self.rules: list[Rule] = []
        self._read_at = float("-inf")

    async def read(self, instances: Iterable[Instance]) -> None:
        """Ask the brokers among the instances, unless they were asked just now."""
        if time.monotonic() - self._read_at < FRESH:
            return
        self._read_at = time.monotonic()
        brokers = [instance.plan.queues for instance in instances if instance.ready and instance.plan.queues]
        told = [one for ask in brokers for one in await ask()]
        self.now = [one for one in told if isinstance(one, Queue)]
        self.rules = [one for one in told if isinstance(one, Rule)]
