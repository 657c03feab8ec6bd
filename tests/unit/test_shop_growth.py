"""Growth: what is said of the work of one copy and of several."""

from __future__ import annotations

from workbench.customers import Answer
from workbench.labs.stateless_scaling import Crowd

BEGAN = 100.0


def crowd(copies: int, *answers: tuple[float, float], kind: str = "200") -> Crowd:
    """Two seconds, in which answers came: each when, and after how much work."""
    return Crowd(copies, [(BEGAN + at, Answer(kind, {}, 9.0, worked=worked)) for at, worked in answers], BEGAN, 2.0)


def test_failures_are_no_throughput():
    """Only what succeeded counts."""
    assert [crowd(1, (1, 0.1), kind=kind).rate for kind in ("200", "503")] == [0.5, 0]


def test_copies_that_work_in_turns_are_one_at_a_time():
    """Four copies of which each waits for the others work as much as one, however long each takes."""
    assert crowd(4, (0.5, 0.5), (1.0, 0.5), (1.5, 0.5), (2.0, 0.5)).side_by_side == 1


def test_copies_that_work_side_by_side_add_up():
    """Two copies that both work all the time are two at a time."""
    assert crowd(2, (1, 1), (1, 1), (2, 1), (2, 1)).side_by_side == 2


def test_work_before_the_time_does_not_count():
    """Of work that began before it was counted, only the rest is."""
    assert crowd(1, (0.5, 30)).side_by_side == 0.25
