"""How long a verdict takes: of a check whose fault takes no time, in a new interpreter and again; of each exercise.

A right answer is waited for with each edit, so every exercise has a row.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import capsize
from benchmarks.figure import Figure, seconds
from capsize.course import Course
from capsize.course.lab import Lab
from capsize.course.lab_paths import Rooms

TARGET = 3.0
WAITED = 30.0  # seconds of a verdict that somebody who edits and checks puts up with
SEED = 1
CHECK = '''"""A check that asks nothing, so that what is left is what every check costs."""

from capsize.check import Judge, exercise
from capsize.session.running import RunningStack


@exercise("1.1")
async def test_nothing_is_asked(stack: RunningStack, judge: Judge):
    """The stack is up; that is all."""
    judge.claim(True, "a stack")
'''
COLD = """import sys
from pathlib import Path
from capsize.course.lab import Lab
from capsize.course.lab_paths import Rooms
sys.exit(not Lab(Rooms(Path(sys.argv[1]), sys.argv[2]), code="solutions").check("1.1").passed)
"""


def measure(rounds: int) -> Iterator[Figure]:
    """Judge the solutions."""
    lab = capsize.lab("01", code="solutions")
    with _course_without_faults(lab.rooms) as rooms:
        patient = Lab(rooms, code="solutions")
        cold, warm = [], []
        for _ in range(rounds):
            cold.append(seconds(lambda: _new_interpreter(rooms)))
            warm.append(seconds(lambda: _must_pass(patient)))
    yield Figure("a verdict beyond its fault, cold", "s", tuple(cold), TARGET)
    yield Figure("a verdict beyond its fault, warm", "s", tuple(warm), TARGET)
    for slug in Course.here().slugs:
        yield from _of_each_exercise(capsize.lab(slug, code="solutions"))


def _of_each_exercise(lab: Lab) -> Iterator[Figure]:
    """Judge the solution of each exercise once: what it takes is about the same whatever is drawn."""
    for exercise in lab.exercises:
        verdict = lab.check(exercise.id, seed=SEED)
        took = (verdict.seconds,) if verdict.passed else ()
        yield Figure(f"the verdict on {exercise.id}, solved", "s", took, WAITED)


@contextmanager
def _course_without_faults(real: Rooms) -> Iterator[Rooms]:
    """Lay a course beside the real one, the same but for its checks."""
    with tempfile.TemporaryDirectory(prefix="capsize-bench-") as folder:
        rooms = Rooms(Path(folder), real.slug)
        for name in ("labs", "starter", "solutions", "docker", "slides"):
            (rooms.root / name).symlink_to(real.root / name)
        rooms.checks.parent.mkdir(parents=True)
        rooms.checks.write_text(CHECK, encoding="utf-8")
        yield rooms


def _new_interpreter(rooms: Rooms) -> None:
    subprocess.run([sys.executable, "-c", COLD, str(rooms.root), rooms.slug], check=True)


def _must_pass(lab: Lab) -> None:
    verdict = lab.check("1.1")
    if not verdict.passed:
        raise RuntimeError(verdict.text)
