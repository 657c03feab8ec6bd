"""From how a test ended to what is said of the exercise: passed, refused, or not judged, and why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from capsize.check.judge import Judge, Refusal
from capsize.check.witness import Witness, own_services, unwritten
from capsize.course.exercises import Exercise
from capsize.errors import CapsizeError
from capsize.runtime.tracebacks import own_line
from capsize.stack.model import Location, Stack

MEND = "mend the line above, and check again"
SERVER_ERROR = re.compile(r"\b500\b")
SILENCE = re.compile(r"\b50[34]\b|Timeout")


def plain(error: BaseException) -> BaseException:
    """Pick the one error out of a task group's: a refusal first, else the first."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    found = [plain(inner) for inner in error.exceptions]
    return next((one for one in found if isinstance(one, Refusal)), found[0])


def unwritten_refusal(id: str, asked: Exercise) -> Refusal:  # noqa: A002 - what a learner calls it
    """Refuse because a path that an exercise asks for is not written yet."""
    other = "" if id == asked.id else f" (exercise {asked.id} needs it)"
    return Refusal(
        expected=f"exercise {id} is written{other}", got=f"exercise {id} is not written yet: its TODO is open"
    )


def refusal_of_start(error: CapsizeError, model: Stack | None, code: Path) -> Refusal | None:
    """Refuse the learner's files for a stack that did not start, if they are the reason; else None.

    Without a ``model`` it is a file of the stack that could not be read.
    """
    place = error.place if isinstance(error.place, Location) else None
    own = place.file.is_relative_to(code) if place else False
    place = place if own else own_line(list(error.evidence), code)
    services = own_services(model, code) if model else []
    if not place and not any(service.place == error.place for service in services):
        return None
    words = error.what if not error.got else f"{error.what} ({error.got})"
    return Refusal(
        expected=error.expected or "your service starts",
        got=words,
        evidence=error.evidence,
        look=_within(place, code) if place else None,
        done="started the stack with your files",
        advice=MEND if place else "",
    )


def refusal_of_silence(error: BaseException, witness: Witness) -> Refusal | None:
    """Refuse the learner's files for an answer that never came, if they are the reason; else None."""
    if not isinstance(error, OSError) and type(error).__module__.split(".")[0] != "httpx":
        return None
    crash, failed = witness.crash(), witness.line()
    turns = None if crash or failed else witness.where_it_turns()
    place = failed or turns
    if not crash and not place:
        return None
    return Refusal(
        expected="your service answers",
        got=crash or _silence(error),
        evidence=[f"{_within(turns, witness.code)} is still being executed"] if turns else witness.last_words(),
        look=_within(place, witness.code) if place else None,
        advice=MEND if place else "",
    )


def _silence(error: BaseException) -> str:
    """Write what came instead of the answer that was awaited, without links to the manual of HTTP."""
    words = (str(error).splitlines() or [""])[0]
    is_answer = type(error).__name__ == "HTTPStatusError"
    return words if is_answer else f"no answer: {type(error).__name__} {words}".strip()


def say_refused(refused: Refusal, judge: Judge, witness: Witness | None) -> dict[str, Any]:
    """Write a refusal's five parts; what the check left out is filled in from the stack's logs."""
    open_path = unwritten((refused.got, *refused.evidence)) or (witness.unwritten() if witness else None)
    if open_path:
        by_id = unwritten_refusal(open_path, judge.exercise)
        refused = Refusal(expected=by_id.expected, got=by_id.got, evidence=refused.evidence, done=refused.done)
    return {
        "status": "refused",
        "done": refused.done or _told(judge.deeds) or "started the stack with your files",
        "expected": refused.expected,
        "got": refused.got,
        "advice": refused.advice,
        **_pointers(refused, judge, None if open_path else witness),
    }


def _pointers(refused: Refusal, judge: Judge, witness: Witness | None) -> dict[str, Any]:
    """Say where to look and why: the check's own words, and what the learner's logs know better."""
    words = "\n".join((refused.got, *refused.evidence))
    failed = bool(SERVER_ERROR.search(words))
    place = witness.line() if witness and (failed or not refused.look) else None
    cause = None if place or not witness else _cause(words, witness)
    found = place or (cause and cause[0])
    log = witness.last_words() if witness and (place or failed or not refused.evidence) else []
    return {
        "look": _within(found, judge.code) if found else refused.look or open_todo(judge),
        "evidence": list(dict.fromkeys((*refused.evidence, *log, *((cause[1],) if cause else ())))),
    }


def _cause(words: str, witness: Witness) -> tuple[Location, str] | None:
    """Name a line that explains much without any traceback: nobody awaits it, or it turns for ever."""
    turns = witness.where_it_turns() if SILENCE.search(words) else None
    return (turns, f"{turns.file.name}:{turns.line} is still being executed") if turns else witness.unawaited()


def say_passed(judge: Judge) -> dict[str, Any]:
    """Write what held. A check without a claim cannot fail, so it proves nothing."""
    if not judge.held:
        return say_unjudged(["the check claimed nothing, so it cannot fail"], judge)
    return {"status": "passed", "done": _told(judge.deeds), "held": list(dict.fromkeys(map(_plain, judge.held)))}


def say_unjudged(why: list[str], judge: Judge | None = None, advice: str = "") -> dict[str, Any]:
    """Write what kept us from judging, and what to do about it where that is known."""
    done = _told(judge.deeds) if judge else ""
    return {
        "status": "unjudged",
        "done": done,
        "expected": "a check that runs to its end",
        "got": why[0],
        "evidence": why[1:],
        "advice": advice,
    }


def open_todo(judge: Judge) -> str:
    """Point at the exercise's TODO, or at its file where the TODO is gone."""
    return judge.place(judge.exercise.todo)


def _within(place: Location, code: Path) -> str:
    return f"{place.file.relative_to(code)}:{place.line}"


def _told(words: Any) -> str:
    """Write each once, on a line of its own."""
    return "\n".join(dict.fromkeys(map(_plain, words)))


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip()
