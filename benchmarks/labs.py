"""Each lab's own figures: how long until its stack is ready, what it weighs, how long its checks take."""

from __future__ import annotations

from collections.abc import Iterator

import capsize
from benchmarks.figure import Figure, seconds
from benchmarks.processes import descendants, megabytes, warm_nursery
from capsize.course import Course
from capsize.errors import CapsizeError
from capsize.labs import Lab


def measure(rounds: int) -> Iterator[Figure]:
    """Start every lab's stack with a warm nursery, weigh it, and check its solutions once."""
    for slug in Course.here().slugs:
        lab = capsize.lab(slug, code="solutions")
        ready, memory = zip(*(_round(lab) for _ in range(rounds)), strict=True)
        yield Figure(f"{slug} ready, warm nursery", "s", ready)
        yield Figure(f"{slug}'s memory (PSS)", "MB", memory)
        yield Figure(f"{slug}, all checks on the solutions", "s", (seconds(lambda lab=lab: _check(lab)),))


def _round(lab: Lab) -> tuple[float, float]:
    before = descendants()
    warm_nursery()
    took = seconds(lab.up)
    weight = sum(megabytes(process) for process in descendants() - before)
    lab.down()
    return took, weight


def _check(lab: Lab) -> None:
    for verdict in lab.check_all():
        if not verdict.passed:
            raise CapsizeError(f"a solution did not pass: {verdict}", next=f"capsize check {verdict.exercise}")
