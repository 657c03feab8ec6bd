"""Eight FastAPI services: as a stack, and as plain ``python -m uvicorn`` processes, all at once and one by one."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figure import Figure, ratios, seconds
from benchmarks.processes import warm_nursery
from capsize.session import running
from capsize.stack.model import Location, Port, Probe, Service, Stack, Volume

SERVICES = 8
CODE = Path(__file__).with_name("services")
PATIENCE = 60.0


def measure(rounds: int) -> Iterator[Figure]:
    """Start the eight in each way, in turns; each way is over when all eight have answered a request."""
    ways: dict[str, Callable[[], float]] = {
        "a stack, warm nursery": _warm_stack,
        "a stack, new nursery": _stack,
        "plain uvicorn, all at once": lambda: _plain(_at_once),
        "plain uvicorn, one by one": lambda: _plain(_one_by_one),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, start in ways.items():
            found[name].append(start())
    warm, new, at_once, one_by_one = (tuple(values) for values in found.values())
    for (name, values), target in zip(found.items(), (1.2, None, None, None), strict=True):
        yield Figure(f"8 services, {name}", "s", tuple(values), target)
    yield Figure("8 services, all at once / warm stack", "x", ratios(at_once, warm), 4.0, at_least=True)
    yield Figure("8 services, one by one / warm stack", "x", ratios(one_by_one, warm), 4.0, at_least=True)
    yield Figure("8 services, all at once / new stack", "x", ratios(at_once, new))


def stack_of(count: int) -> Stack:
    """Describe a stack of equal services."""
    place = Location(Path(__file__), 1)
    names = [f"service{number}" for number in range(count)]
    return Stack("bench", Path(__file__), {name: _service(name, place) for name in names})


def _service(name: str, place: Location) -> Service:
    return Service(
        name,
        place,
        command=("python", "-m", "shop.serve", "app:app"),
        environment={"PORT": "8000"},
        ports=(Port(8000),),
        readiness=Probe("http", path="/ready"),
        volumes=(Volume("bind", str(CODE), "/code", read_only=True),),
    )


def _warm_stack() -> float:
    warm_nursery()
    return _stack()


def _stack() -> float:
    began = time.perf_counter()
    with running.start(stack_of(SERVICES), patience=PATIENCE) as stack:
        _await_all(int(stack.url(name).rpartition(":")[2]) for name in stack.model.services)
        return time.perf_counter() - began


def _plain(start: Callable[[list[int], list[subprocess.Popen[bytes]]], None]) -> float:
    ports, processes = _free_ports(SERVICES), list[subprocess.Popen[bytes]]()
    with _ended(processes):
        return seconds(lambda: start(ports, processes))


def _at_once(ports: list[int], processes: list[subprocess.Popen[bytes]]) -> None:
    processes.extend(map(_uvicorn, ports))
    _await_all(ports)


def _one_by_one(ports: list[int], processes: list[subprocess.Popen[bytes]]) -> None:
    for port in ports:
        processes.append(_uvicorn(port))
        _await_all([port])


def _uvicorn(port: int) -> subprocess.Popen[bytes]:
    words = ("-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "warning", "--no-access-log")
    return subprocess.Popen([sys.executable, *words], cwd=CODE)


@contextmanager
def _ended(processes: list[subprocess.Popen[bytes]]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def _free_ports(count: int) -> list[int]:
    holders = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return ports


def _await_all(ports: Iterable[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    for port in ports:
        while not _answers(port):
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing answers at port {port}")
            time.sleep(0.005)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
