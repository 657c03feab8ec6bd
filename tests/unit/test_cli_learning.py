"""The learner's verbs in a terminal."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from capsize import cli
from capsize.check.verdict import Verdict
from capsize.course.refusal_log import RefusalLog
from capsize.errors import CapsizeError

VERBS = (
    *[
        "labs",
        "lab",
        "check",
        "why",
        "hint",
        "diff",
        "reset",
        "solution",
        "progress",
        "predict",
        "again",
        "remember",
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

BANK = '[[answer]]\nid = "1.1_sinks"\nexercise = "1.1"\nbecause = "Cargo is heavy."\n'


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


def test_why_lists_the_reasons_and_keeps_which_it_was(say, small):
    """After a refusal the misconceptions of the bank are listed, and the learner says which it was."""
    small.write("tests/wrong/01_boat.toml", BANK)
    small.write("tests/wrong/refusals/01_boat.toml", '[["1.1_sinks"]]\nexpected = "a draught of N"\n')
    before = say("why", "1.1")
    RefusalLog(small.course.lab(1, "work").progress).record("1.1", "a draught of 5", "a draught of N")
    assert before.startswith("1.1 was not refused last")
    assert say("why", "1.1") == "1. Cargo is heavy.\n"
    assert say("why", "1.1", "1") == "Cargo is heavy.\n"
    assert json.loads(say("progress", "--json"))["reasons"]["1.1"][0]["was"] == "1.1_sinks"


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


def test_prediction_is_typed_and_stands(say, small):
    """A number, a range and a reason are typed; what is not valid is asked again, and nothing typed before is lost."""
    words = say("predict", "1", "draught", typed="many\n5\n9\n3\n2\n8\n0\n2\n")
    assert words.count("is not a number") == 1
    assert "outside of your range" in words
    assert "draught: you said 5 m (3 to 8 m)" in words
    assert say("predict", "01", "draught", typed="") == say("predict", "boat", "draught")


def test_prediction_that_is_next_is_asked(say, small):
    """Without a name the next one is asked for, and in the end there is none."""
    assert 'sinks: you said "yes"' in say("predict", "1", typed="2\n")
    assert "draught: you said 5 m" in say("predict", "1", typed="5\n5\n5\n1\n")
    assert "all 2 predictions" in say("predict", "1")


def test_prediction_that_is_broken_off_keeps_nothing(say, small):
    """The end of the input is told in words, and nothing is kept."""
    with pytest.raises(CapsizeError, match="nothing is kept"):
        say("predict", "1", "draught", typed="5\n")
    assert small.course.lab(1).predictions.given("draught") is None


def test_rehearsal_is_forgotten(say, small):
    """What was said for a rehearsal is put aside, and the question is asked again."""
    say("predict", "1", "sinks", typed="2\n")
    assert "sinks" in say("predict", "1", "--again")
    assert "nothing to forget" in say("predict", "1", "--again")
    assert 'sinks: you said "no"' in say("predict", "1", "sinks", typed="1\n")


def test_progress_shows_passes_and_predictions(say, small):
    """The score has what was passed, choices that came true, ranges that held, and reasons that were right."""
    lab = small.course.lab(1)
    lab.progress.record_pass("1.2")
    predictions = lab.predictions
    predictions.give("sinks", predictions.question("sinks").answer("yes"))
    lab.compare_prediction("sinks", False)
    reasons = predictions.question("draught").reasons
    predictions.give("draught", predictions.question("draught").answer(5, 3, 8, reasons[0].text))
    lab.compare_prediction("draught", 5)
    words = say("progress")
    assert "01_boat   1 of 2   -             0 of 1          1 of 1        0 of 1" in words
    assert "range held, reason wrong" in words
    assert json.loads(say("progress", "--json"))["predictions"]["01_boat"]["draught"]["measured"] == 5


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
