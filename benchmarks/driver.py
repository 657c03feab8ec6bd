"""What Locust itself costs: the time around a run, and what it adds to each request and takes of a core."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.edge import FIRST, REQUESTS, block
from benchmarks.figure import Figure, ratios, seconds
from benchmarks.starting import stack_of
from capsize.load import LoadReport, run_blocking
from capsize.session import running

LOCUSTFILE = Path(__file__).with_name("visitor.py")
SECONDS = 3.0


def measure(rounds: int) -> Iterator[Figure]:
    """Let one user ask for what a bare client asks for, in turns, with nothing but Python between them."""
    with running.start(stack_of(1)) as stack:
        port, took, bare, reports = stack.instances[0].port, list[float](), list[float](), list[LoadReport]()
        connection = http.client.HTTPConnection("127.0.0.1", port)
        block(connection, FIRST)
        for _ in range(rounds):
            bare.append(median(block(connection, REQUESTS)))
            took.append(seconds(lambda: reports.append(_load(port))))
        connection.close()
    driver = tuple(report.p50_ms or 0.0 for report in reports)
    yield Figure(f"Locust, around a run of {SECONDS:g} s", "s", tuple(each - SECONDS for each in took))
    yield Figure("Locust, a request at p50, one user", "ms", driver)
    yield Figure("Locust, that / a bare client's", "x", ratios(driver, bare))
    yield Figure("Locust, requests of one user", "1/s", tuple(report.rps for report in reports))
    yield Figure("Locust, its share of a core meanwhile", "%", tuple(100 * report.total.cpu for report in reports))


def _load(port: int) -> LoadReport:
    return run_blocking(LOCUSTFILE, f"http://127.0.0.1:{port}", users=1, seconds=SECONDS)
