"""Readiness by Compose's rules: one question, asked of an instance again and again as long as it runs.

The healthcheck is the question; without one it is whether somebody listens, and a backing service answers for itself.
"""

from __future__ import annotations

from typing import Protocol

import anyio

from capsize.runtime.plan import Plan
from capsize.runtime.probes.clients import ProbeResult, ProbeTarget, ask
from capsize.stack.model import Probe, Service


class Asked(Protocol):
    """What an instance has to offer whoever asks it."""

    service: Service
    plan: Plan
    state: str
    ready: bool
    why: str
    is_worker: bool

    def probe_target(self) -> ProbeTarget: ...

    def set_ready(self, ready: bool) -> None: ...


async def keep_asking(instance: Asked) -> None:
    """Ask until cancelled, and tell the instance what follows from the answers."""
    probe = instance.service.readiness
    await anyio.sleep(probe.initial_delay if probe else 0)
    failures = successes = 0
    while True:
        answer = await _ask(instance, probe)
        failures, successes = (0, successes + 1) if answer.passed else (failures + 1, 0)
        instance.why = answer.why
        if answer.passed and successes >= (probe.success_threshold if probe else 1):
            instance.set_ready(True)
        elif instance.ready and failures >= (probe.failure_threshold if probe else 3):
            instance.set_ready(False)
        await anyio.sleep(instance.plan.eager if instance.state == "starting" else probe.period if probe else 2.0)


async def _ask(instance: Asked, probe: Probe | None) -> ProbeResult:
    if instance.plan.ready:
        with anyio.move_on_after(1.0):
            return ProbeResult(await instance.plan.ready(), "answers")
        return ProbeResult(False, "no answer within 1 s")
    if instance.is_worker and not probe:
        return ProbeResult(True, "runs")
    if instance.state == "starting" and probe and probe.kind == "exec" and instance.service.listens:
        answer = await _ask(instance, None)  # a command costs a process: not before there is somebody to ask
        if not answer.passed:
            return answer
    return await ask(probe or Probe("tcp"), instance.probe_target())
