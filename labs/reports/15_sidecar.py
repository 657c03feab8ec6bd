"""Measure the figures on lab 15's slides: ``python labs/reports/15_sidecar.py``, on a machine that does nothing else.

Writes ``labs/reports/15_sidecar/*.json``: a bank that stumbles, as given and solved; and the three ways in one run.
"""

from __future__ import annotations

import asyncio
import sys

from measuring import ROOT, keep

import capsize
from capsize.session.running import RunningStack
from workbench.labs.sidecar_control import Podside

STARTER, SOLVED = ROOT / "starter/15_sidecar", ROOT / "solutions/15_sidecar"
EACH = 5  # one in this many calls to the bank fails


def main() -> None:
    """Measure everything once."""
    for name, code in (("given", STARTER), ("solved", SOLVED)):
        lab = capsize.lab(15, code=code)
        with lab as stack:
            lab.load(users=6, seconds=2)
            asyncio.run(stumble(stack))
            keep(f"stumbling_{name}", lab.load(users=6, seconds=8))
    with lab:
        lab.load(users=6, seconds=2, rate=60)
        keep("ways", lab.load(users=6, seconds=20, rate=60))


async def stumble(stack: RunningStack) -> None:
    """Make one in five calls to the bank fail."""
    async with Podside(stack) as pod:
        await pod.tell("bank", fail=list(range(EACH, 5000, EACH)))


if __name__ == "__main__":
    sys.exit(main())
