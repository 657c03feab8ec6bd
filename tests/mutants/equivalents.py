"""Mutants that are no wrong answers: ``tests/mutants/08_health.toml`` lists each with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from capsize.errors import CapsizeError
from mutants.mutant import Mutant

KEYS = ("exercise", "line", "change", "because")


@dataclass(frozen=True)
class Equivalent:
    """A change of a line, as its solution has it without the indentation, that breaks no acceptance line."""

    exercise: str
    line: str
    change: str
    because: str

    def __str__(self) -> str:
        return f"{self.exercise} {self.change}: {self.line}"

    def is_like(self, mutant: Mutant) -> bool:
        return (self.line, self.change) == (mutant.line, mutant.change)


def read_equivalents(file: Path) -> tuple[Equivalent, ...]:
    """Read a lab's list; none where there is no file. Raise CapsizeError where an entry lacks a word or has another."""
    entries = tomllib.loads(file.read_text(encoding="utf-8")).get("equivalent", []) if file.exists() else []
    for entry in entries:
        if set(entry) != set(KEYS) or not all(isinstance(word, str) and word.strip() for word in entry.values()):
            raise CapsizeError("an [[equivalent]] is not valid", place=file, expected=", ".join(KEYS), got=str(entry))
    return tuple(Equivalent(**entry) for entry in entries)


def gone(listed: Iterable[Equivalent], mutants: Collection[Mutant]) -> list[Equivalent]:
    """Return those that no mutant of their exercise is like any more."""
    return [one for one in listed if not any(one.is_like(mutant) for mutant in mutants)]
