"""Counts what was sent and what came back, in buckets of 250 ms that are written as soon as they are full.

A request is counted as sent when it starts, as succeeded or failed when it ends. The number in flight is integrated
exactly, from start to start and stop to stop, never sampled. Times are this machine's monotonic clock.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

WIDTH = 0.25
MOST_NAMES, MOST_REASONS = 60, 40
OTHER = "(other)"


class Counters:
    """What came back under one name: latencies in microseconds of successes and of failures, and the reasons."""

    def __init__(self) -> None:
        self.succeeded: list[int] = []
        self.failed: list[int] = []
        self.reasons: Counter[str] = Counter()


class Meter:
    """The clock and the counters of one run. ``say`` takes one message, a dict."""

    def __init__(
        self,
        say: Callable[[dict[str, Any]], None],
        clock: Callable[[], float] = time.monotonic,
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        self.say, self.clock, self.cpu = say, clock, cpu
        self.names: set[str] = set()
        self.reasons: set[str] = set()
        self.flying = self.sent_in_all = 0
        self.closed = False

    def begin(self, seconds: float) -> None:
        """Start the clock; the run is over ``seconds`` from now unless ``close`` comes first."""
        self.start = self.since = self.edge = self.clock()
        self.limit, self.spent, self.buckets = self.start + seconds, self.cpu(), 0
        self._open()
        self.say({"kind": "begin", "at": self.start})

    @property
    def over(self) -> bool:
        """Tell whether the time is up: nothing that starts now belongs to the run."""
        return self.closed or self.clock() >= self.limit

    def tick(self) -> None:
        """Write the buckets that are full by now."""
        self._advance(self.clock())

    def departed(self) -> None:
        """Count a request that starts."""
        self.tick()
        self.flying += 1
        self._count(1)

    def landed(self) -> None:
        """Count a request that is no longer in flight."""
        self.tick()
        self.flying -= 1

    def flew(self, seconds: float) -> None:
        """Count a request that was not seen to start: another protocol's, known only by its end."""
        self.tick()
        self.area += seconds
        self._count(1)

    def answered(self, name: str, milliseconds: float, reason: str | None) -> None:
        """Note how a request ended; after the time is up it still belongs to the last bucket."""
        self.tick()
        tally = self.tallies.setdefault(_kept(name, self.names, MOST_NAMES), Counters())
        latency = round(milliseconds * 1000)
        if reason is None:
            tally.succeeded.append(latency)
            return
        tally.failed.append(latency)
        tally.reasons[_kept(reason, self.reasons, MOST_REASONS)] += 1

    def close(self) -> None:
        """Stop the clock. Answers to what is in flight still count until ``end``."""
        self.limit = min(self.limit, self.clock())
        self._advance(self.limit)
        self.closed = True

    def end(self, mistakes: dict[str, int]) -> None:
        """Write the last bucket, and that it was the last."""
        self._write(self.limit)
        self.say({"kind": "end", "seconds": self.limit - self.start, "mistakes": mistakes})

    def _advance(self, now: float) -> None:
        if self.closed:
            return
        now = min(now, self.limit)
        while now >= self.edge and self.edge < self.limit - 1e-6:
            self._write(self.edge)
            self._open()
        self._integrate(now)

    def _integrate(self, now: float) -> None:
        if now > self.since:
            self.area += self.flying * (now - self.since)
            self.since = now

    def _open(self) -> None:
        self.begun, self.sent, self.area = self.edge, 0, 0.0
        self.tallies: dict[str, Counters] = {}
        self.buckets += 1
        self.edge = self.start + self.buckets * WIDTH

    def _write(self, until: float) -> None:
        self._integrate(until)
        width, spent = until - self.begun, self.cpu()
        busy, self.spent = spent - self.spent, spent
        if width > 0:
            self.say(self._bucket(width, busy))

    def _bucket(self, width: float, busy: float) -> dict[str, Any]:
        return {
            "kind": "bucket",
            "at": round(self.begun - self.start, 6),
            "seconds": round(width, 6),
            "sent": self.sent,
            "in_flight": round(self.area / width, 4),
            "cpu": round(busy / width, 4),
            "requests": {n: [t.succeeded, t.failed, dict(t.reasons)] for n, t in self.tallies.items()},
        }

    def _count(self, requests: int) -> None:
        self.sent += requests
        self.sent_in_all += requests


def _kept(word: str, known: set[str], most: int) -> str:
    if word not in known:
        if len(known) >= most:
            return OTHER
        known.add(word)
    return word
