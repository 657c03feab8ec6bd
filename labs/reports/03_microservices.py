"""Measure the figures on lab 03's slides: ``python labs/reports/03_microservices.py``, on an idle machine.

Writes ``labs/reports/03_microservices/*.json``: the same crash before and after the cut, the cut-over, and an outage.
"""

from __future__ import annotations

import sys
import threading
from functools import partial

from measuring import ROOT, during, keep

import capsize
from capsize.session.running import RunningStack

SLICES = (10, 50, 100)


def main() -> None:
    """Measure everything once."""
    lab = capsize.lab(3, code=ROOT / "solutions/03_microservices")
    with lab as stack:
        load = partial(lab.load, users=20, rate=50)
        whole = partial(load, seconds=6, to="monolith")
        lab.load(users=4, seconds=2)
        keep("whole_in_peace", whole())
        keep("whole_killed", during(whole, lambda: kill(stack, "monolith-1")))
        keep("cut_over", during(partial(load, seconds=10), lambda: turn_up(stack)))
        keep("cut_in_peace", load(seconds=6))
        keep("cut_killed", during(partial(load, seconds=6), lambda: kill(stack, "payments-1")))
        keep("sells_on", during(partial(load, seconds=8), lambda: take_down(stack, "payments-1")))


def kill(stack: RunningStack, name: str) -> None:
    """Kill an instance; its restart policy starts it again."""
    stack.instance(name).kill()


def take_down(stack: RunningStack, name: str) -> None:
    """Take an instance down for three seconds."""
    with stack.instance(name).stop():
        threading.Event().wait(3)


def turn_up(stack: RunningStack) -> None:
    """Increase the share of the new service, step by step."""
    for share in SLICES:
        stack.service("gateway").administer("/runtime_modify", {"payments.share": share})
        threading.Event().wait(2)


if __name__ == "__main__":
    sys.exit(main())
