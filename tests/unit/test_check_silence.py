"""What is made of time that runs out in a check's own waits: a refusal in a learner's words, unless it is our fault."""

from __future__ import annotations

import json
from types import SimpleNamespace

import anyio
import asyncpg
import httpx
import pytest

from capsize.check import Judge, Refusal, given_up, silence
from capsize.check.giving_up import TimeOver
from capsize.check.kit import until
from capsize.check.log_analysis import LogAnalysis
from capsize.check.outcome import Outcome
from capsize.errors import CapsizeError
from capsize.runtime.control.timeline import Timeline
from capsize.stack import compose

ASKED = httpx.Request("POST", "http://127.0.0.1:4001/orders")
SILENT = httpx.ReadTimeout("timed out", request=ASKED)
TRACEBACK = 'Traceback (most recent call last):\n  File "{code}/boat.py", line 9, in draught\nZeroDivisionError\n'
REPORT = SimpleNamespace(when="call", skipped=False, longreprtext="tests/labs/test_01_boat.py:7: TimeoutError")
QUIET, BUSY = (SimpleNamespace(reason=lambda words=words: words) for words in ("", "other programs kept 2 cores busy"))


@pytest.fixture
def judge(small):
    """A judge of exercise 1.1 on the starter."""
    given_up.begin()
    lab = small.course.lab(1, "starter")
    return Judge(lab.exercise("1.1"), lab.code())


@pytest.fixture
def logs(small, judge):
    """Make the logs of a stack of one boat and its database, of what the boat has written and what has happened."""

    def make(log="", *events):
        lab = small.course.lab(1, "starter")
        model = compose.read(lab.rooms.compose, lab.variables())
        boat = SimpleNamespace(name="boat-1", service="boat", pid=None, state="running", logs=lambda lines: log)
        timeline = Timeline()
        for who, what, why in events:
            timeline.tell(who, what, why)
        edge = next(edge for edge in model.edges if edge.callee == "boat")
        view = SimpleNamespace(wires=SimpleNamespace(at={edge: 4001}))
        stack = SimpleNamespace(loss=None, model=model, instances=[boat], timeline=timeline)
        stack.supervisor = SimpleNamespace(view=view)
        return LogAnalysis(stack, judge.code)

    return make


def meaning(error, judge, logs, neighbours=QUIET):
    return silence.verdict_on(error, judge, logs, neighbours)


@pytest.mark.parametrize(
    ("error", "got"),
    [
        (SILENT, "no answer to POST /orders (ReadTimeout)"),
        (TimeOver("the check was not at its end after 30 s"), "the check was not at its end after 30 s"),
        (asyncpg.UndefinedTableError('relation "fleet" does not exist'), 'PostgreSQL answered: relation "fleet" does'),
        (json.JSONDecodeError("Expecting value", "<html>", 0), "this is not JSON: '<html>'"),
        (
            httpx.HTTPStatusError("404", request=ASKED, response=httpx.Response(404, text="no", request=ASKED)),
            "POST /orders -> 404 no",
        ),
    ],
)
def test_time_that_runs_out_is_refused_in_words(judge, logs, error, got):
    """Where all of ours is there and the machine is free, what did not come is the learner's, and is named."""
    refusal = meaning(error, judge, logs())
    assert isinstance(refusal, Refusal)
    assert refusal.got.startswith(got)


def test_a_refusal_of_silence_has_no_lines_of_ours(judge, logs):
    """The verdict sends a learner into their own file, and quotes what happened to the stack, no source of the kit."""
    outcome = Outcome("1.1", judge, logs("", ("boat-1", "ready", "")), None, QUIET)
    verdict = outcome.verdict(SILENT, REPORT)
    assert (verdict.status, verdict.look) == ("refused", "boat.py:9")
    assert "ready" in verdict.text
    assert "test_01_boat" not in verdict.text


def test_silence_after_a_crash_names_the_crash(judge, logs):
    """A service that died under the check is refused, with how it died, on a busy machine too."""
    seen = logs("", ("boat-1", "ready", ""), ("boat-1", "crashed", "exit code 3"))
    assert meaning(SILENT, judge, seen, BUSY).got == "boat-1 ended by itself: exit code 3"


@pytest.mark.parametrize("who", ["db-1", "wires"])
def test_silence_after_the_end_of_a_part_of_ours_is_not_judged(judge, logs, who):
    """Where a database or the wires ended by themselves, nothing is said of the learner's files."""
    seen = logs(TRACEBACK.format(code=judge.code), (who, "ready", ""), (who, "crashed", "signal SIGSEGV"))
    error = meaning(SILENT, judge, seen)
    assert isinstance(error, CapsizeError)
    assert f"{who} ended by itself: signal SIGSEGV" in error.what


def test_silence_on_a_busy_machine_is_not_judged(judge, logs):
    """Where others keep the cores busy, a late answer proves nothing; what to do is said."""
    verdict = Outcome("1.1", judge, logs(), None, BUSY).verdict(SILENT, REPORT)
    assert (verdict.status, verdict.next) == ("unjudged", "close what else is running, and check again")


def test_a_part_that_the_check_itself_ended_is_no_reason(judge, logs):
    """A database that the check killed is a part of the fault."""
    seen = logs("", ("db-1", "ready", ""), ("db-1", "killed", "by you"), ("db-1", "crashed", "signal SIGKILL"))
    assert isinstance(meaning(SILENT, judge, seen), Refusal)


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyError("x"), FileNotFoundError("x")])
def test_a_mistake_of_the_check_is_not_the_learners(judge, logs, error):
    """What no other end can have brought about is a mistake of ours."""
    assert meaning(error, judge, logs()) is None


def test_an_answer_of_a_part_of_ours_is_not_the_learners(judge, logs):
    """A desk of the harbour that answers 500 says nothing about the learner's files."""
    desk = httpx.Request("GET", "http://127.0.0.1:4999/desks")
    error = httpx.HTTPStatusError("500", request=desk, response=httpx.Response(500, request=desk))
    assert meaning(error, judge, logs()) is None


def test_copies_that_do_not_start_in_the_midst_of_a_check_are_refused(judge, logs):
    """A change of scale that fails at the learner's line is refused there, as a start is."""
    refusal = meaning(
        CapsizeError("boat-2 ended", evidence=TRACEBACK.format(code=judge.code).splitlines()), judge, logs()
    )
    assert (refusal.look, refusal.done) == ("boat.py:9", None)


@pytest.mark.anyio
async def test_what_was_awaited_when_time_was_over_is_what_was_expected(judge, logs):
    """The check gives up in the midst of a wait: the refusal says what it waited for, and for which line."""
    with anyio.move_on_after(0.1):
        await until(lambda: False, "a call is held", within=60, line=2)
    refusal = meaning(TimeOver("the check was not at its end after 0.1 s"), judge, logs())
    assert (refusal.expected, refusal.line) == ("a call is held", 2)


@pytest.mark.anyio
async def test_a_wait_that_the_check_itself_ends_is_not_what_was_expected(judge, logs):
    """A wait in the background that is cancelled on purpose is nobody's fault."""
    import asyncio

    waiting = asyncio.create_task(judge.eventually(lambda: False, "a call is held", within=60))
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert given_up.first() is None
