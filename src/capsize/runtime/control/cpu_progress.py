"""Whether processes had time to get on: on a busy machine one that stays where it is may only be waiting for a core."""

from __future__ import annotations

from collections.abc import Iterable

import psutil

ENOUGH = 0.4  # seconds of a core between two looks; an import that takes three times as long is rare


class CpuProgress:
    """What processes could do since this was made."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._before = {pid: _seconds(pid) for pid in pids}

    @property
    def is_enough(self) -> bool:
        """Whether each has used its share of a core, waits for something that is no core, or is gone."""
        return all(_waits(pid) or _seconds(pid) - before >= ENOUGH for pid, before in self._before.items())


def _seconds(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return float("inf")
    return float(times.user + times.system)


def _waits(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_SLEEPING)
    except psutil.Error:
        return True
