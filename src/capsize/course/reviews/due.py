"""What of some labs is due, and what comes back next: of your own files alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from capsize.course.recall import recall_of
from capsize.course.schedule import INTERVALS, Review, ReviewSchedule
from capsize.errors import CapsizeError

if TYPE_CHECKING:
    from capsize.check.verdict import Verdict
    from capsize.course.exercises import Exercise
    from capsize.course.lab import Lab
    from capsize.course.recall import RecallQuestion


def due_of(labs: Sequence[Lab], exercise: Exercise | None = None) -> Due:
    """Find what is due of some labs, or of one exercise alone.

    Raises CapsizeError where that was not passed, and where a lab runs other files than the learner's.
    """
    for lab in labs:
        if not lab.is_own_work:
            raise CapsizeError("only your own files come back", expected="work", next=f'lab("{lab.slug}")')
    schedule = ReviewSchedule(labs[0].progress)
    if exercise and schedule.progress.passed(exercise.id) is None:
        raise CapsizeError(f"you have not passed {exercise.id} yet", next=f"capsize check {exercise.id}")
    return Due(labs, schedule, [exercise.id] if exercise else [])


class Due:
    """The reviews of some labs, or of some of their exercises alone. It reads the score each time it is asked."""

    def __init__(self, labs: Sequence[Lab], schedule: ReviewSchedule, only: Sequence[str] = ()) -> None:
        self.labs, self.schedule, self._only = labs, schedule, only

    @property
    def exercises(self) -> list[tuple[Lab, Exercise]]:
        """What is due of the exercises, the longest overdue first."""
        known = {exercise.id: (lab, exercise) for lab in self.labs for exercise in lab.tasks}
        return [known[review.name] for review in self._due() if review.name in known]

    @property
    def questions(self) -> list[tuple[Lab, RecallQuestion]]:
        """What is due of the questions, with their options in another order each day."""
        asked = [(lab, one.shuffled(self.schedule.today())) for lab in self.labs for one in _questions(lab)]
        known = {one.key: (lab, one) for lab, one in asked}
        return [known[review.name] for review in self._due() if review.name in known]

    @property
    def next(self) -> Review | None:
        """What comes back next of all that is not due yet."""
        return next((review for review in self._all() if not self.schedule.is_due(review)), None)

    def settle(self, lab: Lab, exercise: Exercise, verdict: Verdict) -> str:
        """Move an exercise by its verdict; return when it comes back. What could not be judged stays due."""
        if verdict.status == "unjudged":
            return f"{exercise.id} is still due"
        if verdict.passed and lab.progress.has_taken(exercise.id) and lab.workspace.is_applied(exercise):
            return f"{exercise.id} is still due: what passed is the solution's file"
        self.schedule.move(exercise.id, passed=verdict.passed)
        return self.schedule.told(exercise.id)

    def __str__(self) -> str:
        """Say what is due, or what is next and when."""
        due = [review.name for review in self._due()]
        if due:
            return f"due: {', '.join(due)}"
        return f"nothing is due; {self._outlook()}"

    def _outlook(self) -> str:
        if self.next is None:
            *days, last = INTERVALS
            return f"what you pass comes back after {', '.join(map(str, days))} and {last} days"
        return f"next is {self.next.name}, {self.next.when(self.schedule.today())} ({self.next.due})"

    def _due(self) -> list[Review]:
        return [review for review in self._all() if self.schedule.is_due(review)]

    def _all(self) -> list[Review]:
        """List the reviews of these labs; the score may know exercises of others, and some that are no more."""
        names = set(self._only or self._names())
        return [review for name, review in self.schedule.reviews().items() if name in names]

    def _names(self) -> Iterator[str]:
        for lab in self.labs:
            yield from (exercise.id for exercise in lab.tasks)
            yield from (question.key for question in _questions(lab))


def _questions(lab: Lab) -> Iterable[RecallQuestion]:
    return recall_of(lab).questions.values()
