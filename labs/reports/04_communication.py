"""Measure the figures of lab 04: ``python labs/reports/04_communication.py``, on a machine that does nothing else.

Writes ``labs/reports/04_communication/*.json``: the page by REST, GraphQL and gRPC, with the files as given and solved;
the same while the catalogue is down; and the phone's page over five wires, each of which fails one call in a hundred.
"""

from __future__ import annotations

import sys
from pathlib import Path

from measuring import ROOT, keep

import capsize
from capsize.course.lab import Lab
from capsize.load import run_blocking
from workbench.labs.communication_wires import weak

PHONES = Path(__file__).with_name("phone_customers.py")


def main() -> None:
    """Measure everything once."""
    for name in ("given", "solved"):
        lab = capsize.lab(4, code=ROOT / {"given": "starter", "solved": "solutions"}[name] / "04_communication")
        with lab as stack:
            lab.load(users=6, seconds=2, rate=40)
            keep(f"pages_{name}", lab.load(users=6, seconds=8, rate=40))
            with weak(stack):
                keep(f"chain_{name}", run_blocking(PHONES, stack.url("phone"), users=12, seconds=20, rate=90))
            if name == "solved":
                measure_outage(lab)


def measure_outage(lab: Lab) -> None:
    """Measure the three ways while the catalogue answers 503."""
    with lab.stack.edge("graph", "catalogue").fail(503), lab.stack.edge("shop", "catalogue").fail(503):
        keep("catalogue_down", lab.load(users=6, seconds=5, rate=40))


if __name__ == "__main__":
    sys.exit(main())
