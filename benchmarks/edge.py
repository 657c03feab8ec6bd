"""What a wire costs: the same service, by the same client, directly and through its edge, in turns."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from statistics import mean, median, quantiles

from benchmarks.figure import Figure
from benchmarks.starting import stack_of
from capsize.session import running

BLOCKS, REQUESTS, FIRST = 8, 300, 100
TARGET = 0.6


def measure(rounds: int) -> Iterator[Figure]:
    """Send requests one after the other over one connection each way, in blocks that alternate."""
    with running.start(stack_of(1)) as stack:
        ways = {"directly": stack.instances[0].port, "through its edge": int(stack.url().rpartition(":")[2])}
        connections = {name: http.client.HTTPConnection("127.0.0.1", port) for name, port in ways.items()}
        for connection in connections.values():
            block(connection, FIRST)
        found = {name: list[list[float]]() for name in ways}
        for _ in range(rounds * BLOCKS):
            for name, connection in connections.items():
                found[name].append(block(connection, REQUESTS))
        for connection in connections.values():
            connection.close()
    yield from _figures(found)


def block(connection: http.client.HTTPConnection, count: int) -> list[float]:
    """Return the milliseconds of each request."""
    return [_request(connection) for _ in range(count)]


def _request(connection: http.client.HTTPConnection) -> float:
    began = time.perf_counter()
    connection.request("GET", "/ready")
    answer = connection.getresponse()
    answer.read()
    took = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        raise RuntimeError(f"the service answered {answer.status}")
    return took


def _figures(found: dict[str, list[list[float]]]) -> Iterator[Figure]:
    direct, edge = ([median(block) for block in blocks] for blocks in found.values())
    yield Figure(
        "an edge's cost at p50, one client", "ms", tuple(b - a for a, b in zip(direct, edge, strict=True)), TARGET
    )
    for name, blocks in found.items():
        yield Figure(f"a request {name}, p50", "ms", tuple(median(block) for block in blocks))
        yield Figure(f"a request {name}, p99", "ms", tuple(quantiles(block, n=100)[98] for block in blocks))
        yield Figure(f"requests {name}, one client", "1/s", tuple(1000 / mean(block) for block in blocks))
