"""What a check draws: names, amounts, counts and moments, from the seed of its verdict.

The same seed draws the same things for the same exercise, so that a fault can be met again.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import TypeVar

from capsize.errors import CapsizeError

T = TypeVar("T")
SEED = "CAPSIZE_SEED"  # the variable that a check's process reads its seed from
SEEDS = 1_000_000
FIRST = (
    *("amber", "ashen", "basil", "birch", "bramble", "cedar", "clover", "copper", "coral", "crimson"),
    *("dusky", "elder", "ember", "fallow", "fern", "flint", "frosty", "gilded", "hazel", "heather"),
    *("indigo", "ivory", "juniper", "laurel", "linden", "maple", "marram", "misty", "ochre", "olive"),
    *("pewter", "rowan", "russet", "saffron", "sable", "sorrel", "tawny", "teal", "umber", "willow"),
)
SECOND = (
    *("anvil", "basket", "beacon", "bell", "bolster", "bucket", "buoy", "candle", "chest", "cleat"),
    *("compass", "cradle", "fender", "gimbal", "grapnel", "halyard", "hatch", "kettle", "ladder", "lantern"),
    *("mallet", "marline", "mast", "needle", "oar", "paddle", "plank", "pulley", "rudder", "sextant"),
    *("shovel", "spar", "spindle", "tackle", "thimble", "tiller", "toggle", "trestle", "whistle", "winch"),
)


class Draw(random.Random):
    """Draws for one exercise, from the seed of its verdict. Whatever ``random.Random`` draws, it draws too."""

    def __init__(self, seed: int, exercise: str) -> None:
        super().__init__(f"{seed} {exercise}")

    def names(self, count: int) -> list[str]:
        """Draw so many different names, such as ``hazel-tiller``: for customers, items and keys."""
        return [f"{FIRST[n % len(FIRST)]}-{SECOND[n // len(FIRST)]}" for n in self.sample(range(NAMES), count)]

    def amount(self, low: int, high: int) -> int:
        """Draw an amount in cents, both ends included, which is never a multiple of five."""
        if not 0 <= low < high:
            raise ValueError(f"an amount is drawn from two numbers, the lower one first, not {low} and {high}")
        drawn = self.randint(low, high)
        return drawn if drawn % 5 else drawn + (1 if drawn < high else -1)

    def count(self, low: int, high: int) -> int:
        """Draw a number of things, both ends included."""
        return self.randint(low, high)

    def victim(self, among: Sequence[T]) -> T:
        """Draw the one that the fault hits."""
        return self.choice(among)

    def instants(self, count: int, low: int, high: int) -> list[int]:
        """Draw so many different calls by their numbers, both ends included, in the order in which they come."""
        return sorted(self.sample(range(low, high + 1), count))


NAMES = len(FIRST) * len(SECOND)


def seed_of(asked: int | None = None) -> int:
    """Return the seed that was asked for, else the environment's, else a new one."""
    given = os.environ.get(SEED, "").strip()
    if asked is not None:
        return asked
    if not given:
        return random.randrange(SEEDS)
    if not given.isdecimal():
        raise CapsizeError(f"{SEED} is not usable", expected="a whole number", got=repr(given), next=f"unset {SEED}")
    return int(given)
