"""When each user may send: at once (a closed loop), or at its own slots (a paced run).

A paced run of ``rate`` requests per second has a slot every 1/rate seconds; slot j belongs to user j mod ``users``, so
that users never send in step. A user that still waits for an answer lets its slots pass; when the answer comes, it
sends at once for the last of them alone. The others were offered and not sent. This is Locust's constant_throughput,
but counted in requests instead of in tasks, and it does not drift.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property

SLACK = 1e-9
GOLDEN = 0.618
MOMENT = 0.001


@dataclass(frozen=True)
class Schedule:
    """``users`` join evenly over ``ramp`` seconds and share ``rate`` requests per second; None is a closed loop."""

    users: int
    rate: float | None
    ramp: float

    @cached_property
    def stride(self) -> int:
        """Give the step at which users join: near the golden ratio, so that neighbours join far apart.

        Else users of one class, or those with neighbouring slots, would all join first.
        """
        near = range(round(self.users * GOLDEN), 2 * self.users + 1)
        return next((step for step in near if math.gcd(step, self.users) == 1), 1)

    def starts(self, number: int) -> float:
        """Say at which second a user joins."""
        return self.ramp * (number * self.stride % self.users) / self.users

    def first(self, number: int) -> float:
        """Say at which second a user sends first: as it joins, or at its first slot after that."""
        joins = self.starts(number)
        if self.rate is None:
            return joins
        passed = math.ceil(max(0.0, (joins * self.rate - number) / self.users - SLACK))
        return (number + passed * self.users) / self.rate

    @property
    def interval(self) -> float:
        """Give the seconds between two slots of one user; 0 in a closed loop."""
        return self.users / self.rate if self.rate else 0.0

    def offered(self, seconds: float, width: float) -> list[int]:
        """Count the slots in each ``width`` of the run."""
        counts = [0] * math.ceil(seconds / width - SLACK)
        for slot in range(math.ceil((self.rate or 0.0) * seconds - SLACK)):
            at = slot / (self.rate or 1.0)
            if at >= self.starts(slot % self.users) - SLACK:
                counts[min(int(at / width + SLACK), len(counts) - 1)] += 1
        return counts


@dataclass
class Turn:
    """When a user's next request is due, and what it has sent since the last one was."""

    due: float
    requests: int = 0


class Pace:
    """Keeps the turns of all users. ``sleep`` and ``clock`` are the driver's."""

    def __init__(self, plan: Schedule, clock: Callable[[], float], sleep: Callable[[float], object]) -> None:
        self.plan, self.clock, self.sleep = plan, clock, sleep
        self.turns: dict[Hashable, Turn] = {}
        self.admitted = 0

    def admit(self, start: float, *keys: Hashable) -> bool:
        """Hold a user until its first request is due; tell whether it is new. ``count`` may know it by any of ``keys``.

        What it sends as it comes in, to log in, say, takes its first slots: it has to wait for its next one after that.
        """
        if keys[0] in self.turns:
            return False
        turn = Turn(start + self.plan.first(self.admitted))
        self.admitted += 1
        self.turns.update(dict.fromkeys(keys, turn))
        self.sleep(max(0.0, turn.due - self.clock()))
        return True

    def count(self, *keys: Hashable) -> None:
        """Note that a user sends a request."""
        for key in keys:
            if key in self.turns:
                self.turns[key].requests += 1
                return

    def wait(self, key: Hashable) -> float:
        """Give the seconds until a user's next task: 0 when it is late for its slot, or when nothing paces it.

        A task that sent nothing leaves its slot to the next one, after a moment that keeps it from spinning.
        """
        turn, interval, now = self.turns[key], self.plan.interval, self.clock()
        turn.due += interval * turn.requests
        least = 0.0 if turn.requests else MOMENT
        turn.requests = 0
        if interval and now > turn.due:
            turn.due += (now - turn.due) // interval * interval  # whole slots have passed; the last one is still sent
        return max(least, turn.due - now) if interval else least
