"""The course that this repository holds, as cases for tests: its labs, its exercises, its answers right and wrong."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from capsize.check.run import judge
from capsize.check.verdict import Verdict
from capsize.course import Course
from capsize.course.exercises import Exercise
from capsize.course.lab import Lab

ROOT = Path(__file__).parents[1]
COURSE = Course(ROOT)
LABS = COURSE.labs()
EXERCISES = [(lab, exercise) for lab in LABS if lab.rooms.exercises_file.exists() for exercise in lab.exercises]


def check(which: str, code: str | Path | None = None, *, course: Course = COURSE) -> list[Verdict]:
    """Check an exercise ("1.1"), or all of a lab's ("01_monolith"), on the files in ``code``."""
    lab, exercises = course.find(which, code)
    return [judge(lab, exercise) for exercise in exercises]


@dataclass(frozen=True)
class Answer:
    """Somebody's answer to an exercise: the solution with these files in place of its own."""

    folder: Path

    @property
    def words(self) -> dict[str, str]:
        return tomllib.loads(next(self.folder.glob("*.toml")).read_text())

    @property
    def slug(self) -> str:
        return self.folder.parent.name

    @property
    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file() and path.suffix not in (".toml", ".pyc")]

    def laid_out(self, folder: Path) -> Path:
        """Put the solution and this answer's files into a folder."""
        code = folder / self.slug
        shutil.copytree(ROOT / "solutions" / self.slug, code, ignore=shutil.ignore_patterns("__pycache__"))
        for file in self.files:
            (code / file.relative_to(self.folder)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, code / file.relative_to(self.folder))
        return code


def answers(room: str) -> list[Answer]:
    """List the answers below tests/wrong or tests/right."""
    return [Answer(folder) for folder in sorted((ROOT / "tests" / room).glob("*_*/*")) if folder.is_dir()]


def each(cases: Iterable[Any]) -> list[Any]:
    """Make parameters of what is judged, answers or a lab with an exercise: some are judged alone."""
    parts = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [pytest.param(*part, marks=[pytest.mark.alone(why)] if (why := _alone(part[-1])) else []) for part in parts]


def _alone(judged: Exercise | Answer) -> str:
    which = judged.words["exercise"] if isinstance(judged, Answer) else judged.id
    return next((exercise.alone for _, exercise in EXERCISES if exercise.id == which), "")


def names(case: object) -> str:
    """Name a case by its exercise, its lab or its folder."""
    match case:
        case (_, Exercise(id=id)):
            return id
        case Lab():
            return case.slug
        case Answer():
            return case.folder.name
    return str(case)
