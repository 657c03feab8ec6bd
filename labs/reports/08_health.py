"""Measure the figures on lab 08's slides: ``python labs/reports/08_health.py``, on a machine that does nothing else.

Writes ``labs/reports/08_health/*.json``: a database that blinks, a kiosk that starts slowly, and a deploy, each with
the files as given and solved; and a database that is away from copies that leave, and from copies that stay.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import partial

from measuring import ROOT, during, keep

import capsize
from capsize.course.lab import Lab
from capsize.errors import CapsizeError
from capsize.session.running import RunningStack
from workbench.labs.health_experiments import DESIGNS, SETTLED, with_readiness

IN_VAIN = 6  # starts that fail without a database, two for each copy; a longer wait before the third follows
READY_WITHIN = 30.0  # seconds


def main() -> None:
    """Measure everything once. The solved shop is without its database for just as long as the given one was."""
    away = measure("given", capsize.lab(8, code=ROOT / "starter" / "08_health"), gave_up)
    measure("solved", capsize.lab(8, code=ROOT / "solutions" / "08_health"), lambda _: threading.Event().wait(away))
    measure_designs()


def measure_designs() -> None:
    """Measure a shop whose copies leave without their database, and one whose copies stay."""
    for design in DESIGNS:
        lab = capsize.lab(8, code=with_readiness(design, ROOT / "solutions" / "08_health"))
        fresh(lab)
        with lab.stack.edge("shop", "db").cut():
            threading.Event().wait(SETTLED)
            keep(f"away_{design}", lab.load(users=10, seconds=4, rate=40))
        lab.down()


def measure(name: str, lab: Lab, long_enough: Callable[[RunningStack], object]) -> float:
    """Measure the three faults with a lab's files; the slow kiosk's customers are there from its start on.

    Return the seconds that the database was away, until ``long_enough`` returned.
    """
    fresh(lab)
    keep(f"start_{name}", lab.load(users=4, seconds=8, rate=20, to="advice"))
    blink = partial(lab.load, users=20, seconds=20, rate=40)
    keep(f"blink_{name}", during(blink, lambda: cut(lab.stack, long_enough)))
    cut_at, healed_at = (lab.stack.timeline.told(what, "shop>db")[-1].at for what in ("cut", "healed"))
    fresh(lab)
    deploy = partial(lab.load, users=20, seconds=12, rate=60)
    keep(f"deploy_{name}", during(deploy, lab.stack.service("shop").roll))
    lab.down()
    return healed_at - cut_at


def fresh(lab: Lab) -> None:
    """Start the stack again, and wait until the shop's copies are ready; the given kiosk never is."""
    lab.up(wait=False)
    if not eventually(lambda: all(copy.ready for copy in lab.stack.service("shop").instances)):
        raise CapsizeError("the shop did not get ready", next="capsize doctor")


def eventually(holds: Callable[[], bool]) -> bool:
    """Look again and again; return whether it holds in time."""
    pause = threading.Event()
    return any(holds() or pause.wait(0.05) for _ in range(int(READY_WITHIN / 0.05)))


def gave_up(stack: RunningStack) -> bool:
    """Wait until every copy has failed to start twice; no copy had crashed before."""
    return eventually(lambda: len(stack.timeline.told("CrashLoopBackOff", "shop")) >= IN_VAIN)


def cut(stack: RunningStack, long_enough: Callable[[RunningStack], object]) -> None:
    """Cut the shop off from its database for a while."""
    with stack.edge("shop", "db").cut():
        long_enough(stack)


if __name__ == "__main__":
    sys.exit(main())
