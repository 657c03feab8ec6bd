"""When a checkout counts as in time, as late, and as not measured."""

from __future__ import annotations

import pytest

from shop.checkout import Checkout, Round
from shop.customers import Answer
from shop.pace import p99_ms

CASES = {
    "in time": ([(50, 10)], True),
    "late": ([(2000, 10)], False),
    "in time beside a twin that waits a little": ([(300, 250)], True),
    "no later than a twin that waits for the machine": ([(900, 700)] * 3, None),
    "late beside a twin that waits for the machine": ([(9000, 700)], False),
    "at the floor": ([(120, 10)] * 2, True),
    "beyond the floor": ([(121, 10)] * 2, False),
    "in time, and not far from late": ([(119, 10)], None),
    "late, and not far from in time": ([(390, 40)], None),
    "one stray of three, late": ([(119, 10), (5000, 10), (119, 10)], True),
    "one stray of three, in time": ([(300, 10), (50, 10), (300, 10)], False),
    "once in time and once late": ([(119, 10), (300, 10)], None),
}


def orders(ms: float) -> list[Answer]:
    """A hundred orders that took so long."""
    return [Answer("201", None, ms / 1000)] * 100


@pytest.mark.parametrize(("rounds", "holds"), CASES.values(), ids=CASES.keys())
def test_checkout_is_judged_beside_its_twin(rounds, holds):
    """A copy is late by its twin's time of the same moment; what is near the limit takes two rounds that agree."""
    found = Checkout(3.0, [Round(orders(beside), orders(alone)) for beside, alone in rounds])
    assert found.holds is holds


def test_p99_is_what_ninety_nine_of_a_hundred_stay_within():
    """One slow answer of a hundred and one is beyond the percentile, two are not."""
    times = [0.001] * 99 + [1.0, 1.0]
    assert (
        round(p99_ms([Answer("201", None, s) for s in times[:-1]])),
        round(p99_ms([Answer("201", None, s) for s in times])),
    ) == (1, 1000)
