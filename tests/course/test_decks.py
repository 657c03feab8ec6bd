"""A deck and its lab say the same: the demo's cells are in the notebook, and the exercises are the lab's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from capsize.course.exercises import read_exercises
from capsize.course.lab_paths import Rooms
from capsize.slides import Deck, read

ROOT = Path(__file__).parents[2]
SLUGS = sorted(file.stem for file in (ROOT / "slides").glob("*.md"))
CELLS = re.compile(r"^Cells: ((?:\*[^*]+\*(?:, )?)+)", re.MULTILINE)


@pytest.fixture(params=SLUGS)
def rooms(request) -> Rooms:
    """Name the rooms of a lab that has a deck."""
    return Rooms(ROOT, request.param)


def deck(rooms: Rooms) -> Deck:
    return read(rooms.slides, rooms.root / "labs" / "reports" / rooms.slug)


def headings(notebook: Path) -> set[str]:
    cells = json.loads(notebook.read_text())["cells"]
    return {line.lstrip("# ") for cell in cells for line in "".join(cell["source"]).splitlines() if line[:1] == "#"}


def test_deck_has_the_title_of_its_notebook(rooms):
    """Deck and notebook ask the same question."""
    assert deck(rooms).title in headings(rooms.notebook)


def test_demo_names_sections_of_the_notebook(rooms):
    """Every section that the notes tell the speaker to run is a heading of the lab's notebook."""
    named = [section for slide in deck(rooms).slides for line in CELLS.findall(slide.notes) for section in cells(line)]
    assert named
    assert [section for section in named if section not in headings(rooms.notebook)] == []


def cells(line: str) -> list[str]:
    return re.findall(r"\*([^*]+)\*", line)


def test_deck_speaks_of_every_exercise(rooms):
    """The notes name each exercise of the lab, and no other."""
    notes = " ".join(slide.notes for slide in deck(rooms).slides)
    named = set(re.findall(rf"\b{int(rooms.slug[:2])}\.[1-9]\b", notes))
    known = read_exercises(rooms.exercises_file, rooms.slug)
    assert named == {exercise.id for exercise in known if not exercise.is_own}
