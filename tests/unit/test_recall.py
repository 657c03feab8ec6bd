"""The questions at a lab's end: read, answered, kept, and brought back where they were answered wrong."""

from __future__ import annotations

from datetime import date

import pytest

from capsize.course.recall import Recall
from capsize.course.recall.file import read_recall
from capsize.course.schedule import ReviewSchedule
from capsize.errors import CapsizeError

RIGHT, WRONG = "it sinks deeper", "it stays as it is"


@pytest.fixture
def recall(small):
    """The small lab's questions, on a Monday."""
    progress = small.course.lab(1).progress
    return Recall(small.course.lab(1).rooms, progress, ReviewSchedule(progress, lambda: date(2026, 11, 23)))


def test_wrong_answer_is_explained_at_once_and_comes_back(recall):
    """The sentence is that of the option, and the question is due tomorrow."""
    assert recall.answer("cargo", WRONG) == "No. Only what has no weight leaves a boat as it is."
    assert recall.schedule.reviews()["01_boat/cargo"].due == date(2026, 11, 24)


def test_right_answer_says_what_to_remember_and_does_not_come_back(recall):
    """The sentence to remember is the explanation of a right answer."""
    assert recall.answer("cargo", RIGHT) == "Right. Each tonne adds a metre."
    assert recall.schedule.reviews() == {}


def test_first_answer_is_kept(recall):
    """Who tries the others reads their explanations; the score has what was said first."""
    recall.answer("cargo", WRONG)
    recall.answer("cargo", RIGHT)
    assert recall.said == {"cargo": WRONG}
    assert "01_boat/cargo" in recall.schedule.reviews()


def test_question_that_came_back_moves_on_or_begins_again(recall):
    """A right answer moves it to three days, a wrong one back to one; the first answer stands."""
    recall.answer("cargo", WRONG)
    recall.review("cargo", RIGHT)
    assert recall.schedule.reviews()["01_boat/cargo"].due == date(2026, 11, 26)
    recall.review("cargo", WRONG)
    assert recall.schedule.reviews()["01_boat/cargo"].due == date(2026, 11, 24)
    assert recall.said == {"cargo": WRONG}


def test_answer_to_a_question_that_changed_since_does_not_count(recall, small):
    """What was said then is not an option any more, so the question is asked anew."""
    recall.answer("cargo", WRONG)
    file = recall.rooms.recall_file
    file.write_text(file.read_text().replace(WRONG, "it rises"))
    assert Recall(recall.rooms, recall.progress).said == {}


@pytest.mark.parametrize("call", ["answer", "review"])
def test_answer_that_is_no_option_is_refused(recall, call):
    """What is not among the options is said in words, and nothing is kept."""
    with pytest.raises(CapsizeError, match="not an option"):
        getattr(recall, call)("cargo", "perhaps")
    assert (recall.said, recall.schedule.reviews()) == ({}, {})


def test_question_that_is_not_there_is_refused(recall):
    """A name that the lab does not ask by is answered with those that it does."""
    with pytest.raises(CapsizeError, match="01_boat has no question 'colour'") as told:
        recall.answer("colour", RIGHT)
    assert "'cargo'" in str(told.value)


BAD = [
    ('name = "wind"', 'name = "cargo"', "two questions have the name"),
    ('because = "Each', 'why = "Each', "the keys of a question do not fit"),
    ("is = 1\n", "", "the keys of an option do not fit"),
    ('but = "Only what has no weight leaves a boat as it is."\n', "", "the right one alone has no but"),
    (WRONG, RIGHT, "two options read alike"),
    ("[[question]]", "[[question]", "this is not TOML"),
]


@pytest.mark.parametrize(("there", "instead", "words"), BAD, ids=[words for *_, words in BAD])
def test_file_that_does_not_fit_is_refused_with_its_place(small, there, instead, words):
    """A mistake in a lab's questions is told with the file."""
    file = small.root / "labs/remember/01_boat.toml"
    file.write_text(file.read_text().replace(there, instead, 1))
    with pytest.raises(CapsizeError, match=words) as told:
        read_recall(file)
    assert "01_boat.toml" in str(told.value)
