"""What a bundle costs, and the one that nobody ever tried."""

from __future__ import annotations

import pytest

from shop.health import bundles


def test_a_bundle_costs_what_is_in_it():
    """The price of a bundle of items is the sum of theirs."""
    assert bundles.price_cents("deck-watch") == bundles.PRICES["foghorn"] + bundles.PRICES["boat-hook"]


def test_a_bundle_in_a_bundle_is_asked_for(monkeypatch):
    """The price of a bundle inside a bundle is asked of the shop, and waited for: that is what gets it stuck."""
    asked = []
    monkeypatch.setattr(bundles, "_asked", lambda name: asked.append(name) or 100)
    assert bundles.price_cents(bundles.DEADLY.rpartition("/")[2]) == 100 + bundles.PRICES["storm-lantern"]
    assert asked == ["deck-watch"]


def test_what_is_in_a_bundle_is_for_sale():
    """Every part of a bundle is an item or a bundle, so that only an unknown bundle has no price."""
    parts = {part for contents in bundles.CONTENTS.values() for part in contents}
    assert parts <= bundles.PRICES.keys() | bundles.CONTENTS.keys()
    with pytest.raises(KeyError):
        bundles.price_cents("no-watch")
