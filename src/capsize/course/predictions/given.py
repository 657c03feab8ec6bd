"""The predictions of one lab: which are given, and what was measured. What is given stands until you forget it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from capsize.course.lab_paths import Rooms
from capsize.course.predictions.comparison import PredictionComparison
from capsize.course.predictions.file import read_questions
from capsize.course.predictions.question import Answer, Question, a_number
from capsize.course.progress import Progress, now
from capsize.errors import CapsizeError

VARIABLE, NAIVE = "CAPSIZE_PREDICTIONS", "naive"
"""With CAPSIZE_PREDICTIONS=naive nobody is asked: the lab's file has the answers of a naive learner."""


@dataclass(frozen=True)
class Prediction:
    """What you said before an experiment. Its text says it."""

    question: Question
    answer: Answer

    def __str__(self) -> str:
        said = f"{self.question.name}: you said {self._said}"
        return said if self.question.is_choice else f"{said}, because {self.answer.reason}"

    __repr__ = __str__

    @property
    def _said(self) -> str:
        question, answer = self.question, self.answer
        if question.is_choice or answer.low is None or answer.high is None:
            return f'"{answer.said}"'
        return f"{question.quantity(float(answer.said))} ({question.range(answer.low, answer.high)})"


class Predictions:
    """Keeps one lab's predictions in the score. With ``naive`` nothing is kept, and every question is answered."""

    def __init__(self, rooms: Rooms, progress: Progress, *, naive: bool | None = None) -> None:
        self.rooms, self.progress = rooms, progress
        self.naive = answers_are_naive() if naive is None else naive

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """The lab's questions by name, in the order in which it asks them."""
        return read_questions(self.rooms.predictions_file)

    def question(self, name: str) -> Question:
        """Find a question. Raises CapsizeError where the lab asks no such thing."""
        if name in self.questions:
            return self.questions[name]
        known = ", ".join(map(repr, self.questions)) or "no prediction at all"
        raise CapsizeError(f"{self.rooms.slug} asks for no prediction {name!r}", expected=known)

    def command(self, name: str) -> str:
        """Say what to type in a terminal to be asked for a prediction."""
        return f"capsize predict {self.rooms.slug[:2]} {name!r}"

    def given(self, name: str) -> Prediction | None:
        """Return what was said; None where nothing was, or where it answers a question that has changed since."""
        question = self.question(name)
        answer = question.naive if self.naive else question.kept(self._entries().get(name, {}))
        return Prediction(question, answer) if answer else None

    def give(self, name: str, answer: Answer) -> Prediction:
        """Keep an answer, unless there is one; return the one that stands."""
        entry = {**answer.to_json(), "unit": self.question(name).unit, "at": now()}
        with self.progress.change() as score:
            entries = score["predictions"].setdefault(self.rooms.slug, {})
            if self.question(name).kept(entries.get(name, {})) is None:
                entries[name] = entry
        return self.given(name) or Prediction(self.question(name), answer)

    def compare(self, name: str, measured: object) -> PredictionComparison:
        """Put a measurement beside what was said, and keep it. Raises CapsizeError where nothing was said."""
        number, said = a_number(measured, f"what was measured for {name!r}"), self._stands(name)
        comparison = PredictionComparison(said.question, said.answer, number)
        self._refuse_foil_that_broke(comparison)
        if not self.naive:
            with self.progress.change() as score:
                score["predictions"][self.rooms.slug][name].update(comparison.to_json())
        return comparison

    def forget(self, name: str | None = None) -> tuple[str, ...]:
        """Put a prediction, or all of them, aside under "former", so that they are asked for again; return which."""
        with self.progress.change() as score:
            entries = score["predictions"].setdefault(self.rooms.slug, {})
            names = tuple(entries) if name is None else tuple({self.question(name).name} & set(entries))
            former = {one: entries.pop(one) for one in names}
            if former:
                score.setdefault("former", {}).setdefault(self.rooms.slug, []).append(former)
        return names

    def _stands(self, name: str) -> Prediction:
        said = self.given(name)
        if said is None:
            raise CapsizeError(
                f"you have not predicted {name!r} in {self.rooms.slug}",
                expected="a prediction before the measurement",
                next=f"run the cell that asks for it, or: {self.command(name)}",
            )
        return said

    def _entries(self) -> Mapping[str, Any]:
        entries: Mapping[str, Any] = self.progress.read()["predictions"].get(self.rooms.slug, {})
        return entries

    def _refuse_foil_that_broke(self, comparison: PredictionComparison) -> None:
        """CI finds out here: of a learner's file it is a thing to see, of the solution a mistake of the lab."""
        question = comparison.question
        if self.naive and question.foil and comparison.choice != question.foil:
            raise CapsizeError(
                f"{question.name!r} is a foil, and it broke",
                place=question.place,
                expected=question.foil,
                got=comparison.was,
            )


def answers_are_naive() -> bool:
    """Tell whether CI answers. Raises CapsizeError where the variable says something else."""
    said = os.environ.get(VARIABLE)
    if said in (None, NAIVE):
        return said == NAIVE
    raise CapsizeError(f"{VARIABLE} is not usable", expected=NAIVE, got=said, next=f"unset {VARIABLE}")
