"""What runs, as frozen data: services, their probes, and the edges between them.

Readers (Compose, Kubernetes) make these; a runtime acts on them. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from capsize.stack import images
from capsize.stack.addresses import Call, Hosts, Pair, pairs
from capsize.stack.build import Build
from capsize.stack.service_parts import (
    Hook,
    Limits,
    Location,
    Note,
    Port,
    Probe,
    Restart,
    Rollout,
    TargetGroupSpec,
    Volume,
)

__all__ = [
    "ADMINISTRATION",
    "HERE",
    "INSTANCE",
    "LEAST_MEMORY",
    "OUTSIDE",
    "PROTOCOLS",
    "Condition",
    "Edge",
    "Hook",
    "Limits",
    "Location",
    "Note",
    "Part",
    "Port",
    "Probe",
    "Protocol",
    "Restart",
    "Rollout",
    "Service",
    "ServiceText",
    "Stack",
    "TargetGroupSpec",
    "Volume",
    "is_gateway",
]

OUTSIDE = "outside"
HERE = ("localhost", "127.0.0.1")  # what a service calls its own network by
ADMINISTRATION = 9901  # the port of a gateway that is not a way into it
Condition = Literal["service_started", "service_healthy", "service_completed_successfully"]
Protocol = Literal["http", "http2", "tcp"]
Part = Literal["main", "sidecar", "init"]

PROTOCOLS: Mapping[str, Protocol] = {"http": "http", "https": "http", "ws": "http", "grpc": "http2", "h2c": "http2"}
LEAST_MEMORY = 6 << 20  # bytes that the Docker engine gives a container at least
INSTANCE = "\0instance\0"  # in a value: the instance's own name. No file can hold a NUL, so nothing else means it


@dataclass(frozen=True)
class ServiceText:
    """A text of a service: a variable of its ``environment``, or the words of a command, joined by NUL."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True)
class Service:
    """One service of a stack. ``image`` is set for backing services only; the others run ``command``.

    With ``network_of`` it is a sidecar: it shares the network of the service of that name, which is its pod's owner.
    By Kubernetes' rules each instance of the owner is a pod, with an instance of every sidecar, and ``part`` says when
    one runs: all the time (main), from before the main ones to after them (sidecar), or once before them (init).
    """

    name: str
    place: Location
    image: str | None = None
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[Port, ...] = ()
    depends_on: Mapping[str, Condition] = field(default_factory=dict)
    readiness: Probe | None = None
    liveness: Probe | None = None
    startup: Probe | None = None
    replicas: int = 1
    stop_grace_period: float = 10.0
    stop_signal: str = "SIGTERM"
    restart: Restart = field(default_factory=Restart)
    volumes: tuple[Volume, ...] = ()
    network_of: str | None = None
    limits: Limits = field(default_factory=Limits)
    pre_stop: Hook | None = None
    rollout: Rollout | None = None  # set for what a Deployment describes: then Kubernetes' rules hold, else Compose's
    runs_once: bool = False  # a Job: it is done when it has ended with 0
    part: Part = "main"
    container_port: int | None = None  # where it listens if it has no PORT
    build: Build | None = None  # set where its Dockerfile says how it runs, and not the kit's image
    working_dir: str | None = None  # a path of its file; None: /code
    aliases: tuple[str, ...] = ()  # other names by which it is called

    @property
    def listens(self) -> int | None:
        """The port at which it listens, as its file knows it: its PORT, or its image's own; None: nobody has said."""
        said = self.environment.get("PORT", "")
        return int(said) if said.isdecimal() else self.container_port or images.inside(self.image or "")

    @property
    def texts(self) -> tuple[ServiceText, ...]:
        """The texts in which it may call others: its variables, and the commands that run in it."""
        found = [ServiceText("environment", name, value) for name, value in self.environment.items()]
        asked = {"readiness": self.readiness, "liveness": self.liveness, "startup": self.startup}
        commands = {"command": self.command, "pre_stop": self.pre_stop.command if self.pre_stop else ()}
        commands |= {name: probe.command for name, probe in asked.items() if probe}
        if not self.image:
            found += [ServiceText(name, name, "\0".join(words)) for name, words in commands.items() if words]
        return tuple(found)


@dataclass(frozen=True)
class Edge:
    """A wire from a caller to a callee's port, found in the caller's environment; ``outside`` is a caller too.

    With a ``group`` it is a load balancer, and bears the balancer's name.
    """

    caller: str
    callee: str
    port: int
    protocol: Protocol
    group: TargetGroupSpec | None = None

    @property
    def name(self) -> str:
        return f"{self.caller}>{self.door}"

    @property
    def door(self) -> str:
        """What the caller calls it by: the balancer's name, else the callee's."""
        return self.group.name if self.group else self.callee


@dataclass(frozen=True)
class Stack:
    """Everything that a file describes, in the order of the file."""

    name: str
    file: Path
    services: Mapping[str, Service]
    time_scale: float = 1.0  # seconds that one second of the file takes: 0.2 runs a manifest five times as fast
    names: Mapping[tuple[str, int], tuple[str, int]] | None = None  # (host, port) -> (service, its port); None: Compose
    notes: tuple[Note, ...] = ()

    @cached_property
    def hosts(self) -> Hosts:
        """The names by which its services are called."""
        return Hosts(self._aliases if self.names is None else {host for host, _ in self.names}, HERE)

    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        aliases = {alias: name for name, service in self.services.items() for alias in service.aliases}
        return {**aliases, **{name: name for name in self.services}}

    def called(self, host: str, port: int) -> tuple[str, int] | None:
        """Say whom an address means: a service and a port of its instances. None: nobody of this stack."""
        if self.names is not None:
            return self.names.get((host, port))
        return (self.at(self._aliases[host], port), port) if host in self._aliases else None

    def calls(self, service: Service) -> Iterator[Call]:
        """Yield the addresses in a service's texts, and those that two of its variables make together."""
        for text in service.texts:
            yield from self.hosts.calls(text.text)
        for pair in self.pairs(service):
            yield Call("", pair.host, pair.port, ())

    def pairs(self, service: Service) -> tuple[Pair, ...]:
        """Return the variables that name a host alone, with those that name its port."""
        is_alone = len(self.pod(service.name)) == 1
        return tuple(pairs(service.environment, {*self.hosts.names, *(() if is_alone else HERE)}))

    def pod(self, name: str) -> tuple[str, ...]:
        """Name all services that share one network with a service: their owner first, then the sidecars in order."""
        owner = self._owner(name)
        return owner, *(other for other in self.services if other != owner and self._owner(other) == owner)

    def _owner(self, name: str) -> str:
        owner = self.services[name].network_of
        return owner if owner and owner in self.services else name

    def at(self, name: str, port: int) -> str:
        """Name who listens at a port of the network that a service has, alone or with others of its pod."""
        listening = (other for other in self.pod(name) if self.services[other].listens == port)
        return next(listening, name)

    def is_home(self, name: str, host: str) -> bool:
        """Say whether a service calls its own network by a host: localhost, and in Compose its pod's names too."""
        return host in HERE or (self.names is None and host in self.pod(name))

    def is_worker(self, name: str) -> bool:
        """Say whether a service of a pod listens to nobody: it has no PORT, and nobody has an address of it."""
        alone = len(self.pod(name)) == 1
        return not alone and not self.services[name].listens and all(edge.callee != name for edge in self.edges)

    def only(self, *names: str) -> Stack:
        """Return the stack with these services alone, and the wires between them; no service waits for another one."""
        kept = {name: self.services[name] for name in self.services if name in names}
        return replace(self, services={name: _without_others(service, kept) for name, service in kept.items()})

    def behind(self, service: str) -> set[str]:
        """Name a service and all that its requests may reach, by the wires and within pods."""
        found, calls = {service}, [(edge.caller, edge.callee) for edge in self.edges]
        calls += [(name, mate) for name in self.services for mate in self.pod(name)]
        while more := {callee for caller, callee in calls if caller in found} - found:
            found |= more
        return found

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """The wires: one per (caller, callee, port), the outside's first."""
        found: dict[tuple[str, str, int, TargetGroupSpec | None], Edge] = {}
        for edge in (edge for service in self.services.values() for edge in self._edges_of(service)):
            key = edge.caller, edge.callee, edge.port, edge.group
            if (
                key not in found or found[key].protocol == "tcp"
            ):  # an address without a scheme says less than one with it
                found[key] = edge
        return tuple(found.values())

    @cached_property
    def _speaking_http2(self) -> frozenset[tuple[str, int]]:
        """The services and ports that others call by ``grpc://`` or ``h2c://``; the outside does as they do."""
        calls = (call for service in self.services.values() for call in self.calls(service))
        called = (self.called(call.host, call.port) for call in calls if PROTOCOLS.get(call.scheme) == "http2")
        return frozenset(one for one in called if one)

    def _edges_of(self, service: Service) -> Iterator[Edge]:
        has_gateway = any(is_gateway(self.services[name]) for name in self.pod(service.name))
        for port in service.ports:
            if not (has_gateway and port.container == ADMINISTRATION):
                callee = self.services[self.at(service.name, port.container)]
                is_tcp = port.is_tcp or (callee.image and not is_gateway(callee))
                is_http2 = port.is_http2 or (callee.name, port.container) in self._speaking_http2
                protocol: Protocol = "tcp" if is_tcp else "http2" if is_http2 else "http"
                yield Edge(OUTSIDE, callee.name, port.container, protocol, port.group)
        for call in self.calls(service):
            called = self.called(call.host, call.port)
            if not called or not call.port or called[0] == service.name or self.is_home(service.name, call.host):
                continue
            if call.is_sure or self.services[called[0]].listens == called[1]:
                yield Edge(service.name, *called, PROTOCOLS.get(call.scheme, "tcp"))


def _without_others(service: Service, kept: Mapping[str, Service]) -> Service:
    depends_on = {name: condition for name, condition in service.depends_on.items() if name in kept}
    return replace(service, depends_on=depends_on)


def is_gateway(service: Service) -> bool:
    """Say whether a service is an Envoy of the stack's own."""
    return images.repository(service.image or "") == images.GATEWAY
