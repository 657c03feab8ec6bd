"""One of a lab's predictions, asked again after days. What was measured the first time answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capsize.check.draw import Draw
from capsize.course.exercises import Exercise
from capsize.course.predictions import Answer, Prediction, PredictionComparison, Predictions
from capsize.course.predictions.score import came_true
from capsize.course.progress import PREDICTED_AGAIN, now


class PredictionAgain(Predictions):
    """Asks for one prediction of those that were measured, and keeps the second answer beside the first.

    Which one is drawn from ``seed``, among those that did not come true as long as there are any.
    """

    def __init__(self, first: Predictions, exercise: Exercise, seed: int) -> None:
        super().__init__(first.rooms, first.progress, naive=first.naive)
        self._exercise, self._seed = exercise, seed
        self._answer: Answer | None = None

    @property
    def name(self) -> str | None:
        """The question that is asked; None where nothing was measured in this lab yet."""
        measured = self._measured()
        wrong = [name for name, entry in measured.items() if not came_true(entry)]
        among = wrong or list(measured)
        return Draw(self._seed, f"{self._exercise.id} again").choice(among) if among else None

    def command(self, name: str) -> str:
        return f"capsize again {self._exercise.id}"

    def give(self, name: str, answer: Answer) -> Prediction:
        """Hold the answer until it is compared."""
        self._answer = answer
        return Prediction(self.question(name), answer)

    def given(self, name: str) -> Prediction | None:
        answer = self.question(name).naive if self.naive else self._answer
        return Prediction(self.question(name), answer) if answer else None

    def settle(self, name: str) -> PredictionComparison:
        """Put what was said beside what was measured the first time, and keep it."""
        said = self._stands(name)
        comparison = PredictionComparison(said.question, said.answer, float(self._first()[name]["measured"]))
        if not self.naive:
            self._keep(
                {"name": name, **said.answer.to_json(), "unit": said.question.unit, **comparison.to_json(), "at": now()}
            )
        return comparison

    def _measured(self) -> Mapping[str, Mapping[str, Any]]:
        """List what was measured by question, each with what was said of it last."""
        first, again = self._first(), self.progress.read()[PREDICTED_AGAIN].get(self.rooms.slug, ())
        last = {**first, **{entry["name"]: entry for entry in again if entry["name"] in first}}
        return {name: last[name] for name in self.questions if name in last}

    def _first(self) -> Mapping[str, Any]:
        entries = self._entries()
        return {
            name: entries[name]
            for name, question in self.questions.items()
            if "measured" in entries.get(name, {}) and question.kept(entries[name])
        }

    def _keep(self, entry: Mapping[str, Any]) -> None:
        with self.progress.change() as score:
            kept = score[PREDICTED_AGAIN].get(self.rooms.slug, [])
            score[PREDICTED_AGAIN] = {**score[PREDICTED_AGAIN], self.rooms.slug: [*kept, dict(entry)]}
