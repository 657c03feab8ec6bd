"""A prediction typed in a terminal. What is not valid is asked again, and what was typed before it stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from capsize.course.predictions.given import Prediction, Predictions
from capsize.course.predictions.question import Answer, Question, written
from capsize.errors import CapsizeError

T = TypeVar("T")


def predicted(predictions: Predictions, name: str) -> Prediction:
    """Return what was predicted, and ask for it first where nothing was."""
    if (said := predictions.given(name)) is not None:
        return said
    return predictions.give(name, ask(predictions.question(name), predictions.command(name)))


def ask(question: Question, command: str) -> Answer:
    """Ask on stdin until the answer is complete; ``command`` asks once more.

    Raises CapsizeError where the input ends, or by Ctrl-C.
    """
    print(question.asks)
    try:
        return _choice(question) if question.is_choice else _number(question)
    except (EOFError, KeyboardInterrupt) as end:
        print()
        raise CapsizeError(
            f"you stopped before you predicted {question.name!r}; nothing is kept",
            next=command,
        ) from end


def _choice(question: Question) -> Answer:
    return question.answer(one_of([choice.text for choice in question.choices]))


def _number(question: Question) -> Answer:
    def check(said: str, low: str | None = None, high: str | None = None) -> str:
        bottom, top = question.least, question.most
        question.answer(said, bottom if low is None else low, top if high is None else high, question.reasons[0].text)
        return said if low is None else low if high is None else high

    bounds = f"{written(question.least)} to {question.quantity(question.most)}"
    said = _asked(f"your number, {bounds}: ", check)
    print("a range that you expect to hold it four times out of five:")
    low = _asked("from: ", lambda typed: check(said, typed))
    high = _asked("to: ", lambda typed: check(said, low, typed))
    print("because:")
    return question.answer(said, low, high, one_of([reason.text for reason in question.reasons]))


def one_of(texts: Sequence[str]) -> str:
    """Ask on stdin for one of some texts, by its number."""
    for number, text in enumerate(texts, 1):
        print(f"  {number}  {text}")
    return _asked(f"1 to {len(texts)}: ", lambda typed: _numbered(texts, typed))


def _numbered(texts: Sequence[str], typed: str) -> str:
    if typed in texts:
        return typed
    if typed.isdecimal() and 1 <= int(typed) <= len(texts):
        return texts[int(typed) - 1]
    raise CapsizeError("this is not one of them", expected=f"1 to {len(texts)}", got=typed or "nothing")


def _asked(prompt: str, take: Callable[[str], T]) -> T:
    while True:
        try:
            return take(input(prompt).strip())
        except CapsizeError as error:
            print(error)
