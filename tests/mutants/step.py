"""One small step: a span of a text, and what is put in its place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """What is put in the place of the characters from ``start`` to ``end``; ``change`` says it in words."""

    start: int
    end: int
    new: str
    change: str

    def taken(self, source: str) -> str:
        return source[: self.start] + self.new + source[self.end :]
