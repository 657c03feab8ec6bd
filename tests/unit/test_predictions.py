"""Predictions: asked, kept, compared and scored."""

from __future__ import annotations

import json

import pytest

import capsize
from capsize.course.predictions.file import read_questions
from capsize.course.predictions.score import score
from capsize.errors import CapsizeError


@pytest.fixture
def predictions(small):
    """The predictions of the small course's lab."""
    return small.course.lab(1).predictions


@pytest.fixture
def draught(predictions):
    """The question that asks for a number."""
    return predictions.question("draught")


def right(question):
    return next(reason.text for reason in question.reasons if reason.is_right)


def test_first_prediction_stands(predictions):
    """A second answer does not replace the first."""
    question = predictions.question("sinks")
    predictions.give("sinks", question.answer("yes"))
    assert str(predictions.give("sinks", question.answer("no"))) == 'sinks: you said "yes"'


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("many", 3, 8), "your number is not a number"),
        ((5, 3, float("nan")), "the range's upper end is not a number"),
        ((5, 8, 3), "the range is upside down"),
        ((9, 3, 8), "outside of your range"),
        ((-1, -2, 0), "your number cannot be -1"),
        (("", "", ""), "your number is not a number"),
    ],
)
def test_nonsense_is_refused_in_words(draught, said, words):
    """A range upside down, a negative number or a text is told in words."""
    with pytest.raises(CapsizeError, match=words):
        draught.answer(*said, right(draught))


def test_reason_is_one_of_three(draught):
    """A number without a reason is not a prediction yet."""
    with pytest.raises(CapsizeError, match="not a reason"):
        draught.answer(5, 3, 8)


def test_prediction_and_measurement_are_kept_side_by_side(predictions, small):
    """What was measured is kept beside what was said, with whether the range held and the reason was right."""
    draught = predictions.question("draught")
    predictions.give("draught", draught.answer(5, 3, 8, right(draught)))
    predictions.compare("draught", 9)
    kept = json.loads((small.root / "work/progress.json").read_text())["predictions"]["01_boat"]["draught"]
    assert {name: kept[name] for name in ("said", "measured", "held", "right")} == {
        "said": 5,
        "measured": 9,
        "held": False,
        "right": True,
    }


def test_comparison_without_a_prediction_is_refused(predictions):
    """Measuring before predicting is answered with what to do first."""
    with pytest.raises(CapsizeError, match="you have not predicted 'sinks'"):
        predictions.compare("sinks", 1)


def test_what_is_measured_is_a_number(predictions):
    """A measurement that nobody has is told in words and kept nowhere."""
    predictions.give("sinks", predictions.question("sinks").answer("no"))
    with pytest.raises(CapsizeError, match="what was measured for 'sinks' is not a number"):
        predictions.compare("sinks", None)


def test_comparison_of_a_choice_says_what_came_true(predictions):
    """The text has both choices, and it is the same whenever the same comes true."""
    predictions.give("sinks", predictions.question("sinks").answer("no"))
    assert repr(predictions.compare("sinks", True)) == 'sinks: you said "no", and it was "yes"'


def test_comparison_of_a_number_is_the_same_text_on_every_run(predictions):
    """The text that nbval compares holds no measured number; the one in words holds all."""
    draught = predictions.question("draught")
    predictions.give("draught", draught.answer(5, 3, 8, right(draught)))
    one, other = predictions.compare("draught", 5), predictions.compare("draught", 9)
    assert repr(one) == repr(other)
    assert ("9 m" in str(other), "did not hold it" in str(other)) == (True, True)
    assert all(reason.but in str(other) for reason in draught.reasons)


def test_prediction_of_an_older_kit_reads_and_is_asked_anew(small, predictions):
    """A number alone, as it was kept once, shows in the score; the question that there is now is asked."""
    old = {
        "predictions": {"01_boat": {"draught": {"said": 5, "unit": "m", "at": "2026-11-23T10:11:12", "measured": 6}}}
    }
    small.write("work/progress.json", json.dumps(old))
    assert predictions.given("draught") is None
    assert score(old["predictions"]["01_boat"].values()).ranges.of == 0


def test_naive_answers_are_kept_nowhere(small, monkeypatch):
    """CI is not asked, and what it measures is in nobody's score."""
    monkeypatch.setenv("CAPSIZE_PREDICTIONS", "naive")
    predictions = small.course.lab(1).predictions
    assert repr(predictions.compare("sinks", False)) == 'sinks: you said "yes", and it was "no"'
    assert not (small.root / "work").exists()


def test_foil_that_breaks_is_a_mistake_of_the_lab(small, monkeypatch):
    """CI holds what the file says of a foil against what is measured."""
    monkeypatch.setenv("CAPSIZE_PREDICTIONS", "naive")
    with pytest.raises(CapsizeError, match="is a foil, and it broke"):
        small.course.lab(1).predictions.compare("sinks", True)


def test_variable_that_says_something_else_is_refused(small, monkeypatch):
    """Nobody is spared a prediction by a misspelt variable."""
    monkeypatch.setenv("CAPSIZE_PREDICTIONS", "1")
    with pytest.raises(CapsizeError, match="CAPSIZE_PREDICTIONS is not usable"):
        capsize.lab(1).predictions.given("sinks")


def test_predictions_of_solutions_are_not_the_learners(small):
    """What somebody says while the solutions run is not written into a learner's score."""
    predictions = capsize.lab(1, "solutions").predictions
    predictions.give("sinks", predictions.question("sinks").answer("no"))
    assert not (small.root / "work").exists()


BAD = [
    ('naive = "yes"', 'naive = "perhaps"', "naive and foil are not among"),
    ('foil = "no"', 'foil = "perhaps"', "naive and foil are not among"),
    ('"yes" = true', '"yes" = [0, 2]', "two choices stand for one measurement"),
    ('unit = "m"', 'units = "m"', "the keys of a prediction do not fit"),
    ('but = "An empty boat lies in the water, too."', "", "the right one alone has no but"),
    ("said = 4, low = 3", "said = 4, low = 5", "outside of your range"),
    ('name = "draught"', 'name = "sinks"', "two predictions have the name"),
    ("[[prediction]]", "[[prediction]", "this is not TOML"),
]


@pytest.mark.parametrize(("there", "instead", "words"), BAD, ids=[words for *_, words in BAD])
def test_file_that_does_not_fit_is_refused_at_its_line(small, there, instead, words):
    """A mistake in a lab's questions is told with file and line."""
    file = small.root / "labs/predictions/01_boat.toml"
    file.write_text(file.read_text().replace(there, instead))
    with pytest.raises(CapsizeError, match=words) as told:
        read_questions(file)
    assert "01_boat.toml" in str(told.value)
