"""Measure the figures on lab 11's slides: ``python labs/reports/11_event_bus.py``, on a machine that does nothing else.

Writes ``labs/reports/11_event_bus/*.json``: people ask the yard about parcels, and half-way the shop is cut off.
"""

from __future__ import annotations

import asyncio
import sys
import time
from functools import partial

from measuring import ROOT, during, keep

import capsize
from capsize.check.kit import only
from capsize.course.lab import Lab
from capsize.session.running import RunningStack
from workbench.labs.events_experiments import place

WAYS = {"notified": ROOT / "starter/11_event_bus", "carried": ROOT / "solutions/11_event_bus"}
USERS, SECONDS, RATE, PARCELS = 10, 10, 40, 12


def main() -> None:
    """Measure both ways once."""
    for name, code in WAYS.items():
        lab = capsize.lab(11, code=code)
        stack = lab.up(model=only("aws", "bus", "shop", "yard", RULES="parcels")(lab.model()))
        try:
            measure(name, lab, stack)
        finally:
            lab.down()


def measure(name: str, lab: Lab, stack: RunningStack) -> None:
    """Have people ask, and cut the shop off from the yard for the second half."""
    asyncio.run(place(stack, PARCELS))
    load = partial(lab.load, users=USERS, seconds=SECONDS, rate=RATE, to="yard")
    keep(name, during(load, lambda: be_cut_off(stack), SECONDS / 2))


def be_cut_off(stack: RunningStack) -> None:
    """Cut the shop off from the yard until the load is over."""
    with stack.edge("yard", "shop").cut():
        time.sleep(SECONDS / 2)


if __name__ == "__main__":
    sys.exit(main())
