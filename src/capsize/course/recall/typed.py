"""A question answered in a terminal."""

from __future__ import annotations

from capsize.course.predictions.typed import one_of
from capsize.course.recall.question import RecallQuestion
from capsize.errors import CapsizeError


def ask(question: RecallQuestion) -> str:
    """Ask on stdin for one of the options. Raises CapsizeError where the input ends, or by Ctrl-C."""
    print(question.asks)
    try:
        return one_of(question.texts)
    except (EOFError, KeyboardInterrupt) as end:
        print()
        raise CapsizeError(
            f"you stopped before you answered {question.name!r}; what you answered before is kept",
            next=f"capsize remember {question.slug[:2]}, or where it came back: capsize again {question.slug[:2]}",
        ) from end
