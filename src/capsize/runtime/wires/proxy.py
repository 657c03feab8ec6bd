"""The wires: one Envoy for a stack, one listener for each edge, so that each arrow can be watched, slowed and cut.

Who is behind a wire changes by file (written beside and renamed); nothing is reloaded, no connection is dropped.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import TaskGroup

from capsize import files
from capsize.errors import CapsizeError
from capsize.runtime.host.protocol import Host
from capsize.runtime.ports import Address, Ports
from capsize.runtime.wires import envoy_config as envoy
from capsize.runtime.wires.envoy_process import EnvoyProcess
from capsize.runtime.wires.health_log import FLUSH, health_checks
from capsize.runtime.wires.relay import RelayProcess
from capsize.stack.model import OUTSIDE, Edge, TargetGroupSpec

READ = (
    r"^(http|tcp|cluster)\.wire\d+\.(downstream_rq_(total|completed|active|time)|downstream_cx_(active|total|rx_bytes_total|tx_bytes_total)|upstream_rq_5\d\d"
    r"|fault\.aborts_injected|lua\.executions|upstream_cx_(active|none_healthy|connect_fail|connect_timeout|destroy_remote_with_active_rq))$"
)
VERSIONS = {"listeners": "listener_manager.lds.version_text", "clusters": "cluster_manager.cds.version_text"}
WHO = "wires"  # as the timeline calls Envoy


@dataclass(frozen=True)
class EdgeSetting:
    """What is done to a wire: nothing, a delay, a failure, a loss of answers, a cut.

    Times in milliseconds, shares in percent.
    """

    kind: str = "none"
    ms: int = 0
    status: int = 503
    percent: float = 100

    def to_json(self) -> dict[str, Any] | None:
        own = {"delay": ("ms", "percent"), "fail": ("status", "percent"), "lose": ("percent",), "cut": ()}.get(
            self.kind
        )
        return None if own is None else {"kind": self.kind, **{name: getattr(self, name) for name in own}}


class Wires:
    """The edges of one stack in one Envoy, which runs in the stack's place; the ports are kept by ``ports``.

    ``groups`` are the target groups of the edges that are balancers, in seconds of this machine.
    """

    def __init__(
        self, host: Host, edges: Iterable[Edge], ports: Ports, groups: Mapping[Edge, TargetGroupSpec] = {}
    ) -> None:
        self.host, self.folder, self.ports = host, host.folder / "wires", ports
        self.edges, self.groups = list(edges), groups
        self.at = {edge: ports.reserve() for edge in self.edges}
        self.settings: dict[Edge, EdgeSetting] = {edge: EdgeSetting() for edge in self.edges}
        self.sticky: set[Edge] = set()
        self.targets: dict[str, tuple[int, ...]] = {}
        self._relays: dict[Edge, RelayProcess] = {}
        self._versions = Counter[str]()
        self._tasks: TaskGroup | None = None
        self._checked = {pool for edge in groups for pool in envoy.pools(edge)}
        self.folder.mkdir(mode=0o700)
        doors = [port for edge, port in self.at.items() if edge.caller == OUTSIDE]
        self.carrier = host.carrier(self.folder, doors, ports)
        for edge in groups:
            for pool in envoy.pools(edge):
                self.point(pool, ())
        self._lead()
        self._listen()
        self.envoy = EnvoyProcess(self.carrier, self.folder, FLUSH if groups else (), self._bootstrap)

    @property
    def is_up(self) -> bool:
        """Whether Envoy carries them, as far as is known."""
        return self.envoy.up.is_set()

    @property
    def health_log(self) -> Path:
        """The file in which Envoy writes every answer to a balancer's health checks."""
        return self.folder / "health.log"

    @property
    def addresses(self) -> Mapping[tuple[str, str, int], int]:
        """The port of each wire by (caller, what it calls, port of the callee)."""
        return {(edge.caller, edge.door, edge.port): port for edge, port in self.at.items()}

    async def start(self) -> None:
        """Start Envoy and wait until it answers. Raise CapsizeError with its last words if it does not."""
        await self.envoy.start()

    async def tend(self, tell: Callable[[str, str, str], object]) -> None:
        """Start Envoy and the relays again whenever they end, and ``tell`` the timeline. Runs until cancelled."""
        self._tell = tell
        async with anyio.create_task_group() as self._tasks:
            self._tasks.start_soon(self.envoy.keep, functools.partial(tell, WHO))
            await anyio.sleep_forever()

    def _bootstrap(self) -> envoy.Json:
        """Return what Envoy starts with: all that was done to the wires before acts from the first request on."""
        values = {name: value for edge in self.edges for name, value in self._values(edge).items()}
        return envoy.bootstrap(self.folder, self.carrier.administration, values)

    async def close(self) -> None:
        """Let go of Envoy's administration; Envoy itself ends with the nursery."""
        await self.carrier.client.aclose()

    def point(self, pool: str, ports: Iterable[int]) -> None:
        """Let all wires to ``pool``, a service or a balancer's targets, lead to who the kit reaches at these ports."""
        self.targets[pool] = tuple(ports)
        if pool in self._checked:
            self._put(f"endpoints-{pool}", [envoy.endpoints(pool, self._addresses(pool))])
        else:
            self._lead()

    def _lead(self) -> None:
        """Write down where every wire leads: one file, since Envoy takes one of the system's few watches for each."""
        checks = {edge: health_checks(group, self.health_log) for edge, group in self.groups.items()}
        targets = {pool: self._addresses(pool) for pool in self.targets}
        self._put("clusters", envoy.clusters(self.folder, self.edges, targets, checks))

    def _addresses(self, pool: str) -> list[Address]:
        return [self.host.endpoint(port) for port in self.targets[pool]]

    def _listen(self) -> None:
        listeners = [
            envoy.listener(
                number,
                edge,
                (self.carrier.listens, self.at[edge]),
                via=envoy.relay(number) if edge in self._relays else None,
            )
            for number, edge in enumerate(self.edges)
            if self.settings[edge].kind != "cut"
        ]
        self._put("listeners", listeners)

    def _put(self, kind: str, resources: Iterable[envoy.Json]) -> None:
        self._versions[kind] += 1
        content = {"version_info": str(self._versions[kind]), "resources": list(resources)}
        files.replace(envoy.resources(self.folder, kind), json.dumps(content))

    async def set(self, edge: Edge, setting: EdgeSetting) -> None:
        """Do this to a wire, and undo what was done to it before; return when it acts.

        Wires that are away are awaited. Raise CapsizeError where they stay away, with nothing changed.
        """
        await self.envoy.back()
        before, self.settings[edge] = self.settings[edge], setting
        try:
            await self._make_real(edge, before, setting)
        except CapsizeError:
            self.settings[edge] = before
            self._listen()
            raise

    async def _make_real(self, edge: Edge, before: EdgeSetting, setting: EdgeSetting) -> None:
        if edge.protocol == "tcp":
            await self._relay(edge, setting)
        else:
            await self._tell_envoy(edge)
            if "cut" in (before.kind, setting.kind):
                await self._listen_anew()

    async def _listen_anew(self) -> None:
        """Write the listeners down and wait until Envoy has taken them in."""
        self._listen()
        await self._taken("listeners")

    async def _taken(self, kind: str) -> None:
        """Wait until Envoy has taken in the last file of a kind."""
        name, written = VERSIONS[kind], str(self._versions[kind])
        query = {"format": "json", "filter": f"^{re.escape(name)}$"}
        with anyio.move_on_after(2):
            while await self._stats(query) != [{"name": name, "value": written}]:
                await anyio.sleep(0.002)

    def _values(self, edge: Edge) -> dict[str, str]:
        """Return the runtime keys of a wire, with what its setting and its stickiness make of them."""
        number, setting = self.edges.index(edge), self.settings[edge]
        percent = {kind: int(setting.percent) if setting.kind == kind else 0 for kind in ("delay", "fail", "lose")}
        keys = {
            "delay_percent": percent["delay"],
            "delay_ms": setting.ms,
            "fail_percent": percent["fail"],
            "fail_status": setting.status,
            "lose_percent": percent["lose"],
            "sticky_percent": 100 if edge in self.sticky else 0,
        }
        return {envoy.key(number, name): str(value) for name, value in keys.items()}

    async def _tell_envoy(self, edge: Edge) -> None:
        await self.envoy.ask("POST", "/runtime_modify", self._values(edge))

    async def stick(self, edge: Edge, *, sticky: bool) -> None:
        """Send each caller with a cookie of ours back to the instance that gave it, or all in turns; at once."""
        await self.envoy.back()
        self.sticky = self.sticky | {edge} if sticky else self.sticky - {edge}
        await self._tell_envoy(edge)

    async def _relay(self, edge: Edge, setting: EdgeSetting) -> None:
        new = await self._start_relay(edge, setting) if setting.kind == "delay" else None
        old = self._relays.pop(edge, None)
        if new:
            self._relays[edge] = new
            self.point(envoy.relay(self.edges.index(edge)), [new.port])
        await self._listen_anew()
        if old:
            await old.stop()
            self.ports.release(old.port)

    async def _start_relay(self, edge: Edge, setting: EdgeSetting) -> RelayProcess:
        behind = self.targets.get(envoy.pool(edge), ())
        if not behind:
            raise CapsizeError(f"nothing is behind {edge.name} that could be slow", next="start it first")
        words = (*self.host.endpoint(behind[0]), setting.ms, setting.percent)
        relay = RelayProcess(self.ports.reserve(), words, self.folder, self.carrier.relay, self.host.patience)
        await relay.start()
        if self._tasks:
            self._tasks.start_soon(relay.keep, lambda what, why: self._tell(edge.name, f"relay {what}", why))
        return relay

    async def settled(self) -> None:
        """Wait until Envoy answers, and has taken in where the platform's wires lead."""
        await self.envoy.back()
        with contextlib.suppress(CapsizeError):  # it ended meanwhile: the next one begins with these files
            await self._taken("clusters")

    async def stats(self) -> list[dict[str, Any]]:
        """Return Envoy's statistics of the wires, as its administration gives them. Raise CapsizeError if away."""
        query = {"format": "json", "usedonly": "", "histogram_buckets": "cumulative", "filter": READ}
        return await self._stats(query)

    async def _stats(self, query: dict[str, str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.envoy.ask("GET", "/stats", query)).json()["stats"]
        return found
