"""How an instance comes to life: the program it runs, made anew at each start, and who says that it is ready."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio.to_thread

from capsize.runtime import backing
from capsize.runtime.environment import Surroundings
from capsize.runtime.program import Program
from capsize.runtime.queues import Queue
from capsize.stack.model import Service


@dataclass(frozen=True)
class Plan:
    """The program, its own say about readiness (backing services have one), its folder and its code."""

    program: Callable[[], Awaitable[Program]]
    ready: Callable[[], Awaitable[bool]] | None
    folder: Path
    code: Path
    sweep: Callable[[], None] = lambda: None  # removes what a killed program leaves outside its folder
    tend: Callable[[Callable[[str, str], None]], Coroutine[Any, Any, None]] | None = None  # looks after it as it runs
    queues: Callable[[], Awaitable[list[Queue]]] | None = None  # says what waits in it


def plan(service: Service, name: str, port: int, folder: Path, surroundings: Surroundings) -> Plan:
    """Plan the instance ``name`` of a service, which listens on ``port`` and keeps its files in ``folder``."""
    folder.mkdir(mode=0o700, exist_ok=True)
    code = surroundings.cwd(service, folder)
    if service.image is None:
        return Plan(functools.partial(_own, service, name, port, folder, surroundings), None, folder, code)
    part = backing.find(service.image).within(surroundings)
    make = functools.partial(anyio.to_thread.run_sync, part.program, service, folder, port)
    ready = functools.partial(part.ready, service, folder, port)
    tend = functools.partial(part.tend, service, folder)
    queues = functools.partial(part.queues, service, folder, port)
    return Plan(make, ready, folder, code, functools.partial(part.sweep, folder), tend, queues)


async def _own(service: Service, name: str, port: int, folder: Path, surroundings: Surroundings) -> Program:
    env = surroundings.environment(service, name, port, folder)
    return Program(surroundings.command(service, name, folder), env, surroundings.cwd(service, folder))
