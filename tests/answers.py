"""Answers to exercises as small changes of the solution, as in tests/wrong/08_health.toml, tests/right and tests/own.

An [[answer]] has ``id``, ``exercise``, ``because`` and, if it is wrong, ``says`` and ``line``: the number of the
acceptance line that it breaks, 0 if nothing starts. It changes one file, by ``file`` and
``replace``, or several, by [[answer.change]]; ``whole`` names the files that ``tests/wrong/08_health/<id>/`` holds.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from capsize.course.exercises import Exercise, read_exercises
from capsize.course.lab_paths import Rooms
from capsize.errors import CapsizeError
from capsize.stack.model import Location

WORDS = ("id", "exercise", "says", "because")
CHANGE = ("file", "replace")
HEADER = re.compile(r"^\[\[answer\]\]", re.MULTILINE)


@dataclass(frozen=True)
class Change:
    """Texts of one file of the solution, each of which is there once, and what is there instead."""

    file: str
    replace: tuple[tuple[str, str], ...]

    def apply(self, given: str) -> str:
        """Return the file with every text replaced. Raise CapsizeError if one is missing, repeated, or overlaps."""
        for wrong in self.misfits(given):
            raise CapsizeError(wrong)
        changed, end = "", 0
        for start, old, new in self._spots(given):
            changed, end = changed + given[end:start] + new, start + len(old)
        return changed + given[end:]

    def misfits(self, given: str) -> Iterator[str]:
        """List each text that the file does not have exactly once, or that overlaps with another one."""
        counts = {old: given.count(old) for old, _ in self.replace}
        yield from (f"{self.file} has this text {_times(n)}, not once:\n{old}" for old, n in counts.items() if n != 1)
        end = 0
        for start, old, _ in self._spots(given):
            if start < end:
                yield f"two texts of {self.file} overlap; this is the second:\n{old}"
            end = start + len(old)

    def _spots(self, given: str) -> list[tuple[int, str, str]]:
        return sorted((given.index(old), old, new) for old, new in self.replace if given.count(old) == 1)


@dataclass(frozen=True)
class Answer:
    """Somebody's answer to an exercise: the solution with some files changed."""

    rooms: Rooms
    place: Location
    id: str
    exercise: str
    because: str
    says: str
    changes: tuple[Change, ...]
    whole: tuple[str, ...]
    line: int | None = None  # of the bank of a lab whose answers do not have it yet

    @property
    def slug(self) -> str:
        return self.rooms.slug

    @property
    def folder(self) -> Path:
        """The folder of the files that are not changes of the solution's."""
        return self.place.file.with_suffix("") / self.id

    def files(self) -> Mapping[str, str]:
        """Return the text of each file that is not the solution's."""
        changed = {change.file: change.apply(self._given(change)) for change in self.changes}
        return {**changed, **{name: (self.folder / name).read_text() for name in self.whole}}

    def misfits(self) -> list[str]:
        """Say what keeps this answer from being laid out."""
        found = [f"{self.id}: {wrong}" for change in self.changes for wrong in change.misfits(self._given(change))]
        there = {file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*") if file.is_file()}
        return [*found, *(f"{self.id}: whole = and its folder differ: {name}" for name in there ^ set(self.whole))]

    def laid_out(self, folder: Path) -> Path:
        """Put the solution and this answer's files into a folder."""
        code = folder / self.slug
        shutil.copytree(self.rooms.solutions, code, ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in self.files().items():
            (code / name).parent.mkdir(parents=True, exist_ok=True)
            (code / name).write_text(text)
        return code

    def _given(self, change: Change) -> str:
        file = self.rooms.solutions / change.file
        return file.read_text() if file.exists() else ""


def read_answers(file: Path, root: Path, *, says: bool | None) -> tuple[Answer, ...]:
    """Read a lab's answers in the order of the file; ``says`` where each needs the words that refuse it, None: some.

    Raises CapsizeError with file:line if the file is not valid.
    """
    rooms, text = Rooms(root, file.stem), file.read_text()
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CapsizeError("this is not TOML", place=file, got=str(error)) from error
    if set(entries) != {"answer"} or not isinstance(entries["answer"], list):
        raise CapsizeError("only [[answer]] tables may be here", place=file, got=", ".join(entries))
    lines = [text.count("\n", 0, header.start()) + 1 for header in HEADER.finditer(text)]
    known = {exercise.id: exercise for exercise in read_exercises(rooms.exercises_file, rooms.slug)}
    found = [
        _answer(rooms, Location(file, line), entry, known, says)
        for line, entry in zip(lines, entries["answer"], strict=True)
    ]
    _refuse_repeats(found)
    _refuse_gaps(found)
    return tuple(found)


def _answer(rooms: Rooms, place: Location, entry: Mapping, known: Mapping[str, Exercise], says: bool | None) -> Answer:
    _refuse_keys(place, entry, "says" in entry if says is None else says)
    if entry["exercise"] not in known:
        what = f"{rooms.slug} has no exercise {entry['exercise']}"
        raise CapsizeError(what, place=place, expected=", ".join(sorted(known)))
    if not re.fullmatch(rf"{re.escape(entry['exercise'])}_[a-z0-9_]+", entry["id"]):
        expected = f"{entry['exercise']}_, then what they did in lower-case words"
        raise CapsizeError("the id is not valid", place=place, expected=expected, got=entry["id"])
    changes = tuple(_change(place, one) for one in [*_own_change(entry), *entry.get("change", ())])
    whole = tuple(entry.get("whole", ()))
    if not changes and not whole:
        raise CapsizeError(f"{entry['id']} changes nothing", place=place, expected="file and replace, or whole")
    line = _line(place, entry, known[entry["exercise"]])
    words = (entry["id"], entry["exercise"], entry["because"], entry.get("says", ""))
    return Answer(rooms, place, *words, changes, whole, line)


def _line(place: Location, entry: Mapping, exercise: Exercise) -> int | None:
    line = entry.get("line")
    if line is not None and (type(line) is not int or not 0 <= line <= len(exercise.accept)):
        expected = "\n".join(["0: nothing starts", *(f"{n}: {one}" for n, one in enumerate(exercise.accept, 1))])
        raise CapsizeError(f"{exercise.id} has no acceptance line {line}", place=place, expected=expected)
    return line


def _refuse_keys(place: Location, entry: Mapping, says: bool) -> None:
    words = [word for word in WORDS if word != "says" or says]
    keys = [*words, *(["line"] if says else []), *CHANGE, "change", "whole"]
    for key in entry:
        if key not in keys:
            raise CapsizeError(f"unknown key: {key}", place=place, expected=", ".join(keys))
    for word in words:
        if not isinstance(entry.get(word), str) or not entry[word].strip():
            raise CapsizeError(f"{word} is missing", place=place, expected=f'{word} = "…"', got=repr(entry.get(word)))


def _own_change(entry: Mapping) -> list[Mapping]:
    own = {key: entry[key] for key in CHANGE if key in entry}
    return [own] if own else []


def _change(place: Location, entry: Mapping) -> Change:
    match entry:
        case {"file": str(file), "replace": [_, *_] as pairs, **others} if not others and all(map(_is_pair, pairs)):
            return Change(file, tuple((old, new) for old, new in pairs))
    raise CapsizeError("a change is not valid", place=place, expected='file = "…" and replace = [["old", "new"], …]')


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair) and bool(pair[0])


def _times(count: int) -> str:
    return {0: "nowhere", 2: "twice"}.get(count, f"{count} times")


def _refuse_gaps(found: list[Answer]) -> None:
    """Once one answer of a lab names the acceptance line that it breaks, each does."""
    without = [answer for answer in found if answer.says and answer.line is None]
    if without and any(answer.line is not None for answer in found):
        expected = "line = the number of the acceptance line that it breaks"
        raise CapsizeError(f"{without[0].id} has no line", place=without[0].place, expected=expected)


def _refuse_repeats(found: list[Answer]) -> None:
    seen: dict[str, Answer] = {}
    for answer in found:
        first = seen.setdefault(answer.id, answer)
        if first is not answer:
            raise CapsizeError(f"two answers have the id {answer.id}", place=answer.place, got=f"also {first.place}")
