"""What the right answer to a question is, computed from what it was made of: reports, files, the bank of answers.

A source is ``accepted``, of an option's answer by its check, or a sum of figures: ``{{report:users_8.goodput:.1f}}`` as
on a slide, ``{{text:FILE:PATTERN}}``, the one number that a pattern finds in a file of the course.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from answers import Answer
from the_course import ROOT, answers

from capsize.course.recall import Option, RecallQuestion
from capsize.slides.figures import Figures

TEXT = re.compile(r"\{\{text:(?P<file>[^:]+):(?P<pattern>.+?)\}\}")
SUM = re.compile(r"[\d. ()*/+-]+")
QUOTED = re.compile(r"`([^`]+)`")


def is_right(question: RecallQuestion, option: Option) -> bool:
    """Tell whether an option is the right one, by the question's source alone."""
    if question.source == "accepted":
        return option.stands_for == "solution" or bank()[str(option.stands_for)].says == ""
    low, high = option.stands_for
    return float(low) <= figure(question) <= float(high)


def figure(question: RecallQuestion) -> float:
    """Compute the number that a question's source stands for."""
    words = TEXT.sub(lambda found: _found(found["file"], found["pattern"]), question.source)
    words = Figures(question.place.file, ROOT / "labs" / "reports" / question.slug).fill(words, question.place.line)
    assert SUM.fullmatch(words), f"{question.place}: not a sum of figures: {words}"
    return float(eval(words))


def missing_quotes(question: RecallQuestion, option: Option) -> list[str]:
    """List what an option quotes as code, and its answer's files do not have."""
    return [quoted for quoted in QUOTED.findall(option.text) if quoted not in _code(question, option)]


def _code(question: RecallQuestion, option: Option) -> str:
    if option.stands_for != "solution":
        return "\n".join(bank()[str(option.stands_for)].files().values())
    return "\n".join(file.read_text() for file in (ROOT / "solutions" / question.slug).glob("*.*"))


@cache
def bank() -> dict[str, Answer]:
    """Find every answer by its id: a right one has no words that refuse it."""
    return {answer.id: answer for answer in (*answers("wrong"), *answers("right"))}


def _found(file: str, pattern: str) -> str:
    (number,) = re.findall(pattern, Path(ROOT, file).read_text())
    return str(number)
