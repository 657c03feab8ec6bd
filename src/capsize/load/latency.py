"""How long answers took: exact percentiles, by nearest rank, of every latency measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Latency:
    """A summary in milliseconds. Each percentile is a latency that was measured, none is interpolated."""

    count: int
    mean_ms: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float


def summary(microseconds: Sequence[int]) -> Latency | None:
    """Summarise latencies in any order; None where there are none."""
    if not microseconds:
        return None
    ordered = sorted(microseconds)
    p50, p90, p99 = (percentile(ordered, percent) / 1000 for percent in (50, 90, 99))
    return Latency(len(ordered), sum(ordered) / len(ordered) / 1000, p50, p90, p99, ordered[-1] / 1000)


def percentile(ordered: Sequence[int], percent: int) -> int:
    """Give the smallest value that at least ``percent`` per cent of an ordered sequence do not exceed."""
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]
