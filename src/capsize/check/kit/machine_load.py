"""How much of this machine others use while something of ours is measured: all but us and our descendants."""

from __future__ import annotations

import hashlib
import os
import time

import psutil

OURS = 1.5  # cores that a measurement needs for itself: one for work that never waits, half of one for the rest
SAMPLE = 0.06  # seconds of work that are timed
SLOWED = 6.0  # times as long: what takes five seconds on a machine of its own then takes half a minute


class Neighbours:
    """The others' use of the machine since this was made."""

    def __init__(self) -> None:
        self._began, self._others = time.monotonic(), _all_seconds() - _own_seconds()

    def cores(self) -> float:
        """Return how many cores the others kept busy, on average."""
        used = _all_seconds() - _own_seconds() - self._others
        return max(0.0, used / (time.monotonic() - self._began))

    @staticmethod
    def too_many(cores: float) -> bool:
        """Say whether others that use so many cores leave too few for us."""
        return cores > max(0.25, (os.cpu_count() or 1) - OURS)

    def reason(self) -> str:
        """Say why what was awaited since this was made may have been late for want of a core; empty where it was not.

        Neighbours that leave us a fair share are no reason: a wait that a check gives up is several times as long as
        what it waits for. Blocks for the time of a sample, which a busy machine draws out.
        """
        if not self.too_many(cores := self.cores()) or (times := _times_as_long()) < SLOWED:
            return ""
        return f"other programs kept {cores:.1f} cores busy, and what is computed here takes {times:.0f} times as long"


def _times_as_long() -> float:
    """Return how many times as long a piece of work takes as the core time that it needs."""
    began, own = time.perf_counter(), time.thread_time()
    while (used := time.thread_time() - own) < SAMPLE:
        hashlib.pbkdf2_hmac("sha256", b"sample", b"sample", 2000)
    return (time.perf_counter() - began) / used


def _all_seconds() -> float:
    times = psutil.cpu_times()
    resting = times.idle + getattr(times, "iowait", 0.0)
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)  # Linux counts these twice
    return sum(times) - resting - guests


def _own_seconds() -> float:
    """Return the seconds that we and our descendants used; a child that has ended is in its parent's account."""
    me = psutil.Process()
    return sum(_seconds(process) for process in (me, *me.children(recursive=True)))


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system
