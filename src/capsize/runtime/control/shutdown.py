"""The end of a container: its preStop hook, its stop signal, and SIGKILL when the grace period is over.

Source: Kubernetes, "Pod Lifecycle: Termination of Pods". The grace period counts from the start, the hook included; a
hook that used it up leaves a short extension, and so do the others of a pod. A hook that fails or overruns does not
keep the container alive.
"""

from __future__ import annotations

import functools
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import anyio

from capsize.runtime.child import Child
from capsize.runtime.probes.clients import ProbeTarget, ask
from capsize.runtime.time_scale import EXTENSION
from capsize.stack.model import Hook, Probe, Service

LONG = 2.0  # seconds of an end after which somebody who waits for it wants to know why
Tell = Callable[[str, str], object]


@dataclass(frozen=True)
class Shutdown:
    """How to end: the signal, the seconds from now on, the extension after a hook, and the hook if there is one.

    ``turn`` waits until it is this one's turn, in a pod whose containers end one after the other.
    """

    signal: int
    grace: float
    extension: float = EXTENSION
    hook: Callable[[float], Awaitable[str]] | None = None
    turn: Callable[[], Awaitable[None]] | None = None


class Ending(Protocol):
    """What an instance has to say of itself when it is to end."""

    service: Service
    wanted: str
    hurries: bool
    extension: float

    def probe_target(self, suffix: str = ".probe", port: int | None = None) -> ProbeTarget: ...


def shutdown(
    instance: Ending, child: Child, grace: float | None, wait_for_turn: Callable[[], Awaitable[None]]
) -> Shutdown:
    """Return how an instance's present container ends; ``grace`` is another period than its service's."""
    service = instance.service
    hook = service.pre_stop if not instance.hurries else None
    do = functools.partial(do_hook, hook, instance.probe_target(".hook", hook.port)) if hook else None
    waits = service.part == "sidecar" and instance.wanted == "gone"
    turn = wait_for_turn if waits else None
    number = getattr(signal, child.stop_signal if service.image else service.stop_signal)
    return Shutdown(number, service.stop_grace_period if grace is None else grace, instance.extension, do, turn)


async def terminate(child: Child, how: Shutdown, tell: Tell) -> None:
    """End a child, and tell of its hook and of a SIGKILL. Returns when it has ended."""
    deadline = anyio.current_time() + how.grace
    if how.hook and how.grace > 0:
        await _run_hook(child, how.hook, how.grace, tell)
    if how.turn:
        with anyio.move_on_after(deadline - anyio.current_time()):
            await how.turn()
    if (how.hook or how.turn) and how.grace > 0:
        deadline = max(deadline, anyio.current_time() + how.extension)
        if child.code is None:
            tell("sent", signal.Signals(how.signal).name)
    if child.code is None and not await _stop(child, how, max(0.0, deadline - anyio.current_time()), tell):
        tell("killed", f"did not end within {how.grace:g} s")


async def _stop(child: Child, how: Shutdown, grace: float, tell: Tell) -> bool:
    """Ask it to end; say so while it takes long, and whether it did."""

    async def say_so() -> None:
        await anyio.sleep(LONG)
        name, left = signal.Signals(how.signal).name, grace - LONG
        tell("is still running", f"{name} was sent {LONG:g} s ago; SIGKILL follows in {round(left, 1):g} s")

    async with anyio.create_task_group() as tasks:
        if grace > LONG:
            tasks.start_soon(say_so)
        has_ended = await child.stop(how.signal, grace)
        tasks.cancel_scope.cancel()
    return has_ended


async def _run_hook(child: Child, hook: Callable[[float], Awaitable[str]], grace: float, tell: Tell) -> None:
    """Run the hook while the container lives and the grace period lasts."""
    tell("runs its preStop hook", "")
    async with anyio.create_task_group() as tasks:

        async def run() -> None:
            with anyio.move_on_after(grace) as limit:
                said = await hook(grace)
                if said:
                    tell("preStop hook failed", said)
            if limit.cancelled_caught:
                tell("preStop hook cut off", f"the grace period of {grace:g} s is over")
            tasks.cancel_scope.cancel()

        tasks.start_soon(run)
        await child.wait()
        tasks.cancel_scope.cancel()


async def do_hook(hook: Hook, at: ProbeTarget, seconds: float) -> str:
    """Do what a hook says, within so many seconds; return what went wrong, or nothing."""
    if hook.kind == "sleep":
        await anyio.sleep(hook.seconds)
        return ""
    kind: Literal["exec", "http"] = "exec" if hook.kind == "exec" else "http"
    answer = await ask(Probe(kind, path=hook.path, port=hook.port, command=hook.command, timeout=seconds), at)
    return "" if answer.passed else answer.why
