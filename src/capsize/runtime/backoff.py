"""The waits before an instance is started again, as its service's restart policy has them.

Kubernetes starts a crashed container again at once, then after ever longer waits ("Pod Lifecycle: How Pods handle
problems with containers"); Docker, and a Job's retries, wait from the first time on.
"""

from __future__ import annotations

from capsize.stack.model import Service


class Backoff:
    """The next wait of one instance, in seconds; a long enough run begins the row again."""

    def __init__(self, service: Service) -> None:
        self.restart = service.restart
        self.first = 0.0 if service.rollout else self.restart.first_backoff
        self.wait = self.first

    def next(self, ran: float) -> float:
        """Return the wait after a run of so many seconds."""
        if ran > self.restart.forgiven_after:
            self.wait = self.first
        wait = self.wait
        self.wait = min(wait * 2 or self.restart.first_backoff, self.restart.longest_backoff)
        return wait
