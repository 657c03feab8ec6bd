"""Measure the figures on lab 05's slides: ``python labs/reports/05_discovery.py``, on a machine that does nothing else.

Writes ``labs/reports/05_discovery/*.json``: a copy of orders that dies, with the files as given and solved, and a
registry that is away for twice as long as a lease.
"""

from __future__ import annotations

import sys
import threading
from functools import partial

from measuring import ROOT, during, keep

import capsize
from capsize.course.lab import Lab
from capsize.session.running import RunningStack

AWAY = 6.0  # seconds: two leases


def main() -> None:
    """Measure everything once."""
    measure_death("given", capsize.lab(5, code=ROOT / "starter" / "05_discovery"))
    solved = capsize.lab(5, code=ROOT / "solutions" / "05_discovery")
    measure_death("solved", solved)
    with solved as stack:
        solved.load(users=10, seconds=2, rate=25)
        load = partial(solved.load, users=10, seconds=11, rate=25)
        keep("away_solved", during(load, lambda: cut(stack)))


def measure_death(name: str, lab: Lab) -> None:
    """Measure twenty-five requests a second by five ways, and kill a copy of orders during the load."""
    with lab as stack:
        lab.load(users=10, seconds=2, rate=25)
        load = partial(lab.load, users=10, seconds=11, rate=25)
        keep(f"death_{name}", during(load, stack.instance("orders-1").kill))


def cut(stack: RunningStack) -> None:
    """Take the registry away from the front for a while."""
    with stack.edge("shop", "registry").cut():
        threading.Event().wait(AWAY)


if __name__ == "__main__":
    sys.exit(main())
