"""Growth: what is said of the rates of one copy and of several."""

from __future__ import annotations

import pytest

from shop.customers import Answer
from shop.growth import ROUNDS, Crowd, Growth

NOISE = 100.0  # cores


def crowd(copies: int, rate: int, others: float = 0.0) -> Crowd:
    return Crowd(copies, [Answer("200", {}, 0.1)] * rate, 1.0, others)


def growth(*rates: tuple[int, int], others: float = 0.0) -> Growth:
    """Several rounds: the rate of one copy, and of four."""
    return Growth([crowd(1, one, others) for one, _ in rates], [crowd(4, four, others) for _, four in rates])


def test_failures_are_no_throughput():
    """Only what succeeded counts."""
    assert Crowd(1, [Answer("200", {}, 0.1), Answer("503", "", 0.1)], 1.0, 0.0).rate == 1


def test_ratio_is_of_the_best_rates():
    """Noise only takes away, so each kind's best rate is the one nearest to the shop's own."""
    assert growth((50, 60), (40, 100)).ratio == 2


@pytest.mark.parametrize(("others", "quiet"), [(0.0, True), (NOISE, False)])
def test_a_busy_machine_is_not_quiet(others: float, quiet: bool):
    """A measurement beside busy neighbours is not taken for the shop's own."""
    assert growth((50, 60), others=others).is_quiet == quiet


@pytest.mark.parametrize(
    ("rates", "never"), [([(50, 50)] * ROUNDS, True), ([(50, 50)], False), ([(50, 40), (50, 90), (50, 40)], False)]
)
def test_what_never_rises_is_told_from_noise(rates: list[tuple[int, int]], never: bool):
    """Only who does not rise in any of all rounds never rises."""
    assert growth(*rates, others=NOISE).never_rises == never
