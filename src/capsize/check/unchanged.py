"""A pass of this session, and whether it still holds: it does while all that it rests on is as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from capsize.check.verdict import Verdict
from capsize.course.exercises import Exercise
from capsize.course.lab import Lab

IGNORED = "__pycache__"


def digest(lab: Lab, exercise: Exercise, code: Path) -> str:
    """Return a digest of what a verdict rests on: the code, the exercise, the checks and the lab's stack."""
    taken = hashlib.sha256(repr(exercise).encode())
    for folder in (code, lab.rooms.checks.parent, lab.rooms.compose.parent):
        for file in _files(folder):
            taken.update(f"\0{file.relative_to(folder)}\0".encode())
            taken.update(file.read_bytes())
    return taken.hexdigest()


def keep(lab: Lab, verdict: Verdict, on: str, taken: str) -> None:
    """Keep a pass for this session; forget an earlier one where this is none."""
    lab.passes.pop((verdict.exercise, on), None)
    if verdict.passed:
        lab.passes[verdict.exercise, on] = taken, verdict


def still_passed(lab: Lab, exercise: Exercise, on: str) -> Verdict | None:
    """Return the last pass of this session, marked as such; None where there is none or something changed since."""
    taken, verdict = lab.passes.get((exercise.id, on), ("", None))
    if verdict is None or taken != digest(lab, exercise, lab.code()):
        return None
    return replace(verdict, unchanged=True)


def _files(folder: Path) -> Iterator[Path]:
    return iter(sorted(path for path in folder.rglob("*") if path.is_file() and IGNORED not in path.parts))
