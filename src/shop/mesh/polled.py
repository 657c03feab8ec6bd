"""A control plane that is asked again and again: it looks what is new, and waits for nothing but a moment."""

from __future__ import annotations

import asyncio
from collections import Counter

from shop.xds import Question

A_MOMENT = 0.1  # seconds


class Control:
    """It counts the versions of what is wanted."""

    def __init__(self) -> None:
        self.versions: Counter[str] = Counter()
        self.refused: dict[str, str] = {}

    async def change(self, kind: str) -> None:
        """Take notice that something else of this kind is wanted."""
        self.versions[kind] += 1

    async def answer(self, question: Question) -> str | None:
        """Return the version to hand out, or None where there is nothing new."""
        if question.version == str(self.versions[question.kind]):
            await asyncio.sleep(A_MOMENT)
        newest = str(self.versions[question.kind])
        return None if question.version == newest else newest
