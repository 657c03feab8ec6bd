"""What runs, as frozen data: services, their probes, and the edges between them.

Readers (Compose, Kubernetes) make these; a runtime acts on them. Nothing here does I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from capsize.stack import images

OUTSIDE = "outside"
HERE = ("localhost", "127.0.0.1")  # what a service calls its own network by
GATEWAY, ADMINISTRATION = "envoyproxy/envoy", 9901  # the image of a gateway, and the port that is no way into it
Condition = Literal["service_started", "service_healthy", "service_completed_successfully"]
Protocol = Literal["http", "http2", "tcp"]
Part = Literal["main", "sidecar", "init"]

PROTOCOLS: Mapping[str, Protocol] = {"http": "http", "https": "http", "ws": "http", "grpc": "http2", "h2c": "http2"}
DEFAULT_PORTS = {"http": 80, "https": 443, "postgresql": 5432, "postgres": 5432, "redis": 6379, "nats": 4222}
LEAST_MEMORY = 6 << 20  # bytes that the Docker engine gives a container at least
INSTANCE = "\0instance\0"  # in a value: the instance's own name. No file can hold a NUL, so nothing else means it
ADDRESS = re.compile(
    r"(?<![a-z0-9+.-])(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<user>[^/@\s,]*@)?(?P<host>[a-z0-9][a-z0-9._-]*)"
    r"(?::(?P<port>[0-9]{1,5}))?"
)


@dataclass(frozen=True)
class Location:
    """A line of a file, for messages; prints as ``file:line``."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Probe:
    """A question asked of an instance again and again. Times in seconds, thresholds in answers in a row.

    The fields are those of a Kubernetes probe; a Compose healthcheck maps onto them
    (interval, timeout, retries, start_period, test).
    """

    kind: Literal["http", "tcp", "exec", "grpc"]
    path: str = "/"
    port: int | None = None
    command: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    grpc_service: str = ""
    period: float = 10.0
    timeout: float = 1.0
    initial_delay: float = 0.0
    start_period: float = 0.0
    success_threshold: int = 1
    failure_threshold: int = 3
    grace_period: float | None = None  # to end in after this probe failed, where it differs from the service's


@dataclass(frozen=True)
class TargetGroupSpec:
    """How a load balancer minds the instances behind it: its own health checks, and its patience with who leaves.

    ``name`` is the balancer's, and its wire's. Times in seconds, thresholds in answers in a row. With a ``grace``
    period the platform replaces an instance that the balancer calls unhealthy, once it is older than that.
    """

    name: str
    path: str = "/"
    interval: float = 15.0
    timeout: float = 5.0
    healthy_threshold: int = 2
    unhealthy_threshold: int = 2
    deregistration_delay: float = 300.0
    grace: float | None = None


@dataclass(frozen=True)
class Port:
    """A port that the outside may call: the one in the container, and the host's where the file names one.

    With a ``group`` it is called through a load balancer, which has its own opinion of each instance.
    """

    container: int
    host: int | None = None
    group: TargetGroupSpec | None = None


@dataclass(frozen=True)
class Volume:
    """A folder seen at ``target``: of the host (bind), by a name that services share (shared), or each instance's own.

    ``files`` are put into it, as (name, text): what a ConfigMap holds. What is ``in_memory`` is meant for no disk.
    """

    kind: Literal["bind", "shared", "own"]
    source: str
    target: str
    read_only: bool = False
    files: tuple[tuple[str, str], ...] = ()
    in_memory: bool = False


@dataclass(frozen=True)
class Restart:
    """When a stopped instance is started again; ``attempts`` limits on-failure, None is for ever.

    The waits before it, in seconds: the first, doubled each time up to the longest, and the time of running after
    which they begin again. These are Docker's with a shorter end; Kubernetes' are 10, 300 and 600.
    """

    policy: Literal["no", "always", "on-failure", "unless-stopped"] = "no"
    attempts: int | None = None
    first_backoff: float = 0.1
    longest_backoff: float = 10.0
    forgiven_after: float = 10.0


@dataclass(frozen=True)
class Hook:
    """What is done to an instance before its stop signal: a command beside it, a GET of it, or a wait in seconds."""

    kind: Literal["exec", "http", "sleep"]
    command: tuple[str, ...] = ()
    path: str = "/"
    port: int | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Rollout:
    """How a Deployment replaces its instances. Counts of instances, already resolved from percentages; seconds."""

    max_surge: int = 1
    max_unavailable: int = 0
    min_ready: float = 0.0
    progress_deadline: float = 600.0


@dataclass(frozen=True)
class Limits:
    """What one instance may have at most: cores, bytes, processes. None: what its runtime gives it."""

    cpus: float | None = None
    memory: int | None = None
    processes: int | None = None


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
    restart: Restart = Restart()
    volumes: tuple[Volume, ...] = ()
    network_of: str | None = None
    limits: Limits = Limits()
    pre_stop: Hook | None = None
    rollout: Rollout | None = None  # set for what a Deployment describes: then Kubernetes' rules hold, else Compose's
    runs_once: bool = False  # a Job: it is done when it has ended with 0
    part: Part = "main"
    container_port: int | None = None  # where it listens if it has no PORT

    @property
    def listens(self) -> int | None:
        """The port at which it listens, as its file knows it: its PORT, or its image's own; None: nobody has said."""
        said = self.environment.get("PORT", "")
        return int(said) if said.isdecimal() else self.container_port or images.inside(self.image or "")


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

    def called(self, host: str, port: int) -> tuple[str, int] | None:
        """Say whom an address means: a service and a port of its instances. None: nobody of this stack."""
        if self.names is not None:
            return self.names.get((host, port))
        return (self.at(host, port), port) if host in self.services else None

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
        """Return the stack with these services alone, and the wires between them."""
        return replace(self, services={name: self.services[name] for name in self.services if name in names})

    def behind(self, service: str) -> set[str]:
        """Name a service and all that its requests may reach, by the wires and within pods."""
        found, calls = {service}, [(edge.caller, edge.callee) for edge in self.edges]
        calls += [(name, mate) for name in self.services for mate in self.pod(name)]
        while more := {callee for caller, callee in calls if caller in found} - found:
            found |= more
        return found

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The wires: one per (caller, callee, port), the outside's first."""
        return tuple(dict.fromkeys(edge for service in self.services.values() for edge in self._edges_of(service)))

    def _edges_of(self, service: Service) -> Iterator[Edge]:
        has_gateway = any(is_gateway(self.services[name]) for name in self.pod(service.name))
        for port in service.ports:
            if not (has_gateway and port.container == ADMINISTRATION):
                callee = self.services[self.at(service.name, port.container)]
                protocol: Protocol = "tcp" if callee.image and not is_gateway(callee) else "http"
                yield Edge(OUTSIDE, callee.name, port.container, protocol, port.group)
        for value in service.environment.values():
            for scheme, host, number in addresses(value):
                called = self.called(host, number)
                if called and called[0] != service.name and not self.is_home(service.name, host):
                    yield Edge(service.name, *called, PROTOCOLS.get(scheme, "tcp"))


def is_gateway(service: Service) -> bool:
    """Say whether a service is an Envoy of the stack's own."""
    return (service.image or "").startswith(f"{GATEWAY}:")


def addresses(value: str) -> Iterator[tuple[str, str, int]]:
    """Yield (scheme, host, port) of every URL in an environment value, with the scheme's port where none is given."""
    for found in ADDRESS.finditer(value):
        scheme = found["scheme"]
        yield scheme, found["host"], int(found["port"] or DEFAULT_PORTS.get(scheme.split("+")[0], 80))
