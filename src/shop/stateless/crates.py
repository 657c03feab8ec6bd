"""Crates: the carrier insures each up to a sum, so their number follows from the prices. It is all arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

INSURED_CENTS = 50_000
MOST_PIECES = 13  # for each more it takes twice as long


def fewest(prices: Sequence[int]) -> int:
    """Return how many crates these pieces need: for each set of pieces the crates begun and what the last one holds."""
    best = [(1, 0)]
    for chosen in range(1, 1 << len(prices)):
        best.append(
            min(
                _with_one_more(best[chosen ^ (1 << place)], price)
                for place, price in enumerate(prices)
                if chosen >> place & 1
            )
        )
    return best[-1][0]


def _with_one_more(packed: tuple[int, int], price: int) -> tuple[int, int]:
    crates, cents = packed
    return (crates, cents + price) if cents + price <= INSURED_CENTS else (crates + 1, price)
