"""Measure the figures on lab 03's slides: ``python labs/reports/03_microservices.py``, on a machine at rest.

Writes ``labs/reports/03_microservices/*.json``: the same crash before and after the cut, the cut-over, and an outage.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx

import capsize
from capsize.load import LoadReport
from capsize.session.running import RunningStack

ROOT = Path(__file__).parents[2]
TO = Path(__file__).parent / "03_microservices"
LOAD = {"users": 20, "rate": 50}
SLICES = (10, 50, 100)


def main() -> None:
    """Measure everything once."""
    lab = capsize.lab(3, code=ROOT / "solutions/03_microservices")
    with lab as stack:
        lab.load(users=4, seconds=2)
        keep("whole_in_peace", lab.load(**LOAD, seconds=6, to="monolith"))
        keep(
            "whole_killed",
            during(lambda: lab.load(**LOAD, seconds=6, to="monolith"), lambda: kill(stack, "monolith-1")),
        )
        keep("cut_over", during(lambda: lab.load(**LOAD, seconds=10), lambda: turn_up(stack)))
        keep("cut_in_peace", lab.load(**LOAD, seconds=6))
        keep("cut_killed", during(lambda: lab.load(**LOAD, seconds=6), lambda: kill(stack, "payments-1")))
        keep("sells_on", during(lambda: lab.load(**LOAD, seconds=8), lambda: take_down(stack, "payments-1")))


def during(load: Callable[[], LoadReport], act: Callable[[], None]) -> LoadReport:
    """Act from the third second of a load on."""
    acting = threading.Timer(2.5, act)
    acting.start()
    report = load()
    acting.join()
    return report


def kill(stack: RunningStack, name: str) -> None:
    """Kill an instance; it comes back as its restart policy says."""
    stack.instance(name).kill()


def take_down(stack: RunningStack, name: str) -> None:
    """Have an instance down for three seconds."""
    with stack.instance(name).stop():
        threading.Event().wait(3)


def turn_up(stack: RunningStack) -> None:
    """Turn the share of the new service up, step by step."""
    for share in SLICES:
        address = stack.service("gateway").administration
        httpx.post(f"{address}/runtime_modify", params={"payments.share": share}).raise_for_status()
        threading.Event().wait(2)


def keep(name: str, report: LoadReport) -> None:
    """Save a report and say what is in it."""
    report.save(TO / f"{name}.json")
    print(
        f"{name}: {report.goodput:.0f}/s, {report.failed} failed, p50 {report.p50_ms:.0f}, p99 {report.p99_ms:.0f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
