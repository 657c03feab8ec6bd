"""What comes back, end to end: the terminal asks, the check runs on the learner's file, and the score moves on."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from capsize.course import Course

ROOT = Path(__file__).parents[2]
ROOMS = ("labs", "starter", "solutions", "docker", "tests")
SOLVED = "    return 1 + cargo"


def days_ago(days: int) -> str:
    return (date.today() - timedelta(days)).isoformat()


def capsize(*words, typed="", code=0):
    command = [sys.executable, "-m", "capsize.cli", *words]
    done = subprocess.run(command, capture_output=True, text=True, input=typed, timeout=240)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def keep(small):
    """Write the learner's score; return what reads it."""

    def write(**score):
        small.write("work/progress.json", json.dumps(score))
        return lambda: json.loads((small.root / "work/progress.json").read_text())

    return write


def test_pass_moves_on_to_the_next_interval(small, keep):
    """Due since yesterday, 1.1 is checked on the learner's file, and is next due in three days."""
    small.boat(SOLVED, code="work")
    kept = keep(passed={"1.1": f"{days_ago(1)}T20:00:00"})
    words = capsize("again")
    assert "1.1 passed" in words
    assert "1.1 comes back in 3 days" in words
    assert kept()["again"] == {"1.1": {"step": 1, "at": days_ago(0)}}
    assert "nothing is due; next is 1.1, in 3 days" in capsize("again")


def test_refusal_begins_again_at_one_day(small, keep):
    """An exercise that is undone is refused, and due tomorrow, however far it was."""
    small.boat("    return 1", code="work")
    kept = keep(passed={"1.1": days_ago(40)}, again={"1.1": {"step": 3, "at": days_ago(21)}})
    words = capsize("again", "1.1", code=1)
    assert "a draught of 5" in words
    assert "1.1 comes back tomorrow" in words
    assert kept()["again"]["1.1"] == {"step": 0, "at": days_ago(0)}


def test_check_that_cannot_judge_moves_nothing(small, keep):
    """A mistake of the check is nobody's refusal: exit code 2, and still due."""
    small.write("tests/labs/test_01_boat.py", "import no_such_module\n")
    kept = keep(passed={"1.1": days_ago(1)})
    assert "due: 1.1" in capsize("again", code=2)
    assert "again" not in kept()


def test_prediction_is_asked_and_scored_before_the_check(small, keep):
    """What was measured in the notebook answers it, and the score shows both answers."""
    small.boat(SOLVED, code="work")
    sinks = {"said": "yes", "unit": "", "at": days_ago(1), "measured": 0.0, "was": "no"}
    keep(passed={"1.1": days_ago(1)}, predictions={"01_boat": {"sinks": sinks}})
    words = capsize("again", typed="1\n")
    said, passed = words.index('sinks: you said "no", and it was "no"'), words.index("1.1 passed")
    assert said < passed
    assert "sinks, again" in capsize("progress")


def test_input_that_ends_runs_no_check(small, keep):
    """Who stops at the prediction hears what to type; nothing is checked, and nothing moves."""
    sinks = {"said": "yes", "unit": "", "at": days_ago(1), "measured": 0.0, "was": "no"}
    kept = keep(passed={"1.1": days_ago(1)}, predictions={"01_boat": {"sinks": sinks}})
    assert "next: capsize again 1.1" in capsize("again", code=2)
    assert "again" not in kept()


def test_question_answered_wrong_comes_back(small, keep):
    """The terminal asks it again, with its explanation; a wrong answer exits 1 and is due tomorrow."""
    keep()
    words = capsize("remember", "01", typed="1\n1\n")
    assert "No. Only what has no weight leaves a boat as it is." in words
    assert "Right. Weight alone decides." in words
    assert "nothing is due; next is 01_boat/cargo, tomorrow" in capsize("again")
    keep(again={"01_boat/cargo": {"step": 0, "at": days_ago(1)}})
    assert "A tonne more comes aboard" in capsize("again", "01", typed="it stays as it is\n", code=1)
    keep(again={"01_boat/cargo": {"step": 0, "at": days_ago(1)}})
    assert "01_boat/cargo comes back in 3 days" in capsize("again", typed="it sinks deeper\n")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("1.2", "you have not passed 1.2 yet"),
        ("1.9", "01_boat has no exercise 1.9"),
        ("stern", "there is no lab stern"),
    ],
)
def test_what_cannot_come_back_is_told(small, keep, word, told):
    """A word that names nothing passed is answered in words, and exits 2."""
    keep(passed={"1.1": days_ago(1)})
    assert told in capsize("again", word, code=2)


def test_exercise_of_the_course_comes_back(tmp_path, monkeypatch):
    """8.1, passed yesterday, is judged under the real fault of lab 08, on work/ alone."""
    for room in ROOMS:
        (tmp_path / room).symlink_to(ROOT / room)
    monkeypatch.setenv("CAPSIZE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    work = tmp_path / "work/08_health"
    Course(tmp_path).lab(8, "work").code()
    (work / "health.py").write_text((ROOT / "solutions/08_health/health.py").read_text())
    (tmp_path / "work/progress.json").write_text(json.dumps({"passed": {"8.1": days_ago(2)}}))
    words = capsize("again", "8.1")
    assert "8.1 passed" in words
    assert "8.1 comes back in 3 days" in words
