"""Stale windows: a copy dies or moves, and for how long who goes on calling it, by each way of finding copies.

Checks and notebooks stand here, never a service. ``stack`` is a running stack of lab 05.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx

from capsize.check.kit import browser
from capsize.load import LoadReport
from capsize.load.table import Table
from shop.names import ORDERS

WAYS = {"dns": "DNS with a TTL", "registry": "registry, yours", "bought": "registry, bought"}
WAYS |= {"platform": "platform's address", "mesh": "mesh"}
LOOK = 0.1  # seconds between two questions of a caller
FOREVER = 1.0  # seconds before the end of a measurement: who calls the dead as late as that has not stopped


async def found(stack: Any, way: str, calls: int = 6) -> list[str]:
    """Make some calls by one way; return the copies that answered, and what came instead where none did."""
    async with browser(stack, "shop") as client:
        answers = [await client.get(f"/{way}/till") for _ in range(calls)]
    return [answer.headers["x-served-by"] if answer.is_success else str(answer.status_code) for answer in answers]


async def served_by(stack: Any, way: str, name: str, seconds: float) -> float:
    """Go on calling by one way for so many seconds; return after how many a copy answered last."""
    began = last = time.monotonic()
    while time.monotonic() < began + seconds:
        if name in await found(stack, way, 1):
            last = time.monotonic()
        await asyncio.sleep(LOOK)
    return last - began


def failures(report: LoadReport, way: str) -> int:
    """Count the requests of a load that failed by one way."""
    return sum(len(tally.failed) for name, tally in report.by_name.items() if name.split()[-1] == way)


async def windows(stack: Any, dead: Any, died: float) -> dict[str, float]:
    """Return by way for how many seconds a dead copy was called, from when it died (time.monotonic()).

    Infinity: it still is. Of a way that is one address for all copies, each try that failed counts.
    """
    now, called = time.monotonic(), {dead.name, f"127.0.0.1:{dead.port}", "platform", "mesh"}
    last = dict.fromkeys(WAYS, died)
    for miss in await misses(stack, died):
        if miss["copy"] in called:
            last[miss["way"]] = max(last.get(miss["way"], died), miss["at"])
    return {way: float("inf") if now - last[way] < FOREVER else last[way] - died for way in WAYS}


async def misses(stack: Any, since: float) -> list[dict[str, Any]]:
    """List the tries that failed after ``since``."""
    async with browser(stack, "shop") as client:
        told = (await client.get("/misses")).raise_for_status().json()
    return [miss for miss in told if miss["at"] >= since]


def table(measured: Mapping[str, Mapping[str, float]]) -> Table:
    """Put stale windows side by side: a row for each way, a column for each run."""
    rows = tuple((words, *(_seconds(run[way]) for run in measured.values())) for way, words in WAYS.items())
    return Table("how long the dead were called", ("found by", *measured), rows)


def comparison(measured: Mapping[str, float], report: LoadReport) -> Table:
    """Put the four approaches side by side, with the stale windows and the failures of one run."""
    approaches = {
        "DNS": ("dns", "Route 53, Cloud DNS", "simple", "TTL delays"),
        "service registry": ("registry", "Consul, Eureka", "rich metadata", "one more system"),
        "platform": ("platform", "Kubernetes Services, Cloud Map", "integrated", "of one platform"),
        "service mesh": ("mesh", "Envoy sidecar", "transparent", "a proxy beside each copy"),
    }
    rows = tuple(
        (name, sold, _seconds(measured[way]), str(failures(report, way)), pro, con)
        for name, (way, sold, pro, con) in approaches.items()
    )
    header = ("approach", "sold as", "the dead were called for", "requests that failed", "good", "price")
    return Table("who knows where orders lives", header, rows)


def _seconds(value: float) -> str:
    return "for ever" if value == float("inf") else f"{value:.2f} s"


class Callers:
    """Machines that each have a resolver of their own, and ask it again and again where orders is."""

    def __init__(self, stack: Any, count: int = 20) -> None:
        self.stack, self.count = stack, count
        self.last: dict[tuple[int, str], float] = {}  # when a caller was told an address last
        self._asking: list[asyncio.Task[None]] = []
        self._client: httpx.AsyncClient = browser(stack, "shop")

    async def begin(self, over: float) -> None:
        """Begin to ask, one caller after the other, spread over so many seconds."""
        for caller in range(1, self.count + 1):
            self._asking.append(asyncio.create_task(self._keep_asking(caller)))
            await asyncio.sleep(over / self.count)

    async def _keep_asking(self, caller: int) -> None:
        while True:
            answer = await self._client.get(f"/names/{ORDERS}", params={"caller": caller})
            for address in answer.json() if answer.is_success else ():
                self.last[caller, address] = time.monotonic()
            await asyncio.sleep(LOOK)

    async def stale(self, copy: Any, seconds: float, *, politely: bool = False) -> list[float]:
        """Kill a copy, or stop it; return so many seconds later for how long each caller was told its address."""
        address, died = f"127.0.0.1:{copy.port}", time.monotonic()
        await asyncio.to_thread(copy.stop if politely else copy.kill)
        await asyncio.sleep(seconds)
        return sorted(max(0.0, self.last.get((one, address), died) - died) for one in range(1, self.count + 1))

    async def end(self) -> None:
        """Ask no more."""
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        await self._client.aclose()


async def retire(copy: Any) -> None:
    """Have a copy say goodbye to all who know its address, and serve on."""
    async with httpx.AsyncClient(trust_env=False, verify=False, timeout=10) as client:
        (await client.post(f"http://127.0.0.1:{copy.port}/retire")).raise_for_status()


async def listed(stack: Any) -> list[str]:
    """List the copies of orders that the learner's registry knows."""
    async with browser(stack, "registry") as client:
        return sorted((await client.get("/services/orders")).raise_for_status().json())


def cloud_map(stack: Any) -> Any:
    """Open AWS Cloud Map, as boto3 does, at the stack's own AWS services."""
    from boto3.session import Session
    from botocore.config import Config

    return Session().client(
        "servicediscovery",
        endpoint_url=f"http://{stack.url('aws')}",
        region_name="eu-central-1",
        aws_access_key_id="shop",
        aws_secret_access_key=stack.aws_secret("aws"),
        config=Config(inject_host_prefix=False, proxies={}),  # no host data-servicediscovery.127.0.0.1
    )
