"""What comes back, in a notebook: its questions as a form, one prediction, and the check of the learner's file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from capsize.check.draw import seed_of
from capsize.course.recall import recall_of
from capsize.course.reviews import PredictionAgain, due_of
from capsize.ui.asking import ask
from capsize.ui.recall import RecallForm
from capsize.ui.shown import shown

if TYPE_CHECKING:
    from capsize.check.verdict import Verdict
    from capsize.course.exercises import Exercise
    from capsize.course.lab import Lab

Judge = Callable[["Exercise", str, int], Awaitable["Verdict"]]


async def again(lab: Lab, id: str | None, judge: Judge) -> Verdict | None:  # noqa: A002 - what a learner calls it
    """Ask what is due of a lab, or of one exercise, and check the one that has waited longest, if any is due."""
    due = due_of([lab], lab.exercise(id) if id else None)
    questions, exercises = [question for _, question in due.questions], due.exercises
    if questions:
        shown(RecallForm(questions, recall_of(lab), review=True))
    if not exercises:
        print(due)
        return None
    (_, exercise), seed = exercises[0], seed_of()
    await _predict(lab, exercise, seed)
    verdict = await judge(exercise, "processes", seed)
    print(due.settle(lab, exercise, verdict))
    return verdict


async def _predict(lab: Lab, exercise: Exercise, seed: int) -> None:
    again = PredictionAgain(lab.predictions, exercise, seed)
    name = again.name
    if name is not None:
        await ask(again, name)
        shown(again.settle(name))
