"""What an exercise of a learner's was refused for last, how often in a row, and which misconception it was."""

from __future__ import annotations

from typing import Any

from capsize.course.progress import Progress, now

REFUSALS, REASONS = "refusals", "reasons"  # in the score


class RefusalLog:
    """The refusals of the exercises in a learner's score."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def record(self, exercise: str, expected: str, words: str) -> int:
        """Keep what an exercise was refused for; return how often in a row it was that.

        ``words`` are ``expected`` without numbers, by which two refusals are compared.
        """
        with self.progress.change() as score:
            last = _entry(score, exercise)
            times = last["times"] + 1 if last.get("words") == words else 1
            kept = {"expected": expected, "words": words, "times": times}
            score[REFUSALS] = {**_table(score, REFUSALS), exercise: kept}
        return times

    def forget(self, exercise: str) -> None:
        """Let go of what an exercise was refused for, since it passed."""
        if _entry(self.progress.read(), exercise):
            with self.progress.change() as score:
                score[REFUSALS] = {name: one for name, one in _table(score, REFUSALS).items() if name != exercise}

    def last(self, exercise: str) -> str:
        """Return what was expected when the exercise was refused last; empty where it passed since, or never was."""
        return str(_entry(self.progress.read(), exercise).get("expected", ""))

    def was(self, exercise: str, misconception: str) -> None:
        """Keep which misconception a refusal was, by the id of the bank's answer; empty: none that it names."""
        with self.progress.change() as score:
            reasons = _table(score, REASONS)
            said = {"was": misconception, "at": now()}
            score[REASONS] = {**reasons, exercise: [*reasons.get(exercise, ()), said]}


def _table(score: Any, name: str) -> dict[str, Any]:
    table = score.get(name)
    return dict(table) if isinstance(table, dict) else {}


def _entry(score: Any, exercise: str) -> dict[str, Any]:
    entry = _table(score, REFUSALS).get(exercise)
    return entry if isinstance(entry, dict) and isinstance(entry.get("times"), int) else {}
