"""This process's children: which are new, what memory they have, and when a spare nursery is warm."""

from __future__ import annotations

import time

import psutil

from capsize.runtime.host.processes.client import prewarm

QUIET = 10  # looks in a row at a nursery that neither runs nor wants to
LOOK = 0.02


def descendants() -> set[psutil.Process]:
    """Return all processes that this one started, and theirs."""
    return set(psutil.Process().children(recursive=True))


def megabytes(process: psutil.Process) -> float:
    """Return the memory that is a process's own share (PSS; USS where the system does not tell); 0 once it is gone."""
    try:
        full = process.memory_full_info()
    except psutil.NoSuchProcess:
        return 0.0
    return float(getattr(full, "pss", full.uss)) / 2**20


def warm_nursery() -> None:
    """Have a nursery wait for the next stack, its imports behind it."""
    before = descendants()
    prewarm()
    for nursery in descendants() - before:
        _until_quiet(nursery)


def _until_quiet(process: psutil.Process) -> None:
    quiet = 0
    while quiet < QUIET:
        worked = sum(process.cpu_times()[:2]) > 0.1
        quiet = quiet + 1 if worked and process.status() == psutil.STATUS_SLEEPING else 0
        time.sleep(LOOK)
