"""Where a stack can run, by the word that ``--on`` and ``up(on=...)`` take."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from capsize.errors import CapsizeError

if TYPE_CHECKING:
    from capsize.runtime.host.protocol import HostOpening
    from capsize.stack.model import Stack

PROCESSES, DOCKER = "processes", "docker"


def opening(on: str) -> HostOpening:
    """Return what opens the place of that name. Raise CapsizeError for a name that is none."""
    if on == PROCESSES:
        from capsize.runtime.host.processes.host import process_host

        return process_host
    if on == DOCKER:
        from capsize.runtime.host.docker.host import docker_host  # the SDK takes a third of a second

        return docker_host
    raise CapsizeError(f"a stack cannot run on {on}", expected=f"{PROCESSES} or {DOCKER}", got=repr(on))


def prepare(on: str, read: Callable[[], Stack]) -> None:
    """Do what takes long before the first start in a place: images are built and fetched. Blocks."""
    opening(on)
    if on == DOCKER:
        from capsize.runtime.host.docker import engine, images

        with contextlib.closing(engine.connect()) as client:
            images.provide(client, images.of(read()))
