"""Waiting for what a check needs before it can go on, and the two ends of a wait that was for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from capsize.check.given_up import awaiting
from capsize.check.judge import Refusal
from capsize.check.kit.machine_load import Neighbours
from capsize.errors import CapsizeError
from capsize.waiting import came_true

MEASURED_FROM = 1.0  # seconds of a wait after which it is measured what else this machine does


async def until(
    condition: Callable[[], object],
    what: str,
    *,
    within: float,
    evidence: object = (),
    at: str | None = None,
    line: int = 0,
) -> Any:
    """Return what a condition gives once it is true; a function or a coroutine function, asked for ``within`` seconds.

    Raise Refusal where it does not come true: ``what`` was expected, and the acceptance line of that number is broken.
    Raise CapsizeError instead where other programs kept this machine so busy meanwhile that nothing can be judged.
    """
    first = min(within / 2, MEASURED_FROM)
    with awaiting(what, line):
        if found := await came_true(condition, first):
            return found
        neighbours = Neighbours()
        if found := await came_true(condition, within - first):
            return found
    if reason := await asyncio.to_thread(neighbours.reason):
        raise too_busy(f"not within {within:g} s: {what}", reason)
    raise Refusal(expected=what, got=f"not within {within:g} s", evidence=evidence, look=at, line=line)


def too_busy(*evidence: str) -> CapsizeError:
    """Return the error of a check that cannot judge, because this machine is at something else."""
    return CapsizeError(
        "this machine is too busy with something else to judge this",
        evidence=evidence,
        next="close what else is running, and check again",
    )
