"""What lab 08's plot is made of: answers from a log, and what copies that are more or less sure make of them."""

from __future__ import annotations

import itertools

import pytest

from workbench.labs import readiness_replay
from workbench.labs.readiness_replay import Heard, replay

EVERY, SECONDS = 0.4, 20.0
AWAY = ((2.0, 2.5), (10.0, 15.0))  # a stumble, and an outage
LOG = """00:00:10.000 INFO    shop.counter: ready: True; the database did not answer
Traceback (most recent call last):
00:00:10.400 INFO    shop.counter: ready: True; the database answered
"""


@pytest.fixture
def heard() -> Heard:
    """What one copy heard that asks five times in two seconds."""
    times = [number * EVERY for number in range(round(SECONDS / EVERY))]
    answers = tuple((at, not any(gone <= at < back for gone, back in AWAY)) for at in times)
    return Heard((answers,), AWAY)


@pytest.mark.parametrize(("in_a_row", "changes"), [(1, 4), (2, 4), (3, 2), (6, 2)])
def test_three_answers_ride_out_a_stumble_of_two(heard, in_a_row, changes):
    """Fewer than three in a row change for a stumble too, and more do not change less often."""
    assert replay(heard, in_a_row).changes == changes


def test_each_further_answer_loses_the_requests_of_two_questions(heard):
    """Noticed later when the database goes, and later when it is back: two times 0.4 s at 40 requests a second."""
    costs = [replay(heard, in_a_row).lost for in_a_row in range(3, 9)]
    assert [after - before for before, after in itertools.pairwise(costs)] == pytest.approx([32.0] * 5)


def test_answers_that_no_copy_logs_are_filled_in():
    """Before the first failure and after five good answers a copy logs nothing: those answers did come."""
    logged = readiness_replay._logged(LOG, began=9.0)
    whole = list(readiness_replay._whole(logged, end=3.0))
    assert [answered for _, answered in whole] == [True, False, True, True, True, True, True]
    assert whole[1][0] == pytest.approx(1.0)


def test_a_log_before_the_experiment_is_left_out():
    """What a copy has heard earlier does not count."""
    assert readiness_replay._logged(LOG, began=11.0) == []
