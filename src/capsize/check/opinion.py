"""From how a test ended to what is said of the exercise: passed, refused, or not judged, and why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from capsize.check.judge import Judge, Refused
from capsize.check.witness import Witness, own_line, own_services, unwritten
from capsize.errors import CapsizeError
from capsize.exercises import Exercise
from capsize.stack.model import Place, Stack


def unwritten_refusal(id: str, asked: Exercise) -> Refused:  # noqa: A002 - what a learner calls it
    """Refuse because a path that an exercise asks for is not written yet."""
    other = "" if id == asked.id else f" (exercise {asked.id} needs it)"
    return Refused(
        expected=f"exercise {id} is written{other}", got=f"exercise {id} is not written yet: its TODO is open"
    )


def refusal_of_start(error: CapsizeError, model: Stack, code: Path) -> Refused | None:
    """Refuse the learner's files for a stack that did not start, if they are the reason; else None."""
    place = error.place if isinstance(error.place, Place) else None
    own = place.file.is_relative_to(code) if place else False
    place = place if own else own_line(list(error.evidence), code)
    if not place and not any(service.place == error.place for service in own_services(model, code)):
        return None
    words = error.what if not error.got else f"{error.what} ({error.got})"
    return Refused(
        expected=error.expected or "your service starts",
        got=words,
        evidence=error.evidence,
        look=_within(place, code) if place else None,
        done="started the stack with your files",
    )


def refusal_of_silence(error: BaseException, witness: Witness) -> Refused | None:
    """Refuse the learner's files for an answer that never came, if they are the reason; else None."""
    if not isinstance(error, OSError) and "httpx" not in {
        kind.__module__.split(".")[0] for kind in type(error).__mro__
    }:
        return None
    crash = witness.crash()
    place = witness.line() or (None if crash else witness.where_it_turns())
    if not crash and not place:
        return None
    return Refused(
        expected="your service answers",
        got=crash or f"no answer: {type(error).__name__} {error}".strip(),
        evidence=witness.last_words(),
        look=_within(place, witness.code) if place else None,
    )


def say_refused(refused: Refused, judge: Judge, witness: Witness | None) -> dict[str, Any]:
    """Write a refusal's five parts; what the check left out is filled in from the stack's logs."""
    open_path = unwritten((refused.got, *refused.evidence)) or (witness.unwritten() if witness else None)
    if open_path:
        by_id = unwritten_refusal(open_path, judge.exercise)
        refused = Refused(expected=by_id.expected, got=by_id.got, evidence=refused.evidence, done=refused.done)
    place = witness.line() if witness and not open_path else None
    return {
        "status": "refused",
        "done": refused.done or _told(judge.deeds) or "started the stack with your files",
        "expected": refused.expected,
        "got": refused.got,
        "evidence": list(refused.evidence) or (witness.last_words() if witness else []),
        "look": refused.look or (_within(place, judge.code) if place else open_todo(judge)),
    }


def say_passed(judge: Judge) -> dict[str, Any]:
    """Write what held. A check that expected nothing cannot fail, so it proves nothing."""
    if not judge.findings:
        return say_unjudged(["the check expected nothing, so it cannot fail"], judge)
    expected, got = zip(*dict(judge.findings).items(), strict=True)
    return {"status": "passed", "done": _told(judge.deeds), "expected": _told(expected), "got": _told(got)}


def say_unjudged(why: list[str], judge: Judge | None = None) -> dict[str, Any]:
    """Write what kept us from judging."""
    done = _told(judge.deeds) if judge else ""
    return {
        "status": "unjudged",
        "done": done,
        "expected": "a check that runs to its end",
        "got": why[0],
        "evidence": why[1:],
    }


def open_todo(judge: Judge) -> str:
    """Point at the exercise's TODO, or at its file where the TODO is gone."""
    return judge.place(judge.exercise.todo)


def _within(place: Place, code: Path) -> str:
    return f"{place.file.relative_to(code)}:{place.line}"


def _told(words: Any) -> str:
    return "; ".join(re.sub(r"\s+", " ", one).strip() for one in words)
