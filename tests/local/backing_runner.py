"""Backing services as the runtime runs them, for tests: a run folder, a port, a process of its own session."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import psutil

from capsize.runtime import backing
from capsize.runtime.program import Program
from capsize.stack.model import Location, Service

PATIENCE = 20.0


@dataclass
class Run:
    """One instance: started, awaited, killed and stopped at will."""

    service: Service
    folder: Path
    port: int
    processes: list[subprocess.Popen] = field(default_factory=list)

    @property
    def part(self) -> backing.Backing:
        return backing.find(self.service.image)

    @property
    def process(self) -> subprocess.Popen:
        return self.processes[-1]

    @property
    def log(self) -> str:
        return self.folder.with_suffix(".log").read_text()

    def start(self) -> Run:
        """Start it and wait until it says that it is ready."""
        self.program: Program = self.part.program(self.service, self.folder, self.port)
        with self.folder.with_suffix(".log").open("a") as log:
            self.processes.append(
                subprocess.Popen(
                    self.program.argv,
                    env=self.program.env,
                    cwd=self.program.cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    **identity(self.program.user),
                )
            )
        anyio.run(self._until_ready)
        return self

    async def _until_ready(self) -> None:
        with anyio.fail_after(PATIENCE):
            while not await self.part.ready(self.service, self.folder, self.port):
                assert self.process.poll() is None, self.log
                await anyio.sleep(0.02)

    def is_ready(self) -> bool:
        """Ask once."""
        return anyio.run(self.part.ready, self.service, self.folder, self.port)

    def stop(self) -> float:
        """Send the program's own stop signal and return the seconds until it was gone."""
        began = time.monotonic()
        self.process.send_signal(getattr(signal, self.program.stop_signal))
        self.process.wait(PATIENCE)
        return time.monotonic() - began

    def kill(self) -> None:
        """End it by SIGKILL and wait until its own processes have noticed."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while any(map(_lives, family)):
            assert time.monotonic() < deadline, family
            time.sleep(0.005)


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE  # an orphan's remains are for the system to clear away
    return False


def identity(user: str | None) -> dict:
    """Return what subprocess needs to start a program as ``user``, as the runtime does."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def processes_in(folder: Path) -> list[int]:
    """List processes that work in a folder or below it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cwd().startswith(str(folder)):
                found.append(process.pid)
    return found


def service(image: str, *command: str, **environment: str) -> Service:
    """Describe a backing service as a Compose file would."""
    return Service("part", Location(Path("compose.yaml"), 1), image, command, environment)


@contextlib.contextmanager
def run_folder() -> Iterator[Path]:
    """Make a run folder as the runtime does, with the instance's own folder in it."""
    home = Path(tempfile.mkdtemp(prefix="capsize-test-"))
    if os.geteuid() == 0:
        home.chmod(0o711)
    (home / "part-1").mkdir(mode=0o700)
    try:
        yield home / "part-1"
    finally:
        shutil.rmtree(home)


def free_port() -> int:
    """Ask the system for a port."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


@contextlib.contextmanager
def running(image: str, *command: str, **environment: str) -> Iterator[Run]:
    """Run a backing service until it answers, and take it down at the end."""
    with run_folder() as folder:
        run = Run(service(image, *command, **environment), folder, free_port())
        try:
            yield run.start()
        finally:
            for process in run.processes:
                if process.poll() is None:
                    run.kill()
            run.part.sweep(folder)
