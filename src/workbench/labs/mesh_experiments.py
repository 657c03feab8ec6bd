"""Experiments with a mesh: certificates that end early, rules that are switched on and off, faults that are drawn.

Checks and notebooks stand here, never a service. ``stack`` is a running stack of lab 16.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from capsize.check.kit import during, until
from capsize.stack.model import Stack
from workbench.customers import Answer, tally
from workbench.labs.mesh_control import Meshside

AT_ONCE = 20
WITHIN = 10.0  # seconds in which a log has been written, and a rule is in force
LIMIT = "circuit_breakers.catalogue.default.max_requests"


def lasting(seconds: float) -> Callable[[Stack], Stack]:
    """Return a change of the stack: certificates last so many seconds."""
    from capsize.check.kit import only

    return lambda stack: only(*stack.services, CERTIFICATE_SECONDS=seconds)(stack)


def identities(stack: Any) -> dict[str, str]:
    """Ask each sidecar's administration which identity it shows, and note it on the board's wires between two."""
    sidecars = [name for name, one in stack.model.services.items() if one.network_of]
    shown = {name: _identity(json.loads(stack.service(name).administer("/certs"))) for name in sidecars}
    for edge in stack.model.edges:
        if edge.caller in shown and edge.callee in shown and edge.protocol == "tcp":
            stack.remarks[edge.name] = f"mTLS: {shown[edge.caller]} calls {shown[edge.callee]}"
    return shown


def _identity(said: Mapping[str, Any]) -> str:
    chains = [chain for one in said["certificates"] for chain in one["cert_chain"]]
    return next((name["uri"] for chain in chains for name in chain["subject_alt_names"]), "")


async def spoken_to(stack: Any, door: str, path: str = "/items/oakum") -> str:
    """Call a door by plain HTTP; return the status, or the kind of error where nothing is answered."""
    address = stack.url(door).removeprefix("http://")
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:  # no TLS
        try:
            return str((await client.get(f"http://{address}{path}")).status_code)
        except httpx.HTTPError as error:
            return type(error).__name__


async def released(mesh: Meshside, **plan: Any) -> dict[str, Any]:
    """Release version 2 by a plan while customers ask, and wait until that is decided."""
    async with mesh.busy(prices=8):
        (await mesh.desks["release"].post("/release", json=plan)).raise_for_status()

        async def is_over() -> bool:
            return (await mesh.said("release", "/release"))["is_in"] is not None

        await until(is_over, "the release is decided", within=60)
    return dict(await mesh.said("release", "/release"))


def smallest_seen(answers: int) -> float:
    """Return the share of failures, in percent, that as many answers without one rule out, 19 times out of 20."""
    return float(100 * (1 - 0.05 ** (1 / max(answers, 1))))


async def ruled(mesh: Meshside, rules: Mapping[str, Any]) -> None:
    """Want rules, and wait until the sidecar of orders has them."""
    before = _taken(mesh)
    await mesh.want(rules=rules)
    await until(lambda: _taken(mesh) > before, "the sidecar of orders has its routes", within=WITHIN)


def _taken(mesh: Meshside) -> int:
    said = mesh.stack.service("orders-proxy").administer("/stats")
    return int(re.findall(r"rds\.calls\.update_success: (\d+)", said)[0])


async def calls_for(mesh: Meshside, tries: int) -> int:
    """Have a client ask for a price, and try again so often; return how many calls the catalogue gets."""
    before = (await mesh.said("catalogue", "/desk")).get("asked", 0)
    for _ in range(tries):
        if (await mesh.price()).kind == "200":
            break
    return int((await mesh.said("catalogue", "/desk"))["asked"] - before)


@dataclass(frozen=True)
class Toggle:
    """A rule of the mesh, what the catalogue does meanwhile, and how many ask at once."""

    rule: Mapping[str, Any] = field(default_factory=dict)
    works: Mapping[str, float] = field(default_factory=dict)
    at_once: int = 1
    limit: int = 0  # calls at once that the circuit breaker lets through


TOGGLES = {
    "timeout": Toggle({"timeout": 0.2}, {"ms": 600}),
    "retries": Toggle({"retries": 16}, {"fails": 0.45}),  # all but 3 runs of 100,000 show what it does
    "circuit breaking": Toggle({}, {"ms": 200}, AT_ONCE, 2),
    "rate limiting": Toggle({"per_second": 3}, {}, AT_ONCE),
    "fault injection": Toggle({"abort": 50, "status": 418}, {}),
}


async def toggled(mesh: Meshside, name: str) -> tuple[dict[str, int], dict[str, int]]:
    """Switch a rule on and off while the catalogue works in a certain way; return the answers with it, and without."""
    toggle = TOGGLES[name]
    await mesh.tell("catalogue", **toggle.works)
    with_it = await _answers(mesh, toggle, toggle.rule, toggle.limit or 1000)
    without = await _answers(mesh, toggle, {}, 1000)
    await mesh.tell("catalogue")
    return with_it, without


async def _answers(mesh: Meshside, toggle: Toggle, rule: Mapping[str, Any], limit: int) -> dict[str, int]:
    await asyncio.to_thread(mesh.stack.service("orders-proxy").administer, "/runtime_modify", {LIMIT: limit})
    await ruled(mesh, {"catalogue": rule})
    rounds = AT_ONCE // toggle.at_once
    answers: list[Answer] = []
    for _ in range(rounds):
        answers += await asyncio.gather(*(mesh.price() for _ in range(toggle.at_once)))
    return tally(answers)


CAUSES = {
    "UF": "the other sidecar could not be reached",
    "UT": "the service was slower than the route's timeout",
    "FI": "a fault was injected by the mesh",
    "RL": "the rate limit turned it away",
    "UH": "the cluster has no endpoint",
}


class DrawnFault:
    """One of the CAUSES, drawn, and nobody says which. ``flags`` is what the sidecar's log says meanwhile."""

    def __init__(self, mesh: Meshside) -> None:
        self.mesh, self.cause = mesh, random.choice(list(CAUSES))

    async def flags(self) -> Counter[str]:
        """Have customers ask while the fault lasts, and count the flags of the calls that failed."""
        before = {line["trace"] for line in self.mesh.lines("orders-proxy")}
        async with self._fault():
            kinds = tally([await self.mesh.price() for _ in range(5)])
        failed = sum(count for kind, count in kinds.items() if kind != "200")

        def logged() -> list[str]:
            lines = [line for line in self.mesh.lines("orders-proxy") if line["trace"] not in before]
            return [one["flags"] for one in lines if one["listener"] == "calls" and (one["status"] or 0) >= 400]

        await until(lambda: len(logged()) >= failed, "the log has the calls that failed", within=WITHIN)
        return Counter(flag for flags in logged() for flag in flags.split(",") if flag in CAUSES)

    @asynccontextmanager
    async def _fault(self) -> AsyncIterator[None]:
        if self.cause == "UF":
            async with during(self.mesh.stack.edge("orders-proxy", "catalogue-proxy").cut):
                yield
            return
        await self.mesh.tell("catalogue", ms=600 if self.cause == "UT" else 0)
        rule = {"UT": {"timeout": 0.2}, "FI": {"abort": 100}, "RL": {"per_second": 1}}.get(self.cause, {})
        away = {"endpoints": {"catalogue": [], "payments": ["payments"]}} if self.cause == "UH" else {}
        await self.mesh.want(rules={"catalogue": rule}, **away)
        await asyncio.sleep(0.3)
        yield
        await self.mesh.tell("catalogue")
        back = {"catalogue": ["catalogue"], "catalogue-v2": ["catalogue-v2"], "payments": ["payments"]}
        await self.mesh.want(rules={}, endpoints=back)


async def answered_by(mesh: Meshside, version: str, within: float) -> bool:
    """Say whether a price is answered by a version within so many seconds."""
    over = time.monotonic() + within
    while time.monotonic() < over:
        answer = await mesh.price()
        if answer.kind == "200" and answer.body["version"] == version:
            return True
        await asyncio.sleep(0.05)
    return False


async def refusals(mesh: Meshside) -> list[str]:
    """Wait until the control plane says who has refused something, and return who."""
    found: dict[str, str] = {}

    async def is_known() -> bool:
        found.update(await mesh.said("control", "/refused"))
        return bool(found)

    await until(is_known, "the control plane says who has refused something", within=WITHIN)
    return sorted(found)
