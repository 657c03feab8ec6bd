"""After the second refusal in a row by the same expectation: which misconceptions others have met there."""

from __future__ import annotations

from dataclasses import replace

from capsize.check.misconceptions import Misconception, met_by
from capsize.check.verdict import Verdict
from capsize.check.wording import without_numbers
from capsize.course.exercises import Exercise
from capsize.course.lab import Lab
from capsize.course.refusal_log import RefusalLog
from capsize.errors import CapsizeError

SECOND = 2


def recorded(lab: Lab, verdict: Verdict) -> Verdict:
    """Keep what the learner's file was refused for; return the verdict, on the second time with what it may have been.

    Raises CapsizeError where the score cannot be written.
    """
    log = RefusalLog(lab.progress)
    if verdict.passed:
        log.forget(verdict.exercise)
    if verdict.status != "refused":
        return verdict
    if log.record(verdict.exercise, verdict.expected, without_numbers(verdict.expected)) < SECOND:
        return verdict
    return replace(verdict, others=tuple(one.because for one in met_by(lab.rooms, verdict.exercise, verdict.expected)))


def misconceptions(lab: Lab, exercise: Exercise) -> tuple[Misconception, ...]:
    """List what others had met where this exercise was refused last; none where it was not."""
    return met_by(lab.rooms, exercise.id, RefusalLog(lab.progress).last(exercise.id))


def say_which(lab: Lab, exercise: Exercise, number: int) -> str:
    """Keep which of the misconceptions it was, 0 for none; return it in words.

    Raises CapsizeError for another number.
    """
    known = misconceptions(lab, exercise)
    if not 0 <= number <= len(known):
        expected = f"1 to {len(known)}, or 0 for none of them" if known else "an exercise that was refused, such as 1.1"
        raise CapsizeError(
            f"{exercise.id} has no reason {number}", expected=expected, next=f"capsize why {exercise.id}"
        )
    RefusalLog(lab.progress).was(exercise.id, known[number - 1].id if number else "")
    return known[number - 1].because if number else "none of these; it is kept that it was something else"
