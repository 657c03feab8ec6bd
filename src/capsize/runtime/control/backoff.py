"""Whether an instance is started again, and after which wait, as its service's restart policy has it.

Kubernetes starts a crashed container again at once, then after ever longer waits ("Pod Lifecycle: How Pods handle
problems with containers"); Docker, and a Job's retries, wait from the first time on.
"""

from __future__ import annotations

from typing import Protocol

from capsize.stack.model import Service


class Ended(Protocol):
    """An instance that has ended."""

    service: Service
    has_started: bool
    is_kubernetes: bool


def may_come_up(instance: Ended) -> bool:
    """Say whether another try may end otherwise.

    It may for one that was up, in a cluster, where nothing orders starts, and where the file asks for tries by
    ``on-failure``. With ``always`` a mistake in somebody's file is said at once, and not after minutes of tries.
    """
    asked = instance.service.restart.policy == "on-failure"
    return instance.has_started or instance.is_kubernetes or asked


class Backoff:
    """The next wait of one instance, in seconds; a long enough run begins the row again."""

    def __init__(self, service: Service) -> None:
        self.restart, self.runs_once = service.restart, service.runs_once
        self.first = 0.0 if service.rollout else self.restart.first_backoff
        self.wait = self.first

    def allows(self, code: int, restarts: int) -> bool:
        """Say whether an instance that ended with ``code``, after so many restarts, is started again."""
        if self.restart.policy == "no":
            return False
        if self.restart.policy == "on-failure" or self.runs_once:
            return code != 0 and (self.restart.attempts is None or restarts < self.restart.attempts)
        return True

    def next(self, ran: float) -> float:
        """Return the wait after a run of so many seconds."""
        if ran > self.restart.forgiven_after:
            self.wait = self.first
        wait = self.wait
        self.wait = min(wait * 2 or self.restart.first_backoff, self.restart.longest_backoff)
        return wait
