"""What a check's process has told, and the one verdict that follows from it.

"Passed" needs a test of the exercise that ran, every test passed, and a process that ended well. Nothing else passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from capsize.check.verdict import Verdict
from capsize.course.exercises import Exercise

CANCELLED = "the check was cancelled"
TAIL = 12  # lines of its output that are quoted


@dataclass
class Told:
    """Reports as they come in. ``allowed`` is how many seconds a test has; ``over`` is pytest's exit code."""

    allowed: float
    began: list[str] = field(default_factory=list)
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)
    over: int | None = None
    problem: str | None = None
    words: str = ""

    def hear(self, words: dict[str, Any]) -> None:
        """Take one report."""
        match words:
            case {"begin": test, "deadline": deadline}:
                self.began.append(test)
                self.allowed = deadline
            case {"end": test, **rest}:
                self.ended[test] = rest
            case {"over": code}:
                self.over = code

    def verdict(self, exercise: Exercise, seconds: float) -> Verdict:
        """Say what all reports together mean."""
        said = None if self.problem == CANCELLED else self._first("refused") or self._first("unjudged")
        if said:
            return _verdict(exercise, seconds, said)
        problem = self._problem(exercise)
        if problem:
            words = {"status": "unjudged", "expected": "a check that runs to its end", "got": problem}
            return _verdict(exercise, seconds, {**words, "evidence": self._tail()})
        return _verdict(exercise, seconds, _merged(list(self.ended.values())))

    def _first(self, status: str) -> dict[str, Any] | None:
        return next((words for words in self.ended.values() if words["status"] == status), None)

    def _problem(self, exercise: Exercise) -> str | None:
        """Name what keeps the reports from being a pass; None where nothing does."""
        if self.problem:
            return self.problem
        if self.over is None:
            return "the check's process ended before it was done"
        if not self.began:
            return f"no check of exercise {exercise.id} ran"
        if self.over != 0 or set(self.began) != set(self.ended):
            return f"the check's process was not content: exit code {self.over}"
        return None

    def _tail(self) -> Sequence[str]:
        return [line for line in self.words.splitlines() if line.strip()][-TAIL:]


def _verdict(exercise: Exercise, seconds: float, words: dict[str, Any]) -> Verdict:
    return Verdict.told(exercise.id, words, title=exercise.title, seconds=round(seconds, 2))


def _merged(passed: list[dict[str, Any]]) -> dict[str, Any]:
    """Tell several passed tests as one: each thing that was done and each claim that held, once."""
    done = dict.fromkeys(words["done"] for words in passed if words.get("done"))
    held = dict.fromkeys(claim for words in passed for claim in words.get("held", ()))
    return {"status": "passed", "done": "\n".join(done), "held": list(held)}
