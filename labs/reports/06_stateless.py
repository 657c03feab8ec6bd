"""Measure the figures on lab 06's slides: ``python labs/reports/06_stateless.py``, on an idle machine.

Writes ``labs/reports/06_stateless/*.json``: a copy that dies, with and without sticky sessions; then 1 to 4 copies.
"""

from __future__ import annotations

import sys
from pathlib import Path

from measuring import ROOT, during, keep

import capsize

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
    """Measure sixty requests a second, and kill a copy during the load."""
    lab = capsize.lab(6, code=code)
    with lab as stack:
        if sticky:
            stack.edge("outside", "shop").sticky()
        lab.load(users=24, seconds=2, rate=60)
        kill = stack.instance("shop-2").kill
        keep(f"death_{name}", during(lambda: lab.load(users=24, seconds=8, rate=60), kill, 4.5))


def measure_growth(name: str, code: Path) -> None:
    """Measure eighty customers, each as fast as the shop answers, at one to four copies."""
    lab = capsize.lab(6, code=code)
    with lab as stack:
        stack.service("shop").scale(1)
        lab.load(users=80, seconds=2)
        for copies in COPIES:
            stack.service("shop").scale(copies)
            keep(f"{name}_{copies}", lab.load(users=80, seconds=6))


if __name__ == "__main__":
    sys.exit(main())
