"""Instances as OS processes: asking the nursery for children, and hearing what becomes of them."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import json
import os
import pwd
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import anyio

from capsize.errors import CapsizeError
from capsize.runtime.backing.commands import Finished
from capsize.runtime.child import Child
from capsize.runtime.host.processes.nursery import CLEANS_UP_WITHIN, Nursery
from capsize.runtime.host.processes.python_command import PROGRAMS

PREWARMED = 2  # interpreters, so that a service and its caller differ in their hash seeds


class Process(Child):
    """A process that the nursery started."""

    def __init__(self, spawner: SpawnerClient, number: int, stop_signal: str) -> None:
        super().__init__(stop_signal)
        self.spawner, self.number = spawner, number
        self.started = anyio.Event()

    def signal(self, number: int, *, group: bool = False) -> None:
        """Send a signal, to the whole process group if asked; a child that has ended takes none."""
        if self.pid is not None and self.code is None:
            self.spawner.send(do="signal", pid=self.pid, signal=int(number), group=group)

    async def hit(self, number: int) -> None:
        """Send a signal to all of it, and wait until it is delivered."""
        if self.pid is None or self.code is not None:
            return
        receipt = next(self.spawner.numbers)
        self.spawner.receipts[receipt] = delivered = anyio.Event()
        self.spawner.send(do="signal", pid=self.pid, signal=int(number), group=True, receipt=receipt)
        await delivered.wait()


class SpawnerClient:
    """The children of one nursery, which this process started and which dies with it."""

    def __init__(self, nursery: Nursery, *, seeds: int = 0) -> None:
        self.nursery, self.seeds = nursery, seeds
        self.children: dict[int, Process] = {}
        self.folder = nursery.folder
        self.ready, self.lost = anyio.Event(), anyio.Event()
        self.patience = CLEANS_UP_WITHIN
        self.numbers = itertools.count(1)
        self.receipts: dict[int, anyio.Event] = {}

    def send(self, **command: Any) -> None:
        """Send a command; a nursery that is gone shows as ``lost``."""
        self.nursery.send(**command)

    async def spawn(
        self,
        argv: tuple[str, ...],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        user: str | None = None,
        stop: str = "SIGKILL",
        copy_of: str = "",
        words: Path | None = None,
        disk: Mapping[str, Any] | None = None,
    ) -> Process:
        """Start a child; a command whose first word is ``python`` is forked from a warm interpreter if that can be.

        ``stop`` is the signal for the case that nobody is left to stop it well. Those that are a ``copy_of`` one
        service never share a hash seed; ``words`` is a file that it reads, and ``disk`` the mounts that
        a Python service is held to (container_disk.keep).
        """
        child = Process(self, next(self.numbers), stop)
        child.uid = pwd.getpwnam(user).pw_uid if user else child.uid
        self.children[child.number] = child
        path = import_path() if argv[0] in PROGRAMS else None
        birth = {
            "argv": argv,
            "env": dict(env),
            "cwd": str(cwd),
            "log": str(log),
            "user": user,
            "path": path,
            "disk": disk,
        }
        if words:
            birth["words"] = str(words)
        self.send(do="spawn", id=child.number, stop=stop, copy_of=copy_of, **birth)
        await child.started.wait()
        if child.pid is None:
            raise CapsizeError(f"cannot start {argv[0]}", got=child.why, next="capsize doctor")
        return child

    async def run(self, argv: tuple[str, ...], *, cwd: Path, words: str = "", **more: Any) -> Finished:
        """Run a command to its end, with ``words`` to read; one that is not awaited any more is killed."""
        number = next(self.numbers)
        log, given = self.folder / f"command-{number}.log", self.folder / f"command-{number}.in"
        given.write_text(words, encoding="utf-8")
        child = await self.spawn(argv, cwd=cwd, log=log, words=given, **more)
        try:
            return Finished(await child.wait(), log.read_text(encoding="utf-8", errors="replace"))
        finally:
            child.signal(signal.SIGKILL, group=True)
            for file in (log, given):
                file.unlink(missing_ok=True)

    async def listen(self) -> None:
        """Hear the nursery's events until it is gone."""
        async for line in _lines(self.nursery.events):
            event = json.loads(line)
            getattr(self, f"_on_{event.pop('event')}")(**event)
        self.lost.set()
        self.ready.set()
        for child in self.children.values():
            child.started.set()
            child.ended.set()
        for delivered in self.receipts.values():
            delivered.set()

    def _on_ready(self, pid: int) -> None:
        self.ready.set()

    def _on_warm(self) -> None:
        """Forks are quick from now on."""

    def _on_started(self, id: int, pid: int, dumps: bool) -> None:  # noqa: A002 - the protocol's word
        self.children[id].pid, self.children[id].dumps = pid, dumps
        self.children[id].started.set()

    def _on_failed(self, id: int, why: str) -> None:  # noqa: A002
        self.children[id].why = why
        self.children[id].started.set()

    def _on_signalled(self, receipt: int) -> None:
        self.receipts.pop(receipt).set()

    def _on_ended(self, id: int, pid: int, code: int) -> None:  # noqa: A002
        child = self.children.pop(id)
        child.code = code
        child.ended.set()

    def warm(self, *also: str, seeds: int = 1) -> None:
        """Have the nursery import what services need, and the modules ``also``, so that each start is a fork.

        ``seeds`` is how many processes are soon to differ in their hash seeds.
        """
        if also or seeds > self.seeds:
            self.seeds = max(seeds, self.seeds)
            self.send(do="warm", path=import_path(), also=also, seeds=self.seeds)

    def finish_with(self, *argv: str, patience: float) -> None:
        """Have the nursery run a command at its end, however that comes, and wait so many seconds for it."""
        self.patience += patience
        self.send(do="last", argv=argv)

    def close(self) -> None:
        """Let go of the nursery and wait until it has cleaned up."""
        self.nursery.let_go(self.patience)


def import_path() -> list[str]:
    """Return where this Python finds packages, without what a shell adds: no container has that."""
    added = ["", *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return [folder for folder in sys.path if folder not in added]


_spare: list[Nursery] = []


def prewarm(seeds: int = PREWARMED) -> None:
    """Start a nursery that the next stack will find warm. Costs as many processes as ``seeds`` until then.

    Where there can be none, the stack's start says so.
    """
    if not _spare:
        with contextlib.suppress(CapsizeError):
            _spare.append(Nursery())
            _spare[0].seeds = seeds
            SpawnerClient(_spare[0]).warm(seeds=seeds)


def _take_spare() -> Nursery | None:
    """Take the warm nursery, if it is this process's: a fork only has a copy."""
    return next((spare for spare in (_spare.pop() for _ in range(len(_spare))) if spare.owner == os.getpid()), None)


@atexit.register
def _let_go_of_the_spare() -> None:
    while _spare:
        _spare.pop().let_go()


async def _lines(fd: int) -> AsyncIterator[bytes]:
    os.set_blocking(fd, False)
    rest = b""
    while True:
        await anyio.wait_readable(fd)
        data = os.read(fd, 65536)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield line


@contextlib.asynccontextmanager
async def spawner_client() -> AsyncIterator[SpawnerClient]:
    """Open a client with a spawner of its own, closed with all its children at the end."""
    spare = _take_spare()
    client = SpawnerClient(spare or Nursery(), seeds=spare.seeds if spare else 0)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.listen)
            with anyio.move_on_after(10):
                await client.ready.wait()
            if client.lost.is_set() or not client.ready.is_set():
                raise client.nursery.refusal()
            yield client
            tasks.cancel_scope.cancel()
    finally:
        client.close()
