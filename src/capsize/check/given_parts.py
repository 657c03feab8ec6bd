"""What a lab's files had as they were given and a learner's have not: a file, all of its text, a Deployment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from capsize.check.judge import Refusal
from capsize.course.exercises import Exercise
from capsize.course.lab import Lab
from capsize.stack.kubernetes.documents import Document, documents, manifests
from capsize.stack.refusal import Findings

COMMENT = ("#", "---")  # how a line begins that says nothing, in Python and in YAML
DONE = "read your files"


def refusal_of_missing(lab: Lab, judged: Exercise, code: Path) -> Refusal | None:
    """Return a refusal for the first thing that was given and is missing, in the judged exercise's file first."""
    exercises = sorted(lab.exercises, key=lambda exercise: exercise.file != judged.file)
    for exercise in exercises:
        for refusal in (one for name in exercise.files for one in _missing(exercise, name, lab.rooms.starter, code)):
            return refusal
    return None


def _missing(exercise: Exercise, name: str, starter: Path, code: Path) -> Iterator[Refusal]:
    given, own = starter / name, code / name
    if not own.is_file():
        yield _refusal(exercise, f"{name} is there", "there is no such file", name)
    elif _is_empty(own):
        yield _refusal(exercise, f"{name} as it was given, with your changes", "it is empty", f"{name}:1")
    elif given in manifests(starter):
        yield from _renamed(exercise, _objects(given), _objects(own))


def _is_empty(file: Path) -> bool:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return all(not line.strip() or line.lstrip().startswith(COMMENT) for line in lines)


def _objects(file: Path) -> list[Document]:
    return list(documents([file], Findings()))


def _renamed(exercise: Exercise, given: list[Document], own: list[Document]) -> Iterator[Refusal]:
    """Yield a refusal of each object that has another name now, or is not there."""
    known, kept = {(one.kind, one.name) for one in given}, {(one.kind, one.name) for one in own}
    strangers = [one for one in own if (one.kind, one.name) not in known]
    for one in given:
        if (one.kind, one.name) not in kept:
            other = next((stranger for stranger in strangers if stranger.kind == one.kind), None)
            line = (other or own[-1]).place.line if own else 1
            got = f"one that is called {other.name}" if other else f"none among {', '.join(one.name for one in own)}"
            yield _refusal(exercise, f"a {one.kind} called {one.name}, as given", got, f"{exercise.file}:{line}")


def _refusal(exercise: Exercise, expected: str, got: str, look: str) -> Refusal:
    advice = f"capsize reset {exercise.id} lays the given file; yours is kept"
    return Refusal(expected=expected, got=got, look=look, done=DONE, advice=advice)
