"""A prediction beside its measurement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from capsize.course.predictions.question import Answer, Question


@dataclass(frozen=True)
class PredictionComparison:
    """What you said beside what was measured.

    Its ``repr`` is the same on every run: it has the choice that came true, and no measured number.
    """

    question: Question
    answer: Answer
    measured: float

    @property
    def name(self) -> str:
        return self.question.name

    @property
    def said(self) -> str:
        """What you said, in words."""
        question, answer = self.question, self.answer
        return f'"{answer.said}"' if question.is_choice else question.quantity(float(answer.said))

    @property
    def was(self) -> str:
        """What was measured, in words."""
        question = self.question
        return f'"{self.choice}"' if question.is_choice else question.quantity(self.measured)

    @property
    def choice(self) -> str:
        """The choice that came true; "" for a number."""
        return self.question.choice_of(self.measured) if self.question.is_choice else ""

    @property
    def is_right(self) -> bool:
        """True where the choice came true, or the range held what was measured."""
        return self.choice == self.answer.said if self.question.is_choice else bool(self.has_held)

    @property
    def has_held(self) -> bool | None:
        """Tell whether the range holds the measurement; None for a choice."""
        low, high = self.answer.low, self.answer.high
        return None if low is None or high is None else low <= self.measured <= high

    @property
    def has_right_reason(self) -> bool | None:
        """Tell whether the reason was the right one; None for a choice."""
        if self.question.is_choice:
            return None
        return any(reason.is_right and reason.text == self.answer.reason for reason in self.question.reasons)

    @property
    def lines(self) -> Iterator[str]:
        """Say whether the range held, and why each of the two other reasons leads elsewhere."""
        if self.question.is_choice:
            return
        low, high = self.answer.low or 0.0, self.answer.high or 0.0
        yield f"your range, {self.question.range(low, high)}, {self._held}"
        for reason in self.question.reasons:
            mark = " (your reason)" if reason.text == self.answer.reason else ""
            yield f'"{reason.text}"{mark}: {reason.but or "this is why"}'

    @property
    def _held(self) -> str:
        return "held it" if self.has_held else "did not hold it"

    def to_json(self) -> dict[str, Any]:
        """Write what is kept of it beside the answer."""
        if self.question.is_choice:
            return {"measured": self.measured, "was": self.choice}
        return {"measured": self.measured, "held": self.has_held, "right": self.has_right_reason}

    def __str__(self) -> str:
        return "\n  ".join([f"{self.name}: you said {self.said}, and it was {self.was}", *self.lines])

    def __repr__(self) -> str:
        if self.question.is_choice:
            return str(self)
        return f"{self.name}: your prediction beside the measurement"
