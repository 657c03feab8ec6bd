"""The course that this repository holds, as cases for tests: its labs, its exercises, its answers right and wrong."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from answers import Answer, read_answers

from capsize.check.run import judge
from capsize.check.verdict import Verdict
from capsize.course import Course
from capsize.course.exercises import Exercise
from capsize.course.lab import Lab

ROOT = Path(__file__).parents[1]
COURSE = Course(ROOT)
LABS = COURSE.labs()
EXERCISES = [(lab, exercise) for lab in LABS if lab.rooms.exercises_file.exists() for exercise in lab.exercises]

OWN = [(lab, lab.own) for lab in LABS if lab.rooms.exercises_file.exists() and lab.own]  # the tasks on your own


def check(which: str, code: str | Path | None = None, *, course: Course = COURSE) -> list[Verdict]:
    """Check an exercise ("1.1"), or all of a lab's ("01_monolith"), on the files in ``code``."""
    lab, exercises = course.find(which, code)
    return [judge(lab, exercise) for exercise in exercises]


def answers(room: str) -> list[Answer]:
    """List the answers of tests/wrong, tests/right or tests/own, which has both, lab by lab."""
    files = sorted((ROOT / "tests" / room).glob("[0-9][0-9]_*.toml"))
    says = {"wrong": True, "right": False}.get(room)
    return [answer for file in files for answer in read_answers(file, ROOT, says=says)]


def each(cases: Iterable[Any]) -> list[Any]:
    """Make parameters of what is judged, answers or a lab with an exercise: some are judged alone."""
    parts = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [pytest.param(*part, marks=[pytest.mark.alone(why)] if (why := _alone(part[-1])) else []) for part in parts]


def _alone(judged: Exercise | Answer) -> str:
    which = judged.exercise if isinstance(judged, Answer) else judged.id
    return next((exercise.alone for _, exercise in EXERCISES if exercise.id == which), "")


def names(case: object) -> str:
    """Name a case by its exercise, its lab or its answer."""
    match case:
        case (_, Exercise(id=id)):
            return id
        case Lab():
            return case.slug
        case Answer():
            return case.id
    return str(case)
