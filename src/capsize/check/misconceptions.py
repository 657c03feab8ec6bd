"""Which misconceptions an expectation has met: those of the lab's wrong answers that it refuses.

The bank is beside the checks, in tests/wrong. Where it is missing or cannot be read, nothing is known, and no more.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capsize.check.wording import without_numbers
from capsize.course.lab_paths import Rooms

MOST = 3  # that are named at a time


@dataclass(frozen=True)
class Misconception:
    """A wrong answer of the bank, by its id, and why it is wrong."""

    id: str
    because: str


def met_by(rooms: Rooms, exercise: str, expected: str) -> tuple[Misconception, ...]:
    """List the misconceptions that an expectation of an exercise refuses, in the order of the bank; three at most."""
    bank = rooms.checks.parents[1] / "wrong"
    refused = set(_refused(_tables(bank / "refusals" / f"{rooms.slug}.toml"), without_numbers(expected)))
    found = (one for one in _answers(_tables(bank / f"{rooms.slug}.toml"), exercise) if one.id in refused)
    return tuple(found)[:MOST]


def _refused(refusals: dict[str, Any], expected: str) -> Iterator[str]:
    """Yield the ids of the answers whose refusal has these words."""
    for answer, known in refusals.items():
        if isinstance(known, list) and any(isinstance(one, dict) and one.get("expected") == expected for one in known):
            yield answer


def _answers(bank: dict[str, Any], exercise: str) -> Iterator[Misconception]:
    entries = bank.get("answer", ())
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case {"id": str(id), "exercise": str(judged), "because": str(because)} if judged == exercise:
                yield Misconception(id, because)


def _tables(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
