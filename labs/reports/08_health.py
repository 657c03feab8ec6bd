"""Measure the figures on lab 08's slides: ``python labs/reports/08_health.py``, on a machine that does nothing else.

Writes ``labs/reports/08_health/*.json``: a database that blinks, a kiosk that starts slowly, and a deploy, each with
the files as given and solved.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import capsize
from capsize.errors import CapsizeError
from capsize.labs import Lab
from capsize.load import LoadReport
from capsize.running import RunningStack

ROOT = Path(__file__).parents[2]
TO = Path(__file__).parent / "08_health"
AWAY = 8.0  # seconds without a database: two tries to start in vain, and the wait for the third
PATIENCE = 30.0


def main() -> None:
    """Measure everything once."""
    for name, code in (("given", "starter"), ("solved", "solutions")):
        measure(name, capsize.lab(8, code=ROOT / code / "08_health"))


def measure(name: str, lab: Lab) -> None:
    """Measure the three faults with a lab's files; the slow kiosk's customers are there from its start on."""
    fresh(lab)
    keep(f"start_{name}", lab.load(users=4, seconds=8, rate=20, to="advice"))
    keep(f"blink_{name}", during(lambda: lab.load(users=20, seconds=20, rate=40), lambda: cut(lab.stack)))
    fresh(lab)
    roll = lab.stack.service("shop").roll
    keep(f"deploy_{name}", during(lambda: lab.load(users=20, seconds=12, rate=60), roll))
    lab.down()


def fresh(lab: Lab) -> None:
    """Start the stack anew, and wait until the shop's copies are ready; the given kiosk never is."""
    lab.up(wait=False)
    if not eventually(lambda: all(copy.ready for copy in lab.stack.service("shop").instances)):
        raise CapsizeError("the shop did not get ready", next="capsize doctor")


def eventually(holds: Callable[[], bool]) -> bool:
    """Look again and again; return whether it came to that."""
    pause = threading.Event()
    return any(holds() or pause.wait(0.05) for _ in range(int(PATIENCE / 0.05)))


def cut(stack: RunningStack) -> None:
    """Have the shop without its database for a while."""
    with stack.edge("shop", "db").cut():
        threading.Event().wait(AWAY)


def during(load: Callable[[], LoadReport], act: Callable[[], object]) -> LoadReport:
    """Act from the third second of a load on."""
    acting = threading.Timer(2.5, act)
    acting.start()
    report = load()
    acting.join()
    return report


def keep(name: str, report: LoadReport) -> None:
    """Save a report and say what is in it."""
    report.save(TO / f"{name}.json")
    print(f"{name}: {report.sent} sent, {report.failed} failed {dict(report.reasons)}")


if __name__ == "__main__":
    sys.exit(main())
