"""Each lab's own figures: the seconds to start, and the memory at rest and after its load."""

from __future__ import annotations

from collections.abc import Iterator

import psutil

import capsize
from benchmarks.figure import Figure, seconds
from benchmarks.processes import descendants, megabytes, warm_nursery
from capsize.course import Course
from capsize.course.lab import Lab

USERS, SECONDS = 80, 4  # of the load after which a stack is weighed
MOST = "MOST_COPIES"  # the setting by which a service says how many copies it may have


def measure(rounds: int) -> Iterator[Figure]:
    """Start every lab's stack with a warm nursery, weigh it at rest and after its load."""
    for slug in Course.here().slugs:
        lab = capsize.lab(slug, code="solutions")
        ready, memory, grown = zip(*(_round(lab) for _ in range(rounds)), strict=True)
        yield Figure(f"{slug} ready, warm nursery", "s", ready)
        yield Figure(f"{slug}'s memory (PSS)", "MB", memory)
        yield Figure(f"{slug}'s memory (PSS), most copies, after its load", "MB", grown)


def _round(lab: Lab) -> tuple[float, float, float]:
    before = descendants()
    warm_nursery()
    took = seconds(lab.up)
    weight = _weight(before)
    for service in lab.stack.model.services.values():
        if MOST in service.environment:
            lab.stack.service(service.name).scale(int(service.environment[MOST]))
    lab.load(users=USERS, seconds=SECONDS)
    grown = _weight(before)
    lab.down()
    return took, weight, grown


def _weight(before: set[psutil.Process]) -> float:
    return sum(megabytes(process) for process in descendants() - before)
