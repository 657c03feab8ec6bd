"""What a check draws from its seed."""

from __future__ import annotations

import pytest

from capsize.check.draw import Draw, seed_of
from capsize.errors import CapsizeError

SEVERAL = range(200)


def drawn(draw: Draw) -> list[object]:
    """Draw one of everything."""
    return [draw.names(3), draw.amount(100, 9000), draw.count(3, 9), draw.victim("abcdef"), draw.instants(3, 1, 90)]


def test_the_same_seed_draws_the_same():
    """A verdict is repeated by its seed; another seed, or another exercise, draws something else."""
    first = drawn(Draw(7, "10.1"))
    assert first == drawn(Draw(7, "10.1"))
    assert first not in (drawn(Draw(8, "10.1")), drawn(Draw(7, "10.2")))


def test_names_differ():
    """No two customers of a draw have the same name, however many are drawn."""
    names = Draw(1, "1.1").names(1500)
    assert len(set(names)) == 1500


@pytest.mark.parametrize(("low", "high"), [(100, 9000), (499, 500), (500, 501)])
def test_an_amount_is_never_round(low, high):
    """An amount lies within its bounds, and no answer can be written to a round one."""
    amounts = [Draw(seed, "1.1").amount(low, high) for seed in SEVERAL]
    assert all(amount % 5 and low <= amount <= high for amount in amounts)


def test_an_amount_without_a_choice_is_a_mistake_of_the_check():
    """One number is not a range."""
    with pytest.raises(ValueError, match="not 500 and 500"):
        Draw(1, "1.1").amount(500, 500)


def test_instants_are_different_and_in_order():
    """Calls at which a fault strikes come one after the other, and never twice."""
    calls = Draw(1, "1.1").instants(20, 1, 20)
    assert calls == list(range(1, 21))


def test_a_seed_is_asked_for_or_the_environments_or_new(monkeypatch):
    """What was asked for goes before the environment, and without either each verdict has a new one."""
    monkeypatch.delenv("CAPSIZE_SEED", raising=False)
    new = {seed_of() for _ in SEVERAL}
    monkeypatch.setenv("CAPSIZE_SEED", "42")
    assert (len(new) > 150, seed_of(), seed_of(7)) == (True, 42, 7)


def test_a_seed_that_is_no_number_is_told(monkeypatch):
    """A typo in the environment is named, with what to type."""
    monkeypatch.setenv("CAPSIZE_SEED", "4z")
    with pytest.raises(CapsizeError, match="CAPSIZE_SEED is not usable"):
        seed_of()
