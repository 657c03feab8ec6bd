"""Measure the figures on lab 10's slides: ``python labs/reports/10_messaging.py``, on a machine that does nothing else.

Writes ``labs/reports/10_messaging/*.json``: customers who wait beside customers who do not, and the harbour closing.
"""

from __future__ import annotations

import asyncio
import sys
import time
from functools import partial

from measuring import ROOT, during, keep

import capsize
from capsize.session.running import RunningStack
from workbench.labs.messaging_control import Quayside

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
        load = partial(lab.load, users=12, seconds=8, rate=40)
        keep("closed", during(load, lambda: close_for_a_while(stack), 3))


async def be_slow(stack: RunningStack) -> None:
    """Make bank and post slow."""
    async with Quayside(stack) as quay:
        await quay.tell("bank", ms=BANK_MS)
        await quay.tell("post", ms=POST_MS)


def close_for_a_while(stack: RunningStack) -> None:
    """Close the harbour for two seconds."""
    with stack.instance("harbour-1").stop():
        time.sleep(2)


if __name__ == "__main__":
    sys.exit(main())
