"""Crates: the fewest that a delivery takes, whatever the order of its pieces."""

from __future__ import annotations

from itertools import permutations

import pytest

from shop.stateless.crates import INSURED_CENTS, fewest


def in_order(prices: tuple[int, ...]) -> int:
    """Pack one piece after the other, and begin a crate where the next does not fit."""
    crates, cents = 1, 0
    for price in prices:
        crates, cents = (crates, cents + price) if cents + price <= INSURED_CENTS else (crates + 1, price)
    return crates


@pytest.mark.parametrize(
    "prices", [(100,), (30_000, 30_000, 20_000, 20_000), (48_000, 700, 49_900, 1_200), (26_000,) * 5]
)
def test_crates_are_as_few_as_the_best_order_needs(prices: tuple[int, ...]):
    """No order of packing takes fewer crates."""
    assert fewest(prices) == min(in_order(order) for order in permutations(prices))
