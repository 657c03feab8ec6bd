"""The forms of a fault: what one partner may do to another is never one thing.

A check goes through them in one stack, ``for form in forms(edge): async with form: ...``. An answer that survives only
the form that a lab shows is not right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from capsize.session.handles import EdgeHandle, InstanceHandle

REFUSED, HANGS, LOST = "refuses connections", "does not answer", "does what it is asked, and the answer is lost"
LONGER_THAN_ANYBODY_WAITS = 60_000  # milliseconds: as long as a wire can delay a request

Fault = Callable[[], AbstractContextManager[Any]]
Reached = Callable[[], Awaitable[object]]


class Form:
    """One form of a fault, as long as its block; ``name`` says it in a learner's words, ``answers 503``.

    It may be entered again. ``reached`` is awaited first: the moment at which the fault strikes.
    """

    def __init__(self, name: str, faults: Sequence[Fault], reached: Reached | None = None) -> None:
        self.name, self.faults, self.reached = name, faults, reached
        self._undo = ExitStack()

    async def __aenter__(self) -> Self:
        if self.reached:
            await self.reached()
        with ExitStack() as undo:
            for fault in self.faults:
                undo.enter_context(await asyncio.to_thread(fault))
            self._undo = undo.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._undo.close)

    def __repr__(self) -> str:
        return f"<{self.name}>"


def forms(edge: EdgeHandle, *paused: InstanceHandle) -> list[Form]:
    """List the forms in which the called end of an edge may fail its caller.

    HTTP: connections are refused, no answer within a minute, a lost answer (504), 503, and 504 without any work done.
    TCP: connections are refused. Where instances are named to be ``paused``, that is how no answer is given.
    """
    refused = Form(REFUSED, [edge.cut])
    hung = Form(HANGS, [one.pause for one in paused] or [lambda: edge.delay(LONGER_THAN_ANYBODY_WAITS)])
    if edge.protocol == "tcp":
        return [refused, hung] if paused else [refused]
    return [refused, hung, Form(LOST, [edge.lose]), _answering(edge, 503), _answering(edge, 504)]


def deaths(*instances: InstanceHandle, **points: Reached) -> list[Form]:
    """List the moments at which a process may die, by their names: ``before_the_charge=…``, each awaited first.

    All the instances are killed at that moment; after the block they are started again and ready.
    """
    kills = [one.kill for one in instances]
    return [Form(f"dies {name.replace('_', ' ')}", kills, reached) for name, reached in points.items()]


def _answering(edge: EdgeHandle, status: int) -> Form:
    return Form(f"answers {status}", [lambda: edge.fail(status)])
