"""Instances as OS processes: asking the nursery for children, and hearing what becomes of them."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import anyio

from capsize.errors import CapsizeError
from capsize.runtime.child import Child
from capsize.runtime.host.processes.python_command import PROGRAMS
from capsize.runtime.host.processes.zygote import OPTIONS

NURSERY = Path(__file__).with_name("spawner.py")
PREWARMED = 2  # interpreters, so that a service and its caller differ in their hash seeds
RUN_DIR = "CAPSIZE_RUN_DIR"  # names the folder in which run folders are made
LONGEST = 64  # bytes of that folder's path, so that a socket's path below it stays within macOS's 104
MEMORY, ENOUGH = Path("/dev/shm"), 1 << 30  # a database's data folder is hundreds of small files: memory is quicker


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

    def __init__(self, process: subprocess.Popen[bytes], *, seeds: int = 0) -> None:
        self.process, self.seeds = process, seeds
        self.children: dict[int, Process] = {}
        self.folder = Path()
        self.ready, self.lost = anyio.Event(), anyio.Event()
        self.patience = 10.0  # seconds that the nursery has to clean up
        self.numbers = itertools.count(1)
        self.receipts: dict[int, anyio.Event] = {}

    def send(self, **command: Any) -> None:
        """Send a command; a nursery that is gone shows as ``lost``."""
        assert self.process.stdin
        with contextlib.suppress(BrokenPipeError, ValueError):
            self.process.stdin.write(json.dumps(command).encode() + b"\n")
            self.process.stdin.flush()

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
    ) -> Process:
        """Start a child; a command whose first word is ``python`` is forked from a warm interpreter if that can be.

        ``stop`` is the signal for the case that nobody is left to stop it well. Those that are a ``copy_of`` one
        service never share a hash seed.
        """
        child = Process(self, next(self.numbers), stop)
        child.uid = pwd.getpwnam(user).pw_uid if user else child.uid
        self.children[child.number] = child
        path = import_path() if argv[0] in PROGRAMS else None
        birth = {"argv": argv, "env": dict(env), "cwd": str(cwd), "log": str(log), "user": user, "path": path}
        self.send(do="spawn", id=child.number, stop=stop, copy_of=copy_of, **birth)
        await child.started.wait()
        if child.pid is None:
            raise CapsizeError(f"cannot start {argv[0]}", got=child.why, next="capsize doctor")
        return child

    async def listen(self) -> None:
        """Hear the nursery's events until it is gone."""
        assert self.process.stdout
        async for line in _lines(self.process.stdout.fileno()):
            event = json.loads(line)
            getattr(self, f"_on_{event.pop('event')}")(**event)
        self.lost.set()
        self.ready.set()
        for child in self.children.values():
            child.started.set()
            child.ended.set()
        for delivered in self.receipts.values():
            delivered.set()

    def _on_ready(self, pid: int, folder: str) -> None:
        self.folder = Path(folder)
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
        let_go(self.process, self.patience)


def import_path() -> list[str]:
    """Return where this Python finds packages, without what a shell adds: no container has that."""
    added = ["", *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return [folder for folder in sys.path if folder not in added]


def run_dir() -> Path:
    """Return where run folders are made: $CAPSIZE_RUN_DIR, memory where Linux has enough of it, else the disk."""
    if named := os.environ.get(RUN_DIR, ""):
        _check_run_dir(named)
        return Path(named)
    with contextlib.suppress(OSError):
        if os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH:
            return MEMORY
    folder = tempfile.gettempdir()
    return Path(folder if len(folder) <= LONGEST else "/tmp")


def _check_run_dir(named: str) -> None:
    """Refuse a folder in which no run folder can be; its path is short, for those of sockets are limited."""
    length = len(os.fsencode(named))
    wrong = {
        "is not an absolute path": not named.startswith("/"),
        f"has a path of {length} bytes, and a socket's path in it would be too long": length > LONGEST,
        "is not a folder": not Path(named).is_dir(),
        "cannot be written to": not os.access(named, os.W_OK | os.X_OK),
    }
    for words in (words for words, is_so in wrong.items() if is_so):
        expected = f"the absolute path of a folder of yours, {LONGEST} bytes at most"
        raise CapsizeError(f"{RUN_DIR} {words}", expected=expected, got=named, next=f"export {RUN_DIR}=/tmp")


def start_nursery() -> subprocess.Popen[bytes]:
    """Start a nursery with a run folder of its own."""
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            [sys.executable, *OPTIONS, str(NURSERY), str(run_dir())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            start_new_session=True,
        )
        _last_words[process.pid] = os.dup(words.fileno())
    return process


def let_go(process: subprocess.Popen[bytes], patience: float = 10.0) -> None:
    """Close a nursery's input and wait until it has taken everything down; end it if it does not."""
    assert process.stdin
    assert process.stdout
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
    os.close(_last_words.pop(process.pid))


_last_words: dict[int, int] = {}
_spare: list[subprocess.Popen[bytes]] = []


def prewarm() -> None:
    """Start a nursery that the next stack will find warm. What prevents it is that stack's to say."""
    with contextlib.suppress(CapsizeError):
        _prewarm()


def _prewarm() -> None:
    if not _spare:
        _spare.append(start_nursery())
        SpawnerClient(_spare[0]).warm(seeds=PREWARMED)


@atexit.register
def _let_go_of_the_spare() -> None:
    while _spare:
        let_go(_spare.pop())


def _cannot_start(process: subprocess.Popen[bytes]) -> CapsizeError:
    words = os.pread(_last_words[process.pid], 4000, 0).decode(errors="replace").splitlines()
    return CapsizeError(
        "the nursery, which parents a stack's processes, did not start",
        evidence=words[-3:],
        next="make room on the disk of the temporary folder, or name another: export CAPSIZE_RUN_DIR=…",
    )


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
    warm = bool(_spare)
    client = SpawnerClient(_spare.pop() if warm else start_nursery(), seeds=PREWARMED if warm else 0)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.listen)
            with anyio.move_on_after(10):
                await client.ready.wait()
            if client.lost.is_set() or not client.ready.is_set():
                raise _cannot_start(client.process)
            yield client
            tasks.cancel_scope.cancel()
    finally:
        client.close()
