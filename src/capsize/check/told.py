"""What a check's process has told, and the one verdict that follows from it.

"Passed" needs a test of the exercise that ran, every test passed, and a process that ended well. Nothing else passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from capsize.check.mark import DEADLINE
from capsize.check.verdict import Verdict
from capsize.exercises import Exercise

PARTING = 2.0  # seconds that the process has to go once it has told everything
TAIL = 12  # lines of its output that are quoted


@dataclass
class Told:
    """Reports as they come in. ``allowed`` is how many seconds the next one may take."""

    allowed: float
    began: list[str] = field(default_factory=list)
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_over: bool = False
    problem: str | None = None
    exit_code: int | None = None
    words: str = ""

    def hear(self, words: dict[str, Any]) -> bool:
        """Take one report; True where it changes how long to wait."""
        match words:
            case {"begin": test, "deadline": deadline}:
                self.began.append(test)
                self.allowed = deadline or DEADLINE
            case {"end": test, **rest}:
                self.ended[test] = rest
            case {"over": True}:
                self.is_over, self.allowed = True, PARTING
        return "end" not in words

    def verdict(self, exercise: Exercise, seconds: float) -> Verdict:
        """Say what all reports together mean."""
        refused = self._first("refused")
        if refused:
            return _verdict(exercise, seconds, refused)
        problem = None if self.is_over and self.exit_code == 0 and not self.problem else self._problem(exercise)
        unjudged = self._first("unjudged")
        if unjudged:
            return _verdict(exercise, seconds, unjudged)
        problem = problem or self._gap(exercise)
        if problem:
            return unjudged_verdict(exercise, problem, self._tail(), seconds)
        return _verdict(exercise, seconds, _merged(list(self.ended.values())))

    def _first(self, status: str) -> dict[str, Any] | None:
        return next((words for words in self.ended.values() if words["status"] == status), None)

    def _problem(self, exercise: Exercise) -> str:
        if self.problem:
            return self.problem
        if not self.began and self.exit_code == 5:
            return f"no check of exercise {exercise.id} was found, so none ran"
        return f"the check's process ended with exit code {self.exit_code} before it was done"

    def _gap(self, exercise: Exercise) -> str | None:
        if not self.began:
            return f"no check of exercise {exercise.id} ran"
        lost = [test for test in self.began if test not in self.ended]
        strange = [words["status"] for words in self.ended.values() if words["status"] != "passed"]
        return f"a check began and did not end: {lost[0]}" if lost else strange[0] if strange else None

    def _tail(self) -> Sequence[str]:
        return [line for line in self.words.splitlines() if line.strip()][-TAIL:]


def unjudged_verdict(exercise: Exercise, why: str, evidence: Sequence[str] = (), seconds: float = 0.0) -> Verdict:
    """Say that an exercise could not be judged, and why."""
    words = {"status": "unjudged", "expected": "a check that runs to its end", "got": why, "evidence": evidence}
    return _verdict(exercise, seconds, words)


def _verdict(exercise: Exercise, seconds: float, words: dict[str, Any]) -> Verdict:
    parts = {name: words.get(name, "") for name in ("status", "done", "expected", "got", "look")}
    look = f"{exercise.file}" if words["status"] == "refused" and not parts["look"] else parts["look"]
    evidence = tuple(words.get("evidence", ()))
    return Verdict(exercise.id, title=exercise.title, evidence=evidence, seconds=seconds, **{**parts, "look": look})


def _merged(passed: list[dict[str, Any]]) -> dict[str, Any]:
    """Tell several passed tests as one."""
    return {"status": "passed", **{name: "; ".join(_each(passed, name)) for name in ("done", "expected", "got")}}


def _each(passed: list[dict[str, Any]], name: str) -> Iterator[str]:
    yield from dict.fromkeys(words[name] for words in passed if words.get(name))
