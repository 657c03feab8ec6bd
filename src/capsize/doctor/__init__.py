"""Will the labs run on this machine? Every part is really started and asked, not only looked for."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.to_thread
from anyio.from_thread import start_blocking_portal

from capsize.course.lab_paths import find_root
from capsize.doctor import machine
from capsize.doctor.parts import try_parts
from capsize.doctor.row import Row
from capsize.errors import CapsizeError
from capsize.runtime.host.processes.run_dir import RUN_DIR

__all__ = ["Row", "examine"]


def examine() -> list[Row]:
    """Look at the machine and try every part, all at the same time; a few seconds. Leaves nothing behind.

    The labs run when every row that is ``required`` is ``ok``.
    """
    with start_blocking_portal() as portal:
        return portal.call(_examine)


async def _examine() -> list[Row]:
    looks: list[Callable[[], Row]] = [
        machine.python,
        machine.system,
        machine.memory,
        lambda: machine.disk("temporary", Path(os.environ.get(RUN_DIR) or tempfile.gettempdir())),
        lambda: machine.disk("project", _project()),
        machine.ports,
        machine.open_files,
        machine.cache,
        machine.docker,
        machine.browser,
    ]
    rows: dict[int, list[Row]] = {}

    async def look(at: int) -> None:
        rows[at] = [await anyio.to_thread.run_sync(looks[at])]

    async def trial(at: int) -> None:
        rows[at] = await try_parts()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(trial, len(looks))
        for at in range(len(looks)):
            tasks.start_soon(look, at)
    *those, docker, browser, parts = (rows[at] for at in range(len(looks) + 1))
    return [row for group in (*those, parts, docker, browser) for row in group]


def _project() -> Path:
    try:
        return find_root()
    except CapsizeError:
        return Path.cwd()
