"""Shoppers: what they notice about their cart."""

from __future__ import annotations

import pytest

from workbench.shoppers import Shopper


@pytest.fixture
def shopper() -> Shopper:
    """Somebody who put in two shackles for sure, and perhaps a third."""
    shopper = Shopper("http://127.0.0.1:1")
    shopper.sure["shackle"], shopper.unsure["shackle"] = 2, 1
    return shopper


@pytest.mark.parametrize("pieces", [2, 3])
def test_what_was_not_acknowledged_may_be_there_or_not(shopper: Shopper, pieces: int):
    """A piece whose answer was lost may be in the cart, and need not be."""
    assert shopper.wrong({"shackle": pieces}) == ""


@pytest.mark.parametrize("cart", [{}, {"shackle": 1}, {"shackle": 4}, {"shackle": 2, "oakum": 1}])
def test_fewer_and_more_are_noticed(shopper: Shopper, cart: dict[str, int]):
    """Fewer than acknowledged, more than sent, and what nobody put in are named."""
    assert "where" in shopper.wrong(cart)
