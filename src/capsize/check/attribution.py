"""Whose mistake an error is: a stack that did not start, or went down, may be the learner's."""

from __future__ import annotations

from pathlib import Path

from capsize.check.judge import Refusal
from capsize.check.log_analysis import LogAnalysis, own_services
from capsize.course.exercises import Exercise
from capsize.errors import CapsizeError
from capsize.runtime.tracebacks import own_line, reason, without_foreign_frames
from capsize.stack.model import Location, Stack

FIX = "fix the line above, then check again"


def plain(error: BaseException) -> BaseException:
    """Return the one error of a task group's that counts: a refusal first, else the first."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    found = [plain(inner) for inner in error.exceptions]
    return next((one for one in found if isinstance(one, Refusal)), found[0])


def unwritten_refusal(id: str, judged: Exercise) -> Refusal:  # noqa: A002 - what a learner calls it
    """Return the refusal of a path that an exercise asks for and that is not written yet."""
    other = "" if id == judged.id else f" (exercise {judged.id} needs it)"
    return Refusal(
        expected=f"exercise {id} is written{other}", got=f"exercise {id} is not written yet: its TODO is open"
    )


def refusal_of_start(error: CapsizeError, model: Stack | None, code: Path) -> Refusal | None:
    """Return a refusal for a stack that did not start, if the learner's files are the reason; else None.

    Without a ``model`` it is a file of the stack that could not be read.
    """
    place = error.place if isinstance(error.place, Location) else None
    own = place.file.is_relative_to(code) if place else False
    place = place if own else own_line(list(error.evidence), code)
    services = own_services(model, code) if model else []
    if not place and not any(service.place == error.place for service in services):
        return None
    first = getattr(error, "all", (error,))[0]  # of several refusals of one file; all of them are the evidence
    words = ": ".join(
        filter(None, (first.what if not first.got else f"{first.what} ({first.got})", reason(error.evidence)))
    )
    return Refusal(
        expected=first.expected or "your service starts",
        got=words,
        evidence=without_foreign_frames(error.evidence, code),
        look=within(place, code) if place else None,
        done="started the stack with your files",
        advice=FIX if place else "",
    )


def refusal_of_loss(logs: LogAnalysis) -> Refusal | None:
    """Return a refusal for a stack that the learner's files took down; None where it is up, or something else did."""
    loss = logs.loss()
    refusal = refusal_of_start(loss, None, logs.code) if loss else None
    if refusal:
        refusal.done = None  # the check knows what it did
    return refusal


def within(place: Location, code: Path) -> str:
    """Write a line of the learner's folder as it is called there: ``orders.py:12``."""
    return f"{place.file.relative_to(code)}:{place.line}"
