"""A figure: what was measured in each round, its median, and the target that it is held to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One value for each round; ``target`` is a bound of the median, from above unless ``at_least``."""

    name: str
    unit: str
    values: tuple[float, ...]
    target: float | None = None
    at_least: bool = False

    @property
    def median(self) -> float | None:
        return median(self.values) if self.values else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is no target, or nothing was measured."""
        if self.target is None or self.median is None:
            return None
        return self.median >= self.target if self.at_least else self.median <= self.target

    def to_json(self) -> dict[str, Any]:
        """Give everything as plain data."""
        own = {name: getattr(self, name) for name in ("name", "unit", "median", "values", "target", "met")}
        return {**own, "bound": None if self.target is None else "at least" if self.at_least else "at most"}


def seconds(what: Callable[[], object]) -> float:
    """Return how long a call takes."""
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def ratios(over: Iterable[float], under: Iterable[float]) -> tuple[float, ...]:
    """Divide round by round: what disturbed a round disturbed both of its halves."""
    return tuple(a / b for a, b in zip(over, under, strict=True))
