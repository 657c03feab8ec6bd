"""labs/remember/NN_name.toml: three questions about what a lab leaves, each with a source of its right answer."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from capsize.course.recall.question import Meaning, Option, RecallQuestion
from capsize.errors import CapsizeError
from capsize.stack.model import Location

KEYS = {"name", "asks", "because", "from", "option"}
OPTION = {"says", "is", "but"}
FEWEST = 3


def read_recall(file: Path) -> Mapping[str, RecallQuestion]:
    """Read a lab's questions by name, in order; none where there is no file. Raises CapsizeError with file:line."""
    if not file.exists():
        return {}
    try:
        text = file.read_text(encoding="utf-8")
        entries = tomllib.loads(text).get("question", [])
    except tomllib.TOMLDecodeError as error:
        raise CapsizeError("this is not TOML", place=file, got=str(error)) from error
    lines = [number for number, words in enumerate(text.splitlines(), 1) if words.strip() == "[[question]]"]
    questions = [_question(Location(file, line), entry) for line, entry in zip(lines, entries, strict=True)]
    for number, question in enumerate(questions):
        if question.name in {other.name for other in questions[:number]}:
            raise CapsizeError(f"two questions have the name {question.name!r}", place=question.place)
    return {question.name: question for question in questions}


def _question(place: Location, entry: Mapping[str, Any]) -> RecallQuestion:
    _refuse_keys(place, "a question", set(entry), KEYS)
    options = tuple(_option(place, one) for one in entry["option"])
    if len(options) < FEWEST or sum(option.is_right for option in options) != 1:
        raise CapsizeError(f"there are {FEWEST} options or more, and the right one alone has no but", place=place)
    if len({option.text for option in options}) < len(options):
        raise CapsizeError("two options read alike", place=place)
    words = (entry["name"], entry["asks"], entry["because"], entry["from"])
    return RecallQuestion(place.file.stem, *words, options, place)


def _option(place: Location, entry: Mapping[str, Any]) -> Option:
    _refuse_keys(place, "an option", {"but", *entry}, OPTION)
    return Option(entry["says"], _meaning(entry["is"]), entry.get("but", ""))


def _meaning(said: Any) -> Meaning:
    if isinstance(said, str):
        return said
    low, high = said if isinstance(said, list) else (said, said)
    return float(low), float(high)


def _refuse_keys(place: Location, what: str, keys: set[str], known: set[str]) -> None:
    if wrong := sorted(keys ^ known):
        expected, got = ", ".join(sorted(known)), ", ".join(wrong)
        raise CapsizeError(f"the keys of {what} do not fit", place=place, expected=expected, got=got)
