"""``capsize notebooks new`` makes a lab that works: the course's tests pass on it, its exercise and its demos run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from demo_cells import run_demos
from the_course import ROOT

from capsize.course.lab_paths import Rooms

FOLDERS = ("labs", "starter", "solutions", "docker", "slides", "docs", "src", "tests")
FILES = ("*.md", "LICENSE", "Makefile", "pyproject.toml")
SLUG, NUMBER = "97_sandbar", "97"


@pytest.fixture
def course(tmp_path) -> Path:
    """Copy the course without what a run leaves."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for file in (file for pattern in FILES for file in ROOT.glob(pattern)):
        shutil.copy(file, tmp_path)
    return tmp_path


def typed(course: Path, module: str, *words: str) -> str:
    """Run a module of this Python in the course; return what it says, and fail if it fails."""
    environment = {**os.environ, "CAPSIZE_HOME": str(course)}
    environment.pop("CAPSIZE_CODE", None)
    run = subprocess.run(
        [sys.executable, "-m", module, *words], cwd=course, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_new_lab_passes_the_tests_of_the_course(course):
    """A lab that was just made has every room, is refused as given, passes when solved, and refuses wrong answers."""
    assert f"labs/{SLUG}.ipynb: good" in typed(course, "capsize.cli", "notebooks", "new", SLUG)
    plain = ("-q", "-p", "no:cacheprovider", "--lab", NUMBER)
    assert " passed" in typed(course, "pytest", *plain, "tests/course", "tests/wrong")
    ours = ("-q", "--no-cache", "--exclude", "work")  # the learner's copies are not in Git
    typed(course, "ruff", "check", *ours)
    typed(course, "ruff", "format", "--check", *ours)
    assert_demos_run(Rooms(course, SLUG))


def assert_demos_run(rooms: Rooms) -> None:
    """The demos of the lab's deck run in the deck's order, beside the speaker's own files and predictions."""
    mine = rooms.work / "desk.py"
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("# half done\n")
    assert len(run_demos(rooms).cells) > 2
    assert mine.read_text() == "# half done\n"
    assert not (rooms.root / "work" / "progress.json").exists()
    solved = rooms.root / "work/demo/work" / rooms.slug / "desk.py"
    assert solved.read_text() == (rooms.solutions / "desk.py").read_text()
