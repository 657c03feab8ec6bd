"""What was passed comes back: on which day, what is due, and one prediction asked again."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from capsize.check.verdict import Verdict
from capsize.course.progress import Progress
from capsize.course.reviews import Due, PredictionAgain
from capsize.course.schedule import ReviewSchedule
from capsize.errors import CapsizeError

MONDAY = date(2026, 11, 23)


class Clock:
    """A day that a test turns."""

    def __init__(self) -> None:
        self.day = MONDAY

    def __call__(self) -> date:
        return self.day

    def go_to(self, day: date) -> None:
        self.day = day


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def schedule(small, clock):
    """The schedule of a learner who passed 1.1 late on Monday."""
    small.write("work/progress.json", json.dumps({"passed": {"1.1": "2026-11-23T23:50:00"}}))
    return ReviewSchedule(small.course.lab(1).progress, clock)


def due(small, schedule, only=()):
    return Due([small.course.lab(1)], schedule, only)


def ids(found):
    return [exercise.id for _, exercise in found.exercises]


def test_pass_comes_back_after_1_3_7_and_21_days(schedule, clock):
    """Each interval is counted from the last time, and after the fourth nothing comes back."""
    days = []
    while review := schedule.reviews().get("1.1"):
        days.append((review.due - clock.day).days)
        clock.go_to(review.due)
        schedule.move("1.1", passed=True)
    assert days == [1, 3, 7, 21]


def test_refusal_begins_again_at_one_day(schedule, clock):
    """Refused at the third interval, an exercise is due tomorrow, and then after three days."""
    for _ in range(2):
        clock.go_to(schedule.reviews()["1.1"].due)
        schedule.move("1.1", passed=True)
    assert schedule.move("1.1", passed=False).due == clock.day + timedelta(1)
    clock.go_to(schedule.reviews()["1.1"].due)
    assert schedule.move("1.1", passed=True).due == clock.day + timedelta(3)


def test_what_was_passed_in_the_evening_is_due_the_next_day(small, schedule, clock):
    """Days are dates, not hours; on the day itself nothing is due."""
    assert ids(due(small, schedule)) == []
    clock.go_to(MONDAY + timedelta(1))
    assert ids(due(small, schedule)) == ["1.1"]


def test_nothing_due_says_what_is_next_and_when(small, schedule):
    """The one line has the exercise, the distance and the date."""
    assert str(due(small, schedule)) == "nothing is due; next is 1.1, tomorrow (2026-11-24)"


def test_nobody_who_passed_nothing_is_asked_for_anything(small, clock):
    """Without a pass the line says how it works."""
    found = due(small, ReviewSchedule(small.course.lab(1).progress, clock))
    assert str(found) == "nothing is due; what you pass comes back after 1, 3, 7 and 21 days"


def test_longest_overdue_comes_first(small, schedule, clock):
    """Of two that are due the older one is first, and the line names both."""
    schedule.progress.record_pass("1.2")
    schedule.move("1.2", passed=False)
    clock.go_to(MONDAY + timedelta(9))
    schedule.move("1.1", passed=False)
    clock.go_to(MONDAY + timedelta(12))
    found = due(small, schedule)
    assert (ids(found), str(found)) == (["1.2", "1.1"], "due: 1.2, 1.1")


def test_one_exercise_alone_is_asked_for(small, schedule, clock):
    """Others that are due do not come where one was named."""
    schedule.move("1.2", passed=False)
    clock.go_to(MONDAY + timedelta(1))
    assert ids(due(small, schedule, ["1.2"])) == ["1.2"]


def test_exercise_that_is_no_more_is_left_out(small, schedule, clock):
    """A pass of an exercise that the course no longer has is not due, and not next."""
    schedule.move("9.9", passed=False)
    schedule.move("1.1", passed=False)
    clock.go_to(MONDAY + timedelta(1))
    assert str(due(small, schedule)) == "due: 1.1"


@pytest.mark.parametrize(
    "kept",
    [
        {"passed": {"1.1": "some day"}},
        {"again": {"1.1": {"step": "one", "at": "2026-11-23"}}},
        {"again": {"1.1": {"step": -1, "at": "2026-11-23"}}},
        {"again": {"1.1": {"at": "2026-11-23"}}},
        {"again": {"1.1": {"step": 1, "at": "soon"}}},
        {"again": ["1.1"]},
        {"recalled": []},
    ],
)
def test_score_that_makes_no_sense_is_refused_in_words(small, kept):
    """What is not a date or a step is said with the file, and what to do."""
    file = small.write("work/progress.json", json.dumps(kept))
    with pytest.raises(CapsizeError, match="your progress cannot be read") as told:
        ReviewSchedule(Progress(file)).reviews()
    assert str(file) in str(told.value)


@pytest.fixture
def lab(small):
    """A lab with two predictions that were measured: the choice came true, and the range did not hold."""
    lab = small.course.lab(1)
    lab.predictions.give("sinks", lab.predictions.question("sinks").answer("no"))
    lab.compare_prediction("sinks", 0)
    draught = lab.predictions.question("draught")
    lab.predictions.give("draught", draught.answer(4, 3, 4, draught.reasons[0].text))
    lab.compare_prediction("draught", 5)
    return lab


def again(lab, seed=1):
    return PredictionAgain(lab.predictions, lab.exercise("1.1"), seed)


def test_prediction_that_did_not_come_true_is_asked_again_first(lab):
    """As long as there is one that was wrong, whatever the seed, it is asked."""
    assert {again(lab, seed).name for seed in range(9)} == {"draught"}


def test_second_answer_is_scored_by_what_was_measured(lab):
    """It is kept beside the first, which stands; and once it is right, any may be asked."""
    second = again(lab)
    right = second.question("draught").reasons[1].text
    second.give("draught", second.question("draught").answer(5, 4, 6, right))
    assert second.settle("draught").is_right
    score = lab.progress.read()
    assert score["predictions"]["01_boat"]["draught"]["said"] == 4
    assert [entry["held"] for entry in score["predicted_again"]["01_boat"]] == [True]
    assert {again(lab, seed).name for seed in range(9)} == {"sinks", "draught"}


def test_prediction_that_was_never_measured_is_not_asked_again(small):
    """Without a measurement there is nothing to score an answer by."""
    lab = small.course.lab(1)
    lab.predictions.give("sinks", lab.predictions.question("sinks").answer("no"))
    assert again(lab).name is None


def test_answer_is_needed_before_it_is_scored(lab):
    """Nothing said, nothing scored: the message says what to type."""
    with pytest.raises(CapsizeError, match="you have not predicted 'draught'") as told:
        again(lab).settle("draught")
    assert "capsize again 1.1" in str(told.value)


def test_naive_answers_again_are_kept_nowhere(lab, monkeypatch):
    """CI is not asked, and leaves no second answer."""
    monkeypatch.setenv("CAPSIZE_PREDICTIONS", "naive")
    lab.__dict__.pop("predictions")
    assert again(lab).settle("draught").said == "4 m"
    assert lab.progress.read()["predicted_again"] == {}


def test_options_of_a_question_that_came_back_change_places(small, schedule, clock):
    """Each day they come in an order of that day: all of them, and over a week not always the same."""
    schedule.move("01_boat/cargo", passed=False)
    orders = set()
    for days in range(1, 8):
        clock.go_to(MONDAY + timedelta(days))
        ((_, question),) = due(small, schedule).questions
        orders.add(tuple(question.texts))
    assert {frozenset(order) for order in orders} == {frozenset(question.texts)}
    assert len(orders) > 1


@pytest.mark.parametrize("status", ["passed", "unjudged"])
def test_only_a_verdict_on_work_of_ones_own_moves_anything(small, schedule, status):
    """The solution's file that passes, and a check that could not judge, leave an exercise due."""
    lab = small.course.lab(1)
    if status == "passed":
        lab.apply_solution("1.1")
    said = due(small, schedule).settle(lab, lab.exercise("1.1"), Verdict("1.1", status))
    assert "1.1 is still due" in said
    assert schedule.progress.read()["again"] == {}
