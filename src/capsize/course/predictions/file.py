"""labs/predictions/NN_name.toml: what a lab asks, what each choice stands for, and what a naive learner says.

No cell shows this file, so that a question gives nothing away.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from capsize.course.predictions.question import Answer, Choice, Question, Reason
from capsize.errors import CapsizeError
from capsize.stack.model import Location

BOTH = {"name", "asks", "naive"}
CHOICE, NUMBER = {"choices", "foil"}, {"unit", "least", "most", "reason"}
OPTIONAL = {"foil", "unit"}
REASONS = 3


def read_questions(file: Path) -> Mapping[str, Question]:
    """Read a lab's questions by name, in order; none where there is no file. Raises CapsizeError with file:line."""
    if not file.exists():
        return {}
    try:
        text = file.read_text(encoding="utf-8")
        entries = tomllib.loads(text).get("prediction", [])
    except tomllib.TOMLDecodeError as error:
        raise CapsizeError("this is not TOML", place=file, got=str(error)) from error
    lines = [number for number, words in enumerate(text.splitlines(), 1) if words.strip() == "[[prediction]]"]
    questions = [_question(Location(file, line), entry) for line, entry in zip(lines, entries, strict=True)]
    for number, question in enumerate(questions):
        if question.name in {other.name for other in questions[:number]}:
            raise CapsizeError(f"two predictions have the name {question.name!r}", place=question.place)
    return {question.name: question for question in questions}


def _question(place: Location, entry: Mapping[str, Any]) -> Question:
    _refuse_keys(place, entry)
    try:
        return _chosen(place, entry) if "choices" in entry else _counted(place, entry)
    except CapsizeError as error:
        raise CapsizeError(error.what, place=place, expected=error.expected, got=error.got) from error


def _refuse_keys(place: Location, entry: Mapping[str, Any]) -> None:
    known = BOTH | (CHOICE if "choices" in entry else NUMBER)
    wrong = sorted(set(entry) - known) or sorted(known - OPTIONAL - set(entry))
    if wrong:
        raise CapsizeError(
            "the keys of a prediction do not fit", place=place, expected=", ".join(sorted(known)), got=", ".join(wrong)
        )


def _chosen(place: Location, entry: Mapping[str, Any]) -> Question:
    choices = tuple(_choice(text, stands_for) for text, stands_for in entry["choices"].items())
    for one, other in zip(ordered := sorted(choices, key=lambda choice: choice.low), ordered[1:], strict=False):
        if one.high >= other.low:
            raise CapsizeError("two choices stand for one measurement", got=f"{one.text} · {other.text}")
    texts = [choice.text for choice in choices]
    if not 2 <= len(choices) <= 5 or not {entry["naive"], entry.get("foil", texts[0])} <= set(texts):
        raise CapsizeError("naive and foil are not among two to five choices", expected=" · ".join(texts))
    naive, foil = Answer(entry["naive"]), entry.get("foil", "")
    return Question(entry["name"], entry["asks"], place, naive, choices=choices, foil=foil)


def _choice(text: str, stands_for: Any) -> Choice:
    low, high = stands_for if isinstance(stands_for, list) else (stands_for, stands_for)
    return Choice(text, float(low), float(high))


def _counted(place: Location, entry: Mapping[str, Any]) -> Question:
    reasons = tuple(Reason(reason["says"], reason.get("but", "")) for reason in entry["reason"])
    if len(reasons) != REASONS or sum(reason.is_right for reason in reasons) != 1:
        raise CapsizeError(f"there are {REASONS} reasons, and the right one alone has no but")
    unit, least, most = entry.get("unit", ""), float(entry["least"]), float(entry["most"])
    question = Question(
        entry["name"], entry["asks"], place, Answer(0.0), unit=unit, least=least, most=most, reasons=reasons
    )
    said = entry["naive"]
    naive = question.answer(said["said"], said["low"], said["high"], reasons[said["reason"] - 1].text)
    return Question(**{**vars(question), "naive": naive})
