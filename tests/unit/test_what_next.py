"""What a verdict on one's own file says beyond the judgement: how far one is, what is next, what is unsaved."""

from __future__ import annotations

import pytest

import capsize
from capsize.check.verdict import Verdict
from capsize.check.what_next import told
from capsize.ui.verdict import verdict_html


@pytest.fixture
def lab(small):
    lab = capsize.lab(1)
    lab.code()
    return lab


def after(lab, exercise, status="passed"):
    if status == "passed":
        lab.record_pass(lab.exercise(exercise))
    return told(lab, lab.exercise(exercise), Verdict(exercise, status))


def test_a_pass_says_how_far_the_lab_is_and_what_is_next(lab):
    """The exercise that is next is the first one not passed yet; after the last one there is none."""
    assert after(lab, "1.2").next == "1 of 2 passed; next: 1.1 Let the boat feel its cargo, in work/01_boat/boat.py"
    assert after(lab, "1.1").next == "2 of 2 passed"
    assert "1 of 2" not in after(lab, "1.2").next


def test_a_pass_of_a_taken_solution_is_not_counted(lab):
    """It is said that it counts apart, and the next exercise is named all the same."""
    lab.apply_solution("1.1")
    apart, count, following = after(lab, "1.1").next.split("; ")
    assert (apart, count) == ("it is the solution's file, and counts apart", "0 of 2 passed")
    assert following == "next: 1.2 Name the boat, in work/01_boat/name.py"


def test_a_refused_file_that_is_as_it_was_given_is_asked_for(lab):
    """Those who forgot to save read it, in a terminal and in a notebook; those who saved do not."""
    verdict = after(lab, "1.1", "refused")
    assert "work/01_boat/boat.py is as it was given: saved?" in verdict.text
    assert "as it was given: saved?" in verdict_html(verdict)
    (lab.code() / "boat.py").write_text("# mine\n")
    assert "saved?" not in after(lab, "1.1", "refused").text
