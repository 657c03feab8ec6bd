"""The second refusal by the same expectation: what others had in mind there, and which it was."""

from __future__ import annotations

import pytest

from capsize.check.misconceptions import met_by
from capsize.check.second_look import misconceptions, recorded
from capsize.check.verdict import Verdict
from capsize.course.refusal_log import RefusalLog
from capsize.errors import CapsizeError

REFUSED = Verdict("1.1", "refused", expected="all 50 tonnes are felt", got="1")
OTHER = Verdict("1.1", "refused", expected="an empty boat draws 1", got="2")
PASSED = Verdict("1.1", "passed", held=("it floats",), held_lines=(0,))
BANK = "".join(
    f'[[answer]]\nid = "1.1_{name}"\nexercise = "1.1"\nbecause = "{name.title()} is heavy."\n'
    for name in ("sand", "water", "iron", "gold", "hope")
)
REFUSALS = "".join(
    f'[["1.1_{name}"]]\nexpected = "all N tonnes are felt"\n' for name in ("water", "iron", "gold", "hope")
)


@pytest.fixture
def lab(small):
    """The learner's lab, whose wrong answers are known."""
    small.write("tests/wrong/01_boat.toml", BANK)
    small.write("tests/wrong/refusals/01_boat.toml", REFUSALS + '[["1.1_sand"]]\nexpected = "an empty boat draws N"\n')
    return small.course.lab(1, "work")


def test_the_second_refusal_names_what_others_had_in_mind(lab):
    """The same expectation twice in a row, whatever its numbers: three of the misconceptions that it refuses."""
    first = recorded(lab, REFUSED)
    second = recorded(lab, Verdict("1.1", "refused", expected="all 70 tonnes are felt", got="1"))
    assert (first.others, second.others) == ((), ("Water is heavy.", "Iron is heavy.", "Gold is heavy."))
    assert "which was it? capsize why 1.1 1 (0: none of these)" in second.text


@pytest.mark.parametrize("between", [OTHER, PASSED])
def test_only_two_in_a_row_count(lab, between):
    """After another refusal, or a pass, the next refusal is the first again."""
    verdicts = [recorded(lab, verdict) for verdict in (REFUSED, between, REFUSED)]
    assert not any(verdict.others for verdict in verdicts)


def test_which_it_was_is_kept(lab):
    """The learner says which it was, and the score has it."""
    recorded(lab, REFUSED)
    assert lab.why("1.1", 2) == "Iron is heavy."
    lab.why("1.1", 0)
    assert [one["was"] for one in lab.progress.read()["reasons"]["1.1"]] == ["1.1_iron", ""]


@pytest.mark.parametrize(("verdict", "number"), [(REFUSED, 4), (PASSED, 1)])
def test_a_reason_that_nobody_named_is_refused(lab, verdict, number):
    """A number that is not in the list is told, with what could be typed."""
    recorded(lab, verdict)
    with pytest.raises(CapsizeError, match=f"1.1 has no reason {number}"):
        lab.why("1.1", number)


def test_a_hint_says_what_was_refused_last(lab):
    """Beside a hint is the expectation that failed, until the exercise is passed."""
    recorded(lab, REFUSED)
    hints = [str(lab.hint("1.1"))]
    recorded(lab, PASSED)
    hints.append(str(lab.hint("1.1")))
    words = "It was refused last because this does not hold: all 50 tonnes are felt"
    assert [words in hint for hint in hints] == [True, False]


@pytest.mark.parametrize("text", [None, "[[", "answer = 3", '["1.1_water"]\nexpected = "all N tonnes are felt"'])
def test_a_bank_that_cannot_be_read_names_nothing(lab, small, text):
    """Without the bank, or with a broken one, a verdict is a verdict."""
    for name in ("tests/wrong/01_boat.toml", "tests/wrong/refusals/01_boat.toml"):
        small.write(name, text or "") if text else (small.root / name).unlink()
    assert met_by(lab.rooms, "1.1", REFUSED.expected) == ()


def test_a_score_of_another_form_counts_from_one(lab):
    """What somebody wrote into the score by hand ends no check."""
    with lab.progress.change() as score:
        score["refusals"] = {"1.1": "often"}
    assert RefusalLog(lab.progress).last("1.1") == ""
    assert recorded(lab, REFUSED).others == ()
    assert misconceptions(lab, lab.exercise("1.1"))
