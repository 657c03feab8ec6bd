"""The answers that `make test` draws: a wrong one for each line of an exercise, and a right one for each exercise."""

from __future__ import annotations

import pytest
from bank import drawn
from the_course import answers

ANSWERS = [answer for room in ("wrong", "right", "own") for answer in answers(room)]
WRONG = {answer.id: (answer.exercise, answer.line) for answer in ANSWERS if answer.says}
RIGHT = {answer.id: answer.exercise for answer in ANSWERS if not answer.says}


@pytest.mark.parametrize("seed", range(5))
def test_one_is_drawn_for_each_line(seed):
    """Whatever the seed, no line that has a wrong answer, and no exercise that has a right one, is left out."""
    ids = drawn(ANSWERS, seed)
    assert sorted(WRONG[one] for one in ids & set(WRONG)) == sorted(set(WRONG.values()))
    assert sorted(RIGHT[one] for one in ids & set(RIGHT)) == sorted(set(RIGHT.values()))


def test_a_draw_can_be_had_again_and_seeds_differ():
    """The same seed draws the same; over a few seeds most of the answers come."""
    assert drawn(ANSWERS, 1) == drawn(ANSWERS, 1)
    assert len(set().union(*(drawn(ANSWERS, seed) for seed in range(20)))) > len(ANSWERS) / 2
