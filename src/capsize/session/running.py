"""A running stack, as a learner, a check or a board holds it: synchronous, from any thread.

The stack's event loop turns in a daemon thread of its own, so boards live while a caller waits here.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from capsize.errors import CapsizeError
from capsize.runtime.control.supervisor import ENDPOINT_LAG, Supervisor, running
from capsize.runtime.control.timeline import Timeline
from capsize.runtime.host.processes.host import process_host
from capsize.runtime.host.protocol import HostOpening
from capsize.runtime.queues import Queue, Rule
from capsize.runtime.tracebacks import tail
from capsize.runtime.wires import envoy_config as envoy
from capsize.runtime.wires.proxy import WHO
from capsize.runtime.wires.stats import EdgeStats
from capsize.session.handles import EdgeHandle, InstanceHandle, ServiceHandle
from capsize.session.log_places import LogPlaces
from capsize.session.owner import OwnersOnly
from capsize.session.snapshot import act, snapshot
from capsize.session.stack_thread import StackThread
from capsize.stack.model import OUTSIDE, Edge, Stack

T = TypeVar("T")


FOR_THIS_STACK = "sslmode=disable&target_session_attrs=any"


class RunningStack:
    """A stack that runs until ``down``. A context manager too."""

    def __init__(self, life: StackThread, supervisor: Supervisor) -> None:
        self._life, self.supervisor = life, supervisor
        # a stack that nobody holds any more goes down, at exit too
        self._end = weakref.finalize(self, OwnersOnly(life.end))
        self.model: Stack = supervisor.view.stack
        self.name = supervisor.view.stack.name
        self.timeline: Timeline = supervisor.view.timeline
        logs = supervisor.view.logs
        self._places = LogPlaces(lambda who: next(logs(who), None))
        self.timeline.listeners.append(self._places.note)
        self.remarks: dict[str, str] = {}  # by edge, what a board says of it: "mTLS: who calls whom"

    @property
    def folder(self) -> Path:
        """The stack's own folder, which only its user may enter and which goes with it."""
        return self.supervisor.host.folder

    @property
    def on(self) -> str:
        """Where it runs: processes or docker."""
        return self.supervisor.host.name

    @property
    def state(self) -> str:
        """One of starting, up, stopping, down."""
        return self.supervisor.view.phase

    def call(self, function: Callable[..., Awaitable[T]], *args: Any) -> T:
        """Run a coroutine function of the stack's loop and wait for it. Raise CapsizeError if the stack is down."""
        if self.state != "up":
            raise self.loss or CapsizeError(f"the stack {self.name} is {self.state}", next="start it: lab.up()")
        try:
            return self._life.call(function, *args)
        except CapsizeError as error:
            raise self.loss or error from error.__cause__

    @property
    def loss(self) -> CapsizeError | None:
        """Why the stack went down, where nobody asked it to."""
        return self.supervisor.loss

    @property
    def services(self) -> dict[str, ServiceHandle]:
        return {name: ServiceHandle(self, name) for name in self.model.services}

    def service(self, name: str) -> ServiceHandle:
        """Return a service by name."""
        return _pick("service", name, self.services)

    @property
    def instances(self) -> list[InstanceHandle]:
        return [InstanceHandle(self, instance) for instance in self.supervisor.view.all_instances]

    def instance(self, name: str) -> InstanceHandle:
        """Return an instance by name, as in ``shop-1``."""
        return _pick("instance", name, {instance.name: instance for instance in self.instances})

    @property
    def edges(self) -> list[EdgeHandle]:
        return [EdgeHandle(self, edge) for edge in self.model.edges]

    def edge(self, caller: str, callee: str) -> EdgeHandle:
        """Return the edge between two services; ``outside`` is a caller too."""
        return _pick("edge", f"{caller}>{callee}", {edge.name: edge for edge in self.edges})

    def url(self, service: str | None = None) -> str:
        """Return where the outside reaches a service (the first that speaks HTTP): a URL, or host:port for TCP."""
        edge = self.door(service)
        address = f"127.0.0.1:{self.supervisor.view.wires.at[edge]}"
        return address if edge.protocol == "tcp" else f"http://{address}"

    def door(self, service: str | None = None) -> Edge:
        """Return the edge by which the outside reaches a service, or the first that speaks HTTP."""
        outside = {edge.door: edge for edge in reversed(self.model.edges) if edge.caller == OUTSIDE}
        doors = [edge for edge in self.model.edges if edge in outside.values() and edge.protocol != "tcp"]
        return doors[0] if service is None and doors else _pick("published service", service or "", outside)

    def dsn(self, database: str) -> str:
        """Return where, and as whom, the outside opens a published PostgreSQL of the stack.

        It says itself what the PG variables of a shell would say otherwise.
        """
        own = self.model.services[_pick("service", database, self.services).name].environment
        account = f"{own['POSTGRES_USER']}:{own['POSTGRES_PASSWORD']}"
        return f"postgresql://{account}@{self.url(database)}/{own['POSTGRES_DB']}?{FOR_THIS_STACK}"

    def aws_secret(self, cloud: str) -> str:
        """Return the secret access key with which a set of AWS services of the stack is asked."""
        own = self.model.services[_pick("service", cloud, self.services).name].environment
        return own["AWS_SECRET_ACCESS_KEY"]

    def logs(self, name: str, lines: int = 20, at: float | None = None) -> str:
        """Return the last lines that an instance, or each instance of a service, wrote.

        ``at`` asks for the lines around the instance's event at so many seconds of the timeline instead.
        """
        logs = list(self.supervisor.view.logs(name))
        if not logs:
            self.instance(name)
        around = self._places.around(name, at, lines) if at is not None else []
        return "\n".join(around or [line for log in logs for line in tail(log, lines)])

    def marks(self, to: str | None = None) -> list[tuple[float, str]]:
        """List for a load's plot what happened to the service that it goes to, and to all behind it.

        Each with its seconds of the monotonic clock.
        """
        model, timeline = self.model, self.timeline
        near = model.behind(self.door(to).callee)
        names = near | {WHO} | {edge.name for edge in model.edges if edge.callee in near}
        events = (event for event in list(timeline.events) if {event.who, event.service} & names)
        return [(timeline.began + event.at, f"{event.who} {event.what}") for event in events]

    def stats(self) -> dict[str, EdgeStats]:
        """Return the figures of all edges by name; a reading serves for a fifth of a second.

        While the wires are away these are their last ones, marked ``stale``.
        """
        self._refresh(self.supervisor.edges.read)
        stats, edges = self.supervisor.edges.stats, enumerate(self.model.edges)
        stale = self.state == "up" and not self.supervisor.view.wires.is_up
        now = {edge.name: stats.of(envoy.wire(number), edge.protocol) for number, edge in edges}
        return {name: replace(one, stale=stale) for name, one in now.items()}

    def queues(self) -> list[Queue]:
        """Return what waits in the stack's brokers; a reading serves for half a second."""
        supervisor = self.supervisor
        self._refresh(supervisor.queues.read, supervisor.view.all_instances)
        return supervisor.queues.now

    def rules(self) -> list[Rule]:
        """Return what the rules of the stack's event buses have matched, and what became of it, as ``queues`` does."""
        self.queues()
        return self.supervisor.queues.rules

    def _refresh(self, take: Callable[..., Awaitable[object]], *of: object) -> None:
        """Take a reading if the stack is up; the last one stands otherwise."""
        if self.supervisor.view.phase == "up":
            with contextlib.suppress(CapsizeError, OSError, CancelledError, RuntimeError):
                self.call(take, *of)

    def apply(self, model: Stack) -> None:
        """Make real what a changed file says of the Deployments, as ``kubectl apply`` does, and wait until it is."""
        self.call(self.supervisor.apply, model)
        self.model = model

    def snapshot(self) -> dict[str, Any]:
        """Return what a board shows, as JSON."""
        return snapshot(self)

    def act(self, request: dict[str, Any]) -> None:
        """Do what a board or a terminal asks, as in ``{"do": "kill", "who": "shop-1"}``."""
        act(self, request)

    def down(self) -> None:
        """Stop everything and leave nothing. Once is enough."""
        self._end()

    def __enter__(self) -> RunningStack:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.down()

    def __repr__(self) -> str:
        return f"<stack {self.name}: {', '.join(self.model.services)}>"


def _pick(kind: str, name: str, choices: dict[str, T]) -> T:
    if name not in choices:
        raise CapsizeError(f"no {kind} named {name!r}", expected=" or ".join(choices) or f"a {kind}", got=repr(name))
    return choices[name]


def start(
    stack: Stack,
    *,
    endpoint_lag: float = ENDPOINT_LAG,
    patience: float | None = None,
    wait: bool = True,
    host: HostOpening = process_host,
    starting: Future[None] | None = None,
) -> RunningStack:
    """Start a stack, wait until it is ready, and return it.

    Without ``wait`` Deployments are started and not awaited: watch on the board what becomes of them.

    ``host`` opens where it runs; ``endpoint_lag`` and ``patience`` are in seconds. Whatever ends the wait
    (CapsizeError, Ctrl-C) unwinds all; so does cancelling ``starting`` from another thread, which waits until nothing
    is left.
    """
    life = StackThread(lambda: running(stack, endpoint_lag=endpoint_lag, patience=patience, wait=wait, host=host))
    if starting is not None:
        starting.add_done_callback(lambda _: life.end())
    return RunningStack(life, life.begin())
