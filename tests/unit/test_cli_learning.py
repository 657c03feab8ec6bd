"""The learner's verbs in a terminal."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from capsize import cli
from capsize.check.verdict import Verdict
from capsize.errors import CapsizeError

VERBS = (
    *[
        "labs",
        "lab",
        "check",
        "hint",
        "diff",
        "reset",
        "solution",
        "progress",
        "up",
        "ps",
        "logs",
        "scale",
        "kill",
        "stop",
        "pause",
        "resume",
        "restart",
    ],
    *("delay", "fail", "cut", "heal", "load", "slides", "notebooks check", "notebooks update", "doctor"),
)


@pytest.fixture
def say(small):
    """Run a command and return what it printed."""

    def run(*words, code=0, typed=None):
        result = CliRunner().invoke(cli.app, words, input=typed, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return run


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_with_an_example(say, verb):
    """The help of each verb shows a command to type."""
    assert f"capsize {verb}" in say(*verb.split(), "--help").partition("Examples:")[2]


def test_labs_lists_the_question_and_the_score(say):
    """The list of labs asks each lab's question."""
    assert "0 of 2" in say("labs").split("How deep?")[0]


def test_labs_as_json_names_every_exercise(say):
    """A script reads the labs and their exercises."""
    (lab,) = json.loads(say("labs", "--json"))
    assert (lab["slug"], [exercise["id"] for exercise in lab["exercises"]]) == ("01_boat", ["1.1", "1.2"])


def test_one_lab_lists_when_it_counts_as_done(say):
    """A lab's own page has the acceptance of each exercise."""
    assert "- each tonne adds 1" in say("labs", "1")


def test_hints_go_on_from_one_command_to_the_next(say):
    """A second call, in a new process, gives the second hint."""
    assert [say("hint", "1.1").split()[2] for _ in range(2)] == ["1", "2"]


def test_diff_and_reset_speak_of_the_same_file(say, small):
    """What diff shows is what reset keeps."""
    assert say("diff", "1.2") == "no change in work/01_boat\n"
    small.write("work/01_boat/name.py", 'NAME = "Otter"\n')
    assert '+NAME = "Otter"' in say("diff", "1")
    assert "is kept in work/.kept/01_boat-" in say("reset", "1.2")


def test_solution_asks_first(say):
    """A solution is not shown to somebody who says no."""
    assert "return 1 + cargo" not in say("solution", "1.1", typed="n\n")
    assert "return 1 + cargo" in say("solution", "1.1", typed="y\n")


def test_progress_shows_passes_and_predictions(say, small):
    """The score has what was passed, and what was said beside what was measured."""
    lab = small.course.lab(1)
    lab.progress.record_pass("1.2")
    lab.predict("knee", 150, unit="requests/s").against(300)
    words = say("progress")
    assert ("1 of 2 passed" in words, "1 of 1 within a factor of two" in words) == (True, True)
    assert json.loads(say("progress", "--json"))["predictions"]["01_boat"]["knee"]["measured"] == 300


@pytest.mark.parametrize(("status", "code"), [("passed", 0), ("refused", 1), ("unjudged", 2)])
def test_check_exits_with_its_verdict(say, monkeypatch, status, code):
    """A script reads the verdict off the exit code."""
    monkeypatch.setattr("capsize.check.run.judge", lambda lab, exercise, on, seed: Verdict(exercise.id, status, got=on))
    assert "processes" in say("check", "1.1", code=code)


def test_check_as_json_is_one_line(say, monkeypatch):
    """A script reads every verdict of a lab from one line."""
    monkeypatch.setattr("capsize.check.run.judge", lambda lab, exercise, **asked: Verdict(exercise.id, "passed"))
    told = json.loads(say("check", "1", "--json"))
    assert (told["exit"], [one["exercise"] for one in told["verdicts"]]) == (0, ["1.1", "1.2"])


@pytest.mark.parametrize("words", ["check 9.1", "hint 1.9", "labs raft", "kill boat-1", "up 7"])
def test_what_is_not_there_is_an_error_of_ours(say, words):
    """A name that means nothing is answered with what there is."""
    with pytest.raises(CapsizeError):
        say(*words.split())
