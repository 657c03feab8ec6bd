"""The first stock of the shop, and its gift cards."""

from __future__ import annotations

from shop.core.catalogue import ITEMS, WEEKS, past_weeks
from shop.monolith.gift_cards import value_cents


def test_catalogue_names_every_item_once():
    """No two items share a code or a name."""
    assert len({item.sku for item in ITEMS}) == len({item.name for item in ITEMS}) == len(ITEMS)


def test_fifty_lanterns_are_scarce():
    """The labs count on two kinds of lantern, fifty of each."""
    assert {item.sku for item in ITEMS if item.stock == 50} == {"brass-lantern", "storm-lantern"}


def test_past_weeks_are_the_same_every_time():
    """The history is made, not drawn: the same numbers on every machine, all above zero."""
    weeks = past_weeks(7)
    assert weeks == past_weeks(7)
    assert (len(weeks), min(weeks) > 0) == (WEEKS, True)


def test_gift_card_of_a_known_series_has_its_value():
    """A code of a series in the vendor's table is worth what the table says."""
    assert (value_cents("BUOY-17"), value_cents("MAST-2")) == (1_000, 5_000)
