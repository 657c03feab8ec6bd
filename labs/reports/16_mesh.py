"""Measure the figures on lab 16's slides: ``python labs/reports/16_mesh.py``, on a machine that does nothing else.

Writes ``labs/reports/16_mesh/*.json``: certificates that end, as given and solved; and the three ways in one run.
"""

from __future__ import annotations

import sys

from measuring import ROOT, keep

import capsize
from workbench.labs.mesh_experiments import lasting

STARTER, SOLVED = ROOT / "starter/16_mesh", ROOT / "solutions/16_mesh"
LASTS = 10  # seconds that a certificate lasts


def main() -> None:
    """Measure everything once."""
    for name, code in (("given", STARTER), ("solved", SOLVED)):
        lab = capsize.lab(16, code=code)
        lab.up(model=lasting(LASTS)(lab.model()))
        keep(f"ends_{name}", lab.load(users=4, seconds=14))
        lab.down()
    with lab:
        lab.load(users=6, seconds=2, rate=60)
        keep("ways", lab.load(users=6, seconds=20, rate=60))


if __name__ == "__main__":
    sys.exit(main())
