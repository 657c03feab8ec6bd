"""A running stack as its handles and its snapshot see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from capsize.runtime.control.supervisor import Supervisor
from capsize.runtime.control.timeline import Timeline
from capsize.runtime.queues import Queue, Rule
from capsize.runtime.wires.stats import EdgeStats
from capsize.stack.model import Stack

T = TypeVar("T")


class Held(Protocol):
    """A stack that somebody holds from outside its event loop; ``call`` reaches into it."""

    name: str
    model: Stack
    timeline: Timeline
    supervisor: Supervisor
    remarks: dict[str, str]

    @property
    def state(self) -> str: ...

    @property
    def folder(self) -> Path: ...

    def call(self, function: Callable[..., Awaitable[T]], *args: Any) -> T: ...

    def stats(self) -> dict[str, EdgeStats]: ...

    def queues(self) -> list[Queue]: ...

    def rules(self) -> list[Rule]: ...

    def instance(self, name: str) -> Any: ...

    def service(self, name: str) -> Any: ...

    def edge(self, caller: str, callee: str) -> Any: ...
