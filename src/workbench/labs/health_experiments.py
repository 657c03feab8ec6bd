"""Lab 08's experiments: customers who are inside when a fault begins, and a shop without its database, twice.

Notebooks stand here, never a service. ``lab`` is the lab as a notebook holds it.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

INSIDE = 80  # requests after which a fault may begin
SETTLED = 3.0  # seconds after which a copy that leaves has left
HEAD = '"""Readiness: the given design of this name."""\n\n\nclass Readiness:\n'
LEAVES = """    def __init__(self):
        self.ready, self.against = True, 0

    def heard(self, answered):
        self.against = 0 if answered == self.ready else self.against + 1
        if self.against == 3:
            self.ready, self.against = answered, 0
"""
STAYS = """    ready = True

    def heard(self, answered):
        pass

    def from_memory(self, shelf):
        return shelf
"""
DESIGNS = {"leaves": HEAD + LEAVES, "stays": HEAD + STAYS}
_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []  # removed when the kernel ends


async def customers_inside(lab: Any, seconds: float, rate: float = 40) -> asyncio.Task[Any]:
    """Begin a load of the shop, and return it once its first customers were inside."""
    wire = lab.lab.stack.edge("outside", "shop")
    inside = wire.stats().requests + INSIDE
    loading = asyncio.create_task(lab.load(users=20, seconds=seconds, rate=rate))
    await lab.until(lambda: wire.stats().requests > inside)
    return loading


async def all_ready(lab: Any) -> Any:
    """Start the lab's stack, wait until every copy of the shop is ready, and return the stack."""
    stack = await lab.up(wait=False)
    await lab.until(lambda: all(copy.ready for copy in stack.service("shop").instances))
    return stack


def with_readiness(design: str, code: Path) -> Path:
    """Return a folder with the files of ``code``, but a readiness.py of which the copies leave, or stay."""
    _FOLDERS.append(folder := tempfile.TemporaryDirectory(prefix="capsize-"))
    made = Path(folder.name) / "08_health"
    shutil.copytree(code, made, ignore=shutil.ignore_patterns("__pycache__"))
    (made / "readiness.py").write_text(DESIGNS[design], encoding="utf-8")
    return made


async def without_database(lab: Any) -> Any:
    """Start a shop, cut its database off, and report four seconds of its customers once the copies have decided."""
    stack = await all_ready(lab)
    with stack.edge("shop", "db").cut():
        await asyncio.sleep(SETTLED)
        report = await lab.load(users=10, seconds=4, rate=40)
    await lab.down()
    return report
