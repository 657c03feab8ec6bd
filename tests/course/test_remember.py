"""The questions at each lab's end: three, explained, and none with its own answer wrong."""

from __future__ import annotations

import pytest
from recall_sources import figure, is_right, missing_quotes
from the_course import LABS, names

from capsize.course.recall import recall_of

QUESTIONS = [question for lab in LABS for question in recall_of(lab).questions.values()]
SHORTEST = 20  # letters of a sentence that explains something

each_lab = pytest.mark.parametrize("lab", LABS, ids=names)
each_question = pytest.mark.parametrize("question", QUESTIONS, ids=[question.key for question in QUESTIONS])


@each_lab
def test_lab_asks_three_questions_at_its_end(lab):
    """A lab asks three, and at least one of them is computed from what it has measured or what it runs."""
    questions = list(recall_of(lab).questions.values())
    assert len(questions) == 3, f"write three into {lab.rooms.short(lab.rooms.recall_file)}"
    assert [question for question in questions if question.source != "accepted"]


@each_lab
def test_right_options_are_not_all_in_one_place(lab):
    """Who always takes the same place is not right three times."""
    places = {[option.is_right for option in one.options].index(True) for one in recall_of(lab).questions.values()}
    assert len(places) > 1


@each_question
def test_right_answer_is_what_its_source_says(question):
    """Computed anew from reports, files or the bank, one option is right, and it is the one without a but."""
    computed = [option.text for option in question.options if is_right(question, option)]
    assert computed == [option.text for option in question.options if option.is_right], _told(question)


@each_question
def test_every_choice_is_explained_in_a_sentence(question):
    """The right one by what to remember, each other one by why it is wrong."""
    sentences = [question.because, *(option.but for option in question.options if not option.is_right)]
    assert [words for words in sentences if len(words) < SHORTEST or not words.endswith(".")] == []


@each_question
def test_code_in_an_option_is_that_of_its_answer(question):
    """What an option quotes is in the file that the check accepts or refuses."""
    assert [quote for option in question.options for quote in missing_quotes(question, option)] == []


def _told(question):
    return f"{question.place}: its source is {question.source if question.source == 'accepted' else figure(question)}"
