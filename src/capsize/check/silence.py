"""What it means that nothing came: an answer, a call, the end of a check.

Time that runs out in our own waits says something about the learner's files, unless a part of ours ended or others keep
the machine busy. It is told in the learner's words and without lines of ours.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, cast

from capsize.check import given_up
from capsize.check.attribution import FIX, refusal_of_loss, refusal_of_start, within
from capsize.check.giving_up import TimeOver
from capsize.check.judge import Judge, Refusal, exchange
from capsize.errors import CapsizeError

if TYPE_CHECKING:
    from capsize.check.kit.machine_load import Neighbours
    from capsize.check.log_analysis import LogAnalysis

CLIENTS = ("asyncpg", "botocore", "httpcore", "httpx", "nats", "valkey")  # whose errors tell of the other end
QUOTED = 120  # letters of what was no JSON


def verdict_on(
    error: BaseException, judge: Judge, logs: LogAnalysis, neighbours: Neighbours | None
) -> Refusal | CapsizeError | None:
    """Return what an error of a check says of the learner's files: a refusal, or why they cannot be judged.

    None where it says nothing, and the check itself is to be looked at.
    """
    if refusal := refusal_of_loss(logs):
        return refusal
    if isinstance(error, CapsizeError):
        return _refusal_of_change(error, logs)
    if not _is_from_outside(error):
        return None
    if ended := logs.end_of_ours():
        return CapsizeError(f"a part of the workshop ended by itself: {ended}", next="check again")
    if known := refusal_of_known_cause(error, logs):
        return known
    if not _is_silence(error, logs):
        return None
    if reason := neighbours.reason() if neighbours else "":
        busy = "this machine is too busy with something else to judge this"
        return CapsizeError(busy, evidence=[told(error), reason], next="close what else is running, and check again")
    return _refusal_of_silence(error, judge, logs)


def refusal_of_known_cause(error: BaseException, logs: LogAnalysis) -> Refusal | None:
    """Return a refusal where the learner's processes say why nothing came: one ended, failed, or is stuck."""
    crash, failed = logs.crash(), logs.line()
    stuck = None if crash or failed else logs.where_it_is_stuck()
    place = failed or stuck
    if not crash and not place:
        return None
    return Refusal(
        expected="your service answers",
        got=crash or told(error),
        evidence=[f"{within(stuck, logs.code)} is still being executed"] if stuck else logs.last_words(),
        look=within(place, logs.code) if place else None,
        advice=FIX if place else "",
    )


def told(error: BaseException) -> str:
    """Write what came instead of what was awaited, in words that need no knowledge of our clients."""
    name, words = type(error).__name__, (str(error).splitlines() or [""])[0]
    library = type(error).__module__.split(".")[0]
    if hasattr(error, "response") and hasattr(error.response, "status_code"):
        return exchange(error.response)
    if isinstance(error, json.JSONDecodeError):
        return f"this is not JSON: {error.doc[:QUOTED]!r}"
    if library == "asyncpg":
        return f"PostgreSQL answered: {words}"
    if library in ("httpx", "httpcore"):
        return f"no answer{_asked(error)} ({name})"
    if isinstance(error, TimeOver):
        return words
    return f"no answer: {name} {words}".strip()


def _refusal_of_change(error: CapsizeError, logs: LogAnalysis) -> Refusal | None:
    """Return a refusal for copies that did not start in the midst of a check, if the learner's files are the reason."""
    refusal = refusal_of_start(error, logs.stack.model, logs.code)
    if refusal:
        refusal.done = None  # the check knows what it did
    return refusal


def _refusal_of_silence(error: BaseException, judge: Judge, logs: LogAnalysis) -> Refusal:
    """Return the refusal of what waits for something that nobody can name, where all of ours is there."""
    wait = given_up.first()
    services = sorted({one.service for one in logs.instances})
    return Refusal(
        expected=wait.what if wait else "your service answers, and the check gets to its end",
        got=told(error),
        evidence=[*judge.story(logs.stack, *services), *logs.last_words()],
        line=wait.line if wait else 0,
    )


def _is_from_outside(error: BaseException) -> bool:
    known = isinstance(error, OSError | json.JSONDecodeError)
    return known or type(error).__module__.split(".")[0] in CLIENTS


def _is_silence(error: BaseException, logs: LogAnalysis) -> bool:
    """Say whether an error is for want of an answer, or an answer of the learner's that nobody can use."""
    response = getattr(error, "response", None)
    if hasattr(response, "status_code"):
        return logs.is_own(_port(error))
    return not isinstance(error, OSError) or isinstance(error, TimeoutError | ConnectionError)


def _port(error: Any) -> int | None:
    port: int | None = error.request.url.port
    return port


def _asked(error: BaseException) -> str:
    """Write which request an error of httpx belongs to, where it knows."""
    with contextlib.suppress(AttributeError, RuntimeError):  # without a request it raises RuntimeError
        request = cast(Any, error).request
        return f" to {request.method} {request.url.path}"
    return ""
