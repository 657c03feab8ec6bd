"""The three probes of one container, by Kubernetes' rules: startup first, then liveness and readiness side by side.

Sources: Kubernetes, "Pod Lifecycle: Container probes" and "Configure Liveness, Readiness and Startup Probes"; where
they leave it open, the kubelet's probe worker: delays count from the container's start, a period is from one question
to the next, and a container that liveness or startup gave up is asked no more. Whose pod is being deleted is asked by
readiness alone (kubernetes/kubernetes pull requests 98571 and 110191).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import anyio

from capsize.runtime.probes.clients import ProbeResult
from capsize.stack.model import Probe, Service

Kind = Literal["startup", "liveness", "readiness"]
BEFORE: dict[Kind, bool] = {
    "startup": False,
    "liveness": True,
    "readiness": False,
}  # what holds before the first answer


@dataclass
class ProbeStatus:
    """What a probe has said so far: its last answer, how often in a row, and what follows from it (``holds``).

    ``answers`` counts all of them, since the container's start.
    """

    kind: Kind
    probe: Probe
    holds: bool
    passed: bool | None = None
    streak: int = 0
    why: str = "not asked yet"
    answers: int = 0

    def hear(self, answer: ProbeResult) -> bool:
        """Take in an answer; return whether a threshold has just been met, either way."""
        self.streak = self.streak + 1 if answer.passed == self.passed else 1
        self.passed, self.why, self.answers = answer.passed, answer.why, self.answers + 1
        needed = self.probe.success_threshold if answer.passed else self.probe.failure_threshold
        if self.streak < needed:
            return False
        self.holds = answer.passed
        return True

    def __str__(self) -> str:
        return f"{self.streak} in a row: {self.why}"

    @property
    def needed(self) -> int:
        """How many answers like the last one it takes."""
        return self.probe.failure_threshold if self.passed is False else self.probe.success_threshold

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("kind", "passed", "streak", "needed", "holds", "why")}


@dataclass
class ContainerProbes:
    """The probes of a service's container from one start to its end. ``ask`` asks one question.

    ``heard`` is told of every answer, ``started`` of the moment at which the container counts as started; ``leaving``
    says whether it was asked to end.
    """

    service: Service
    ask: Callable[[Kind, Probe], Awaitable[ProbeResult]]
    heard: Callable[[ProbeStatus], None]
    started: Callable[[], None]
    leaving: Callable[[], bool]
    standings: dict[Kind, ProbeStatus] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind, holds in BEFORE.items():
            probe = getattr(self.service, kind)
            if probe:
                self.standings[kind] = ProbeStatus(kind, probe, holds)

    async def give_up(self) -> ProbeStatus:
        """Watch the container until its startup or liveness probe has failed, and return which; else for ever."""
        began = anyio.current_time()
        startup = self.standings.get("startup")
        if startup and not await self._watch(startup, began, until=True):
            return startup
        self.started()
        async with anyio.create_task_group() as tasks:
            if readiness := self.standings.get("readiness"):
                tasks.start_soon(self._watch, readiness, began)
            if liveness := self.standings.get("liveness"):
                await self._watch(liveness, began, until=False)
            else:
                await anyio.sleep_forever()
            tasks.cancel_scope.cancel()
        return self.standings["liveness"]

    async def _watch(self, standing: ProbeStatus, began: float, until: bool | None = None) -> bool:
        """Ask by the probe's times until it holds as ``until`` says, or for a startup probe has failed."""
        await anyio.sleep_until(began + standing.probe.initial_delay)
        while True:
            asked = anyio.current_time()
            answer = await self.ask(standing.kind, standing.probe)
            if standing.kind != "readiness" and self.leaving():
                await anyio.sleep_forever()
            has_met = standing.hear(answer)
            self.heard(standing)
            if has_met and (standing.kind == "startup" or standing.holds is until):
                return standing.holds
            await anyio.sleep_until(asked + standing.probe.period)
