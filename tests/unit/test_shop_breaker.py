"""A breaker: when it opens, and how one call decides whether it closes."""

from __future__ import annotations

import pytest

from shop.breaker import Breaker
from shop.harbour.api_keys import Gatekeeper, KeyRefused


@pytest.fixture
def clock(monkeypatch):
    """Turn the breaker's clock by hand."""
    now = [100.0]
    monkeypatch.setattr("shop.breaker.time.monotonic", lambda: now[0])
    return now


def after(breaker: Breaker, failures: int) -> Breaker:
    for _ in range(failures):
        breaker.heard(False)
    return breaker


def test_breaker_opens_after_failures_in_a_row(clock):
    """Two failures, a success and two failures are no three in a row."""
    breaker = after(Breaker(failures=3, seconds=1), 2)
    breaker.heard(True)
    assert not after(breaker, 2).is_open
    assert after(breaker, 1).is_open


def test_breaker_lets_one_through_when_the_time_is_up(clock):
    """After its seconds one may try, and the next one waits on."""
    breaker = after(Breaker(failures=3, seconds=1), 3)
    clock[0] += 1
    assert (breaker.is_open, breaker.is_open) == (False, True)


def test_breaker_closes_when_that_one_went_well(clock):
    """A call that comes through opens the way for all."""
    breaker = after(Breaker(failures=3, seconds=1), 3)
    clock[0] += 1
    assert not breaker.is_open
    breaker.heard(True)
    assert not breaker.is_open


def test_breaker_stays_open_when_that_one_failed(clock):
    """A call that fails again keeps it open for another while."""
    breaker = after(Breaker(failures=3, seconds=1), 3)
    clock[0] += 1
    assert not breaker.is_open
    breaker.heard(False)
    assert breaker.is_open


def test_bank_without_keys_asks_nobody():
    """Until a key is given out, everybody may pass."""
    Gatekeeper().look_at("")


def test_bank_with_keys_takes_those_alone():
    """A key that is not taken is refused, and counted all the same."""
    gate = Gatekeeper()
    gate.taken = {"new"}
    gate.look_at("Bearer new")
    with pytest.raises(KeyRefused):
        gate.look_at("Bearer old")
    assert gate.shown == {"new": 1, "old": 1}
