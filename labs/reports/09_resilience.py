"""Measure the figures on lab 09's slides: ``python labs/reports/09_resilience.py``, on an idle machine.

Writes ``labs/reports/09_resilience/*.json``: a bank that is slow for four seconds, and goodput against offered load,
for naive retries, and for each file of the solution alone.
"""

from __future__ import annotations

import sys
import time

from measuring import ROOT, during, keep

import capsize
from capsize.load import LoadReport
from capsize.session.running import RunningStack
from workbench.labs.resilience_stack import EVERYTHING, guarded

STARTER, SOLVED = ROOT / "starter/09_resilience", ROOT / "solutions/09_resilience"
ONE_TRY = {"TRY_SECONDS": 1}  # where nothing else ends a call
WAYS = {
    "naive": (STARTER, {"shop": "retries", **ONE_TRY}),
    "deadline": (SOLVED, {"shop": "deadline", "payments": "deadline"}),
    "retries": (SOLVED, {"shop": "retries", **ONE_TRY}),
    "breaker": (SOLVED, {"shop": "breaker", **ONE_TRY}),
    "bulkheads": (SOLVED, {"shop": "bulkheads", **ONE_TRY}),
    "door": (SOLVED, {"payments": "admission"}),
    "all": (SOLVED, EVERYTHING),
}
SLOW_MS, SLOW_FOR, STEADY, STORM = 3000, 4.0, 12, 20  # of the bank; requests a second, half of them orders; seconds
RATES, SECONDS = (8, 14, 20, 30, 44), 10  # requests a second, and seconds of each


def main(ways: list[str]) -> None:
    """Measure everything once, or the ways that are named."""
    for way in ways or WAYS:
        storm(way)
        for rate in RATES if way != "all" else ():
            run(way, f"{way}_{rate}", rate)


def storm(way: str) -> None:
    """Measure a load that is less than payments can do, with a bank that is slow for a while."""
    with up(way) as stack:
        keep(f"storm_{way}", during(lambda: load(way, STEADY, STORM), lambda: be_slow(stack)))


def run(way: str, name: str, rate: int) -> None:
    """Measure one point of a curve, on a stack of its own: nothing waits in it from the point before."""
    with up(way):
        keep(name, load(way, rate, SECONDS))


def up(way: str) -> RunningStack:
    """Start the stack with the guards of one way."""
    lab = labs[way]
    return lab.up(model=guarded(**WAYS[way][1])(lab.model()))


def load(way: str, rate: int, seconds: int) -> LoadReport:
    """Send customers who come at a steady pace."""
    return labs[way].load(users=3 * rate, seconds=seconds, rate=rate)


def be_slow(stack: RunningStack) -> None:
    """Have the bank be slow for a while."""
    with stack.edge("payments", "harbour").delay(SLOW_MS):
        time.sleep(SLOW_FOR)


labs = {way: capsize.lab(9, code=code) for way, (code, _) in WAYS.items()}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
