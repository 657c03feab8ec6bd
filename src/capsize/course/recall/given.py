"""The answers to one lab's questions. The first answer is kept; one that is wrong brings its question back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from capsize.course.lab_paths import Rooms
from capsize.course.progress import RECALLED, Progress, now
from capsize.course.recall.file import read_recall
from capsize.course.recall.question import RecallQuestion
from capsize.course.schedule import ReviewSchedule
from capsize.errors import CapsizeError

if TYPE_CHECKING:
    from capsize.course.lab import Lab


class Recall:
    """Asks one lab's questions, and keeps what was said in the score."""

    def __init__(self, rooms: Rooms, progress: Progress, schedule: ReviewSchedule | None = None) -> None:
        self.rooms, self.progress = rooms, progress
        self.schedule = schedule or ReviewSchedule(progress)

    @cached_property
    def questions(self) -> Mapping[str, RecallQuestion]:
        """The lab's questions by name, in the order in which it asks them."""
        return read_recall(self.rooms.recall_file)

    def question(self, name: str) -> RecallQuestion:
        """Find a question. Raises CapsizeError where the lab asks no such thing."""
        if name in self.questions:
            return self.questions[name]
        known = ", ".join(map(repr, self.questions)) or "no question at all"
        raise CapsizeError(f"{self.rooms.slug} has no question {name!r}", expected=known)

    @property
    def said(self) -> Mapping[str, str]:
        """What was said first, by name, of questions that have not changed since."""
        kept = self.progress.read()[RECALLED].get(self.rooms.slug, {})
        return {name: kept[name]["said"] for name, one in self.questions.items() if _fits(one, kept.get(name))}

    def answer(self, name: str, said: object) -> str:
        """Keep an answer, unless there is one; return whether this one is right, and why.

        The question comes back where it is wrong.
        """
        question = self.question(name)
        option = question.option(said)
        if name not in self.said:
            self._keep(question, option.text)
            if not option.is_right:
                self.schedule.move(question.key, passed=False)
        return question.told(said)

    def review(self, name: str, said: object) -> str:
        """Take an answer to a question that came back; return whether it is right, and why."""
        question = self.question(name)
        self.schedule.move(question.key, passed=question.option(said).is_right)
        return question.told(said)

    def _keep(self, question: RecallQuestion, said: str) -> None:
        with self.progress.change() as score:
            entry = {"said": said, "right": question.option(said).is_right, "at": now()}
            score[RECALLED].setdefault(self.rooms.slug, {})[question.name] = entry


def recall_of(lab: Lab) -> Recall:
    """Return the questions of a lab, with the learner's answers."""
    return Recall(lab.rooms, lab.progress)


def _fits(question: RecallQuestion, entry: object) -> bool:
    return isinstance(entry, dict) and entry.get("said") in question.texts
