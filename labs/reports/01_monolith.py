"""Measure the figures on lab 01's slides: ``python labs/reports/01_monolith.py``, on an idle machine.

Writes ``labs/reports/01_monolith/*.json``: a growing number of customers, then buying in peace and under the report.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from measuring import ROOT, keep

import capsize

STARTER, SOLVED = ROOT / "starter/01_monolith", ROOT / "solutions/01_monolith"
THREAD = ROOT / "tests/wrong/01_monolith/1.2_thread"
USERS = (1, 2, 4, 8, 16, 32)


def main() -> None:
    """Measure everything once."""
    measure_knee()
    for name, change in (("starter", STARTER), ("thread", THREAD), ("process", SOLVED)):
        measure_report(name, change)


def measure_knee() -> None:
    """Measure a growing number of customers, each as fast as the shop answers."""
    lab = capsize.lab(1, code=STARTER)
    with lab:
        lab.load(users=4, seconds=2)
        for users in USERS:
            keep(f"users_{users}", lab.load(users=users, seconds=5))


def measure_report(name: str, change: Path) -> None:
    """Measure forty requests a second, first in peace and then while one report after the other is requested."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(STARTER, folder, dirs_exist_ok=True)
        shutil.copy(change / "reports.py", folder)
        lab = capsize.lab(1, code=folder)
        with lab as stack:
            lab.load(users=20, seconds=2, rate=40)
            keep(f"{name}_in_peace", lab.load(users=20, seconds=8, rate=40))
            with reports(stack.url("shop")):
                keep(f"{name}_under_report", lab.load(users=20, seconds=8, rate=40))


@contextmanager
def reports(url: str) -> Iterator[None]:
    """Ask for one sales report after the other."""
    enough = threading.Event()

    def ask() -> None:
        while not enough.wait(0.1):
            httpx.get(f"{url}/reports/sales", timeout=60)

    clerk = threading.Thread(target=ask)
    clerk.start()
    yield
    enough.set()
    clerk.join()


if __name__ == "__main__":
    sys.exit(main())
