"""What a learner has passed and predicted, in work/progress.json.

Without a file (code other than work/) it lives in memory only, so that a CI run never touches a learner's score.
"""

from __future__ import annotations

import contextlib
import copy
import fcntl
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from capsize import files
from capsize.course.writing import writing
from capsize.errors import CapsizeError

TAKEN = "taken"  # in the score: exercises whose solution's file was taken
AGAIN, PREDICTED_AGAIN, RECALLED = "again", "predicted_again", "recalled"  # in the score
TABLES = ("passed", "hints", "predictions", TAKEN, AGAIN, PREDICTED_AGAIN, RECALLED)


class Progress:
    """The score: exercises passed, hints taken, what was said. Every change is written at once, or not at all."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self._memory: dict[str, Any] = {}

    def read(self) -> Mapping[str, Any]:
        """Return the score as it is kept."""
        return {**{name: {} for name in TABLES}, **self._kept()}

    def passed(self, exercise: str) -> str | None:
        """Say when an exercise was first passed; None where it was not."""
        when: str | None = self.read()["passed"].get(exercise)
        return when

    def record_pass(self, exercise: str) -> None:
        with self.change() as score:
            score["passed"].setdefault(exercise, now())

    def record_solution(self, exercise: str) -> None:
        """Keep that the solution's file was taken: a pass of that file counts apart."""
        with self.change() as score:
            score[TAKEN] = {**score.get(TAKEN, {}), exercise: now()}

    def has_taken(self, exercise: str) -> bool:
        """Say whether the solution's file was taken for an exercise."""
        return exercise in self.read().get(TAKEN, {})

    def next_hint(self, exercise: str, count: int, step: int | None = None) -> int:
        """Say which hint is next, from 1 to ``count``; the last one stays. ``step`` asks for one by number."""
        if step is not None and not 1 <= step <= count:
            raise CapsizeError(f"exercise {exercise} has no hint {step}", expected=f"1 to {count}")
        with self.change() as score:
            taken = score["hints"].get(exercise, 0)
            given = step or min(taken + 1, count)
            score["hints"][exercise] = max(taken, given)
        return given

    @contextlib.contextmanager
    def change(self) -> Iterator[dict[str, Any]]:
        """Give the score to change; it is written when the block ends, and not if that raises."""
        root = self.file.parent.parent if self.file else Path()
        with writing(root), self._lock():
            score = copy.deepcopy(dict(self.read()))
            yield score
            self._write(score)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Keep a notebook and a terminal from writing over each other."""
        if self.file is None:
            yield
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.with_name(".progress.lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _kept(self) -> Mapping[str, Any]:
        if self.file is None or not self.file.exists():
            return self._memory
        try:
            return _shape(json.loads(self.file.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CapsizeError(
                "your progress cannot be read", place=self.file, got=str(error), next=f"mv {self.file} {self.file}.old"
            ) from error

    def _write(self, score: dict[str, Any]) -> None:
        if self.file is None:
            self._memory = score
            return
        files.replace(self.file, json.dumps(score, indent=1, sort_keys=True) + "\n")


def _shape(kept: Any) -> Mapping[str, Any]:
    """Refuse what is JSON but not a score."""
    for name in TABLES:
        dict.items(kept.get(name, {}))
    for entries in kept.get("predictions", {}).values():
        for entry in entries.values():
            if not isinstance(entry["said"], str | int | float):
                raise TypeError(f"{entry['said']!r} is not a prediction")
    for at in kept.get("passed", {}).values():
        date.fromisoformat(at[:10])
    for entry in kept.get(AGAIN, {}).values():
        date.fromisoformat(entry["at"][:10])
        if not isinstance(entry["step"], int) or entry["step"] < 0:
            raise TypeError(f"{entry['step']!r} is not a step")
    return dict(kept)


def now() -> str:
    """Say the time, to the second."""
    return datetime.now().replace(microsecond=0).isoformat()
