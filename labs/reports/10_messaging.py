"""Measure the figures on lab 10's slides: ``python labs/reports/10_messaging.py``, on a machine that does nothing else.

Writes ``labs/reports/10_messaging/*.json``: customers who wait beside customers who do not, and the harbour closing.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from pathlib import Path

import capsize
from capsize.load import LoadReport
from capsize.session.running import RunningStack
from workbench.labs.messaging_control import Quayside

ROOT = Path(__file__).parents[2]
TO = Path(__file__).parent / "10_messaging"
SOLVED = ROOT / "solutions/10_messaging"
BANK_MS, POST_MS = 300, 100


def main() -> None:
    """Measure everything once."""
    lab = capsize.lab(10, code=SOLVED)
    with lab as stack:
        asyncio.run(be_slow(stack))
        lab.load(users=12, seconds=2)
        keep("open", lab.load(users=12, seconds=8))
    with lab as stack:
        closer = threading.Thread(target=close_for_a_while, args=(stack,))
        closer.start()
        keep("closed", lab.load(users=12, seconds=8, rate=40))
        closer.join()


async def be_slow(stack: RunningStack) -> None:
    """Have bank and post take their time."""
    quay = await Quayside.beside(stack)
    await quay.tell("bank", ms=BANK_MS)
    await quay.tell("post", ms=POST_MS)
    await quay.leave()


def close_for_a_while(stack: RunningStack) -> None:
    """Close the harbour in the midst of the load, for two seconds."""
    time.sleep(3)
    with stack.instance("harbour-1").stop():
        time.sleep(2)


def keep(name: str, report: LoadReport) -> None:
    """Save a report and say what is in it."""
    report.save(TO / f"{name}.json")
    for request, tally in report.by_name.items():
        p50 = tally.latency.p50_ms if tally.latency else 0
        print(f"{name}: {request}: {len(tally.succeeded)} succeeded, p50 {p50:.0f} ms, {dict(tally.reasons)}")


if __name__ == "__main__":
    sys.exit(main())
