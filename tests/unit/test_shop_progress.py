"""Steps of orders as they happen, and orders whose steps were shown otherwise."""

from __future__ import annotations

import random

from workbench.labs.messaging_control import out_of_order
from workbench.labs.order_steps import WHAT, of_one_order, steps


def test_each_order_has_all_steps_in_order():
    """Whatever is mixed, an order's steps come from the first to the last."""
    drawn = steps(8, random.Random(1))
    assert len(drawn) == 8 * len(WHAT)
    assert out_of_order(drawn) == {}


def test_orders_are_mixed():
    """Two orders go on at the same time, so that somebody could get them wrong."""
    drawn = steps(2, random.Random(1))
    assert [step["number"] for step in drawn] != sorted(step["number"] for step in drawn)


def test_swapped_steps_are_found():
    """An order whose steps were shown in another order is named, with the numbers as they came."""
    drawn = steps(2, random.Random(1))
    order = drawn[0]["order"]
    assert out_of_order(drawn[::-1])[order] == [5, 4, 3, 2, 1]


def test_steps_of_one_order_are_as_many_and_numbered():
    """As many steps, of one order that is none of those before, from 1 on."""
    drawn = steps(4, random.Random(1))
    hot = of_one_order(drawn)
    assert [step["number"] for step in hot] == [*range(1, len(drawn) + 1)]
    assert len({step["order"] for step in hot}) == 1
    assert {step["order"] for step in hot}.isdisjoint(step["order"] for step in drawn)
