"""Measure the figures on lab 06's slides: ``python labs/reports/06_stateless.py``, on a machine that does nothing else.

Writes ``labs/reports/06_stateless/*.json``: a copy that dies, sticky and not; then one crowd at one to four copies.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import capsize
from capsize.load import LoadReport
from capsize.session.running import RunningStack

ROOT = Path(__file__).parents[2]
TO = Path(__file__).parent / "06_stateless"
STARTER, SOLVED = ROOT / "starter/06_stateless", ROOT / "solutions/06_stateless"
COPIES = (1, 2, 3, 4)


def main() -> None:
    """Measure everything once."""
    measure_death("in_turns", STARTER, sticky=False)
    measure_death("sticky", STARTER, sticky=True)
    measure_death("stateless", SOLVED, sticky=False)
    for name, code in (("starter", STARTER), ("solved", SOLVED)):
        measure_growth(name, code)


def measure_death(name: str, code: Path, *, sticky: bool) -> None:
    """Have sixty requests a second, and kill a copy in the midst of them."""
    lab = capsize.lab(6, code=code)
    with lab as stack:
        if sticky:
            stack.edge("outside", "shop").sticky()
        lab.load(users=24, seconds=2, rate=60)
        killer = threading.Thread(target=kill_after, args=(stack, 4.5))
        killer.start()
        keep(f"death_{name}", lab.load(users=24, seconds=8, rate=60))
        killer.join()


def kill_after(stack: RunningStack, seconds: float) -> None:
    """Kill the second copy so many seconds from now."""
    time.sleep(seconds)
    stack.instance("shop-2").kill()


def measure_growth(name: str, code: Path) -> None:
    """Have eighty customers, each as quick as the shop lets it be, at more and more copies."""
    lab = capsize.lab(6, code=code)
    with lab as stack:
        stack.service("shop").scale(1)
        lab.load(users=80, seconds=2)
        for copies in COPIES:
            stack.service("shop").scale(copies)
            keep(f"{name}_{copies}", lab.load(users=80, seconds=6))


def keep(name: str, report: LoadReport) -> None:
    """Save a report and say what is in it."""
    report.save(TO / f"{name}.json")
    print(f"{name}: {report.goodput:.0f}/s, p50 {report.p50_ms or 0:.0f} ms, failed {dict(report.reasons)}")


if __name__ == "__main__":
    sys.exit(main())
