"""The real parts, each started in the way a stack starts it, asked by its own protocol, and stopped again.

What a version number cannot tell (a missing library, a sandbox, a temporary folder that is too full or too deep)
shows here before it shows in a lab.
"""

from __future__ import annotations

import functools
import importlib
import secrets
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import anyio.to_thread

from capsize.doctor.row import Row
from capsize.errors import CapsizeError
from capsize.runtime.host.processes.client import SpawnerClient, spawner_client
from capsize.runtime.ports import Ports
from capsize.runtime.tracebacks import tail
from capsize.stack.model import Location, Service

ANSWERS_WITHIN = 30.0  # seconds that a part has to answer; the slowest takes one where nothing else runs
GRACE = 2.0  # seconds that it has to end
INSTALL_AGAIN = "rm -rf .venv, then: make lab"
NOWHERE = Location(Path("doctor"), 1)
PASSWORD = secrets.token_hex()
SERVICES = {
    "PostgreSQL": Service("postgres", NOWHERE, image="postgres:18", environment={"POSTGRES_PASSWORD": PASSWORD}),
    "Valkey": Service("valkey", NOWHERE, image="valkey/valkey:9", command=("--requirepass", PASSWORD)),
    "NATS": Service("nats", NOWHERE, image="nats:2", command=("-js", "--auth", PASSWORD)),
    "AWS (moto)": Service("aws", NOWHERE, image="motoserver/moto:latest"),
}
NAMES = ("nursery", "Envoy", *SERVICES)
Trial = Callable[[SpawnerClient, Ports], Awaitable[None]]


async def try_parts() -> list[Row]:
    """Try all parts at the same time; return a row for each of NAMES. Leaves no process and no folder."""
    rows: dict[str, Row] = {}
    ports = Ports()
    began = time.monotonic()
    try:
        async with spawner_client() as home, anyio.create_task_group() as tasks:
            rows["nursery"] = _answered("nursery", began)
            for name, trial in _trials().items():
                tasks.start_soon(_try, name, trial, home, ports, rows)
    except* (CapsizeError, OSError) as errors:
        rows["nursery"] = _refused("nursery", _first(errors))
    finally:
        ports.close()
    return [rows.get(name) or Row(name, False, True, "not tried: there is no nursery", "see above") for name in NAMES]


def _trials() -> dict[str, Trial]:
    return {"Envoy": _envoy, **{name: _backing(service) for name, service in SERVICES.items()}}


async def _try(name: str, trial: Trial, home: SpawnerClient, ports: Ports, rows: dict[str, Row]) -> None:
    began = time.monotonic()
    try:
        with anyio.fail_after(ANSWERS_WITHIN):
            await trial(home, ports)
        rows[name] = _answered(name, began)
    except TimeoutError:
        rows[name] = Row(name, False, True, f"no answer within {ANSWERS_WITHIN:g} s", INSTALL_AGAIN)
    except (CapsizeError, ImportError, OSError) as error:
        rows[name] = _refused(name, error)


def _answered(name: str, began: float) -> Row:
    return Row(name, True, True, f"answered after {time.monotonic() - began:.2f} s")


def _refused(name: str, error: BaseException) -> Row:
    """Say what the error says, its last piece of evidence too; what it says to type may not be: ask the doctor."""
    words = [str(getattr(error, "what", error)), *getattr(error, "evidence", ())[-1:]]
    step = getattr(error, "next", None)
    return Row(name, False, True, ": ".join(words), step if step and "doctor" not in step else INSTALL_AGAIN)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _envoy(home: SpawnerClient, ports: Ports) -> None:
    edge = await anyio.to_thread.run_sync(importlib.import_module, "capsize.runtime.wires.proxy")
    host = await anyio.to_thread.run_sync(importlib.import_module, "capsize.runtime.host.processes.host")
    wires = edge.Wires(host.ProcessHost(home), (), ports)
    try:
        await wires.start()
    finally:
        with anyio.CancelScope(shield=True):
            await wires.close()


def _backing(service: Service) -> Trial:
    async def trial(home: SpawnerClient, ports: Ports) -> None:
        backing = await anyio.to_thread.run_sync(importlib.import_module, "capsize.runtime.backing")
        host = await anyio.to_thread.run_sync(importlib.import_module, "capsize.runtime.host.processes.host")
        part = backing.find(service.image).run_by(functools.partial(host.run_below, home))
        folder, port = home.folder / service.name, ports.reserve()
        folder.mkdir(mode=0o700)
        program = await anyio.to_thread.run_sync(part.program, service, folder, port)
        log = home.folder / f"{service.name}.log"
        child = await home.spawn(
            program.argv, env=program.env, cwd=program.cwd, log=log, user=program.user, stop=program.stop_signal
        )
        try:
            while not await part.ready(service, folder, port):
                if child.code is not None:
                    raise CapsizeError(f"ended with exit code {child.code}", evidence=tail(log, 1))
                await anyio.sleep(0.02)
        finally:
            with anyio.CancelScope(shield=True):
                await child.stop(getattr(signal, program.stop_signal), GRACE)
                part.sweep(folder)

    return trial
