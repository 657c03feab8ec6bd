"""What a check was waiting for when its time was over: the one thing that a learner can be told then."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Wait:
    """What was expected, and the acceptance line that it belongs to; 0 for none."""

    what: str
    line: int = 0


_given_up: list[Wait] = []


@contextmanager
def awaiting(what: str, line: int = 0) -> Iterator[None]:
    """Note what a block waits for, in case the check's time ends within it; what the check itself cancels is not."""
    import anyio

    try:
        yield
    except asyncio.CancelledError:
        if anyio.current_effective_deadline() == -math.inf:
            _given_up.append(Wait(what, line))
        raise


def begin() -> None:
    """Forget what an earlier check waited for."""
    _given_up.clear()


def first() -> Wait | None:
    """Return what was given up first, which is the innermost of what was awaited; None where nothing was."""
    return _given_up[0] if _given_up else None
