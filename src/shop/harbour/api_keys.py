"""Who may ask the bank: whoever shows one of its keys, once it has given out any. Counts what was shown."""

from __future__ import annotations

from collections import Counter

from shop.refusals import Refused


class KeyRefused(Refused):
    """Refuse a call that shows no key, or one that is not taken any more."""

    status = 401


class Gatekeeper:
    """The keys that are taken. None at all: nobody is asked for one."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.shown: Counter[str] = Counter()

    def look_at(self, authorization: str) -> None:
        """Let a call pass. Raises KeyRefused."""
        key = authorization.removeprefix("Bearer ")
        self.shown[key] += 1
        if self.taken and key not in self.taken:
            raise KeyRefused("the bank does not take this key")
