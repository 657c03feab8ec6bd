"""When a checkout counts as in time, as late, and as not measured."""

from __future__ import annotations

import os

import pytest

from workbench.customers import Answer
from workbench.labs.monolith_latency import Checkout, Measurement
from workbench.one_customer import Turns
from workbench.steady_rate import p99_ms

QUIET, BUSY = 0.0, float(os.cpu_count() or 1)
CASES = {
    "in time": ([(10, QUIET)], [(119, QUIET)], [], True),
    "late": ([(10, QUIET)], [(121, QUIET)], [], False),
    "late by a real baseline": ([(50, QUIET)], [(151, QUIET)], [], False),
    "in time at last": ([(10, QUIET), (12, QUIET)], [(500, QUIET), (30, QUIET)], [], True),
    "in time in spite of noise": ([(10, BUSY)], [(30, BUSY)], [], True),
    "in time by a baseline that is noise": ([(400, BUSY)], [(449, BUSY)], [], True),
    "late, or noise": ([(10, QUIET)], [(500, BUSY)], [], None),
    "late, or a noise that nobody makes": ([(100, QUIET)], [(500, QUIET)], [], None),
    "late by far, or noise": ([(10, QUIET)], [(5000, BUSY)], [], None),
    "keeps her pace": ([(10, QUIET)], [(500, BUSY)], [4.0, 2.9], True),
    "loses her pace, once": ([(10, QUIET)], [(500, BUSY)], [20.0], None),
    "loses her pace": ([(10, QUIET)], [(500, BUSY)], [20.0, 6.1, 20.0], False),
    "loses some of her pace": ([(10, QUIET)], [(500, BUSY)], [20.0, 5.0, 20.0], None),
    "a baseline that is noise, once": ([(400, BUSY), (20, QUIET)], [(500, QUIET)], [], False),
}


def measured(ms: float, others: float) -> Measurement:
    """A hundred orders that took so long."""
    return Measurement([Answer("201", None, ms / 1000)] * 100, others)


@pytest.mark.parametrize(("peace", "beside", "slower", "holds"), CASES.values(), ids=CASES.keys())
def test_checkout_holds_only_on_evidence(peace, beside, slower, holds):
    """Noise never makes a checkout late, nor a baseline; without a quiet look nothing is said."""
    turns = [Turns([Answer("201", None, 0.01)], [Answer("201", None, 0.01 * times)]) for times in slower]
    one = Checkout(3.0, [measured(*m) for m in peace], [measured(*m) for m in beside], turns=turns)
    assert one.holds is holds


@pytest.mark.parametrize(("peace", "words"), [(20, "40 ms"), (90, None), (3216, "150 ms")])
def test_baseline_that_counts_as_another_is_told(peace, words):
    """Whoever divides the figures of the evidence comes to the ratio that was judged."""
    lines = [*Checkout(3.0, [measured(peace, QUIET)], [measured(900, QUIET)]).lines()]
    told = [line.removeprefix("as a baseline that counts as ") for line in lines if line.startswith("as a baseline")]
    assert told == ([words] if words else [])


def test_orders_taken_in_turns_count_among_the_orders():
    """An order that failed quickly is no order, also where only the turns tell the pace."""
    failed = Answer("500", None, 0.001)
    one = Checkout(3.0, turns=[Turns([Answer("201", None, 0.01)], [failed])])
    assert failed in one.orders


def test_p99_is_what_ninety_nine_of_a_hundred_stay_within():
    """One slow answer of a hundred and one is beyond the percentile, two are not."""
    times = [0.001] * 99 + [1.0, 1.0]
    assert (
        round(p99_ms([Answer("201", None, s) for s in times[:-1]])),
        round(p99_ms([Answer("201", None, s) for s in times])),
    ) == (1, 1000)
