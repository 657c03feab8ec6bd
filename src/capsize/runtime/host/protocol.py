"""Where the instances of a stack live. What both places, processes and containers, promise to the supervisor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import anyio
import httpx

from capsize.runtime.child import Child
from capsize.runtime.plan import Plan
from capsize.runtime.ports import Address
from capsize.stack.model import Service, Stack

if TYPE_CHECKING:
    from capsize.runtime.environment import Environment
    from capsize.runtime.ports import Ports


@dataclass(frozen=True)
class EnvoyLauncher:
    """How Envoy runs in a place: where it listens, its administration and a client for that, and how it starts.

    ``start`` takes its arguments and the file for its output. ``relay`` starts ``capsize.runtime.host.relay`` where
    Envoy can reach it on the loopback, with its arguments and the file for its output.
    """

    listens: str
    administration: Mapping[str, Any]
    client: httpx.AsyncClient
    glance: float  # seconds between two looks whether it is up
    patience: float  # seconds that it has to answer
    start: Callable[[tuple[str, ...], Path], Awaitable[Child]]
    relay: Callable[[tuple[str, ...], Path], Awaitable[Child]]


class Host(Protocol):
    """One stack's place. Everything in it ends with it, and it ends with the process that opened it, however that ends.

    An instance is known by a port of 127.0.0.1 at which the kit, and so its probes, reach it. ``folder`` is private and
    goes with the place; ``lost`` is set when somebody else took the place down; ``patience`` is how many seconds a
    service has here to become ready.
    """

    name: str
    folder: Path
    lost: anyio.Event
    patience: float

    def environment(
        self, stack: Stack, wires: Mapping[tuple[str, str, int], int], shared: Mapping[str, Path]
    ) -> Environment:
        """Say what instances see: the wires by (caller, callee, port), and the host's folders of shared volumes."""
        ...

    def plan(self, service: Service, name: str, port: int, around: Environment) -> Plan:
        """Plan the instance ``name`` of a service, which the kit reaches at ``port``."""
        ...

    def endpoint(self, port: int) -> Address:
        """Say where Envoy reaches the instance that the kit reaches at ``port``."""
        ...

    def carrier(self, folder: Path, doors: Iterable[int], ports: Ports) -> EnvoyLauncher:
        """Say how Envoy runs, with its files in ``folder`` and with ``doors`` open to this machine."""
        ...

    def warm(self, *also: str, seeds: int) -> None:
        """Get ready for quick starts of Python services that import the modules ``also``.

        ``seeds`` is how many of them are soon to differ in what Python draws for each process.
        """
        ...


HostOpening = Callable[[Stack], AbstractAsyncContextManager[Host]]  # of a place for a stack
