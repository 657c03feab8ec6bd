"""What a check says, and what is made of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from capsize.check.attribution import plain, refusal_of_start
from capsize.check.judge import Judge, Refusal
from capsize.check.log_analysis import LogAnalysis, own_line, unwritten
from capsize.check.outcome import passed, refused
from capsize.check.verdict import Verdict
from capsize.errors import CapsizeError
from capsize.runtime.control.timeline import Timeline
from capsize.stack import compose
from capsize.stack.model import Location

TRACEBACK = """\
Traceback (most recent call last):
  File "/usr/lib/python/uvicorn.py", line 7, in run
  File "{code}/boat.py", line 9, in draught
ZeroDivisionError: division by zero
"""


@pytest.fixture
def judge(small):
    """A judge of exercise 1.1 on the starter."""
    lab = small.course.lab(1, "starter")
    return Judge(lab.exercise("1.1"), lab.code())


@pytest.fixture
def model(small, judge):
    """The lab's stack as data."""
    lab = small.course.lab(1, "starter")
    return compose.read(lab.rooms.compose, lab.variables())


def logs(model, code, log="", events=()):
    """A stack whose one instance has written this, and to which this has happened."""
    boat = SimpleNamespace(name="boat-1", service="boat", pid=None, state="running", logs=lambda lines: log)
    timeline = Timeline()
    for what, why in events:
        timeline.tell("boat-1", what, why)
    return LogAnalysis(SimpleNamespace(loss=None, model=model, instances=[boat], timeline=timeline), code)


def test_a_claim_that_holds_goes_on(judge):
    """A check goes on as long as its claims hold, and remembers their sentences."""
    judge.claim(True, "the draught is 5", bad="1")
    assert judge.held == [("the draught is 5", 0)]


def test_a_claim_that_fails_refuses_with_evidence(judge):
    """A claim that does not hold ends the check with the request and the answer as evidence."""
    answer = httpx.Response(503, text="full", request=httpx.Request("GET", "http://x/draught?cargo=4"))
    with pytest.raises(Refusal) as refused:
        judge.claim(False, "the draught is 5", bad=1, evidence=[answer, "and more"])
    assert (refused.value.expected, refused.value.got) == ("the draught is 5", "1")
    assert refused.value.evidence == ("GET /draught -> 503 full", "and more")


def test_what_is_bad_is_asked_for_in_a_refusal_alone(judge):
    """The words of a refusal may need what is only there when a claim fails: a function is not called before."""
    wrong: list[str] = []
    judge.claim(not wrong, "every receipt is right", bad=lambda: wrong[0], evidence=lambda: wrong[0])
    wrong.append("a receipt of 3 cents")
    with pytest.raises(Refusal, match="got: a receipt of 3 cents"):
        judge.claim(not wrong, "every receipt is right", bad=lambda: wrong[0], evidence=lambda: wrong[0])


@pytest.mark.parametrize(
    ("where", "look"),
    [({"look": "def draught"}, "boat.py:8"), ({"look": "def sail"}, "boat.py"), ({"at": "name.py:1"}, "name.py:1")],
)
def test_a_refusal_looks_at_the_line_that_the_claim_names(judge, where, look):
    """A claim names words of the exercise's file, or a place that is known."""
    with pytest.raises(Refusal) as refused:
        judge.claim(False, "the draught is 5", bad="1", **where)
    assert refused.value.look == look


def test_claims_share_a_place_and_evidence(judge):
    """A check says once where its refusals look and what they quote; a claim may say something else."""
    judge.point(look="def draught", evidence=lambda: "a story")
    with pytest.raises(Refusal) as shared:
        judge.claim(False, "the draught is 5", "1")
    with pytest.raises(Refusal) as own:
        judge.claim(False, "the draught is 5", "1", look="import name", evidence="a line")
    assert (shared.value.look, shared.value.evidence) == ("boat.py:8", ("a story",))
    assert (own.value.look, own.value.evidence) == ("boat.py:3", ("a line",))


def test_a_pass_is_the_sentences_that_held(judge):
    """A pass says each claim that held, once and in order, and nothing of what came."""
    for sentence in ("it floats", "the draught\n is 5", "it floats"):
        judge.claim(True, sentence)
    assert passed(judge) == Verdict("1.1", "passed", held=("it floats", "the draught is 5"), held_lines=(0, 0))


def test_a_claim_belongs_to_an_acceptance_line(judge):
    """A claim names its acceptance line, or has the one that the check pointed at."""
    judge.claim(True, "an empty boat draws 1", line=1)
    judge.point(line=2)
    judge.point(look="def draught")
    judge.claim(True, "each tonne adds 1")
    assert passed(judge).held_lines == (1, 2)


def test_a_refusal_names_the_acceptance_line_that_is_broken(judge):
    """The number is the claim's, and the verdict has the line's words."""
    with pytest.raises(Refusal) as refusal:
        judge.claim(False, "the draught is 5", bad="1", line=2)
    verdict = refused(refusal.value, judge, None)
    assert (verdict.line, verdict.accept) == (2, "each tonne adds 1")
    assert "  asked     2. each tonne adds 1" in verdict.text.splitlines()


def test_a_refusal_without_a_line_has_the_one_that_the_check_is_at(judge):
    """What is no claim, such as a wait, belongs to the line that the check pointed at."""
    judge.point(line=1)
    assert refused(Refusal(expected="a ship", got="none"), judge, None).line == 1


def test_an_acceptance_line_that_is_not_there_is_a_mistake_of_the_check(judge):
    """A check that names a line which the exercise does not have says so at once."""
    with pytest.raises(ValueError, match="acceptance lines 1 to 2, not 3"):
        judge.point(line=3)


def test_a_verdict_tells_whether_the_check_drew_anything(judge):
    """Only a check that drew something is repeated by its seed."""
    judge.claim(True, "it floats")
    before = passed(judge).repeat
    assert judge.draw.count(1, 6) in range(1, 7)
    assert [before, passed(judge).repeat] == ["", "capsize check 1.1 --seed 0"]


def test_a_check_that_claims_nothing_passes_nothing(judge):
    """Without a single claim there is nothing that could have failed."""
    judge.done("looked at it")
    assert passed(judge).status == "unjudged"


def test_a_story_is_the_last_events_of_some_services_and_the_wires(judge):
    """Evidence quotes what happened to the services that a claim is about, and to the wires between them."""
    timeline = Timeline()
    for who in ("boat-1", "crane-1", "boat>db", "boat-2"):
        timeline.tell(who, "ready", "")
    told = judge.story(SimpleNamespace(timeline=timeline), "boat")
    assert [next(who for who in ("boat-1", "crane-1", "boat>db", "boat-2") if who in line) for line in told] == [
        "boat-1",
        "boat>db",
        "boat-2",
    ]


def test_a_refusal_without_a_place_points_at_the_todo(judge):
    """Where nothing else is known, the learner is sent to the exercise's TODO."""
    assert refused(Refusal(expected="5", got="1"), judge, None).look == "boat.py:9"


def test_a_refusal_points_at_the_line_that_raised(judge, model):
    """A traceback through the learner's file is the best place there is, and goes into the evidence."""
    log = TRACEBACK.format(code=judge.code).replace("line 9", "line 10")
    said = refused(Refusal(expected="5", got="500"), judge, logs(model, judge.code, log))
    assert (said.look, said.evidence[-1]) == ("boat.py:10", "ZeroDivisionError: division by zero")


def test_the_checks_own_place_comes_first(judge, model):
    """Where the check knows the place and nothing broke, the log does not overrule it."""
    refusal = Refusal(expected="5", got="1", look="boat.py:3")
    said = refused(refusal, judge, logs(model, judge.code, TRACEBACK.format(code=judge.code)))
    assert said.look == "boat.py:3"


def test_a_failure_outside_of_the_learners_lines_comes_with_the_log(judge, model):
    """An answer that says to see the log brings the log along, also where no line of the learner's is in it."""
    log = "AttributeError: module 'boat' has no attribute 'draught'"
    refusal = Refusal(expected="5", got="2 answered 500", evidence=["500 see the log"], look="boat.py:3")
    said = refused(refusal, judge, logs(model, judge.code, log))
    assert said.evidence == ("500 see the log", log)


def test_a_coroutine_that_nobody_awaits_is_pointed_at(judge, model):
    """A forgotten await fails far from its line; Python's warning names the line, and so does the verdict."""
    warning = f"{judge.code}/boat.py:10: RuntimeWarning: coroutine 'load' was never awaited"
    refusal = Refusal(expected="5", got="1", evidence=["1 of 5"], look="boat.py:3")
    said = refused(refusal, judge, logs(model, judge.code, warning))
    assert (said.look, said.evidence) == ("boat.py:10", ("1 of 5", warning))


def test_a_coroutine_of_the_shops_is_not_the_learners(judge, model):
    """A forgotten await elsewhere points nowhere in the learner's folder."""
    warning = "/elsewhere/shop.py:10: RuntimeWarning: coroutine 'load' was never awaited"
    refusal = Refusal(expected="5", got="1", evidence=["1 of 5"], look="boat.py:3")
    assert refused(refusal, judge, logs(model, judge.code, warning)).look == "boat.py:3"


@pytest.mark.parametrize(
    "words", ['{"error": "exercise 1.1 is yours to write"}', 'NotImplementedError("1.1")', "NotImplementedError: 1.1"]
)
def test_an_open_exercise_is_said_to_be_open(judge, words):
    """An answer that names an unwritten exercise is refused with that exercise's own message."""
    said = refused(Refusal(expected="5", got=f"501 {words}"), judge, None)
    assert said.got == "exercise 1.1 is not written yet: its TODO is open"


def test_another_open_exercise_is_named(judge):
    """If the path goes through another exercise, that one is named."""
    said = refused(Refusal(expected="5", got="NotImplementedError: 1.2"), judge, None)
    assert said.expected == "exercise 1.2 is written (exercise 1.1 needs it)"


def test_no_exercise_is_read_out_of_other_numbers():
    """Version numbers and times are not taken for exercises."""
    assert unwritten(["HTTP/1.1 501", "took 1.1 s", "NotImplementedError"]) is None


def test_a_dump_is_read_from_its_first_line(tmp_path):
    """A stack dump names the innermost frame first, a traceback last."""
    frames = [f'  File "{tmp_path}/boat.py", line {line} in f' for line in (3, 8)]
    dump = own_line(["Thread 0x1 (most recent call first):", *frames], tmp_path)
    trace = own_line(["Traceback (most recent call last):", *frames], tmp_path)
    assert (dump, trace) == (Location(tmp_path / "boat.py", 3), Location(tmp_path / "boat.py", 8))


@pytest.mark.parametrize(
    ("events", "crash"),
    [
        ([("ready", ""), ("crashed", "exit code 3")], "boat-1 ended by itself: exit code 3"),
        ([("ready", ""), ("ended", "exit code 0")], "boat-1 ended by itself: exit code 0"),
        ([("ready", ""), ("killed", "by you"), ("crashed", "signal SIGKILL")], None),
        ([("ready", ""), ("asked to stop", ""), ("ended", "exit code 0")], None),
    ],
)
def test_a_crash_is_what_nobody_asked_for(judge, model, events, crash):
    """An instance that the check killed did not end by itself."""
    assert logs(model, judge.code, events=events).crash() == crash


def test_a_start_that_fails_at_the_learners_line_is_refused(judge, model):
    """A stack that does not start because of the learner's line is the learner's."""
    error = CapsizeError("boat-1 ended", place=Location(judge.code / "boat.py", 3))
    refused = refusal_of_start(error, model, judge.code)
    assert refused is not None
    assert refused.look == "boat.py:3"


@pytest.mark.parametrize("place", [None, Location(Path("/elsewhere/envoy.yaml"), 3), "somewhere"])
def test_a_start_that_fails_elsewhere_is_not_the_learners(judge, model, place):
    """A stack that fails for other reasons says nothing about the exercise."""
    assert refusal_of_start(CapsizeError("no room on the disk", place=place), model, judge.code) is None


def test_a_groups_refusal_is_found():
    """A refusal inside of a task group is a refusal."""
    refusal = Refusal(expected="5", got="1")
    assert plain(ExceptionGroup("", [ValueError(), ExceptionGroup("", [refusal])])) is refusal
