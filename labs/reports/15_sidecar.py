"""Measure the figures on lab 15's slides: ``python labs/reports/15_sidecar.py``, on a machine that does nothing else.

Writes ``labs/reports/15_sidecar/*.json``: a bank that stumbles, as given and solved; and the three ways in one run.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import capsize
from capsize.load import LoadReport
from capsize.session.running import RunningStack
from workbench.labs.sidecar_control import Podside

ROOT = Path(__file__).parents[2]
TO = Path(__file__).parent / "15_sidecar"
STARTER, SOLVED = ROOT / "starter/15_sidecar", ROOT / "solutions/15_sidecar"
EACH = 5  # of so many calls of the bank one fails


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
    """Have one call of the bank in five fail."""
    pod = await Podside.beside(stack)
    await pod.tell("bank", fail=list(range(EACH, 5000, EACH)))
    await pod.leave()


def keep(name: str, report: LoadReport) -> None:
    """Save a report and say what is in it."""
    report.save(TO / f"{name}.json")
    for request, tally in report.by_name.items():
        p50, p99 = (tally.latency.p50_ms, tally.latency.p99_ms) if tally.latency else (0, 0)
        words = f"{len(tally.succeeded)} succeeded, p50 {p50:.1f} ms, p99 {p99:.1f} ms, {dict(tally.reasons)}"
        print(f"{name}: {request}: {words}")


if __name__ == "__main__":
    sys.exit(main())
