"""Whose an instance's port is: it is open while a start lasts, and another user's process may be quicker than ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import anyio

from capsize.runtime.child import Child
from capsize.runtime.control.timeline import Timeline
from capsize.runtime.ports import LOOPBACK, Ports

LOOK_FIRST, LOOK_LATER = 0.02, 0.5  # seconds between two looks at first, and at most


class PortWatch:
    """The port of one instance. ``is_ours`` is whether what listens there was seen to be; ``thief`` says who else.

    An instance that ``listens`` to nobody needs none; ``called`` says whether a wire leads there.
    """

    def __init__(self, ports: Ports, port: int, *, listens: bool, called: Callable[[], bool]) -> None:
        self.ports, self.port, self.called = ports, port, called
        self.opens = ports.kept and listens
        self.is_ours, self.thief = not self.opens, ""

    async def begin(self, gives_up: Callable[[], bool]) -> None:
        """Open the port for a program that is about to start, once no wire leads to the one before any more."""
        if not self.opens:
            return
        self.is_ours, self.thief = False, ""
        while self.called() and not gives_up():
            await anyio.sleep(LOOK_FIRST / 2)
        self.ports.lend(self.port)

    def end(self) -> None:
        """Shut it: the program has ended."""
        self.ports.take_back(self.port)

    def look(self, child: Child) -> bool:
        """Return whether it is known who listens: the program, and then nobody else can; or a thief."""
        uid = None if self.is_ours else self.ports.listener(self.port)
        if uid == child.uid:
            self.is_ours = True
            self.ports.take_back(self.port)
        elif uid is not None:
            self.thief = f"a process of another user (uid {uid}) listens at {LOOPBACK}:{self.port}"
        return self.is_ours or bool(self.thief)

    def is_thieved(self, child: Child | None) -> bool:
        """Return whether another user's process listens in place of the program."""
        return child is not None and self.look(child) and not self.is_ours


class Listening(Protocol):
    """What an instance has to offer whoever looks after its port."""

    name: str
    door: PortWatch
    child: Child | None
    timeline: Timeline
    why: str

    def set_ready(self, ready: bool) -> None: ...


async def take_port(instance: Listening, changed: Callable[[], None]) -> None:
    """Wait until an instance listens at its port; or tell who else does, for nobody is to call that one."""
    child, wait = instance.child, LOOK_FIRST
    assert child
    while not instance.door.look(child):
        await anyio.sleep(wait)
        wait = min(wait * 1.1, LOOK_LATER)
    if not instance.door.is_ours:
        instance.timeline.tell(instance.name, "port taken", instance.door.thief)
        instance.why = instance.door.thief
        instance.set_ready(False)
    changed()
