"""What a check's reports add up to: passed only where nothing is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsize.check.report import CANCELLED, Report
from capsize.check.verdict import Verdict
from capsize.course.exercises import Exercise
from capsize.stack.model import Location

EXERCISE = Exercise("01_boat", "1.1", "Let it float", "boat.py", 5, ("a", "b"), ("1", "2", "3"), Location(Path("x"), 1))
BEGIN = {"begin": "test_a", "deadline": 60.0}
PASSED = Verdict("1.1", "passed", done="loaded it", held=("it floats", "a draught of 5"), held_lines=(0, 2))
PASS = {"end": "test_a", "verdict": PASSED.to_json()}
REFUSED = {"end": "test_a", "verdict": Verdict("1.1", "refused", expected="5", got="1", look="boat.py:9").to_json()}
UNJUDGED = {"end": "test_a", "verdict": Verdict("1.1", "unjudged", got="the check was skipped").to_json()}
OTHER = {"begin": "test_b", "deadline": 60.0}
OVER = {"over": 0}


def verdict(*reports, problem=None):
    report = Report(allowed=60, problem=problem, output="the last words\n")
    for message in reports:
        report.take(message)
    return report.verdict(EXERCISE, 1.0)


def test_one_test_that_ran_and_passed_is_a_pass():
    """A test that began and passed, and a process that ended well: passed."""
    assert verdict(BEGIN, PASS, OVER).status == "passed"


@pytest.mark.parametrize(
    ("reports", "words"),
    [
        ([], "ended before it was done"),
        ([OVER], "no check of exercise 1.1 ran"),
        ([{"over": 5}], "no check of exercise 1.1 ran"),
        ([BEGIN], "ended before it was done"),
        ([BEGIN, OVER], "exit code 0"),
        ([BEGIN, PASS], "ended before it was done"),
        ([BEGIN, PASS, OTHER, OVER], "exit code 0"),
        ([BEGIN, PASS, {"over": 1}], "exit code 1"),
        ([BEGIN, PASS, {"over": 3}], "exit code 3"),
        ([BEGIN, UNJUDGED, OVER], "the check was skipped"),
        ([BEGIN, PASS, OTHER, {**UNJUDGED, "end": "test_b"}, OVER], "the check was skipped"),
    ],
)
def test_anything_missing_is_not_judged(reports, words):
    """No report, no test, a test without an end, a bad exit: none of them is a pass."""
    given = verdict(*reports)
    assert (given.status, words in given.got) == ("unjudged", True), given.text


def test_one_refusal_among_passes_refuses():
    """A single refused test refuses the exercise."""
    assert verdict(OTHER, {**PASS, "end": "test_b"}, BEGIN, REFUSED, {"over": 1}).status == "refused"


def test_a_refusal_stands_when_the_process_is_lost_afterwards():
    """What was refused stays refused, however the process ends."""
    assert verdict(BEGIN, REFUSED, problem="the process was lost").status == "refused"


@pytest.mark.parametrize("reports", [[], [BEGIN, PASS, OVER], [BEGIN, REFUSED, {"over": 1}]])
def test_a_cancelled_check_says_nothing_of_the_exercise(reports):
    """A cancel leaves the exercise unjudged, whatever had been told by then."""
    assert verdict(*reports, problem=CANCELLED).status == "unjudged"


def test_what_went_wrong_comes_with_the_last_words():
    """Where the check broke off, its last lines are the evidence."""
    assert verdict().evidence == ("the last words",)


def test_several_passes_are_told_as_one():
    """Two tests of an exercise make one verdict that tells what both did and found, each once."""
    again = Verdict(
        "1.1", "passed", done="loaded it again", held=("it floats", "it turns"), held_lines=(0, 1), drew=True
    )
    second = {"end": "test_b", "verdict": again.to_json()}
    given = verdict(BEGIN, PASS, OTHER, second, OVER)
    assert given.done == "loaded it\nloaded it again"
    assert given.held == ("it floats", "a draught of 5", "it turns")
    assert (given.held_lines, given.drew) == ((0, 2, 1), True)


def test_a_verdict_says_what_it_drew_from():
    """The seed that the check's process was given is the verdict's, also where the process said nothing."""
    report = Report(allowed=60, seed=1234)
    report.take(BEGIN)
    assert report.verdict(EXERCISE, 1.0).repeat == "capsize check 1.1 --seed 1234"
