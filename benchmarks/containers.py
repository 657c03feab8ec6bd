"""Lab 01's stack in containers, beside the same as processes: how long until it is ready, and until it is gone."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

import capsize
from benchmarks.figure import Figure, ratios, seconds
from benchmarks.processes import warm_nursery
from capsize.course.lab import Lab
from capsize.errors import CapsizeError
from capsize.runtime.host.docker.engine import connect
from capsize.session.hosts import DOCKER, PROCESSES

PLACES = (PROCESSES, DOCKER)
READY, GONE = ({place: f"lab 01 {what}, {place}" for place in PLACES} for what in ("ready", "gone"))
SLOWER = "lab 01 ready, docker / processes"


def measure(rounds: int) -> Iterator[Figure]:
    """Start and stop the lab in both places, in turns; where no engine answers, say so and measure nothing."""
    found: dict[str, list[float]] = {name: [] for name in (*READY.values(), *GONE.values())}
    if _is_there():
        lab = capsize.lab("01", code="solutions")
        with lab.up(on=DOCKER):
            pass  # the first start builds the image
        for _ in range(rounds):
            for place in PLACES:
                _round(lab, place, found)
    for name, values in found.items():
        yield Figure(name, "s", tuple(values))
    yield Figure(SLOWER, "x", ratios(found[READY[DOCKER]], found[READY[PROCESSES]]))


def _is_there() -> bool:
    try:
        with contextlib.closing(connect()):
            return True
    except CapsizeError as error:
        print(f"containers are not measured: {error.what}", file=sys.stderr)
        return False


def _round(lab: Lab, place: str, found: dict[str, list[float]]) -> None:
    warm_nursery()
    found[READY[place]].append(seconds(lambda: lab.up(on=place)))
    found[GONE[place]].append(seconds(lab.down))
