"""When what was passed comes back: after 1, 3, 7 and 21 days, each counted from the last time; a failure begins again.

Days are dates: what was passed in the evening is due the next morning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from capsize.course.progress import AGAIN, Progress

INTERVALS = (1, 3, 7, 21)  # days


@dataclass(frozen=True)
class Review:
    """One thing to do again: an exercise ("8.1") or a question ("08_health/blink"), and the day on which it is due.

    ``step`` is the place of its interval among INTERVALS.
    """

    name: str
    step: int
    due: date

    def when(self, today: date) -> str:
        """Say when it is due, as seen from a day."""
        days = (self.due - today).days
        return "due" if days <= 0 else "tomorrow" if days == 1 else f"in {days} days"


class ReviewSchedule:
    """The reviews in a learner's score. ``today`` says which day it is."""

    def __init__(self, progress: Progress, today: Callable[[], date] = date.today) -> None:
        self.progress, self.today = progress, today

    def reviews(self) -> Mapping[str, Review]:
        """Return what comes back, by name, what has waited longest first; without what has come back each time."""
        score = self.progress.read()
        passed = {name: {"step": 0, "at": at} for name, at in score["passed"].items()}
        found = [_review(name, entry) for name, entry in {**passed, **score[AGAIN]}.items()]
        return {one.name: one for one in sorted(filter(None, found), key=lambda one: (one.due, one.name))}

    def is_due(self, review: Review) -> bool:
        return review.due <= self.today()

    def told(self, name: str) -> str:
        """Say when something comes back."""
        review = self.reviews().get(name)
        if review is None:
            return f"{name} has come back for the last time"
        return f"{name} comes back {review.when(self.today())} ({review.due})"

    def move(self, name: str, *, passed: bool) -> Review | None:
        """Keep that something was done again; return when it is due next, None where that was the last time."""
        now = self.reviews().get(name)
        entry = {"step": now.step + 1 if now and passed else 0, "at": self.today().isoformat()}
        with self.progress.change() as score:
            score[AGAIN] = {**score[AGAIN], name: entry}
        return _review(name, entry)


def _review(name: str, entry: Mapping[str, Any]) -> Review | None:
    if entry["step"] >= len(INTERVALS):
        return None
    last = date.fromisoformat(entry["at"][:10])
    return Review(name, entry["step"], last + timedelta(days=INTERVALS[entry["step"]]))
