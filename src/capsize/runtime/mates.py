"""The ports of pods: those who share a network know each other's before any of them starts, and keep them.

On one machine all share 127.0.0.1, so a pod's localhost is made by telling each member where the others really are.
"""

from __future__ import annotations

from collections.abc import Mapping

from capsize.runtime.ports import Ports
from capsize.stack.model import Stack


class Mates:
    """The services of one stack that live in pods with others, and a port of this machine for each."""

    def __init__(self, stack: Stack, ports: Ports) -> None:
        together = [name for name in stack.services if len(stack.pod(name)) > 1]
        self._stack, self._at = stack, {name: ports.reserve() for name in together}

    def port(self, name: str) -> int | None:
        """Return the port of a service that lives in a pod, the same at each of its starts."""
        return self._at.get(name)

    @property
    def addresses(self) -> Mapping[tuple[str, str, int], int]:
        """Where in a pod one reaches another, by (who calls, who listens, the port that the file says)."""
        return {
            (caller, listening, inside): self._at[listening]
            for caller in self._at
            for listening in self._stack.pod(caller)
            if (inside := self._stack.services[listening].listens)
        }
