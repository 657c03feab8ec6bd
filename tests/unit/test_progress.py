"""Predictions and passes: kept, and never written over."""

from __future__ import annotations

import json
import threading

import pytest

import capsize
from capsize.course.progress import PredictionComparison, Progress
from capsize.errors import CapsizeError


@pytest.fixture
def score(tmp_path):
    """A score in a file of its own."""
    return Progress(tmp_path / "work/progress.json")


def test_first_prediction_stands(score):
    """A second number does not replace the first, and the answer says which one stands."""
    score.predict("01_boat", "knee", 150, "requests/s")
    assert str(score.predict("01_boat", "knee", 900)) == "knee: you said 150 requests/s; your first number stands"


@pytest.mark.parametrize("nonsense", ["many", None, float("nan"), [3]])
def test_what_is_no_number_is_refused_in_words(score, nonsense):
    """A slip of the keyboard, or a measurement that nobody has, is told in words and kept nowhere."""
    with pytest.raises(CapsizeError, match="is not a number"):
        score.predict("01_boat", "knee", nonsense)
    with pytest.raises(CapsizeError, match="is not a number"):
        score.predict("01_boat", "knee", 150).against(nonsense)
    assert [said.measured for said in score.predictions()] == [None]


def test_prediction_and_measurement_are_kept_side_by_side(score):
    """What was measured is kept beside what was said."""
    score.predict("01_boat", "knee", 150).against(212)
    assert Progress(score.file).predictions()[0].comparison == PredictionComparison("knee", 150, 212)


def test_comparison_without_a_prediction_is_refused(score):
    """Measuring before predicting is answered with what to do first."""
    with pytest.raises(CapsizeError, match="you have not predicted 'knee'"):
        score.prediction("01_boat", "knee")


@pytest.mark.parametrize(
    ("said", "measured", "words"),
    [(150, 151, "as you said"), (300, 100, "3.0 times too high"), (10, 45, "4.5 times too low"), (5, 0, "too high")],
)
def test_comparison_says_how_far_off(said, measured, words):
    """The distance is told as a factor, in words."""
    assert PredictionComparison("knee", said, measured).how_far == words


def test_comparisons_text_is_the_same_on_every_run():
    """The text that a notebook compares holds no measured number; the table holds both."""
    one, other = PredictionComparison("knee", 150, 212), PredictionComparison("knee", 150, 187)
    assert repr(one) == repr(other)
    assert ("150" in one._repr_html_(), "212" in one._repr_html_()) == (True, True)


def test_within_is_a_claim_both_ways():
    """A guess twice too high and one twice too low are equally far off."""
    assert [PredictionComparison("x", said, 100).within(2) for said in (50, 200, 49, 201)] == [True, True, False, False]


def test_first_pass_stands(score, monkeypatch):
    """The date of a pass is that of the first."""
    times = iter(["2026-11-23T10:11:12", "2026-11-24T10:11:12"])
    monkeypatch.setattr("capsize.course.progress._now", lambda: next(times))
    score.record_pass("1.1")
    score.record_pass("1.1")
    assert score.passed("1.1") == "2026-11-23T10:11:12"


def test_writers_at_the_same_time_lose_nothing(score):
    """A notebook and a terminal that write at the same moment both find their entries."""
    ids = [f"1.{number}" for number in range(1, 9)]
    threads = [threading.Thread(target=Progress(score.file).record_pass, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(score.read()["passed"]) == ids


def test_write_that_breaks_off_leaves_the_old_score(score, monkeypatch):
    """A write is whole or not at all."""
    score.record_pass("1.1")
    with monkeypatch.context() as broken:
        broken.setattr("pathlib.Path.replace", _full)
        with pytest.raises(CapsizeError, match="disk full"):
            score.record_pass("1.2")
    assert list(score.read()["passed"]) == ["1.1"]


def _full(*_):
    raise OSError("disk full")


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"predictions": {"a": {"b": 1}}}', '{"passed": []}'])
def test_score_that_cannot_be_read_is_refused_not_replaced(score, text):
    """A damaged score is left as it is, and the message says how to go on."""
    score.file.parent.mkdir()
    score.file.write_text(text)
    with pytest.raises(CapsizeError, match="your progress cannot be read"):
        score.record_pass("1.1")
    assert score.file.read_text() == text


def test_score_of_solutions_is_not_the_learners(small):
    """What CI does with the solutions is not written into the learner's score."""
    capsize.lab(1, "solutions").predict("knee", 150)
    assert not (small.root / "work").exists()


def test_score_of_ones_own_work_is_json(small):
    """The score is a plain file that a learner may read."""
    capsize.lab(1).predict("knee", 150, unit="requests/s")
    kept = json.loads((small.root / "work/progress.json").read_text())
    assert kept["predictions"]["01_boat"]["knee"]["said"] == 150
