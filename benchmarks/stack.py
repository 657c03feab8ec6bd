"""Lab 01's stack: how long until it is ready, how long until it is gone, and the memory that it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import psutil

import capsize
from benchmarks.figure import Figure, seconds
from benchmarks.processes import descendants, megabytes, warm_nursery

PARTS = {"envoy": "Envoy", "postgres": "PostgreSQL", "nursery": "nursery"}


def measure(rounds: int) -> Iterator[Figure]:
    """Start the lab with a new nursery and with a warm one, in turns, and stop it."""
    lab = capsize.lab("01", code="solutions")
    with lab:
        pass  # the first start ever makes PostgreSQL's template
    new, warm, down, memory = [], [], [], defaultdict[str, list[float]](list)
    for _ in range(rounds):
        new.append(seconds(lab.up))
        lab.down()
        warm_nursery()
        outsiders = descendants() - set(_nurseries())
        warm.append(seconds(lab.up))
        for part, size in _memory(descendants() - outsiders).items():
            memory[part].append(size)
        down.append(seconds(lab.down))
    yield Figure("lab 01 ready, warm nursery", "s", tuple(warm), 1.0)
    yield Figure("lab 01 ready, new nursery", "s", tuple(new))
    yield Figure("lab 01 gone", "s", tuple(down))
    for part, sizes in memory.items():
        yield Figure(f"lab 01's memory (PSS), {part}", "MB", tuple(sizes))


def _nurseries() -> Iterator[psutil.Process]:
    return (process for process in descendants() if "spawner.py" in " ".join(process.cmdline()))


def _memory(processes: set[psutil.Process]) -> dict[str, float]:
    found = {"all": 0.0, "Envoy": 0.0, "PostgreSQL": 0.0, "nursery": 0.0, "shop": 0.0}
    for process in processes:
        size = megabytes(process)
        found["all"] += size
        found[_part(process)] += size
    return found


def _part(process: psutil.Process) -> str:
    name = process.name()
    words = name if not name.startswith("python") else " ".join(process.cmdline())
    return next((part for sign, part in PARTS.items() if sign in words), "shop")
