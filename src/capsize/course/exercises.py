"""An exercise, as its lab's exercises.toml describes it: what to change, when it counts as done, three hints."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from capsize.errors import CapsizeError
from capsize.stack.model import Location

ID = re.compile(r"[1-9]\d?\.([1-9]\d?|own)")
OWN = ".own"  # how the id of a lab's task without hints ends
KEYS: dict[str, str] = {
    "id": 'a string such as "1.1", or "1.own" for the task without hints',
    "title": "a string",
    "file": "a path inside the lab's folder",
    "minutes": "a whole number, 1 to 60",
    "accept": "a list of 2 to 4 strings",
    "hints": "a list of 3 strings: a question, a pointer, nearly the code",
}
OPTIONAL: dict[str, str] = {
    "alone": "a string: why no other test may run while it is judged",
    "also": "a list of paths inside the lab's folder: other files that it changes",
}
HEADER = re.compile(r"^\s*\[\[\s*exercise\s*\]\]")


@dataclass(frozen=True)
class Exercise:
    """One thing to build. ``file`` is relative to the lab's folder; ``accept`` says when it counts as done.

    ``also`` are the other files that it changes. ``alone`` says why no other test may run while it is judged, if so.
    The task on your own at the end of a lab has no hints and no TODO, and a stack of its own.
    """

    slug: str
    id: str
    title: str
    file: str
    minutes: int
    accept: tuple[str, ...]
    hints: tuple[str, ...]
    place: Location
    alone: str = ""
    also: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """All files that it changes, the one with its TODO first."""
        return (self.file, *self.also)

    @property
    def todo(self) -> str:
        """The words that mark the exercise's place in its file."""
        return f"TODO {self.id}:"

    @property
    def is_own(self) -> bool:
        """True for the task on your own."""
        return self.id.endswith(OWN)


@dataclass(frozen=True)
class Hint:
    """One of an exercise's three hints, numbered from 1; ``refused`` is what was expected when it was refused last."""

    exercise: Exercise
    step: int
    refused: str = ""

    @property
    def text(self) -> str:
        return self.exercise.hints[self.step - 1]

    @property
    def last_refusal(self) -> str:
        """What the exercise was refused for last, where it was."""
        return f"\n  It was refused last because this does not hold: {self.refused}" if self.refused else ""

    @property
    def last_resort(self) -> str:
        """What is left to ask for when this was the last hint."""
        is_last = self.step == len(self.exercise.hints)
        return f"\n  That was the last hint. The solution: capsize solution {self.exercise.id}" if is_last else ""

    def __str__(self) -> str:
        which = f"{self.exercise.id} hint {self.step} of {len(self.exercise.hints)}"
        return f"{which}: {self.text}{self.last_refusal}{self.last_resort}"

    __repr__ = __str__


def read_time_scale(file: Path) -> float:
    """Read the seconds that one second of the lab's manifests takes: the file's ``time_scale``, else 1."""
    scale = tomllib.loads(file.read_text(encoding="utf-8")).get("time_scale", 1.0)
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0.01 <= scale <= 1:
        raise CapsizeError("time_scale is not usable", place=file, expected="a number from 0.01 to 1", got=repr(scale))
    return float(scale)


def read_settings(file: Path) -> tuple[str, ...]:
    """Read the names that the environment may fill in the lab's Compose file: the file's ``settings``, else none."""
    names = tomllib.loads(file.read_text(encoding="utf-8")).get("settings", []) if file.exists() else []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CapsizeError("settings are not usable", place=file, expected='names: ["MOST_COPIES"]', got=repr(names))
    return tuple(names)


def read_prerequisites(file: Path) -> Mapping[str, str]:
    """Read which labs a lab is easier after, by number, and for the sake of what: the file's ``after``, else none."""
    after = tomllib.loads(file.read_text(encoding="utf-8")).get("after", {}) if file.exists() else {}
    if not isinstance(after, dict) or not all(
        re.fullmatch(r"\d\d", lab) and _is_text(why) for lab, why in after.items()
    ):
        raise CapsizeError("after is not usable", place=file, expected='after = { 01 = "the knee" }', got=repr(after))
    return after


def read_exercises(file: Path, slug: str) -> tuple[Exercise, ...]:
    """Read a lab's exercises in the order of the file. Raises CapsizeError with file:line where something is off."""
    try:
        text = file.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        raise CapsizeError(f"{slug} has no exercises.toml", place=file, got=str(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise CapsizeError("this is not TOML", place=_place_in(file, str(error)), got=str(error)) from error
    entries = tables.get("exercise")
    is_list = isinstance(entries, list) and entries and all(isinstance(entry, dict) for entry in entries)
    if not is_list or set(tables) - {"time_scale", "settings", "after"} != {"exercise"}:
        raise CapsizeError(
            "only time_scale, settings and after may stand before the [[exercise]] tables",
            place=file,
            got=", ".join(tables),
        )
    found = tuple(_Entry(file, text, slug, number, entry).exercise() for number, entry in enumerate(entries or ()))
    _refuse_repeats(found)
    return found


@dataclass(frozen=True)
class _Entry:
    file: Path
    text: str
    slug: str
    number: int
    values: Mapping[str, Any]

    def exercise(self) -> Exercise:
        known = KEYS | OPTIONAL
        for key in self.values:
            if key not in known:
                raise self._error(key, f"no such key: {key}", expected=", ".join(known))
        for key, expected in known.items():
            if key in KEYS and key not in self.values and not (self._is_own_task and key == "hints"):
                raise self._error(key, f"{key} is missing", expected=expected)
            if key in self.values and not self._fits(key, self.values[key]):
                raise self._error(key, f"{key} is not usable", expected=expected, got=repr(self.values[key]))
        hints = tuple(self.values.get("hints", ()))
        also = tuple(self.values.get("also", ()))
        fields = dict(self.values, accept=tuple(self.values["accept"]), hints=hints, also=also)
        return Exercise(slug=self.slug, place=self._place("id"), **cast(Any, fields))

    def _fits(self, key: str, value: Any) -> bool:
        match key:
            case "minutes":
                return type(value) is int and 1 <= value <= 60
            case "accept":
                return _is_texts(value) and 2 <= len(value) <= 4
            case "hints":
                return _is_texts(value) and len(value) == 3 and not self._is_own_task
            case "id":
                return isinstance(value, str) and bool(ID.fullmatch(value)) and self._is_of_this_lab(value)
            case "file":
                return _is_path(value)
            case "also":
                return _is_texts(value) and all(map(_is_path, value))
        return _is_text(value)

    @property
    def _is_own_task(self) -> bool:
        return str(self.values.get("id")).endswith(OWN)

    def _is_of_this_lab(self, id: str) -> bool:  # noqa: A002 - the word of the file
        return int(id.split(".")[0]) == int(self.slug[:2])

    def _error(self, key: str, what: str, *, expected: str, got: str | None = None) -> CapsizeError:
        return CapsizeError(what, place=self._place(key), expected=expected, got=got)

    def _place(self, key: str) -> Location:
        return Location(self.file, _line_of(self.text, self.number, key))


def _place_in(file: Path, message: str) -> Location:
    """Read the line out of tomllib's message, which says "(at line 3, column 5)"."""
    found = re.search(r"at line (\d+)", message)
    return Location(file, int(found[1]) if found else 1)


def _line_of(text: str, number: int, key: str) -> int:
    """Find the line of a key in the numbered [[exercise]]; its header's line where the key is not there."""
    current, header_line = -1, 1
    for line, words in enumerate(text.splitlines(), 1):
        if HEADER.match(words):
            current += 1
            header_line = line if current == number else header_line
        elif current == number and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", words):
            return line
    return header_line


def _refuse_repeats(found: tuple[Exercise, ...]) -> None:
    for exercise in _repeats(found):
        raise CapsizeError(
            f"two exercises have the id {exercise.id}", place=exercise.place, expected="an id of its own"
        )


def _repeats(found: tuple[Exercise, ...]) -> Iterator[Exercise]:
    seen: set[str] = set()
    for exercise in found:
        if exercise.id in seen:
            yield exercise
        seen.add(exercise.id)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_path(value: Any) -> bool:
    return _is_text(value) and not Path(value).is_absolute() and ".." not in Path(value).parts


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))
