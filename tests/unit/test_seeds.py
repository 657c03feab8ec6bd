"""Tests draw from one seed, and over several where that is asked for."""

from __future__ import annotations

import os

import pytest
import seeds
import the_course


def test_tests_draw_from_one_seed():
    """A run without anything asked for draws the same as the last one."""
    assert os.environ["CAPSIZE_SEED"].isdecimal()


def test_what_judges_an_answer_is_known():
    """Only tests that have an answer checked are run once for each seed."""
    known = {**vars(the_course), "check": the_course.check}
    judging, other = (eval(f"lambda: {words}", known) for words in ("check('1.1', 'starter')", "answers('wrong')"))
    assert [seeds.judges(judging), seeds.judges(other)] == [True, False]


@pytest.mark.parametrize("seed", [41], indirect=True)
def test_a_test_stands_for_its_seed():
    """What is judged in a test of a seed draws from that seed."""
    assert os.environ["CAPSIZE_SEED"] == "41"
