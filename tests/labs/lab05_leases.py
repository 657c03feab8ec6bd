"""What exercise 5.1's check knows of a copy that it plays, and of a list that it has read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

Names = dict[str, str]  # a copy's name and its address


@dataclass
class Beaten:
    """A copy that the check plays: where it is, and between which moments its last renewal was taken.

    ``renewed`` is when the last renewal that was answered was sent: its lease lasts from then on at least.
    """

    service: str
    name: str
    address: str
    sent: float = 0.0
    taken: float = 0.0
    renewed: float = 0.0
    silent: bool = False
    speaking: asyncio.Lock = field(default_factory=asyncio.Lock)  # one renewal at a time, so that the last one is last

    @property
    def path(self) -> str:
        return f"/services/{self.service}/{self.name}"


@dataclass(frozen=True)
class Look:
    """What a list said, and between which moments; ``sure`` are the copies whose leases lasted all the time."""

    sent: float
    heard: float
    copies: Names
    sure: frozenset[str] = frozenset()
