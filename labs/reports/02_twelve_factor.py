"""Measure lab 02's figures: ``python labs/reports/02_twelve_factor.py``, on a machine that does nothing else.

Writes ``labs/reports/02_twelve_factor/*.json``: a deploy with customers inside, of the shop as given, in the one copy
that it can run in, and of the solved one in three copies; and the given shop with a pool of four workers.
"""

from __future__ import annotations

import dataclasses
import sys
from functools import partial

from measuring import ROOT, during, keep

import capsize
from capsize.course.lab import Lab
from capsize.session.running import RunningStack
from capsize.stack.model import Stack

POOL = ("python", "-m", "shop.twelve_factor.platform", "pool")


def main() -> None:
    """Measure everything once."""
    measure("given", capsize.lab(2, code=ROOT / "starter" / "02_twelve_factor"), copies=1)
    measure("solved", capsize.lab(2, code=ROOT / "solutions" / "02_twelve_factor"), copies=3)
    given = capsize.lab(2, code=ROOT / "starter" / "02_twelve_factor")
    given.up(model=pool(given.model()))
    keep("pool_given", given.load(users=12, seconds=7, rate=40))
    given.down()


def measure(name: str, lab: Lab, copies: int) -> None:
    """Measure forty requests a second, and deploy the shop during the load."""
    with lab as stack:
        stack.service("shop").scale(copies)
        keep(f"deploy_{name}", during(partial(lab.load, users=12, seconds=9, rate=40), lambda: deploy(stack)))


def deploy(stack: RunningStack) -> None:
    """Stop and start one copy after the other."""
    for copy in stack.service("shop").instances:
        copy.restart()


def pool(stack: Stack) -> Stack:
    """Return the stack with four workers in one copy."""
    copy = dataclasses.replace(stack.services["shop"], command=POOL)
    return dataclasses.replace(stack, services={**stack.services, "shop": copy})


if __name__ == "__main__":
    sys.exit(main())
