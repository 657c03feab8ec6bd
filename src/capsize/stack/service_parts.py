"""What a service is described by: its probes, ports, volumes, limits, and the place in a file that says so.

Frozen data, made by the readers of Compose files and manifests.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Location:
    """A line of a file, for messages; prints as ``file:line``."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Note:
    """What a reader has to tell of a file that it accepts: ``ignored: container_name``, and where."""

    place: Location
    text: str


@dataclass(frozen=True)
class Probe:
    """A question asked of an instance again and again. Times in seconds, thresholds in answers in a row.

    The fields are those of a Kubernetes probe; a Compose healthcheck maps onto them
    (interval, timeout, retries, start_period, test).
    """

    kind: Literal["http", "tcp", "exec"]
    path: str = "/"
    port: int | None = None
    command: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
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

    With a ``group`` it is called through a load balancer, which has its own opinion of each instance. ``is_tcp`` says
    that what comes through it is not HTTP, ``is_http2`` that it is HTTP/2, as gRPC is.
    """

    container: int
    host: int | None = None
    group: TargetGroupSpec | None = None
    is_tcp: bool = False
    is_http2: bool = False


@dataclass(frozen=True)
class Volume:
    """A folder seen at ``target``: of the host (bind), by a name that services share (shared), or each instance's own.

    ``files`` are put into it, as (name, text): what a ConfigMap holds. What is ``in_memory`` is meant for no disk. What
    ``is_layer`` is copied into an image: a container may write to its own.
    """

    kind: Literal["bind", "shared", "own"]
    source: str
    target: str
    read_only: bool = False
    files: tuple[tuple[str, str], ...] = ()
    in_memory: bool = False
    is_layer: bool = False


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
