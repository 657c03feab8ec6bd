"""A question answered in a terminal."""

from __future__ import annotations

from capsize.course.predictions.typed import one_of
from capsize.course.recall.question import RecallQuestion
from capsize.errors import CapsizeError


def ask(question: RecallQuestion, command: str) -> str:
    """Ask on stdin for one of the options; ``command`` asks once more.

    Raises CapsizeError where the input ends, or by Ctrl-C.
    """
    print(f"\n{question.asks}")
    try:
        return one_of(question.texts)
    except (EOFError, KeyboardInterrupt) as end:
        print()
        raise CapsizeError(
            f"you stopped before you answered {question.name!r}; what you answered before is kept", next=command
        ) from end
