"""The bench on which an app is tried: it lays copies, starts deploys and backing services, and clears all away."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import signal
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import TaskGroup

from capsize.audit import outside, recorder, releases, resources, tree
from capsize.audit.deploy import Deploy, in_shell
from capsize.audit.given import GivenApp
from capsize.audit.hindrance import Hindrance
from capsize.audit.programs import Programs
from capsize.audit.resources import Attachment, Resource
from capsize.audit.tap import open_tap
from capsize.audit.visitor import HOME, Visitor
from capsize.runtime.host.processes.client import Process, SpawnerClient, spawner_client
from capsize.runtime.ports import Ports
from capsize.waiting import came_true

READY_WITHIN = 60.0  # seconds until a deploy has to answer
SLOWER = 5  # times the slowest start so far that a later one may take: a machine has better and worse moments
LOOK_EVERY = 0.05  # seconds between two looks at where a process listens, which cost it time
RELEASED_WITHIN = 120.0  # seconds for the release command, and for an admin command


class NotUp(Hindrance):
    """A deploy that does not answer."""

    def __init__(self, deploy: Deploy, because: str) -> None:
        super().__init__(because, deploy.last_words)
        self.deploy = deploy


@dataclass(frozen=True)
class Config:
    """What one deploy is configured with: plain values, and backing services by the variable that names them."""

    values: Mapping[str, str]
    attached: Mapping[Attachment, Resource] = field(default_factory=dict)


@dataclass
class Bench:
    """``programs`` are those of the environment in which the app runs."""

    home: SpawnerClient
    given: GivenApp
    ports: Ports
    tasks: TaskGroup
    programs: Programs = field(default_factory=Programs)
    deploys: list[Deploy] = field(default_factory=list)
    slowest: float = 0.0  # seconds that a start took
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def resource(self, kind: str) -> Resource:
        """Start a backing service that is new and empty."""
        return await resources.start(self.home, self.ports, kind, next(self.numbers))

    async def copy(self, name: str, config: Config, *, source: Path | None = None) -> Deploy:
        """Lay a copy with its configuration; nothing runs yet."""
        home = self.home.folder / f"{name}-{next(self.numbers)}"
        (home / "tmp").mkdir(mode=0o700, parents=True)
        await anyio.to_thread.run_sync(releases.lay, source or self.given.folder, home / "release")
        taps = {one.name: await open_tap(self.tasks, found.port) for one, found in config.attached.items()}
        urls = {one.name: found.url(one.scheme, taps[one.name].port) for one, found in config.attached.items()}
        port = self.ports.reserve()
        env = {**_plain(home), **config.values, **urls, "PORT": str(port)}
        self.deploys.append(Deploy(name, home, port, env, taps))
        return self.deploys[-1]

    async def deploy(
        self, name: str, config: Config, *, source: Path | None = None, programs: Programs | None = None
    ) -> Deploy:
        """Lay a copy, run its release command, start it and wait for its first answer. Raise NotUp without one."""
        deploy = await self.copy(name, config, source=source)
        await self.release(deploy, programs)
        await self.start(deploy, programs)
        return deploy

    async def release(self, deploy: Deploy, programs: Programs | None = None) -> None:
        """Run the Procfile's release command in a copy, as a platform does before each deploy."""
        if self.given.release and await self.run(deploy, self.given.release, programs) != 0:
            raise NotUp(deploy, f"its release command fails: {self.given.release}")

    async def run(self, deploy: Deploy, command: str, programs: Programs | None = None) -> int | None:
        """Run a command in a copy to its end, and return its exit code; None if it takes too long."""
        child = await self._spawn(deploy, command, programs)
        with anyio.move_on_after(RELEASED_WITHIN):
            return await child.wait()
        await child.hit(signal.SIGKILL)
        return None

    async def start(self, deploy: Deploy, programs: Programs | None = None) -> None:
        """Start a copy's web process and wait for its first answer. Raise NotUp without one."""
        deploy.built = releases.state(deploy.home)
        began = time.monotonic()
        deploy.serves_at, deploy.child = 0, await self._spawn(deploy, self.given.start, programs)
        patience = max(READY_WITHIN, SLOWER * self.slowest)
        await came_true(lambda: deploy.ended or self._answers(deploy), within=patience)
        deploy.ready_after = time.monotonic() - began
        if not deploy.serves_at:
            why = f"it ends by itself: {deploy.ended}" if deploy.ended else f"no answer in {patience:.0f} s"
            await deploy.end()
            raise NotUp(deploy, f"it does not start: {why}")
        self.slowest = max(self.slowest, deploy.ready_after)

    async def _spawn(self, deploy: Deploy, command: str, programs: Programs | None) -> Process:
        argv = in_shell(command, deploy.home / "stderr.log")
        log, env = deploy.home / "stdout.log", {**deploy.env, "PATH": (programs or self.programs).path}
        return await self.home.spawn(argv, env=env, cwd=deploy.release, log=log, stop="SIGTERM")

    async def _answers(self, deploy: Deploy) -> bool:
        """Say whether it answers where it listens: at its own port, or at another one that it chose."""
        listens = await anyio.to_thread.run_sync(tree.listeners, deploy.pid)
        ports = sorted({port for _, port in listens}, key=lambda port: port != deploy.port)
        for port in ports:
            deploy.serves_at = port
            deploy.first = await Visitor().ask(port, HOME)
            if deploy.first.came:
                deploy.listens = tuple(listens)
                return True
        deploy.serves_at = 0
        await anyio.sleep(LOOK_EVERY)
        return False


def _plain(home: Path) -> dict[str, str]:
    tmp = str(home / "tmp")
    own = recorder.variables(home / "tape", home / "release")
    quiet = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    return {"HOME": tmp, "TMPDIR": tmp, "LANG": "C.UTF-8", "USER": os.environ.get("USER", "app"), **quiet, **own}


@contextlib.asynccontextmanager
async def bench(given: GivenApp) -> AsyncIterator[Bench]:
    """Open a bench. At the end nothing is left of it: no process, no port, no file."""
    ports = Ports()
    try:
        async with spawner_client() as home, anyio.create_task_group() as tasks:
            place = Bench(home, given, ports, tasks)
            try:
                yield place
                for deploy in place.deploys:
                    await deploy.end()
            finally:
                outside.remove_new(place.deploys)
            tasks.cancel_scope.cancel()
    finally:
        ports.close()


def token() -> str:
    """Draw a secret that no other deploy has."""
    return secrets.token_hex(16)
