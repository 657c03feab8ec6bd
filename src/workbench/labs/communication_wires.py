"""Lab 04's measurements: what a page costs at the wires by each way of asking, and what becomes of a chain.

Checks and notebooks use it, services never. ``stack`` is a running stack of lab 04.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any

import httpx

from capsize.check.kit import browser
from capsize.load.table import Table
from capsize.runtime.control.edges import FRESH
from workbench.raw_http import knock

WAYS = {"each": "REST, product by product", "batch": "REST, in a batch", "graphql": "GraphQL", "grpc": "gRPC"}
ASKED = {"each": ("orders", "catalogue"), "batch": ("orders", "catalogue"), "graphql": ("graph",), "grpc": ("stock",)}
BEHIND = ("orders", "catalogue", "stock")  # whom GraphQL asks
PAGES, WARM = 60, 5
CHAIN = ("outside>phone", "phone>orders", "phone>catalogue", "phone>stock", "phone>tides")


@dataclass(frozen=True)
class PageCost:
    """What one page costs: calls and bytes of the shop, calls further behind, and how long a customer waits for it.

    ``quick_ms`` is the time that a tenth of the pages keep: what else a machine does slows these least.
    """

    calls: float
    sent: float
    received: float
    behind: float
    quick_ms: float
    p50_ms: float
    p99_ms: float


async def cost(stack: Any, way: str, pages: int = PAGES) -> PageCost:
    """Look at so many pages, one after the other, and read at the wires what each of them cost."""
    async with browser(stack, "shop") as client:
        for number in range(1, WARM + 1):
            (await client.get(f"/pages/{way}/{number}")).raise_for_status()
        before, behind = await _read(stack, "shop", ASKED[way]), await _read(stack, "graph", BEHIND)
        times = sorted([await _page(client, way, 1 + number % 40) for number in range(pages)])
        after = await _read(stack, "shop", ASKED[way])
        beyond = await _read(stack, "graph", BEHIND)
    calls, sent, received = ((now - then) / pages for now, then in zip(after, before, strict=True))
    quick, p50, p99 = (1000 * times[int(share * (pages - 1))] for share in (0.1, 0.5, 0.99))
    return PageCost(calls, sent, received, (beyond[0] - behind[0]) / pages, quick, p50, p99)


async def _page(client: httpx.AsyncClient, way: str, number: int) -> float:
    began = time.perf_counter()
    (await client.get(f"/pages/{way}/{number}")).raise_for_status()
    return time.perf_counter() - began


async def _read(stack: Any, caller: str, services: Iterable[str]) -> tuple[int, int, int]:
    """Sum up requests, bytes sent and bytes received on the wires from a caller to some services."""
    await asyncio.sleep(2 * FRESH)  # a reading of the wires serves for so long
    stats = [stack.edge(caller, service).stats() for service in services]
    return (
        sum(one.requests or 0 for one in stats),
        sum(one.bytes_in for one in stats),
        sum(one.bytes_out for one in stats),
    )


def table(costs: dict[str, PageCost]) -> Table:
    """Put the ways side by side."""
    rows = tuple(
        (
            WAYS[way],
            f"{one.calls:.0f}",
            f"{one.sent:,.0f}",
            f"{one.received:,.0f}",
            f"{one.behind:.0f}" if one.behind else "",
            f"{one.p50_ms:.1f} ms",
            f"{one.p99_ms:.1f} ms",
        )
        for way, one in costs.items()
    )
    header = ("one page by", "calls", "bytes up", "bytes down", "calls behind", "p50", "p99")
    return Table("one page of eight lines, at the wires", header, rows)


async def libraries(stack: Any, calls: int = 100) -> Table:
    """Ask orders for the same order by a bare socket and by httpx; the wire and the service are the same."""
    host, _, port = stack.url("orders").removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    async with browser(stack, "orders") as client:

        async def bare() -> None:
            writer.write(b"GET /orders/3 HTTP/1.1\r\nHost: orders\r\n\r\n")
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r\n")[0]))

        async def by_httpx() -> None:
            await client.get("/orders/3")

        rows = [(name, f"{await _each(ask, calls):.2f} ms") for name, ask in (("socket", bare), ("httpx", by_httpx))]
    writer.close()
    return Table("one REST call, the same in both rows", ("client", "p50"), tuple(rows))


async def _each(ask: Callable[[], Any], calls: int) -> float:
    times = []
    for _ in range(calls):
        began = time.perf_counter()
        await ask()
        times.append(time.perf_counter() - began)
    return 1000 * sorted(times)[calls // 2]


async def spread(stack: Any, service: str, calls: int = 30) -> dict[str, int]:
    """Have a service call stock so often over its one channel; return how many calls each copy answered."""
    async with browser(stack, service) as client:
        counted: dict[str, int] = (await client.get("/spread", params={"calls": calls})).raise_for_status().json()
    return counted


async def answers(stack: Any, path: str, seconds: float, *, at_once: int = 5) -> Counter[str]:
    """Have customers ask the shop for a path, and count after so many seconds what they were told."""
    async with browser(stack, "shop", timeout=60) as client:
        asked = [asyncio.ensure_future(client.get(path)) for _ in range(at_once)]
        done, waiting = await asyncio.wait(asked, timeout=seconds)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    return Counter([*(str(one.result().status_code) for one in done), *("still waiting" for _ in waiting)])


async def back_after(stack: Any, path: str, within: float = 20.0) -> float:
    """Ask the shop for a path until it answers 200; return after how many seconds that was."""
    began = time.monotonic()
    async with browser(stack, "shop") as client:
        while (await client.get(path)).status_code != 200 and time.monotonic() < began + within:
            await asyncio.sleep(0.02)
    return time.monotonic() - began


def weak(stack: Any, percent: float = 1) -> AbstractContextManager[Any]:
    """Have each wire of the phone's page fail so many percent of its calls, for a block."""
    faults = ExitStack()
    for name in CHAIN:
        caller, _, callee = name.partition(">")
        faults.enter_context(stack.edge(caller, callee).fail(503, percent=percent))
    return faults


async def succeeded(stack: Any, pages: int = 1500) -> float:
    """Look at the phone's page so often; return the percentage of pages that came, whole or in part."""
    told = await knock(stack.url("phone"), "/home/3", pages)
    return 100 * sum(count for (status, _), count in told.items() if status == "200") / pages


async def phone(stack: Any, path: str = "/home/3") -> Any:
    """Look at the phone's page once."""
    async with browser(stack, "phone") as client:
        answer = await client.get(path)
        return answer.json() | {"seconds": answer.elapsed.total_seconds(), "status": answer.status_code}


async def left_open(stack: Any, customers: int = 5, patience: float = 2) -> int:
    """Have customers wait in vain and leave; return how many streams of the shop are open a second later."""
    await answers(stack, "/stock/oakum/arrived?pieces=100000", patience, at_once=customers)
    await asyncio.sleep(1)
    return stack.edge("shop", "stock").stats().in_flight or 0


async def calls_behind(stack: Any, number: int) -> int:
    """Ask GraphQL for an order's page; return how many calls it makes of the services behind it."""
    query = f'order(number: "{number}") {{ lines {{ pieces product {{ name priceCents }} onHand }} }}'
    before, *_ = await _read(stack, "graph", BEHIND)
    async with browser(stack, "graph") as client:
        (await client.post("/graphql", json={"query": f"{{ {query} }}"})).raise_for_status()
    after, *_ = await _read(stack, "graph", BEHIND)
    return after - before


async def status(stack: Any) -> int:
    """Ask GraphQL for the page of an order; return the status of its answer."""
    query = '{ order(number: "3") { lines { pieces product { name } } } }'
    async with browser(stack, "graph") as client:
        return (await client.post("/graphql", json={"query": query})).status_code


async def lost_pages(stack: Any, pages: int = 10) -> int:
    """Look at the phone's page so often at once; return how many pages did not come within three seconds."""
    async with browser(stack, "phone", timeout=60) as client:
        asked = [asyncio.ensure_future(client.get("/home/3")) for _ in range(pages)]
        done, waiting = await asyncio.wait(asked, timeout=3)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    return pages - sum(one.result().status_code == 200 for one in done)
